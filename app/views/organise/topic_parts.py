"""The desk: a topic's key figures, the campaigns that it gathers, its address and language."""

from __future__ import annotations

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock, pages
from app.domain import key_figures, orders, topics
from app.domain.refused import EditedMeanwhile, NotFound, Refused
from app.domain.rights import Right
from app.extensions import db
from app.forms import values
from app.forms.organise import AddressForm
from app.forms.topics import KeyFigureForm, TopicLanguageForm
from app.models import Topic
from app.views import access
from app.views.access import needs
from app.views.organise import bp, places, removed, restored, saved
from app.views.organise.topics import TOPIC


def _number() -> int:
    return values.key(request.form.get("number", "")) or 0


@bp.get(TOPIC + "/figures")
@needs(Right.EDIT)
def figures(organisation: str, slug: str) -> str:
    """The figures on top of the page, in their order."""
    return places.shown("organise/topic_figures.html", access.topic(slug), most=key_figures.MOST)


@bp.get(TOPIC + "/figures/new")
@needs(Right.EDIT)
def new_figure(organisation: str, slug: str) -> str:
    """A form for one more."""
    return _figure_page(access.topic(slug), KeyFigureForm())


@bp.post(TOPIC + "/figures/new")
@needs(Right.EDIT)
def add_figure(organisation: str, slug: str) -> ResponseReturnValue:
    """It is on the page, last."""
    topic, form = access.topic(slug), KeyFigureForm()
    if not form.validate():
        return _figure_page(topic, form), 422
    try:
        key_figures.add(topic, form.read_values(), now=clock.now())
    except Refused as refused:
        return _figure_page(topic, form, sentence=refused.sentence), refused.status
    return saved(topic, "figures")


@bp.get(TOPIC + "/figures/<int:number>")
@needs(Right.EDIT)
def edit_figure(organisation: str, slug: str, number: int) -> str:
    """One figure."""
    topic = access.topic(slug)
    figure = key_figures.own(topic, number)
    return _figure_page(topic, KeyFigureForm(figure), number)


@bp.post(TOPIC + "/figures/<int:number>")
@needs(Right.EDIT)
def save_figure(organisation: str, slug: str, number: int) -> ResponseReturnValue:
    """It is corrected."""
    topic, form = access.topic(slug), KeyFigureForm()
    figure = key_figures.own(topic, number)
    if not form.validate():
        return _figure_page(topic, form, number), 422
    try:
        key_figures.change(figure, form.read_values(), seen=form.seen.data or None, now=clock.now())
    except EditedMeanwhile as refused:
        form.refuse_for(refused.sentence, KeyFigureForm(figure, formdata=None))
        return _figure_page(topic, form, number), refused.status
    return saved(topic, "figures")


def _figure_page(topic: Topic, form: KeyFigureForm, number: int | None = None, sentence: str = "") -> str:
    return places.shown("organise/topic_figure.html", topic, form=form, number=number, sentence=sentence)


@bp.post(TOPIC + "/figures/move")
@needs(Right.EDIT)
def move_figure(organisation: str, slug: str) -> ResponseReturnValue:
    """It stands one place higher or lower."""
    topic = access.topic(slug)
    key_figures.move(topic, _number(), places.steps(), now=clock.now())
    return saved(topic, "figures", f"row-{_number()}")


@bp.post(TOPIC + "/figures/<int:number>/remove")
@needs(Right.EDIT)
def remove_figure(organisation: str, slug: str, number: int) -> ResponseReturnValue:
    """It is off the page; the next page offers to put it back."""
    topic = access.topic(slug)
    figure = key_figures.own(topic, number)
    key_figures.remove(figure, now=clock.now())
    undo = places.link(topic, "organise.restore_figure", number=number)
    return removed(_("“%(title)s” is removed.", title=figure.number), undo, places.link(topic, "organise.figures"))


@bp.post(TOPIC + "/figures/<int:number>/restore")
@needs(Right.EDIT)
def restore_figure(organisation: str, slug: str, number: int) -> ResponseReturnValue:
    """It stands where it stood."""
    topic = access.topic(slug)
    key_figures.restore(key_figures.own(topic, number, removed=True), now=clock.now())
    return restored(topic, "figures", f"row-{number}")


@bp.get(TOPIC + "/campaigns")
@needs(Right.EDIT)
def topic_campaigns(organisation: str, slug: str) -> str:
    """The campaigns that it gathers, in their order, and those that it could gather."""
    topic = access.topic(slug)
    others = db.session.scalars(topics.others(topic)).all()
    return places.shown("organise/topic_campaigns.html", topic, others=others)


@bp.post(TOPIC + "/campaigns")
@needs(Right.EDIT)
def gather_campaign(organisation: str, slug: str) -> ResponseReturnValue:
    """One more is gathered: last, or at the place `at` where it stood before."""
    topic = access.topic(slug)
    number = values.key(request.args.get("number", request.form.get("number", "")))
    if number is None:
        flash(_("No campaign was chosen. Choose one, then add it."))
        return redirect(places.link(topic, "organise.topic_campaigns"), 303)
    gathered = [campaign.id for campaign in topic.campaigns]
    at = values.key(request.args.get("at", ""))
    order = orders.placed(gathered, number, len(gathered) if at is None else at)
    topics.gather(topic, order, now=clock.now())
    return saved(topic, "campaigns", f"row-{number}")


@bp.post(TOPIC + "/campaigns/move")
@needs(Right.EDIT)
def move_campaign(organisation: str, slug: str) -> ResponseReturnValue:
    """It stands one line higher or lower."""
    topic, number = access.topic(slug), _number()
    gathered = [campaign.id for campaign in topic.campaigns]
    if number not in gathered:
        raise NotFound
    topics.gather(topic, orders.moved(gathered, number, places.steps()), now=clock.now())
    return saved(topic, "campaigns", f"row-{number}")


@bp.post(TOPIC + "/campaigns/<int:number>/remove")
@needs(Right.EDIT)
def remove_campaign(organisation: str, slug: str, number: int) -> ResponseReturnValue:
    """It is gathered no more; the next page offers to put it back."""
    topic = access.topic(slug)
    gathered = {campaign.id: campaign for campaign in topic.campaigns}
    if number not in gathered:
        raise NotFound
    title, at = gathered[number].ask, list(gathered).index(number)
    topics.gather(topic, [other for other in gathered if other != number], now=clock.now())
    undo = places.link(topic, "organise.gather_campaign", number=number, at=at)
    said = _("“%(title)s” is taken off this topic. The campaign itself stays.", title=title)
    return removed(said, undo, places.link(topic, "organise.topic_campaigns"))


@bp.get(TOPIC + "/address")
@needs(Right.EDIT)
def edit_topic_address(organisation: str, slug: str) -> str:
    """The language that it is written in, and its public address."""
    return _address_page(access.topic(slug))


@bp.post(TOPIC + "/address")
@needs(Right.EDIT)
def save_topic_address(organisation: str, slug: str) -> ResponseReturnValue:
    """The topic moves to another address; earlier ones lead there."""
    topic, form = access.topic(slug), AddressForm()
    if not form.validate():
        return _address_page(topic, address=form), 422
    try:
        topics.move(topic, form.slug.data or "", now=clock.now())
    except Refused as refused:
        form.slug.errors = [refused.sentence]
        return _address_page(topic, address=form), refused.status
    pages.forget()
    flash(_("The address is changed. The earlier one leads to it."))
    return redirect(places.link(topic, "organise.edit_topic_address"), 303)


@bp.post(TOPIC + "/language")
@needs(Right.EDIT)
def save_topic_language(organisation: str, slug: str) -> ResponseReturnValue:
    """The page is in this language."""
    topic, form = access.topic(slug), TopicLanguageForm()
    if not form.validate():
        return _address_page(topic, form=form), 422
    topics.set_language(topic, form.locale.data, now=clock.now())
    return saved(topic, "address")


def _address_page(topic: Topic, form: TopicLanguageForm | None = None, address: AddressForm | None = None) -> str:
    return places.shown(
        "organise/topic_address.html",
        topic,
        form=form or TopicLanguageForm(formdata=None, locale=topic.locale),
        address=address or AddressForm(formdata=None, slug=topic.slug),
    )
