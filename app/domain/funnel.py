"""From asking a mailbox to its answer: how many were asked, whose mail was handed over or refused, who confirmed; by day and mail domain.

The mails of the outbox are counted once each, when they are handed over or given up (`Mail.is_tallied`), by the worker, a minute later.
So it is known what happened also when the mails and the unconfirmed signatures are deleted. What happened stays as it was: whoever
withdraws later has confirmed all the same. Whether a link was opened is not told: a GET writes nothing here, and mail scanners open most.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Row, Select, delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import aliased

from app.domain.numbers import Period
from app.domain.transactions import unit_of_work
from app.extensions import db
from app.models import Campaign, FunnelTally, Mail, MailKind, MailState, Signature
from app.models.tallies import DOMAIN_LENGTH
from app.models.types import table_of

BATCH = 1000
SMALL = 5  # a domain with fewer can name a person
KEPT_APART = dt.timedelta(days=3)  # after so many days, small domains of a day are put together for good
MOST_DOMAINS = 40
COUNTS = ("asked", "again", "mailed", "failed", "confirmed", "confirmed_again")
Key = tuple[int, dt.date, str]


@dataclass(frozen=True)
class Steps:
    """How many mailboxes went how far. `again` are mails beyond the first, `confirmed_again` those who confirmed after one."""

    asked: int = 0
    again: int = 0
    mailed: int = 0
    failed: int = 0
    confirmed: int = 0
    confirmed_again: int = 0

    def __add__(self, other: Steps) -> Steps:
        return Steps(*(getattr(self, name) + getattr(other, name) for name in COUNTS))


@dataclass(frozen=True)
class Funnel:
    """A period: in all, by day, and by mail domain, the one with most asked first; an empty domain is all others."""

    whole: Steps
    days: tuple[tuple[dt.date, Steps], ...]
    domains: tuple[tuple[str, Steps], ...]


@unit_of_work
def count_mails() -> int:
    """Count mails that were handed over or given up, one batch. Returns how many; call again while it is not zero."""
    over = (Mail.kind.in_((MailKind.CONFIRM, MailKind.THANKS)), Mail.state != MailState.QUEUED, ~Mail.is_tallied)
    some = select(Mail.id).where(*over).limit(BATCH).with_for_update(skip_locked=True).cte("some")
    taken = update(Mail).where(Mail.id.in_(select(some.c.id))).values(is_tallied=True).returning(Mail.id)
    ids = list(db.session.scalars(taken.execution_options(synchronize_session=False)))
    if ids:
        found: defaultdict[Key, Counter[str]] = defaultdict(Counter)
        for row in db.session.execute(_read(ids)):
            found[_key(row)].update(_counted(row))
        _add(found)
    return len(ids)


def _read(ids: Sequence[int]) -> Select[Any]:
    """These mails, with the address, the campaign's zone, and how many mails asked this mailbox before."""
    earlier = aliased(Mail)
    asked_before = (
        select(func.count())
        .where(
            earlier.recipient_key == Mail.recipient_key,
            earlier.campaign_id == Mail.campaign_id,
            earlier.kind == MailKind.CONFIRM,
            earlier.id < Mail.id,
        )
        .correlate(Mail)
        .scalar_subquery()
    )
    address = func.coalesce(Signature.email, Mail.recipient, "").label("address")
    columns = (Mail.kind, Mail.state, Mail.created_at, Mail.campaign_id, Campaign.closes_zone)
    return (
        select(*columns, address, asked_before.label("before"))
        .join(Campaign, Campaign.id == Mail.campaign_id)
        .outerjoin(Signature, Signature.id == Mail.signature_id)
        .where(Mail.id.in_(ids))
    )


def _key(row: Row[Any]) -> Key:
    day = row.created_at.astimezone(ZoneInfo(row.closes_zone)).date()
    return row.campaign_id, day, row.address.rpartition("@")[2].casefold()[:DOMAIN_LENGTH]


def _counted(row: Row[Any]) -> list[str]:
    if row.kind == MailKind.THANKS:
        return ["confirmed", "confirmed_again"] if row.before > 1 else ["confirmed"]
    outcome = "mailed" if row.state == MailState.SENT else "failed"
    return ["again"] if row.before else ["asked", outcome]


def _add(found: dict[Key, Counter[str]]) -> None:
    table = table_of(FunnelTally)
    upsert = (postgresql if db.engine.dialect.name == "postgresql" else sqlite).insert(table)
    sums = {f"{name}_count": table.c[f"{name}_count"] + upsert.excluded[f"{name}_count"] for name in COUNTS}
    adding = upsert.on_conflict_do_update(index_elements=["campaign_id", "day", "domain"], set_=sums)
    rows = [
        {"campaign_id": campaign, "day": day, "domain": domain, **{f"{name}_count": counts[name] for name in COUNTS}}
        for (campaign, day, domain), counts in sorted(found.items())
    ]
    if rows:
        db.session.execute(adding, rows)


@unit_of_work
def put_small_together(campaign_id: int, *, now: dt.datetime) -> int:
    """Forget a campaign's domains that fewer than five were asked at until some days ago, one batch: their numbers go to the others.
    Returns how many; call again while it is not zero."""
    tally, other = FunnelTally, aliased(FunnelTally)
    large = select(other.domain).where(other.campaign_id == campaign_id).group_by(other.domain)
    large = large.having(func.sum(other.asked_count) >= SMALL)
    old = (tally.campaign_id == campaign_id, tally.day < (now - KEPT_APART).date(), tally.domain != "")
    keys = (tally.day, tally.domain)
    some = db.session.execute(select(*keys).where(*old, tally.domain.not_in(large)).order_by(*keys).limit(BATCH)).all()
    found: defaultdict[Key, Counter[str]] = defaultdict(Counter)
    for day, domain in some:
        gone = delete(tally).where(tally.campaign_id == campaign_id, tally.day == day, tally.domain == domain)
        for row in db.session.execute(gone.returning(*_columns()).execution_options(synchronize_session=False)):
            found[campaign_id, day, ""].update(dict(zip(COUNTS, row, strict=True)))
    _add(found)
    return len(some)


def _columns() -> list[ColumnElement[int]]:
    return [getattr(FunnelTally, f"{name}_count") for name in COUNTS]


def of(campaign_id: int, period: Period) -> Funnel:
    """A campaign's funnel over a period; domains that fewer than five were asked at are hidden among the others."""
    within = (
        FunnelTally.campaign_id == campaign_id,
        FunnelTally.day >= period.first,
        FunnelTally.day <= period.last,
    )
    sums = [func.sum(column) for column in _columns()]
    by_day = select(FunnelTally.day, *sums).where(*within).group_by(FunnelTally.day).order_by(FunnelTally.day)
    days = tuple((day, Steps(*map(int, numbers))) for day, *numbers in db.session.execute(by_day))
    asked = func.sum(FunnelTally.asked_count)
    by_domain = select(FunnelTally.domain, *sums).where(*within, FunnelTally.domain != "").group_by(FunnelTally.domain)
    shown = by_domain.having(asked >= SMALL).order_by(asked.desc(), FunnelTally.domain).limit(MOST_DOMAINS)
    domains = [(domain, Steps(*map(int, numbers))) for domain, *numbers in db.session.execute(shown)]
    whole = _sum(steps for _day, steps in days)
    named = _sum(steps for _domain, steps in domains)
    others = Steps(*(getattr(whole, name) - getattr(named, name) for name in COUNTS))
    return Funnel(whole, days, (*domains, *([("", others)] if others != Steps() else [])))


def _sum(steps: Iterable[Steps]) -> Steps:
    whole = Steps()
    for one in steps:
        whole += one
    return whole
