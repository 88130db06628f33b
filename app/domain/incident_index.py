"""A register in memory: what every filter, order and figure asks of its incidents, read once for each change of the register.

A database reads a hundred thousand rows for a word that stands in most of them, or in none, and for every count of what a filter
leaves; that takes it 80 to 200 ms, on SQLite and on PostgreSQL. The same in memory takes 5 to 30 ms, alike on both. The price:
about 60 MB in each process for a hundred thousand incidents with a sentence each, and two seconds to read them. After a change only
what changed is read: the verbs of `incidents` write the moment of the register's change into each incident that it concerns.
"""

from __future__ import annotations

import bisect
import datetime as dt
import functools
import threading
from array import array
from collections import Counter, OrderedDict, defaultdict
from collections.abc import Hashable, Mapping, Sequence
from typing import Any, Generic, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import ColumnElement, Engine, select

from app.domain.dialects import allow_seconds
from app.extensions import db
from app.models import Assessment, Incident, IncidentFigure, Precision, Register

MOST_KEPT = 250_000  # incidents in memory; the registers that were not asked for longest are forgotten
READ_SECONDS = 30
NEAR = 2  # decimals of a degree: incidents of one place within a kilometre are one mark of a map
ASSESSMENTS = tuple(sorted(Assessment))  # by the word, as a list is sorted by it
PRECISIONS = tuple(Precision)
UNDATED, UNKNOWN = -1, -1
MOST_CHANGED = 100  # incidents that are put into what is in memory; where more changed, all are read again
Spot = tuple[str, str, str, float | None, float | None]  # place, region, country, and where that is
Named = defaultdict[int, list[tuple[str, int | None]]]
Thing = TypeVar("Thing", bound=Hashable)


class Numbered(Generic[Thing]):
    """Things that occur again and again, each with a number."""

    def __init__(self) -> None:
        self.things: list[Thing] = []
        self._numbers: dict[Thing, int] = {}

    def number(self, thing: Thing) -> int:
        """The number of a thing; a new one gets the next."""
        found = self._numbers.setdefault(thing, len(self.things))
        if found == len(self.things):
            self.things.append(thing)
        return found


class Index:
    """The incidents of a register that were not removed, by date: one list a column, one place in each list an incident."""

    def __init__(self, register: Register, before: Index | None = None) -> None:
        """Empty, or with what was there before; those who look into that are not disturbed."""
        self.created_at, self.edited_at = register.created_at, register.edited_at

        def column(kind: str, name: str) -> array[int]:
            return array(kind, getattr(before, name) if before else ())

        self.ids, self.days = column("q", "ids"), column("l", "days")
        self.buckets = column("l", "buckets")  # month and assessment together, which is counted twice as fast as two
        self.assessments, self.precisions = column("b", "assessments"), column("b", "precisions")
        self.killed, self.injured = column("l", "killed"), column("l", "injured")
        self.places, self.sources = column("l", "places"), column("l", "sources")
        self.countries = column("l", "countries")
        self.spots = column("l", "spots")  # spot and assessment as one number
        self.changed: list[dt.datetime] = list(before.changed) if before else []
        self.texts: list[str] = list(before.texts) if before else []  # what a word is looked for in
        self.named: Named = defaultdict(list, before.named if before else {})
        self.place_keys: Numbered[str] = before.place_keys if before else Numbered()
        self.bucket_of: Numbered[int] = before.bucket_of if before else Numbered()
        self.spot_of: Numbered[Spot] = before.spot_of if before else Numbered()
        self.source_names: Numbered[str] = before.source_names if before else Numbered()
        self.country_codes: Numbered[str] = before.country_codes if before else Numbered()
        self._orders: dict[str, array[int]] = {}

    @classmethod
    def read(cls, register: Register) -> Index:
        """All of a register, from the database."""
        index = cls(register)
        allow_seconds(READ_SECONDS)
        kept = _rows(register.id).where(Incident.removed_at.is_(None))
        for row in db.session.execute(kept.execution_options(yield_per=1000)):
            index._put(len(index), row)
        return index._named(Incident.register_id == register.id, Incident.removed_at.is_(None))

    def followed(self, register: Register) -> Index | None:
        """This one with what changed since. None where that is much, or where it was another register with the same key."""
        if self.created_at != register.created_at:
            return None
        chosen = _rows(register.id).where(Incident.changed_at > self.edited_at).limit(MOST_CHANGED + 1)
        rows = db.session.execute(chosen).all()
        if len(rows) > MOST_CHANGED:
            return None
        index = Index(register, self)
        for row in rows:
            place = index.at(row.id)
            if place is not None:
                index._take_out(place)
            if row.removed_at is None:
                index._put(index._place(row.happened_on.toordinal(), row.id), row)
        return index._named(Incident.id.in_([row.id for row in rows if row.removed_at is None]))

    def __len__(self) -> int:
        return len(self.ids)

    def _place(self, day: int, number: int) -> int:
        """Where an incident comes to stand: by day, then by key."""
        first, end = bisect.bisect_left(self.days, day), bisect.bisect_right(self.days, day)
        return bisect.bisect_left(self.ids, number, first, end)

    def _columns(self) -> tuple[Any, ...]:
        return (
            *(self.ids, self.days, self.buckets, self.assessments, self.precisions, self.killed, self.injured),
            *(self.places, self.sources, self.countries, self.spots, self.changed, self.texts),
        )

    def _put(self, n: int, row: Any) -> None:
        """Have an incident stand at `n`."""
        on: dt.date = row.happened_on
        month = UNDATED if row.precision is Precision.YEAR else on.year * 12 + on.month - 1
        code = ASSESSMENTS.index(row.assessment)
        near = (None if one is None else round(one, NEAR) for one in (row.latitude, row.longitude))
        spot = self.spot_of.number((row.place, row.region, row.country, *near))
        said = (
            *(row.id, on.toordinal(), self.bucket_of.number(month * len(ASSESSMENTS) + code), code),
            PRECISIONS.index(row.precision),
            UNKNOWN if row.killed_count is None else row.killed_count,
            UNKNOWN if row.injured_count is None else row.injured_count,
            self.place_keys.number(row.place_key),
            self.source_names.number(row.source_names),
            self.country_codes.number(row.country),
            *(spot * len(ASSESSMENTS) + code, row.changed_at, row.search_text),
        )
        for column, value in zip(self._columns(), said, strict=True):
            column.insert(n, value)

    def _take_out(self, n: int) -> None:
        self.named.pop(self.ids[n], None)
        for column in self._columns():
            del column[n]

    def _named(self, *which: ColumnElement[bool]) -> Index:
        """With the figures besides killed and injured of these incidents, by their keys; most have none. It is whole then."""
        chosen = select(IncidentFigure.incident_id, IncidentFigure.name, IncidentFigure.value)
        joined = chosen.join(Incident, Incident.id == IncidentFigure.incident_id).where(*which)
        for number, name, value in db.session.execute(
            joined.order_by(IncidentFigure.incident_id, IncidentFigure.position)
        ):
            self.named[number].append((name, value))
        return self

    def having(self, word: str, rows: Sequence[int]) -> list[int]:
        """Those of `rows` in whose text a word stands."""
        texts = self.texts
        return [n for n in rows if word in texts[n]]

    @functools.cached_property
    def spot_counts(self) -> Mapping[int, int]:
        """How many incidents there are by spot and assessment."""
        return Counter(self.spots)

    def at(self, number: int) -> int | None:
        """Where the incident with this key stands."""
        try:
            return self.ids.index(number)
        except ValueError:
            return None

    def order(self, name: str) -> array[int]:
        """The places of all incidents in an order, upwards; made when it is first asked for."""
        if name not in self._orders:
            keys: dict[str, Any] = {
                "place": lambda n: (self.place_keys.things[self.places[n]], self.ids[n]),
                "assessment": lambda n: (self.assessments[n], n),
                "changed": lambda n: (self.changed[n], self.ids[n]),
            }
            self._orders[name] = array("l", sorted(range(len(self)), key=keys[name]))
        return self._orders[name]


def _rows(register_id: int) -> Any:
    """By date, as every list of them is walked."""
    columns = (
        Incident.id,
        Incident.happened_on,
        Incident.precision,
        Incident.assessment,
        Incident.killed_count,
        Incident.injured_count,
        Incident.place,
        Incident.region,
        Incident.country,
        Incident.place_key,
        Incident.latitude,
        Incident.longitude,
        Incident.source_names,
        Incident.changed_at,
        Incident.removed_at,
        Incident.search_text,
    )
    chosen = select(*columns).where(Incident.register_id == register_id)
    return chosen.order_by(Incident.happened_on, Incident.id)


class _Shelf:
    """The registers of one database that are in memory."""

    def __init__(self) -> None:
        self.kept: OrderedDict[int, Index] = OrderedDict()
        self.making: dict[int, threading.Lock] = {}
        self.lock = threading.Lock()

    def get(self, register: Register) -> Index | None:
        found = self.kept.get(register.id)
        return found if found is not None and found.edited_at == register.edited_at else None

    def keep(self, register: Register, index: Index) -> None:
        with self.lock:
            self.kept[register.id] = index
            self.kept.move_to_end(register.id)
            while len(self.kept) > 1 and sum(map(len, self.kept.values())) > MOST_KEPT:
                self.kept.popitem(last=False)


_shelves: WeakKeyDictionary[Engine, _Shelf] = WeakKeyDictionary()


def of(register: Register) -> Index:
    """The register as it is now. One thread reads it while others that want the same wait."""
    shelf = _shelves.setdefault(db.engine, _Shelf())
    found = shelf.get(register)
    if found is not None:
        return found
    with shelf.lock:
        making = shelf.making.setdefault(register.id, threading.Lock())
    with making:
        found = shelf.get(register)
        if found is None:
            before = shelf.kept.get(register.id)
            found = (before and before.followed(register)) or Index.read(register)
            shelf.keep(register, found)
    return found
