"""The news feed: add, change, remove, put back, publish what waits."""

from __future__ import annotations

import datetime as dt
import secrets
from typing import Any

from sqlalchemy import Select, delete, insert, select, union

from app.domain import activity, meanwhile, places
from app.domain.places import Place
from app.domain.refused import NotFound
from app.domain.transactions import unit_of_work
from app.extensions import db
from app.models import (
    Campaign,
    Deed,
    NewsItem,
    NewsState,
    Topic,
    campaign_news,
    campaign_topic,
    topic_news,
)

REMOVED_KEPT = dt.timedelta(days=30)  # as long a removal can be undone
FORGET_BATCH = 500
FIELDS = (
    "title",
    "url",
    "kind",
    "published_on",
    "precision",
    "outlet",
    "byline",
    "author_note",
    "excerpt",
    "language",
    "source_line",
    "disclaimer",
    "content_warning",
    "is_pinned",
)


@unit_of_work
def add(place: Place, values: dict[str, Any], *, now: dt.datetime) -> NewsItem:
    """Put dated coverage into the feed of a campaign or topic."""
    item = NewsItem(
        organisation_id=place.organisation_id,
        public_id=secrets.token_urlsafe(16),
        created_at=now,
        edited_at=now,
        **values,
    )
    db.session.add(item)
    db.session.flush()
    _show(place, item.id)
    places._touch(place, now)
    activity._note(Deed.CREATED, item, now=now, at=places.title(place))
    return item


@unit_of_work
def change(item: NewsItem, values: dict[str, Any], *, now: dt.datetime, seen: str | None = None) -> None:
    """Correct a news item; from then on an import leaves it alone. `seen` is its `wording` as whoever writes saw it.

    Raises EditedMeanwhile if somebody corrected it since, or an import did.
    """
    db.session.refresh(item, with_for_update=True)
    meanwhile._refuse(item, values, FIELDS, seen)
    for name, value in values.items():
        setattr(item, name, value)
    if db.session.is_modified(item):
        activity._note(Deed.CHANGED, item, now=now)
    item.edited_at = now


def _show(place: Place, item_id: int) -> None:
    table, column = places.news_links(place)
    if db.session.scalar(select(column).where(column == place.id, table.c.news_item_id == item_id)) is None:
        db.session.execute(insert(table).values({column.name: place.id, "news_item_id": item_id}))


@unit_of_work
def remove(item: NewsItem, *, now: dt.datetime) -> None:
    """Take an item out of sight everywhere. It can be put back for 30 days, and no import brings it back. Twice is once."""
    db.session.refresh(item, with_for_update=True)
    if item.removed_at is None:
        activity._note(Deed.REMOVED, item, now=now)
    item.removed_at = item.removed_at or now


@unit_of_work
def restore(item: NewsItem, *, now: dt.datetime) -> None:
    """Put a removed item back where it stood. Twice is once."""
    db.session.refresh(item, with_for_update=True)
    if item.removed_at is not None:
        activity._note(Deed.RESTORED, item, now=now)
    item.removed_at = None


@unit_of_work
def forget_removed(*, now: dt.datetime) -> int:
    """Delete what was removed more than 30 days ago, in one batch. Returns how many; call again while it is not zero.

    An imported one stays as long as its source does, so that it is not imported again.
    """
    old = select(NewsItem.id).where(NewsItem.removed_at < now - REMOVED_KEPT, NewsItem.source_id.is_(None))
    ids = list(db.session.scalars(old.limit(FORGET_BATCH)))
    if ids:
        db.session.execute(delete(NewsItem).where(NewsItem.id.in_(ids)))
    return len(ids)


def wording(item: NewsItem) -> str:
    """A digest of what it says."""
    return meanwhile.digest(item, FIELDS)


def public(*, only_listed: bool = False) -> Select[NewsItem]:
    """Items that anybody may read: shown, in the feed of a public campaign or topic; or only those that lists may show."""
    by = (campaign_news.c.news_item_id, topic_news.c.news_item_id)
    linked = places.linked_in_public(NewsItem.id, *by, only_listed=only_listed)
    return select(NewsItem).where(NewsItem.is_shown, linked)


def find(public_id: str) -> NewsItem:
    """The public item of this address. Raises NotFound."""
    item = db.session.scalar(public().where(NewsItem.public_id == public_id))
    if item is None:
        raise NotFound
    return item


def shown_by(item: NewsItem) -> list[Place]:
    """The public campaigns and topics in whose feed it stands."""
    campaigns = Campaign.public().join(campaign_news, campaign_news.c.campaign_id == Campaign.id)
    topics = Topic.public().join(topic_news, topic_news.c.topic_id == Topic.id)
    return [
        *db.session.scalars(campaigns.where(campaign_news.c.news_item_id == item.id).order_by(Campaign.id)),
        *db.session.scalars(topics.where(topic_news.c.news_item_id == item.id)),
    ]


def own(organisation_id: int, number: int) -> NewsItem:
    """The organisation's item with this number, removed or not. Raises NotFound."""
    item = db.session.get(NewsItem, number)
    if item is None or item.organisation_id != organisation_id:
        raise NotFound
    return item


def of(place: Place) -> Select[NewsItem]:
    """All items of a feed that were not removed, as the desk shows them: those that wait first, then the newest."""
    table, column = places.news_links(place)
    waits = (NewsItem.state == NewsState.WAITING).desc()
    return (
        select(NewsItem)
        .join(table, table.c.news_item_id == NewsItem.id)
        .where(column == place.id, NewsItem.removed_at.is_(None))
        .order_by(waits, NewsItem.published_on.desc(), NewsItem.id.desc())
    )


def merged(topic: Topic) -> Select[NewsItem]:
    """What the public reads on a topic's page: its own items and those of its public campaigns, each once; pinned ones first."""
    own = select(topic_news.c.news_item_id).where(topic_news.c.topic_id == topic.id)
    of_campaigns = (
        select(campaign_news.c.news_item_id)
        .join(campaign_topic, campaign_topic.c.campaign_id == campaign_news.c.campaign_id)
        .join(Campaign, Campaign.id == campaign_news.c.campaign_id)
        .where(campaign_topic.c.topic_id == topic.id, Campaign.is_listed)
    )
    newest = (NewsItem.is_pinned.desc(), NewsItem.published_on.desc(), NewsItem.id.desc())
    return select(NewsItem).where(NewsItem.id.in_(union(own, of_campaigns)), NewsItem.is_shown).order_by(*newest)


def listed(place: Place, number: int) -> NewsItem:
    """The item with this number in the place's feed. Raises NotFound."""
    item = db.session.scalar(of(place).where(NewsItem.id == number))
    if item is None:
        raise NotFound
    return item
