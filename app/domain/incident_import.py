"""Many incidents at once. The same rows again change nothing; a row that says something new of a known incident changes it.

Which incident a row is about: one of the same day, place and sources. There may be several, so that

1. the same description is the same incident;
2. a row without a description, or an incident without one, is the same incident: reports get their paragraph later;
3. two descriptions that share at least half of their words are one description, reworded;
4. whatever differs more is another event of that day, and becomes an incident of its own.

Among several that fit, the one of the same assessment comes first; each incident takes one row of an import. A later import
with another assessment is then a change of the assessment, with its day; of an older list only what it adds is taken.

A row that somebody corrected is known by what it said before, since it comes like that again.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app.domain import activity, incidents, registers
from app.domain.entries import Entry, base_key, columns, entry_of, problem
from app.domain.folding import fold, words
from app.domain.incidents import MOST_ALIKE
from app.domain.refused import Refused
from app.domain.transactions import unit_of_work
from app.extensions import db
from app.models import Deed, Incident, Register

MOST_ROWS = 10_000
ALIKE = 0.5  # the share of words that two wordings of one description have in common, at least
CHUNK = 400  # keys asked for at once


@dataclass
class Plan:
    """What an import does, row by row, before it is done or as it was done."""

    new: list[int] = field(default_factory=list)  # numbers of rows, counted from 0
    changed: list[int] = field(default_factory=list)
    same: list[int] = field(default_factory=list)
    removed: list[int] = field(default_factory=list)  # about incidents that were removed: they stay removed
    assessed: list[int] = field(default_factory=list)  # those among `changed` whose assessment changes
    beside: list[int] = field(
        default_factory=list
    )  # those among `new` that come beside another of their day, place and source
    outdated: list[int] = field(
        default_factory=list
    )  # about incidents that were assessed otherwise after the day of the list


def read_key(entry: Entry) -> bytes:
    """A digest of everything that a row said when it was read."""
    entry = entry.as_read or entry
    said = repr((sorted(columns(entry).items()), entry.figures, entry.assessment))
    return hashlib.blake2b(said.encode(), digest_size=16).digest()


@unit_of_work
def import_rows(register: Register, entries: Sequence[Entry], *, on: dt.date, note: str = "", now: dt.datetime) -> Plan:
    """Take all rows, or none. Their assessments hold since the day `on`. Raises Refused for rows that are no whole entry."""
    db.session.refresh(register, with_for_update=True)
    if len(entries) > MOST_ROWS:
        raise Refused(_("Import at most %(most)d rows at once.", most=MOST_ROWS))
    for entry in entries:
        if said := problem(entry):
            raise Refused(said)
    plan, matches, fresh = _planned(register, entries, on)
    if not (plan.new or plan.changed):
        return plan
    moment = registers._touch(register, now)
    activity._note(Deed.IMPORTED, register, now=now, new=len(plan.new), changed=len(plan.changed))
    _insert(register, entries, plan, fresh, on, moment)
    for number in plan.changed:
        _update(matches[number], entries[number], moment)
    for number in plan.assessed:
        incidents._assess(matches[number], entries[number].assessment, on, note, moment)
    return plan


def preview(register: Register, entries: Sequence[Entry], *, on: dt.date) -> Plan:
    """What `import_rows` would do with these rows now."""
    return _planned(register, entries, on)[0]


def _planned(
    register: Register, entries: Sequence[Entry], on: dt.date
) -> tuple[Plan, dict[int, Incident], dict[int, bytes]]:
    """The plan, the incident that each known row is about, and the key of each new one."""
    bases = [(base_key(entry.as_read or entry), base_key(entry)) for entry in entries]
    known = _known(register, list(dict.fromkeys(base for both in bases for base in both)))
    groups: dict[bytes, list[int]] = defaultdict(list)
    for number, (as_read, as_corrected) in enumerate(bases):
        groups[as_corrected if known[as_corrected] and not known[as_read] else as_read].append(number)
    plan = Plan()
    rest = {base: _without_known_rows(entries, numbers, known[base], plan) for base, numbers in groups.items()}
    loaded = _loaded([one.id for numbers, free in rest.values() if numbers for one in free])
    matches: dict[int, Incident] = {}
    fresh: dict[int, bytes] = {}
    for base, (numbers, free) in rest.items():
        new_ones = _matched(entries, numbers, [loaded[one.id] for one in free] if numbers else [], matches)
        for n, number in enumerate(new_ones, len(known[base])):
            if n > MOST_ALIKE:
                raise Refused(_("There are too many incidents of this day, place and source."))
            fresh[number] = base + bytes([n])
        plan.beside += new_ones if known[base] else []
    for number, incident in matches.items():
        _judge(plan, number, incident, entries[number], on)
    plan.new = sorted(fresh)
    return plan, matches, fresh


class _Known(NamedTuple):
    """As much of an incident as tells whether a row was read before."""

    id: int
    same_key: bytes
    read_key: bytes | None
    removed_at: dt.datetime | None


def _known(register: Register, bases: Sequence[bytes]) -> dict[bytes, list[_Known]]:
    """The incidents of each day, place and sources, removed ones too. Their last bytes count up from 0 without a gap."""
    found: dict[bytes, list[_Known]] = defaultdict(list)
    columns_asked = (Incident.id, Incident.same_key, Incident.read_key, Incident.removed_at)
    asked, ordinal = list(bases), 0
    while asked and ordinal <= MOST_ALIKE:
        there: set[bytes] = set()
        for start in range(0, len(asked), CHUNK):
            keys = [base + bytes([ordinal]) for base in asked[start : start + CHUNK]]
            rows = select(*columns_asked).where(Incident.register_id == register.id, Incident.same_key.in_(keys))
            for row in db.session.execute(rows):
                one = _Known(*row)
                found[one.same_key[:-1]].append(one)
                there.add(one.same_key[:-1])
        asked, ordinal = [base for base in asked if base in there], ordinal + 1
    return found


def _loaded(numbers: list[int]) -> dict[int, Incident]:
    """These incidents as they are now, whole."""
    found: dict[int, Incident] = {}
    for start in range(0, len(numbers), CHUNK):
        rows = (
            select(Incident)
            .options(selectinload(Incident.sources), selectinload(Incident.figures))
            .where(Incident.id.in_(numbers[start : start + CHUNK]))
        )
        found |= {one.id: one for one in db.session.scalars(rows.execution_options(populate_existing=True))}
    return found


def _without_known_rows(
    entries: Sequence[Entry], numbers: list[int], there: list[_Known], plan: Plan
) -> tuple[list[int], list[_Known]]:
    """The rows that were not read before, and the incidents that no row is about yet. Of rows that say all the same, the
    first counts. A row that was read before needs no closer look, which most of a list that comes again are; unless somebody
    corrected it this time."""
    read_before = {one.read_key: one for one in there if one.read_key is not None}
    seen: set[bytes] = set()
    left, taken = [], set()
    for number in numbers:
        if entries[number].as_read:
            left.append(number)
            continue
        key = read_key(entries[number])
        if key in seen:
            plan.same.append(number)
        elif key in read_before:
            (plan.same if read_before[key].removed_at is None else plan.removed).append(number)
            taken.add(read_before[key].id)
        else:
            left.append(number)
        seen.add(key)
    return left, [one for one in there if one.id not in taken]


def _matched(
    entries: Sequence[Entry], numbers: list[int], there: list[Incident], matches: dict[int, Incident]
) -> list[int]:
    """The rows that are about no incident that is there."""
    left, free = list(numbers), list(there)
    for fits in (_same_row, _same_words_and_assessment, _same_words, _same_assessment_and_alike, _alike):
        for number in list(left):
            found = next((incident for incident in free if fits(entries[number], incident)), None)
            if found is not None:
                matches[number] = found
                free.remove(found)
                left.remove(number)
    return left


def _same_row(entry: Entry, incident: Incident) -> bool:
    return incident.read_key == read_key(entry)


def _same_words(entry: Entry, incident: Incident) -> bool:
    return fold(entry.description) == fold(incident.description)


def _same_words_and_assessment(entry: Entry, incident: Incident) -> bool:
    return entry.assessment == incident.assessment and _same_words(entry, incident)


def _alike(entry: Entry, incident: Incident) -> bool:
    mine, theirs = words(entry.description), words(incident.description)
    return not mine or not theirs or len(mine & theirs) >= ALIKE * len(mine | theirs)


def _same_assessment_and_alike(entry: Entry, incident: Incident) -> bool:
    return entry.assessment == incident.assessment and _alike(entry, incident)


def _judge(plan: Plan, number: int, incident: Incident, entry: Entry, on: dt.date) -> None:
    """Put a row that is about a known incident where it belongs in the plan. What is thought of it since a later day stays."""
    if incident.removed_at is not None:
        plan.removed.append(number)
        return
    if entry.assessment != incident.assessment:
        is_outdated = incident.assessed_on is not None and on < incident.assessed_on
        (plan.outdated if is_outdated else plan.assessed).append(number)
    is_changed = number in plan.assessed or _says_more(incident, entry)
    (plan.changed if is_changed else plan.same).append(number)


def _merged(incident: Incident, entry: Entry) -> Entry:
    """What is known of an incident once the row is taken: what the row does not say, stays. Not its assessment."""
    before = entry_of(incident)
    named = {**dict(before.figures), **{name: value for name, value in entry.figures if value is not None}}
    order = dict.fromkeys((*dict(before.figures), *dict(entry.figures)))
    coordinates = before if entry.latitude is None else entry
    known = entry if entry.as_read else before  # it was found by day, place and sources, unless those were corrected
    return replace(
        before,
        date=known.date,
        place=known.place,
        region=known.region,
        country=known.country,
        sources=known.sources,
        links=known.links,
        assessment=entry.assessment,
        killed=before.killed if entry.killed is None else entry.killed,
        injured=before.injured if entry.injured is None else entry.injured,
        figures=tuple((name, named.get(name)) for name in order),
        description=entry.description or before.description,
        first_reported_on=entry.first_reported_on or before.first_reported_on,
        latitude=coordinates.latitude,
        longitude=coordinates.longitude,
    )


def _says_more(incident: Incident, entry: Entry) -> bool:
    """Whether a row says something about an incident that is not known, its assessment apart."""
    before, after = entry_of(incident), _merged(incident, entry)
    return (columns(before), before.figures) != (columns(after), after.figures)


def _insert(
    register: Register,
    entries: Sequence[Entry],
    plan: Plan,
    fresh: dict[int, bytes],
    on: dt.date,
    now: dt.datetime,
) -> None:
    for start in range(0, len(plan.new), CHUNK):
        some = plan.new[start : start + CHUNK]
        rows = [(entries[number], fresh[number], read_key(entries[number])) for number in some]
        incidents._inserted(register, rows, on, now)


def _update(incident: Incident, entry: Entry, now: dt.datetime) -> None:
    if _says_more(incident, entry):
        incidents._say(incident, _merged(incident, entry), now)
    incident.read_key = read_key(entry)
