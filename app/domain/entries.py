"""What is said of one incident, before it is a row: the same from a form, a table and a pasted list."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _

from app.domain.folding import fold
from app.models import Assessment, Incident, PartialDate
from app.models.incidents import PLACE_KEY_LENGTH, SOURCE_NAMES_LENGTH

MOST_FIGURES = 12  # named numbers of one incident


@dataclass(frozen=True)
class Entry:
    """What is said of an incident. Numbers that nobody knows are None."""

    date: PartialDate
    place: str
    region: str = ""
    country: str = ""
    sources: tuple[str, ...] = ()
    links: tuple[tuple[str, str], ...] = ()  # where a source says it: the name of the source, and the address
    assessment: Assessment = Assessment.OPEN
    killed: int | None = None
    injured: int | None = None
    figures: tuple[tuple[str, int | None], ...] = ()
    description: str = ""
    first_reported_on: dt.date | None = None
    latitude: float | None = None
    longitude: float | None = None
    as_read: Entry | None = field(default=None, compare=False)  # the row of an import before somebody corrected it


def base_key(entry: Entry) -> bytes:
    """A digest of day, place and sources, in whatever spelling; the last byte of `same_key` follows it."""
    said = (entry.date.on.isoformat(), entry.date.precision, fold(entry.place), fold(entry.region), entry.country)
    text = "\x1f".join([*said, *sorted(fold(name) for name in entry.sources)])
    return hashlib.blake2b(text.encode(), digest_size=15).digest()


def columns(entry: Entry) -> dict[str, Any]:
    """What an entry says, by the columns of an incident; not its assessment, which has a history of its own."""
    where = ", ".join(part for part in (entry.place, entry.region) if part)
    said = (entry.place, entry.region, entry.description, *entry.sources, *(name for name, _value in entry.figures))
    return {
        "happened_on": entry.date.on,
        "precision": entry.date.precision,
        "place": entry.place,
        "region": entry.region,
        "country": entry.country,
        "place_key": fold(where)[:PLACE_KEY_LENGTH],
        "source_names": "\n".join(entry.sources),
        "killed_count": entry.killed,
        "injured_count": entry.injured,
        "description": entry.description,
        "first_reported_on": entry.first_reported_on,
        "latitude": None if entry.latitude is None else round(entry.latitude, 5),
        "longitude": None if entry.longitude is None else round(entry.longitude, 5),
        "search_text": "\n".join(fold(text) for text in said if text),
    }


def entry_of(incident: Incident) -> Entry:
    """What is said of an incident now."""
    return Entry(
        date=incident.date,
        place=incident.place,
        region=incident.region,
        country=incident.country,
        sources=tuple(source.name for source in incident.sources),
        links=tuple((source.name, source.url) for source in incident.sources if source.url),
        assessment=incident.assessment,
        killed=incident.killed_count,
        injured=incident.injured_count,
        figures=tuple((figure.name, figure.value) for figure in incident.figures),
        description=incident.description,
        first_reported_on=incident.first_reported_on,
        latitude=incident.latitude,
        longitude=incident.longitude,
    )


def problem(entry: Entry) -> str:
    """Why an entry cannot be taken, in a sentence; empty where it can. Lengths of single fields are asked by the forms."""
    if not entry.place:
        return _("Write where it happened.")
    if sum(map(len, entry.sources)) + len(entry.sources) > SOURCE_NAMES_LENGTH:
        return _("The sources are too long together. Use at most %(most)d characters.", most=SOURCE_NAMES_LENGTH)
    if len(entry.figures) > MOST_FIGURES:
        return _("Name at most %(most)d figures.", most=MOST_FIGURES)
    if (entry.latitude is None) != (entry.longitude is None):
        return _("Give both coordinates, or none.")
    return ""
