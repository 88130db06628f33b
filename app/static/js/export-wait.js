// A file that is being written: how far it is, looked at every few seconds. Without scripts a link looks again.
"use strict";

(() => {
  const look = async () => {
    const shown = document.getElementById("written");
    if (!shown?.dataset.look) return;
    const answer = await fetch(location.pathname).catch(() => null);
    if (answer?.ok) {
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.getElementById("written");
      const bar = shown.querySelector("progress");
      if (fresh?.dataset.look && bar) { // the words stay the same element, so that a screen reader says what changed
        bar.value = fresh.querySelector("progress").value;
        shown.querySelector("[role=status]").textContent = fresh.querySelector("[role=status]").textContent;
      } else if (fresh) shown.replaceWith(fresh);
    }
    setTimeout(look, Number(shown.dataset.look));
  };
  setTimeout(look, 3000);
})();
