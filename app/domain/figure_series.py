"""Figure series: numbers of one source by month and place, entered or read from a list, drawn on the topic's pages."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Select, delete, func, insert, select

from app.domain import activity, orders
from app.domain.refused import EditedMeanwhile, NotFound, Refused
from app.domain.transactions import unit_of_work
from app.extensions import db
from app.models import Deed, Figure, FigureSeries, Topic

MOST_SERIES, MOST_FIGURES = 20, 5000
REMOVED_KEPT = dt.timedelta(days=30)  # as long a removal can be undone


@dataclass(frozen=True, order=True)
class Number:
    """One number of a series: the first day of its month, its place (empty for the whole), its name, and how many."""

    month: dt.date
    place: str
    name: str
    value: int | None


@dataclass(frozen=True)
class Taken:
    """What came of numbers that were handed in."""

    new: int
    changed: int
    same: int


@unit_of_work
def begin(topic: Topic, values: dict[str, Any], *, now: dt.datetime) -> FigureSeries:
    """A new series of a topic, last in its order. Raises Refused for more than `MOST_SERIES`."""
    db.session.refresh(topic, with_for_update=True)
    _refuse_too_many(topic.id)
    last = db.session.scalar(select(func.max(FigureSeries.position)).where(FigureSeries.topic_id == topic.id))
    position = 0 if last is None else last + 1
    series = FigureSeries(
        public_id=secrets.token_urlsafe(16),
        topic_id=topic.id,
        position=position,
        created_at=now,
        edited_at=now,
        **values,
    )
    db.session.add(series)
    topic.edited_at = now
    activity._note(Deed.CREATED, series, now=now)
    return series


def _refuse_too_many(topic_id: int) -> None:
    if len(db.session.scalars(of(topic_id)).all()) >= MOST_SERIES:
        raise Refused(_("A topic has at most %(most)d series of figures.", most=MOST_SERIES))


@unit_of_work
def change(series: FigureSeries, values: dict[str, Any], *, seen: dt.datetime | None = None, now: dt.datetime) -> None:
    """Say something else of a series. `seen` is when it was last changed as whoever writes saw it.

    Raises EditedMeanwhile where somebody changed it meanwhile.
    """
    _hold(series)
    if seen is not None and seen != series.edited_at:
        raise EditedMeanwhile(
            _("Somebody else changed this series after you opened it. Your words are kept; compare, then save again.")
        )
    for name, value in values.items():
        setattr(series, name, value)
    if db.session.is_modified(series):
        activity._note(Deed.CHANGED, series, now=now)
    series.edited_at = now


def _hold(series: FigureSeries) -> None:
    db.session.refresh(series, with_for_update=True)


@unit_of_work
def take(series: FigureSeries, numbers: Sequence[Number], *, now: dt.datetime) -> Taken:
    """Add numbers to a series. One of the same month, place and name replaces the earlier one, unless nobody knows it."""
    _hold(series)
    there = {(one.month, one.place, one.name): one for one in series.figures}
    wanted = {(one.month, one.place, one.name): one for one in numbers}
    fresh = [one for key, one in wanted.items() if key not in there]
    changed = [
        (there[key], one) for key, one in wanted.items() if key in there and one.value not in {None, there[key].value}
    ]
    if len(there) + len(fresh) > MOST_FIGURES:
        raise Refused(_("A series has at most %(most)d figures.", most=MOST_FIGURES))
    _insert(series, fresh)
    for figure, one in changed:
        figure.value = one.value
    if fresh or changed:
        series.edited_at = now
        activity._note(Deed.IMPORTED, series, now=now, new=len(fresh), changed=len(changed))
    return Taken(len(fresh), len(changed), len(wanted) - len(fresh) - len(changed))


@unit_of_work
def rewrite(series: FigureSeries, numbers: Sequence[Number], *, seen: dt.datetime | None, now: dt.datetime) -> None:
    """Let the series consist of these numbers. `seen` is when it was last changed as whoever writes saw it.

    Raises EditedMeanwhile where somebody changed it meanwhile.
    """
    _hold(series)
    if seen is not None and seen != series.edited_at:
        raise EditedMeanwhile(
            _("Somebody else changed these figures after you opened them. Yours are kept; compare, then save again.")
        )
    if len(numbers) > MOST_FIGURES:
        raise Refused(_("A series has at most %(most)d figures.", most=MOST_FIGURES))
    db.session.execute(delete(Figure).where(Figure.series_id == series.id))
    _insert(series, list({(one.month, one.place, one.name): one for one in numbers}.values()))
    series.edited_at = now
    activity._note(Deed.CHANGED, series, now=now, count=len(numbers))


def _insert(series: FigureSeries, numbers: Sequence[Number]) -> None:
    rows = [
        {"series_id": series.id, "month": one.month, "place": one.place, "name": one.name, "value": one.value}
        for one in numbers
    ]
    if rows:
        db.session.execute(insert(Figure), rows)
    db.session.expire(series, ["figures"])


@unit_of_work
def move(series: FigureSeries, steps: int, *, now: dt.datetime) -> None:
    """Move a series down in the order of its topic by `steps`, or up where that is negative. Raises NotFound for a removed one."""
    topic = db.session.get_one(Topic, series.topic_id, with_for_update=True)
    shown = {one.id: one for one in db.session.scalars(of(series.topic_id))}
    if series.id not in shown:
        raise NotFound
    for position, number in enumerate(orders.moved(list(shown), series.id, steps)):
        shown[number].position = position
    activity._note(Deed.ARRANGED, topic, now=now)


@unit_of_work
def remove(series: FigureSeries, *, now: dt.datetime) -> None:
    """Take a series out of sight. It can be put back for 30 days; what was removed earlier is forgotten. Twice is once."""
    _hold(series)
    if series.removed_at is None:
        activity._note(Deed.REMOVED, series, now=now)
    series.removed_at = series.removed_at or now
    old = (FigureSeries.topic_id == series.topic_id, FigureSeries.removed_at < now - REMOVED_KEPT)
    db.session.execute(delete(FigureSeries).where(*old))


@unit_of_work
def restore(series: FigureSeries, *, now: dt.datetime) -> None:
    """Put a removed series back. Raises Refused where the topic has `MOST_SERIES` others now. Twice is once."""
    db.session.get_one(Topic, series.topic_id, with_for_update=True)
    _hold(series)
    if series.removed_at is not None:
        _refuse_too_many(series.topic_id)
        series.removed_at = None
        activity._note(Deed.RESTORED, series, now=now)


def of(topic_id: int) -> Select[FigureSeries]:
    """The series of a topic that were not removed, in their order."""
    return (
        select(FigureSeries)
        .where(FigureSeries.topic_id == topic_id, FigureSeries.removed_at.is_(None))
        .order_by(FigureSeries.position, FigureSeries.id)
    )


def own(topic: Topic, number: int) -> FigureSeries:
    """The topic's series with this number, removed or not. Raises NotFound."""
    series = db.session.get(FigureSeries, number)
    if series is None or series.topic_id != topic.id:
        raise NotFound
    return series


def find(topic: Topic, public_id: str) -> FigureSeries:
    """The topic's series at this public address. Raises NotFound."""
    series = db.session.scalar(of(topic.id).where(FigureSeries.public_id == public_id))
    if series is None:
        raise NotFound
    return series
