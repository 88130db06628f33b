"""What the pages of a register show: which filters somebody asks for, their addresses, and numbers that are kept while they hold."""

from __future__ import annotations

import datetime as dt
import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any

from flask import current_app, g, redirect, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as Redirect

from app import i18n, incident_chart, incident_words, links, maps, templating
from app.cleaning import clean
from app.domain import incident_search, registers
from app.domain.incident_search import SORTS, Choices, Filters, Found
from app.domain.incident_tally import Tally
from app.forms import values
from app.models import Assessment, Incident, Register

LONGEST = 120  # characters of a filter; longer ones find nothing
MOST_REGISTERS = 64  # whose numbers are kept
IN_THE_TABLE, IN_SHORT = 200, 20  # places, those with most incidents
ALONE = 9.0  # radius of the mark on the map of one incident
USUAL_SORT = "newest"
FILTERS = ("q", "assessment", "source", "country", "place", "from", "to")
ARGUMENTS = (*FILTERS, "sort", "after", "before")


@dataclass(frozen=True)
class Asked:
    """What somebody asks of a register, and what of it could not be read."""

    filters: Filters
    sort: str = USUAL_SORT
    after: str = ""
    before: str = ""
    typed: dict[str, str] = field(default_factory=dict)  # what the form shows again
    wrong: tuple[str, ...] = ()  # names of arguments that could not be read: nothing is filtered by them

    def arguments(self, *, without: str = "") -> dict[str, str | None]:
        """The arguments of an address that asks for the same, by name; but for the page of the list."""
        kept = {"lang": asked_language(), **{name: said for name, said in self.typed.items() if said}}
        if self.sort != USUAL_SORT:
            kept["sort"] = self.sort
        return {name: said for name, said in kept.items() if name != without}


def asked_language() -> str | None:
    """The language that the address asks for, to be asked for again."""
    lang = request.args.get("lang", "")
    return lang if lang in current_app.config["LANGUAGES"] else None


def is_asked() -> bool:
    """Whether the address asks for a part of the register, or an order of it."""
    return any(name in request.args for name in ARGUMENTS)


def asked(given: MultiDict[str, str]) -> Asked:
    """What an address asks for. Whatever strangers invent is text to look for, or nothing."""
    typed = {name: _plain(given.get(name, "")) for name in FILTERS}
    days, wrong = {}, []
    for name in ("from", "to"):
        try:
            days[name] = values.day(typed[name]) if typed[name] else None
        except ValueError:
            wrong.append(name)
    known = {"assessment": tuple(Assessment), "country": i18n.country_codes()}
    wrong += [name for name, words in known.items() if typed[name] and typed[name] not in words]
    assessment, country = ("" if name in wrong else typed[name] for name in known)
    filters = Filters(
        assessment=assessment,
        source=typed["source"],
        country=country,
        place=typed["place"],
        since=days.get("from"),
        until=days.get("to"),
        words=typed["q"],
    )
    sort = given.get("sort", "")
    return Asked(
        filters,
        sort if sort in SORTS else USUAL_SORT,
        _plain(given.get("after", "")),
        _plain(given.get("before", "")),
        typed,
        tuple(wrong),
    )


def _plain(text: str) -> str:
    """The text without what no database can be asked for."""
    seen = "".join(c for c in text[: LONGEST + 1] if c.isprintable() and not "\ud800" <= c <= "\udfff")
    return clean(seen)[:LONGEST]


def find(slug: str) -> Register | Redirect:
    """The public register of a topic, or the way from an earlier address of the topic to the present one."""
    register = registers.find(slug)
    if register.topic.slug != slug:
        assert request.endpoint
        given: dict[str, Any] = {**(request.view_args or {}), "slug": register.topic.slug}
        given |= {name: request.args.get(name) for name in ("lang", *ARGUMENTS)}
        return redirect(url_for(request.endpoint, **given), 301)
    g.locale = register.topic.locale
    return register


@dataclass(frozen=True)
class Numbers:
    """What is known of a whole register as it was at a moment."""

    edited_at: dt.datetime
    choices: Choices
    tally: Tally


def numbers(register: Register) -> Numbers:
    """The figures and choices of the whole register: counted once for each change of it, in each process."""
    shelf: OrderedDict[int, Numbers] = current_app.extensions.setdefault("register_numbers", OrderedDict())
    lock: threading.Lock = current_app.extensions.setdefault("register_numbers_lock", threading.Lock())
    found = shelf.get(register.id)
    if found is not None and found.edited_at == register.edited_at:
        return found
    whole = incident_search.find(register, Filters())
    counted = Numbers(register.edited_at, incident_search.choices(register), whole.tally())
    with lock:
        shelf[register.id] = counted
        shelf.move_to_end(register.id)
        while len(shelf) > MOST_REGISTERS:
            shelf.popitem(last=False)
    return counted


def look(register: Register, wish: Asked) -> tuple[Found, Tally, Numbers]:
    """What answers a wish, its figures, and those of the whole."""
    whole = numbers(register)
    found = incident_search.find(register, wish.filters)
    is_part = len(found.rows) < whole.tally.total
    return found, found.tally() if is_part else whole.tally, whole


def context(register: Register, wish: Asked) -> dict[str, Any]:
    """All that the page of a register shows."""
    found, tally, whole = look(register, wish)
    return {
        **frame(register, wish),
        "tally": tally,
        "total": whole.tally.total,
        "choices": whole.choices,
        "page": found.page(wish.sort, after=wish.after, before=wish.before),
        **places_of(found, IN_SHORT),
        "chart": incident_chart.draw(tally.months, incident_words.ORDER, templating.number),
    }


def frame(register: Register, wish: Asked) -> dict[str, Any]:
    """What every page of a register shows."""
    i18n.ask_again(*FILTERS, "sort")
    return {
        "register": register,
        "topic": register.topic,
        "wish": wish,
        "names": incident_words.names(register),
        "order": incident_words.ORDER,
        "said": incident_words.said(wish.filters, register),
        "sorts": incident_words.sorts(),
        "link": links.to("public.register", slug=register.topic.slug),
    }


@dataclass(frozen=True)
class Glance:
    """A register on the page of its topic."""

    register: Register
    tally: Tally
    names: dict[Assessment, str]


def glance(register: Register | None) -> Glance | None:
    """What the topic's page shows of its register; None where there is nothing that the public may see."""
    if register is None or not register.is_public:
        return None
    tally = numbers(register).tally
    return Glance(register, tally, incident_words.names(register)) if tally.total else None


def incident_context(register: Register, incident: Incident) -> dict[str, Any]:
    """All that the page of an incident shows."""
    place = incident.latitude, incident.longitude
    spots = (
        [maps.Spot(place[0], place[1], incident.assessment, 1)] if place[0] is not None and place[1] is not None else []
    )
    link = links.to("public.incident", slug=register.topic.slug, public_id=incident.public_id)
    return {
        **frame(register, Asked(Filters())),
        "incident": incident,
        "map": maps.draw(spots, incident_words.ORDER, smallest=ALONE),
        "link": link,
        "citation": incident_words.citation(register, incident, link),
    }


def places_of(found: Found, most: int) -> dict[str, Any]:
    """The places of what was found with most incidents, for a table, and how many there are."""
    places, count = found.places(most)
    return {"places": places, "place_count": count, "has_regions": any(place.region for place in places)}


def map_context(register: Register, wish: Asked) -> dict[str, Any]:
    """All that the page of the map shows."""
    found, tally, whole = look(register, wish)
    spots = [maps.Spot(*spot) for spot in found.located()]
    return {
        **frame(register, wish),
        "tally": tally,
        "total": whole.tally.total,
        "choices": whole.choices,
        "map": maps.draw(spots, incident_words.ORDER),
        "located": sum(spot.count for spot in spots),
        **places_of(found, IN_THE_TABLE),
    }
