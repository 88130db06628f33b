"""Looking into a register: filters, a page at a time, and the figures of exactly what is filtered.

Pages ask the register in memory (`incident_index`); files, which may be long, ask the database the same (`Filters.conditions`).
"""

from __future__ import annotations

import bisect
import datetime as dt
import functools
import heapq
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from itertools import islice

from sqlalchemy import ColumnElement, and_, literal, or_, select
from sqlalchemy.orm import load_only, selectinload

from app.domain import incident_index
from app.domain.dialects import place_in
from app.domain.folding import fold
from app.domain.incident_index import ASSESSMENTS, PRECISIONS, UNDATED, Index
from app.domain.incident_tally import Tally
from app.extensions import db
from app.models import Assessment, Incident, Precision, Register

PAGE = 50
MOST_WORDS = 8
OPEN = (Assessment.OPEN, Assessment.REOPENED)  # a reopened report is open
CREDIBLE = ASSESSMENTS.index(Assessment.CREDIBLE)
SORTS = {"newest": False, "oldest": True, "place": True, "assessment": True, "changed": False}  # and whether upwards


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

    @property
    def wanted(self) -> tuple[Assessment, ...]:
        """The assessments that are let through."""
        return OPEN if self.assessment == Assessment.OPEN else (Assessment(self.assessment),)

    @property
    def folded(self) -> list[str]:
        """The words, each of which must stand somewhere."""
        return list(dict.fromkeys(fold(self.words).split()))[:MOST_WORDS]

    @property
    def starts(self) -> dict[Precision, dt.date]:
        """The first day that is let through: where month or year alone is known, the whole of it counts."""
        return {one: one.begin(self.since or dt.date.min) for one in Precision}

    def conditions(self, register_id: int) -> list[ColumnElement[bool]]:
        """As the database is asked."""
        found: list[ColumnElement[bool]] = [Incident.register_id == register_id, Incident.removed_at.is_(None)]
        if self.assessment:
            found.append(Incident.assessment.in_(self.wanted))
        if self.country:
            found.append(Incident.country == self.country)
        if self.since:
            each = [and_(Incident.precision == one, Incident.happened_on >= day) for one, day in self.starts.items()]
            found.append(or_(*each))
        if self.until:
            found.append(Incident.happened_on <= self.until)
        if self.source:
            lines = literal("\n") + Incident.source_names + literal("\n")
            found.append(place_in(lines, literal(f"\n{self.source}\n")) > 0)
        if self.place:
            found.append(place_in(Incident.place_key, literal(fold(self.place))) > 0)
        found += [place_in(Incident.search_text, literal(word)) > 0 for word in self.folded]
        return found

    def rows(self, index: Index) -> Sequence[int]:
        """The incidents that are let through, by date, as their places in the index."""
        last = bisect.bisect_right(index.days, self.until.toordinal()) if self.until else len(index)
        rows: Sequence[int] = range(last)
        if self.since:
            starts = [self.starts[one].toordinal() for one in PRECISIONS]
            first = bisect.bisect_left(index.days, min(starts))
            rows = [n for n in range(first, last) if index.days[n] >= starts[index.precisions[n]]]
        if self.assessment:
            rows = _among(rows, index.assessments, {ASSESSMENTS.index(one) for one in self.wanted})
        if self.country:
            rows = _among(rows, index.countries, _numbers(index.country_codes.things, self.country.__eq__))
        if self.source:
            rows = _among(
                rows, index.sources, _numbers(index.source_names.things, lambda s: self.source in s.split("\n"))
            )
        if self.place:
            name = fold(self.place)
            rows = _among(rows, index.places, _numbers(index.place_keys.things, lambda key: name in key))
        for word in self.folded:
            rows = index.having(word, rows)
        return rows


def _numbers(things: list[str], fits: Callable[[str], bool]) -> set[int]:
    return {number for number, thing in enumerate(things) if fits(thing)}


def _among(rows: Sequence[int], column: Sequence[int], wanted: set[int]) -> list[int]:
    if len(wanted) == 1:
        (only,) = wanted
        return [n for n in rows if column[n] == only]
    return [n for n in rows if column[n] in wanted]


def _counted(column: Sequence[int], rows: Sequence[int], size: int) -> dict[int, int]:
    """How often each number, all of them below `size`, stands in these rows of a column. Quicker than `Counter` by half."""
    found = [0] * size
    for n in rows:
        found[column[n]] += 1
    return {number: count for number, count in enumerate(found) if count}


@dataclass
class Found:
    """What answers some filters in one register: places in its index, by date."""

    index: Index
    rows: Sequence[int]

    def tally(self) -> Tally:
        """The figures of all that was found."""
        index, tally = self.index, Tally()
        buckets = index.bucket_of.things
        for number, count in _counted(index.buckets, self.rows, len(buckets)).items():
            month, code = divmod(buckets[number], len(ASSESSMENTS))
            assessment = ASSESSMENTS[code]
            tally.counts[assessment] += count
            (tally.undated if month == UNDATED else tally.months[month])[assessment] += count
        credible = _among(self.rows, index.assessments, {CREDIBLE}) if tally.counts[Assessment.CREDIBLE] else ()
        for n in credible:
            tally.add(index.killed[n], index.injured[n], index.named.get(index.ids[n], ()))
        return tally

    def page(self, sort: str, *, after: str = "", before: str = "", size: int = PAGE) -> Page:
        """A page of it, that after or before the incident of this public address."""
        edge = self._place_of(before or after)
        backwards = bool(before) and edge is not None
        upwards = SORTS[sort] != backwards
        some = (
            self._by_date(edge, upwards, size + 1)
            if sort in {"newest", "oldest"}
            else self._in_order(sort, edge, upwards, size + 1)
        )
        return _paged(self._loaded(some[:size]), len(some) > size, backwards, is_first=edge is None)

    def _place_of(self, public_id: str) -> int | None:
        """Where an incident stands in the index; None for one that is not there."""
        number = db.session.scalar(select(Incident.id).where(Incident.public_id == public_id)) if public_id else None
        return self.index.at(number) if number is not None else None

    def _by_date(self, edge: int | None, upwards: bool, size: int) -> list[int]:
        if upwards:
            start = 0 if edge is None else bisect.bisect_right(self.rows, edge)
            return list(self.rows[start : start + size])
        end = len(self.rows) if edge is None else bisect.bisect_left(self.rows, edge)
        return list(self.rows[max(0, end - size) : end])[::-1]

    def _in_order(self, sort: str, edge: int | None, upwards: bool, size: int) -> list[int]:
        order = self.index.order(sort)
        if edge is not None:
            here = order.index(edge)
            order = order[here + 1 :] if upwards else order[:here]
        walk = order if upwards else reversed(order)
        wanted = self.rows if isinstance(self.rows, range) else set(self.rows)
        return list(islice((n for n in walk if n in wanted), size))

    def _loaded(self, some: list[int]) -> list[Incident]:
        """What a list shows of these, in their order."""
        ids = [self.index.ids[n] for n in some]
        there = {
            one.id: one
            for one in db.session.scalars(select(Incident).options(LISTED, NAMED).where(Incident.id.in_(ids)))
        }
        return [there[number] for number in ids if number in there]

    @functools.cached_property
    def _spots(self) -> Mapping[int, int]:
        index = self.index
        if len(self.rows) == len(index):
            return index.spot_counts
        return _counted(index.spots, self.rows, len(index.spot_of.things) * len(ASSESSMENTS))

    def places(self, most: int) -> tuple[list[Place], int]:
        """The places of it with most incidents, and how many places there are."""
        things = self.index.spot_of.things
        totals: dict[int, int] = defaultdict(int)
        for number, count in self._spots.items():
            totals[number // len(ASSESSMENTS)] += count
        first = heapq.nsmallest(most, totals, key=lambda spot: (-totals[spot], things[spot][:2]))
        found = {spot: Place(*things[spot]) for spot in first}
        for number, count in self._spots.items():
            spot, code = divmod(number, len(ASSESSMENTS))
            if spot in found:
                found[spot].counts[ASSESSMENTS[code]] = count
        return list(found.values()), len(totals)

    def located(self) -> Iterator[tuple[float, float, Assessment, int]]:
        """How many incidents of which assessment there are at each latitude and longitude that is known."""
        for number, count in self._spots.items():
            spot, code = divmod(number, len(ASSESSMENTS))
            *_names, latitude, longitude = self.index.spot_of.things[spot]
            if latitude is not None and longitude is not None:
                yield latitude, longitude, ASSESSMENTS[code], count


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
NAMED = selectinload(Incident.figures)


@dataclass(frozen=True)
class Page:
    """Some incidents, and from which one the neighbouring pages go on; empty where there is none."""

    rows: list[Incident]
    previous: str
    next: str


def _paged(rows: list[Incident], more: bool, backwards: bool, *, is_first: bool) -> Page:
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


def find(register: Register, filters: Filters) -> Found:
    """What answers the filters."""
    index = incident_index.of(register)
    return Found(index, filters.rows(index))


@dataclass(frozen=True)
class Choices:
    """What a register's filters can be set to, with how many incidents each has."""

    sources: list[tuple[str, int]]
    countries: list[tuple[str, int]]


def choices(register: Register) -> Choices:
    """The sources and countries of a register, those with most incidents first."""
    index = incident_index.of(register)
    sources: Counter[str] = Counter()
    for number, count in Counter(index.sources).items():
        sources.update({name: count for name in index.source_names.things[number].split("\n") if name})
    countries = {index.country_codes.things[number]: count for number, count in Counter(index.countries).items()}
    countries.pop("", None)
    return Choices(sources.most_common(), Counter(countries).most_common())
