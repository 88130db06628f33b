"""A series of figures by month and place, from sentences or from a table with a row a place or month.

Sentences give a total ("In November 2018, 41 people were killed and 73 injured") and, behind the
name of a place, figures in brackets ("Ninewa (08 killed and 19 injured)"); the latter belong to the month of the total above.
A table has the columns month, place, killed, injured, or others that are named after what they count.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from app.models.types import PartialDate
from app.readers import cells, columns, dates, lines
from app.readers.casualties import INJURED, KILLED
from app.readers.cells import Cells, Row
from app.readers.columns import Field
from app.readers.doubts import Doubt, DoubtKind, doubt, slight
from app.readers.lines import Line, Reading
from app.readers.numbers import NUMBER, value

MOST_BEFORE = 10_000  # characters in which a table's header stands
TOTAL = ""  # the place of a figure that is about everywhere
NOBODY_KNOWS = frozenset({"?", "؟", "-", "–", "—"})  # what a cell of a table says of such a number
_HARM = r"(?P<{0}>killed|dead|wounded|injured)"
_COUNTED = r"(?:\s[^\W\d_][\w’'-]{0,30}){0,4}?"
_PAIR = re.compile(
    rf"\(\s?(?P<n>{NUMBER}){_COUNTED}\s{_HARM.format('harm')}(?:\s?(?:,|and|,\sand|&)\s?(?P<n2>{NUMBER}){_COUNTED}\s{_HARM.format('harm2')})?\s?\)",
    re.IGNORECASE,
)
_TOTAL = re.compile(
    rf"(?P<n>{NUMBER}){_COUNTED}\s(?:were|was|have\sbeen)\s{_HARM.format('harm')}"
    rf"(?:,?\s(?:and|with)\s(?:another\s|a\sfurther\s)?(?P<n2>{NUMBER}){_COUNTED}\s(?:(?:were|was)\s)?{_HARM.format('harm2')})?",
    re.IGNORECASE,
)
_TOGETHER = re.compile(rf"(?P<n>{NUMBER})\s(?:\w+\s)?casualties", re.IGNORECASE)
_NAME = re.compile(r"[^\W\d_a-z][\w’'-]+(?:\s(?:(?:al|el|ez|es|ad|ar|as|at)[- ])?[^\W\d_a-z][\w’'-]+)*")
_NO_PLACE = re.compile(
    r"\b(?:governorates?|provinces?|the|a|in|at|it|during|of|total|iraqi|followed|figures|civilians?|most|worst|also|and|with"
    r"|january|february|march|april|may|june|july|august|september|october|november|december)\b\s?",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[^\W\d_a-z])")
_SAID_TOTAL = re.compile(r"\btotal\sof\b", re.IGNORECASE)


@dataclass(frozen=True)
class Figure:
    """One number: for which month (or year, or day), where (an empty place is the total), of what, how many."""

    month: PartialDate | None
    place: str
    name: str
    value: int | None
    doubts: tuple[Doubt, ...] = ()
    line_number: int = 0


def read(text: str, *, today: dt.date) -> Reading[Figure]:
    """The figures of a pasted text, sentences or a table with a header, and every line that gives none."""
    if _is_header(next((line for line in text[:MOST_BEFORE].splitlines() if line.strip()), "")):
        table = read_table(text.encode("utf-8", "replace"), today=today)
        if table.rows:
            return table
    pasted = lines.split(text)
    rows: list[Figure] = []
    left = list(pasted.unread)
    above: Figure | None = None
    before = ""  # the line directly above, where the name of a place may have been left behind
    for line in pasted.lines:
        found = list(_of_line(line, above, before, today)) if line.text else []
        before = line.text
        above = next((one for one in reversed(found) if one.place == TOTAL), above)
        rows += found
        if line.text and not found:
            left.append(line)
    return Reading(rows, sorted(left, key=lambda line: line.number), pasted.doubts)


def _of_line(line: Line, above: Figure | None, before: str, today: dt.date) -> Iterator[Figure]:
    for sentence in _SENTENCE.split(line.text):
        total = None if _PAIR.search(sentence) else _TOTAL.search(sentence)
        month = next(dates.months_within(sentence, today=today), None)
        if total and (month or _SAID_TOTAL.search(sentence)):
            doubts = month.doubts if month else (doubt(DoubtKind.NO_MONTH, "month"),)
            for one in _numbers(total):
                above = replace(
                    one, month=month.date if month else None, doubts=(*doubts, *one.doubts), line_number=line.number
                )
                yield above
        yield from _of_places(sentence, line.number, month, above, before)
        before = ""


def _of_places(
    sentence: str, number: int, month: dates.Dated | None, above: Figure | None, before: str
) -> Iterator[Figure]:
    """The figures in brackets of a sentence, each with the last name before it."""
    end = 0
    for pair in _PAIR.finditer(sentence):
        words = sentence[end : pair.start()]
        end = pair.end()
        place = _place(words) or _place(before.rpartition(")")[2])
        before = ""
        doubts = [] if place else [doubt(DoubtKind.NO_PLACE, "place")]
        on = month.date if month else None
        if month:
            doubts += month.doubts
        elif above and above.month:
            on = above.month
            doubts.append(slight(DoubtKind.MONTH_FROM_ABOVE, "month", line=above.line_number))
        else:
            doubts.append(doubt(DoubtKind.NO_MONTH, "month"))
        found = list(_numbers(pair))
        doubts += _summed(words, found)
        for one in found:
            yield replace(one, month=on, place=place, doubts=(*doubts, *one.doubts), line_number=number)


def _place(words: str) -> str:
    """The last name in some words that is no governorate, month or the like; empty where there is none."""
    names = (_NO_PLACE.sub("", one).strip() for one in _NAME.findall(words))
    return next((name for name in reversed(list(names)) if name), "")


def _numbers(match: re.Match[str]) -> Iterator[Figure]:
    """The one or two numbers of a match, without month and place."""
    for said, harm in ((match["n"], match["harm"]), (match["n2"], match["harm2"])):
        if said:
            number = value(said)
            unread = () if number is not None else (doubt(DoubtKind.NOT_A_NUMBER, "value", said=said),)
            name = KILLED if harm.casefold() in {"killed", "dead"} else INJURED
            yield Figure(None, TOTAL, name, number, unread)


def _summed(before: str, found: list[Figure]) -> list[Doubt]:
    """A doubt where "with 26 casualties (7 killed, 20 injured)" does not add up."""
    said = _TOGETHER.search(before)
    stated = value(said["n"]) if said else None
    together = sum(one.value or 0 for one in found)
    if stated is None or stated == together:
        return []
    return [doubt(DoubtKind.SUM_DIFFERS, "value", said=stated, read=together)]


def _is_header(line: str) -> bool:
    """Whether a line names the columns of a table of figures."""
    names = {columns.named(cell.strip(' "')) for mark in cells.DELIMITERS for cell in line[:2_000].split(mark)}
    return Field.DATE in names and (Field.KILLED in names or Field.INJURED in names or Field.PLACE in names)


def read_table(data: bytes, *, today: dt.date) -> Reading[Figure]:
    """The figures of a CSV file with a row a month and place, and a column a figure; rows without a number come back."""
    table = cells.read(data)
    if table.refused:
        return Reading([], doubts=(Doubt(DoubtKind.REFUSED, values=(("said", table.refused),)),))
    fields, has_header = columns.guess([row.cells for row in table.rows])
    header = table.rows[0].cells if has_header else ()
    rows: list[Figure] = []
    left: list[Line] = []
    for row in table.rows[1:] if has_header else table.rows:
        found = list(_of_row(row, fields, header, today))
        rows += found
        if not found:
            left.append(_as_text(row, table))
    return Reading(rows, left, table.doubts)


def _as_text(row: Row, table: Cells) -> Line:
    return Line(row.line_number, table.delimiter.join(row.cells))


def _of_row(row: Row, fields: tuple[Field, ...], header: tuple[str, ...], today: dt.date) -> Iterator[Figure]:
    said = {one: cell for one, cell in zip(fields, row.cells, strict=False) if one not in columns.MANY}
    month = said.get(Field.DATE, "")
    dated = dates.read(month, today=today) if month else None
    if dated:
        doubts = dated.doubts
    else:
        doubts = (
            doubt(DoubtKind.IMPOSSIBLE_DATE, "month", said=month) if month else doubt(DoubtKind.NO_MONTH, "month"),
        )
    place = said.get(Field.PLACE) or said.get(Field.REGION, "")
    place = TOTAL if place.casefold() in {"total", "all", "المجموع", "الاجمالي"} else place
    for column, (one, cell) in enumerate(zip(fields, row.cells, strict=False)):
        if cell and one in {Field.KILLED, Field.INJURED, Field.FIGURE}:
            number = value(cell)
            is_read = number is not None or cell in NOBODY_KNOWS
            unread = () if is_read else (doubt(DoubtKind.NOT_A_NUMBER, "value", said=cell),)
            name = {Field.KILLED: KILLED, Field.INJURED: INJURED}.get(
                one, header[column] if column < len(header) else ""
            )
            yield Figure(dated.date if dated else None, place, name, number, (*doubts, *unread), row.line_number)
