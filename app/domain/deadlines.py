"""Closing dates: a campaign closes at the end of a day, in a zone that its people know."""

from __future__ import annotations

import datetime as dt
import functools
from zoneinfo import ZoneInfo, available_timezones

LAST_YEAR = 2100


@functools.cache
def zones() -> tuple[str, ...]:
    """Every zone that names a place, and UTC, in the order of the alphabet."""
    places = {
        name for name in available_timezones() if "/" in name and not name.startswith(("Etc/", "SystemV/", "US/"))
    }
    return ("UTC", *sorted(places))


def end_of(day: dt.date, zone: str) -> dt.datetime:
    """The moment at which `day` is over in `zone`, in UTC; right on days when the clocks change, too."""
    midnight = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), ZoneInfo(zone))
    return midnight.astimezone(dt.UTC)


def last_day(closes_at: dt.datetime | None, zone: str) -> dt.date | None:
    """The last day on which a campaign can be signed, in its own zone."""
    return (closes_at - dt.timedelta(seconds=1)).astimezone(ZoneInfo(zone)).date() if closes_at else None
