"""The desk: one row of an import, corrected, left out, or taken in spite of a doubt."""

from __future__ import annotations

from flask import flash, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock, import_reading, incident_rows, incident_words
from app.domain import import_drafts
from app.domain.refused import NotFound
from app.domain.rights import Right
from app.forms.registers import IncidentForm
from app.import_reading import Row
from app.models import ImportDraft, Register, Topic
from app.views.access import needs
from app.views.organise import bp
from app.views.organise.imports import AT, back, read
from app.views.organise.registers import frame, there


@bp.get(f"{AT}/rows/<key>")
@needs(Right.EDIT)
def edit_row(organisation: str, slug: str, key: str) -> str:
    """One row, to be corrected."""
    topic, register = there(slug)
    draft, form = import_drafts.own(register), IncidentForm()
    row = _row(draft, key)
    if form.is_taken_up:
        pass  # what was typed before stands in the fields already
    elif row.entry is not None:
        form.fill(row.entry)
    else:
        _fill_from_line(form, row)
    return _row_page(topic, register, form, row, draft)


@bp.post(f"{AT}/rows/<key>")
@needs(Right.EDIT)
def correct_row(organisation: str, slug: str, key: str) -> ResponseReturnValue:
    """It says something else."""
    (topic, register), form = there(slug), IncidentForm()
    draft = import_drafts.own(register)
    row = _row(draft, key)
    if not form.validate():
        return _row_page(topic, register, form, row, draft), 422
    import_drafts.correct(draft, key, {"entry": incident_rows.kept(form.entry())}, now=clock.now())
    flash(_("Corrected."))
    return back(topic)


@bp.post(f"{AT}/rows/<key>/<any(out, take, back):act>")
@needs(Right.EDIT)
def decide_row(organisation: str, slug: str, key: str, act: str) -> ResponseReturnValue:
    """It is left out, taken in spite of a doubt, or as it was read."""
    topic, register = there(slug)
    draft = import_drafts.own(register)
    _row(draft, key)
    decided = {"out": {"is_out": True}, "take": {"is_out": False}, "back": None}[act]
    import_drafts.correct(draft, key, decided, now=clock.now())
    return back(topic)


def _row(draft: ImportDraft, key: str) -> Row:
    row = next((row for row in read(draft).rows if row.key == key), None)
    if row is None:
        raise NotFound
    return row


def _fill_from_line(form: IncidentForm, row: Row) -> None:
    """What could be read of a row that is not complete."""
    line = row.line
    for name, text in (("place", line.place), ("region", line.region), ("country", line.country)):
        form[name].data = incident_rows.readable(text)
    form.description.data = incident_rows.readable(line.description)
    form.sources.data = "\n".join(incident_rows.readable(name) for name in line.sources)
    if line.date is not None:
        form.date.process_data(line.date)
    if line.assessment is not None:
        form.assessment.data = line.assessment.value
    for name in ("killed", "injured"):
        value = line.figures.get(name)
        form[name].data = "" if value is None else str(value)


def _row_page(topic: Topic, register: Register, form: IncidentForm, row: Row, draft: ImportDraft) -> str:
    form.name_assessments(incident_words.names(register))
    said = import_reading.said(draft, row)
    return render_template(
        "organise/import_row.html", form=form, row=row, said=said, reports=[], **frame(topic, register, "import")
    )
