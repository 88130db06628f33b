"""The desk: signer lists leave the house, each on record."""

from __future__ import annotations

from typing import Any

from flask import current_app, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _

from app import clock, export_files, export_words, i18n, links, mailboxes, signer_file, templating
from app.domain import export_changes, export_keys, export_presets, exports, ledger, statistics
from app.domain.export_choice import Choice
from app.domain.export_columns import plain
from app.domain.export_layouts import LAYOUTS
from app.domain.rights import Right
from app.domain.tally_reading import Tallies
from app.forms import values
from app.forms.exports import TakeForm
from app.handover import HandOver
from app.models import Campaign, Channel, Export, ExportForm, SignatureState
from app.views import access
from app.views.access import needs
from app.views.organise import bp

PAST_SHOWN, PAST_PAGE = 5, 50
HIDDEN = "•••@•••"
KEPT = "kept-"  # before the number of a preset of the organisation


def _form(campaign: Campaign) -> TakeForm:
    """The form, with the columns that the person asking may take."""
    bases = export_changes.bases(campaign, access.account().id)
    zone = campaign.closes_zone
    named = [
        (
            str(one.id),
            _(
                "What changed since my export of %(moment)s: %(reason)s (%(rows)s rows)",
                moment=templating.moment(one.started_at, zone),
                reason=one.reason,
                rows=templating.number(one.row_count or 0),
            ),
        )
        for one in bases
    ]
    keys = [export_words.reader(key, clock.now()) for key in export_keys.of(g.organisation.id)]
    return TakeForm().offer(campaign, g.rights, i18n.countries(), named, keys)


@bp.get("/<organisation>/campaigns/<slug>/export")
@needs(Right.EXPORT)
def export(organisation: str, slug: str) -> str:
    """Choose who, which columns and for what; see the first rows; and what was exported before."""
    campaign = access.campaign(slug)
    form = _form(campaign)
    return _page(campaign, form, left_out=_begin_with(campaign, form, request.args.get("preset", "")))


def _begin_with(campaign: Campaign, form: TakeForm, preset: str) -> list[str]:
    """Fill in a layout of a program, or a preset of the organisation; the columns of it that cannot be taken here."""
    if preset in LAYOUTS:
        choice = LAYOUTS[preset].choice()
    elif preset.startswith(KEPT) and (number := values.key(preset.removeprefix(KEPT))) is not None:
        choice = Choice.read(export_presets.own(g.organisation.id, number).choice)
    else:
        return []
    form.fill(choice)
    left = [key for key in choice.columns if key not in form.columns.data and "#" not in key]
    left += ["country"] if choice.country and not form.has_countries else []
    return list(dict.fromkeys(export_words.column(campaign, key) for key in left))


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
    if sentence := access.too_often("LOGIN_LIMIT", "password for export"):
        return _page(campaign, form, sentence), 429
    if not access.is_themselves(form.password):
        return _page(campaign, form), 422
    if sentence := access.too_often("EXPORT_LIMIT", "export"):
        return _page(campaign, form, sentence), 429
    return _taken(campaign, form)


def _taken(campaign: Campaign, form: TakeForm) -> ResponseReturnValue:
    """The file at once where it is small, else the page on which it will be; the record is committed before either."""
    choice, account = form.read_choice(), access.account()
    row_count = _found(campaign, choice)[1]
    at_once = export_files.at_once(choice, row_count, wanted=form.when.data == "now")
    later = form.when.data == "later" or not at_once
    record = exports.start(
        campaign,
        choice,
        by=account,
        taken_by=account.name,
        reason=form.reason.data or "",
        expected_rows=row_count,
        encrypt=form.encrypt.data,
        key=mailboxes.key,
        now=clock.now(),
        locale=str(get_locale()),
        later=later,
        unusual=current_app.config["EXPORT_ALARM_ROWS"],
    )
    if record.day_rows:
        current_app.logger.warning("export %d: %d rows leave the organisation within a day", record.id, record.day_rows)
    if later:
        return redirect(
            url_for("organise.waiting_export", organisation=g.organisation.slug, public_id=record.public_id), 303
        )
    app: Any = current_app
    pieces = HandOver(app._get_current_object(), record.id, export_files.opened(record))
    return export_files.answer(pieces, record)


@bp.post("/<organisation>/campaigns/<slug>/export/presets")
@needs(Right.EXPORT)
def keep_preset(organisation: str, slug: str) -> ResponseReturnValue:
    """What is chosen now, kept under a name for all campaigns of the organisation. No signer is part of it."""
    campaign = access.campaign(slug)
    form = _form(campaign)
    is_clear = form.validate_choice()
    if is_clear and not form.preset.data:
        form.preset.errors = [_("Give the preset a name.")]
    if form.errors or form.preset.errors:
        return _page(campaign, form), 422
    kept = export_presets.keep(
        g.organisation, form.preset.data, form.read_choice(), by=access.account(), now=clock.now()
    )
    flash(_("Kept as “%(name)s”.", name=kept.name), "info")
    return redirect(url_for("organise.export", organisation=organisation, slug=slug, preset=f"{KEPT}{kept.id}"), 303)


def _page(campaign: Campaign, form: TakeForm, sentence: str = "", left_out: list[str] | None = None) -> str:
    states = statistics.states(campaign.id)
    kept = sum(number for state, number in states.items() if state != SignatureState.WITHDRAWN)
    account = access.account()
    return render_template(
        "organise/export.html",
        section="exports",
        campaign=campaign,
        form=form,
        sentence=sentence,
        left_out=left_out or [],
        layouts=LAYOUTS,
        presets=export_presets.of(campaign.organisation_id),
        chosen_preset=request.args.get("preset", ""),
        form_name=export_words.form,
        channels=[("", _("Every channel")), *((one.value, links.channel_heading(one)) for one in Channel)],
        confirmed=states.get(SignatureState.CONFIRMED, 0),
        all_states=kept,
        supporters=Tallies([campaign.id]).supporters(),
        past=exports.past(campaign, PAST_SHOWN),
        small=ledger.SMALL,
        is_off=current_app.config["EXPORTS_DISABLED"],
        has_password=account.password is not None,
        is_fresh=account.password is not None or access.is_fresh(),
        **_preview(campaign, form),
    )


def _preview(campaign: Campaign, form: TakeForm) -> dict[str, Any]:
    """The first rows as they will be, how many there will be and how large the file; nothing while the choice is unclear."""
    unclear = {field.name for field in form if field.errors} - {"reason", "password", "preset"}
    if unclear or not form.columns.data:
        return {"header": (), "first_rows": [], "row_count": 0, "size": 0}
    choice = form.read_choice()
    rows, count = _found(campaign, choice)
    shown = signer_file.sample(rows, guarded=choice.form == ExportForm.SPREADSHEET)
    of_sample = sum(len(cell.encode()) + 3 for row in shown for cell in row)
    return {
        "header": choice.header(),
        "first_rows": _without_addresses(choice, shown),
        "row_count": count,
        "size": count * of_sample // len(shown) if shown else 0,
    }


def _found(campaign: Campaign, choice: Choice) -> tuple[list[Any], int]:
    """The first rows of the file, and how many there will be."""
    if choice.since is None:
        return exports.first(campaign, choice), exports.count(campaign, choice)
    return export_changes.found(campaign, choice, exports.PREVIEW_ROWS)


def _without_addresses(choice: Choice, rows: list[list[str]]) -> list[list[str]]:
    """The rows with mail addresses hidden: day by day, a preview would show them all, without password and record (EXP-01)."""
    before = 0 if choice.since is None else 2  # what to do, and why
    hidden = {place for place, key in enumerate(choice.in_file(), before) if plain(key) == "email"}
    return [[HIDDEN if n in hidden and cell else cell for n, cell in enumerate(row)] for row in rows]


@bp.get("/<organisation>/exports")
@needs(Right.EXPORT)
def all_exports(organisation: str) -> str:
    """Every export of the organisation: who, what, when, why, and the file's fingerprint; and its presets."""
    edge = values.key(request.args.get("before", ""))
    found: list[Export] = exports.past_of_organisation(g.organisation.id, before=edge, limit=PAST_PAGE + 1)
    return render_template(
        "organise/all_exports.html",
        section="exports",
        exports=found[:PAST_PAGE],
        small=ledger.SMALL,
        presets=export_presets.of(g.organisation.id),
        form_name=export_words.form,
        kept_columns=export_words.kept,
        older=found[PAST_PAGE - 1].id if len(found) > PAST_PAGE else None,
    )
