"""News items in words: their kinds, and the video that one leads to."""

from __future__ import annotations

from flask import Flask
from flask_babel import gettext as _
from wtforms import SelectChoice

from app import videos
from app.models import NewsItem, NewsKind
from app.videos import Video


def init_app(app: Flask) -> None:
    """Let templates say it."""
    app.jinja_env.globals.update(news_kind=kind_name, video_of=video_of)


def kind_name(kind: NewsKind) -> str:
    """What sort of coverage it is."""
    names = {
        NewsKind.ARTICLE: _("Article"),
        NewsKind.PRESS_RELEASE: _("Press release"),
        NewsKind.VIDEO: _("Video"),
        NewsKind.STATEMENT: _("Statement"),
        NewsKind.TESTIMONY: _("Testimony"),
    }
    return names[NewsKind(kind)]


def kind_choices() -> list[SelectChoice]:
    """The kinds, for a form."""
    return [SelectChoice(kind.value, kind_name(kind)) for kind in NewsKind]


def video_of(item: NewsItem) -> Video | None:
    """The video that can be played here, None where the item is none."""
    return videos.recognise(item.url) if item.kind == NewsKind.VIDEO else None
