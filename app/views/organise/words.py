"""How the numbers and lists of signers say channels and moments."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from babel.numbers import format_compact_decimal
from flask_babel import format_datetime, format_decimal, get_locale


def short_moment(value: dt.datetime, zone: str) -> str:
    """A moment in short: 24 Oct 2026, 14:02."""
    return str(format_datetime(value.astimezone(ZoneInfo(zone)), "d MMM y, HH:mm", rebase=False))


def short_number(value: int) -> str:
    """A number beside a chart: 8,000, and from ten thousand on 80K."""
    return format_compact_decimal(value, locale=get_locale() or "en") if value >= 10_000 else str(format_decimal(value))
