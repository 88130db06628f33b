"""From rows that were read to entries that a register takes, and what still keeps a row from being one."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping as Table
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.domain.entries import Entry, problem
from app.models import Assessment, PartialDate, Precision
from app.models.figures import FIGURE_NAME_LENGTH
from app.models.incidents import DESCRIPTION_LENGTH, PLACE_LENGTH, REGION_LENGTH, SOURCE_LENGTH
from app.readers import tables
from app.readers.casualties import INJURED, KILLED
from app.readers.register import IncidentLine

LARGEST = 2**31 - 1  # a number that a column holds
_UNREADABLE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


@dataclass(frozen=True)
class Judged:
    """A row as an entry, or the reasons why it is none yet."""

    entry: Entry | None
    missing: tuple[str, ...] = ()


def readable(text: str) -> str:
    """The text without what no database can carry."""
    return _UNREADABLE.sub(" ", text)


def on_one_line(text: str) -> str:
    """The same on one line: a line end stands between the sources and the figures of an incident where they are kept together."""
    return tables.one_line(readable(text))


def judged(row: IncidentLine) -> Judged:
    """The row as an entry. What the text states of reopening counts."""
    missing = [*_missing(row), *_too_long(row)]
    if missing or row.date is None or row.assessment is None:
        return Judged(None, tuple(missing))
    killed, injured = row.figures.get(KILLED), row.figures.get(INJURED)
    reopened = row.was_reopened and row.assessment == Assessment.OPEN.value
    first = row.first_reported
    entry = Entry(
        date=row.date,
        place=on_one_line(row.place),
        region=on_one_line(row.region),
        country=row.country,
        sources=tuple(on_one_line(name) for name in row.sources),
        assessment=Assessment.REOPENED if reopened else Assessment(row.assessment.value),
        killed=killed,
        injured=injured,
        figures=_named(row.figures),
        description=readable(row.description),
        first_reported_on=first.on if first and first.precision is Precision.DAY else None,
        latitude=row.latitude if row.longitude is not None else None,
        longitude=row.longitude if row.latitude is not None else None,
    )
    said = problem(entry)
    return Judged(None, (said,)) if said else Judged(entry)


def _named(figures: Table[str, int | None]) -> tuple[tuple[str, int | None], ...]:
    return tuple((on_one_line(name), value) for name, value in figures.items() if name not in {KILLED, INJURED})


def _missing(row: IncidentLine) -> list[str]:
    found = []
    if row.date is None:
        found.append(_("Without a date it cannot be taken."))
    if not row.place.strip():
        found.append(_("Without a place it cannot be taken."))
    if row.assessment is None:
        found.append(_("Without an assessment it cannot be taken."))
    return found


def _too_long(row: IncidentLine) -> list[str]:
    """Why a row does not fit; what each part is called is only asked for where one does not."""
    texts = [
        (_l("place"), row.place, PLACE_LENGTH),
        (_l("region"), row.region, REGION_LENGTH),
        (_l("description"), row.description, DESCRIPTION_LENGTH),
        *((_l("source"), name, SOURCE_LENGTH) for name in row.sources),
        *((_l("name of a figure"), name, FIGURE_NAME_LENGTH) for name in row.figures),
    ]
    found = [
        _("The %(what)s is too long: at most %(most)d characters.", what=what, most=most)
        for what, text, most in texts
        if len(text) > most
    ]
    if any(value is not None and value > LARGEST for value in row.figures.values()):
        found.append(_("A number is too large."))
    return found


def corrected(values: Table[str, Any]) -> Entry:
    """The entry that a correction was kept as."""
    return Entry(
        date=PartialDate(dt.date.fromisoformat(values["on"]), Precision(values["precision"])),
        place=values["place"],
        region=values["region"],
        country=values["country"],
        sources=tuple(values["sources"]),
        links=tuple((name, link) for name, link in values["links"]),
        assessment=Assessment(values["assessment"]),
        killed=values["killed"],
        injured=values["injured"],
        figures=tuple((name, value) for name, value in values["figures"]),
        description=values["description"],
        first_reported_on=dt.date.fromisoformat(values["first_reported_on"]) if values["first_reported_on"] else None,
        latitude=values["latitude"],
        longitude=values["longitude"],
    )


def kept(entry: Entry) -> dict[str, Any]:
    """An entry as a correction is kept: what JSON can hold."""
    return {
        "on": entry.date.on.isoformat(),
        "precision": entry.date.precision.value,
        "place": entry.place,
        "region": entry.region,
        "country": entry.country,
        "sources": list(entry.sources),
        "links": [list(one) for one in entry.links],
        "assessment": entry.assessment.value,
        "killed": entry.killed,
        "injured": entry.injured,
        "figures": [list(figure) for figure in entry.figures],
        "description": entry.description,
        "first_reported_on": entry.first_reported_on.isoformat() if entry.first_reported_on else "",
        "latitude": entry.latitude,
        "longitude": entry.longitude,
    }
