"""Hand-overs and manifests in words: how, to whom, what the list holds. Pages, feeds and the desk say it in the same words."""

from __future__ import annotations

from flask import Flask
from flask_babel import gettext as _

from app.models import Delivery, DeliveryWay, SignatureState


def init_app(app: Flask) -> None:
    """Let templates say it."""
    app.jinja_env.globals.update(delivery_line=line, delivery_way=way_of, way_name=way_name, state_word=state_word)


def way_name(way: DeliveryWay) -> str:
    """How a list is handed over, as a choice."""
    return {
        DeliveryWay.IN_PERSON: _("In person"),
        DeliveryWay.POST: _("By post"),
        DeliveryWay.MAIL: _("By e-mail"),
        DeliveryWay.PORTAL: _("Through a portal"),
        DeliveryWay.OTHER: _("In another way"),
    }[way]


def way_of(delivery: Delivery) -> str:
    """How this one was: the organiser's own words where there are some; nothing where it was not said."""
    if delivery.way is None:
        return ""
    name = way_name(delivery.way)
    if not delivery.way_words:
        return name
    words = f"\u2068{delivery.way_words}\u2069"
    return words if delivery.way == DeliveryWay.OTHER else _("%(way)s (%(words)s)", way=name, words=words)


def line(delivery: Delivery) -> str:
    """How and to whom, on one line. Names stand between isolates, so that the line keeps its direction."""
    to = _(", ").join(f"\u2068{part}\u2069" for part in delivery.to)
    way = way_of(delivery)
    if to and way:
        return _("%(way)s, to %(who)s.", way=way, who=to)
    return _("To %(who)s.", who=to) if to else f"{way}." if way else ""


def state_word(state: str) -> str:
    """The state of signatures in a list, as a reader understands it."""
    return {
        SignatureState.CONFIRMED: _(
            "those that count: confirmed by mail, or brought in from paper or another platform"
        ),
        SignatureState.HELD: _("held back for a closer look"),
        SignatureState.INVALIDATED: _("taken out of the count"),
        SignatureState.PENDING: _("not confirmed yet"),
        SignatureState.WITHDRAWN: _("withdrawn"),
    }[SignatureState(state)]
