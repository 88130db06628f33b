"""One incident as it was read from a list or a table, before anybody looked at it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from enum import StrEnum

from app.models.types import PartialDate
from app.readers import places
from app.readers.casualties import Figures
from app.readers.doubts import Doubt, DoubtKind, doubt


class Assessment(StrEnum):
    """What whoever looked into a report found."""

    CREDIBLE = "credible"
    NON_CREDIBLE = "non_credible"
    OPEN = "open"


@dataclass(frozen=True)
class IncidentLine:
    """One incident: what is missing is None or empty, with a doubt. `country` is an ISO 3166 code."""

    date: PartialDate | None
    place: str
    region: str
    country: str
    sources: tuple[str, ...]
    assessment: Assessment | None
    was_reopened: bool
    description: str
    figures: Figures
    first_reported: PartialDate | None
    not_previously_reported: bool
    doubts: tuple[Doubt, ...]
    line_number: int
    more_lines: tuple[int, ...] = ()  # further lines that its description ran over
    latitude: float | None = None
    longitude: float | None = None
    others: dict[str, str] = field(default_factory=dict)  # cells of columns that nobody asked for, by header


_JOINT = re.compile(r"\s+(?:and|&)\s+|\s*[,;/\n]\s*", re.IGNORECASE)
_SURELY_JOINT = re.compile(r"\s*[;\n]\s*")
_ENDS_A_SOURCE = re.compile(r"report$", re.IGNORECASE)
_PLURAL = re.compile(r"reports$", re.IGNORECASE)


def sources(said: str) -> tuple[str, ...]:
    """The sources in "media report and Airwars report", as typed.

    "and" parts them only where each part, but for a common "reports" at the end, is a report: names have "and" in them too.
    """
    said = said.strip(" .,;:")
    if not said:
        return ()
    parts = [part.strip() for part in _JOINT.split(said) if part.strip()]
    if _PLURAL.search(said) or all(_ENDS_A_SOURCE.search(part) for part in parts):
        return tuple(parts)
    return tuple(part.strip() for part in _SURELY_JOINT.split(said) if part.strip())


def compared(rows: list[IncidentLine]) -> list[IncidentLine]:
    """The rows with what follows from comparing them: countries of places that another line has, and lines given twice."""
    wheres = places.guessed([places.Where(row.place, row.region, row.country, row.doubts) for row in rows])
    first: dict[tuple[object, ...], int] = {}
    done = []
    for row, where in zip(rows, wheres, strict=True):
        key = (row.date, where.place.casefold(), where.region.casefold(), where.country, row.sources, row.description)
        doubts = where.doubts
        if row.date and row.place and key in first:
            doubts = (*doubts, doubt(DoubtKind.SAME_ROW, line=first[key]))
        first.setdefault(key, row.line_number)
        done.append(replace(row, country=where.country, doubts=doubts))
    return done
