"""Days in a campaign's zone: when one begins, and that a campaign closes at the end of one."""

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


def start_of(day: dt.date, zone: str) -> dt.datetime:
    """The moment at which `day` begins in `zone`, in UTC; right on days when the clocks change, too."""
    return dt.datetime.combine(day, dt.time(), ZoneInfo(zone)).astimezone(dt.UTC)


def moment_of(day: dt.date, time: dt.time, zone: str) -> dt.datetime:
    """The moment at which clocks in `zone` show this; the first of two where they are put back.

    Raises ValueError for a time that they skip when they are put forward.
    """
    local = dt.datetime.combine(day, time, ZoneInfo(zone))
    moment = local.astimezone(dt.UTC)
    if moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise ValueError("the clocks go forward over this time")
    return moment


def end_of(day: dt.date, zone: str) -> dt.datetime:
    """The moment at which `day` is over in `zone`, in UTC."""
    return start_of(day + dt.timedelta(days=1), zone)


def last_day(closes_at: dt.datetime | None, zone: str) -> dt.date | None:
    """The last day on which a campaign can be signed, in its own zone."""
    return (closes_at - dt.timedelta(seconds=1)).astimezone(ZoneInfo(zone)).date() if closes_at else None
