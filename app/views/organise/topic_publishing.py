"""The desk: a topic's way into the public and back."""

from __future__ import annotations

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock, links, menu, pages
from app.domain import topics
from app.domain.refused import Refused
from app.domain.rights import Right
from app.forms.organise import Confirm
from app.views import access
from app.views.access import needs
from app.views.organise import bp, places
from app.views.organise.topics import TOPIC


def _done(sentence: str, address: str) -> ResponseReturnValue:
    pages.forget()
    menu.forget()
    flash(sentence)
    return redirect(address, 303)


@bp.get(TOPIC + "/publish")
@needs(Right.EDIT)
def publish_topic(organisation: str, slug: str) -> str:
    """What is missing, or what publishing means; and one button."""
    return places.shown("organise/topic_publish.html", access.topic(slug), form=Confirm(), sentence="")


@bp.post(TOPIC + "/publish")
@needs(Right.EDIT)
def publish_topic_now(organisation: str, slug: str) -> ResponseReturnValue:
    """Everybody can read it."""
    topic = access.topic(slug)
    try:
        topics.publish(topic, now=clock.now())
    except Refused as refused:
        page = places.shown("organise/topic_publish.html", topic, form=Confirm(), sentence=refused.sentence)
        return page, refused.status
    said = _("Published. Everybody can read it at %(address)s", address=links.to("public.topic", slug=topic.slug))
    return _done(said, places.link(topic, "organise.edit_topic"))


@bp.get(TOPIC + "/take-back")
@needs(Right.EDIT)
def ask_take_back_topic(organisation: str, slug: str) -> str:
    """A page that asks once more."""
    return places.shown("organise/topic_take_back.html", access.topic(slug), form=Confirm())


@bp.post(TOPIC + "/take-back")
@needs(Right.EDIT)
def take_back_topic(organisation: str, slug: str) -> ResponseReturnValue:
    """It is a draft again; nobody but its organisation sees it."""
    topic = access.topic(slug)
    topics.withdraw(topic, now=clock.now())
    return _done(_("Taken back. Nobody but you sees it now."), places.link(topic, "organise.edit_topic"))


@bp.get(TOPIC + "/discard")
@needs(Right.EDIT)
def ask_discard_topic(organisation: str, slug: str) -> str:
    """A page that asks once more."""
    return places.shown("organise/topic_discard.html", access.topic(slug), form=Confirm())


@bp.post(TOPIC + "/discard")
@needs(Right.EDIT)
def discard_topic(organisation: str, slug: str) -> ResponseReturnValue:
    """The draft is gone."""
    topics.discard(access.topic(slug), now=clock.now())
    return _done(_("The draft was thrown away."), url_for(".topics", organisation=organisation))
