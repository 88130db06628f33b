"""What happened around campaigns, in one order: coverage by others, the organiser's updates, milestones, new wordings, pauses, the
handing over, the answer, the end. Pages and feeds are made from it.

However much happened, it is asked for by the same number of statements: one that puts everything in order and cuts a piece out of
it, and one for each kind of row in that piece.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    Select,
    case,
    cast,
    extract,
    func,
    literal,
    or_,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.orm import defer, joinedload
from sqlalchemy.sql.base import ExecutableOption

from app.extensions import db
from app.models import (
    Campaign,
    CampaignState,
    Delivery,
    Milestone,
    MilestoneKind,
    NewsItem,
    PartialDate,
    Pause,
    Precision,
    TextVersion,
    Update,
    UpdateState,
    campaign_news,
)


class EntryKind(StrEnum):
    """What sort of thing happened. Of one moment, the later ones in this list stand higher."""

    NEWS = "news"  # others wrote about it
    PAUSED = "paused"  # nobody could sign for a time
    VERSION = "version"  # the text was changed
    MILESTONE = "milestone"  # the count reached a number worth marking
    UPDATE = "update"  # the organiser wrote something
    DELIVERED = "delivered"  # the signatures were handed over
    ANSWERED = "answered"  # the decision maker said something
    ENDED = "ended"  # signing is over; the outcome, where it is known


Part = Select[*tuple[Any, ...]]
Row = NewsItem | Update | Milestone | TextVersion | Pause | Delivery | Campaign


@dataclass(frozen=True)
class Entry:
    """One thing that happened. `title`, `text` and `author` are as people wrote them and may be empty: what remains to be said
    depends on the reader's language (`app/timeline_words.py`)."""

    kind: EntryKind
    key: str  # among the entries of its campaign this one alone has it, for good
    campaign: Campaign
    row: Row  # what it was made from
    when: dt.datetime | PartialDate
    changed_at: dt.datetime | None = None  # when it was last edited, where that is kept
    title: str = ""
    text: str = ""  # Markdown for an update, plain text otherwise
    url: str = ""  # where it leads outside of this site
    author: str = ""  # an outlet or byline, an organisation, a decision maker; never a member of an organisation
    is_pinned: bool = False


class _Place(NamedTuple):
    """Where an entry stands in the order, and the key of its row."""

    kind: EntryKind
    campaign_id: int
    number: int


def entries(
    campaign_ids: Collection[int] | None,
    *,
    now: dt.datetime,
    limit: int,
    offset: int = 0,
    since: dt.datetime | None = None,
    kinds: Collection[EntryKind] = tuple(EntryKind),
    pinned_first: bool = True,
) -> list[Entry]:
    """What happened around these campaigns (None: around all public ones), the newest first, pinned news before everything.

    At most `limit` entries after the first `offset`, none older than `since`, of these kinds only.
    """
    parts = [part(campaign_ids, now) for kind, part in _PARTS.items() if kind in kinds]
    if not parts or campaign_ids is not None and not campaign_ids:
        return []
    line = union_all(*parts).subquery().c
    order = (line.at.desc(), line.rank.desc(), line.number.desc())
    wanted = select(line.rank, line.campaign_id, line.number).order_by(*order).limit(limit).offset(offset)
    if pinned_first:
        wanted = wanted.order_by(None).order_by(line.pinned.desc(), *order)
    if since is not None:
        wanted = wanted.where(line.at >= int(since.timestamp()))
    ranked = tuple(EntryKind)
    places = [_Place(ranked[rank], campaign, number) for rank, campaign, number in db.session.execute(wanted)]
    campaigns, rows = _campaigns(places), _rows(places)
    return [_entry(place.kind, campaigns[place.campaign_id], rows.get(place)) for place in places]


def _part(kind: EntryKind, campaign: Any, number: Any, at: Any, pinned: ColumnElement[int] | None = None) -> Part:
    """A kind's share of the order: rank, campaign, key, seconds since 1970, whether it is pinned."""
    return select(
        literal(tuple(EntryKind).index(kind), Integer).label("rank"),
        cast(campaign, BigInteger).label("campaign_id"),
        cast(number, BigInteger).label("number"),
        cast(extract("epoch", at), BigInteger).label("at"),
        (literal(0, Integer) if pinned is None else pinned).label("pinned"),
    )


def _within(part: Part, campaign_ids: Collection[int] | None) -> Part:
    if campaign_ids is None:
        return part.where(Campaign.is_listed)
    return part.where(Campaign.id.in_(campaign_ids))


def _news(campaign_ids: Collection[int] | None, _now: dt.datetime) -> Part:
    pinned = case((NewsItem.is_pinned, 1), else_=0)
    part = _part(EntryKind.NEWS, Campaign.id, NewsItem.id, NewsItem.published_on, pinned)
    linked = part.select_from(NewsItem).join(campaign_news, campaign_news.c.news_item_id == NewsItem.id)
    linked = linked.join(Campaign, Campaign.id == campaign_news.c.campaign_id)
    return _within(linked, campaign_ids).where(NewsItem.is_shown)


def _updates(campaign_ids: Collection[int] | None, _now: dt.datetime) -> Part:
    part = _part(EntryKind.UPDATE, Campaign.id, Update.id, Update.published_at).select_from(Update).join(Campaign)
    return _within(part, campaign_ids).where(Update.state == UpdateState.PUBLISHED, Update.removed_at.is_(None))


def _milestones(campaign_ids: Collection[int] | None, _now: dt.datetime) -> Part:
    part = _part(EntryKind.MILESTONE, Campaign.id, Milestone.number, Milestone.reached_at)
    joined = part.select_from(Milestone).join(Campaign, Campaign.id == Milestone.campaign_id)
    return _within(joined, campaign_ids).where(Milestone.kind != MilestoneKind.PASSED)


def _versions(campaign_ids: Collection[int] | None, _now: dt.datetime) -> Part:
    part = _part(EntryKind.VERSION, Campaign.id, TextVersion.number, TextVersion.published_at)
    joined = part.select_from(TextVersion).join(Campaign, Campaign.id == TextVersion.campaign_id)
    return _within(joined, campaign_ids).where(TextVersion.number > 1)


def _paused(campaign_ids: Collection[int] | None, _now: dt.datetime) -> Part:
    """Each stands at its end, since then it is known from when to when; one that lasts, at its beginning."""
    part = _part(EntryKind.PAUSED, Campaign.id, Pause.number, func.coalesce(Pause.ended_at, Pause.paused_at))
    joined = part.select_from(Pause).join(Campaign, Campaign.id == Pause.campaign_id)
    return _within(joined, campaign_ids)


def _delivered(campaign_ids: Collection[int] | None, _now: dt.datetime) -> Part:
    part = (
        _part(EntryKind.DELIVERED, Campaign.id, Delivery.id, Delivery.delivered_on).select_from(Delivery).join(Campaign)
    )
    return _within(part, campaign_ids).where(Delivery.removed_at.is_(None))


def _answered(campaign_ids: Collection[int] | None, _now: dt.datetime) -> Part:
    part = _part(EntryKind.ANSWERED, Campaign.id, Campaign.id, Campaign.response_on)
    return _within(part, campaign_ids).where(Campaign.response != "", Campaign.response_on.is_not(None))


def _ended(campaign_ids: Collection[int] | None, now: dt.datetime) -> Part:
    ended_at = func.coalesce(Campaign.closed_at, Campaign.closes_at)
    part = _part(EntryKind.ENDED, Campaign.id, Campaign.id, ended_at)
    is_over = or_(Campaign.over_at(now), Campaign.state == CampaignState.ARCHIVED)
    return _within(part, campaign_ids).where(is_over, ended_at.is_not(None))


_PARTS = {
    EntryKind.NEWS: _news,
    EntryKind.PAUSED: _paused,
    EntryKind.VERSION: _versions,
    EntryKind.MILESTONE: _milestones,
    EntryKind.UPDATE: _updates,
    EntryKind.DELIVERED: _delivered,
    EntryKind.ANSWERED: _answered,
    EntryKind.ENDED: _ended,
}


def _campaigns(places: list[_Place]) -> dict[int, Campaign]:
    whole = (joinedload(Campaign.organisation), joinedload(Campaign.published_text).defer(TextVersion.text))
    wanted = select(Campaign).where(Campaign.id.in_({place.campaign_id for place in places})).options(*whole)
    return {campaign.id: campaign for campaign in db.session.scalars(wanted)}


def _rows(places: list[_Place]) -> dict[_Place, Row]:
    """What these entries are made from besides their campaigns: one statement for each kind."""
    of = {kind: [place for place in places if place.kind == kind] for kind in EntryKind}
    found: dict[_Place, Row] = {}
    if news := of[EntryKind.NEWS]:
        items = _by_id(NewsItem, news)
        found |= {place: items[place.number] for place in news}
    if posts := of[EntryKind.UPDATE]:
        updates = _by_id(Update, posts)
        found |= {place: updates[place.number] for place in posts}
    if marks := of[EntryKind.MILESTONE]:
        found |= _by_number(EntryKind.MILESTONE, select(Milestone), Milestone, marks)
    if handed := of[EntryKind.DELIVERED]:
        deliveries = _by_id(Delivery, handed, joinedload(Delivery.manifest))
        found |= {place: deliveries[place.number] for place in handed}
    if stops := of[EntryKind.PAUSED]:
        found |= _by_number(EntryKind.PAUSED, select(Pause), Pause, stops)
    if wordings := of[EntryKind.VERSION]:
        without_text = select(TextVersion).options(defer(TextVersion.text))
        found |= _by_number(EntryKind.VERSION, without_text, TextVersion, wordings)
    return found


def _by_id(model: Any, places: list[_Place], *options: ExecutableOption) -> dict[int, Row]:
    wanted = select(model).where(model.id.in_({place.number for place in places})).options(*options)
    return {row.id: row for row in db.session.scalars(wanted)}


def _by_number(kind: EntryKind, rows: Select[Any], model: Any, places: list[_Place]) -> dict[_Place, Row]:
    wanted = rows.where(tuple_(model.campaign_id, model.number).in_([place[1:] for place in places]))
    return {_Place(kind, row.campaign_id, row.number): row for row in db.session.scalars(wanted)}


def _entry(kind: EntryKind, campaign: Campaign, row: Row | None) -> Entry:
    said = _of_row(row) if row is not None else _of_campaign(kind, campaign)
    by = {} if isinstance(row, NewsItem | Milestone) else {"author": campaign.organisation.name}
    return Entry(**{"kind": kind, "campaign": campaign, "row": row or campaign, **by, **said})


def _of_row(row: Row) -> dict[str, Any]:
    match row:
        case NewsItem():
            return {
                "key": f"news-{row.public_id}",
                "when": row.date,
                "changed_at": row.edited_at or row.created_at,
                "title": row.title,
                "text": row.excerpt,
                "url": row.url,
                "author": row.byline or row.outlet,
                "is_pinned": row.is_pinned,
            }
        case Update():
            key = f"update-{row.public_id}"
            return {
                "key": key,
                "when": row.published_at,
                "changed_at": row.edited_at,
                "title": row.title,
                "text": row.text,
            }
        case Delivery():
            when = PartialDate(row.delivered_on, Precision.DAY)
            return {"key": row.key, "when": when, "changed_at": row.corrected_at, "text": row.public_note}
        case Milestone():
            return {"key": f"milestone-{row.number}", "when": row.reached_at}
        case Pause():
            return {"key": f"pause-{row.number}", "when": row.ended_at or row.paused_at}
        case TextVersion():
            return {"key": f"version-{row.number}", "when": row.published_at, "text": row.reason}
    raise AssertionError(row)


def _of_campaign(kind: EntryKind, campaign: Campaign) -> dict[str, Any]:
    if kind == EntryKind.ANSWERED:
        assert campaign.response_on
        return {
            "key": "answered",
            "when": PartialDate(campaign.response_on, Precision.DAY),
            "text": campaign.response,
            "url": campaign.response_url,
            "author": campaign.response_by,
        }
    assert campaign.ended_at
    key = f"ended-{campaign.ended_at:%Y%m%dT%H%M%S}"  # it can be opened again, and end a second time
    return {"key": key, "when": campaign.ended_at, "text": campaign.outcome_text}
