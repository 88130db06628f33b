"""For everybody: the page that plays a video of a news item, the only one that lets another site into a frame."""

from __future__ import annotations

from flask import Response, g, make_response, render_template

from app import links, news_words, security
from app.domain import news
from app.domain.places import Place
from app.domain.refused import NotFound
from app.models import Campaign
from app.pages import kept
from app.views.public import bp


@bp.get("/news/<public_id>/play")
@kept("lang")
def play(public_id: str) -> Response:
    """The player of one video, for whoever pressed for it."""
    item = news.find(public_id)
    video = news_words.video_of(item)
    if video is None:
        raise NotFound
    places = news.shown_by(item)
    g.locale = places[0].locale
    page = render_template(
        "public/play.html", item=item, video=video, places=places, back=_way_back(places), loads_from=video.host
    )
    response = make_response(page)
    response.headers["Content-Security-Policy"] = security.policy_with_frame(video.origin)
    return response


def _way_back(places: list[Place]) -> str:
    """The page that shows the item, at its news."""
    endpoint = "public.campaign" if isinstance(places[0], Campaign) else "public.topic"
    return links.page(endpoint, slug=places[0].slug, _anchor="news")
