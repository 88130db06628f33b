"""For everybody: the evidence register of a topic, its incidents, its map, and the same as files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from flask import Response, current_app, render_template, request
from sqlalchemy import Select
from werkzeug.wrappers import Response as Redirect

from app import clock, incident_files, incident_words, links, register_page
from app.domain import incidents
from app.extensions import db
from app.floods import refuse_flood, take_turn
from app.models import Register
from app.pages import kept, passing, readers
from app.views.public import bp


def _wants_a_part() -> bool:
    """Whether a part of a register is asked for. It is made anew for each who asks, so a network may ask for so many only."""
    if not register_page.is_asked():
        return False
    refuse_flood("search_door", "SEARCH_LIMIT")
    return True


@bp.get("/topics/<slug>/register")
@kept("lang", unless=_wants_a_part)
def register(slug: str) -> str | Redirect:
    """The register: its figures with what they do not say, when it happened, and the incidents, filtered as asked."""
    found = register_page.find(slug)
    if not isinstance(found, Register):
        return found
    return render_template("public/register.html", **register_page.context(found, register_page.asked(request.args)))


@bp.get("/topics/<slug>/register/map")
@kept("lang", unless=_wants_a_part)
def register_map(slug: str) -> str | Redirect:
    """Where it happened: a map, and the places as a table."""
    found = register_page.find(slug)
    if not isinstance(found, Register):
        return found
    wish = register_page.asked(request.args)
    return render_template("public/register_map.html", **register_page.map_context(found, wish))


@bp.get("/topics/<slug>/register/map-<any(light, dark):shade>.svg")
@kept("lang", unless=_wants_a_part)
def register_map_picture(slug: str, shade: str) -> Response | Redirect:
    """The map alone, for light or dark paper."""
    found = register_page.find(slug)
    if not isinstance(found, Register):
        return found
    wish = register_page.asked(request.args)
    drawn = render_template("public/register_map.svg", shade=shade, **register_page.map_context(found, wish))
    return Response(drawn, mimetype="image/svg+xml")


@bp.get("/topics/<slug>/register.csv")
def register_csv(slug: str) -> Response | Redirect:
    """Exactly the incidents that are asked for, for a spreadsheet."""
    found = register_page.find(slug)
    if not isinstance(found, Register):
        return found
    response = _passed_on(incident_files.as_csv(db.engine, _chosen(found)), "text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{found.topic.slug}-register.csv"'
    return response


@bp.get("/topics/<slug>/register.json")
def register_json(slug: str) -> Response | Redirect:
    """The same for programs, readable from any site."""
    found = register_page.find(slug)
    if not isinstance(found, Register):
        return found
    names, wish = incident_words.names(found), register_page.asked(request.args)
    about = {
        "title": found.title,
        "source": found.source,
        "source_url": found.source_url,
        "caveats": found.caveats,
        "link": links.to("public.register", slug=found.topic.slug),
        "as_of": clock.now().replace(microsecond=0).isoformat().replace("+00:00", "Z"),
        "filters": {name: said for name, said in wish.typed.items() if said and name not in wish.wrong},
        "filters_not_understood": {name: wish.typed[name] for name in wish.wrong},
        "assessments": {one.value: names[one] for one in incident_words.ORDER},
    }
    pieces = incident_files.as_json(db.engine, _chosen(found, between="\n"), about)
    return _passed_on(pieces, "application/json")


def _chosen(found: Register, between: str = "; ") -> Select[Any]:
    conditions = register_page.asked(request.args).filters.conditions(found.id)
    return incident_files.rows(conditions, links.to("public.register", slug=found.topic.slug), between)


def _passed_on(pieces: Iterable[bytes], kind: str) -> Response:
    """A file whose reader takes as long as they like, when it is their turn. Browsers and proxies may keep it as long as a page."""
    refuse_flood("search_door", "SEARCH_LIMIT")
    response = Response(mimetype=kind)
    if request.method != "HEAD":  # which reads nothing, and would never end its turn
        end = take_turn()
        response.response = _until_read(pieces, end)
        response.call_on_close(end)
    response.headers["Cache-Control"] = f"{readers()}, max-age={current_app.config['PAGE_SECONDS']}, stale-if-error=600"
    return response


def _until_read(pieces: Iterable[bytes], end: Callable[[], None]) -> Iterator[bytes]:
    try:
        yield from pieces
    finally:
        end()


@bp.get("/topics/<slug>/register/<public_id>")
@passing
def incident(slug: str, public_id: str) -> str | Redirect:
    """One incident: what is known, who says so, how it was assessed and when."""
    found = register_page.find(slug)
    if not isinstance(found, Register):
        return found
    there = incidents.find(found, public_id)
    return render_template("public/incident.html", **register_page.incident_context(found, there))
