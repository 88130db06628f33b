"""A signer list as a PDF for the hand-over: a cover with the ask, the count and the period, then the chosen columns, page by page.

Latin is set in Newsreader, Arabic in Noto Naskh, joined and from right to left. In a right-to-left language the whole table is
mirrored. Letters that neither font has cannot be drawn: each stands as "?", its row has a star, and the last page says so.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fpdf import FPDF
from sqlalchemy import Engine, Select

from app.domain.export_columns import Kind
from app.signer_file import one_moment
from app.signer_rows import blocks
from app.signer_workbook import WrittenFile

FONTS = Path(__file__).parent / "fonts"
LATIN, ARABIC, DISPLAY, BOLD = "latin", "arabic", "display", "arabic-display"
FILES = {
    LATIN: "Newsreader-Text.ttf",
    DISPLAY: "Newsreader-Display.ttf",
    ARABIC: "NotoNaskhArabic-Regular.ttf",
    BOLD: "NotoNaskhArabic-Bold.ttf",
}
EDGE, LINE, HEAD = 18.0, 6.0, 7.0  # millimetres
WIDTH, HEIGHT = 210.0, 297.0
ROWS_ON_A_PAGE = int((HEIGHT - 2 * EDGE - HEAD - 8) // LINE)
TEXT_SIZE, SMALLEST, ASK_SIZE = 9.0, 5.0, 26.0  # points
NUMBER_WIDTH = 17.0
SHARES = {Kind.TEXT: 3.0, Kind.NUMBER: 1.0, Kind.MOMENT: 2.0, Kind.YES_NO: 1.0}
MISSING, STAR = "?", "*"


@dataclass(frozen=True)
class Words:
    """Everything that the paper says besides the signers' own words, in the language of whoever asked for it."""

    ask: str
    organisation: str
    count: str  # has %(number)s
    period: str  # has %(first)s and %(last)s
    made: str
    page: str  # has %(number)d and %(all)d
    missing: str  # has %(number)d
    header: tuple[str, ...]
    is_rtl: bool
    cells: tuple[dict[str, str], ...] = field(default=())  # for each column, what its words are called in that language


class PaperFile(WrittenFile):
    """A list as a PDF. `summary` asks for count, first and last moment of the same rows."""

    def __init__(
        self,
        engine: Engine,
        rows: Select[Any],
        summary: Select[Any],
        kinds: Sequence[Kind],
        words: Words,
        *,
        folder: Path | None = None,
    ) -> None:
        super().__init__(folder)
        self._engine, self._rows, self._summary = engine, rows, summary
        self._kinds, self._words = tuple(kinds), words

    def _write(self, to: Path, folder: Path) -> None:
        with self._engine.connect() as connection:
            one_moment(connection)
            count, first, last = connection.execute(self._summary).one()
            paper = Paper(self._words, self._kinds, pages=1 + -(-count // ROWS_ON_A_PAGE))
            paper.cover(count, *(moment.strftime("%Y-%m-%d") if moment else "–" for moment in (first, last)))
            for block in blocks(connection, self._rows):
                for cells in block:
                    paper.row(cells)
                self._read(len(block))
            self._all_read(connection)
        paper.end()
        paper.pdf.output(str(to))


class Paper:
    """The pages. Everything is placed from the side at which the language begins."""

    def __init__(self, words: Words, kinds: Sequence[Kind], *, pages: int) -> None:
        self.words, self.kinds, self.pages = words, kinds, pages
        self.number = self.incomplete = 0
        self.pdf = FPDF(format="A4")
        self.pdf.alias_nb_pages("")  # else whoever signs as {nb} is called by the number of pages
        for name, file in FILES.items():
            self.pdf.add_font(name, "", str(FONTS / file))
        self.latin, self.known = _letters()
        self.pdf.set_auto_page_break(False)
        self.pdf.set_margin(EDGE)
        self.pdf.set_title(words.ask)
        self.pdf.set_author(words.organisation)
        self.begin = "R" if words.is_rtl else "L"
        shares = [SHARES[kind] for kind in kinds]
        room = WIDTH - 2 * EDGE - NUMBER_WIDTH
        self.widths = [NUMBER_WIDTH, *(room * share / sum(shares) for share in shares)]

    def cover(self, count: int, first: str, last: str) -> None:
        """The first page: whose list it is, what was asked, how many signed, and when."""
        self._page()
        pdf, words = self.pdf, self.words
        pdf.set_y(EDGE + 12)
        self._block(words.organisation, 12, DISPLAY)
        pdf.set_y(pdf.get_y() + 30)
        self._block(words.ask, ASK_SIZE, DISPLAY)
        pdf.set_y(pdf.get_y() + 14)
        self._block(words.count % {"number": f"{count:,}"}, 18, DISPLAY)
        pdf.set_y(pdf.get_y() + 4)
        self._block(words.period % {"first": first, "last": last}, 11, LATIN)
        self._block(words.made, 11, LATIN)

    def _block(self, text: str, size: float, cut: str) -> None:
        drawn, _whole = self._drawable(text)
        self._font(drawn, size, cut)
        self.pdf.multi_cell(0, size * 0.46, drawn, align=self.begin, new_x="LMARGIN", new_y="NEXT")

    def row(self, cells: Sequence[Any]) -> None:
        """One signer; begins a page where the last one is full."""
        if self.number % ROWS_ON_A_PAGE == 0:
            self._page()
            self._line(["", *self.words.header], HEAD)
        self.number += 1
        texts, is_whole = [], True
        for n, cell in enumerate(cells):
            drawn, whole = self._drawable(self._said(n, cell))
            texts.append(drawn)
            is_whole = is_whole and whole
        self.incomplete += not is_whole
        self._line([f"{self.number}{'' if is_whole else STAR}", *texts], LINE)

    def _said(self, n: int, cell: Any) -> str:
        text = " ".join(str(cell).split())
        if self.kinds[n] == Kind.MOMENT:
            return text[:10]
        return self.words.cells[n].get(text, text) if self.words.cells else text

    def _line(self, texts: Sequence[str], height: float) -> None:
        pdf, y = self.pdf, self.pdf.get_y()
        x = WIDTH - EDGE if self.words.is_rtl else EDGE
        for text, width in zip(texts, self.widths, strict=True):
            x -= width if self.words.is_rtl else 0
            self._fit(text, width - 2)
            pdf.set_xy(x, y)
            pdf.cell(width, height, text, align=self.begin)
            x += 0 if self.words.is_rtl else width
        pdf.set_draw_color(213, 208, 200)
        pdf.line(EDGE, y + height, WIDTH - EDGE, y + height)
        pdf.set_xy(EDGE, y + height)

    def _fit(self, text: str, width: float) -> None:
        """The largest size at which a cell holds its text. What is still too long at the smallest is drawn narrower, so that nobody's
        name runs over what stands beside it."""
        self._font(text, TEXT_SIZE, LATIN)
        if len(text) > 12 and (length := self.pdf.get_string_width(text)) > width:
            size = max(SMALLEST, TEXT_SIZE * width / length)
            self.pdf.set_font_size(size)
            self.pdf.set_stretching(min(100, 100 * width * TEXT_SIZE / (length * size)))

    def _font(self, text: str, size: float, cut: str) -> None:
        """Joining letters and writing from right to left takes ten times as long as plain Latin, which needs neither."""
        is_plain = self.latin.issuperset(text)
        self.pdf.set_text_shaping(not is_plain)
        self.pdf.set_stretching(100)
        self.pdf.set_fallback_fonts([] if is_plain else [BOLD if cut == DISPLAY else ARABIC], exact_match=False)
        self.pdf.set_font(cut, size=size)

    def _drawable(self, text: str) -> tuple[str, bool]:
        if self.known.issuperset(text):
            return text, True
        return "".join(letter if letter in self.known else MISSING for letter in text), False

    def _page(self) -> None:
        pdf = self.pdf
        pdf.add_page()
        said = self.words.page % {"number": pdf.page_no(), "all": self.pages}
        self._font(said, 8, LATIN)
        pdf.set_xy(EDGE, HEIGHT - EDGE + 2)
        pdf.cell(WIDTH - 2 * EDGE, 5, said, align="C")
        pdf.set_xy(EDGE, EDGE)

    def end(self) -> None:
        """What has to be said of letters that could not be drawn, below the last row."""
        if self.incomplete:
            self.pdf.set_xy(EDGE, HEIGHT - EDGE - 7)
            self._block(self.words.missing % {"number": self.incomplete}, 8, LATIN)


@functools.cache
def _letters() -> tuple[frozenset[str], frozenset[str]]:
    """The letters that need no shaping, and all that can be drawn."""
    pdf = FPDF()
    cuts = {name: set(_added(pdf, name)) for name in FILES}
    latin = frozenset(chr(c) for c in cuts[LATIN] & cuts[DISPLAY])
    return latin, latin | frozenset(chr(c) for c in cuts[ARABIC] & cuts[BOLD]) | frozenset("\n\u200c\u200d\u200e\u200f")


def _added(pdf: FPDF, name: str) -> Any:
    pdf.add_font(name, "", str(FONTS / FILES[name]))
    font: Any = pdf.fonts[name]
    return font.cmap
