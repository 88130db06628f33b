"""The desk: the numbers of one campaign and of all, over any period, each table also as a file."""

from __future__ import annotations

import datetime as dt
import functools
from typing import Any

from flask import Response, current_app, g, render_template, request, url_for

from app import charts, clock, line_chart, number_tables, periods, templating
from app.domain import funnel
from app.domain import numbers as figures
from app.domain.refused import NotFound
from app.domain.rights import Right
from app.models import Campaign
from app.number_tables import Table
from app.periods import Asked
from app.views import access
from app.views.access import needs
from app.views.organise import bp

SHOWN_ROWS, SPARKS = 8, 50


@bp.get("/<organisation>/campaigns/<slug>/numbers")
@needs(Right.NUMBERS)
def numbers(organisation: str, slug: str) -> str:
    """One campaign over a period: when people signed, where they live, where they came from."""
    campaign, now = access.campaign(slug), clock.now()
    asked = periods.read(request.args, [campaign], now)
    found, mails = _of_one(campaign, asked, now), funnel.of(campaign, asked.period, now)
    return render_template(
        "organise/numbers.html",
        campaign=campaign,
        heading=None,
        tab="numbers",
        is_open=campaign.is_open(now),
        numbers=found,
        ways=figures.ways(asked.period),
        funnel=mails.whole,
        reads_bounces=bool(current_app.config["MAIL_BOUNCES"]),
        domain_weeks=mails.weeks,
        tables=_tables_of_one(found, mails),
        chart=charts.bars([step.new for step in found.steps], templating.short_number),
        highest=max(found.steps, key=lambda step: step.new, default=None),
        sees_exports=(sees_exports := access.reaches(Right.EXPORT)),
        exports=figures.exports_of(campaign) if sees_exports else None,
        **_shared(asked, now),
    )


@bp.get("/<organisation>/campaigns/<slug>/numbers/<name>.csv")
@needs(Right.NUMBERS)
def numbers_csv(organisation: str, slug: str, name: str) -> Response:
    """One table of a campaign's numbers as a file."""
    campaign, now = access.campaign(slug), clock.now()
    asked = periods.read(request.args, [campaign], now)
    tables = _tables_of_one(_of_one(campaign, asked, now), funnel.of(campaign, asked.period, now))
    return _file(tables, name, campaign.slug, asked)


def _of_one(campaign: Campaign, asked: Asked, now: dt.datetime) -> figures.Numbers:
    ways = figures.ways(asked.period)
    by = request.args.get("by", "")
    return figures.of(campaign, asked.period, by if by in ways else ways[0], now)


def _tables_of_one(found: figures.Numbers, mails: funnel.Funnel) -> dict[str, Table]:
    tables = (
        number_tables.steps(found),
        number_tables.countries(found.countries),
        number_tables.channels(found.channels),
        number_tables.funnel_days(mails),
        number_tables.funnel_domains(mails),
        number_tables.asked_again(mails),
    )
    return {table.name: table for table in tables}


@bp.get("/<organisation>/numbers")
@needs(Right.NUMBERS)
def all_numbers(organisation: str) -> str:
    """All campaigns over a period, against the period before, and some of them side by side."""
    now, campaigns = clock.now(), figures.campaigns_of(g.organisation.id)
    asked = periods.read(request.args, campaigns, now)
    found = figures.of_all(campaigns, asked.period)
    compared, aligned = _compared(campaigns, found), request.args.get("align") == "start"
    beside = figures.compare(compared, asked.period, aligned=aligned, now=now) if len(compared) > 1 else []
    return render_template(
        "organise/all_numbers.html",
        numbers=found,
        campaigns=campaigns,
        compared=compared,
        aligned=aligned,
        beside=beside,
        lines=line_chart.draw([one.totals for one in beside], templating.short_number),
        letters=line_chart.LETTERS,
        tables=_tables_of_all(found, beside, asked, aligned),
        chart=charts.bars(found.days, templating.short_number),
        spark=charts.spark,
        sparks=SPARKS,
        **_shared(asked, now),
    )


@bp.get("/<organisation>/numbers/<name>.csv")
@needs(Right.NUMBERS)
def all_numbers_csv(organisation: str, name: str) -> Response:
    """One table of the numbers over all campaigns as a file."""
    now, campaigns = clock.now(), figures.campaigns_of(g.organisation.id)
    asked = periods.read(request.args, campaigns, now)
    found, aligned = figures.of_all(campaigns, asked.period), request.args.get("align") == "start"
    beside = figures.compare(_compared(campaigns, found), asked.period, aligned=aligned, now=now)
    return _file(_tables_of_all(found, beside, asked, aligned), name, g.organisation.slug, asked)


def _compared(campaigns: list[Campaign], found: figures.AllNumbers) -> list[Campaign]:
    """The campaigns that the address names, in the order of the list; the three strongest where it names none."""
    named = set(request.args.getlist("with"))
    chosen = [campaign for campaign in campaigns if campaign.slug in named]
    return chosen[: figures.MOST_COMPARED] if named else [row.campaign for row in found.rows[:3]]


def _tables_of_all(
    found: figures.AllNumbers, beside: list[figures.Compared], asked: Asked, aligned: bool
) -> dict[str, Table]:
    tables = (
        number_tables.all_days(found),
        number_tables.campaigns(found),
        number_tables.countries(found.countries),
        number_tables.channels(found.channels),
        number_tables.comparison(beside, asked.period, aligned=aligned),
    )
    return {table.name: table for table in tables}


def _shared(asked: Asked, now: dt.datetime) -> dict[str, Any]:
    return {
        "section": "numbers" if request.endpoint == "organise.all_numbers" else "campaigns",
        "asked": asked,
        "link": functools.partial(_link, asked),
        "presets": periods.PRESETS,
        "as_of": now,
        "shown_rows": SHOWN_ROWS,
        "chart_day": templating.bare_day,
        "hour_words": templating.hour,
        "day_words": templating.full_week_day,
        "kept": _kept(),
    }


def _kept() -> dict[str, list[str]]:
    """What else the address asks for, which stays when the period changes."""
    return {name: request.args.getlist(name) for name in ("by", "with", "align") if name in request.args}


def _link(asked: Asked, endpoint: str, **more: str) -> str:
    """The address of another look at the same: with the same period, or with what is said instead."""
    period = {} if "period" in more else asked.arguments()
    return url_for(endpoint, **{**(request.view_args or {}), **_kept(), **period, **more})


def _file(tables: dict[str, Table], name: str, of: str, asked: Asked) -> Response:
    if name not in tables:
        raise NotFound
    response = Response(tables[name].as_csv(), mimetype="text/csv")
    period = f"{asked.period.first.isoformat()}-{asked.period.last.isoformat()}"
    response.headers["Content-Disposition"] = f'attachment; filename="{of}-{name}-{period}.csv"'
    return response
