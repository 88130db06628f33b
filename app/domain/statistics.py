"""A campaign in numbers: how it stands, how it grows, where its signers live and where they came from.

Everything is counted by the database, over an index that holds all that is asked, so it stays quick at a million signatures.
"""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy import Integer, case, column, func, select, values

from app.domain import consents, counts, deadlines
from app.domain.dialects import allow_seconds, seconds_from
from app.extensions import db
from app.models import Campaign, Channel, Signature, SignatureState
from app.models.types import UTC

STATEMENT_SECONDS = 20
DAYS_AS_DAYS = 90  # a longer time is shown by weeks
MOST_DAYS = 3650
DAY = dt.timedelta(days=1)
WEEK = 7


@dataclass(frozen=True)
class Bar:
    """New signatures from `first` on, for a day or a week, and how many there were at its end."""

    first: dt.date
    new: int
    total: int


@dataclass(frozen=True)
class Numbers:
    """What the overview of a campaign shows."""

    states: dict[SignatureState, int]
    confirmed: int
    supporters: int
    days: tuple[Bar, ...]
    this_week: int
    week_before: int
    quick_share: float | None  # of those asked in the last week, who confirmed within a day; None: nobody was asked
    countries: tuple[tuple[str, int], ...]
    channels: tuple[tuple[Channel, int], ...]

    def pending(self) -> int:
        """Signatures whose mailbox has not answered yet."""
        return self.states.get(SignatureState.PENDING, 0)

    def by_weeks(self) -> bool:
        """Whether the time is too long to be shown by days."""
        return len(self.days) > DAYS_AS_DAYS

    def bars(self) -> tuple[Bar, ...]:
        """The days since opening, or the weeks where there are too many days."""
        return weeks(self.days) if self.by_weeks() else self.days


@dataclass(frozen=True)
class Pace:
    """Where a campaign gets if people go on signing as they did in the last seven days."""

    reaches_on: dt.date | None  # the day on which its target is reached; None: not before it closes
    at_end: int  # how many will have signed when it closes; 0 where its target is reached before


def pace(campaign: Campaign, numbers: Numbers, now: dt.datetime) -> Pace | None:
    """The day of the target at this pace, or the count at the end; None where nothing can be said, as without a signature this week."""
    left = campaign.signature_target - numbers.confirmed
    if left <= 0 or not numbers.this_week or not campaign.is_open(now):
        return None
    today = now.astimezone(ZoneInfo(campaign.closes_zone)).date()
    a_day = numbers.this_week / min(WEEK, len(numbers.days))
    days = math.ceil(left / a_day)
    last = deadlines.last_day(campaign.closes_at, campaign.closes_zone)
    if last is not None and days > (last - today).days:
        return Pace(None, numbers.confirmed + int(a_day * (last - today).days))
    return Pace(today + days * DAY, 0) if days <= MOST_DAYS else None


def of(campaign: Campaign, now: dt.datetime) -> Numbers:
    """The campaign's numbers now, in its own zone."""
    allow_seconds(STATEMENT_SECONDS)
    sources = _sources(campaign.id)
    today = now.astimezone(ZoneInfo(campaign.closes_zone)).date()
    confirmed = counts.of(campaign.id)
    days = _days(campaign, confirmed, now)
    by_day = {bar.first: bar.new for bar in days}
    return Numbers(
        states=states(campaign.id),
        confirmed=confirmed,
        supporters=consents.supporters_of(campaign.id),
        days=days,
        this_week=sum(by_day.get(today - n * DAY, 0) for n in range(WEEK)),
        week_before=sum(by_day.get(today - n * DAY, 0) for n in range(WEEK, 2 * WEEK)),
        quick_share=_quick_share(campaign.id, now),
        countries=_summed(sources, 0),
        channels=tuple((Channel(channel), number) for channel, number in _summed(sources, 1)),
    )


def states(campaign_id: int) -> dict[SignatureState, int]:
    """How many signatures stand where."""
    by_state = (
        select(Signature.state, func.count()).where(Signature.campaign_id == campaign_id).group_by(Signature.state)
    )
    return dict(db.session.execute(by_state).all())


def _sources(campaign_id: int) -> list[tuple[str, str, int]]:
    """Confirmed signatures by country and channel together: one walk over the index for both."""
    confirmed = (
        select(Signature.country, Signature.channel, func.count())
        .where(Signature.campaign_id == campaign_id, Signature.state == SignatureState.CONFIRMED)
        .group_by(Signature.country, Signature.channel)
    )
    return [(country, channel, number) for country, channel, number in db.session.execute(confirmed)]


def _summed(sources: list[tuple[str, str, int]], part: int) -> tuple[tuple[str, int], ...]:
    """Most first; equal ones by name, so that the order does not jump between two looks."""
    totals: Counter[str] = Counter()
    for source in sources:
        totals[str(source[part])] += source[2]
    return tuple(sorted(totals.items(), key=lambda entry: (-entry[1], entry[0])))


def _quick_share(campaign_id: int, now: dt.datetime) -> float | None:
    """Of the signatures given between a week and a day ago and still kept, how many were confirmed within a day."""
    since, until = now - WEEK * DAY, now - DAY
    quick = case((seconds_from(Signature.created_at, Signature.confirmed_at) <= DAY.total_seconds(), 1), else_=0)
    given = (Signature.campaign_id == campaign_id) & Signature.created_at.between(since, until)
    confirmed, in_time = db.session.execute(
        select(func.count(), func.coalesce(func.sum(quick), 0)).where(
            given, Signature.state == SignatureState.CONFIRMED, Signature.confirmed_at >= since
        )
    ).one()
    pending = select(func.count()).where(given, Signature.state == SignatureState.PENDING)
    asked = confirmed + (db.session.scalar(pending) or 0)
    return in_time / asked if asked else None


def _days(campaign: Campaign, total: int, now: dt.datetime) -> tuple[Bar, ...]:
    """Every day since opening, in the campaign's zone, with the signatures confirmed on it."""
    counted = (Signature.campaign_id == campaign.id) & (Signature.state == SignatureState.CONFIRMED)
    first_confirmed, last_confirmed = db.session.execute(  # one each, so that both are read off the index's ends
        select(
            select(func.min(Signature.confirmed_at)).where(counted).scalar_subquery(),
            select(func.max(Signature.confirmed_at)).where(counted).scalar_subquery(),
        )
    ).one()
    opened = min(filter(None, (campaign.published_at, first_confirmed)), default=None)
    if opened is None:
        return ()
    ended = campaign.ended_at if campaign.is_over(now) else None
    last = max(filter(None, (ended, last_confirmed))) if ended else now
    zone = ZoneInfo(campaign.closes_zone)
    first_day, last_day = opened.astimezone(zone).date(), min(last, now).astimezone(zone).date()
    number = min(max(1, (last_day - first_day).days + 1), MOST_DAYS)
    days = [last_day - n * DAY for n in reversed(range(number))]
    return _totalled(days, _confirmed_on(campaign.id, days, zone), ends_at=total)


def _confirmed_on(campaign_id: int, days: list[dt.date], zone: ZoneInfo) -> dict[int, int]:
    """How many were confirmed on each day, by the day's place in the list. Midnights are reckoned here: only Python knows
    every zone on both databases."""
    midnights = [deadlines.start_of(day, zone.key) for day in [*days, days[-1] + DAY]]
    spans = (
        values(column("place", Integer), column("begins", UTC), column("ends", UTC))
        .data([(place, midnights[place], midnights[place + 1]) for place in range(len(days))])
        .cte("spans")
    )
    confirmed = (
        select(func.count())
        .where(
            Signature.campaign_id == campaign_id,
            Signature.state == SignatureState.CONFIRMED,
            Signature.confirmed_at >= spans.c.begins,
            Signature.confirmed_at < spans.c.ends,
        )
        .scalar_subquery()
    )
    return dict(db.session.execute(select(spans.c.place, confirmed)).all())


def _totalled(days: list[dt.date], confirmed: dict[int, int], *, ends_at: int) -> tuple[Bar, ...]:
    total = ends_at - sum(confirmed.values())  # what was there before the first day shown
    bars = []
    for place, day in enumerate(days):
        total += confirmed.get(place, 0)
        bars.append(Bar(day, confirmed.get(place, 0), total))
    return tuple(bars)


def weeks(days: tuple[Bar, ...]) -> tuple[Bar, ...]:
    """The days added up by weeks that begin on Monday; the first and the last week may be short."""
    found: list[Bar] = []
    for day in days:
        if found and day.first.weekday() != 0:
            found[-1] = Bar(found[-1].first, found[-1].new + day.new, day.total)
        else:
            found.append(day)
    return tuple(found)
