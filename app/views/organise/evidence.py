"""The desk: reports and news under a campaign."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from app import clock
from app.domain import library
from app.domain import news as news_feed
from app.domain.rights import Right
from app.forms.evidence import EvidenceForm, NewsForm, ReportForm
from app.forms.organise import Confirm
from app.models import Campaign
from app.views import access
from app.views.access import needs
from app.views.organise import bp, saved


@bp.get("/<organisation>/campaigns/<slug>/reports")
@needs(Right.EDIT)
def reports(organisation: str, slug: str) -> str:
    """The publications that back this campaign, the newest first."""
    return render_template("organise/reports.html", campaign=access.campaign(slug))


@bp.get("/<organisation>/campaigns/<slug>/reports/new")
@needs(Right.EDIT)
def new_report(organisation: str, slug: str) -> str:
    """A form for one more."""
    return _report_page(access.campaign(slug), ReportForm())


@bp.post("/<organisation>/campaigns/<slug>/reports/new")
@needs(Right.EDIT)
def add_report(organisation: str, slug: str) -> ResponseReturnValue:
    """It is linked."""
    campaign, form = access.campaign(slug), ReportForm()
    if not form.validate():
        return _report_page(campaign, form), 422
    library.add(campaign.organisation_id, form.read_values(), now=clock.now(), at=campaign)
    return saved(campaign, "reports")


@bp.get("/<organisation>/campaigns/<slug>/reports/<int:number>")
@needs(Right.EDIT)
def edit_report(organisation: str, slug: str, number: int) -> str:
    """What is said of one publication."""
    campaign = access.campaign(slug)
    return _report_page(campaign, ReportForm(obj=library.cited(campaign, number)), number)


@bp.post("/<organisation>/campaigns/<slug>/reports/<int:number>")
@needs(Right.EDIT)
def save_report(organisation: str, slug: str, number: int) -> ResponseReturnValue:
    """It is corrected."""
    campaign, form = access.campaign(slug), ReportForm()
    if not form.validate():
        return _report_page(campaign, form, number), 422
    library.change(library.cited(campaign, number), form.read_values(), now=clock.now())
    return saved(campaign, "reports")


@bp.get("/<organisation>/campaigns/<slug>/reports/<int:number>/remove")
@needs(Right.EDIT)
def ask_remove_report(organisation: str, slug: str, number: int) -> str:
    """A page that asks once more."""
    campaign = access.campaign(slug)
    return _remove_page(campaign, "reports", library.cited(campaign, number).title)


@bp.post("/<organisation>/campaigns/<slug>/reports/<int:number>/remove")
@needs(Right.EDIT)
def remove_report(organisation: str, slug: str, number: int) -> ResponseReturnValue:
    """It is taken off this campaign."""
    campaign = access.campaign(slug)
    library.uncite(campaign, library.cited(campaign, number).id, now=clock.now())
    return saved(campaign, "reports")


@bp.get("/<organisation>/campaigns/<slug>/news")
@needs(Right.EDIT)
def news(organisation: str, slug: str) -> str:
    """The campaign's news feed, the newest first."""
    return render_template("organise/news.html", campaign=access.campaign(slug))


@bp.get("/<organisation>/campaigns/<slug>/news/new")
@needs(Right.EDIT)
def new_news(organisation: str, slug: str) -> str:
    """A form for one more."""
    return _news_page(access.campaign(slug), NewsForm())


@bp.post("/<organisation>/campaigns/<slug>/news/new")
@needs(Right.EDIT)
def add_news(organisation: str, slug: str) -> ResponseReturnValue:
    """It is in the feed."""
    campaign, form = access.campaign(slug), NewsForm()
    if not form.validate():
        return _news_page(campaign, form), 422
    news_feed.add(campaign, form.read_values(), now=clock.now())
    return saved(campaign, "news")


@bp.get("/<organisation>/campaigns/<slug>/news/<int:number>")
@needs(Right.EDIT)
def edit_news(organisation: str, slug: str, number: int) -> str:
    """One news item."""
    campaign = access.campaign(slug)
    return _news_page(campaign, NewsForm(obj=news_feed.listed(campaign, number)), number)


@bp.post("/<organisation>/campaigns/<slug>/news/<int:number>")
@needs(Right.EDIT)
def save_news(organisation: str, slug: str, number: int) -> ResponseReturnValue:
    """It is corrected."""
    campaign, form = access.campaign(slug), NewsForm()
    if not form.validate():
        return _news_page(campaign, form, number), 422
    news_feed.change(news_feed.listed(campaign, number), form.read_values(), now=clock.now())
    return saved(campaign, "news")


@bp.get("/<organisation>/campaigns/<slug>/news/<int:number>/remove")
@needs(Right.EDIT)
def ask_remove_news(organisation: str, slug: str, number: int) -> str:
    """A page that asks once more."""
    campaign = access.campaign(slug)
    return _remove_page(campaign, "news", news_feed.listed(campaign, number).title)


@bp.post("/<organisation>/campaigns/<slug>/news/<int:number>/remove")
@needs(Right.EDIT)
def remove_news(organisation: str, slug: str, number: int) -> ResponseReturnValue:
    """It is taken out of the feed."""
    campaign = access.campaign(slug)
    news_feed.remove(news_feed.listed(campaign, number), now=clock.now())
    return saved(campaign, "news")


def _report_page(campaign: Campaign, form: EvidenceForm, number: int | None = None) -> str:
    return render_template("organise/edit_report.html", campaign=campaign, form=form, number=number)


def _news_page(campaign: Campaign, form: EvidenceForm, number: int | None = None) -> str:
    return render_template("organise/edit_news.html", campaign=campaign, form=form, number=number)


def _remove_page(campaign: Campaign, part: str, title: str) -> str:
    return render_template("organise/remove_evidence.html", campaign=campaign, part=part, title=title, form=Confirm())
