"""A table of incidents from a CSV file, read with a mapping that the organiser can change: the same rows as from a pasted register.

Every row of the file that is not blank is one row here. What a cell says and a field does not take stands in a doubt, and the
cells of columns that are left out are kept in `others`.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field, replace

from app.models.types import PartialDate
from app.readers import cells, columns, dates, places, register
from app.readers.casualties import INJURED, KILLED, Figures
from app.readers.cells import Cells, Row
from app.readers.columns import Field, Mapping
from app.readers.doubts import Doubt, DoubtKind, doubt
from app.readers.lines import Reading
from app.readers.numbers import latin_digits, value
from app.readers.register import Assessment, IncidentLine

_ASSESSMENTS = {
    "credible": Assessment.CREDIBLE, "confirmed": Assessment.CREDIBLE, "موثوق": Assessment.CREDIBLE, "مؤكد": Assessment.CREDIBLE,
    "non credible": Assessment.NON_CREDIBLE, "not credible": Assessment.NON_CREDIBLE, "noncredible": Assessment.NON_CREDIBLE,
    "غير موثوق": Assessment.NON_CREDIBLE, "غير مؤكد": Assessment.NON_CREDIBLE,
    "open": Assessment.OPEN, "reopened": Assessment.OPEN, "re opened": Assessment.OPEN, "under review": Assessment.OPEN,
    "مفتوح": Assessment.OPEN, "قيد التحقيق": Assessment.OPEN, "قيد المراجعة": Assessment.OPEN,
}  # fmt: skip
_SLASHED = re.compile(r"\s*(\d{1,2})\s?[-/.]\s?(\d{1,2})\s?[-/.]\s?\d{2,4}\b")
_DEGREES = re.compile(r"([+-]?\d{1,3}(?:[.,]\d{1,12})?)\s?°?")


@dataclass(frozen=True)
class TableReading(Reading[IncidentLine]):
    """The rows of a table, its header, how it was read, and why it was refused, where it was."""

    header: tuple[str, ...] = ()
    mapping: Mapping = field(default_factory=lambda: Mapping(()))
    refused: str = ""


def read(data: bytes, *, today: dt.date, mapping: Mapping | None = None) -> TableReading:
    """The incidents of a CSV file. Without a mapping one is guessed, and comes back to be changed and handed in again."""
    table = cells.read(
        data, delimiter=mapping.delimiter if mapping else "", encoding=mapping.encoding if mapping else ""
    )
    if table.refused:
        return TableReading([], doubts=table.doubts, mapping=mapping or Mapping(()), refused=table.refused)
    mapping = mapping or guessed(table)
    rows = table.rows
    header = tuple(one_line(name) for name in rows[0].cells) if rows and mapping.has_header else ()
    body = rows[1:] if header else rows
    month_first = _month_first(body, mapping)
    incidents = register.compared([_Cells(row, mapping, header).incident(today, month_first) for row in body])
    return TableReading(incidents, doubts=(*table.doubts, *_ignored(header, mapping)), header=header, mapping=mapping)


def one_line(cell: str) -> str:
    """A cell without its line ends."""
    return " ".join(cell.split())


def guessed(table: Cells) -> Mapping:
    """Which column says what, as far as its header and cells tell."""
    fields, has_header = columns.guess([row.cells for row in table.rows])
    return Mapping(fields, table.delimiter, table.encoding, has_header)


def _ignored(header: tuple[str, ...], mapping: Mapping) -> list[Doubt]:
    left_out = (name for name, one in zip(header, mapping.fields, strict=False) if one is Field.IGNORED and name)
    return [doubt(DoubtKind.COLUMN_IGNORED, said=name) for name in left_out]


def _month_first(rows: list[Row], mapping: Mapping) -> bool | None:
    """What the dates that leave no choice say about the whole column; None where they say nothing or both."""
    column = mapping.column(Field.DATE)
    if mapping.month_first is not None or column is None:
        return mapping.month_first
    said = (_SLASHED.match(latin_digits(row.cells[column][:40])) for row in rows if column < len(row.cells))
    pairs = [(int(one[1]), int(one[2])) for one in said if one]
    day_first, month_first = any(a > 12 for a, _ in pairs), any(b > 12 for _, b in pairs)
    return None if day_first == month_first else month_first


class _Cells:
    """One row on its way to an incident: its cells by field, and the doubts that arise."""

    def __init__(self, row: Row, mapping: Mapping, header: tuple[str, ...]) -> None:
        self.row, self.mapping, self.header = row, mapping, header
        self.doubts: list[Doubt] = []
        expected = len(header) or len(mapping.fields)
        if len(row.cells) != expected:
            self.doubts.append(doubt(DoubtKind.CELLS, said=expected, read=len(row.cells)))

    def said(self, wanted: Field) -> str:
        """What the cell of a field says; only descriptions and sources go over several lines."""
        column = self.mapping.column(wanted)
        cell = self.row.cells[column] if column is not None and column < len(self.row.cells) else ""
        return cell if wanted in {Field.DESCRIPTION, Field.SOURCE} else one_line(cell)

    def incident(self, today: dt.date, month_first: bool | None) -> IncidentLine:
        """The row as an incident, with doubts for what is missing or could not be read."""
        date = self.date(Field.DATE, today, month_first)
        where = self.where()
        said = self.said(Field.ASSESSMENT)
        found = self.assessment(said)
        source = register.sources(self.said(Field.SOURCE))
        if not source:
            self.doubts.append(doubt(DoubtKind.NO_SOURCE, "sources"))
        return IncidentLine(
            date=date,
            place=where.place,
            region=where.region,
            country=where.country,
            sources=source,
            assessment=found,
            was_reopened=said.casefold() in {"reopened", "re-opened"},
            description=self.said(Field.DESCRIPTION),
            figures=self.figures(),
            first_reported=self.date(Field.FIRST_REPORTED, today, month_first),
            not_previously_reported=False,
            latitude=self.degrees(Field.LATITUDE, 90),
            longitude=self.degrees(Field.LONGITUDE, 180),
            others=self.others(),
            doubts=(*where.doubts, *self.doubts),
            line_number=self.row.line_number,
        )

    def date(self, wanted: Field, today: dt.date, month_first: bool | None) -> PartialDate | None:
        """The date of a cell. Where the column tells whether day or month comes first, that is no doubt any more."""
        said = self.said(wanted)
        dated = dates.read(said, today=today, month_first=bool(month_first)) if said else None
        if dated:
            known = {DoubtKind.DAY_OR_MONTH} if month_first is not None else set()
            self.doubts += [replace(one, about=wanted.value) for one in dated.doubts if one.kind not in known]
            return dated.date
        if said:
            self.doubts.append(doubt(DoubtKind.IMPOSSIBLE_DATE, wanted.value, said=said))
        elif wanted is Field.DATE:
            self.doubts.append(doubt(DoubtKind.NO_DATE, "date"))
        return None

    def where(self) -> places.Where:
        """Place, region and country: of their own columns, and what those leave open of the place's text."""
        region, country = self.said(Field.REGION), self.said(Field.COUNTRY)
        code = places.country(country)
        if country and not code:
            self.doubts.append(doubt(DoubtKind.UNKNOWN_WORD, "country", said=country))
        if region or code:
            place = self.said(Field.PLACE)
            missing = () if place else (doubt(DoubtKind.NO_PLACE, "place"),)
            without = () if code else (doubt(DoubtKind.NO_COUNTRY, "country"),)
            return places.Where(place, region, code, (*missing, *without))
        return places.read(self.said(Field.PLACE))

    def assessment(self, said: str) -> Assessment | None:
        """The assessment that a word means."""
        found = _ASSESSMENTS.get(" ".join(re.sub(r"[_\W]+", " ", said[:80]).casefold().split()))
        if found is None and said:
            self.doubts.append(doubt(DoubtKind.UNKNOWN_WORD, "assessment", said=said))
        elif found is None:
            self.doubts.append(doubt(DoubtKind.NO_ASSESSMENT, "assessment"))
        return found

    def figures(self) -> Figures:
        """The figures by name: killed and injured, and those that a column of their own names."""
        found: Figures = {}
        for column, one in enumerate(self.mapping.fields[: len(self.row.cells)]):
            said = self.row.cells[column]
            if said and one in {Field.KILLED, Field.INJURED, Field.FIGURE}:
                named = (self.header[column] if column < len(self.header) else "") or f"{column + 1}"
                name = {Field.KILLED: KILLED, Field.INJURED: INJURED}.get(one, named)
                name = name if name not in found else f"{name} {column + 1}"
                found[name] = value(said)
                if found[name] is None and said.strip("?؟"):  # a question mark is a number that nobody knows
                    self.doubts.append(doubt(DoubtKind.NOT_A_NUMBER, name, said=said))
        return found

    def degrees(self, wanted: Field, most: int) -> float | None:
        """Latitude or longitude in degrees."""
        said = self.said(wanted)
        match = _DEGREES.fullmatch(latin_digits(said[:40])) if said else None
        found = float(match[1].replace(",", ".")) if match else None
        if said and (found is None or abs(found) > most):
            self.doubts.append(doubt(DoubtKind.NOT_A_NUMBER, wanted.value, said=said))
            return None
        return found

    def others(self) -> dict[str, str]:
        """What stands in columns that are left out, and in cells beyond the header, by header or number of the column."""
        found = {}
        for column, said in enumerate(self.row.cells):
            taken = column < len(self.mapping.fields) and self.mapping.fields[column] is not Field.IGNORED
            if said and not taken:
                name = self.header[column] if column < len(self.header) else ""
                found[name if name and name not in found else f"{column + 1}"] = said
        return found
