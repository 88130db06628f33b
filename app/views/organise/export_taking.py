"""The desk: files that the worker wrote for one person, taken once; and presets that are no longer wanted."""

from __future__ import annotations

from typing import Any

from flask import current_app, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock, export_files, export_words, export_worker
from app.domain import export_handing, export_presets, export_work
from app.domain.refused import Gone, Refused
from app.domain.rights import Right
from app.forms.exports import OnceForm
from app.handover import WaitingFile
from app.models import Export
from app.views import access
from app.views.access import needs
from app.views.organise import bp


@bp.post("/<organisation>/exports/presets/<int:number>/remove")
@needs(Right.EXPORT)
def remove_preset(organisation: str, number: int) -> ResponseReturnValue:
    """Forget a preset; what was exported with it stays on record."""
    export_presets.remove(export_presets.own(g.organisation.id, number), now=clock.now())
    flash(_("The preset was removed."), "info")
    return redirect(url_for("organise.all_exports", organisation=organisation), 303)


@bp.get("/<organisation>/exports/<public_id>")
@needs(Right.EXPORT)
def waiting_export(organisation: str, public_id: str) -> str:
    """How far a file is; once it is there, the way to take it. For the person alone who asked for it."""
    return _page(export_work.own(access.account(), g.organisation.id, public_id), OnceForm())


@bp.post("/<organisation>/exports/<public_id>")
@needs(Right.EXPORT)
def take_waiting_export(organisation: str, public_id: str) -> ResponseReturnValue:
    """The file, once: when it was taken whole it is deleted here."""
    export, form = export_work.own(access.account(), g.organisation.id, public_id), OnceForm()
    if current_app.config["EXPORTS_DISABLED"]:
        return _page(export, form), 403
    if not export_work.takeable(export, clock.now()):
        return _page(export, form), 410
    if not form.validate():
        return _page(export, form), 422
    if sentence := access.too_often("LOGIN_LIMIT", "password for export", kept=False):
        form.password.errors = [sentence]
        return _page(export, form), 429
    if not access.is_themselves(form.password):
        return _page(export, form), 422
    file = export_worker.path(export)
    if not file.is_file():
        raise Gone(_("The file is not on this machine any more. Export again."))
    app: Any = current_app
    try:
        held_by = export_handing.begin(export.id, clock.now())
    except Refused as refused:
        return _page(export, form), refused.status
    pieces = WaitingFile(app._get_current_object(), export.id, held_by, file)
    return export_files.answer(pieces, export)


def _page(export: Export, form: OnceForm) -> str:
    account = access.account()
    return render_template(
        "organise/export_waiting.html",
        section="exports",
        export=export,
        campaign=export.campaign,
        form=form,
        form_name=export_words.form,
        can_be_taken=export_work.takeable(export, clock.now()),
        is_being_taken=export_work.is_being_taken(export, clock.now()),
        is_off=current_app.config["EXPORTS_DISABLED"],
        has_password=account.password is not None,
        is_fresh=account.password is not None or access.is_fresh(),
    )
