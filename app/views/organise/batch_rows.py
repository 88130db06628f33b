"""The desk: one row of a batch of signers from elsewhere, corrected before it counts."""

from __future__ import annotations

from typing import Any

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock, signer_reading
from app.domain import signer_imports
from app.domain.imported_rows import Fate
from app.domain.refused import NotFound
from app.domain.rights import Right
from app.forms.signer_imports import SignerRowForm
from app.models import Campaign
from app.readers import signer_columns
from app.signer_reading import Reading, Row
from app.views.access import needs
from app.views.organise import bp
from app.views.organise.signer_imports import AT, draft_of, read, shared, to


@bp.get(f"{AT}/new/rows/<key>")
@needs(Right.ACT)
def signer_row(organisation: str, slug: str, key: str) -> str:
    """What the row says, why it is looked at, and the fields to correct it."""
    campaign, batch = draft_of(slug)
    reading = read(campaign, batch)
    row = _row(reading, key)
    return _page(campaign, reading, row, SignerRowForm(formdata=None, data=signer_reading.to_correct(reading, row)))


def _row(reading: Reading, key: str) -> Row:
    row = next((row for row in reading.rows if row.key == key), None)
    if row is None:
        raise NotFound
    return row


def _page(campaign: Campaign, reading: Reading, row: Row, form: SignerRowForm) -> str:
    is_typed = reading.mapping.fields == signer_columns.TYPED
    return render_template(
        "organise/signer_row.html",
        form=form,
        row=row,
        line=row.line_number - (1 if is_typed else 0),
        fate=signer_reading.fate_in_words(row),
        is_taken=row.fate == Fate.TAKEN,
        **shared(campaign),
    )


@bp.post(f"{AT}/new/rows/<key>")
@needs(Right.ACT)
def correct_signer_row(organisation: str, slug: str, key: str) -> ResponseReturnValue:
    """It says something else. That is kept also where it is not whole yet; then the page says what is missing."""
    (campaign, batch), form = draft_of(slug), SignerRowForm()
    row = _row(read(campaign, batch), key)
    if request.form.get("then") == "back":
        signer_imports.correct(batch, key, None, now=clock.now())
        flash(_("The row says again what the list says."))
        return _to_rows(campaign)
    if not form.validate():
        return _page(campaign, read(campaign, batch), row, form), 422
    signer_imports.correct(batch, key, form.said(), now=clock.now())
    if _row(read(campaign, batch), key).given is None:
        flash(_("Kept. The row still cannot be taken: read why."), "error")
        return to(campaign, "signer_row", key=key)
    flash(_("Corrected."))
    return _to_rows(campaign)


def _to_rows(campaign: Campaign, **more: Any) -> ResponseReturnValue:
    return to(campaign, _anchor="rows", show=request.form.get("show", ""), **more)
