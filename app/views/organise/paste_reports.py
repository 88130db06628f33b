"""The desk: many publications at once, from a list that somebody has already."""

from __future__ import annotations

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from app import clock, pages
from app.domain import library, library_list
from app.domain.rights import Right
from app.forms.paste_reports import PasteForm, Rows
from app.templating import number
from app.views.access import needs
from app.views.organise import bp, places
from app.views.organise.unsaved import keep_rest


@bp.get("/<organisation>/library/paste")
@needs(Right.EDIT)
def paste_reports(organisation: str) -> str:
    """A box for the list; `for`: where they are to be cited."""
    form = _form()
    form.aim(request.args.get("for", ""))
    rows = Rows(g.organisation.id)
    if form.is_taken_up:
        rows.take_posted(g.unsaved, form)
    return _page(form, rows)


@bp.post("/<organisation>/library/paste")
@needs(Right.EDIT)
def read_pasted_reports(organisation: str) -> ResponseReturnValue:
    """The list as a table to correct; once it is right, all of it goes into the library. What is no row stays in the box."""
    form, rows = _form(), Rows(g.organisation.id)
    rows.take_posted(request.form, form)
    if request.form.get("then") == "add":
        return _add(form, rows)
    if not form.validate():
        return _page(form, rows), 422
    before = len(rows)
    form.text.data = rows.take_text(form.text.data or "", form)
    if len(rows) == before:
        form.text.errors = [
            _("No line here has a date or a link. Begin each with its date, such as “(9 June 2015) Title”.")
        ]
        return _page(form, rows), 422
    return _page(form, rows)


def _form() -> PasteForm:
    return PasteForm(library_list.places(g.organisation.id))


def _add(form: PasteForm, rows: Rows) -> ResponseReturnValue:
    is_fit, place = form.validate(), form.read_place()
    problems = rows.problems(place)
    if not is_fit or problems:
        return _page(form, rows, problems), 422
    taken = rows.taken()
    if not taken:
        form.text.errors = [_("No row is ticked. Tick those that are to be added.")]
        return _page(form, rows), 422
    known = [rows.known(row) for row in taken]
    said = [row.read_values() if there is None else there for row, there in zip(taken, known, strict=True)]
    library.add_many(g.organisation.id, said, now=clock.now(), at=place)
    pages.forget()
    _say(known.count(None), len(known) - known.count(None))
    form.text.data = "\n".join(text for text in (rows.left_out(), form.text.data or "") if text.strip())
    if not form.text.data:
        there = url_for(".library", organisation=g.organisation.slug)
        return redirect(places.link(place, "organise.reports") if place else there, 303)
    keep_rest(*((name, form[name].data or "") for name in ("text", "publisher", "kind", "url", "place")))
    return _page(form, Rows(g.organisation.id), is_rest=True)


def _say(many: int, cited: int) -> None:
    said = [ngettext("%(many)s publication added.", "%(many)s publications added.", many, many=number(many))]
    if cited:
        words = ngettext(
            "%(many)s that was there is cited.", "%(many)s that were there are cited.", cited, many=number(cited)
        )
        said = [*said, words] if many else [words]
    flash(" ".join(said))


def _page(
    form: PasteForm, rows: Rows, problems: list[tuple[str, str, str]] | None = None, *, is_rest: bool = False
) -> str:
    return render_template(
        "organise/library_paste.html", form=form, rows=rows.shown(), problems=problems or [], is_rest=is_rest
    )
