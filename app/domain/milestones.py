"""Milestones: which counts of a campaign are worth marking, and marking them once (SIG-12).

The rule: the target; half of it, from a target of 20 on; and the round numbers 100, 250, 500, 1,000, 2,500 and so on, without those
under a fiftieth of the target (too many marks say nothing) and those within a tenth of the target or of its half (two marks for
one thing). The target itself never moves by any of this.

Nothing of it happens while somebody signs. A job looks at the counts every minute, and the database takes each number once.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite

from app.domain import counts, dialects, notices
from app.domain.notices import Key
from app.domain.rights import Right
from app.domain.transactions import unit_of_work
from app.extensions import db
from app.models import (
    Campaign,
    CampaignTally,
    MailKind,
    Milestone,
    MilestoneKind,
    Signature,
    SignatureState,
    TargetChange,
)
from app.models.types import table_of

SMALLEST_HALVED = 20
FIRST_ROUND, STEPS = 100, (100, 250, 500)
FEWEST_OF_TARGET, TOO_NEAR = 50, 10  # a fiftieth, a tenth
LOOK_SECONDS = 60
NEWS_FOR = dt.timedelta(days=1)


def ladder(target: int, count: int) -> dict[int, MilestoneKind]:
    """The numbers worth marking up to this count, from below."""
    found = {number: MilestoneKind.ROUND for number in _rounds(count) if number * FEWEST_OF_TARGET >= target}
    named = {target: MilestoneKind.TARGET}
    if target >= SMALLEST_HALVED:
        named[(target + 1) // 2] = MilestoneKind.HALFWAY
    for mark in named:
        found = {number: kind for number, kind in found.items() if abs(number - mark) * TOO_NEAR > mark}
    return {number: kind for number, kind in sorted((found | named).items()) if number <= count}


def _rounds(count: int) -> Iterator[int]:
    factor = 1
    while FIRST_ROUND * factor <= count:
        yield from (step * factor for step in STEPS if step * factor <= count)
        factor *= 10


def due() -> list[int]:
    """The public campaigns whose count has reached a number that is not marked, by two queries however many there are."""
    counted = (
        select(Campaign.id, Campaign.signature_target, func.sum(CampaignTally.confirmed_count))
        .join(CampaignTally, CampaignTally.campaign_id == Campaign.id)
        .where(Campaign.is_public)
        .group_by(Campaign.id, Campaign.signature_target)
        .order_by(Campaign.id)
    )
    marked: dict[int, set[int]] = {}
    for campaign_id, number in db.session.execute(select(Milestone.campaign_id, Milestone.number)):
        marked.setdefault(campaign_id, set()).add(number)
    return [
        campaign_id
        for campaign_id, target, count in db.session.execute(counted)
        if ladder(target, count).keys() - marked.get(campaign_id, set())
    ]


@unit_of_work
def mark(campaign_id: int, *, now: dt.datetime, key: Key | None = None) -> int:
    """Record what a campaign's count has reached for the first time. Returns how many numbers; twice, or at once, is once.

    Its organisers are told by mail of the highest of them; `key` makes a mailbox's fingerprint, and without it nobody is told.
    """
    dialects.allow_seconds(LOOK_SECONDS)
    campaign = db.session.get(Campaign, campaign_id)
    if campaign is None:
        return 0  # it is gone
    marked = _insert(rows) if (rows := _reached(campaign, now)) else []
    if key is not None:
        _tell_highest(campaign, marked, key, now)
    return len(marked)


def _reached(campaign: Campaign, now: dt.datetime) -> list[dict[str, Any]]:
    """The rows of what is not marked yet."""
    campaign_id, target = campaign.id, campaign.signature_target
    count = counts.of(campaign_id)
    marked = set(db.session.scalars(select(Milestone.number).where(Milestone.campaign_id == campaign_id)))
    moved_at = db.session.scalar(
        select(func.max(TargetChange.changed_at)).where(TargetChange.campaign_id == campaign_id)
    )
    rows = []
    for number, kind in ladder(target, count).items():
        if number not in marked:
            reached_at = _reached_at(campaign_id, count - number) or now
            behind = moved_at is not None and reached_at < moved_at
            rows.append(
                {
                    "campaign_id": campaign_id,
                    "number": number,
                    "kind": _seen_later(number, kind) if behind else kind,
                    "target": target,
                    "reached_at": reached_at,
                }
            )
    return rows


def _tell_highest(campaign: Campaign, marked: list[Milestone], key: Key, now: dt.datetime) -> None:
    """One mail, however many numbers were reached at once; none of what was passed silently or is no news, as after an upgrade."""
    news = [row for row in marked if row.kind != MilestoneKind.PASSED and now - row.reached_at <= NEWS_FOR]
    if news:
        highest = max(news, key=lambda row: row.number)
        people = notices.members_with(Right.EDIT, campaign.organisation_id)
        notices._tell(MailKind.MILESTONE, people, campaign, key, now, milestone_id=highest.id)


def _reached_at(campaign_id: int, newer: int) -> dt.datetime | None:
    """When the signature was confirmed that has so many newer ones; nothing where so many were taken back meanwhile."""
    confirmed = (Signature.campaign_id == campaign_id, Signature.state == SignatureState.CONFIRMED)
    newest = select(Signature.confirmed_at).where(*confirmed).order_by(Signature.confirmed_at.desc())
    return db.session.scalar(newest.offset(newer).limit(1))


def _seen_later(number: int, kind: MilestoneKind) -> MilestoneKind:
    """What a number is that was reached before the present target was set: nobody passed half of it, or it, on that day."""
    if kind == MilestoneKind.ROUND or number in _rounds(number):
        return MilestoneKind.ROUND
    return MilestoneKind.PASSED


def _insert(rows: list[dict[str, Any]]) -> list[Milestone]:
    """Those of them that nobody else marked meanwhile."""
    dialect = postgresql if db.engine.dialect.name == "postgresql" else sqlite
    once = dialect.insert(table_of(Milestone)).on_conflict_do_nothing(index_elements=["campaign_id", "number"])
    ids = db.session.scalars(once.values(rows).returning(table_of(Milestone).c.id)).all()
    return list(db.session.scalars(select(Milestone).where(Milestone.id.in_(ids))))
