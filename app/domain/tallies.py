"""Roll-ups: confirmed signatures summed up by quarters of an hour, exactly, without a word more on the way of a signature.

Nobody who signs or confirms writes here. The worker counts the quarters that are over, and `TallyProgress` says until when; what is
later is read from its rows (`tally_reading`). Each time it counts the last hour once more, so a confirmation that was committed late
is not missed: no statement may last that long. Whoever takes an earlier signature out of the count, or puts it back, marks its
quarter in the same transaction (`_mark`), and that quarter is counted anew. A quarter is always counted whole and never moved by a
difference, so it does not matter what a withdrawn signature has forgotten, nor how often this is done.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Integer, Select, delete, func, insert, literal, select
from sqlalchemy.dialects import postgresql, sqlite

from app.domain import dialects
from app.domain.dialects import quarter_of
from app.domain.transactions import unit_of_work
from app.extensions import db
from app.models import (
    Campaign,
    Consent,
    Signature,
    SignatureState,
    SignatureTally,
    TallyMark,
    TallyPart,
    TallyProgress,
)
from app.models.tallies import DAY, QUARTER
from app.models.types import table_of

SECONDS = QUARTER * 60
A_DAY = DAY // QUARTER  # quarters
AGAIN = 4  # quarters before the edge that are counted once more
STEP = 7 * A_DAY  # quarters counted in one transaction
MOST_MARKS = 2000  # worked off in one transaction
CLOSED_AFTER = dt.timedelta(minutes=1)  # so long after a quarter's end it is summed up
SETTLE_SECONDS = 60
Key = tuple[TallyPart, int, str]  # what, when, which


def place_of(moment: dt.datetime) -> int:
    """The quarter of an hour in which a moment lies."""
    return int(moment.timestamp() // SECONDS)


def moment_of(place: int) -> dt.datetime:
    """When a quarter of an hour begins."""
    return dt.datetime.fromtimestamp(place * SECONDS, dt.UTC)


def _mark(campaign_id: int, moments: Iterable[dt.datetime | None]) -> None:
    """Signatures that were confirmed at these moments left the count, came back, or say something else: count their quarters anew."""
    places = {place_of(moment) for moment in moments if moment is not None}
    if places:
        rows = [{"campaign_id": campaign_id, "place": place} for place in sorted(places)]
        db.session.execute(insert(table_of(TallyMark)), rows)


def _begin_anew(campaign_id: int) -> None:
    """Much changed at once: the campaign is counted from its rows until it is summed up again."""
    for table in (TallyProgress, TallyMark, SignatureTally):  # the progress first: whoever sums up holds it
        db.session.execute(delete(table).where(table.campaign_id == campaign_id))


def due(now: dt.datetime) -> list[int]:
    """The campaigns that have something to be summed up. Reads only, so that an idle worker writes nothing."""
    last = (
        select(func.max(Signature.confirmed_at))
        .where(Signature.campaign_id == Campaign.id, Signature.state == SignatureState.CONFIRMED)
        .scalar_subquery()
    )
    marked = select(TallyMark.id).where(TallyMark.campaign_id == Campaign.id).exists()
    rows = db.session.execute(
        select(Campaign.id, TallyProgress.until_at, last, marked)
        .outerjoin(TallyProgress, TallyProgress.campaign_id == Campaign.id)
        .where(Campaign.current_version > 0)
        .order_by(Campaign.id)
    )
    target = place_of(now - CLOSED_AFTER)
    return [number for number, until, latest, is_marked in rows if is_marked or _has_grown(until, latest, target)]


def _has_grown(until: dt.datetime | None, latest: dt.datetime | None, target: int) -> bool:
    if latest is None:
        return False
    return until is None or (place_of(until) < target and place_of(latest) >= place_of(until) - AGAIN)


@unit_of_work
def settle(campaign_id: int, *, now: dt.datetime) -> bool:
    """Sum up a step of one campaign's signatures. Whether there is more to do; call again then."""
    dialects.allow_seconds(SETTLE_SECONDS)
    progress, target = _progress(campaign_id), place_of(now - CLOSED_AFTER)
    if progress is None:
        _take_marks(campaign_id)  # nothing is summed up yet, so nothing is to be counted anew
        return False
    until = place_of(progress.until_at)
    marked, more = _take_marks(campaign_id)
    end = min(target, until + STEP)
    first = max(until - AGAIN, 0) if end > until else until
    for begin, after in _runs(place for place in marked if place < first):
        _count_anew(campaign_id, begin, after)
    if end > until:
        _count_anew(campaign_id, first, end)
        progress.until_at = moment_of(end)
    return more or end < target


def _progress(campaign_id: int) -> TallyProgress | None:
    """How far the campaign is, held until we are done; begun with its first signature."""
    held = select(TallyProgress).where(TallyProgress.campaign_id == campaign_id).with_for_update()
    progress = db.session.scalar(held)
    if progress is not None:
        return progress
    first = db.session.scalar(select(func.min(Signature.confirmed_at)).where(*in_count(campaign_id)))
    if first is None:
        return None
    upsert = (postgresql if db.engine.dialect.name == "postgresql" else sqlite).insert(table_of(TallyProgress))
    begin = upsert.values(campaign_id=campaign_id, until_at=moment_of(place_of(first)))
    db.session.execute(begin.on_conflict_do_nothing())  # two workers may begin at the same moment
    return db.session.scalar(held)


def in_count(campaign_id: int) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """The conditions of the signatures that a campaign counts."""
    return Signature.campaign_id == campaign_id, Signature.state == SignatureState.CONFIRMED


def _take_marks(campaign_id: int) -> tuple[set[int], bool]:
    """The marked quarters, whose marks are gone with this; whether there are more marks.

    What is counted afterwards sees everything that these marks were committed with; one that comes later stays.
    """
    some = select(TallyMark.id).where(TallyMark.campaign_id == campaign_id).limit(MOST_MARKS)
    taken = delete(TallyMark).where(TallyMark.id.in_(some)).returning(TallyMark.place)
    places = list(db.session.scalars(taken.execution_options(synchronize_session=False)))
    return set(places), len(places) == MOST_MARKS


def _runs(places: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Quarters that follow each other, put together: the first, and the one after the last."""
    begin = end = -1
    for place in sorted(places):
        if place != end:
            if end > begin:
                yield begin, end
            begin = place
        end = place + 1
    if end > begin:
        yield begin, end


def _count_anew(campaign_id: int, first: int, end: int) -> None:
    """The tallies of these quarters, and of the days that they lie in, as the rows have it now."""
    tally = table_of(SignatureTally)
    own = tally.c.campaign_id == campaign_id
    quarters = (own, tally.c.minutes == QUARTER, tally.c.place >= first, tally.c.place < end)
    db.session.execute(delete(tally).where(*quarters))
    counted = _from_rows(campaign_id, first, end)
    if counted:
        db.session.execute(insert(tally), list(_as_rows(campaign_id, counted)))
    first_day, last_day = first // A_DAY, (end - 1) // A_DAY
    days = (own, tally.c.minutes == DAY, tally.c.place >= first_day, tally.c.place <= last_day)
    db.session.execute(delete(tally).where(*days))
    names = ["campaign_id", "part", "minutes", "place", "name", "signature_count"]
    db.session.execute(insert(tally).from_select(names, _day_sums(campaign_id, first_day, last_day)))


def _as_rows(campaign_id: int, counted: Counter[Key]) -> Iterator[dict[str, object]]:
    for (part, place, name), number in counted.items():
        key = {"campaign_id": campaign_id, "part": part, "minutes": QUARTER, "place": place, "name": name}
        yield {**key, "signature_count": number}


def _day_sums(campaign_id: int, first_day: int, last_day: int) -> Select[tuple[object, ...]]:
    tally = table_of(SignatureTally).alias("quarter").c
    day = tally.place.op("/")(literal(A_DAY, Integer))  # whole numbers stay whole on both databases
    return (
        select(tally.campaign_id, tally.part, literal(DAY), day, tally.name, func.sum(tally.signature_count))
        .where(
            tally.campaign_id == campaign_id,
            tally.minutes == QUARTER,
            tally.place >= first_day * A_DAY,
            tally.place < (last_day + 1) * A_DAY,
        )
        .group_by(tally.campaign_id, tally.part, day, tally.name)
    )


def _from_rows(campaign_id: int, first: int, end: int) -> Counter[Key]:
    """The tallies of some quarters, counted from the signatures."""
    quarter = quarter_of(Signature.confirmed_at)
    within = (
        *in_count(campaign_id),
        Signature.confirmed_at >= moment_of(first),
        Signature.confirmed_at < moment_of(end),
    )
    by_source = select(quarter, Signature.country, Signature.channel, func.count()).where(*within)
    found: Counter[Key] = Counter()
    for place, country, channel, number in db.session.execute(
        by_source.group_by(quarter, Signature.country, Signature.channel)
    ):
        found[TallyPart.WHOLE, place, ""] += number
        found[TallyPart.COUNTRY, place, country] += number
        found[TallyPart.CHANNEL, place, str(channel)] += number
    agreed = select(quarter, func.count()).join(Consent).where(*within, Consent.is_current()).group_by(quarter)
    for place, number in db.session.execute(agreed):
        found[TallyPart.SUPPORTER, place, ""] += number
    return found


@dataclass(frozen=True)
class Drift:
    """A campaign whose roll-ups are not what its rows say, and in how many quarters of an hour or days."""

    slug: str
    wrong: int


@unit_of_work
def verify(campaign_id: int, *, fix: bool) -> Drift | None:
    """Compare the roll-ups of one campaign with its rows; None if they agree. With `fix` everything is counted from the rows until
    the worker has summed it up anew. Safe while people sign and withdraw: what is marked meanwhile is left out."""
    dialects.allow_seconds(SETTLE_SECONDS)
    progress = _progress(campaign_id)
    if progress is None:
        return None
    first = db.session.scalar(select(func.min(Signature.confirmed_at)).where(*in_count(campaign_id)))
    until = place_of(progress.until_at)
    rows = _from_rows(campaign_id, place_of(first) if first else until, until)
    wrong = _differing(campaign_id, rows, until - AGAIN)
    if not wrong:
        return None
    if fix:
        _begin_anew(campaign_id)
    slug = db.session.scalar(select(Campaign.slug).where(Campaign.id == campaign_id)) or ""
    return Drift(slug, len(wrong))


def _differing(campaign_id: int, rows: Counter[Key], before: int) -> set[tuple[int, int]]:
    """The size and place of each time whose stored tallies are not these, among those that nobody marked."""
    stored: dict[int, Counter[Key]] = {QUARTER: Counter(), DAY: Counter()}
    tally = SignatureTally
    columns = (tally.minutes, tally.part, tally.place, tally.name, tally.signature_count)
    for minutes, part, place, name, number in db.session.execute(
        select(*columns).where(tally.campaign_id == campaign_id)
    ):
        stored[minutes][part, place, name] += number
    marked = set(db.session.scalars(select(TallyMark.place).where(TallyMark.campaign_id == campaign_id)))
    sums = {QUARTER: rows, DAY: _by_days(stored[QUARTER])}
    differing = {
        (minutes, key[1])
        for minutes, right in sums.items()
        for key in right.keys() | stored[minutes].keys()
        if right[key] != stored[minutes][key]
    }
    return {(m, place) for m, place in differing if m == DAY or (place < before and place not in marked)}


def _by_days(quarters: Counter[Key]) -> Counter[Key]:
    days: Counter[Key] = Counter()
    for (part, place, name), number in quarters.items():
        days[part, place // A_DAY, name] += number
    return days
