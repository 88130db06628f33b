"""Looking into a register: filters, a page at a time, and the figures of exactly what is filtered.

Each page reads the rows of a register at most once from end to end, of one index where there is one. Filters that few rows
answer are asked first which; the page and its figures then come from those. Filters that many rows answer meet a page of rows
soon on the way along the order that was asked for.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, fields

from sqlalchemy import ColumnElement, and_, func, literal, or_, select, tuple_
from sqlalchemy.orm import load_only

from app.domain.dialects import place_in
from app.domain.folding import fold
from app.extensions import db
from app.models import Assessment, Incident, Precision

PAGE = 50
FEW = 1000  # rows; so many are fetched by their keys faster than by a walk along an index
MOST_WORDS = 8
GRID = 20  # parts of a degree: incidents within five kilometres are one mark of a map
OPEN = (Assessment.OPEN, Assessment.REOPENED)  # a reopened report is open
# By what a list can be sorted, and whether upwards. Each has an index.
SORTS = {
    "newest": ((Incident.happened_on, Incident.id), False),
    "oldest": ((Incident.happened_on, Incident.id), True),
    "place": ((Incident.place_key, Incident.id), True),
    "assessment": ((Incident.assessment, Incident.happened_on, Incident.id), True),
    "changed": ((Incident.changed_at, Incident.id), False),
}


@dataclass(frozen=True)
class Filters:
    """What is looked for. Everything that is empty lets all through."""

    assessment: str = ""  # a word of Assessment; "open" is also those that were reopened
    source: str = ""
    country: str = ""
    place: str = ""  # a part of the name of a place or region
    since: dt.date | None = None
    until: dt.date | None = None
    words: str = ""

    def __bool__(self) -> bool:
        return any(getattr(self, one.name) for one in fields(self))

    def conditions(self, register_id: int) -> list[ColumnElement[bool]]:
        """As the database is asked."""
        found: list[ColumnElement[bool]] = [Incident.register_id == register_id, Incident.removed_at.is_(None)]
        if self.assessment == Assessment.OPEN:
            found.append(Incident.assessment.in_(OPEN))
        elif self.assessment:
            found.append(Incident.assessment == self.assessment)
        if self.country:
            found.append(Incident.country == self.country)
        if self.since:
            found.append(_from(self.since))
        if self.until:
            found.append(Incident.happened_on <= self.until)
        if self.source:
            lines = literal("\n") + Incident.source_names + literal("\n")
            found.append(place_in(lines, literal(f"\n{self.source}\n")) > 0)
        if self.place:
            found.append(place_in(Incident.place_key, literal(fold(self.place))) > 0)
        for word in fold(self.words).split()[:MOST_WORDS]:
            found.append(place_in(Incident.search_text, literal(word)) > 0)
        return found


def _from(day: dt.date) -> ColumnElement[bool]:
    """Of a date of which month or year alone is known, the whole of it counts."""
    kinds = {Precision.DAY: day, Precision.MONTH: day.replace(day=1), Precision.YEAR: day.replace(month=1, day=1)}
    each = (and_(Incident.precision == precision, Incident.happened_on >= start) for precision, start in kinds.items())
    return and_(Incident.happened_on >= kinds[Precision.YEAR], or_(*each))


@dataclass(frozen=True)
class Found:
    """What answers some filters in one register."""

    register_id: int
    conditions: Sequence[ColumnElement[bool]]

    def tally(self) -> Tally:
        """The figures of all that was found."""
        columns = (
            Incident.assessment,
            Incident.month_number,
            func.count(),
            func.sum(Incident.killed_count),
            func.count(Incident.killed_count),
            func.sum(Incident.injured_count),
            func.count(Incident.injured_count),
        )
        groups = select(*columns).where(*self.conditions).group_by(Incident.assessment, Incident.month_number)
        tally = Tally()
        for assessment, month, *numbers in db.session.execute(groups):
            tally.add(assessment, month, *(int(number or 0) for number in numbers))
        return tally

    def places(self, most: int) -> list[Place]:
        """The places of it, those with most incidents first; near ones of one name are one."""
        columns = (Incident.place, Incident.region, Incident.country)
        near = (func.round(Incident.latitude * GRID), func.round(Incident.longitude * GRID))
        count = func.count().label("incidents")
        where = (func.avg(Incident.latitude), func.avg(Incident.longitude))
        rows = select(*columns, Incident.assessment, count, *where).where(*self.conditions)
        rows = rows.group_by(*columns, Incident.assessment, *near)
        places: dict[tuple[str, str, str, int | None, int | None], Place] = {}
        for place, region, country, assessment, number, latitude, longitude in db.session.execute(
            rows.order_by(count.desc(), *columns).limit(most)
        ):
            latitude, longitude = (None if one is None else float(one) for one in (latitude, longitude))
            grid = tuple(None if one is None else round(one * GRID) for one in (latitude, longitude))
            key = (place, region, country, *grid)
            found = places.setdefault(key, Place(place, region, country, latitude, longitude))
            found.counts[assessment] += number
        return sorted(places.values(), key=lambda one: (-one.counts.total(), one.name, one.region))

    def page(self, sort: str, *, after: str = "", before: str = "", size: int = PAGE) -> Page:
        """A page of it, that after or before the incident of this public address."""
        keys, upwards = SORTS[sort]
        edge_id, backwards = (before, True) if before else (after, False)
        conditions = list(self.conditions)
        if edge_id:
            edge = db.session.execute(
                select(*keys).where(Incident.register_id == self.register_id, Incident.public_id == edge_id)
            ).one_or_none()
            if edge is None:
                edge_id, backwards = "", False
            else:
                here = tuple_(*keys)
                conditions.append(here > tuple(edge) if upwards != backwards else here < tuple(edge))
        order = [key.asc() if upwards != backwards else key.desc() for key in keys]
        rows = select(Incident).options(LISTED).where(*conditions).order_by(*order).limit(size + 1)
        return _paged(list(db.session.scalars(rows)), size, backwards, is_first=not edge_id)


LISTED = load_only(
    Incident.public_id,
    Incident.happened_on,
    Incident.precision,
    Incident.place,
    Incident.region,
    Incident.country,
    Incident.source_names,
    Incident.assessment,
    Incident.killed_count,
    Incident.injured_count,
    Incident.description,
)


@dataclass(frozen=True)
class Page:
    """Some incidents, and from which one the neighbouring pages go on; empty where there is none."""

    rows: list[Incident]
    previous: str
    next: str


def _paged(found: list[Incident], size: int, backwards: bool, *, is_first: bool) -> Page:
    more, rows = len(found) > size, found[:size]
    if backwards:
        rows.reverse()
    has_previous, has_next = (more, True) if backwards else (not is_first, more)
    return Page(
        rows,
        previous=rows[0].public_id if rows and has_previous else "",
        next=rows[-1].public_id if rows and has_next else "",
    )


@dataclass
class Place:
    """A place with its incidents."""

    name: str
    region: str
    country: str
    latitude: float | None
    longitude: float | None
    counts: Counter[Assessment] = field(default_factory=Counter)


@dataclass
class Tally:
    """How many incidents of each assessment, in each month, and how many people in those assessed as credible."""

    counts: Counter[Assessment] = field(default_factory=Counter)
    months: dict[int, Counter[Assessment]] = field(default_factory=lambda: defaultdict(Counter))
    undated: Counter[Assessment] = field(default_factory=Counter)  # of which the year alone is known
    killed: int = 0
    killed_unknown: int = 0  # credible incidents that say no number
    injured: int = 0
    injured_unknown: int = 0

    @property
    def total(self) -> int:
        """All incidents."""
        return self.counts.total()

    def add(
        self, assessment: Assessment, month: int | None, count: int, killed: int, known: int, injured: int, told: int
    ) -> None:
        """One group more: so many incidents, with so many people, of which so many say a number."""
        self.counts[assessment] += count
        (self.undated if month is None else self.months[month])[assessment] += count
        if assessment is Assessment.CREDIBLE:
            self.killed, self.killed_unknown = self.killed + killed, self.killed_unknown + count - known
            self.injured, self.injured_unknown = self.injured + injured, self.injured_unknown + count - told


def find(register_id: int, filters: Filters) -> Found:
    """What answers the filters."""
    conditions = filters.conditions(register_id)
    if not filters:
        return Found(register_id, conditions)
    few = list(db.session.scalars(select(Incident.id).where(*conditions).limit(FEW + 1)))
    return Found(register_id, conditions if len(few) > FEW else [Incident.id.in_(few)])


@dataclass(frozen=True)
class Choices:
    """What a register's filters can be set to, with how many incidents each has."""

    sources: list[tuple[str, int]]
    countries: list[tuple[str, int]]


def choices(register_id: int) -> Choices:
    """The sources and countries of a register, those with most incidents first."""
    kept = (Incident.register_id == register_id, Incident.removed_at.is_(None))
    sources: Counter[str] = Counter()
    for names, count in db.session.execute(
        select(Incident.source_names, func.count()).where(*kept).group_by(Incident.source_names)
    ):
        for name in names.split("\n") if names else ():
            sources[name] += count
    countries = select(Incident.country, func.count()).where(*kept).group_by(Incident.country)
    found = Counter({country: count for country, count in db.session.execute(countries) if country})
    return Choices(sources.most_common(), found.most_common())
