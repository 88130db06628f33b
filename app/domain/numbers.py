"""Campaigns in numbers over any period: by hour, day and week, by country and channel, one campaign or many side by side.

Days are days of each campaign's own zone, as on its page. Everything is read from the roll-ups.
"""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from app.domain import counts, deadlines
from app.domain.statistics import Bar, most_first
from app.domain.tally_reading import Tallies
from app.extensions import db
from app.models import Campaign, CampaignState, Export, ExportState, TallyPart

DAY, HOUR = dt.timedelta(days=1), dt.timedelta(hours=1)
MOST_DAYS = 3650
MOST_DAYS_BY_HOURS, MOST_DAYS_BY_DAYS = 4, 120  # more could not be told apart
MOST_COMPARED = 6
MOST_DAYS_COMPARED = 400
Named = tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Period:
    """Days, the first and the last included."""

    first: dt.date
    last: dt.date

    @property
    def length(self) -> int:
        """How many days."""
        return (self.last - self.first).days + 1

    def before(self) -> Period:
        """As many days, just before."""
        return Period(self.first - self.length * DAY, self.first - DAY)

    def days(self) -> list[dt.date]:
        """Each day."""
        return [self.first + n * DAY for n in range(self.length)]

    def bounds(self, zone: str) -> tuple[dt.datetime, dt.datetime]:
        """When it begins and is over in a zone."""
        return deadlines.start_of(self.first, zone), deadlines.end_of(self.last, zone)


@dataclass(frozen=True)
class Step:
    """An hour, a day, or a week: when it begins, in the campaign's zone, the new signatures, and how many there were at its end."""

    begins: dt.datetime
    new: int
    total: int


@dataclass(frozen=True)
class Numbers:
    """What the page of one campaign shows of a period."""

    period: Period
    by: str  # hour, day or week
    new: int
    before: int
    total: int  # now
    steps: tuple[Step, ...]
    countries: Named
    channels: Named
    is_behind: bool  # earlier signatures went or came back, and the roll-ups do not say so yet


def ways(period: Period) -> list[str]:
    """By what a period can be shown, the most fitting first."""
    if period.length <= MOST_DAYS_BY_HOURS:
        return ["hour", "day"]
    return ["day", "week"] if period.length <= MOST_DAYS_BY_DAYS else ["week"]


def of(campaign: Campaign, period: Period, by: str, now: dt.datetime) -> Numbers:
    """One campaign's numbers of a period; `by` is one of its `ways`."""
    tallies, zone = Tallies([campaign.id]), campaign.closes_zone
    begins, ends = period.bounds(zone)
    earlier = period.before().bounds(zone)[0]
    moments = _moments(period, by, zone, now)
    new = tallies.spans(moments)[campaign.id]
    there = tallies.named(TallyPart.WHOLE, None, begins)[campaign.id][""]
    return Numbers(
        period=period,
        by=by,
        new=sum(new),
        before=tallies.named(TallyPart.WHOLE, earlier, begins)[campaign.id][""],
        total=counts.of(campaign.id),
        steps=_steps(moments, new, there, zone),
        countries=most_first(tallies.named(TallyPart.COUNTRY, begins, ends)[campaign.id]),
        channels=most_first(tallies.named(TallyPart.CHANNEL, begins, ends)[campaign.id]),
        is_behind=tallies.are_marked(),
    )


def _moments(period: Period, by: str, zone: str, now: dt.datetime) -> list[dt.datetime]:
    """Where each step begins, and where the last one ends. A day whose clocks change has 23 or 25 hours."""
    begins, ends = period.bounds(zone)
    if by == "hour":  # until the hour that is running now
        number = max(1, math.ceil((min(ends, now) - begins) / HOUR))
        return [min(begins + n * HOUR, ends) for n in range(number + 1)]
    days = [day for day in period.days() if by == "day" or day == period.first or day.weekday() == 0]
    return [*(deadlines.start_of(day, zone) for day in days), ends]


def _steps(moments: Sequence[dt.datetime], new: Sequence[int], total: int, zone: str) -> tuple[Step, ...]:
    steps = []
    for begins, number in zip(moments[:-1], new, strict=True):
        total += number
        steps.append(Step(begins.astimezone(ZoneInfo(zone)), number, total))
    return tuple(steps)


@dataclass(frozen=True)
class Row:
    """One campaign among others: its signatures of the period and of the one before, all of them, and the period day by day."""

    campaign: Campaign
    new: int
    before: int
    total: int
    days: tuple[int, ...]


@dataclass(frozen=True)
class AllNumbers:
    """What the page over all campaigns shows."""

    period: Period
    new: int
    before: int
    total: int
    days: tuple[int, ...]
    countries: Named
    channels: Named
    rows: tuple[Row, ...]  # those with most in the period first
    is_behind: bool

    def steps(self) -> list[Bar]:
        """The days as a chart has them."""
        return [Bar(day, new, 0) for day, new in zip(self.period.days(), self.days, strict=False)]


def campaigns_of(organisation_id: int) -> list[Campaign]:
    """Every campaign that was ever public, the newest first."""
    ours = (Campaign.organisation_id == organisation_id, Campaign.current_version > 0)
    public = select(Campaign).where(*ours, Campaign.state != CampaignState.TEMPLATE)
    return list(db.session.scalars(public.order_by(Campaign.published_at.desc(), Campaign.id.desc())))


def of_all(campaigns: Sequence[Campaign], period: Period) -> AllNumbers:
    """The numbers of many campaigns: a fixed number of statements for each zone among them."""
    tallies = Tallies([campaign.id for campaign in campaigns])
    days: dict[int, list[int]] = {}
    countries: Counter[str] = Counter()
    channels: Counter[str] = Counter()
    before: Counter[int] = Counter()
    for zone, ids in _zones(campaigns).items():
        begins, ends = period.bounds(zone)
        midnights = [*(deadlines.start_of(day, zone) for day in period.days()), ends]
        days |= tallies.spans(midnights, ids)
        for into, part in ((countries, TallyPart.COUNTRY), (channels, TallyPart.CHANNEL)):
            for names in tallies.named(part, begins, ends, ids).values():
                into.update(names)
        earlier = tallies.named(TallyPart.WHOLE, period.before().bounds(zone)[0], begins, ids)
        before.update({number: names[""] for number, names in earlier.items()})
    totals = counts.of_all(list(days))
    rows = [Row(c, sum(days[c.id]), before[c.id], totals[c.id], tuple(days[c.id])) for c in campaigns]
    return AllNumbers(
        period=period,
        new=sum(row.new for row in rows),
        before=before.total(),
        total=sum(totals.values()),
        days=tuple(map(sum, zip(*days.values(), strict=True))),
        countries=most_first(countries),
        channels=most_first(channels),
        rows=tuple(sorted(rows, key=lambda row: -row.new)),
        is_behind=tallies.are_marked(),
    )


def _zones(campaigns: Sequence[Campaign]) -> dict[str, list[int]]:
    zones: defaultdict[str, list[int]] = defaultdict(list)
    for campaign in campaigns:
        zones[campaign.closes_zone].append(campaign.id)
    return zones


@dataclass(frozen=True)
class Compared:
    """One campaign's signatures in all at the end of each day; None before it began and after the present day."""

    campaign: Campaign
    totals: tuple[int | None, ...]


def compare(campaigns: Sequence[Campaign], period: Period, *, aligned: bool, now: dt.datetime) -> list[Compared]:
    """Campaigns side by side: over the same dates, or `aligned`, each from the day of its publication on."""
    tallies, found = Tallies([campaign.id for campaign in campaigns]), []
    for campaign in campaigns:
        zone = campaign.closes_zone
        today, opened = now.astimezone(ZoneInfo(zone)).date(), _opened(campaign, now)
        first = opened if aligned else period.first
        days = [first + n * DAY for n in range(min(period.length, MOST_DAYS_COMPARED))]
        midnights = [*(deadlines.start_of(day, zone) for day in days), deadlines.end_of(days[-1], zone)]
        total = tallies.named(TallyPart.WHOLE, None, midnights[0], [campaign.id])[campaign.id][""]
        totals: list[int | None] = []
        for day, new in zip(days, tallies.spans(midnights, [campaign.id])[campaign.id], strict=True):
            total += new
            totals.append(total if opened <= day <= today else None)
        found.append(Compared(campaign, tuple(totals)))
    return found


@dataclass(frozen=True)
class Taken:
    """How often the signers of a campaign were exported by the organisation that has it, and the last time."""

    number: int
    last: Export


def exports_of(campaign: Campaign) -> Taken | None:
    """The exports that left the house, whole or broken off; None where there is none."""
    left = Export.of_campaign(campaign).where(Export.state.in_([ExportState.FINISHED, ExportState.ABORTED]))
    last = db.session.scalar(left.limit(1))
    if last is None:
        return None
    number = db.session.scalar(select(func.count()).select_from(left.order_by(None).subquery())) or 0
    return Taken(number, last)


def _opened(campaign: Campaign, now: dt.datetime) -> dt.date:
    return (campaign.published_at or now).astimezone(ZoneInfo(campaign.closes_zone)).date()
