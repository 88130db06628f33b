"""The desk: hand-overs of a campaign's signatures, and the manifests of the lists that were used."""

from __future__ import annotations

from typing import Any

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock, manifest_keys, pages, templating
from app.domain import deliveries
from app.domain.refused import Refused
from app.domain.rights import Right
from app.extensions import db
from app.forms.deliveries import DeliveryForm
from app.models import Campaign, Delivery, Export
from app.views import access
from app.views.access import needs
from app.views.organise import bp, removed

CAMPAIGN = "/<organisation>/campaigns/<slug>"
NAMES = (
    "delivered_on",
    "way",
    "way_words",
    "decision_maker",
    "to_name",
    "to_office",
    "public_note",
    "desk_note",
    "revision",
)


@bp.get(CAMPAIGN + "/deliveries")
@needs(Right.DELIVER)
def hand_overs(organisation: str, slug: str) -> str:
    """Every hand-over with its list, what was corrected in it, and what was taken off the page."""
    campaign = access.campaign(slug)
    return render_template(
        "organise/deliveries.html",
        campaign=campaign,
        deliveries=db.session.scalars(Delivery.of_campaign(campaign.id)).all(),
        gone=deliveries.gone(campaign),
    )


@bp.get(CAMPAIGN + "/deliveries/new")
@needs(Right.DELIVER)
def new_delivery(organisation: str, slug: str) -> str:
    """A form for one more."""
    campaign = access.campaign(slug)
    return _page(campaign, _form(campaign))


@bp.post(CAMPAIGN + "/deliveries/new")
@needs(Right.DELIVER)
def add_delivery(organisation: str, slug: str) -> ResponseReturnValue:
    """It stands on the page; the manifest of its list is there."""
    campaign = access.campaign(slug)
    form = _form(campaign)
    if not form.validate():
        return _page(campaign, form), 422
    return _saved(campaign, form, None)


@bp.get(CAMPAIGN + "/deliveries/<int:number>")
@needs(Right.DELIVER)
def edit_delivery(organisation: str, slug: str, number: int) -> str:
    """One hand-over."""
    campaign = access.campaign(slug)
    delivery = deliveries.own(campaign, number)
    return _page(campaign, _form(campaign, delivery), delivery)


@bp.post(CAMPAIGN + "/deliveries/<int:number>")
@needs(Right.DELIVER)
def correct_delivery(organisation: str, slug: str, number: int) -> ResponseReturnValue:
    """It is corrected; what stood there before is kept for the desk."""
    campaign = access.campaign(slug)
    delivery = deliveries.own(campaign, number)
    form = _form(campaign, delivery)
    if not form.validate():
        return _page(campaign, form, delivery), 422
    return _saved(campaign, form, delivery)


@bp.post(CAMPAIGN + "/deliveries/<int:number>/remove")
@needs(Right.DELIVER)
def remove_delivery(organisation: str, slug: str, number: int) -> ResponseReturnValue:
    """It is off the page; the next page offers to put it back."""
    campaign = access.campaign(slug)
    deliveries.remove(deliveries.own(campaign, number), now=clock.now())
    here: dict[str, Any] = {"organisation": organisation, "slug": campaign.slug}
    undo = url_for(".restore_delivery", number=number, **here)
    return removed(_("The hand-over is off the page."), undo, url_for(".hand_overs", **here))


@bp.post(CAMPAIGN + "/deliveries/<int:number>/restore")
@needs(Right.DELIVER)
def restore_delivery(organisation: str, slug: str, number: int) -> ResponseReturnValue:
    """It is on the page again."""
    campaign = access.campaign(slug)
    deliveries.restore(deliveries.own(campaign, number, removed=True), now=clock.now())
    return _done(campaign)


def _form(campaign: Campaign, delivery: Delivery | None = None) -> DeliveryForm:
    """The form with what can be chosen now, and what was chosen then."""
    said = {name: getattr(delivery, name) for name in NAMES} | {"export": delivery.export_id} if delivery else {}
    makers = [maker.name for maker in campaign.decision_makers]
    if delivery and delivery.decision_maker:
        makers.append(delivery.decision_maker)
    return DeliveryForm(data=said).offer(makers, _exports(campaign, delivery))


def _exports(campaign: Campaign, delivery: Delivery | None) -> list[tuple[Export, str]] | None:
    """The lists that may be named, with their moments; None for somebody who may not export, or has not shown the second step."""
    if not access.reaches(Right.EXPORT):
        return None
    found = deliveries.usable(campaign)
    if delivery and delivery.export and delivery.export not in found:
        found.append(delivery.export)
    return [(export, templating.moment(export.started_at, campaign.closes_zone)) for export in found]


def _saved(campaign: Campaign, form: DeliveryForm, delivery: Delivery | None) -> ResponseReturnValue:
    export_id = form.read_export(delivery.export_id if delivery else None)
    given: dict[str, Any] = {"by": access.account(), "seal": manifest_keys.seal(), "now": clock.now()}
    try:
        if delivery is None:
            deliveries.record(campaign, form.read_words(), export_id=export_id, **given)
        else:
            deliveries.correct(delivery, form.read_words(), export_id=export_id, revision=form.read_revision(), **given)
    except Refused as refused:
        return _page(campaign, form, delivery, refused.sentence), refused.status
    return _done(campaign)


def _done(campaign: Campaign) -> ResponseReturnValue:
    pages.forget()
    flash(_("It is on the page."))
    return redirect(url_for(".hand_overs", organisation=g.organisation.slug, slug=campaign.slug), 303)


def _page(campaign: Campaign, form: DeliveryForm, delivery: Delivery | None = None, sentence: str = "") -> str:
    return render_template(
        "organise/delivery.html",
        campaign=campaign,
        form=form,
        delivery=delivery,
        sentence=sentence,
        exports=_any(campaign),
    )


def _any(campaign: Campaign) -> bool:
    """Whether there is a list that could be named."""
    return access.reaches(Right.EXPORT) and bool(deliveries.usable(campaign))
