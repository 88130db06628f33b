"""A register's lines cut where something new begins: a section whose heading is glued to a sentence, an incident inside one."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from app.readers import dates
from app.readers.lines import Line
from app.readers.register import Assessment

_HEADING = re.compile(
    r"(?<![\w-])(?P<which>non[- ]?credible|credible|open)\s(?:reports?|incidents?|allegations?|cases?)\s?(?:[–—:]|-(?=\s|$))",
    re.IGNORECASE,
)
_HEADING_ALONE = re.compile(
    r"[#*\s]*(?P<which>non[- ]?credible|credible|open)\s(?:reports?|incidents?|allegations?|cases?)[*\s:.–—-]*",
    re.IGNORECASE,
)
_BULLET = re.compile(r"(?:[-*+•·‣▪◦●–—>]\s+)+|\d{1,4}[.)]\s+(?=\D)")
_NEAR = re.compile(r"[,;:]?\s{0,2}near(?:\s|$)", re.IGNORECASE)
_SENTENCE_ENDED = re.compile(r"[.)!?”\"]\s*$")


class Kind(StrEnum):
    """What a piece begins with."""

    HEADING = "heading"
    DATED = "dated"
    NOTED = "noted"  # an incident in the middle of a sentence
    PLAIN = "plain"


@dataclass(frozen=True)
class Piece:
    """A line, or the part of one from where something begins to where the next thing does."""

    line: Line
    kind: Kind
    section: Assessment | None = None
    dated: dates.Dated | None = None  # of a dated or noted piece, with places counted from the beginning of the piece


def cut(line: Line, today: dt.date) -> Iterator[Piece]:
    """The pieces of a line; together they are the line."""
    text = line.text
    begins: dict[int, tuple[Kind, Assessment | None]] = {0: (Kind.PLAIN, None)}
    heads = list(_HEADING.finditer(text))
    begins |= {head.start(): (Kind.HEADING, _section(head)) for head in heads}
    ended = {head.end() for head in heads}
    alone = _HEADING_ALONE.fullmatch(text) if len(text) < 100 else None
    if alone:
        begins = {0: (Kind.HEADING, _section(alone))}
    for dated in dates.within(text, today=today):
        if dated.start and _NEAR.match(text, dated.end) and not _BULLET.fullmatch(text[: dated.start]):
            before = text[max(0, dated.start - 20) : dated.start].rstrip()
            after_heading = not ended.isdisjoint(range(dated.start - 2, dated.start + 1))
            begins[dated.start] = (Kind.DATED if after_heading or _SENTENCE_ENDED.search(before) else Kind.NOTED, None)
    starts = sorted(begins)
    for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
        part = Line(line.number, text[start:end].strip())
        if part.text:
            yield _piece(part, *begins[start], today)


def is_heading(line: Line, today: dt.date) -> bool:
    """Whether a line does nothing but begin a section."""
    return all(piece.kind is Kind.HEADING for piece in cut(line, today))


def _piece(line: Line, kind: Kind, section: Assessment | None, today: dt.date) -> Piece:
    if kind is Kind.HEADING:
        return Piece(line, kind, section)
    bullet = _BULLET.match(line.text)
    skipped = bullet.end() if bullet and not dates.leading(line.text, today=today) else 0
    dated = dates.leading(line.text[skipped:], today=today)
    if dated is None:
        return Piece(line, Kind.PLAIN)
    line = Line(line.number, line.text[skipped:])
    return Piece(line, Kind.DATED if kind is Kind.PLAIN else kind, None, dated)


def _section(heading: re.Match[str]) -> Assessment:
    which = heading["which"].casefold()
    return Assessment.NON_CREDIBLE if which.startswith("non") else Assessment(which)
