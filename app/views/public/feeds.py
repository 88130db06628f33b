"""For feed readers: what is new of a campaign, of a topic, of the site."""

from __future__ import annotations

from flask import Response
from werkzeug.wrappers import Response as Redirect

from app import campaign_page, feed_entries, topic_page
from app.feeds import FORMS, Feed
from app.models import Campaign, Topic
from app.pages import kept
from app.views.public import bp


@bp.get("/campaigns/<slug>/feed.<any(atom, rss, json):form>")
@kept()
def campaign_feed(slug: str, form: str) -> Response | Redirect:
    """A campaign's news, and what it said itself."""
    found = campaign_page.find(slug)
    if not isinstance(found, Campaign):
        return found
    return _written(feed_entries.of_campaign(found), form)


@bp.get("/topics/<slug>/feed.<any(atom, rss, json):form>")
@kept()
def topic_feed(slug: str, form: str) -> Response | Redirect:
    """The same of a topic and of the campaigns under it."""
    found = topic_page.find(slug)
    if not isinstance(found, Topic):
        return found
    return _written(feed_entries.of_topic(found), form)


@bp.get("/feed.<any(atom, rss, json):form>")
@kept()
def site_feed(form: str) -> Response:
    """The same of the whole site."""
    return _written(feed_entries.of_site(), form)


def _written(feed: Feed, form: str) -> Response:
    kind, write = FORMS[form]
    return Response(write(feed), content_type=f"{kind}; charset=utf-8")
