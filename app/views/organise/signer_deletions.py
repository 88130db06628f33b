"""The desk: one signer who was brought in from elsewhere is deleted, because they asked for it."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock, ledger_words, pages
from app.domain import signer_deletions, signers
from app.domain.refused import NotFound
from app.forms.signers import DeletionForm
from app.models import Campaign, Signature
from app.views import access
from app.views.access import needs
from app.views.organise import bp
from app.views.organise.signatures import ACTS

AT = "/<organisation>/campaigns/<slug>/signers/<public_id>/delete"


def _own(campaign: Campaign, public_id: str) -> Signature:
    """A signer who can be deleted here. Raises NotFound."""
    found = signers.one(campaign.id, public_id)
    if found is None or not signer_deletions.may_be_deleted(found):
        raise NotFound
    return found


@bp.get(AT)
@needs(ACTS)
def ask_deletion(organisation: str, slug: str, public_id: str) -> str:
    """What goes for good, how the count changes, and why."""
    campaign = access.campaign(slug)
    return _page(campaign, _own(campaign, public_id), DeletionForm(ledger_words.reason, formdata=None))


def _page(campaign: Campaign, signature: Signature, form: DeletionForm) -> str:
    return render_template("organise/signer_delete.html", campaign=campaign, signature=signature, form=form)


@bp.post(AT)
@needs(ACTS)
def delete_signer(organisation: str, slug: str, public_id: str) -> ResponseReturnValue:
    """They are deleted, and out of the count."""
    campaign, form = access.campaign(slug), DeletionForm(ledger_words.reason)
    found = _own(campaign, public_id)
    if not form.validate():
        return _page(campaign, found, form), 422
    signer_deletions.delete(campaign, public_id, form.why, by=access.account(), now=clock.now())
    pages.forget()
    flash(_("The signer is deleted. Strike them off the sheet or list, too, before it is handed in again."))
    return redirect(url_for(".signatures", organisation=organisation, slug=campaign.slug), 303)
