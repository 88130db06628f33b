"""The desk: pause a campaign and resume it, archive it and bring it back."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.domain import campaign_life
from app.domain.refused import Refused
from app.domain.rights import Right
from app.forms.campaign_life import PauseForm
from app.forms.organise import Confirm
from app.models import Campaign, CampaignState
from app.views import access
from app.views.access import needs
from app.views.organise import bp, done


@bp.get("/<organisation>/campaigns/<slug>/pause")
@needs(Right.EDIT)
def pause(organisation: str, slug: str) -> str:
    """A page that asks why."""
    campaign = access.campaign(slug)
    return _pause_page(campaign, PauseForm(reason=campaign.pause_reason))


@bp.post("/<organisation>/campaigns/<slug>/pause")
@needs(Right.EDIT)
def pause_now(organisation: str, slug: str) -> ResponseReturnValue:
    """Nobody can sign for now, and the page says why; of one that is paused, it says it with other words."""
    campaign, form = access.campaign(slug), PauseForm()
    if not form.validate():
        return _pause_page(campaign, form), 422
    is_paused = campaign.state == CampaignState.PAUSED
    act = campaign_life.explain if is_paused else campaign_life.pause
    try:
        act(campaign, reason=form.reason.data or "", now=clock.now())
    except Refused as refused:
        form.reason.errors = [refused.sentence]
        return _pause_page(campaign, form), refused.status
    return done(campaign, _("Saved.") if is_paused else _("Paused. The page says why, and nobody can sign."))


def _pause_page(campaign: Campaign, form: PauseForm) -> str:
    return render_template("organise/pause.html", campaign=campaign, form=form)


@bp.get("/<organisation>/campaigns/<slug>/resume")
@needs(Right.EDIT)
def resume(organisation: str, slug: str) -> str:
    """A page that says until when people can sign then, and one button."""
    return render_template("organise/resume.html", campaign=access.campaign(slug), form=Confirm())


@bp.post("/<organisation>/campaigns/<slug>/resume")
@needs(Right.EDIT)
def resume_now(organisation: str, slug: str) -> ResponseReturnValue:
    """People can sign again."""
    campaign = access.campaign(slug)
    try:
        campaign_life.resume(campaign, now=clock.now())
    except Refused as refused:
        page = render_template("organise/resume.html", campaign=campaign, form=Confirm(), sentence=refused.sentence)
        return page, refused.status
    return done(campaign, _("Open again. Everybody can sign."))


@bp.get("/<organisation>/campaigns/<slug>/archive")
@needs(Right.EDIT)
def archive(organisation: str, slug: str) -> str:
    """A page that says what becomes of it, and one button."""
    return render_template("organise/archive.html", campaign=access.campaign(slug), form=Confirm())


@bp.post("/<organisation>/campaigns/<slug>/archive")
@needs(Right.EDIT)
def archive_now(organisation: str, slug: str) -> ResponseReturnValue:
    """It is out of every list; its page stays."""
    campaign = access.campaign(slug)
    campaign_life.archive(campaign, now=clock.now())
    return done(campaign, _("Archived. The page stays at its address."))


@bp.post("/<organisation>/campaigns/<slug>/bring-back")
@needs(Right.EDIT)
def bring_back(organisation: str, slug: str) -> ResponseReturnValue:
    """It stands in the lists again, closed as it was."""
    campaign = access.campaign(slug)
    campaign_life.bring_back(campaign, now=clock.now())
    return done(campaign, _("Brought back. It stands among the closed campaigns again."))
