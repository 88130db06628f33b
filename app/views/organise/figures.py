"""The desk: a topic's series of figures, entered as a table or read from a list."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from app import clock, figure_tables, incident_rows, pages
from app.domain import figure_series
from app.domain.figure_series import Number
from app.domain.refused import EditedMeanwhile, Refused
from app.domain.rights import Right
from app.extensions import db
from app.forms import values
from app.forms.figures import FiguresForm, SeriesForm
from app.models import FigureSeries, Register, Topic
from app.readers import figures
from app.readers.figures import Figure
from app.readers.lines import Reading
from app.views import access
from app.views.access import needs
from app.views.organise import bp, places, removed
from app.views.organise.registers import frame
from app.views.organise.unsaved import keep_rest

AT = "/<organisation>/topics/<slug>/series"  # /figures are the key figures on top of the topic


@bp.get(AT, endpoint="figure_series")
@needs(Right.VIEW)
def listed(organisation: str, slug: str) -> str:
    """The series of a topic, in the order of its page."""
    topic = access.topic(slug)
    series = db.session.scalars(figure_series.of(topic.id).options(selectinload(FigureSeries.figures))).all()
    return render_template("organise/figure_series.html", all=series, **_frame(topic))


@bp.post(f"{AT}/move")
@needs(Right.EDIT)
def move_series(organisation: str, slug: str) -> ResponseReturnValue:
    """One series stands a place higher or lower."""
    topic = access.topic(slug)
    series = figure_series.own(topic, values.key(request.form.get("number", "")) or 0)
    figure_series.move(series, places.steps(), now=clock.now())
    pages.forget()
    at = url_for("organise.figure_series", organisation=organisation, slug=slug, _anchor=f"row-{series.id}")
    return redirect(at, 303)


@bp.get(f"{AT}/new")
@needs(Right.EDIT)
def new_series(organisation: str, slug: str) -> str:
    """What is it about, and whose figures are they?"""
    return _series_page(access.topic(slug), SeriesForm())


@bp.post(f"{AT}/new")
@needs(Right.EDIT)
def add_series(organisation: str, slug: str) -> ResponseReturnValue:
    """The series is there; its figures come next."""
    topic, form = access.topic(slug), SeriesForm()
    if not form.validate():
        return _series_page(topic, form), 422
    series = figure_series.begin(topic, form.read_values(), now=clock.now())
    return _saved(topic, series, "organise.edit_figures")


@bp.get(f"{AT}/<int:number>")
@needs(Right.EDIT)
def edit_series(organisation: str, slug: str, number: int) -> str:
    """What a series says of itself."""
    topic = access.topic(slug)
    series = figure_series.own(topic, number)
    return _series_page(topic, _filled(series), series)


def _filled(series: FigureSeries, **more: Any) -> SeriesForm:
    return SeriesForm(obj=series, seen=series.edited_at.isoformat(), **more)


@bp.post(f"{AT}/<int:number>")
@needs(Right.EDIT)
def save_series(organisation: str, slug: str, number: int) -> ResponseReturnValue:
    """It says something else."""
    topic, form = access.topic(slug), SeriesForm()
    series = figure_series.own(topic, number)
    if not form.validate():
        return _series_page(topic, form, series), 422
    try:
        figure_series.change(series, form.read_values(), seen=values.moment(form.seen.data), now=clock.now())
    except EditedMeanwhile as meanwhile:
        form.refuse_for(meanwhile.sentence, _filled(series, formdata=None))
        return _series_page(topic, form, series), 409
    return _saved(topic, series, "organise.edit_series")


@bp.get(f"{AT}/<int:number>/numbers")
@needs(Right.EDIT)
def edit_figures(organisation: str, slug: str, number: int) -> str:
    """The figures as a table in a text, and a box to paste others."""
    topic = access.topic(slug)
    series = figure_series.own(topic, number)
    form = FiguresForm(text=figure_tables.written(series.figures), seen=series.edited_at.isoformat())
    return _figures_page(topic, series, form)


@bp.post(f"{AT}/<int:number>/read")
@needs(Right.EDIT)
def read_figures(organisation: str, slug: str, number: int) -> ResponseReturnValue:
    """What was pasted, read: nothing is stored yet."""
    topic, form = access.topic(slug), FiguresForm()
    series = figure_series.own(topic, number)
    if not form.validate():
        return _figures_page(topic, series, form), 422
    return _figures_page(topic, series, form, _read(form))


@bp.post(f"{AT}/<int:number>/numbers")
@needs(Right.EDIT)
def take_figures(organisation: str, slug: str, number: int) -> ResponseReturnValue:
    """The series consists of these figures; or they are added to it. What has no figure stays in the box."""
    topic, form = access.topic(slug), FiguresForm()
    series = figure_series.own(topic, number)
    if not form.validate():
        return _figures_page(topic, series, form), 422
    reading = _read(form)
    if said := _unfit(series, form, reading):
        form.text.errors = [said]
        return _figures_page(topic, series, form, reading), 422
    try:
        _take(series, _numbers(reading), form)
    except (EditedMeanwhile, Refused) as refusal:
        form.form_errors.append(refusal.sentence)
        form.seen.data = series.edited_at.isoformat()
        return _figures_page(topic, series, form, reading), 409
    if reading.left:
        pages.forget()
        flash(_("The figures were stored. What could not be read stands below."))
        form.text.data = "\n".join(reading.rest)
        form.adds.data, form.seen.data = True, series.edited_at.isoformat()
        keep_rest(("text", form.text.data), ("adds", "y"), ("seen", form.seen.data))
        return _figures_page(topic, series, form, _read(form))
    return _saved(topic, series, "organise.edit_figures")


def _unfit(series: FigureSeries, form: FiguresForm, reading: Reading[Figure]) -> str:
    """Why the figures are not stored as they were read; empty where they are. The text stays as it was typed."""
    numbers = _numbers(reading)
    if not numbers and (form.text.data or "").strip():
        return _("No figure with a month could be read. Write a month, a place and numbers in each line.")
    if wrong := len(reading.rows) - len(numbers):
        return ngettext(
            "Nothing was stored: a figure cannot be taken, and stands below. Correct it or take it out.",
            "Nothing was stored: some figures cannot be taken, and stand below. Correct them or take them out.",
            wrong,
        )
    read = {(one.month, one.place, one.name) for one in numbers}
    if reading.left and not form.adds.data and any((o.month, o.place, o.name) not in read for o in series.figures):
        return _(
            "Nothing was stored: figures would be gone, while not every line could be read."
            " Correct the lines or take them out; or tick that the others are added."
        )
    return ""


def _take(series: FigureSeries, numbers: list[Number], form: FiguresForm) -> None:
    if form.adds.data:
        figure_series.take(series, numbers, now=clock.now())
    else:
        figure_series.rewrite(series, numbers, seen=values.moment(form.seen.data), now=clock.now())


def _read(form: FiguresForm) -> Reading[Figure]:
    return figures.read(incident_rows.readable(form.text.data or ""), today=clock.now().date())


@bp.post(f"{AT}/<int:number>/remove")
@needs(Right.EDIT)
def remove_series(organisation: str, slug: str, number: int) -> ResponseReturnValue:
    """It is out of sight, and can be put back."""
    topic = access.topic(slug)
    series = figure_series.own(topic, number)
    figure_series.remove(series, now=clock.now())
    undo = url_for("organise.restore_series", organisation=organisation, slug=slug, number=number)
    back = url_for("organise.figure_series", organisation=organisation, slug=slug)
    return removed(_("“%(title)s” was removed.", title=series.title), undo, back)


@bp.post(f"{AT}/<int:number>/restore")
@needs(Right.EDIT)
def restore_series(organisation: str, slug: str, number: int) -> ResponseReturnValue:
    """It is back."""
    topic = access.topic(slug)
    figure_series.restore(figure_series.own(topic, number), now=clock.now())
    pages.forget()
    flash(_("It is back."))
    return redirect(url_for("organise.figure_series", organisation=organisation, slug=slug), 303)


def _saved(topic: Topic, series: FigureSeries, endpoint: str) -> ResponseReturnValue:
    pages.forget()
    flash(_("Saved."))
    at = url_for(endpoint, organisation=topic.organisation.slug, slug=topic.slug, number=series.id)
    return redirect(at, 303)


def _frame(topic: Topic) -> dict[str, object]:
    return frame(topic, db.session.scalar(select(Register).where(Register.topic_id == topic.id)), "figures")


def _series_page(topic: Topic, form: SeriesForm, series: FigureSeries | None = None) -> str:
    return render_template("organise/edit_series.html", form=form, series=series, **_frame(topic))


def _numbers(reading: Reading[Figure]) -> list[Number]:
    """What was read and can be taken."""
    return [number for number in map(figure_tables.number, reading.rows) if number is not None]


def _wanted(series: FigureSeries, form: FiguresForm, reading: Reading[Figure]) -> list[figure_tables.Countable]:
    """The figures that the series will consist of."""
    read = {(one.month, one.place, one.name): one for one in _numbers(reading)}
    kept = [one for one in series.figures if form.adds.data and (one.month, one.place, one.name) not in read]
    return [*kept, *read.values()]


def _figures_page(topic: Topic, series: FigureSeries, form: FiguresForm, reading: Reading[Figure] | None = None) -> str:
    drawn = figure_tables.drawn(series, _wanted(series, form, reading) if reading else None)
    return render_template(
        "organise/edit_figures.html",
        form=form,
        series=series,
        reading=reading,
        drawn=drawn,
        number_of=figure_tables.number,
        has_value=figure_tables.has_value,
        **_frame(topic),
    )
