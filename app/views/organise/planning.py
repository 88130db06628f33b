"""The desk: publish later, at a moment."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from flask import current_app, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.domain import publication_plans
from app.domain.refused import Refused
from app.domain.rights import Right
from app.forms.campaign_life import PlanForm
from app.models import Campaign
from app.templating import moment, place
from app.views import access
from app.views.access import needs
from app.views.organise import bp, done


@bp.get("/<organisation>/campaigns/<slug>/publish/later")
@needs(Right.EDIT)
def plan(organisation: str, slug: str) -> str:
    """A page that asks for day, time and zone; at first the next full hour but one."""
    campaign = access.campaign(slug)
    known = publication_plans.of(campaign)
    zone = known.zone if known else campaign.closes_zone
    at = known.publishes_at if known else (clock.now() + dt.timedelta(hours=2)).replace(minute=0)
    local = at.astimezone(ZoneInfo(zone))
    form = PlanForm(on=local.date(), at=f"{local:%H:%M}", zone=zone, revision=campaign.revision)
    return _page(campaign, form)


@bp.post("/<organisation>/campaigns/<slug>/publish/later")
@needs(Right.EDIT)
def plan_now(organisation: str, slug: str) -> ResponseReturnValue:
    """The moment is kept; a job publishes then."""
    campaign, form = access.campaign(slug), PlanForm()
    if not form.validate():
        return _page(campaign, form), 422
    try:
        at = form.read_moment()
    except ValueError:
        form.at.errors = [_("On that day the clocks there go forward over this time. Choose another one.")]
        return _page(campaign, form), 422
    try:
        publication_plans.plan(
            campaign,
            at,
            zone=form.zone.data,
            by=access.account(),
            revision=form.read_revision(),
            asks_review=current_app.config["REVIEW_CAMPAIGNS"],
            now=clock.now(),
        )
    except Refused as refused:
        form.revision.data = str(campaign.revision)
        return _page(campaign, form, refused.sentence), refused.status
    when, where = moment(at, form.zone.data), place(form.zone.data)
    return done(campaign, _("It will be published on %(moment)s in %(place)s.", moment=when, place=where))


@bp.post("/<organisation>/campaigns/<slug>/publish/later/cancel")
@needs(Right.EDIT)
def cancel_plan(organisation: str, slug: str) -> ResponseReturnValue:
    """Nothing is published by itself."""
    campaign = access.campaign(slug)
    publication_plans.cancel(campaign, now=clock.now())
    return done(campaign, _("Taken back. Nothing is published until you say so."))


def _page(campaign: Campaign, form: PlanForm, sentence: str = "") -> str:
    known = publication_plans.of(campaign)
    return render_template("organise/publish_later.html", campaign=campaign, form=form, sentence=sentence, plan=known)
