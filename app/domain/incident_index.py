"""A register in memory: what every filter, order and figure asks of its incidents, read once for each change of the register.

A database reads a hundred thousand rows for a word that stands in most of them, or in none, and for every count of what a filter
leaves; that takes it 80 to 200 ms, on SQLite and on PostgreSQL. The same in memory takes 5 to 30 ms, alike on both. The price:
about 60 MB in each process for a hundred thousand incidents with a sentence each, and two seconds to read them after a change.
"""

from __future__ import annotations

import bisect
import datetime as dt
import threading
from array import array
from collections import OrderedDict, defaultdict
from collections.abc import Hashable, Sequence
from typing import Any, Generic, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, select

from app.domain.dialects import allow_seconds
from app.extensions import db
from app.models import Assessment, Incident, IncidentFigure, Precision, Register

MOST_KEPT = 250_000  # incidents in memory; the registers that were not asked for longest are forgotten
READ_SECONDS = 30
NEAR = 2  # decimals of a degree: incidents of one place within a kilometre are one mark of a map
ASSESSMENTS = tuple(sorted(Assessment))  # by the word, as a list is sorted by it
PRECISIONS = tuple(Precision)
UNDATED, UNKNOWN = -1, -1
FEW = 8  # of that many incidents one is little
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

    def __init__(self, register: Register) -> None:
        self.edited_at = register.edited_at
        self.ids, self.days = array("q"), array("l")
        self.buckets = array("l")  # month and assessment as one number, which is counted twice as fast as two
        self.assessments, self.precisions = array("b"), array("b")
        self.killed, self.injured = array("l"), array("l")
        self.places, self.sources, self.countries = array("l"), array("l"), array("l")
        self.spots = array("l")  # spot and assessment as one number
        self.changed: list[dt.datetime] = []
        self.text, self.starts = bytearray(), [0]  # all texts in one, and where each begins
        self.place_keys: Numbered[str] = Numbered()
        self.spot_of: Numbered[tuple[str, str, str, float | None, float | None]] = Numbered()
        self.source_names: Numbered[str] = Numbered()
        self.country_codes: Numbered[str] = Numbered()
        self._ranks: dict[str, array[int]] = {}
        for row in _rows(register.id):
            self._take(row)
        self.named = self._named(register.id)

    def __len__(self) -> int:
        return len(self.ids)

    def _take(self, row: Any) -> None:
        on: dt.date = row.happened_on
        self.ids.append(row.id)
        self.days.append(on.toordinal())
        month = UNDATED if row.precision is Precision.YEAR else on.year * 12 + on.month - 1
        code = ASSESSMENTS.index(row.assessment)
        self.assessments.append(code)
        self.buckets.append(month * len(ASSESSMENTS) + code)
        self.precisions.append(PRECISIONS.index(row.precision))
        self.killed.append(UNKNOWN if row.killed_count is None else row.killed_count)
        self.injured.append(UNKNOWN if row.injured_count is None else row.injured_count)
        self.places.append(self.place_keys.number(row.place_key))
        near = (None if one is None else round(one, NEAR) for one in (row.latitude, row.longitude))
        spot = self.spot_of.number((row.place, row.region, row.country, *near))
        self.spots.append(spot * len(ASSESSMENTS) + code)
        self.sources.append(self.source_names.number(row.source_names))
        self.countries.append(self.country_codes.number(row.country))
        self.changed.append(row.changed_at)
        self.text += row.search_text.encode() + b"\n"
        self.starts.append(len(self.text))

    def _named(self, register_id: int) -> dict[int, list[tuple[str, int | None]]]:
        """The figures besides killed and injured, by the place of their incident; most have none."""
        chosen = (
            select(IncidentFigure.incident_id, IncidentFigure.name, IncidentFigure.value)
            .join(Incident, Incident.id == IncidentFigure.incident_id)
            .where(Incident.register_id == register_id, Incident.removed_at.is_(None))
        )
        found: dict[int, list[tuple[str, int | None]]] = defaultdict(list)
        for number, name, value in db.session.execute(chosen):
            found[number].append((name, value))
        return {n: found[number] for n, number in enumerate(self.ids) if number in found}

    def having(self, word: str, rows: Sequence[int]) -> list[int]:
        """Those of `rows` in whose text a word stands. One search through all texts is quicker than one in each of many."""
        sought, starts, find = word.encode(errors="replace"), self.starts, self.text.find
        if len(rows) * FEW < len(self):
            return [n for n in rows if find(sought, starts[n], starts[n + 1]) >= 0]
        found, n, place = [], -1, find(sought)
        while place >= 0:
            n += 1
            if place >= starts[n + 1]:  # seldom the next one, but for words that stand everywhere
                n = bisect.bisect_right(starts, place, n + 1) - 1
            found.append(n)
            place = find(sought, starts[n + 1])
        return found if len(rows) == len(self) else sorted(set(found).intersection(rows))

    def at(self, number: int) -> int | None:
        """Where the incident with this key stands."""
        try:
            return self.ids.index(number)
        except ValueError:
            return None

    def rank(self, order: str) -> array[int]:
        """The rank of each incident in an order, made when it is first asked for."""
        if order not in self._ranks:
            keys: dict[str, Any] = {
                "place": lambda n: (self.place_keys.things[self.places[n]], self.ids[n]),
                "assessment": lambda n: (self.assessments[n], n),
                "changed": lambda n: (self.changed[n], self.ids[n]),
            }
            ranks = array("l", bytes(len(self) * array("l").itemsize))
            for rank, n in enumerate(sorted(range(len(self)), key=keys[order])):
                ranks[n] = rank
            self._ranks[order] = ranks
        return self._ranks[order]


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
        Incident.search_text,
    )
    allow_seconds(READ_SECONDS)
    chosen = select(*columns).where(Incident.register_id == register_id, Incident.removed_at.is_(None))
    return db.session.execute(chosen.order_by(Incident.happened_on, Incident.id).execution_options(yield_per=1000))


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
            found = Index(register)
            shelf.keep(register, found)
    return found
