"""The figures on top of a topic's page: add, change, put in order, take away and put back."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, select

from app.domain import activity, meanwhile, orders
from app.domain.refused import NotFound, Refused
from app.domain.transactions import unit_of_work
from app.extensions import db
from app.models import Deed, KeyFigure, Topic

MOST = 8  # more would be a table, not figures on top
FIELDS = ("number", "label", "source", "source_url", "caveat", "as_of", "precision")
REMOVED_KEPT = dt.timedelta(days=30)  # as long a removal can be undone


@unit_of_work
def add(topic: Topic, values: dict[str, Any], *, now: dt.datetime) -> KeyFigure:
    """Put one more figure on top, last. Raises Refused where there are `MOST` already."""
    shown = _held(topic, now)
    _refuse_too_many(shown)
    position = max((figure.position for figure in shown), default=0) + 1
    figure = KeyFigure(topic_id=topic.id, position=position, **values)
    db.session.add(figure)
    activity._note(Deed.CREATED, figure, now=now)
    return figure


@unit_of_work
def change(figure: KeyFigure, values: dict[str, Any], *, now: dt.datetime, seen: str | None = None) -> None:
    """Correct a figure. `seen` is its `wording` as whoever writes saw it. Raises EditedMeanwhile if somebody corrected it since."""
    _held(figure.topic, now)
    db.session.refresh(figure)
    meanwhile._refuse(figure, values, FIELDS, seen)
    for name, value in values.items():
        setattr(figure, name, value)
    if db.session.is_modified(figure):
        activity._note(Deed.CHANGED, figure, now=now)


@unit_of_work
def move(topic: Topic, number: int, steps: int, *, now: dt.datetime) -> None:
    """Move a figure down by `steps`, or up where that is negative."""
    shown = {figure.id: figure for figure in _held(topic, now)}
    if number not in shown:
        raise NotFound
    for position, own_id in enumerate(orders.moved(list(shown), number, steps), start=1):
        shown[own_id].position = position
    activity._note(Deed.ARRANGED, topic, now=now)


@unit_of_work
def remove(figure: KeyFigure, *, now: dt.datetime) -> None:
    """Take a figure off the page. It can be put back for 30 days; what was removed earlier is forgotten. Twice is once."""
    _held(figure.topic, now)
    if figure.removed_at is None:
        activity._note(Deed.REMOVED, figure, now=now)
    figure.removed_at = figure.removed_at or now
    old = (KeyFigure.topic_id == figure.topic_id, KeyFigure.removed_at < now - REMOVED_KEPT)
    db.session.execute(delete(KeyFigure).where(*old))


@unit_of_work
def restore(figure: KeyFigure, *, now: dt.datetime) -> None:
    """Put a removed figure back where it stood. Raises Refused where `MOST` others stand there now. Twice is once."""
    shown = _held(figure.topic, now)
    if figure.removed_at is not None:
        _refuse_too_many(shown)
        figure.removed_at = None
        activity._note(Deed.RESTORED, figure, now=now)


def _held(topic: Topic, now: dt.datetime) -> list[KeyFigure]:
    """The figures shown, in their order; nobody else changes them until this is done, and the page counts as edited."""
    db.session.refresh(topic, with_for_update=True)
    topic.edited_at = now
    return list(db.session.scalars(KeyFigure.shown(topic.id)))


def _refuse_too_many(shown: list[KeyFigure]) -> None:
    if len(shown) >= MOST:
        raise Refused(_("Put at most %(number)d figures on top. Remove one first.", number=MOST))


def wording(figure: KeyFigure) -> str:
    """A digest of what it says."""
    return meanwhile.digest(figure, FIELDS)


def own(topic: Topic, number: int, *, removed: bool = False) -> KeyFigure:
    """The topic's figure with this number; only if `removed` also one that was taken off. Raises NotFound."""
    figure = db.session.scalar(select(KeyFigure).where(KeyFigure.topic_id == topic.id, KeyFigure.id == number))
    if figure is None or (figure.removed_at is not None and not removed):
        raise NotFound
    return figure
