"""A pasted list of publications ("What's new"), read into titles with date and link; the sentences between come back as text.

A line is a publication when it begins or ends with a date, when it carries a link, or when it is a bullet among bullets that
have dates. The date stands in brackets or is parted from the title by a colon, dash, comma or bar; a full date at the
beginning needs neither. A link stands on the line, as a Markdown link, or alone on the next one.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, replace

from app.models.types import PartialDate
from app.readers import dates, lines
from app.readers.doubts import Doubt, DoubtKind, doubt
from app.readers.lines import Line, Reading
from app.readers.order import out_of_order

LONGEST_TITLE = 500  # longer ones are paragraphs that happen to hold a date
_BULLET = re.compile(r"(?:[-*+•·‣▪◦●–—>]\s+)+")
_COUNTED = re.compile(r"\d{1,3}[.)]\s+")
_MARKDOWN_LINK = re.compile(
    r"\[([^\[\]]{1,500})\]\(((?:https?://|www\.)[^\s()<>]{1,2000}(?:\([^\s()]{0,200}\))?)\s?\)", re.I
)
_ADDRESS = re.compile(r"<?((?:https?://|www\.)[^\s<>\"“”]{1,2000})>?", re.I)
_EMPHASIS = re.compile(r"\*\*|__|^#{1,6}\s+")
_PARTED = re.compile(r"\s*(?:[:|,–—·]|-(?=\s)|\.(?=\s))\s*|\s+")
_PARTED_BEFORE = re.compile(r"(?:\s*[:|,–—·]|\s-)\s*$")
_BRACKETS = {"(": ")", "[": "]"}
_AT_THE_ENDS = " \t:|,–—·-"
_EMPTY = re.compile(r"\(\s{0,9}\)")
_LONELY = re.compile(r"(?:^|\s)[.,;]$")  # what is left of a sentence once its link is taken out


@dataclass(frozen=True)
class Publication:
    """One line of a list: when, what, where to read it. What is missing is None or empty, with a doubt."""

    date: PartialDate | None
    title: str
    url: str
    source_line_number: int
    doubts: tuple[Doubt, ...] = ()
    more_lines: tuple[int, ...] = ()  # further lines it was read from: its link or its title stood there
    more_urls: tuple[str, ...] = ()  # links beside the first


@dataclass(frozen=True)
class _Looked:
    """A line as it was looked at: what it could give, before anything is decided."""

    line: Line
    found: Publication
    is_bullet: bool
    is_dated: bool

    @property
    def is_link_only(self) -> bool:
        return bool(self.found.url) and not self.found.title and not self.is_dated

    @property
    def is_date_only(self) -> bool:
        return self.is_dated and not self.found.title and not self.found.url


def read(text: str, *, today: dt.date) -> Reading[Publication]:
    """The publications of a pasted list, in its order, and every line that is none."""
    pasted = lines.split(text)
    looked = _joined([_look(line, today) for line in pasted.lines if line.text])
    bullets = any(one.is_bullet and one.is_dated for one in looked)
    rows: list[Publication] = []
    left = list(pasted.unread)
    for one in looked:
        found = one.found
        if (found.title or found.url) and (one.is_dated or (found.url and found.title) or (one.is_bullet and bullets)):
            rows.append(found if one.is_dated else _doubting(found, doubt(DoubtKind.NO_DATE, "date")))
        else:
            left.append(one.line)
    return Reading(compared(rows), sorted(left, key=lambda line: line.number), pasted.doubts)


def _look(line: Line, today: dt.date) -> _Looked:
    text, is_bullet = _without_bullet(line.text, today)
    text, urls, doubts = _without_links(text)
    text = _EMPHASIS.sub("", text).strip()
    dated, title = _parted(text, today)
    if dated:
        doubts = (*doubts, *dated.doubts)
    date = dated.date if dated else None
    found = Publication(
        date,
        _LONELY.sub("", title.strip(_AT_THE_ENDS)).strip(_AT_THE_ENDS),
        urls[0],
        line.number,
        doubts,
        more_urls=urls[1:],
    )
    return _Looked(line, found, is_bullet, dated is not None)


def _without_bullet(text: str, today: dt.date) -> tuple[str, bool]:
    """The line without what marks it as one of a list; "9. June 2015" is a date, not the ninth point."""
    marked = _BULLET.match(text)
    bare = text[marked.end() :] if marked else text
    counted = _COUNTED.match(bare)
    if counted and not dates.leading(bare, today=today):
        return bare[counted.end() :], True
    return bare, marked is not None


def _without_links(text: str) -> tuple[str, tuple[str, ...], tuple[Doubt, ...]]:
    """The line without its links, the links, of which the first may be empty, and a doubt where there are several."""
    urls = [match[2] for match in _MARKDOWN_LINK.finditer(text)]
    text = _MARKDOWN_LINK.sub(r"\1", text)
    kept, end = [], 0
    for match in _ADDRESS.finditer(text):
        address = _trimmed(match[1])
        urls.append(address)
        kept.append(text[end : match.start()])
        end = match.start(1) + len(address)
        end += text[match.start()] == "<" and text[end : end + 1] == ">"
    text = _EMPTY.sub(" ", " ".join([*kept, text[end:]])).strip()
    urls = [f"https://{url}" if url[:4].lower() == "www." else url for url in dict.fromkeys(urls)]
    return text, tuple(urls) or ("",), (doubt(DoubtKind.MORE_LINKS, "url"),) if len(urls) > 1 else ()


def _trimmed(address: str) -> str:
    """The address without the punctuation of the sentence around it."""
    while address and (
        address[-1] in ".,;:!?'’]}*_" or (address[-1] == ")" and address.count(")") > address.count("("))
    ):
        address = address[:-1]
    return address


def _parted(text: str, today: dt.date) -> tuple[dates.Dated | None, str]:
    """The date at the beginning or the end of a line, and the rest of the line."""
    if len(text) > LONGEST_TITLE:
        return None, text
    if text[:1] in _BRACKETS:
        dated = dates.leading(text[1:].lstrip(), today=today, bare=True)
        close = text.find(_BRACKETS[text[0]], 1)
        if dated and close > 0 and text[1:close].strip() == dated.said:
            return dated, text[close + 1 :]
    dated = dates.leading(text, today=today, bare=True)
    if dated:
        title = text[dated.end :]
        parted = _PARTED.match(title)
        if not title or (parted and (parted[0].strip() or (dated.is_whole and not title.lstrip()[:1].islower()))):
            return dated, title
    return _parted_at_the_end(text, today)


def _parted_at_the_end(text: str, today: dt.date) -> tuple[dates.Dated | None, str]:
    text = text.rstrip(_AT_THE_ENDS)  # what parted the date from the link behind it
    opened = max(text.rfind(mark) for mark in _BRACKETS)
    if opened >= 0 and text.endswith(_BRACKETS[text[opened]]):
        dated = dates.read(text[opened:], today=today)
        return (dated, text[:opened]) if dated else (None, text)
    dated = dates.trailing(text, today=today)
    before = text[: dated.start] if dated else ""
    parted = _PARTED_BEFORE.search(before[-10:])
    return (dated, before) if dated and parted else (None, text)


def _joined(looked: list[_Looked]) -> list[_Looked]:
    """Links that stand alone go to the line above; a date that stands alone takes the line directly below as its title."""
    joined: list[_Looked] = []
    for one in looked:
        above = joined[-1] if joined else None
        if above is None:
            joined.append(one)
            continue
        last = max(above.line.number, *above.found.more_lines, 0)
        if (
            one.is_link_only
            and not above.found.url
            and above.found.title
            and (above.is_dated or one.line.number == last + 1)
        ):
            found = replace(
                above.found,
                url=one.found.url,
                more_urls=one.found.more_urls,
                more_lines=(*above.found.more_lines, one.line.number),
            )
            joined[-1] = replace(above, found=found)
        elif above.is_date_only and one.found.title and not one.is_dated and one.line.number == last + 1:
            joined[-1] = _titled(above, one)
        else:
            joined.append(one)
    return joined


def _titled(above: _Looked, below: _Looked) -> _Looked:
    beside = doubt(DoubtKind.LINES_JOINED, "title", line=below.line.number)
    found = replace(
        above.found,
        title=below.found.title,
        url=below.found.url,
        more_urls=below.found.more_urls,
        doubts=(*above.found.doubts, *below.found.doubts, beside),
        more_lines=(*above.found.more_lines, below.line.number),
    )
    return replace(above, found=found)


def compared(rows: list[Publication]) -> list[Publication]:
    """The rows with the doubts that come from comparing them."""
    odd = out_of_order([row.date for row in rows])
    first: dict[str, int] = {}
    compared = []
    for place, row in enumerate(rows):
        if place in odd:
            row = _doubting(row, doubt(DoubtKind.OUT_OF_ORDER, "date"))
        key = row.title.casefold()
        if key and key in first:
            row = _doubting(row, doubt(DoubtKind.SAME_TITLE, "title", line=first[key]))
        first.setdefault(key, row.source_line_number)
        compared.append(row)
    return compared


def _doubting(row: Publication, *more: Doubt) -> Publication:
    return replace(row, doubts=(*row.doubts, *more))
