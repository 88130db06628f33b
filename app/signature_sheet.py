"""A signature sheet to be printed: the ask, lines to sign on, the very consent wording of the sign form, and the way to the page.

Black on white, A4 or Letter, landscape, so that a line has room for a hand. Sheets in Arabic run from right to left.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

import segno
from flask_babel import force_locale, get_locale
from flask_babel import gettext as _
from fpdf import FPDF

from app import links
from app.i18n import direction
from app.models import Asked, Campaign, Channel, ConsentWording
from app.share_picture import FONTS
from app.templating import number

MARGIN, GAP = 10.0, 2.0  # millimetres, as all lengths here
LINE_HEIGHT = 11.0  # at least so much for a hand
HEAD_ROW = 9.0
QR_SIZE = 28.0
MOST_LINES, MOST_SHEETS = 10, 50
TEXT, DISPLAY, ARABIC, ARABIC_BOLD = "text", "display", "arabic", "arabicbold"


@dataclass(frozen=True)
class Choice:
    """What somebody wants to be printed."""

    paper: str = "a4"
    lines: int = MOST_LINES
    sheets: int = 1
    with_email: bool = True


@dataclass(frozen=True)
class _Column:
    label: str
    share: float
    is_box: bool = False


def draw(campaign: Campaign, wording: ConsentWording | None, choice: Choice) -> bytes:
    """The sheets as a PDF, in the language of the page that asks for them."""
    sheet = _Sheet(campaign, wording, choice)
    for page in range(1, choice.sheets + 1):
        sheet.page(page)
    out = io.BytesIO()
    sheet.pdf.output(out)
    return out.getvalue()


class _Sheet:
    """One pile of equal sheets."""

    def __init__(self, campaign: Campaign, wording: ConsentWording | None, choice: Choice) -> None:
        self.campaign, self.wording, self.choice = campaign, wording, choice
        self.is_rtl = direction() == "rtl"
        self.pdf = FPDF(orientation="landscape", unit="mm", format="A4" if choice.paper == "a4" else "Letter")
        self.pdf.set_auto_page_break(False)
        self.pdf.set_margin(0)
        self._fonts()
        self.pdf.set_title(campaign.ask)
        self.pdf.set_lang(str(get_locale()))
        self.url = links.to("public.campaign", slug=campaign.slug, via=Channel.PAPER.value)

    def _fonts(self) -> None:
        files = {
            TEXT: "Newsreader-Text.ttf",
            DISPLAY: "Newsreader-Display.ttf",
            ARABIC: "NotoNaskhArabic-Regular.ttf",
            ARABIC_BOLD: "NotoNaskhArabic-Bold.ttf",
        }
        for family, file in files.items():
            self.pdf.add_font(family, "", FONTS / file)
        self.pdf.set_fallback_fonts([ARABIC, TEXT])
        self.pdf.set_text_shaping(True)

    @property
    def width(self) -> float:
        """The room between the margins."""
        return float(self.pdf.w) - 2 * MARGIN

    def write(
        self, text: str, size: float, *, y: float, width: float, x: float = 0.0, bold: bool = False, most: int = 0
    ) -> float:
        """Set a text in lines of `width`, which begin `x` from where reading begins; at most so many. Where it ends."""
        family = (ARABIC_BOLD if bold else ARABIC) if self.is_rtl else (DISPLAY if bold else TEXT)
        self.pdf.set_font(family, size=size)
        leading = size * (0.56 if self.is_rtl else 0.46)
        at = float(self.pdf.w) - MARGIN - x - width if self.is_rtl else MARGIN + x
        align: Any = "R" if self.is_rtl else "L"
        lines: Any = self.pdf.multi_cell(width, leading, text, align=align, dry_run=True, output="LINES")
        if most and len(lines) > most:
            text = " ".join(lines[:most]).rsplit(" ", 1)[0] + " …"
        self.pdf.set_xy(at, y)
        self.pdf.multi_cell(width, leading, text, align=align, padding=0)
        return float(self.pdf.get_y())

    def at(self, x: float, width: float) -> float:
        """Where something of this width stands that begins `x` from where reading begins."""
        return float(self.pdf.w) - MARGIN - x - width if self.is_rtl else MARGIN + x

    def page(self, page: int) -> None:
        """One sheet."""
        self.pdf.add_page()
        self._code()
        y = self._head()
        y = self._table(max(y + GAP, MARGIN + QR_SIZE + 5))
        y = self._consent(y + GAP)
        self._privacy(y + 1)
        self._foot(page)

    def _code(self) -> None:
        """The way to the page: a code for cameras, and the address for people."""
        image = io.BytesIO()
        segno.make(self.url, error="m").save(image, kind="png", scale=8, border=2)
        self.pdf.image(image, x=self.at(self.width - QR_SIZE, QR_SIZE), y=MARGIN - 3, w=QR_SIZE, h=QR_SIZE)
        address = links.to("public.campaign", slug=self.campaign.slug).partition("://")[2]
        self.pdf.set_font(TEXT, size=7)
        self.pdf.set_xy(self.at(self.width - 80, 80), MARGIN + QR_SIZE - 3)
        align: Any = "L" if self.is_rtl else "R"
        self.pdf.multi_cell(80, 3.2, address, align=align)

    def _head(self) -> float:
        room = self.width - QR_SIZE - 6
        words = self.campaign.published_text
        y = self.write(words.ask if words else self.campaign.ask, 18, y=MARGIN, width=room, bold=True, most=2)
        if self.campaign.decision_makers:
            names = _(", ").join(one.name for one in self.campaign.decision_makers)
            y = self.write(_("To: %(names)s", names=names), 10, y=y + 0.5, width=room, most=1)
        summary = " ".join((words.summary if words else self.campaign.summary).split())
        if summary:
            y = self.write(summary, 10, y=y + 1, width=room, most=3)
        return y

    def _columns(self) -> list[_Column]:
        asked = (
            (self.campaign.asks_family_name, _("Family name"), _("Family name (optional)"), 3.0),
            (self.campaign.asks_country, _("Country"), _("Country (optional)"), 2.0),
            (self.campaign.asks_postcode, _("Postcode"), _("Postcode (optional)"), 1.6),
        )
        columns = [_Column(_("Given name"), 3)]
        for how, required, optional, share in asked:
            if how != Asked.OFF:
                columns.append(_Column(required if how == Asked.REQUIRED else optional, share))
        if self.choice.with_email:
            columns.append(_Column(_("E-mail (optional)"), 4.2))
            if self.wording is not None:
                columns.append(_Column(_("May write to me *"), 1.4, is_box=True))
        return [*columns, _Column(_("Signature"), 3.4), _Column(_("Date"), 1.7)]

    def _table(self, y: float) -> float:
        columns, first = self._columns(), 7.0
        left = float(self.pdf.h) - y - HEAD_ROW - self._below()
        lines = max(1, min(self.choice.lines, int(left / LINE_HEIGHT)))
        whole = sum(column.share for column in columns)
        widths = [first, *((self.width - first) * column.share / whole for column in columns)]
        self.pdf.set_line_width(0.2)
        x = 0.0
        for width, label in zip(widths, ["", *(column.label for column in columns)], strict=True):
            self.pdf.rect(self.at(x, width), y, width, HEAD_ROW)
            self.write(label, 7.5, y=y + 0.8, width=width, x=x, most=2)
            x += width
        y += HEAD_ROW
        for n in range(1, lines + 1):
            x = 0.0
            for width, column in zip(widths, [None, *columns], strict=True):
                self.pdf.rect(self.at(x, width), y, width, LINE_HEIGHT)
                if column is None:
                    self.write(number(n), 8, y=y + 3.5, width=width, x=x)
                elif column.is_box:
                    self.pdf.rect(self.at(x + width / 2 - 2.25, 4.5), y + 3.5, 4.5, 4.5)
                x += width
            y += LINE_HEIGHT
        return y

    def _below(self) -> float:
        """The room that consent, privacy and foot take."""
        return 36.0 if self.choice.with_email and self.wording is not None else 29.0

    def _consent(self, y: float) -> float:
        """The very words of the sign form, and their version, by which the consent is proven later."""
        if self.wording is None or not self.choice.with_email:
            return y
        version = _("Wording %(version)s", version=f"{self.wording.locale} {self.wording.version}")
        return self.write(f"* {self.wording.text} ({version})", 8.5, y=y, width=self.width, most=2)

    def _privacy(self, y: float) -> float:
        host = self.campaign.organisation
        page = links.to("public.organisation", slug=host.slug).partition("://")[2]
        said = {"organisation": host.name, "contact": host.contact_email or host.website or page}
        kept = (
            _(
                "%(organisation)s keeps this sheet and a list of what is written on it, and hands the list to those who are asked. "
                "They are kept as long as the campaign, and your name is not shown on its page. Without the box nobody writes to you. "
                "You can have your signature taken out at any time: write to %(contact)s.",
                **said,
            )
            if self.choice.with_email and self.wording is not None
            else _(
                "%(organisation)s keeps this sheet and a list of what is written on it, and hands the list to those who are asked. "
                "They are kept as long as the campaign, and your name is not shown on its page. "
                "You can have your signature taken out at any time: write to %(contact)s.",
                **said,
            )
        )
        return self.write(kept, 8, y=y, width=self.width, most=3)

    def _foot(self, page: int) -> None:
        y = float(self.pdf.h) - MARGIN - 4
        blank = "." * 44
        y_words = [
            _("Collected by: %(blank)s", blank=blank),
            _("Place: %(blank)s", blank=blank),
            _("Batch: %(blank)s", blank="." * 16),
            _("Received on: %(blank)s", blank="." * 16),
        ]
        self.write("   ".join(y_words), 8.5, y=y, width=self.width - 46, most=1)
        version = _("Text version %(number)s", number=number(self.campaign.current_version))
        sheet = _("Sheet %(page)s of %(pages)s", page=number(page), pages=number(self.choice.sheets))
        self.write(f"{version} · {sheet}", 8.5, y=y, width=44, x=self.width - 44, most=1)


def in_language(campaign: Campaign, wording: ConsentWording | None, choice: Choice, locale: str) -> bytes:
    """The sheets in this language, whatever language the desk is read in."""
    with force_locale(locale):
        return draw(campaign, wording, choice)
