"""Looking at pages as people and machines see them. Test modules take the fixture with `looker = looking.looker`."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import axe_playwright_python
import pytest

FOUND = """([rules, ofColours]) => axe.run(ofColours ? {include: kindsOfText()} : document, {resultTypes: ['violations'], ...rules}).then(
    r => r.violations.map(v => v.id + ': ' + v.nodes.map(n => n.target).join(' | ')))"""
# One element of each kind of text that can be seen. What is written alike on the same paper has the same contrast, and looking at each
# of hundreds of rows takes most of the time.
KINDS_OF_TEXT = """window.kindsOfText = () => {
    const isBlank = style => style.backgroundColor === 'rgba(0, 0, 0, 0)' && style.backgroundImage === 'none';
    const paper = element => {
        const style = getComputedStyle(element);
        const under = isBlank(style) && element.parentElement ? paper(element.parentElement) : [];
        return [style.opacity, style.backgroundColor, style.backgroundImage, ...under];
    };
    const isWritten = element => element.matches('input, select, textarea')
        || [...element.childNodes].some(node => node.nodeType === Node.TEXT_NODE && node.data.trim());
    const kinds = new Map();
    for (const element of document.body.querySelectorAll('*')) {
        if (!isWritten(element) || !element.checkVisibility({visibilityProperty: true, opacityProperty: true})) continue;
        const {color, fontSize, fontWeight} = getComputedStyle(element);
        const names = [element, element.parentElement].map(one => one.localName + '.' + one.getAttribute('class'));
        const isOff = element.closest(':disabled, [aria-disabled=true]') !== null;
        const kind = [names, color, fontSize, fontWeight, isOff, paper(element)].join();
        if (!kinds.has(kind)) kinds.set(kind, element);
    }
    return [...kinds.values()];
};"""
AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js").read_text()
SCRIPTS = f"(() => {{ {AXE}; {KINDS_OF_TEXT} }})()"
WIDE = 1280  # pixels
BOTH = ("en", "ar")
# Colours come from the same few tokens at every width and in every language, so each page has them looked at once in the light and once
# in the dark. All other rules look at English in both widths and at Arabic in the narrow one; in the wide one, whose markup is the same,
# they look at what the length of words can change.
COLOURS, OTHERS = {"runOnly": ["color-contrast"]}, {"rules": {"color-contrast": {"enabled": False}}}
ALL = (OTHERS, COLOURS)
ROOM = {"runOnly": ["target-size", "scrollable-region-focusable"]}
VIEWS = {
    "en": (("light", 1280, ALL), ("light", 320, (OTHERS,)), ("dark", 320, (COLOURS,))),
    "ar": (("light", 320, (OTHERS,)), ("light", 1280, (ROOM,))),
}


class Looker:
    """Opens an address in every way and notes what is wrong. All in one tab: a new one for each address takes longer than looking."""

    def __init__(self, context, base):
        self.context, self.base, self.cookies, self.wrong = context, base, [], []
        self._at, self._status = "", 200
        self._page = context.new_page()
        self._page.on("request", lambda r: self._note_host(r.url))
        self._page.on("console", self._note_error)
        self._page.on("dialog", lambda dialog: dialog.accept())  # leaves a page where something was typed

    def look(self, address, before=None, languages=("en",), status=200):
        """Look at `address`, which answers `status`; or at what is there after `before`, which then answers `status`."""
        self._at, self._status = address, status
        self.context.clear_cookies()
        self.context.add_cookies(self.cookies)
        page = self._page
        for language in languages:
            page.emulate_media(color_scheme="light")
            self._open(page, address, language, before, status)
            for scheme, width, rules in VIEWS[language]:
                page.emulate_media(color_scheme=scheme)
                page.set_viewport_size({"width": width, "height": 900})
                self.check(page, f"{address} {language} {scheme} {width}", rules)

    def _open(self, page, address, language, before, status):
        page.set_viewport_size({"width": WIDE, "height": 900})
        answer = page.goto(self.base + address + ("?lang=ar" if language == "ar" else ""))
        if before:
            before(page)
        elif answer.status != status or urlsplit(page.url).path != address:
            self.wrong.append(f"{address}: {answer.status} from {page.url}")

    def _note_host(self, url):
        if url.startswith("http") and not url.startswith(self.base):
            self.wrong.append(f"asks {url}")

    def _note_error(self, message):
        expected = self._status >= 400 and f"status of {self._status}" in message.text
        if message.type == "error" and not expected:
            self.wrong.append(f"{self._at}: {message.text}")

    def check(self, page, where, rules=ALL):
        """Note what axe finds by these rules, and whether it scrolls sideways."""
        if not page.evaluate("'axe' in window"):  # a page of another browser than the looker's
            page.evaluate(SCRIPTS)
        for some in rules:
            self.wrong += [f"{where}: {found}" for found in page.evaluate(FOUND, [some, some is COLOURS])]
        over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if over > 0:
            self.wrong.append(f"{where}: scrolls sideways by {over} px")


@pytest.fixture
def looker(chromium, live):
    """One browser for all pages of a test, which keeps styles and fonts as a visitor's does."""
    context = chromium.new_context(viewport={"width": WIDE, "height": 900})
    context.add_init_script(SCRIPTS)  # handed over once; handing it to each page takes longer than looking
    yield Looker(context, live)
    context.close()


def press(selector, then):
    """Press what `selector` finds, and wait for `then`: for pages that only a form leads to."""

    def before(page):
        page.locator(selector).click()
        page.wait_for_selector(then)

    return before


def send(action, then="h1", **fields):
    """Post to `action` as a form would."""

    def before(page):
        with page.expect_navigation():
            page.evaluate(
                """([action, fields]) => {
                    const form = document.createElement("form");
                    form.method = "post";
                    form.action = action + location.search;
                    for (const [name, value] of Object.entries(fields)) {
                        const input = document.createElement("input");
                        input.name = name;
                        input.value = value;
                        form.append(input);
                    }
                    document.body.append(form);
                    form.submit();
                }""",
                [action, fields],
            )
        page.wait_for_selector(then)

    return before
