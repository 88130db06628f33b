// Puts a button before each note that says how a text is copied by hand: it copies the text at once.
"use strict";

for (const note of document.querySelectorAll("[data-copies]")) {
  if (!navigator.clipboard) break;
  const { copies, copy, copied } = note.dataset;
  const button = document.createElement("button");
  const said = document.createElement("span");
  button.type = "button";
  button.className = "btn";
  button.textContent = copy;
  said.className = "vh";
  said.setAttribute("role", "status");
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(copies).textContent);
    button.textContent = said.textContent = copied;
    setTimeout(() => { button.textContent = copy; said.textContent = ""; }, 4000);
  });
  note.replaceChildren(button, said);
}
