"""From asking a mailbox to its answer: how many were asked, whose mail was handed over or refused, at how many the link was opened, who
confirmed; by day and mail domain.

The mails of the outbox are counted once each, when they are handed over or given up (`Mail.is_tallied`), by the worker, a minute later.
So it is known what happened also when the mails and the unconfirmed signatures are deleted. What happened stays as it was: whoever
withdraws later has confirmed all the same.

The first look at the page behind a link marks the first mail to that mailbox, and nothing else: no time, no address, not how often. The
worker counts the marks once each (`Mail.is_opened_tallied`), on the day of asking. It tells mails in a spam folder from mails that
were read, no more: programs that look for harm open links, too.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Row, Select, delete, func, select, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import InstrumentedAttribute, aliased

from app.domain.dialects import within
from app.domain.numbers import DAY, Period
from app.domain.transactions import unit_of_work
from app.extensions import db
from app.models import Campaign, FunnelTally, Mail, MailKind, MailState, Signature
from app.models.mails import OPENED_TO_TALLY, TO_TALLY
from app.models.tallies import DOMAIN_LENGTH
from app.models.types import table_of

BATCH = 1000
SMALL = 5  # a domain with fewer can name a person
KEPT_APART = dt.timedelta(days=3)  # after so many days, small domains of a day are put together for good
# Most mails are given up or opened by then; what comes later changes no week that is told.
SETTLED_AFTER = dt.timedelta(days=2)
MOST_DOMAINS = 40
HASTE_SECONDS = 0.5  # a page that is ready does not wait longer for its mark
COUNTS = ("asked", "again", "mailed", "failed", "opened", "confirmed", "confirmed_again")
Key = tuple[int, dt.date, str]


@dataclass(frozen=True)
class Steps:
    """How many mailboxes went how far. `again` are mails beyond the first, `confirmed_again` those who confirmed after one."""

    asked: int = 0
    again: int = 0
    mailed: int = 0
    failed: int = 0
    opened: int = 0
    confirmed: int = 0
    confirmed_again: int = 0

    def __add__(self, other: Steps) -> Steps:
        return Steps(*(getattr(self, name) + getattr(other, name) for name in COUNTS))


@dataclass(frozen=True)
class Funnel:
    """A period: in all and by day; and its whole weeks by mail domain, the one with most asked first; an empty domain is all others."""

    whole: Steps
    days: tuple[tuple[dt.date, Steps], ...]
    weeks: Period | None  # from a Monday to a Sunday; None where the period holds no whole week
    domains: tuple[tuple[str, Steps], ...]


def is_unopened(signature_id: int) -> bool:
    """Whether nobody has looked at the page behind this signature's link yet. Reads only, so a second look writes nothing."""
    return db.session.scalar(select(Mail.id).where(*_unopened(signature_id))) is not None


@unit_of_work
def note_opened(signature_id: int) -> None:
    """Mark the first mail that asked this signature's mailbox: its link was opened. Nothing about the signature or its link changes."""
    with within(HASTE_SECONDS):
        marking = update(Mail).where(*_unopened(signature_id)).values(is_opened=True)
        db.session.execute(marking.execution_options(synchronize_session=False))


def _unopened(signature_id: int) -> tuple[ColumnElement[bool], ...]:
    other = aliased(Mail)
    first = select(func.min(other.id)).where(other.signature_id == signature_id, other.kind == MailKind.CONFIRM)
    return Mail.id == first.scalar_subquery(), ~Mail.is_opened


@unit_of_work
def count_mails() -> int:
    """Count mails that were handed over or given up, one batch. Returns how many; call again while it is not zero."""
    return _count(TO_TALLY, Mail.is_tallied, _counted)


@unit_of_work
def count_opened(now: dt.datetime) -> int:
    """Count the marks of opened links whose mails were counted already, one batch. Returns how many; call again while it is not zero."""
    return _count(OPENED_TO_TALLY, Mail.is_opened_tallied, functools.partial(_opened, now=now))


Found = dict[Key, Counter[str]]


def _count(
    due: str,
    flag: InstrumentedAttribute[bool],
    steps_of: Callable[[Row[Any]], list[str]],
    put: Callable[[Found], None] | None = None,
) -> int:
    """Set the flag of a batch of mails that are due, and add what they say, or put it where it is said."""
    some = select(Mail.id).where(text(due)).limit(BATCH).with_for_update(skip_locked=True).cte("some")
    taken = update(Mail).where(Mail.id.in_(select(some.c.id))).values({flag: True}).returning(Mail.id)
    ids = list(db.session.scalars(taken.execution_options(synchronize_session=False)))
    if ids:
        found: defaultdict[Key, Counter[str]] = defaultdict(Counter)
        for row in db.session.execute(_read(ids)):
            if steps := steps_of(row):
                found[_key(row)].update(steps)
        (put or _add)(found)
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
    columns = (
        *(Mail.kind, Mail.state, Mail.is_opened_tallied, Mail.is_failure_tallied, Mail.created_at),
        *(Mail.campaign_id, Campaign.closes_zone),
    )
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


def _opened(row: Row[Any], now: dt.datetime) -> list[str]:
    is_mailed = row.state == MailState.SENT and not row.is_failure_tallied
    return ["opened"] if is_mailed and not row.before and not _is_told(row, now) else []


def _is_told(row: Row[Any], now: dt.datetime) -> bool:
    """Whether a mail's week may be told by domain, so that its numbers stay: one that grows from one look to the next says what somebody
    did."""
    _campaign, day, _domain = _key(row)
    last = day + (6 - day.weekday()) * DAY + SETTLED_AFTER
    return now.astimezone(ZoneInfo(row.closes_zone)).date() > last


def _add(found: Found) -> None:
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


def last_week(campaign: Campaign, now: dt.datetime) -> Steps:
    """The last seven days of the campaign's zone, with today. Whoever confirmed on them may have been asked before."""
    today = now.astimezone(ZoneInfo(campaign.closes_zone)).date()
    sums = select(*(func.coalesce(func.sum(column), 0) for column in _columns()))
    return Steps(*map(int, db.session.execute(sums.where(*_within(campaign.id, Period(today - 6 * DAY, today)))).one()))


def of(campaign: Campaign, period: Period, now: dt.datetime) -> Funnel:
    """A campaign's funnel over a period, as it stands `now`."""
    campaign_id, today = campaign.id, now.astimezone(ZoneInfo(campaign.closes_zone)).date()
    sums = [func.sum(column) for column in _columns()]
    by_day = select(FunnelTally.day, *sums).where(*_within(campaign_id, period)).group_by(FunnelTally.day)
    found = db.session.execute(by_day.order_by(FunnelTally.day))
    days = tuple((day, Steps(*map(int, numbers))) for day, *numbers in found)
    weeks = _whole_weeks(period, today)
    in_weeks = _sum(steps for day, steps in days if weeks and weeks.first <= day <= weeks.last)
    domains = _domains(campaign_id, weeks, in_weeks) if weeks else ()
    return Funnel(_sum(steps for _day, steps in days), days, weeks, domains)


def _within(campaign_id: int, period: Period) -> tuple[ColumnElement[bool], ...]:
    tally = FunnelTally
    return tally.campaign_id == campaign_id, tally.day >= period.first, tally.day <= period.last


def _whole_weeks(period: Period, today: dt.date) -> Period | None:
    """The weeks from Monday to Sunday that the period holds whole and that are over for two days: their numbers no longer change."""
    first = period.first + (-period.first.weekday() % 7) * DAY
    end = min(period.last + DAY, today - SETTLED_AFTER)
    last = end - (end.weekday() + 1) * DAY
    return Period(first, last) if first <= last else None


def _domains(campaign_id: int, weeks: Period, whole: Steps) -> tuple[tuple[str, Steps], ...]:
    """Each domain's numbers are sums of weeks of which every single one may be told. So no two periods, taken from one another, leave
    fewer people than a week that is told has: what a colleague did on Tuesday is nowhere."""
    columns: tuple[Any, ...] = (FunnelTally.domain, FunnelTally.day, *_columns())
    named = select(*columns).where(*_within(campaign_id, weeks), FunnelTally.domain != "")
    by_week: defaultdict[tuple[str, int], Steps] = defaultdict(Steps)
    for domain, day, *numbers in db.session.execute(named):
        by_week[domain, (day - weeks.first).days // 7] += Steps(*numbers)
    told: defaultdict[str, Steps] = defaultdict(Steps)
    for (domain, _week), steps in by_week.items():
        if (tellable := _tellable(steps)) is not None:
            told[domain] += tellable
    most = sorted(told.items(), key=lambda one: (-one[1].asked, one[0]))[:MOST_DOMAINS]
    named_ones = _sum(steps for _domain, steps in most)
    others = Steps(*(getattr(whole, name) - getattr(named_ones, name) for name in COUNTS))
    return (*most, *([("", others)] if others != Steps() else []))


def _tellable(steps: Steps) -> Steps | None:
    """What may be told of a domain's week. Where a few went no further than one step, these few go to the others: those whose mail failed,
    who did not open it, or looked and did not confirm. Where any other number is as small, all of it does."""
    if _is_few(steps.failed):
        steps = replace(steps, asked=steps.asked - steps.failed, failed=0)
    if _is_few(unopened := steps.mailed - steps.opened):
        steps = replace(steps, asked=steps.asked - unopened, mailed=steps.opened)
    if _is_few(only := steps.opened - steps.confirmed):
        steps = replace(steps, asked=steps.asked - only, mailed=steps.mailed - only, opened=steps.confirmed)
    is_small = any(map(_is_few, (steps.asked, steps.opened, steps.confirmed)))
    return None if is_small or steps.asked == 0 else replace(steps, again=0, confirmed_again=0)


def _is_few(number: int) -> bool:
    """Whether so few could be known by their domain."""
    return 0 < number < SMALL


def _sum(steps: Iterable[Steps]) -> Steps:
    whole = Steps()
    for one in steps:
        whole += one
    return whole
