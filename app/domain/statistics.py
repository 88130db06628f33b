"""A campaign in numbers: how it stands, how it grows, where its signers live and where they came from.

Signatures come from the roll-ups, so the numbers cost the same for ten million as for ten thousand; only the few that wait, or were
taken out, are counted one by one, over an index.
"""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, select

from app.domain import counts, deadlines
from app.domain.dialects import allow_seconds
from app.domain.tally_reading import Tallies
from app.extensions import db
from app.models import Campaign, Channel, Origin, Signature, SignatureState, TallyPart

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
class Overview:
    """What the overview of a campaign shows."""

    states: dict[SignatureState, int]
    confirmed: int
    supporters: int
    days: tuple[Bar, ...]
    this_week: int
    week_elsewhere: int  # of these, how many came in batches from paper or other platforms
    week_before: int
    brought_back: int  # of the withdrawn, how many came from elsewhere: their batch went, or they asked for it
    countries: tuple[tuple[str, int], ...]
    channels: tuple[tuple[Channel, int], ...]

    def pending(self) -> int:
        """Signatures whose mailbox has not answered yet."""
        return self.states.get(SignatureState.PENDING, 0)

    def taken_back(self) -> int:
        """Signatures that their signers took back themselves."""
        return self.states.get(SignatureState.WITHDRAWN, 0) - self.brought_back

    def by_weeks(self) -> bool:
        """Whether the time is too long to be shown by days."""
        return len(self.days) > DAYS_AS_DAYS

    def bars(self) -> tuple[Bar, ...]:
        """The days since opening, or the weeks where there are too many days."""
        return weeks(self.days) if self.by_weeks() else self.days


@dataclass(frozen=True)
class Pace:
    """Where a campaign gets if people go on signing here as they did in the last seven days. A batch from paper counts, and is no pace."""

    reaches_on: dt.date | None  # the day on which its target is reached; None: not before it closes
    at_end: int  # how many will have signed when it closes; 0 where its target is reached before


def pace(campaign: Campaign, numbers: Overview, now: dt.datetime) -> Pace | None:
    """The day of the target at this pace, or the count at the end; None where nothing can be said, as without a signature this week."""
    left = campaign.signature_target - numbers.confirmed
    one_by_one = numbers.this_week - numbers.week_elsewhere
    if left <= 0 or one_by_one <= 0 or not campaign.is_open(now):
        return None
    today = now.astimezone(ZoneInfo(campaign.closes_zone)).date()
    a_day = one_by_one / min(WEEK, len(numbers.days))
    days = math.ceil(left / a_day)
    last = deadlines.last_day(campaign.closes_at, campaign.closes_zone)
    if last is not None and days > (last - today).days:
        return Pace(None, numbers.confirmed + int(a_day * (last - today).days))
    return Pace(today + days * DAY, 0) if days <= MOST_DAYS else None


def of(campaign: Campaign, now: dt.datetime) -> Overview:
    """The campaign's numbers now, in its own zone."""
    allow_seconds(STATEMENT_SECONDS)
    tallies = Tallies([campaign.id])
    today = now.astimezone(ZoneInfo(campaign.closes_zone)).date()
    parts = counts.parts(campaign.id)
    days = _days(campaign, tallies, parts.total, now)
    by_day, by_state = {bar.first: bar.new for bar in days}, states(campaign.id)
    return Overview(
        states=by_state,
        confirmed=parts.total,
        supporters=tallies.supporters(),
        days=days,
        this_week=sum(by_day.get(today - n * DAY, 0) for n in range(WEEK)),
        week_elsewhere=_elsewhere(campaign, today - (WEEK - 1) * DAY) if parts.is_mixed else 0,
        week_before=sum(by_day.get(today - n * DAY, 0) for n in range(WEEK, 2 * WEEK)),
        brought_back=_brought_back(campaign.id) if by_state.get(SignatureState.WITHDRAWN) else 0,
        countries=most_first(tallies.named(TallyPart.COUNTRY, None, None)[campaign.id]),
        channels=tuple(
            (Channel(name), number)
            for name, number in most_first(tallies.named(TallyPart.CHANNEL, None, None)[campaign.id])
        ),
    )


def states(campaign_id: int) -> dict[SignatureState, int]:
    """How many signatures stand where; of the many confirmed ones the count is kept."""
    others = [state for state in SignatureState if state != SignatureState.CONFIRMED]
    by_state = (
        select(Signature.state, func.count())
        .where(Signature.campaign_id == campaign_id, Signature.state.in_(others))
        .group_by(Signature.state)
    )
    confirmed = counts.of(campaign_id)
    found = dict(db.session.execute(by_state).all())
    return {SignatureState.CONFIRMED: confirmed, **found} if confirmed else found


def _elsewhere(campaign: Campaign, since: dt.date) -> int:
    """How many came in batches since a day of the campaign's zone, and count."""
    came = Signature.confirmed_at >= deadlines.start_of(since, campaign.closes_zone)
    return _from_elsewhere(campaign.id, SignatureState.CONFIRMED, came)


def _brought_back(campaign_id: int) -> int:
    """How many came in batches and went again. Nobody of them has a link to take it back."""
    return _from_elsewhere(campaign_id, SignatureState.WITHDRAWN)


def _from_elsewhere(campaign_id: int, state: SignatureState, *more: ColumnElement[bool]) -> int:
    own = (Signature.campaign_id == campaign_id, Signature.origin != Origin.ONLINE, Signature.state == state)
    return db.session.scalar(select(func.count()).select_from(Signature).where(*own, *more)) or 0


def most_first(totals: Counter[str]) -> tuple[tuple[str, int], ...]:
    """Most first; equal ones by name, so that the order does not jump between two looks."""
    return tuple(sorted(totals.items(), key=lambda entry: (-entry[1], entry[0])))


def _days(campaign: Campaign, tallies: Tallies, total: int, now: dt.datetime) -> tuple[Bar, ...]:
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
    midnights = [deadlines.start_of(day, zone.key) for day in [*days, days[-1] + DAY]]
    return _totalled(days, tallies.spans(midnights)[campaign.id], ends_at=total)


def _totalled(days: list[dt.date], confirmed: list[int], *, ends_at: int) -> tuple[Bar, ...]:
    total = max(0, ends_at - sum(confirmed))  # what was there before the first day shown
    bars = []
    for place, day in enumerate(days):
        total += confirmed[place]
        bars.append(Bar(day, confirmed[place], total))
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
