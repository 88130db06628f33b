"""The desk: the list of topics, a new one, its words, and the page as the public will see it."""

from __future__ import annotations

from html import unescape

from flask import current_app, g, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import clock, topic_page
from app.domain import topic_list, topics
from app.domain.refused import EditedMeanwhile
from app.domain.rights import Right
from app.domain.topics import Words
from app.forms.topics import NewTopicForm, TopicWordsForm
from app.models import Topic
from app.views import access
from app.views.access import needs
from app.views.organise import bp, places, saved

TOPIC = "/<organisation>/topics/<slug>"


@bp.get("/<organisation>/topics", endpoint="topics")
@needs(Right.VIEW)
def listed(organisation: str) -> str:
    """The organisation's topics, with what each gathers."""
    return render_template("organise/topics.html", rows=topic_list.rows(g.organisation.id))


@bp.get("/<organisation>/topics/new")
@needs(Right.EDIT)
def new_topic(organisation: str) -> str:
    """A page that asks for the title alone."""
    return render_template("organise/new_topic.html", form=NewTopicForm(locale=current_app.config["LANGUAGES"][0]))


@bp.post("/<organisation>/topics/new")
@needs(Right.EDIT)
def create_topic(organisation: str) -> ResponseReturnValue:
    """The draft is made; the editor opens."""
    form = NewTopicForm()
    if not form.validate():
        return render_template("organise/new_topic.html", form=form), 422
    words = Words(title=form.title.data or "", summary="", text="")
    topic = topics.create(g.organisation.id, words, locale=form.locale.data, now=clock.now())
    return redirect(url_for(".edit_topic", organisation=organisation, slug=topic.slug), 303)


@bp.get(TOPIC)
@needs(Right.VIEW)
def topic(organisation: str, slug: str) -> ResponseReturnValue:
    """The way into a topic: the editor, or the page for those who may only look."""
    endpoint = ".edit_topic" if access.can(Right.EDIT) else ".preview_topic"
    return redirect(url_for(endpoint, organisation=organisation, slug=access.topic(slug).slug))


@bp.get(TOPIC + "/words")
@needs(Right.EDIT)
def edit_topic(organisation: str, slug: str) -> str:
    """Title, summary and introduction, with the page beside them."""
    topic = access.topic(slug)
    return _page(topic, TopicWordsForm(obj=topic))


@bp.post(TOPIC + "/words")
@needs(Right.EDIT)
def save_topic(organisation: str, slug: str) -> ResponseReturnValue:
    """They are saved. A script that saves a draft in the background gets JSON, with the new revision."""
    topic, form = access.topic(slug), TopicWordsForm()
    if not form.validate():
        return _unsaved(topic, form, 422, next(iter(form.errors.values()))[0])
    try:
        revision = topics.save_words(topic, form.read_words(), revision=form.read_revision(), now=clock.now())
    except EditedMeanwhile as meanwhile:
        form.revision.data = str(topic.revision)
        return _unsaved(topic, form, 409, meanwhile.sentence)
    if _for_script():
        consequence = render_template("organise/topic_consequence.html", topic=topic)
        needed = [gap.part for gap in topics.gaps(topic)]
        return jsonify(revision=revision, needed=needed, consequence=" ".join(unescape(consequence).split()))
    return saved(topic, "words")


def _for_script() -> bool:
    return request.accept_mimetypes.best == "application/json"


def _unsaved(topic: Topic, form: TopicWordsForm, status: int, sentence: str) -> ResponseReturnValue:
    if _for_script():
        return jsonify(message=sentence), status
    return _page(topic, form, meanwhile=sentence if status == 409 else ""), status


def _page(topic: Topic, form: TopicWordsForm, **more: object) -> str:
    return places.shown("organise/topic_words.html", topic, form=form, **more)


@bp.get(TOPIC + "/preview")
@needs(Right.VIEW)
def preview_topic(organisation: str, slug: str) -> str:
    """The topic on the page as the public will see it."""
    topic = access.topic(slug)
    g.locale = topic.locale
    return render_template("public/topic.html", **topic_page.context(topic), preview=True)
