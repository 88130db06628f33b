"""Pasted text as numbered lines, and what a reader gives back: rows, and whatever is no row, as text."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from app.cleaning import clean_block
from app.readers.doubts import Doubt, DoubtKind, doubt

MOST_CHARACTERS = 1_000_000  # of one pasted text; what comes after is handed back unread
LONGEST_LINE = 50_000  # characters, for lists whose line ends got lost; longer ones are handed back unread
LINE_END = re.compile("\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]")
SPACES = re.compile(r"[ \t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
Row = TypeVar("Row")


@dataclass(frozen=True)
class Line:
    """One line, or a part of one, with the number it has in what was pasted, from 1."""

    number: int
    text: str


@dataclass(frozen=True)
class Reading(Generic[Row]):
    """What was read: the rows, the lines that are no row, and doubts about the whole."""

    rows: list[Row]
    left: list[Line] = field(default_factory=list)
    doubts: tuple[Doubt, ...] = ()

    @property
    def rest(self) -> list[str]:
        """The text that is no row, line by line."""
        return [line.text for line in self.left]


@dataclass(frozen=True)
class Pasted:
    """A pasted text: lines worth reading (blank ones too, as they part paragraphs), and what is too long for it."""

    lines: list[Line]
    unread: list[Line]

    @property
    def doubts(self) -> tuple[Doubt, ...]:
        """Says so where something is too long."""
        return (doubt(DoubtKind.TOO_LONG),) if self.unread else ()


def split(text: str) -> Pasted:
    """The lines of a pasted text, cleaned; nothing is lost, however long it is."""
    read: list[Line] = []
    unread: list[Line] = []
    left = MOST_CHARACTERS
    for number, raw in enumerate(LINE_END.split(text), 1):
        left -= len(raw) + 1
        if left < 0 or len(raw) > LONGEST_LINE:
            unread.append(Line(number, raw))
        else:
            read.append(Line(number, tidy(raw)))
    return Pasted(read, [line for line in unread if line.text.strip()])


def paragraphs(some: list[Line]) -> list[str]:
    """Lines that stand directly below each other, as one text: a sentence may run over the end of a line."""
    found: list[list[Line]] = []
    for line in some:
        if found and line.number <= found[-1][-1].number + 1:
            found[-1].append(line)
        else:
            found.append([line])
    return [" ".join(line.text for line in together) for together in found]


def tidy(text: str) -> str:
    """One line or cell, composed, without marks that nobody sees, with single spaces."""
    if text.isascii() and "  " not in text and "\t" not in text:
        return text.strip()
    return SPACES.sub(" ", clean_block(text)).strip()
