"""For everybody: a topic's figures by month, as a chart and a table."""

from __future__ import annotations

from flask import g, render_template, request, url_for
from flask import redirect as redirected
from werkzeug.wrappers import Response as Redirect

from app import figure_tables
from app.domain import figure_series, topics
from app.pages import kept
from app.views.public import bp


@bp.get("/topics/<slug>/figures/<public_id>")
@kept("lang")
def figures(slug: str, public_id: str) -> str | Redirect:
    """A series of figures: what is counted, by whom, what it does not say."""
    topic = topics.find(slug)
    if topic.slug != slug:
        lang = request.args.get("lang")
        return redirected(url_for("public.figures", slug=topic.slug, public_id=public_id, lang=lang), 301)
    g.locale = topic.locale
    series = figure_series.find(topic, public_id)
    return render_template(
        "public/figures.html",
        topic=topic,
        drawn=figure_tables.drawn(series),
    )
