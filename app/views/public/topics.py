"""For everybody: topics, and the news of each."""

from __future__ import annotations

from flask import Response, render_template, request
from sqlalchemy.orm import defer, joinedload
from werkzeug.wrappers import Response as Redirect

from app import share_picture, topic_page
from app.domain import topics as topic_life
from app.domain.refused import NotFound
from app.extensions import db
from app.models import Topic
from app.pages import kept
from app.views.public import bp

MOST_LISTED = 200


@bp.get("/topics")
@kept("lang")
def topics() -> str:
    """Every public topic, by title."""
    options = (joinedload(Topic.organisation), joinedload(Topic.picture), defer(Topic.text))
    found = db.session.scalars(Topic.public().options(*options).limit(MOST_LISTED)).all()
    return render_template("public/topics.html", topics=found)


@bp.get("/topics/<slug>")
@kept("lang")
def topic(slug: str) -> str | Redirect:
    """A topic: what it is about, its figures, its campaigns, the evidence, the news."""
    found = topic_page.find(slug)
    if not isinstance(found, Topic):
        return found
    return render_template("public/topic.html", **topic_page.context(found))


@bp.get("/topics/<slug>/news", endpoint="topic_news")
@bp.get("/topics/<slug>/news/<int:number>", endpoint="topic_news")
@kept("lang")
def news(slug: str, number: int = 1) -> str | Redirect:
    """The news of a topic and of its campaigns, page by page. The number stands in the path: there are as many as there are."""
    if not request.path.endswith(("/news", f"/{number}")):
        raise NotFound  # 02, or 2 in another script: one page has one address, or strangers could fill the shelf with it
    found = topic_page.find(slug)
    if not isinstance(found, Topic):
        return found
    return render_template("public/topic_news.html", **topic_page.news_page(found, number))


@bp.get("/topics/<slug>/share.png")
@kept()
def topic_share(slug: str) -> Response:
    """The picture that goes with a shared link: 1200 x 630, the title and its first figure."""
    return Response(share_picture.draw_topic(topic_life.find(slug)), mimetype="image/png")
