"""What a fetch brought, against what is there: which items are new, which are the same, which changed."""

from __future__ import annotations

import datetime as dt
import re
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, or_, select

from app.domain.folding import fold
from app.extensions import db
from app.models import NewsItem, NewsKind, NewsSource, NewsState, PartialDate, Precision, campaign_news, topic_news


@dataclass(frozen=True)
class Arrival:
    """An item as its source has it. `key` is a digest of what the source calls it; `text` is all that it says, for keywords."""

    key: str
    url: str
    is_linked: bool  # the link is its own, so that another item with the same one is the same article
    kind: NewsKind
    title: str
    byline: str
    excerpt: str
    outlet: str  # where it names another one than its source
    disclaimer: str
    source_line: str
    language: str
    published: PartialDate | None
    text: str


@dataclass(frozen=True)
class Arrived:
    """How many items a fetch brought, and what they were."""

    added: int
    changed: int
    same: int
    left_out: int  # by keywords

    def __str__(self) -> str:
        return f"read {self.added} {self.changed} {self.same} {self.left_out}"


def _take(source: NewsSource, arrivals: Sequence[Arrival], now: dt.datetime) -> Arrived:
    """Put them into the feed of the source's campaign or topic, in the caller's transaction.

    An item is known by what its source calls it, else by its link among the items of the same place. What an organiser refused,
    removed or took out of this feed stays so; what one edited or let through stays as it is.
    """
    known, by_link = _known(source, arrivals), _by_link(source, arrivals)
    added = changed = same = left_out = 0
    met: set[int] = set()
    for arrival in arrivals:
        item = known.get(arrival.key) or (by_link.get(arrival.url) if arrival.is_linked else None)
        if item is None:
            if not wanted(source.include, source.exclude, f"{arrival.title}\n{arrival.text}"):
                left_out += 1
                continue
            item = _added(source, arrival, now)
            added += 1
        elif item.id not in met and _updated(source, item, arrival):  # twice in one feed: the first says how it is
            changed += 1
        else:
            same += 1
        known[arrival.key] = item
        if arrival.is_linked:
            by_link[arrival.url] = item
        met.add(item.id)
    return Arrived(added, changed, same, left_out)


def _known(source: NewsSource, arrivals: Iterable[Arrival]) -> dict[str, NewsItem]:
    keys = [arrival.key for arrival in arrivals]
    found = select(NewsItem).where(NewsItem.source_id == source.id, NewsItem.guid.in_(keys))
    return {item.guid: item for item in db.session.scalars(found)}


def _by_link(source: NewsSource, arrivals: Iterable[Arrival]) -> dict[str, NewsItem]:
    """Items with the same links: of this source, or in this feed whatever brought them there, removed or not."""
    table, column, place_id = _links(source)
    urls = [arrival.url for arrival in arrivals if arrival.is_linked]
    here = select(table.c.news_item_id).where(column == place_id)
    found = select(NewsItem).where(NewsItem.organisation_id == source.organisation_id, NewsItem.url.in_(urls))
    found = found.where(or_(NewsItem.source_id == source.id, NewsItem.id.in_(here)))
    return {item.url: item for item in db.session.scalars(found)}


def _links(source: NewsSource) -> tuple[Any, Any, int | None]:
    if source.topic_id is not None:
        return topic_news, topic_news.c.topic_id, source.topic_id
    return campaign_news, campaign_news.c.campaign_id, source.campaign_id


def _added(source: NewsSource, arrival: Arrival, now: dt.datetime) -> NewsItem:
    date = arrival.published or PartialDate(now.date(), Precision.DAY)
    item = NewsItem(
        organisation_id=source.organisation_id,
        source_id=source.id,
        guid=arrival.key,
        public_id=secrets.token_urlsafe(16),
        state=NewsState.PUBLISHED if source.publishes_at_once else NewsState.WAITING,
        published_on=date.on,
        precision=date.precision,
        created_at=now,
        **_said(source, arrival),
    )
    db.session.add(item)
    db.session.flush()
    table, column, place_id = _links(source)
    db.session.execute(insert(table).values({column.name: place_id, "news_item_id": item.id}))
    return item


def _updated(source: NewsSource, item: NewsItem, arrival: Arrival) -> bool:
    """Whether the item says something else now. An organiser's word is never written over."""
    if item.source_id != source.id or item.edited_at or item.removed_at or item.state == NewsState.REFUSED:
        return False
    said = _said(source, arrival)
    if arrival.published:  # without a date, it keeps the day on which it was first seen
        said |= {"published_on": arrival.published.on, "precision": arrival.published.precision}
    changed = {name: value for name, value in said.items() if getattr(item, name) != value}
    for name, value in changed.items():
        setattr(item, name, value)
    return bool(changed)


def _said(source: NewsSource, arrival: Arrival) -> dict[str, Any]:
    names = ("url", "kind", "title", "byline", "excerpt", "source_line", "language")
    said = {name: getattr(arrival, name) for name in names}
    return {**said, "outlet": arrival.outlet or source.outlet, "disclaimer": arrival.disclaimer or source.disclaimer}


def wanted(include: str, exclude: str, text: str) -> bool:
    """Whether a text has one of the words to include, if any are given, and none of those to exclude; one a line."""
    level = fold(text)
    if any(word.search(level) for word in _words(exclude)):
        return False
    included = _words(include)
    return not included or any(word.search(level) for word in included)


def _words(lines: str) -> list[re.Pattern[str]]:
    """What to look for: a word's beginning ("Iraq" finds "Iraqi", not "Iraq" inside another word). Arabic writes articles and
    prepositions in front of a word, so there it may stand anywhere."""
    levels = [fold(line) for line in lines.splitlines()]
    return [re.compile(("" if _is_arabic(level) else r"(?<!\w)") + re.escape(level)) for level in levels if level]


def _is_arabic(text: str) -> bool:
    return "\u0600" <= text[:1] <= "\u06ff"
