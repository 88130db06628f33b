// The Markdown toolbar and the live preview.
"use strict";

const text = document.querySelector("[data-markdown]");
const tools = document.querySelector("[data-tools]");

// Put `value` in place of start..end, so that the browser's own undo takes it back.
const put = (value, start, end, selectStart, selectEnd) => {
  text.focus();
  text.setSelectionRange(start, end);
  if (!document.execCommand("insertText", false, value)) text.setRangeText(value, start, end, "end");
  text.setSelectionRange(selectStart, selectEnd);
  text.dispatchEvent(new Event("input", { bubbles: true }));
};

// **bold** around what is selected; once more takes it away.
const around = (mark, sample) => {
  const { selectionStart: start, selectionEnd: end, value } = text;
  const size = mark.length;
  const isMarked = value.slice(start - size, start) === mark && value.slice(end, end + size) === mark;
  const words = value.slice(start, end) || sample;
  if (isMarked) put(words, start - size, end + size, start - size, start - size + words.length);
  else put(mark + words + mark, start, end, start + size, start + size + words.length);
};

// A mark at the beginning of each selected line; once more takes it away.
const PREFIX = /^(#{1,6} |> |[-*] |\d+\. )/;
const before = (make) => {
  const { selectionStart, selectionEnd, value } = text;
  const start = value.lastIndexOf("\n", selectionStart - 1) + 1;
  const next = value.indexOf("\n", selectionEnd);
  const end = next < 0 ? value.length : next;
  const lines = value.slice(start, end).split("\n");
  const isMarked = lines.every((line, n) => line.startsWith(make(n)));
  const made = lines.map((line, n) => (isMarked ? "" : make(n)) + line.replace(PREFIX, "")).join("\n");
  put(made, start, end, lines.length > 1 ? start : start + made.length, start + made.length);
};

const link = (sample) => {
  const { selectionStart: start, selectionEnd: end, value } = text;
  const words = value.slice(start, end) || sample;
  const address = start + words.length + 3;
  put(`[${words}](https://)`, start, end, address, address + 8);
};

const acts = {
  heading: () => before(() => "## "),
  bold: (sample) => around("**", sample),
  italic: (sample) => around("*", sample),
  link: (sample) => link(sample),
  list: () => before(() => "- "),
  numbers: () => before((n) => `${n + 1}. `),
  quote: () => before(() => "> "),
};

tools.hidden = false;
tools.addEventListener("click", (event) => {
  const button = event.target.closest("[data-do]");
  if (button) acts[button.dataset.do](button.dataset.sample);
});
text.addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
  const name = { b: "bold", i: "italic" }[event.key.toLowerCase()];
  if (!name) return;
  event.preventDefault();
  acts[name](tools.querySelector(`[data-do=${name}]`).dataset.sample);
});

// The preview: lines at once, the text as the server renders it.
const preview = document.querySelector("[data-preview]");
for (const shown of preview.querySelectorAll("[data-show]:not([data-show=text])")) {
  document.getElementById(shown.dataset.show).addEventListener("input", (event) => { shown.textContent = event.target.value; });
}
const prose = preview.querySelector("[data-show=text]");
let asked = 0;
const render = async () => {
  const turn = ++asked;
  try {
    const answer = await fetch(preview.dataset.preview, {
      method: "POST",
      headers: { "X-CSRFToken": preview.dataset.token },
      body: new URLSearchParams({ text: text.value }),
      redirect: "error",
    });
    if (answer.ok && turn === asked) prose.innerHTML = await answer.text();
  } catch { /* no connection: the preview stays as it was, and saving says so */ }
};
let waiting;
text.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(render, 300);
});

// Wide: the page at the width of a desk, made as small as the place is.
const page = preview.querySelector(".preview-page");
const body = preview.querySelector(".preview-body");
const wide = preview.querySelector("[data-wide]");
const fit = () => {
  page.style.removeProperty("zoom");
  if (wide.checked) page.style.zoom = body.clientWidth / page.offsetWidth;
};
preview.addEventListener("change", fit);
window.addEventListener("resize", fit);
fit();
