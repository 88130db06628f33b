"""What the count is made of, as anybody may read it: confirmations by mail, and each change that is not a signature.

The lines add up to the count at any moment, since each is written in the transaction of what it tells of. Nobody can be read
off them: withdrawals stand by months, and those of the running month are inside of the first number; an act on fewer than
`SMALL` signatures tells its day and the change, and nothing else. The line of a batch from elsewhere says how many count because of
it: who of them signs here as well, and confirms, is a confirmation from then on.
"""

from __future__ import annotations

import datetime as dt
import secrets
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite

from app.domain import counts
from app.domain.counts import Count
from app.extensions import db
from app.models import (
    Account,
    ActKind,
    ActReason,
    ActState,
    Campaign,
    Milestone,
    SignerAct,
    TargetChange,
    WithdrawalTally,
)
from app.models.types import table_of

SMALL = 5
MOST_LINES = 200  # older ones are summed up


@dataclass(frozen=True)
class Line:
    """An act that changed the count. Without a reason where it was on so few that it would point at them."""

    on: dt.date
    delta: int
    kind: ActKind
    reason: ActReason | None
    words: str


@dataclass(frozen=True)
class Ledger:
    """A campaign's numbers: `confirmed`, plus all lines and `earlier`, minus all withdrawals, is the whole `count`."""

    count: Count
    confirmed: int
    withdrawn: tuple[tuple[dt.date, int], ...]  # by month, the newest first
    lines: tuple[Line, ...]  # the newest first
    earlier: int  # the change by acts that are too old to be listed one by one
    target_changes: tuple[TargetChange, ...]
    milestones: tuple[Milestone, ...]

    @property
    def taken_back(self) -> int:
        """How many were taken back in the months that are over."""
        return sum(number for _month, number in self.withdrawn)

    @property
    def by_acts(self) -> int:
        """How acts changed the count in all."""
        return sum(line.delta for line in self.lines) + self.earlier


def of(campaign: Campaign, now: dt.datetime) -> Ledger:
    """The numbers of a campaign now, by five statements however much happened."""
    months = _months(campaign, now)
    acts, earlier = _acts(campaign.id)
    count = counts.parts(campaign.id)
    by_acts = sum(act.delta for act in acts) + earlier
    changes = select(TargetChange).where(TargetChange.campaign_id == campaign.id)
    return Ledger(
        count=count,
        confirmed=count.total - by_acts + sum(number for _month, number in months),
        withdrawn=months,
        lines=tuple(_line(act, campaign.closes_zone) for act in acts),
        earlier=earlier,
        target_changes=tuple(db.session.scalars(changes.order_by(TargetChange.changed_at.desc()))),
        milestones=tuple(db.session.scalars(Milestone.public(campaign.id))),
    )


def _acts(campaign_id: int) -> tuple[list[SignerAct], int]:
    changing = SignerAct.of_campaign(campaign_id).where(SignerAct.delta != 0)
    acts = list(db.session.scalars(changing.limit(MOST_LINES)))
    if len(acts) < MOST_LINES:
        return acts, 0
    older = select(func.sum(SignerAct.delta)).where(SignerAct.campaign_id == campaign_id, SignerAct.id < acts[-1].id)
    return acts, db.session.scalar(older) or 0


def _line(act: SignerAct, zone: str) -> Line:
    is_batch = act.kind in {ActKind.IMPORT, ActKind.TAKE_BACK}  # of which the reason says nothing about anybody
    is_small = abs(act.delta) < SMALL and not is_batch
    return Line(
        on=act.started_at.astimezone(ZoneInfo(zone)).date(),
        delta=act.delta,
        kind=act.kind,
        reason=None if is_small else act.reason,
        words="" if is_small else act.public_words,
    )


def _months(campaign: Campaign, now: dt.datetime) -> tuple[tuple[dt.date, int], ...]:
    """Withdrawals in each month that is over."""
    of_campaign = (WithdrawalTally.campaign_id == campaign.id, WithdrawalTally.month < _month(campaign, now))
    found = select(WithdrawalTally.month, WithdrawalTally.withdrawn_count).where(*of_campaign)
    return tuple((month, number) for month, number in db.session.execute(found.order_by(WithdrawalTally.month.desc())))


def _month(campaign: Campaign, now: dt.datetime) -> dt.date:
    return now.astimezone(ZoneInfo(campaign.closes_zone)).date().replace(day=1)


def _withdrawn(campaign: Campaign, now: dt.datetime) -> None:
    """A counted signature was taken back by its signer: one more in this month."""
    tally = table_of(WithdrawalTally)
    upsert = (postgresql if db.engine.dialect.name == "postgresql" else sqlite).insert(tally)
    first = upsert.values(campaign_id=campaign.id, month=_month(campaign, now), withdrawn_count=1)
    again = {"withdrawn_count": tally.c.withdrawn_count + 1}
    db.session.execute(first.on_conflict_do_update(index_elements=["campaign_id", "month"], set_=again))


def _enter(
    campaign_id: int, kind: ActKind, reason: ActReason, *, by: Account, now: dt.datetime, **more: Any
) -> SignerAct:
    """A line for an act that is done at once, in the caller's transaction; `more` says how many it is about."""
    act = SignerAct(
        public_id=secrets.token_urlsafe(16),
        campaign_id=campaign_id,
        account_id=by.id,
        done_by=by.name,
        kind=kind,
        reason=reason,
        choice={},
        state=ActState.DONE,
        until_id=0,
        started_at=now,
        finished_at=now,
        **{"expected_count": 0, **more},
    )
    db.session.add(act)
    db.session.flush()
    return act
