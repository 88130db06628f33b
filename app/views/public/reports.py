"""For everybody: the publications behind campaigns and topics, as a list to look through and with a page of each."""

from __future__ import annotations

import datetime as dt

from flask import Response, current_app, make_response, render_template, request

from app import report_page
from app.domain import library, library_list
from app.domain.library_list import Wanted
from app.floods import refuse_flood
from app.forms import values
from app.forms.texts import CONTROL, clean
from app.i18n import ask_again
from app.models import PartialDate, Precision, ReportKind
from app.pages import kept, readers
from app.readers.numbers import latin_digits
from app.templating import partial_day
from app.views.public import bp

LOOKED_FOR = ("q", "kind", "publisher", "year", "language")
LONGEST = 200


@bp.get("/reports")
def reports() -> str | Response:
    """All publications that something public cites, the newest first, or those that are looked for.

    The whole list is kept like every page. What is looked for is not: strangers can ask for any number of things, and each
    would push a page that people read off the shelf.
    """
    if not any(request.args.get(name) for name in (*LOOKED_FOR, "after")):
        response: Response = _all()
        return response
    refuse_flood("search_door", "SEARCH_LIMIT")
    ask_again(*LOOKED_FOR)
    response = make_response(_list(_wanted(), values.key(request.args.get("after", ""))))
    response.headers["Cache-Control"] = f"{readers()}, max-age={current_app.config['PAGE_SECONDS']}"
    return response


@kept("lang")
def _all() -> str:
    return _list(Wanted(), None)


@bp.get("/reports/<slug>")
@kept("lang")
def report(slug: str) -> str:
    """One publication: what it is, what it is cited for and where, how to cite it, and the way to it."""
    found = library.find(slug)
    return render_template(
        "public/report.html",
        report=found,
        cited=library_list.cited_at([found.id], public=True)[found.id],
        host_name=report_page.host(found),
        citation=report_page.citation(found),
        data=report_page.structured_data(found),
    )


def _wanted() -> Wanted:
    """What the address asks for; what is no filter of ours does not matter."""

    def said(name: str) -> str:
        return clean(CONTROL.sub(" ", request.args.get(name, "")).encode("utf-8", "ignore").decode())[:LONGEST]

    kind, year = said("kind"), latin_digits(said("year"))
    return Wanted(
        words=said("q"),
        kind=ReportKind(kind) if kind in tuple(ReportKind) else None,
        publisher=said("publisher"),
        year=int(year) if year.isdigit() and len(year) == 4 else None,
        language=said("language")[:8],
    )


def _list(wanted: Wanted, after: int | None) -> str:
    page = library_list.page(library_list.matching(library.public(), wanted), after=after)
    return render_template(
        "public/reports.html",
        page=page,
        wanted=wanted,
        total=library_list.total(wanted),
        choices=library_list.choices(),
        year_name=lambda year: partial_day(PartialDate(dt.date(year, 1, 1), Precision.YEAR)),
    )
