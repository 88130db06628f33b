"""The period of a page of numbers, as its address says it: so it can be kept, and sent to somebody."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from app.domain.numbers import DAY, MOST_DAYS, Period
from app.forms import values
from app.models import Campaign

PRESETS = {"today": 1, "7": 7, "30": 30, "all": MOST_DAYS}
USUAL = "30"


@dataclass(frozen=True)
class Asked:
    """A period, which of the presets it is, if any, and what was wrong with the days that were written."""

    period: Period
    preset: str
    trouble: str = ""

    def arguments(self) -> dict[str, str]:
        """What an address says of it."""
        if self.preset:
            return {"period": self.preset}
        return {"from": self.period.first.isoformat(), "until": self.period.last.isoformat()}


def read(said: Mapping[str, str], campaigns: list[Campaign], now: dt.datetime) -> Asked:
    """The period that an address asks for; 30 days where it asks for none, or for one that cannot be."""
    zones = [ZoneInfo(campaign.closes_zone) for campaign in campaigns] or [ZoneInfo("UTC")]
    today = max(now.astimezone(zone).date() for zone in zones)
    opened = min(
        (c.published_at.astimezone(ZoneInfo(c.closes_zone)).date() for c in campaigns if c.published_at), default=today
    )
    first, last = said.get("from", "").strip(), said.get("until", "").strip()
    if first or last:
        try:
            begins = values.day(first) if first else opened
            ends = min(values.day(last) if last else today, today)
        except ValueError:
            return _preset(USUAL, today, opened, _("Write both days as 2026-11-22. Shown are the last 30 days."))
        if begins > ends:
            return _preset(USUAL, today, opened, _("The first day is after the last. Shown are the last 30 days."))
        return Asked(Period(max(begins, ends - (MOST_DAYS - 1) * DAY), ends), "")
    return _preset(said.get("period", USUAL), today, opened)


def _preset(name: str, today: dt.date, opened: dt.date, trouble: str = "") -> Asked:
    name = name if name in PRESETS else USUAL
    first = today - (PRESETS[name] - 1) * DAY
    if name == "all":
        first = max(first, min(opened, today))
    return Asked(Period(first, today), name, trouble)
