// Shows how far an act is, every few seconds, until it is over; then the whole page anew.
(() => {
  "use strict";
  const far = document.querySelector("#progress[data-again]");
  if (!far) return;
  const look = async () => {
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const now = page.querySelector("#progress");
      if (!answer.ok || !now || !now.dataset.again) {
        location.reload();
        return;
      }
      far.replaceChildren(...now.childNodes);
    } catch {
      // away for a moment: asked again
    }
    setTimeout(look, Number(far.dataset.again) * 1000);
  };
  setTimeout(look, Number(far.dataset.again) * 1000);
})();
