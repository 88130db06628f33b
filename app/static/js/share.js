/* Adds to the plain links what only a script can do: copy the address, and hand it to the device's own sharing. */
(() => {
  const via = (url, channel) => `${url}${url.includes("?") ? "&" : "?"}via=${channel}`;
  const add = (list, label, act) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn";
    button.textContent = label;
    button.addEventListener("click", () => act(button));
    const item = document.createElement("li");
    item.append(button);
    list.prepend(item);
  };
  for (const list of document.querySelectorAll("[data-share]")) {
    const { share, title, copy, copied, native } = list.dataset;
    const said = document.createElement("p");
    said.className = "vh";
    said.setAttribute("role", "status");
    list.after(said);
    if (navigator.clipboard) {
      add(list, copy, async (button) => {
        await navigator.clipboard.writeText(via(share, "link"));
        button.textContent = said.textContent = copied;
        setTimeout(() => { button.textContent = copy; said.textContent = ""; }, 4000);
      });
    }
    if (navigator.share) {
      add(list, native, () => navigator.share({ title, url: via(share, "native") }).catch(() => {}));
    }
  }
})();
