"""The desk: a batch of signers that was taken, and the way back."""

from __future__ import annotations

from flask import flash, render_template
from flask.typing import ResponseReturnValue
from flask_babel import ngettext

from app import clock, ledger_words, pages
from app.domain import batch_returns, signer_deletions, signer_imports
from app.domain.rights import Right
from app.forms.signer_imports import TakeBackForm
from app.models import Campaign, SignerImport
from app.templating import number as shown_number
from app.views import access
from app.views.access import needs
from app.views.organise import bp
from app.views.organise.signer_imports import AT, not_themselves, shared, to


@bp.get(f"{AT}/<public_id>")
@needs(Right.ACT)
def taken_batch(organisation: str, slug: str, public_id: str) -> str:
    """A batch that was taken: where it comes from, what became of its rows, how many still stand; and the way back."""
    campaign = access.campaign(slug)
    batch = signer_imports.own(campaign.id, public_id)
    return _taken_page(campaign, batch, TakeBackForm(ledger_words.reason, formdata=None))


def _taken_page(campaign: Campaign, batch: SignerImport, form: TakeBackForm, sentence: str = "") -> str:
    standing, deleted = signer_imports.standing(batch), signer_deletions.of_batch(batch)
    more = {"form": form, "batch": batch, "sentence": sentence, "standing": standing, "deleted": deleted}
    return render_template("organise/signer_batch_taken.html", **more, **shared(campaign))


@bp.post(f"{AT}/<public_id>/take-back")
@needs(Right.ACT)
def take_batch_back(organisation: str, slug: str, public_id: str) -> ResponseReturnValue:
    """The whole batch is out of the count, and its rows are deleted."""
    campaign = access.campaign(slug)
    batch, form = signer_imports.own(campaign.id, public_id), TakeBackForm(ledger_words.reason)
    if not form.validate():
        return _taken_page(campaign, batch, form), 422
    if refusal := not_themselves(form, "password for imports"):
        return _taken_page(campaign, batch, form, refusal[0]), refusal[1]
    went = batch_returns.take_back(batch, form.why, form.public_words.data or "", by=access.account(), now=clock.now())
    pages.forget()
    shown = shown_number(went)
    flash(ngettext("%(shown)s signature was taken back.", "%(shown)s signatures were taken back.", went, shown=shown))
    return to(campaign, "taken_batch", public_id=public_id)
