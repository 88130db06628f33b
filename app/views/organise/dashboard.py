"""The desk: a campaign in numbers."""

from __future__ import annotations

import datetime as dt
import time
from dataclasses import dataclass

from flask import current_app, render_template
from flask_babel import format_date

from app import charts, clock, links
from app.domain import funnel, publication_plans, reviews, signers, statistics
from app.domain.rights import Right
from app.domain.statistics import Bar, Overview
from app.models import Campaign
from app.views import access
from app.views.access import needs
from app.views.organise import bp, words

KEPT_SECONDS = 60
SLOW_SECONDS = 0.5  # numbers that took longer are kept; quick ones are always new
TOP_COUNTRIES, RECENT, LAST_DAYS = 6, 7, 7


@dataclass(frozen=True)
class Kept:
    """Numbers that took long to count, and when that was."""

    numbers: Overview
    as_of: dt.datetime
    until: float


@bp.get("/<organisation>/campaigns/<slug>")
@needs(Right.VIEW)
def overview(organisation: str, slug: str) -> str:
    """How the campaign stands; for whoever may see numbers, how it grows and where signers live and came from; for data officers, who
    signed last."""
    campaign = access.campaign(slug)
    kept = _numbers(campaign)
    bars = kept.numbers.bars()
    return render_template(
        "organise/overview.html",
        section="campaigns",
        tab="overview",
        campaign=campaign,
        numbers=kept.numbers,
        as_of=kept.as_of if kept.until else None,
        chart=charts.bars([bar.new for bar in bars], words.short_number),
        bars=bars,
        chart_day=_chart_day,
        table_day=_table_day,
        week=funnel.last_week(campaign, clock.now()),
        highest=max(bars, key=lambda bar: bar.new, default=None),
        last_days=_newest_first(kept.numbers.days, LAST_DAYS),
        top_countries=TOP_COUNTRIES,
        channel_name=links.channel_heading,
        short_moment=words.short_moment,
        recent=signers.page(campaign.id, size=RECENT).signatures if access.reaches(Right.SEE_SIGNERS) else None,
        is_open=campaign.is_open(clock.now()),
        plan=publication_plans.of(campaign),
        review=reviews.newest(campaign.id),
        pace=statistics.pace(campaign, kept.numbers, clock.now()),
    )


def _numbers(campaign: Campaign) -> Kept:
    """Counted now, or within the last minute where counting takes long."""
    shelf: dict[int, Kept] = current_app.extensions.setdefault("numbers", {})
    kept = shelf.get(campaign.id)
    if kept is not None and time.monotonic() < kept.until:
        return kept
    now, begun = clock.now(), time.monotonic()
    numbers = statistics.of(campaign, now)
    ended = time.monotonic()
    if ended - begun < SLOW_SECONDS:
        shelf.pop(campaign.id, None)
        return Kept(numbers, now, 0)
    shelf[campaign.id] = Kept(numbers, now, ended + KEPT_SECONDS)
    return shelf[campaign.id]


def _newest_first(days: tuple[Bar, ...], number: int) -> list[Bar]:
    return list(reversed(days[-number:]))


def _chart_day(day: dt.date) -> str:
    """24 Oct"""
    return str(format_date(day, "d MMM", rebase=False))


def _table_day(day: dt.date) -> str:
    """Sun 22 Nov"""
    return str(format_date(day, "EEE d MMM", rebase=False))
