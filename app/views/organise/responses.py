"""The desk: what the decision maker answered."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock, pages
from app.domain import responses
from app.domain.refused import EditedMeanwhile, Refused
from app.domain.rights import Right
from app.forms.responses import ResponseForm
from app.models import Campaign
from app.views import access
from app.views.access import needs
from app.views.organise import bp


@bp.get("/<organisation>/campaigns/<slug>/response")
@needs(Right.EDIT)
def response(organisation: str, slug: str) -> str:
    """What was answered so far."""
    campaign = access.campaign(slug)
    return _page(campaign, ResponseForm(campaign))


@bp.post("/<organisation>/campaigns/<slug>/response")
@needs(Right.EDIT)
def save_response(organisation: str, slug: str) -> ResponseReturnValue:
    """It stands on the page."""
    campaign, form = access.campaign(slug), ResponseForm()
    if not form.validate():
        return _page(campaign, form), 422
    try:
        responses.record(campaign, form.read_response(), seen=form.seen.data or None, now=clock.now())
    except EditedMeanwhile as meanwhile:
        form.refuse_for(meanwhile.sentence, ResponseForm(campaign, formdata=None))
        return _page(campaign, form), meanwhile.status
    except Refused as refused:
        return _page(campaign, form, refused.sentence), refused.status
    pages.forget()
    flash(_("It is on the page.") if campaign.response else _("No answer is on the page."))
    return redirect(url_for(".overview", organisation=organisation, slug=campaign.slug), 303)


def _page(campaign: Campaign, form: ResponseForm, sentence: str = "") -> str:
    return render_template("organise/response.html", campaign=campaign, form=form, sentence=sentence)
