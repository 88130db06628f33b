"""The desk's list of campaigns: a fixed number of queries, however many campaigns there are."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, select, tuple_
from sqlalchemy.orm import load_only

from app.domain import counts, deadlines
from app.extensions import db
from app.models import Campaign, CampaignState, DecisionMaker, Signature, SignatureState

PAGE = 50
STATES = ("all", "live", "paused", "drafts", "in_review", "closed", "archived")
# Tabs that stand there only where a campaign is in that state: most organisations never need them.
RARE = ("paused", "in_review", "archived")


@dataclass(frozen=True)
class Row:
    """A campaign with its numbers."""

    campaign: Campaign
    state: CampaignState  # as the clock has it
    signatures: int
    week: int  # confirmed today and on the six days before (UTC)
    pending: int


@dataclass(frozen=True)
class Page:
    """One page of the list. `older` is the campaign after which the next page begins, or None."""

    rows: list[Row]
    older: int | None


def _within(state: str, now: dt.datetime) -> ColumnElement[bool]:
    """All means all that somebody works on: what is archived stands apart, and a template is no campaign."""
    return {
        "live": Campaign.open_at(now),
        "paused": Campaign.is_paused_at(now),
        "drafts": Campaign.state.in_((CampaignState.DRAFT, CampaignState.IN_REVIEW)),
        "in_review": Campaign.state == CampaignState.IN_REVIEW,
        "closed": Campaign.over_at(now),
        "archived": Campaign.state == CampaignState.ARCHIVED,
    }.get(state, Campaign.state.not_in((CampaignState.ARCHIVED, CampaignState.TEMPLATE)))


def totals(organisation_id: int, now: dt.datetime) -> dict[str, int]:
    """How many campaigns there are in each state, and in all."""
    columns = [func.count().filter(_within(state, now)) for state in STATES]
    row = db.session.execute(select(*columns).where(Campaign.organisation_id == organisation_id)).one()
    return dict(zip(STATES, row, strict=True))


def _matching(organisation_id: int, words: str) -> list[int]:
    """Campaigns whose ask or decision makers contain these words. Compared here: SQLite folds the case of ASCII only."""
    found = db.session.execute(
        select(Campaign.id, Campaign.ask, DecisionMaker.name)
        .outerjoin(DecisionMaker)
        .where(Campaign.organisation_id == organisation_id)
    )
    wanted = words.casefold()
    return sorted({id_ for id_, *texts in found if any(wanted in (text or "").casefold() for text in texts)})


def page(organisation_id: int, *, state: str, words: str, after: int | None, now: dt.datetime) -> Page:
    """The campaigns of an organisation, the last edited first."""
    chosen = (
        select(Campaign)
        .options(
            load_only(
                Campaign.slug,
                Campaign.ask,
                Campaign.state,
                Campaign.outcome,
                Campaign.signature_target,
                Campaign.closes_at,
                Campaign.closes_zone,
                Campaign.closed_at,
                Campaign.edited_at,
                Campaign.locale,
                Campaign.copied_from_id,
            )
        )
        .where(Campaign.organisation_id == organisation_id, _within(state, now))
        .order_by(Campaign.edited_at.desc(), Campaign.id.desc())
        .limit(PAGE + 1)
    )
    if words:
        chosen = chosen.where(Campaign.id.in_(_matching(organisation_id, words)))
    if after is not None:
        edge = select(Campaign.edited_at, Campaign.id).where(
            Campaign.id == after, Campaign.organisation_id == organisation_id
        )
        last = db.session.execute(edge).one_or_none()
        if last is not None:
            chosen = chosen.where(tuple_(Campaign.edited_at, Campaign.id) < tuple_(*last))
    found = list(db.session.scalars(chosen))
    return Page(_rows(found[:PAGE], now), found[PAGE - 1].id if len(found) > PAGE else None)


def _rows(found: list[Campaign], now: dt.datetime) -> list[Row]:
    ids = [campaign.id for campaign in found]
    signatures = counts.of_all(ids)
    week = _of_this_week(found, now)
    pending = _counted(ids, Signature.state == SignatureState.PENDING)
    return [
        Row(
            c,
            c.state_at(now),
            signatures[c.id],
            week.get(c.id, 0),
            pending.get(c.id, 0),
        )
        for c in found
    ]


def _of_this_week(found: list[Campaign], now: dt.datetime) -> dict[int, int]:
    """Signatures of today and the six days before it, by the days of each campaign's zone, as its own page counts them."""
    by_zone: dict[str, list[int]] = {}
    for campaign in found:
        by_zone.setdefault(campaign.closes_zone, []).append(campaign.id)
    week: dict[int, int] = {}
    for zone, ids in by_zone.items():
        first = deadlines.start_of(now.astimezone(ZoneInfo(zone)).date() - dt.timedelta(days=6), zone)
        week |= _counted(ids, Signature.state == SignatureState.CONFIRMED, Signature.confirmed_at >= first)
    return week


def _counted(campaign_ids: list[int], *conditions: ColumnElement[bool]) -> dict[int, int]:
    rows = db.session.execute(
        select(Signature.campaign_id, func.count())
        .where(Signature.campaign_id.in_(campaign_ids), *conditions)
        .group_by(Signature.campaign_id)
    )
    return dict(rows.all())
