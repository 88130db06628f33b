"""Looking through the log of an organisation: by words, person, deed, thing and days; the newest first, a page at a time."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, func, select, tuple_

from app.domain import deadlines
from app.domain.dialects import allow_seconds
from app.domain.folding import fold
from app.extensions import db
from app.models import Activity, Deed, Thing

PAGE = 50
MOST_WORDS = 6
SEARCH_SECONDS = 20
ZONE = "UTC"  # an organisation has people in many places; the log has one time


NEWEST = (Activity.done_at.desc(), Activity.id.desc())


@dataclass(frozen=True)
class Wanted:
    """What somebody looks for; what is empty does not matter. Days are days in `ZONE`, both included."""

    words: str = ""
    account_id: int | None = None
    deed: Deed | None = None
    kind: Thing | None = None
    thing_id: int | None = None
    first: dt.date | None = None
    last: dt.date | None = None


@dataclass(frozen=True)
class Page:
    """Some entries, and the key before which the next page begins, or None."""

    entries: list[Activity]
    older: int | None


def matching(organisation_id: int, wanted: Wanted) -> Select[Activity]:
    """The entries that fit, the newest first. Each word stands somewhere in the person's name or the thing's."""
    conditions: list[ColumnElement[bool]] = [Activity.organisation_id == organisation_id]
    for word in fold(wanted.words).split()[:MOST_WORDS]:
        conditions.append(Activity.folded.contains(word, autoescape=True))
    if wanted.account_id is not None:
        conditions.append(Activity.account_id == wanted.account_id)
    if wanted.deed is not None:
        conditions.append(Activity.deed == wanted.deed)
    if wanted.kind is not None:
        conditions.append(Activity.thing_kind == wanted.kind)
        if wanted.thing_id is not None:
            conditions.append(Activity.thing_id == wanted.thing_id)
    if wanted.first is not None:
        conditions.append(Activity.done_at >= deadlines.start_of(wanted.first, ZONE))
    if wanted.last is not None:
        conditions.append(Activity.done_at < deadlines.end_of(wanted.last, ZONE))
    return select(Activity).where(*conditions).order_by(*NEWEST)


def page(chosen: Select[Activity], *, before: int | None = None, size: int = PAGE) -> Page:
    """The first of `chosen`, or those before the entry with the key `before`."""
    allow_seconds(SEARCH_SECONDS)
    found = list(db.session.scalars(_before(chosen, before).limit(size + 1)))
    return Page(found[:size], found[size - 1].id if len(found) > size else None)


def _before(chosen: Select[Activity], key: int | None) -> Select[Activity]:
    edge = db.session.execute(select(Activity.done_at, Activity.id).where(Activity.id == key)).one_or_none()
    return chosen.where(tuple_(Activity.done_at, Activity.id) < tuple_(*edge)) if edge is not None else chosen


def count(chosen: Select[Activity]) -> int:
    """How many entries fit."""
    allow_seconds(SEARCH_SECONDS)
    return db.session.scalar(select(func.count()).select_from(chosen.order_by(None).subquery())) or 0
