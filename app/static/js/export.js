// The export page: the first rows follow the choice, the password is not kept in the field, past exports show the new one.
"use strict";

(() => {
  const form = document.getElementById("export");
  if (!form) return;
  const refresh = () => document.querySelector("[data-refresh]");
  const said = document.getElementById("said");
  const past = () => document.getElementById("past-exports");
  const PAUSES = [1.5, 1.5, 3, 5, 8, 12, 20, 30, 60, 60, 60]; // seconds
  let looking = 0;
  let waiting = 0;
  let asked = 0;

  const take = (page, id) => {
    const [fresh, old] = [page.getElementById(id), document.getElementById(id)];
    if (fresh && old) old.replaceWith(fresh);
  };
  const read = async (answer) => new DOMParser().parseFromString(await answer.text(), "text/html");

  // What was wrong before is not wrong any more: the file arrives beside this page, which stays.
  const forget = () => {
    for (const said of document.querySelectorAll(".summary, form .err")) said.remove();
    for (const field of form.querySelectorAll(".bad")) field.classList.remove("bad");
    for (const field of form.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
    document.title = document.title.slice(Math.max(0, document.title.indexOf(document.querySelector("h1").textContent)));
  };

  const show = async () => {
    const mine = (asked += 1);
    const chosen = new FormData(form); // without the button that was pressed, so nothing moves twice
    chosen.delete("password");
    const answer = await fetch(form.dataset.preview, { method: "POST", body: new URLSearchParams(chosen) });
    if (mine !== asked || !(answer.ok || answer.status === 422)) return;
    const page = await read(answer);
    take(page, "first-rows");
    take(page, "take");
    if (refresh()) refresh().hidden = true;
  };

  // The list of past exports is asked for until the new one stands there with its end. That it is on record is said once, when seen.
  const look = (before, step) => {
    if (step === PAUSES.length) return;
    looking = setTimeout(async () => {
      const answer = await fetch(location.pathname).catch(() => null);
      const page = answer?.ok ? await read(answer) : null;
      const fresh = page?.getElementById("past-exports");
      const isThere = fresh && fresh.dataset.mine !== before;
      if (isThere && !past().contains(document.activeElement)) take(page, "past-exports");
      if (isThere && !said.textContent) said.textContent = said.dataset.said;
      if (!(isThere && past().dataset.mine === fresh.dataset.mine && "ended" in fresh.dataset)) look(before, step + 1);
    }, PAUSES[step] * 1000);
  };

  refresh().hidden = true;
  form.addEventListener("change", (event) => {
    if (["reason", "password", "preset"].includes(event.target.name)) return;
    clearTimeout(waiting);
    waiting = setTimeout(() => show().catch(() => { refresh().hidden = false; }), 150);
  });
  // A column moves where it stands, and keeps the focus; without scripts the server moves it.
  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-move]");
    if (!button) return;
    event.preventDefault();
    const row = button.closest("li");
    const up = button.dataset.move === "up";
    const other = up ? row.previousElementSibling : row.nextElementSibling;
    if (!other) return;
    if (up) other.before(row); else other.after(row);
    const shown = getComputedStyle(button).visibility === "visible";
    (shown ? button : row.querySelector(`[data-move=${up ? "down" : "up"}]`)).focus();
    button.dispatchEvent(new Event("change", { bubbles: true }));
  });
  form.addEventListener("submit", (event) => {
    if (event.submitter?.hasAttribute("formaction")) return;
    setTimeout(() => { form.elements.password && (form.elements.password.value = ""); }, 0);
    forget();
    said.textContent = "";
    clearTimeout(looking);
    look(past().dataset.mine, 0);
  });
})();
