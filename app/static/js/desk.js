// Small helps on every page of the desk. Everything works without them.
"use strict";

// Bring what went wrong to the reader.
document.querySelector("[data-focus]")?.focus();

// Where one is stays in sight, in a row that is longer than the window.
for (const here of document.querySelectorAll(".tabs [aria-current], .side [aria-current]")) {
  const [row, own] = [here.closest("ul, nav"), here].map((one) => one.getBoundingClientRect());
  here.closest("ul, nav").scrollLeft += (own.left + own.right - row.left - row.right) / 2;
}

// After one more was added, the next can be written at once.
if (location.hash) document.querySelector(`input[id="${CSS.escape(location.hash.slice(1))}"]`)?.focus();

// Whoever moved a row of a list can move it on with the same key.
for (const mover of document.querySelectorAll("form.mover")) {
  mover.addEventListener("submit", (event) => sessionStorage.setItem("moved", event.submitter?.value ?? ""));
}
const moved = sessionStorage.getItem("moved");
sessionStorage.removeItem("moved");
if (moved && location.hash) {
  const back = () => {
    const mover = document.getElementById(location.hash.slice(1));
    (mover?.querySelector(`button[value="${CSS.escape(moved)}"]`) ?? mover?.querySelector("button"))?.focus();
  };
  // Once the browser went to the row, which takes the focus away: that is with the first frame it draws.
  window.addEventListener("load", () => requestAnimationFrame(() => requestAnimationFrame(back)));
}

// "60 of 120 characters", counted as the server counts: in code points.
for (const note of document.querySelectorAll("[data-length]")) {
  const field = document.getElementById(note.dataset.length);
  const show = () => {
    const n = [...field.value.trim()].length;
    const format = new Intl.NumberFormat(document.documentElement.lang);
    note.textContent = note.dataset.words.replace("{n}", format.format(n)).replace("{most}", format.format(note.dataset.most));
    note.classList.toggle("over", n > Number(note.dataset.most));
  };
  field.addEventListener("input", show);
  show();
}

// The zone in which the organiser works is a better first guess than UTC.
const zone = document.querySelector("[data-zone]");
if (zone) zone.value = Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";

// Say that a file is too large before it is sent.
for (const file of document.querySelectorAll("input[type=file][data-most]")) {
  file.addEventListener("change", () => {
    const large = [...file.files].some((one) => one.size > Number(file.dataset.most));
    file.setCustomValidity(large ? file.dataset.tooLarge : "");
    if (large) file.reportValidity();
  });
}

// A colour can be chosen by eye as well as written.
for (const field of document.querySelectorAll("[data-colour]")) {
  const eye = document.createElement("input");
  eye.type = "color";
  eye.ariaLabel = field.dataset.colour;
  const both = document.createElement("div");
  both.className = "colour";
  field.before(both);
  both.append(field, eye);
  const follow = () => { if (/^#[0-9a-f]{6}$/i.test(field.value)) eye.value = field.value; };
  field.addEventListener("input", follow);
  eye.addEventListener("input", () => { field.value = eye.value; });
  follow();
}

// A page that outlived its session takes over the token of the new one, once somebody has signed in again in another window.
const renewToken = async () => {
  for (const page of [location.href, "/account"]) { // what answered a form cannot be asked for again
    const answer = await fetch(page, { redirect: "manual" });
    const there = answer.ok ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
    const token = there?.querySelector("main [name=csrf_token]")?.value;
    if (token) for (const field of document.querySelectorAll("[name=csrf_token]")) field.value = token;
    if (token) return true;
  }
  return false;
};

const state = (form) => JSON.stringify([...new FormData(form)].filter(([name]) => name !== "csrf_token").map(([name, value]) => [name, value.name ?? value]));

// Whether somebody wrote before this script was there, as on a slow line.
const isTouched = (form) => [...form.querySelectorAll("textarea, input[type=text]")].some((field) => field.value !== field.defaultValue);

// Send what is written now and then, so that it can be gone on with if it is never saved. Answers what was last kept.
const keeping = (form) => {
  const kept = { state: null };
  const note = form.querySelector("[data-keep]");
  if (!note) return kept;
  let timer, request;
  const keep = async (again = false) => {
    const now = state(form);
    if (now === kept.state) return;
    request = new AbortController();
    try {
      const answer = await fetch(note.dataset.keep, { method: "POST", body: new URLSearchParams(new FormData(form)), redirect: "manual", signal: request.signal });
      if (answer.ok) kept.state = now;
      const isOut = answer.type === "opaqueredirect" || answer.status === 400;
      if (isOut && !again && (await renewToken())) return await keep(true);
      const time = new Date().toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
      note.textContent = answer.ok ? note.dataset.kept.replace("{time}", time) : isOut ? note.dataset.signedOut : note.dataset.notKept;
    } catch {
      note.textContent = note.dataset.notKept;
    }
  };
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(keep, 1500); // milliseconds after the last key
  };
  form.addEventListener("input", later);
  if (isTouched(form)) later();
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    request?.abort();
  });
  return kept;
};

// Warn before leaving a form that was changed and neither saved nor kept.
const isRefused = (form) => { // what was refused is not saved; where no field says that it is the one, it may be any form
  const wrong = document.querySelector("main [aria-invalid]");
  return document.querySelector(".summary") && (!wrong || wrong.form === form);
};
for (const form of document.querySelectorAll("form[data-guard]")) {
  const first = isRefused(form) || isTouched(form) ? "" : state(form);
  let sent = false;
  const kept = keeping(form);
  form.addEventListener("submit", () => { sent = true; });
  window.addEventListener("pageshow", () => { sent = false; });
  window.addEventListener("beforeunload", (event) => {
    if (!sent && ![first, kept.state].includes(state(form))) event.preventDefault();
  });
}
