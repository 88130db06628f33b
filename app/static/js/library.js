// While the page at a link is read: look again each second, and bring what was read into the fields that are still as they were.
"use strict";

(() => {
  const form = document.querySelector("form[data-library]");
  const waiting = () => document.querySelector("#reading[data-waiting]");
  const MOST_LOOKS = 45;
  if (!form || !waiting()) return;
  let looks = 0;

  const take = (fresh, sent) => {
    for (const field of fresh.querySelectorAll(".field")) {
      const theirs = field.querySelector("input, select, textarea");
      const ours = form.elements[theirs.name];
      if (!ours || ours.value !== sent.get(theirs.name)) continue; // typed meanwhile: that stays
      const isHere = document.activeElement === ours;
      ours.closest(".field").replaceWith(field);
      if (isHere) theirs.focus();
    }
    document.getElementById("reading").replaceWith(fresh.getElementById("reading"));
  };
  const look = async () => {
    const sent = new FormData(form);
    sent.set("then", "look");
    const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(sent) });
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (!fresh.querySelector("#reading[data-waiting]")) take(fresh, sent);
  };
  const again = () => {
    looks += 1;
    setTimeout(async () => {
      await look().catch(() => {}); // no connection: look again
      if (waiting() && looks < MOST_LOOKS) again();
    }, looks === 1 ? 700 : 1000);
  };
  again();
})();
