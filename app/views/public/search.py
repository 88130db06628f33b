"""For everybody: searching in all that is public."""

from __future__ import annotations

from flask import Response, current_app, make_response, render_template, request

from app import search_page
from app.domain.refused import NotFound
from app.floods import refuse_flood
from app.forms import values
from app.pages import kept, readers
from app.views.public import bp

ASKED = (*search_page.SEARCHED, "page")


@bp.get("/search")
def search() -> Response:
    """The form, or what was found.

    The empty form is kept like every page. What is found is not: strangers can ask for any number of things, and each would
    push a page that people read off the shelf.
    """
    if not any(request.args.get(name) for name in ASKED):
        empty: Response = _empty()
        return empty
    refuse_flood("search_door", "SEARCH_LIMIT")
    shown = search_page.context(search_page.form(), _page())
    if shown["results"] and not shown["found"] and shown["number"] > 1:
        raise NotFound
    response = make_response(render_template("public/search.html", **shown))
    if shown["form"].errors:
        response.status_code = 422
    else:
        response.headers["Cache-Control"] = f"{readers()}, max-age={current_app.config['PAGE_SECONDS']}"
    return response


@kept("lang")
def _empty() -> str:
    return render_template("public/search.html", **search_page.context(search_page.form(), 1))


def _page() -> int:
    number = values.key(request.args.get("page", "") or "1")
    if number is None or not 1 <= number <= search_page.LAST_PAGE:
        raise NotFound
    return number


@bp.get("/opensearch.xml")
@kept("lang")
def opensearch() -> Response:
    """What a browser needs to know to search here from its address bar."""
    return Response(render_template("public/opensearch.xml"), mimetype="application/opensearchdescription+xml")
