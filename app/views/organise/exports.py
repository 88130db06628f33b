"""The desk: signer lists leave the house, each on record."""

from __future__ import annotations

import re
import unicodedata
from typing import Any
from urllib.parse import quote

from flask import Response, current_app, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_security import check_and_update_authn_fresh

from app import clock, mailboxes, signer_file
from app.domain import consents, exports, questions, statistics
from app.domain.exports import Choice
from app.domain.rights import Right
from app.extensions import db
from app.forms import values
from app.forms.exports import TakeForm
from app.handover import HandOver
from app.models import Campaign, ExportForm, SignatureState
from app.signer_file import SignerFile
from app.views import access
from app.views.access import STAYS_FRESH, needs
from app.views.organise import bp

PAST_SHOWN, PAST_PAGE = 5, 50
HIDDEN = "•••@•••"
UNSAFE_IN_NAMES = re.compile(r'[\\/:*?"<>|;%]+')


def _form(campaign: Campaign) -> TakeForm:
    """The form, with the columns that the person asking may take."""
    return TakeForm().offer(g.rights, questions.of(campaign))


@bp.get("/<organisation>/campaigns/<slug>/export")
@needs(Right.EXPORT)
def export(organisation: str, slug: str) -> str:
    """Choose who, which columns and for what; see the first rows; and what was exported before."""
    campaign = access.campaign(slug)
    return _page(campaign, _form(campaign))


@bp.post("/<organisation>/campaigns/<slug>/export/preview")
@needs(Right.EXPORT)
def preview_export(organisation: str, slug: str) -> ResponseReturnValue:
    """The same page with the first rows as they are chosen now. Nothing leaves the house."""
    campaign = access.campaign(slug)
    form = _form(campaign)
    status = 200 if form.validate_choice() else 422
    return _page(campaign, form), status


@bp.post("/<organisation>/campaigns/<slug>/export")
@needs(Right.EXPORT)
def take_export(organisation: str, slug: str) -> ResponseReturnValue:
    """The file itself, once its record stands."""
    campaign = access.campaign(slug)
    form = _form(campaign)
    if current_app.config["EXPORTS_DISABLED"]:
        return _page(campaign, form), 403
    if not form.validate():
        return _page(campaign, form), 422
    too_many = _("That was tried too often. Wait a while, then try again; what you chose is still here.")
    if not access.may_go_on("LOGIN_LIMIT", "password for export"):
        return _page(campaign, form, too_many), 429
    if not access.is_themselves(form.password):
        return _page(campaign, form), 422
    if not access.may_go_on("EXPORT_LIMIT", "export"):
        return _page(campaign, form, too_many), 429
    choice = form.read_choice()
    return _file(campaign, choice, _recorded(campaign, choice, form.reason.data or ""))


def _recorded(campaign: Campaign, choice: Choice, reason: str) -> int:
    """The number of the record, which is committed before anything leaves."""
    account = access.account()
    record = exports.start(
        campaign,
        choice,
        by=account,
        taken_by=account.name,
        reason=reason,
        expected_rows=exports.count(campaign, choice),
        key=mailboxes.key,
        now=clock.now(),
    )
    return record.id


def _file(campaign: Campaign, choice: Choice, export_id: int) -> Response:
    file = SignerFile(
        db.engine,
        exports.rows(campaign, choice),
        choice.header(),
        guarded=choice.form == ExportForm.SPREADSHEET,
        bom=choice.bom,
    )
    app: Any = current_app
    response = Response(HandOver(app._get_current_object(), export_id, file), mimetype="text/csv")
    response.headers["Content-Type"] = "text/csv; charset=utf-8; header=present"
    response.headers["X-Accel-Buffering"] = "no"  # so that a reader who goes away is noticed
    response.headers.set("Content-Disposition", "attachment", **file_names(campaign, choice.form))
    return response


def file_names(campaign: Campaign, form: ExportForm) -> dict[str, str]:
    """The file's name, once in ASCII and once as people write it (RFC 6266). Nothing of the ask can end the name early."""
    tail = f"{form}-{clock.now():%Y-%m-%d}.csv"
    visible = "".join(c for c in campaign.ask if unicodedata.category(c)[0] not in "CZ" or c == " ")
    ask = " ".join(UNSAFE_IN_NAMES.sub(" ", visible).split()).strip(". ")[:80] or campaign.slug
    return {"filename": f"signers-{campaign.slug}-{tail}", "filename*": f"UTF-8''{quote(f'{ask} {tail}', safe='')}"}


def _page(campaign: Campaign, form: TakeForm, sentence: str = "") -> str:
    states = statistics.states(campaign.id)
    kept = sum(number for state, number in states.items() if state != SignatureState.WITHDRAWN)
    account = access.account()
    return render_template(
        "organise/export.html",
        section="exports",
        campaign=campaign,
        form=form,
        sentence=sentence,
        confirmed=states.get(SignatureState.CONFIRMED, 0),
        all_states=kept,
        supporters=consents.supporters_of(campaign.id),
        past=exports.past(campaign, PAST_SHOWN),
        is_off=current_app.config["EXPORTS_DISABLED"],
        has_password=account.password is not None,
        is_fresh=account.password is not None or check_and_update_authn_fresh(STAYS_FRESH, STAYS_FRESH),
        **_preview(campaign, form),
    )


def _preview(campaign: Campaign, form: TakeForm) -> dict[str, Any]:
    """The first rows as they will be, how many there will be and how large the file; nothing while the choice is unclear."""
    unclear = {field.name for field in form if field.errors} - {"reason", "password"}
    choice = None if unclear else form.read_choice() if form.is_submitted() else Choice(tuple(form.columns.data or ()))
    if choice is None:
        return {"header": (), "first_rows": [], "row_count": 0, "size": 0}
    rows = exports.first(campaign, choice)
    shown = signer_file.sample(rows, guarded=choice.form == ExportForm.SPREADSHEET)
    count = exports.count(campaign, choice)
    of_sample = sum(len(cell.encode()) + 3 for row in shown for cell in row)
    return {
        "header": choice.header(),
        "first_rows": _without_addresses(choice.header(), shown),
        "row_count": count,
        "size": count * of_sample // len(shown) if shown else 0,
    }


def _without_addresses(header: tuple[str, ...], rows: list[list[str]]) -> list[list[str]]:
    """The rows with mail addresses hidden: day by day, a preview would show them all, without password and record (EXP-01)."""
    if "email" not in header:
        return rows
    place = header.index("email")
    return [[*row[:place], HIDDEN if row[place] else "", *row[place + 1 :]] for row in rows]


@bp.get("/<organisation>/exports")
@needs(Right.EXPORT)
def all_exports(organisation: str) -> str:
    """Every export of the organisation: who, what, when, why, and the file's fingerprint."""
    edge = values.key(request.args.get("before", ""))
    found = exports.past_of_organisation(g.organisation.id, before=edge, limit=PAST_PAGE + 1)
    return render_template(
        "organise/all_exports.html",
        section="exports",
        exports=found[:PAST_PAGE],
        older=found[PAST_PAGE - 1].id if len(found) > PAST_PAGE else None,
    )
