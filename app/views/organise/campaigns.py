"""The desk: the list of campaigns, and a new one."""

from __future__ import annotations

from flask import current_app, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import clock
from app.domain import campaign_copies, campaign_list, campaigns, transfers
from app.domain.campaigns import Words
from app.domain.rights import Right
from app.extensions import db
from app.forms import values
from app.forms.organise import NewCampaignForm
from app.forms.texts import search_words
from app.views import access
from app.views.access import needs
from app.views.organise import bp


@bp.get("/<organisation>")
@needs(Right.VIEW)
def organisation_desk(organisation: str) -> ResponseReturnValue:
    """The desk of one organisation, by the shortest address that people type."""
    return redirect(url_for(".campaigns", organisation=organisation))


@bp.get("/<organisation>/campaigns", endpoint="campaigns")
@needs(Right.VIEW)
def listed(organisation: str) -> str:
    """The organisation's campaigns with their numbers: all, or those in one state, or those found by a word."""
    now = clock.now()
    state = request.args.get("state", "all")
    state = state if state in campaign_list.STATES else "all"
    words = search_words(request.args.get("q"))
    edge = values.key(request.args.get("after", ""))
    return render_template(
        "organise/campaigns.html",
        page=campaign_list.page(g.organisation.id, state=state, words=words, after=edge, now=now),
        totals=campaign_list.totals(g.organisation.id, now),
        state=state,
        rare=campaign_list.RARE,
        words=words,
        today=now,
        offers=transfers.offered_to(g.organisation.id, now) if access.can(Right.MANAGE) else [],
    )


@bp.get("/<organisation>/campaigns/new")
@needs(Right.EDIT)
def new_campaign(organisation: str) -> str:
    """A page that offers the templates, and asks for the ask alone."""
    return _new_page(NewCampaignForm(locale=current_app.config["LANGUAGES"][0]))


@bp.post("/<organisation>/campaigns/new")
@needs(Right.EDIT)
def create_campaign(organisation: str) -> ResponseReturnValue:
    """The draft is made; the editor opens."""
    form = NewCampaignForm()
    if not form.validate():
        return _new_page(form), 422
    campaign = campaigns.create(
        g.organisation.id,
        Words(ask=form.ask.data or "", summary="", text=""),
        locale=form.locale.data,
        zone=form.read_zone(),
        now=clock.now(),
    )
    return redirect(url_for(".edit_words", organisation=organisation, slug=campaign.slug), 303)


def _new_page(form: NewCampaignForm) -> str:
    templates = db.session.scalars(campaign_copies.templates(g.organisation.id)).all()
    return render_template("organise/new_campaign.html", form=form, templates=templates)
