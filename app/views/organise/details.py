"""The desk: who is asked, the target, the dates, the address."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock, pages
from app.domain import campaigns, deadlines
from app.domain.refused import EditedMeanwhile, Refused
from app.domain.rights import Right
from app.forms.organise import AddressForm, DecisionMakersForm, FrameForm
from app.models import Campaign, CampaignState
from app.views import access
from app.views.access import needs
from app.views.organise import bp, saved


@bp.get("/<organisation>/campaigns/<slug>/decision-makers")
@needs(Right.EDIT)
def edit_decision_makers(organisation: str, slug: str) -> str:
    """The people and bodies who can say yes, in their order."""
    campaign = access.campaign(slug)
    return _makers_page(campaign, [maker.name for maker in campaign.decision_makers])


@bp.post("/<organisation>/campaigns/<slug>/decision-makers")
@needs(Right.EDIT)
def save_decision_makers(organisation: str, slug: str) -> ResponseReturnValue:
    """Every button saves: add, remove, up, down."""
    campaign = access.campaign(slug)
    form = DecisionMakersForm(request.form.getlist("name"))
    names = _changed(list(form.names), request.form.get("do", ""))
    problem = form.problem()
    if problem:
        return _makers_page(campaign, form.names, problem), 422
    try:
        campaigns.set_decision_makers(campaign, names, before=request.form.getlist("before"), now=clock.now())
    except Refused as refused:
        meanwhile = isinstance(refused, EditedMeanwhile)
        return _makers_page(campaign, form.names, refused.sentence, meanwhile=meanwhile), refused.status
    return saved(campaign, "decision_makers", "name-new" if request.form.get("do") == "add" else None)


def _changed(names: list[str], do: str) -> list[str]:
    """The names after a button: `remove-2`, `up-2`, `down-2`, counted from 0; anything else leaves them."""
    what, _dash, place = do.partition("-")
    if not (place.isascii() and place.isdigit() and int(place[:4]) < len(names)):
        return names
    here = int(place)
    there = {"up": here - 1, "down": here + 1}.get(what)
    if what == "remove":
        del names[here]
    elif there is not None and 0 <= there < len(names):
        names[here], names[there] = names[there], names[here]
    return names


def _makers_page(campaign: Campaign, names: list[str], problem: str = "", *, meanwhile: bool = False) -> str:
    return render_template(
        "organise/edit_decision_makers.html",
        campaign=campaign,
        names=[name for name in names if name],
        problem=problem,
        meanwhile=meanwhile,
        most=campaigns.DECISION_MAKERS,
    )


@bp.get("/<organisation>/campaigns/<slug>/target")
@needs(Right.EDIT)
def edit_frame(organisation: str, slug: str) -> str:
    """Target, closing date, language."""
    campaign = access.campaign(slug)
    return _frame_page(campaign, FrameForm(campaign), AddressForm(formdata=None, slug=campaign.slug))


@bp.post("/<organisation>/campaigns/<slug>/target")
@needs(Right.EDIT)
def save_frame(organisation: str, slug: str) -> ResponseReturnValue:
    """They are saved."""
    campaign = access.campaign(slug)
    form = FrameForm(campaign)
    address = AddressForm(formdata=None, slug=campaign.slug)
    if not form.validate():
        return _frame_page(campaign, form, address), 422
    is_closed = campaign.state in {CampaignState.CLOSED, CampaignState.ARCHIVED}
    day = form.closes_on.day
    try:
        campaigns.set_frame(
            campaign,
            target=form.target,
            target_reason=form.target_reason.data or "",
            closes_at=campaign.closes_at if is_closed else deadlines.end_of(day, form.zone.data) if day else None,
            zone=campaign.closes_zone if is_closed else form.zone.data,
            locale=form.locale.data,
            seen=form.seen.data or None,
            now=clock.now(),
        )
    except EditedMeanwhile as refused:
        stored = FrameForm(campaign, formdata=None)
        stored.target_reason.data = form.target_reason.data  # it is said once, and stored nowhere that a form shows
        form.refuse_for(refused.sentence, stored)
        return _frame_page(campaign, form, address), refused.status
    except Refused as refused:
        form.closes_on.errors = [refused.sentence]
        return _frame_page(campaign, form, address), refused.status
    return saved(campaign, "frame")


@bp.post("/<organisation>/campaigns/<slug>/address")
@needs(Right.EDIT)
def save_address(organisation: str, slug: str) -> ResponseReturnValue:
    """The campaign moves to another address; earlier ones lead there."""
    campaign = access.campaign(slug)
    form = AddressForm()
    if not form.validate():
        return _frame_page(campaign, FrameForm(campaign, formdata=None), form), 422
    try:
        campaigns.move(campaign, form.slug.data or "", now=clock.now())
    except Refused as refused:
        form.slug.errors = [refused.sentence]
        return _frame_page(campaign, FrameForm(campaign, formdata=None), form), refused.status
    pages.forget()
    flash(_("The address is changed. The earlier one leads to it."))
    return redirect(url_for(".edit_frame", organisation=organisation, slug=campaign.slug), 303)


def _frame_page(campaign: Campaign, form: FrameForm, address: AddressForm) -> str:
    return render_template("organise/edit_frame.html", campaign=campaign, form=form, address=address)
