"""The desk: signers from paper sheets and other platforms, looked at row by row before they count, and taken back whole."""

from __future__ import annotations

from dataclasses import replace
from itertools import zip_longest
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from app import clock, pages, signer_reading
from app.domain import signer_imports
from app.domain.imported_rows import Fate
from app.domain.refused import NotFound, Refused
from app.domain.rights import Right
from app.forms import values
from app.forms.signer_imports import ProvenanceForm, TakeBackForm, TakeBatchForm
from app.models import Campaign, SignerImport
from app.readers import signer_columns
from app.readers.cells import ENCODINGS, MOST_BYTES
from app.readers.signer_columns import SignerField, SignerMapping
from app.signer_reading import Reading, Row
from app.templating import number as shown_number
from app.views import access
from app.views.access import needs
from app.views.organise import bp
from app.views.organise.words import short_moment

AT = "/<organisation>/campaigns/<slug>/imports"
ROWS_SHOWN, LINES_TYPED, PAST_SHOWN = 100, 10, 50


def to(campaign: Campaign, page: str = "signer_batch", **more: Any) -> ResponseReturnValue:
    at = url_for(f".{page}", organisation=campaign.organisation.slug, slug=campaign.slug, **more)
    return redirect(at, 303)


def shared(campaign: Campaign, **more: Any) -> dict[str, Any]:
    return {
        "section": "campaigns",
        "tab": "imports",
        "campaign": campaign,
        "short_moment": short_moment,
        "has_password": access.account().password is not None,
        **more,
    }


@bp.get(AT)
@needs(Right.ACT)
def signer_batches(organisation: str, slug: str) -> str:
    """Where a batch begins, and the batches that came before."""
    return _first_page(access.campaign(slug), ProvenanceForm(formdata=None))


def _first_page(campaign: Campaign, form: ProvenanceForm, sentence: str = "") -> str:
    edge = values.key(request.args.get("before", ""))
    found = signer_imports.past(campaign.id, before=edge, limit=PAST_SHOWN + 1)
    return render_template(
        "organise/signer_batches.html",
        form=form,
        sentence=sentence,
        draft=signer_imports.draft(campaign.id),
        batches=found[:PAST_SHOWN],
        older=found[PAST_SHOWN - 1].id if len(found) > PAST_SHOWN else None,
        **shared(campaign),
    )


@bp.post(AT)
@needs(Right.ACT)
def begin_batch(organisation: str, slug: str) -> ResponseReturnValue:
    """It is read, or waits to be typed in; nobody is counted yet."""
    campaign, form = access.campaign(slug), ProvenanceForm()
    if not form.validate():
        return _first_page(campaign, form), 422
    content = form.file.data.read(MOST_BYTES + 1) if form.file.data else b""
    trial = SignerImport(content=content, mapping=None, country=form.country.data or "")
    if refused := signer_reading.read(trial, campaign, today=clock.now().date()).refused:
        form.file.errors = [refused]
        return _first_page(campaign, form), 422
    try:
        signer_imports.begin(campaign, form.read(), content, by=access.account(), now=clock.now())
    except Refused as refusal:
        return _first_page(campaign, form, refusal.sentence), refusal.status
    return to(campaign)


def draft_of(slug: str) -> tuple[Campaign, SignerImport]:
    campaign = access.campaign(slug)
    batch = signer_imports.draft(campaign.id)
    if batch is None:
        raise NotFound
    return campaign, batch


def _seen() -> int:
    """The revision of the batch on the page that was sent."""
    return values.key(request.form.get("revision", "")) or 0


def read(campaign: Campaign, batch: SignerImport) -> Reading:
    reading = signer_reading.read(batch, campaign, today=clock.now().date())
    return reading.planned(signer_imports.preview(batch, reading.given))


@bp.get(f"{AT}/new")
@needs(Right.ACT)
def signer_batch(organisation: str, slug: str) -> ResponseReturnValue:
    """A dry run: what becomes of every row, and how many would count. Nothing is changed by looking."""
    campaign = access.campaign(slug)
    batch = signer_imports.draft(campaign.id)
    if batch is None:
        return to(campaign, "signer_batches")
    return _rows_page(campaign, batch, TakeBatchForm(formdata=None))


def _parts(reading: Reading) -> dict[str, list[Row]]:
    """The rows by what somebody may want to see of them."""
    taken = [row for row in reading.rows if row.fate == Fate.TAKEN]
    return {
        "all": reading.rows,
        "taken": taken,
        "duplicates": [row for row in reading.rows if row.fate not in {None, Fate.TAKEN}],
        "malformed": [row for row in reading.rows if row.given is None],
        "looks": [row for row in taken if row.is_alike or row.note],
    }


def _rows_page(
    campaign: Campaign,
    batch: SignerImport,
    form: TakeBatchForm,
    sentence: str = "",
    about: ProvenanceForm | None = None,
) -> str:
    reading = read(campaign, batch)
    parts = _parts(reading)
    show = request.args.get("show", "")
    show = show if parts.get(show) else "all"
    number, last = values.page(request.args.get("page", ""), len(parts[show]), ROWS_SHOWN)
    is_typed = not batch.content or reading.mapping.fields == signer_columns.TYPED
    return render_template(
        "organise/signer_batch.html",
        form=form,
        about=about or ProvenanceForm(formdata=None).fill(batch),
        sentence=sentence,
        batch=batch,
        reading=reading,
        parts_of=parts,
        show=show,
        rows=parts[show][(number - 1) * ROWS_SHOWN : number * ROWS_SHOWN],
        number=number,
        last=last,
        consents=sum(row.given.has_proven_consent for row in parts["taken"] if row.given),
        fate=signer_reading.fate_in_words,
        field_names=_field_names(),
        encodings=ENCODINGS,
        lines_typed=LINES_TYPED if is_typed else 0,
        typed_fields=signer_columns.TYPED,
        **shared(campaign),
    )


def _field_names() -> dict[str, str]:
    """What a column can be, by name."""
    return {
        SignerField.IGNORED: _("left out"),
        SignerField.GIVEN_NAME: _("Given name"),
        SignerField.FAMILY_NAME: _("Family name"),
        SignerField.FULL_NAME: _("Whole name"),
        SignerField.EMAIL: _("E-mail"),
        SignerField.COUNTRY: _("Country"),
        SignerField.POSTCODE: _("Postcode"),
        SignerField.SIGNED_ON: _("Signed on"),
        SignerField.CONSENT: _("Agreed to hear more"),
        SignerField.CONSENT_ON: _("Agreed on"),
        SignerField.CONSENT_WORDS: _("Words agreed to"),
    }


def _rewritten(campaign: Campaign, batch: SignerImport, **said: Any) -> ResponseReturnValue:
    try:
        signer_imports.rewrite(batch, seen=_seen(), now=clock.now(), **said)
    except Refused as refused:
        flash(refused.sentence, "error")
    return to(campaign)


@bp.post(f"{AT}/new/columns")
@needs(Right.ACT)
def map_signer_columns(organisation: str, slug: str) -> ResponseReturnValue:
    """The list is read with other columns."""
    campaign, batch = draft_of(slug)
    content = batch.content or b""
    now = SignerMapping.read(batch.mapping) if batch.mapping else signer_reading.guessed(content)
    given = request.form
    delimiter = {"comma": ",", "semicolon": ";", "tab": "\t"}.get(given.get("delimiter", ""), now.delimiter)
    encoding = said if (said := given.get("encoding", "")) in ENCODINGS else now.encoding
    if (delimiter, encoding) != (now.delimiter, now.encoding):
        return _rewritten(campaign, batch, mapping=signer_reading.guessed(content, delimiter, encoding).kept())
    chosen = now.with_fields(given.getlist("column"))
    chosen = replace(chosen, has_header=bool(given.get("has_header")), month_first=given.get("dates") == "month")
    return _rewritten(campaign, batch, mapping=chosen.kept())


@bp.post(f"{AT}/new/about")
@needs(Right.ACT)
def rewrite_provenance(organisation: str, slug: str) -> ResponseReturnValue:
    """Where the batch comes from is said in other words."""
    (campaign, batch), form = draft_of(slug), ProvenanceForm()
    if not form.validate():
        return _rows_page(campaign, batch, TakeBatchForm(formdata=None), about=form), 422
    return _rewritten(campaign, batch, said=form.read())


@bp.post(f"{AT}/new/lines")
@needs(Right.ACT)
def type_lines(organisation: str, slug: str) -> ResponseReturnValue:
    """Lines of a sheet that were typed in join the batch; the next ones can be typed."""
    campaign, batch = draft_of(slug)
    columns = [request.form.getlist(name)[:LINES_TYPED] for name in signer_columns.TYPED]
    lines = [[cell[:300] for cell in line] for line in zip_longest(*columns, fillvalue="")]
    content = signer_reading.typed(batch.content or b"", lines)
    if len(content) > MOST_BYTES:
        flash(_("This batch is full. Take it, and begin another one."), "error")
        return to(campaign)
    return _rewritten(campaign, batch, content=content)


@bp.post(f"{AT}/new/discard")
@needs(Right.ACT)
def discard_batch(organisation: str, slug: str) -> ResponseReturnValue:
    """It is thrown away."""
    campaign, batch = draft_of(slug)
    signer_imports.discard(batch, now=clock.now())
    flash(_("The list was thrown away. Nobody was counted."))
    return to(campaign, "signer_batches")


@bp.get(f"{AT}/new/refused.csv")
@needs(Right.ACT)
def refused_rows(organisation: str, slug: str) -> Response:
    """The rows that would not be taken, with the reason of each, to be corrected and handed in again."""
    campaign, batch = draft_of(slug)
    response = Response(signer_reading.refused_file(read(campaign, batch)), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="not-taken-{campaign.slug}.csv"'
    return response


@bp.post(f"{AT}/new/take")
@needs(Right.ACT)
def take_batch(organisation: str, slug: str) -> ResponseReturnValue:
    """All rows that are new count, at once."""
    (campaign, batch), form = draft_of(slug), TakeBatchForm()
    if refusal := not_themselves(form, "password for imports"):
        return _rows_page(campaign, batch, form, refusal[0]), refusal[1]
    reading = signer_reading.read(batch, campaign, today=clock.now().date())
    public_id, malformed, me = batch.public_id, reading.malformed, access.account()
    try:
        plan = signer_imports.take(batch, reading.given, seen=_seen(), malformed=malformed, by=me, now=clock.now())
    except Refused as refused:
        return _rows_page(campaign, batch, form, refused.sentence), refused.status
    pages.forget()
    shown = shown_number(plan.taken)
    flash(ngettext("%(shown)s signature was taken.", "%(shown)s signatures were taken.", plan.taken, shown=shown))
    return to(campaign, "taken_batch", public_id=public_id)


def not_themselves(form: TakeBatchForm | TakeBackForm, act: str) -> tuple[str, int] | None:
    """What to say, and the status, where the password is not theirs, or was tried too often; None where it is."""
    if sentence := access.too_often("LOGIN_LIMIT", act):
        return sentence, 429
    return (
        None if access.is_themselves(form.password) else (_("Show once more that it is you. Nothing was changed."), 422)
    )
