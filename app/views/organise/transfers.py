"""The desk: a campaign is offered to another organisation, and taken over from one. Only owners, each with the password again."""

from __future__ import annotations

from flask import current_app, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock, mailboxes, pages
from app.domain import transfers
from app.domain.refused import Refused
from app.domain.rights import Right
from app.forms.transfers import AcceptTransferForm, OfferForm
from app.models import Campaign, Transfer
from app.views import access
from app.views.access import needs
from app.views.organise import bp


def _too_often() -> str:
    """What to say to whoever tried too many passwords; empty where they may go on."""
    return access.too_often("LOGIN_LIMIT", "password for transfer")


def _ways() -> dict[str, bool]:
    """How somebody can show that it is them."""
    has_password = access.account().password is not None
    return {
        "has_password": has_password,
        "is_fresh": not has_password and access.is_fresh(),
    }


@bp.get("/<organisation>/campaigns/<slug>/transfer")
@needs(Right.MANAGE)
def transfer(organisation: str, slug: str) -> str:
    """What goes along and what does not; to whom; or the offer that is open."""
    return _page(access.campaign(slug), OfferForm())


def _page(campaign: Campaign, form: OfferForm, sentence: str = "") -> str:
    return render_template(
        "organise/transfer.html",
        campaign=campaign,
        form=form,
        sentence=sentence,
        offer=transfers.waiting(campaign, clock.now()),
        along=transfers.along(campaign),
        **_ways(),
    )


@bp.post("/<organisation>/campaigns/<slug>/transfer")
@needs(Right.MANAGE)
def offer_campaign(organisation: str, slug: str) -> ResponseReturnValue:
    """The offer stands on the other organisation's desk. Nothing moves yet."""
    campaign, form = access.campaign(slug), OfferForm()
    if not form.validate():
        return _page(campaign, form), 422
    if sentence := _too_often():
        return _page(campaign, form, sentence), 429
    if not access.is_themselves(form.password):
        return _page(campaign, form), 422
    try:
        made = transfers.offer(campaign, form.slug, by=access.account(), now=clock.now(), key=mailboxes.key)
    except Refused as refused:
        form.organisation.errors = [refused.sentence]
        return _page(campaign, form), refused.status
    flash(_("The campaign is offered to %(organisation)s.", organisation=made.to_organisation.name))
    return redirect(url_for(".transfer", organisation=organisation, slug=slug), 303)


@bp.post("/<organisation>/campaigns/<slug>/transfer/take-back")
@needs(Right.MANAGE)
def take_transfer_back(organisation: str, slug: str) -> ResponseReturnValue:
    """The offer is gone from the other desk."""
    transfers.take_back(access.campaign(slug), by=access.account(), now=clock.now())
    flash(_("The offer is taken back. Nothing has changed."))
    return redirect(url_for(".transfer", organisation=organisation, slug=slug), 303)


@bp.get("/<organisation>/transfers/<public_id>")
@needs(Right.MANAGE)
def offered(organisation: str, public_id: str) -> str:
    """What is offered by whom, and what comes along."""
    return _offered_page(transfers.own(g.organisation.id, public_id, clock.now()), AcceptTransferForm())


def _offered_page(offer: Transfer, form: AcceptTransferForm, sentence: str = "") -> str:
    along = transfers.along(offer.campaign)
    return render_template(
        "organise/offered.html",
        offer=offer,
        campaign=offer.campaign,
        form=form,
        sentence=sentence,
        along=along,
        **_ways(),
    )


@bp.post("/<organisation>/transfers/<public_id>/accept")
@needs(Right.MANAGE)
def accept_transfer(organisation: str, public_id: str) -> ResponseReturnValue:
    """The campaign is ours, at once."""
    found, form = transfers.own(g.organisation.id, public_id, clock.now()), AcceptTransferForm()
    if sentence := _too_often():
        return _offered_page(found, form, sentence), 429
    if not form.validate() or not access.is_themselves(form.password):
        return _offered_page(found, form), 422
    locales = current_app.config["LANGUAGES"]
    campaign = transfers.accept(found, by=access.account(), locales=locales, now=clock.now(), key=mailboxes.key)
    pages.forget()
    flash(_("The campaign belongs to %(organisation)s now.", organisation=g.organisation.name))
    return redirect(url_for(".overview", organisation=organisation, slug=campaign.slug), 303)


@bp.post("/<organisation>/transfers/<public_id>/decline")
@needs(Right.MANAGE)
def decline_transfer(organisation: str, public_id: str) -> ResponseReturnValue:
    """It stays where it is."""
    found = transfers.own(g.organisation.id, public_id, clock.now())
    transfers.decline(found, by=access.account(), now=clock.now(), key=mailboxes.key)
    flash(_("The offer is declined. The campaign stays where it is."))
    return redirect(url_for(".campaigns", organisation=organisation), 303)
