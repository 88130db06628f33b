"""The desk: many incidents at once, pasted or from a file, looked at row by row before they are taken."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from app import clock, import_reading, incident_rows, pages
from app.domain import import_drafts, incident_import
from app.domain.incident_import import Plan
from app.domain.refused import EditedMeanwhile, Refused
from app.domain.rights import Right
from app.forms import values
from app.forms.registers import ImportForm
from app.import_reading import Reading, Row, State
from app.models import ImportDraft, Register, Topic
from app.readers.cells import ENCODINGS, MOST_BYTES
from app.readers.columns import Field, Mapping
from app.templating import number as shown_number
from app.views.access import needs
from app.views.organise import bp
from app.views.organise.registers import frame, there

AT = "/<organisation>/topics/<slug>/register/import"
ROWS_SHOWN = 200


def back(topic: Topic) -> ResponseReturnValue:
    """To the import as it stands, on the part of the list that was open."""
    show = request.form.get("show", "")
    kept: dict[str, Any] = {"show": show if show.isalpha() and len(show) < 9 else None}
    kept["page"] = values.key(request.form.get("page", ""))
    at = url_for("organise.import_page", organisation=topic.organisation.slug, slug=topic.slug, _anchor="rows", **kept)
    return redirect(at, 303)


@bp.get(AT)
@needs(Right.EDIT)
def import_page(organisation: str, slug: str) -> str:
    """Where lists are pasted and files handed in; or the rows of the one that is on its way."""
    topic, register = there(slug)
    draft = import_drafts.of(register)
    if draft is None:
        form = ImportForm(assessed_on=clock.now().date())
        return _first_page(topic, register, form)
    return _rows_page(topic, register, draft)


@bp.post(AT)
@needs(Right.EDIT)
def begin_import(organisation: str, slug: str) -> ResponseReturnValue:
    """It is read; nothing is in the register yet."""
    (topic, register), form = there(slug), ImportForm()
    if not form.validate() or form.assessed_on.day is None:
        return _first_page(topic, register, form), 422
    content, is_table = incident_rows.readable(form.text.data or "").encode(), False
    if form.file.data:
        content = form.file.data.read(MOST_BYTES + 1)
        is_table = import_reading.is_table(content, form.file.data.filename or "")
    if not content.strip():
        form.text.errors = [_("Paste a list, or choose a file.")]
        return _first_page(topic, register, form), 422
    draft = ImportDraft(content=content, is_table=is_table, corrections={}, mapping=None)
    refused = import_reading.read(draft, today=clock.now().date()).refused
    if refused:
        form.file.errors = [refused]
        return _first_page(topic, register, form), 422
    try:
        import_drafts.begin(register, content, is_table=is_table, assessed_on=form.assessed_on.day, now=clock.now())
    except EditedMeanwhile as meanwhile:
        form.form_errors.append(meanwhile.sentence)
        return _first_page(topic, register, form), meanwhile.status
    return back(topic)


@bp.post(f"{AT}/text")
@needs(Right.EDIT)
def rewrite_import(organisation: str, slug: str) -> ResponseReturnValue:
    """The corrected text is read again."""
    (topic, register), form = there(slug), ImportForm()
    draft = import_drafts.own(register)
    if not form.validate() or form.assessed_on.day is None:
        return _rows_page(topic, register, draft, form), 422
    content = draft.content if draft.is_table else incident_rows.readable(form.text.data or "").encode()
    try:
        import_drafts.rewrite(draft, content, assessed_on=form.assessed_on.day, seen=_seen(), now=clock.now())
    except EditedMeanwhile as meanwhile:
        form.form_errors.append(meanwhile.sentence)
        return _rows_page(topic, register, draft, form), 409
    return back(topic)


@bp.post(f"{AT}/columns")
@needs(Right.EDIT)
def map_columns(organisation: str, slug: str) -> ResponseReturnValue:
    """The table is read with other columns."""
    topic, register = there(slug)
    draft = import_drafts.own(register)
    mapping = _chosen(draft, read(draft).mapping or Mapping(()))
    import_drafts.read_with(draft, import_reading.mapping_kept(mapping), now=clock.now())
    return back(topic)


def _chosen(draft: ImportDraft, now: Mapping) -> Mapping:
    """The mapping that the form says. A field that a column is newly chosen for leaves the column that had it."""
    given = request.form
    delimiter = {"comma": ",", "semicolon": ";", "tab": "\t"}.get(given.get("delimiter", ""), now.delimiter)
    encoding = given.get("encoding", "")
    encoding = encoding if encoding in ENCODINGS else now.encoding
    if (delimiter, encoding) != (now.delimiter, now.encoding):
        return import_reading.guessed(draft.content, delimiter, encoding)
    mapping = now
    for column, (before, said) in enumerate(zip(now.fields, given.getlist("column"), strict=False)):
        if said in tuple(Field) and said != before.value:
            mapping = mapping.with_field(column, Field(said))
    month_first = {"day": False, "month": True}.get(given.get("dates", ""))
    return replace(mapping, has_header=bool(given.get("has_header")), month_first=month_first)


@bp.post(f"{AT}/take")
@needs(Right.EDIT)
def take_import(organisation: str, slug: str) -> ResponseReturnValue:
    """All rows that are complete and not left out are in the register, at once. What could not be read stays to be looked at."""
    topic, register = there(slug)
    draft = import_drafts.own(register)
    revision = draft.revision
    if revision != _seen():
        flash(_("Somebody else changed this import meanwhile. Look at it again before you take it."))
        return back(topic)
    reading = read(draft)
    left = import_reading.left_over(draft, reading, today=clock.now().date())
    try:
        plan = incident_import.import_rows(register, reading.entries, on=draft.assessed_on, now=clock.now())
    except Refused as refusal:
        flash(refusal.sentence)
        return back(topic)
    import_drafts.finish(draft, left, seen=revision, now=clock.now())
    pages.forget()
    flash(_said(plan))
    at = "organise.import_page" if left.strip() else "organise.incidents"
    return redirect(url_for(at, organisation=organisation, slug=slug), 303)


@bp.get(f"{AT}/discard")
@needs(Right.EDIT)
def ask_discard_import(organisation: str, slug: str) -> str:
    """A page that asks once more."""
    topic, register = there(slug)
    draft = import_drafts.own(register)
    rows = len(read(draft).rows)
    return render_template("organise/import_discard.html", draft=draft, rows=rows, **frame(topic, register, "import"))


@bp.post(f"{AT}/discard")
@needs(Right.EDIT)
def discard_import(organisation: str, slug: str) -> ResponseReturnValue:
    """It is thrown away."""
    topic, register = there(slug)
    import_drafts.discard(import_drafts.own(register), now=clock.now())
    flash(_("The import was thrown away. The register is as it was."))
    return redirect(url_for("organise.import_page", organisation=organisation, slug=slug), 303)


def _seen() -> int | None:
    """The revision of the import on the page that was sent."""
    return values.key(request.form.get("revision", ""))


def _said(plan: Plan) -> str:
    """What came of an import, in a sentence."""
    found = [
        ngettext("%(shown)s new", "%(shown)s new", len(plan.new), shown=shown_number(len(plan.new))),
        ngettext("%(shown)s changed", "%(shown)s changed", len(plan.changed), shown=shown_number(len(plan.changed))),
        ngettext("%(shown)s as before", "%(shown)s as before", len(plan.same), shown=shown_number(len(plan.same))),
    ]
    if plan.removed:
        removed = shown_number(len(plan.removed))
        found.append(ngettext("%(shown)s stays removed", "%(shown)s stay removed", len(plan.removed), shown=removed))
    return _("Imported: %(what)s.", what=", ".join(found))


def read(draft: ImportDraft) -> Reading:
    """What it says today."""
    return import_reading.read(draft, today=clock.now().date())


def _field_names() -> dict[str, str]:
    """What a column can be, by name."""
    return {
        Field.IGNORED: _("left out"),
        Field.DATE: _("Date"),
        Field.PLACE: _("Place"),
        Field.REGION: _("Region or governorate"),
        Field.COUNTRY: _("Country"),
        Field.LATITUDE: _("Latitude"),
        Field.LONGITUDE: _("Longitude"),
        Field.SOURCE: _("Sources"),
        Field.ASSESSMENT: _("Assessment"),
        Field.KILLED: _("Killed"),
        Field.INJURED: _("Injured"),
        Field.DESCRIPTION: _("What happened"),
        Field.FIRST_REPORTED: _("First reported on"),
        Field.FIGURE: _("a figure of its own"),
    }


def _first_page(topic: Topic, register: Register, form: ImportForm) -> str:
    return render_template("organise/import_begin.html", form=form, **frame(topic, register, "import"))


def _parts(reading: Reading) -> dict[str, list[Row]]:
    """The rows by what somebody may want to see of them; those that want a look come first."""
    return {
        "doubts": [row for row in reading.rows if row.wants_a_look],
        "all": reading.rows,
        "new": [row for row in reading.rows if row.fate in {"new", "beside"}],
        "changed": [row for row in reading.rows if row.fate in {"changed", "assessed"}],
        "same": [row for row in reading.rows if row.fate in {"same", "removed", "outdated"}],
        "out": [row for row in reading.rows if row.state is State.OUT],
    }


def _rows_page(topic: Topic, register: Register, draft: ImportDraft, form: ImportForm | None = None) -> str:
    reading, refused = read(draft), ""
    try:
        plan = incident_import.preview(register, reading.entries, on=draft.assessed_on)
    except Refused as refusal:  # the page still shows the rows, to be left out or thrown away
        plan, refused = Plan(), refusal.sentence
    reading = reading.planned(plan)
    parts = _parts(reading)
    show = request.args.get("show", "")
    show = show if show in parts else "doubts" if parts["doubts"] else "all"
    number, last = values.page(request.args.get("page", ""), len(parts[show]), ROWS_SHOWN)
    if form is None:
        form = ImportForm(
            text="" if draft.is_table else draft.content.decode("utf-8", "replace"), assessed_on=draft.assessed_on
        )
    if refused:
        form.form_errors.append(refused)
    return render_template(
        "organise/import_rows.html",
        form=form,
        draft=draft,
        reading=reading,
        plan=plan,
        parts_of=parts,
        show=show,
        rows=parts[show][(number - 1) * ROWS_SHOWN : number * ROWS_SHOWN],
        number=number,
        last=last,
        field_names=_field_names(),
        encodings=ENCODINGS,
        **frame(topic, register, "import"),
    )
