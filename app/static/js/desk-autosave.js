// Saves the words while they are written, in the order they were written, and says what became of them.
"use strict";

const PAUSE = 1500; // milliseconds after the last key
const RETRY = 5000;
const form = document.querySelector("form[data-autosave]");
const status_ = document.querySelector("[data-saved]");
const consequence = document.querySelector("[data-consequence]");
const words = () => JSON.stringify([...new FormData(form)].filter(([name]) => name !== "revision" && name !== "csrf_token"));

let kept = form.dataset.autosave || isTouched(form) ? "" : words(); // what the server has; nothing of this where it was refused
let pending = null; // what was sent and not yet acknowledged: sent again as it was, so that an answer lost on the way is no conflict
let leaving = false;
let stopped = form.dataset.autosave === "paused"; // somebody else saved; the person decides
let timer;

const say = (sentence) => { if (status_.textContent !== sentence) status_.textContent = sentence; };
const later = (wait) => {
  clearTimeout(timer);
  timer = setTimeout(save, wait);
};

const send = async () => {
  if (!pending) pending = { words: words(), body: new URLSearchParams(new FormData(form)) };
  pending.body.set("csrf_token", form.elements.csrf_token.value);
  const answer = await fetch(form.action, {
    method: "POST",
    body: pending.body,
    headers: { Accept: "application/json" },
    redirect: "manual",
  });
  if (answer.type === "opaqueredirect" || answer.status === 400) {
    await renewToken();
    return { again: status_.dataset.signedOut };
  }
  if (answer.status >= 500 || answer.status === 429) return { again: status_.dataset.trying };
  return { status: answer.status, ...(await answer.json()) };
};

let busy = false;
async function save() {
  if (busy || stopped || leaving || (!pending && words() === kept)) return;
  busy = true;
  let answer;
  try { answer = await send(); } catch { answer = { again: status_.dataset.trying }; }
  busy = false;
  if (leaving) return;
  if (answer.again) {
    say(answer.again);
    later(RETRY);
  } else if (answer.status === 200) {
    kept = pending.words;
    pending = null;
    form.elements.revision.value = answer.revision;
    for (const mark of document.querySelectorAll("[data-needed]")) mark.hidden = !answer.needed.includes(mark.dataset.needed);
    if (consequence) consequence.textContent = answer.consequence;
    say(status_.dataset.draft.replace("{time}", new Date().toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" })));
    if (words() !== kept) later(PAUSE);
  } else {
    pending = null;
    stopped = answer.status === 409;
    say(`${status_.dataset.refused} ${answer.message ?? ""}`);
  }
}

const written = () => {
  if (words() === kept) return;
  if (!pending && !stopped) say(status_.dataset.unsaved);
  later(PAUSE);
};
form.addEventListener("input", written);
if (isTouched(form)) written();
form.addEventListener("submit", () => { leaving = true; });
window.addEventListener("pageshow", (event) => { if (event.persisted) leaving = false; });
window.addEventListener("online", () => later(0));
window.addEventListener("beforeunload", (event) => {
  if (!leaving && (pending || words() !== kept)) event.preventDefault();
});
