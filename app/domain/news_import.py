"""News sources: which feeds are read for which campaign or topic, when, and what became of it.

A source is claimed by lease, as mails are: one `UPDATE` makes it somebody's for a minute and a half. A worker that was killed
leaves it due again; what it had half done was one transaction, and is done again.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Select, delete, func, select, update

from app.domain import activity, meanwhile, news_arrivals
from app.domain.news_arrivals import Arrival, Arrived
from app.domain.places import Place
from app.domain.refused import NotFound, Refused
from app.domain.transactions import unit_of_work
from app.extensions import db
from app.models import Campaign, Deed, NewsItem, NewsSource, NewsState, Organisation, Topic

LEASE = dt.timedelta(seconds=90)  # a page, its feed, ten seconds each, and reading them
SOONEST, UNCHANGED_MOST, FAILED_MOST = dt.timedelta(hours=1), dt.timedelta(hours=6), dt.timedelta(hours=24)
BETWEEN = dt.timedelta(minutes=1)  # two fetches of one source, however often somebody presses
MOST_SOURCES = 50  # of one organisation
REMOVED_KEPT = dt.timedelta(days=30)  # as long a removal can be undone
READ_ANEW = (
    "url",
    "include",
    "exclude",
    "excerpt_length",
    "topic_id",
    "campaign_id",
)  # what makes "not changed" no answer
FIELDS = (*READ_ANEW, "outlet", "disclaimer", "publishes_at_once")


@dataclass(frozen=True)
class Claimed:
    """A source that is ours to fetch for a while: where, what we know of its last state, and how long we waited for it."""

    id: int
    worker: str
    url: str
    feed_url: str
    etag: str
    last_modified: str
    waited: dt.timedelta


@dataclass(frozen=True)
class Stamps:
    """What the other side said its answer is to be asked for with the next time, and where the feed was."""

    feed_url: str
    etag: str
    last_modified: str


@unit_of_work
def add_source(place: Place, values: dict[str, Any], *, now: dt.datetime) -> NewsSource:
    """Read a feed for a campaign or topic from now on; the worker does so at once. Raises Refused for more than fifty."""
    own = select(func.count()).where(
        NewsSource.organisation_id == place.organisation_id, NewsSource.removed_at.is_(None)
    )
    if (db.session.scalar(own) or 0) >= MOST_SOURCES:
        raise Refused(_("Remove a news source first: more than %(number)d cannot be read.", number=MOST_SOURCES))
    source = NewsSource(organisation_id=place.organisation_id, created_at=now, due_at=now, **_placed(place), **values)
    db.session.add(source)
    activity._note(Deed.CREATED, source, now=now)
    return source


@unit_of_work
def change_source(
    source: NewsSource, place: Place, values: dict[str, Any], *, now: dt.datetime, seen: str | None = None
) -> None:
    """Change how it is read. Where that could let other items in, it is read anew, whether or not it changed itself.

    `seen` is its `wording` as whoever writes saw it. Raises EditedMeanwhile if somebody changed it since.
    """
    if source.organisation_id != place.organisation_id:
        raise NotFound
    db.session.refresh(source, with_for_update=True)
    meanwhile._refuse(source, {**_placed(place), **values}, FIELDS, seen)
    before = [getattr(source, name) for name in READ_ANEW]
    if values["url"] != source.url:
        source.feed_url, source.result, source.fetched_at = "", "", None
    for name, value in {**_placed(place), **values}.items():
        setattr(source, name, value)
    if db.session.is_modified(source):
        activity._note(Deed.CHANGED, source, now=now)
    if before != [getattr(source, name) for name in READ_ANEW]:
        source.etag = source.last_modified = ""
        source.failure_count = 0
        source.lease, source.due_at = None, now  # whoever fetches it now fetches something that is no longer asked for


def _placed(place: Place) -> dict[str, int | None]:
    is_topic = isinstance(place, Topic)
    return {"topic_id": place.id if is_topic else None, "campaign_id": None if is_topic else place.id}


def wording(source: NewsSource) -> str:
    """A digest of how it is read."""
    return meanwhile.digest(source, FIELDS)


@unit_of_work
def fetch_now(source: NewsSource, *, now: dt.datetime) -> None:
    """Let the worker fetch it at its next look, but no site twice in a minute. One that is being fetched is left alone."""
    db.session.refresh(source, with_for_update=True)
    if source.lease is None or source.due_at <= now:
        source.due_at = max(now, source.fetched_at + BETWEEN) if source.fetched_at else now


@unit_of_work
def remove_source(source: NewsSource, *, now: dt.datetime) -> None:
    """Read it no more. Its items stay. It can be put back for 30 days. Twice is once."""
    db.session.refresh(source, with_for_update=True)
    if source.removed_at is None:
        activity._note(Deed.REMOVED, source, now=now)
    source.removed_at = source.removed_at or now


@unit_of_work
def restore_source(source: NewsSource, *, now: dt.datetime) -> None:
    """Read it again. Twice is once."""
    db.session.refresh(source, with_for_update=True)
    if source.removed_at is not None:
        activity._note(Deed.RESTORED, source, now=now)
    source.removed_at, source.due_at = None, now


@unit_of_work
def forget_removed(*, now: dt.datetime) -> int:
    """Delete sources that were removed more than 30 days ago; items that were taken from them stay. Returns how many."""
    gone = delete(NewsSource).where(NewsSource.removed_at < now - REMOVED_KEPT).returning(NewsSource.id)
    return len(db.session.scalars(gone.execution_options(synchronize_session=False)).all())


def is_due(now: dt.datetime) -> bool:
    """Whether a source waits to be fetched. Reads only, so that an idle worker writes nothing."""
    return db.session.scalar(_due(now).limit(1)) is not None


def _due(now: dt.datetime) -> Select[int]:
    due = select(NewsSource.id).where(NewsSource.due_at <= now, NewsSource.removed_at.is_(None))
    return due.order_by(NewsSource.due_at, NewsSource.id)


@unit_of_work
def claim(now: dt.datetime) -> Claimed | None:
    """Lease the source that is due longest. Two workers never get the same one."""
    number = db.session.scalar(_due(now).limit(1).with_for_update(skip_locked=True))
    source = db.session.get(NewsSource, number) if number else None
    if source is None:
        return None
    # How long it was left alone is nowhere but here: between its last fetch and the moment that was planned then.
    waited = max(SOONEST, source.due_at - source.fetched_at) if source.fetched_at else SOONEST
    source.lease, source.due_at = secrets.token_hex(16), now + LEASE
    return Claimed(source.id, source.lease, source.url, source.feed_url, source.etag, source.last_modified, waited)


@unit_of_work
def record(claimed: Claimed, arrivals: Sequence[Arrival], stamps: Stamps, *, now: dt.datetime) -> Arrived | None:
    """Take what a fetch brought: new items in, changed ones changed. None if the lease was lost meanwhile."""
    source = _held(claimed)
    if source is None:
        return None
    arrived = news_arrivals._take(source, arrivals, now)
    source.feed_url, source.etag, source.last_modified = stamps.feed_url, stamps.etag, stamps.last_modified
    wait = SOONEST if arrived.added or arrived.changed else min(claimed.waited * 2, UNCHANGED_MOST)
    _done(source, str(arrived), wait, now)
    return arrived


@unit_of_work
def unchanged(claimed: Claimed, *, now: dt.datetime) -> None:
    """The other side said that nothing changed: it is asked less often, but every six hours."""
    source = _held(claimed)
    if source is not None:
        _done(source, "unchanged", min(claimed.waited * 2, UNCHANGED_MOST), now)


@unit_of_work
def failed(claimed: Claimed, trouble: str, *, now: dt.datetime) -> None:
    """It could not be read: tried again after an hour, then ever later, once a day at last."""
    source = _held(claimed)
    if source is None:
        return
    wait = min(SOONEST * 2 ** min(source.failure_count, 10), FAILED_MOST)
    _done(source, trouble, wait, now, failures=source.failure_count + 1)


def _held(claimed: Claimed) -> NewsSource | None:
    """The source, locked, if it is still ours."""
    held = select(NewsSource).where(NewsSource.id == claimed.id, NewsSource.lease == claimed.worker)
    return db.session.scalar(held.with_for_update())


def _done(source: NewsSource, result: str, wait: dt.timedelta, now: dt.datetime, failures: int = 0) -> None:
    source.lease, source.failure_count = None, failures
    source.result, source.fetched_at, source.due_at = result, now, now + wait


@unit_of_work
def decide(organisation_id: int, numbers: Sequence[int], state: NewsState, *, now: dt.datetime) -> int:
    """Publish or refuse items that wait, or let them wait again. Returns how many of the organisation's were changed.

    What is let through stays as it was read: an outlet cannot change it afterwards under the organiser's name.
    """
    chosen = (
        update(NewsItem)
        .where(NewsItem.organisation_id == organisation_id, NewsItem.id.in_(numbers))
        .where(NewsItem.removed_at.is_(None), NewsItem.state != state)
        .values(state=state, edited_at=NewsItem.edited_at if state == NewsState.WAITING else now)
        .returning(NewsItem.id)
        .execution_options(synchronize_session=False)
    )
    count = len(db.session.scalars(chosen).all())
    if count:
        organisation = db.session.get_one(Organisation, organisation_id)
        activity._note(Deed.DECIDED, organisation, now=now, count=count, state=state)
    return count


def own(organisation_id: int, number: int) -> NewsSource:
    """The organisation's source with this number, removed or not. Raises NotFound."""
    source = db.session.get(NewsSource, number)
    if source is None or source.organisation_id != organisation_id:
        raise NotFound
    return source


def of(organisation_id: int) -> Select[NewsSource]:
    """The organisation's sources, in the order of their outlets."""
    mine = select(NewsSource).where(NewsSource.organisation_id == organisation_id, NewsSource.removed_at.is_(None))
    return mine.order_by(func.lower(NewsSource.outlet), NewsSource.id)


def waiting(organisation_id: int) -> Select[NewsItem]:
    """What waits for an organiser, the newest first."""
    mine = select(NewsItem).where(NewsItem.organisation_id == organisation_id, NewsItem.state == NewsState.WAITING)
    return mine.where(NewsItem.removed_at.is_(None)).order_by(NewsItem.published_on.desc(), NewsItem.id.desc())


def waiting_count(organisation_id: int) -> int:
    """How many wait."""
    return db.session.scalar(select(func.count()).select_from(waiting(organisation_id).order_by(None).subquery())) or 0


def place_of(source: NewsSource) -> Place:
    """The campaign or topic that it is read for."""
    return (
        db.session.get_one(Topic, source.topic_id)
        if source.topic_id
        else db.session.get_one(Campaign, source.campaign_id)
    )
