"""The desk: a topic's evidence register, what it says of itself, and its incidents."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _

from app import clock, incident_words, pages, register_page, templating
from app.domain import import_drafts, incidents, library, registers
from app.domain.entries import entry_of
from app.domain.refused import EditedMeanwhile, NotFound, Refused
from app.domain.rights import Right
from app.forms import values
from app.forms.registers import AssessForm, IncidentForm, RegisterForm
from app.models import Incident, Register, Report, Topic
from app.views import access
from app.views.access import needs
from app.views.organise import bp, removed
from app.views.organise.evidence import asked_of_library

AT = "/<organisation>/topics/<slug>/register"
MOST_OFFERED = 12  # publications of the topic in the form of an incident; others are chosen from the library


def there(slug: str) -> tuple[Topic, Register]:
    """The organisation's topic at this address and its register. Raises NotFound."""
    topic = access.topic(slug)
    return topic, registers.own(topic)


def frame(topic: Topic, register: Register | None, tab: str) -> dict[str, object]:
    """What every page about a register shows."""
    waiting = import_drafts.of(register) is not None if register else False
    names = incident_words.names(register) if register else {}
    return {"topic": topic, "register": register, "tab": tab, "waiting": waiting, "names": names}


def to_list(topic: Topic) -> str:
    """The address of the list of incidents."""
    return url_for("organise.incidents", organisation=topic.organisation.slug, slug=topic.slug)


@bp.get(f"{AT}/settings")
@needs(Right.EDIT)
def register_settings(organisation: str, slug: str) -> ResponseReturnValue:
    """What the register says of itself; or the question whether to open one."""
    topic = access.topic(slug)
    try:
        register = registers.own(topic)
    except NotFound:
        return render_template("organise/register_begin.html", **frame(topic, None, ""))
    return _settings_page(topic, register, _settings_form(register))


@bp.post(f"{AT}/begin")
@needs(Right.EDIT)
def begin_register(organisation: str, slug: str) -> ResponseReturnValue:
    """It is opened, and stays private for now. Its first title is in the language of the topic, since visitors read it."""
    topic = access.topic(slug)
    with force_locale(topic.locale):
        registers.begin(topic, now=clock.now())
    return redirect(url_for("organise.register_settings", organisation=organisation, slug=slug), 303)


@bp.post(f"{AT}/settings")
@needs(Right.EDIT)
def save_register(organisation: str, slug: str) -> ResponseReturnValue:
    """It says something else."""
    (topic, register), form = there(slug), RegisterForm()
    if not form.validate():
        return _settings_page(topic, register, form), 422
    try:
        registers.change(register, form.read_values(), seen=form.seen.data or None, now=clock.now())
    except EditedMeanwhile as meanwhile:
        form.refuse_for(meanwhile.sentence, _settings_form(register, formdata=None))
        return _settings_page(topic, register, form), 409
    pages.forget()
    flash(_("Saved."))
    return redirect(url_for("organise.register_settings", organisation=organisation, slug=slug), 303)


def _settings_form(register: Register, **more: Any) -> RegisterForm:
    return RegisterForm(obj=register, seen=registers.wording(register), **more)


def _settings_page(topic: Topic, register: Register, form: RegisterForm) -> str:
    return render_template("organise/register_settings.html", form=form, **frame(topic, register, "settings"))


@bp.get(AT, endpoint="incidents")
@needs(Right.VIEW)
def listed(organisation: str, slug: str) -> ResponseReturnValue:
    """The incidents of a register, searched and filtered, a page at a time; or the question whether to open one."""
    topic = access.topic(slug)
    try:
        register = registers.own(topic)
    except NotFound:
        return render_template("organise/register_begin.html", **frame(topic, None, "incidents"))
    wish = register_page.asked(request.args)
    found, tally, whole = register_page.look(register, wish)
    return render_template(
        "organise/incidents.html",
        wish=wish,
        tally=tally,
        total=whole.tally.total,
        page=found.page(wish.sort, after=wish.after, before=wish.before),
        order=incident_words.ORDER,
        sorts=incident_words.sorts(),
        **frame(topic, register, "incidents"),
    )


@bp.get(f"{AT}/incidents/new")
@needs(Right.EDIT)
def new_incident(organisation: str, slug: str) -> str:
    """A form for one more."""
    topic, register = there(slug)
    form = IncidentForm()
    if not form.is_taken_up:
        form.assessed_on.process_data(clock.now().date())
    return _incident_page(topic, register, form)


@bp.post(f"{AT}/incidents/new")
@needs(Right.EDIT)
def add_incident(organisation: str, slug: str) -> ResponseReturnValue:
    """It is in the register."""
    (topic, register), form = there(slug), IncidentForm()
    if not form.validate():
        return _incident_page(topic, register, form), 422
    reports = {report.id for report in topic.reports} & set(form.report_ids.data or ())
    incident = incidents.add(register, form.entry(), report_ids=reports, on=form.assessed_on.day, now=clock.now())
    return _saved(organisation, slug, incident)


@bp.get(f"{AT}/incidents/<int:number>")
@needs(Right.EDIT)
def edit_incident(organisation: str, slug: str, number: int) -> str:
    """One incident: what is said of it, what is thought of it, and since when."""
    topic, register = there(slug)
    incident = incidents.own(register, number)
    form = IncidentForm()
    if not form.is_taken_up:
        _fill(form, incident)
    return _incident_page(topic, register, form, incident)


def _fill(form: IncidentForm, incident: Incident) -> IncidentForm:
    form.fill(entry_of(incident))
    form.report_ids.data = [report.id for report in incident.reports]
    form.seen.data = incident.changed_at.isoformat()
    return form


@bp.post(f"{AT}/incidents/<int:number>")
@needs(Right.EDIT)
def save_incident(organisation: str, slug: str, number: int) -> ResponseReturnValue:
    """It is corrected."""
    (topic, register), form = there(slug), IncidentForm()
    incident = incidents.own(register, number)
    form.assessment.data = incident.assessment.value  # has a form of its own
    if not form.validate():
        return _incident_page(topic, register, form, incident), 422
    reports = {report.id for report in (*topic.reports, *incident.reports)} & set(form.report_ids.data or ())
    entry = form.entry(incident.assessment)
    try:
        incidents.change(incident, entry, report_ids=reports, seen=values.moment(form.seen.data), now=clock.now())
    except EditedMeanwhile as meanwhile:
        stored = _fill(IncidentForm(formdata=None), incident)
        for one in (form, stored):
            one.name_reports((*topic.reports, *incident.reports))
        form.refuse_for(meanwhile.sentence, stored)
        return _incident_page(topic, register, form, incident), 409
    except Refused as refusal:
        form.form_errors.append(refusal.sentence)
        return _incident_page(topic, register, form, incident), 422
    return _saved(organisation, slug, incident)


@bp.get(f"{AT}/incidents/<int:number>/reports")
@needs(Right.EDIT)
def choose_documents(organisation: str, slug: str, number: int) -> str:
    """The organisation's library, to choose from what documents an incident."""
    topic, register = there(slug)
    incident = incidents.own(register, number)
    words, page = asked_of_library(topic.organisation_id)
    return render_template(
        "organise/incident_reports.html",
        incident=incident,
        words=words,
        page=page,
        chosen={report.id for report in incident.reports},
        **frame(topic, register, "incidents"),
    )


@bp.post(f"{AT}/incidents/<int:number>/reports/<int:report>")
@needs(Right.EDIT)
def document_incident(organisation: str, slug: str, number: int, report: int) -> ResponseReturnValue:
    """One publication more documents it."""
    topic, register = there(slug)
    incident = incidents.own(register, number)
    documents = {one.id for one in incident.reports} | {library.own(topic.organisation_id, report).id}
    incidents.change(incident, entry_of(incident), report_ids=documents, now=clock.now())
    return _saved(organisation, slug, incident)


@bp.get(f"{AT}/incidents/<int:number>/assess")
@needs(Right.EDIT)
def ask_assess(organisation: str, slug: str, number: int) -> str:
    """What is thought of it now?"""
    topic, register = there(slug)
    incident = incidents.own(register, number)
    form = AssessForm(after=incident.assessment.value, on=clock.now().date())
    return _assess_page(topic, register, incident, form)


@bp.post(f"{AT}/incidents/<int:number>/assess")
@needs(Right.EDIT)
def assess_incident(organisation: str, slug: str, number: int) -> ResponseReturnValue:
    """It is assessed otherwise since a day; what was thought before stays on record."""
    (topic, register), form = there(slug), AssessForm()
    incident = incidents.own(register, number)
    if not form.validate() or form.on.day is None:
        return _assess_page(topic, register, incident, form), 422
    after = type(incident.assessment)(form.after.data)
    if after == incident.assessment:
        form.after.errors = [_("It is assessed like that already, and nothing was saved. Choose another assessment.")]
        return _assess_page(topic, register, incident, form), 422
    try:
        incidents.assess(incident, after, on=form.on.day, note=form.note.data or "", now=clock.now())
    except Refused as refusal:
        form.on.errors = [refusal.sentence]
        return _assess_page(topic, register, incident, form), 422
    return _saved(organisation, slug, incident)


@bp.post(f"{AT}/incidents/<int:number>/remove")
@needs(Right.EDIT)
def remove_incident(organisation: str, slug: str, number: int) -> ResponseReturnValue:
    """It is out of sight, and can be put back."""
    topic, register = there(slug)
    incident = incidents.own(register, number)
    incidents.remove(incident, now=clock.now())
    undo = url_for("organise.restore_incident", organisation=organisation, slug=slug, number=number)
    said = _("%(place)s, %(day)s was removed.", place=incident.place, day=templating.partial_day(incident.date))
    return removed(said, undo, to_list(topic))


@bp.post(f"{AT}/incidents/<int:number>/restore")
@needs(Right.EDIT)
def restore_incident(organisation: str, slug: str, number: int) -> ResponseReturnValue:
    """It is back."""
    topic, register = there(slug)
    incidents.restore(incidents.own(register, number), now=clock.now())
    pages.forget()
    flash(_("It is back."))
    return redirect(to_list(topic), 303)


def _saved(organisation: str, slug: str, incident: Incident) -> ResponseReturnValue:
    pages.forget()
    flash(_("Saved."))
    at = url_for("organise.edit_incident", organisation=organisation, slug=slug, number=incident.id)
    return redirect(at, 303)


def _offered(topic: Topic, incident: Incident | None) -> list[Report]:
    """The publications whose boxes stand in the form: those that document the incident, then some that the topic cites."""
    chosen = list(incident.reports) if incident else []
    others = [report for report in topic.reports if report not in chosen]
    return [*chosen, *others[:MOST_OFFERED]]


def _incident_page(topic: Topic, register: Register, form: IncidentForm, incident: Incident | None = None) -> str:
    form.name_assessments(incident_words.names(register))
    return render_template(
        "organise/incident.html",
        form=form,
        incident=incident,
        reports=_offered(topic, incident),
        **frame(topic, register, "incidents"),
    )


def _assess_page(topic: Topic, register: Register, incident: Incident, form: AssessForm) -> str:
    form.name_assessments(incident_words.names(register))
    return render_template(
        "organise/incident_assess.html", form=form, incident=incident, **frame(topic, register, "incidents")
    )
