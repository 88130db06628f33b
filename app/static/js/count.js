/* Keeps a campaign's count fresh while somebody looks at it. Without this script the count is that of when the page was made. */
(() => {
  const EVERY = 15000, SAY_EVERY = 60000;
  const box = document.querySelector("[data-count]");
  if (!box || !window.fetch) return;
  const lang = document.documentElement.lang;
  const tag = lang.startsWith("ar") ? "ar-u-nu-arab" : lang;
  const format = new Intl.NumberFormat(tag), plural = new Intl.PluralRules(tag);
  const forms = JSON.parse(box.dataset.forms);
  const find = (name) => box.querySelector(`[data-${name}]`);
  const bar = box.querySelector("progress");
  let known = Number(bar.value), said = Date.now(), timer = 0;
  const word = (n) => forms[plural.select(n)] || forms.other;

  const show = ({ signatures: n, target, online = n }) => {
    if (!Number.isInteger(n) || !Number.isInteger(target)) return;
    for (const number of [find("number"), ...document.querySelectorAll("[data-copy-number]")]) number.textContent = format.format(n);
    find("word").textContent = word(n);
    if (find("online")) find("online").textContent = format.format(online); // who signed elsewhere stands beside it
    bar.max = target;
    bar.value = Math.min(n, target);
    const rest = find("rest");
    if (rest) rest.textContent = n < target ? box.dataset.left.replace("{n}", format.format(target - n)) : box.dataset.reached;
    if (n !== known && Date.now() - said > SAY_EVERY) { // said aloud at most once a minute
      find("say").textContent = `${format.format(n)} ${word(n)}`;
      said = Date.now();
    }
    known = n;
  };

  const ask = async () => {
    try {
      const answer = await fetch(box.dataset.count, { credentials: "omit" });
      if (answer.ok) show(await answer.json());
    } catch { /* offline: the next time, then */ }
    plan();
  };
  const plan = () => {
    clearTimeout(timer);
    if (document.visibilityState === "visible") timer = setTimeout(ask, EVERY);
  };
  document.addEventListener("visibilitychange", () => (document.visibilityState === "visible" ? ask() : clearTimeout(timer)));
  plan();
})();
