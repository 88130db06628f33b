"""The picture that goes with a shared link: 1200 x 630, the ask and the present count.

Drawn like the page: ink on paper, the organisation's colour only where somebody signs. Latin is set in Newsreader, Arabic in
Noto Naskh, joined and from right to left. An ask in letters that neither has is left out, rather than shown as boxes: the
count, the target and the link's own title still say what it is.
"""

from __future__ import annotations

import functools
import io
import re
from pathlib import Path
from typing import Literal, NamedTuple

from flask_babel import force_locale, ngettext
from flask_babel import gettext as _
from PIL import Image, ImageDraw, ImageFont

from app import colours, templating, timeline_words
from app.models import Campaign, Topic

SIZE = WIDTH, HEIGHT = 1200, 630
EDGE = 72  # free on every side; some sites cut a little off
INK, QUIET, RULE = "#17181b", "#5a5851", "#d8d5ce"
ASK_SIZES = range(84, 40, -4)
ASK_TOP, ASK_HEIGHT, MOST_LINES = 150, 238, 4
BAR_TOP, BAR_HEIGHT = 520, 12
COUNT_SIZE, COUNT_ALONE = 88, 190
PALETTE = 64  # colours of the file: text needs few, and a small file is drawn and sent sooner

FONTS = Path(__file__).parent / "fonts"
ARABIC = re.compile("[\u0600-\u06ff\u0750-\u077f\u08a0-\u08ff\ufb50-\ufdff\ufe70-\ufeff]")
LATIN_CUTS = {"display": "Newsreader-Display.ttf", "text": "Newsreader-Text.ttf"}
ARABIC_CUTS = {"display": "NotoNaskhArabic-Bold.ttf", "text": "NotoNaskhArabic-Regular.ttf"}
NOTHING = "\U0010fffd"  # no font has it: what is drawn for it stands for every letter that is missing

Font = ImageFont.FreeTypeFont
Direction = Literal["ltr", "rtl"]


class Line(NamedTuple):
    """A line of text as it will be set."""

    text: str
    font: Font
    direction: Direction

    @property
    def width(self) -> float:
        """Its length in pixels."""
        return self.font.getlength(self.text, direction=self.direction)


@functools.cache
def _font(file: str, size: int) -> Font:
    return ImageFont.truetype(FONTS / file, size, layout_engine=ImageFont.Layout.RAQM)


def _line(text: str, cut: str, size: int) -> Line:
    arabic = ARABIC.search(text) is not None
    return Line(text, _font((ARABIC_CUTS if arabic else LATIN_CUTS)[cut], size), "rtl" if arabic else "ltr")


@functools.lru_cache(maxsize=4096)
def _has(file: str, letter: str) -> bool:
    font = _font(file, 24)
    return letter.isspace() or bytes(font.getmask(letter)) != bytes(font.getmask(NOTHING))


def can_draw(text: str) -> bool:
    """Whether our fonts have every letter of it."""
    files = ARABIC_CUTS if ARABIC.search(text) else LATIN_CUTS
    return bool(text.strip()) and all(_has(files["display"], letter) for letter in set(text))


def wrapped(text: str, cut: str, size: int, width: int) -> list[Line]:
    """The text in lines of at most this width; one word that is longer keeps a line of its own."""
    lines: list[Line] = []
    for word in text.split():
        longer = _line(f"{lines[-1].text} {word}", cut, size) if lines else None
        if longer is not None and longer.width <= width:
            lines[-1] = longer
        else:
            lines.append(_line(word, cut, size))
    return lines


def fitted(text: str, width: int, height: int) -> list[Line]:
    """The ask, as large as it can be in this space; cut short with an ellipsis where even the smallest size is too large."""
    for size in ASK_SIZES:
        lines = wrapped(text, "display", size, width)
        leading = _leading(lines)
        if len(lines) <= MOST_LINES and len(lines) * leading <= height and all(line.width <= width for line in lines):
            return balanced(text, size, len(lines), width)
    room = max(1, min(MOST_LINES, height // _leading(lines)))
    kept = [_clipped(line, width) for line in lines[:room]]
    if len(lines) > room:
        kept[-1] = _clipped(kept[-1]._replace(text=kept[-1].text.rstrip(".,;: …") + "…"), width)
    return kept


def balanced(text: str, size: int, count: int, width: int) -> list[Line]:
    """The same number of lines, as even in length as they can be, so that no word stands alone at the end."""
    lines = wrapped(text, "display", size, width)
    for narrower in range(width - 24, width // 2, -24):
        tried = wrapped(text, "display", size, narrower)
        if len(tried) != count or any(line.width > narrower for line in tried):
            break
        lines = tried
    return lines


def _leading(lines: list[Line]) -> int:
    first = lines[0]
    return round(first.font.size * (1.42 if first.direction == "rtl" else 1.1))


def _clipped(line: Line, width: int) -> Line:
    while line.width > width and len(line.text) > 1:
        line = line._replace(text=line.text.rstrip("…")[:-1].rstrip() + "…")
    return line


class _Sheet:
    """The paper: puts lines at the side where reading begins, or at the other."""

    def __init__(self, direction: Direction) -> None:
        self.picture = Image.new("RGB", SIZE, colours.LIGHT_PAPER)
        self.pen = ImageDraw.Draw(self.picture)
        self.rtl = direction == "rtl"

    def put(self, line: Line, base: int, colour: str = INK, inset: float = 0, at_end: bool = False) -> None:
        """One line on its base line, `inset` pixels from the edge where reading begins (or ends)."""
        right = self.rtl != at_end
        x = WIDTH - EDGE - inset if right else EDGE + inset
        self.pen.text((x, base), line.text, colour, line.font, anchor="rs" if right else "ls", direction=line.direction)

    def bar(self, share: float, colour: str) -> None:
        """How much of the target is reached."""
        whole = WIDTH - 2 * EDGE
        self.pen.rectangle((EDGE, BAR_TOP, EDGE + whole - 1, BAR_TOP + BAR_HEIGHT - 1), RULE)
        length = round(whole * min(1.0, share))
        start = EDGE + whole - length if self.rtl else EDGE
        if length:
            self.pen.rectangle((start, BAR_TOP, start + length - 1, BAR_TOP + BAR_HEIGHT - 1), colour)

    def png(self) -> bytes:
        """The file."""
        out = io.BytesIO()
        few = self.picture.quantize(PALETTE, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
        few.save(out, "PNG", compress_level=6)
        return out.getvalue()


def draw(campaign: Campaign, count: int) -> bytes:
    """A PNG with the published ask, the count and the target, in the campaign's language."""
    words = campaign.published_text
    ask = words.ask if words else campaign.ask
    with force_locale(campaign.locale):
        return _drawn(ask, campaign, count)


def _drawn(ask: str, campaign: Campaign, count: int) -> bytes:
    direction: Direction = "rtl" if ARABIC.search(ask) else "ltr"
    sheet = _Sheet(direction)
    signal = colours.fit_for_light(campaign.organisation.signal_colour)
    _masthead(sheet, campaign.organisation.name, signal)
    _headline(sheet, ask)
    number = _line(templating.number(count), "display", COUNT_SIZE if can_draw(ask) else COUNT_ALONE)
    sheet.put(number, BAR_TOP - 22)
    sheet.put(_line(ngettext("signature", "signatures", count), "text", 34), BAR_TOP - 22, QUIET, number.width + 18)
    sheet.bar(count / campaign.signature_target, signal)
    sheet.put(_target(campaign.signature_target), BAR_TOP + BAR_HEIGHT + 42, QUIET)
    if campaign.outcome:
        ending = _line(timeline_words.ending(campaign.outcome), "display", 38)
        sheet.put(ending, BAR_TOP + BAR_HEIGHT + 44, at_end=True)
    return sheet.png()


def _headline(sheet: _Sheet, text: str) -> None:
    """The ask, or a title, where our fonts have its letters."""
    if can_draw(text):
        lines = fitted(text, WIDTH - 2 * EDGE, ASK_HEIGHT)
        leading = _leading(lines)
        for row, line in enumerate(lines):
            sheet.put(line, ASK_TOP + round(line.font.size * 0.9) + row * leading)


def draw_topic(topic: Topic) -> bytes:
    """A PNG with a topic's title and the first of its key figures, in its language."""
    with force_locale(topic.locale):
        direction: Direction = "rtl" if ARABIC.search(topic.title) else "ltr"
        sheet = _Sheet(direction)
        _masthead(sheet, topic.organisation.name, colours.fit_for_light(topic.organisation.signal_colour))
        figure = next((one for one in topic.key_figures if can_draw(f"{one.number} {one.label}")), None)
        _headline(sheet, topic.title)
        sheet.bar(0, RULE)
        if figure is not None:
            number = _clipped(_line(figure.number, "display", COUNT_SIZE), WIDTH - 2 * EDGE)
            sheet.put(number, BAR_TOP - 22)
            sheet.put(_clipped(_line(figure.label, "text", 30), WIDTH - 2 * EDGE), BAR_TOP + BAR_HEIGHT + 42, QUIET)
        return sheet.png()


def _target(target: int) -> Line:
    return _line(_("Target %(target)s", target=templating.number(target)), "text", 30)


def _masthead(sheet: _Sheet, name: str, signal: str) -> None:
    """The organisation's name above a line with room left on it, as on the page."""
    if not can_draw(name):
        name = "Undersigned"
    line = _clipped(_line(name, "display", 38), WIDTH - 2 * EDGE - 60)
    sheet.put(line, 96)
    length = round(line.width) + 36
    start = WIDTH - EDGE - length if sheet.rtl else EDGE
    sheet.pen.rectangle((start, 110, start + length, 113), signal)
