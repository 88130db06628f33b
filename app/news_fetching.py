"""Fetches the news sources that are due: claims one, asks for it, reads it, says what became of it."""

from __future__ import annotations

import datetime as dt
import logging
from urllib.parse import urlsplit

from app import clock, feed_reader, feed_text, videos
from app.domain import news_import
from app.domain.news_arrivals import Arrival
from app.domain.news_import import Claimed, Stamps
from app.extensions import db
from app.feed_reader import FeedItem
from app.feed_troubles import FeedTrouble, NotAFeed
from app.fetch import Fetched, FetchFailed, fetch
from app.models import NewsKind, NewsSource

ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, text/xml;q=0.9, "
    "application/json;q=0.8, text/html;q=0.7, */*;q=0.1"
)
AT_ONE_LOOK = 20  # sources; the other jobs of the worker have their turn then

log = logging.getLogger(__name__)


def fetch_due(_now: dt.datetime) -> None:
    """Fetch what is due, a source at a time."""
    for _turn in range(AT_ONE_LOOK):
        claimed = news_import.claim(clock.now()) if news_import.is_due(clock.now()) else None
        if claimed is None:
            return
        fetch_one(claimed)
        db.session.remove()


def fetch_one(claimed: Claimed) -> None:
    """Fetch a source that was claimed. Whatever happens, it is said, and the source is due again some time."""
    try:
        answer = _asked(claimed)
        if answer is None:
            news_import.unchanged(claimed, now=clock.now())
            return
        feed = feed_reader.read(answer.body, answer.content_type, answer.url, today=clock.now().date())
    except FetchFailed as error:
        news_import.failed(claimed, error.trouble, now=clock.now())
    except NotAFeed as error:
        news_import.failed(claimed, error.trouble, now=clock.now())
    except Exception as error:  # a stranger's feed found a fault of ours; it must not stop the other sources
        log.error("a news source cannot be read: %s in our own code", type(error).__name__)
        news_import.failed(claimed, FeedTrouble.BROKEN_FEED, now=clock.now())
    else:
        stamps = Stamps(answer.url if answer.url != claimed.url else "", answer.etag, answer.last_modified)
        news_import.record(claimed, _arrivals(claimed, feed.items), stamps, now=clock.now())


def _asked(claimed: Claimed) -> Fetched | None:
    """The feed as it came, None where nothing changed. A page is left for the feed that it announces; if the feed that was
    announced before is gone, the page is asked again."""
    url = claimed.feed_url or claimed.url
    try:
        answer = fetch(url, accept=ACCEPT, etag=claimed.etag, last_modified=claimed.last_modified)
    except FetchFailed:
        if not claimed.feed_url:
            raise
        answer = fetch(claimed.url, accept=ACCEPT)
    if answer.status == 304:
        return None
    if feed_reader.is_page(answer.body, answer.content_type):
        announced = feed_reader.announced(answer.body, answer.content_type, answer.url)
        if not announced:
            raise NotAFeed(FeedTrouble.NO_FEED)
        answer = fetch(announced, accept=ACCEPT)
    return answer


def _arrivals(claimed: Claimed, items: tuple[FeedItem, ...]) -> list[Arrival]:
    source = db.session.get_one(NewsSource, claimed.id)
    length, hosts = source.excerpt_length, {_host(claimed.url), _host(claimed.feed_url)}
    return [
        Arrival(
            key=item.key,
            url=item.url,
            is_linked=item.is_linked,
            kind=_kind(item.url, hosts),
            title=item.title,
            byline=item.byline,
            excerpt=feed_text.shortened(item.text, length) if length else "",
            outlet=item.outlet,
            disclaimer=item.disclaimer,
            source_line=item.source_line,
            language=item.language,
            published=item.published,
            text=item.text,
        )
        for item in items
    ]


def _kind(url: str, hosts: set[str]) -> NewsKind:
    """A video where the link leads to one. Of a site that is known by its form alone, only where the organiser named that site:
    nobody else may choose whom our pages let into a frame."""
    video = videos.recognise(url)
    return NewsKind.VIDEO if video and (not video.is_of_any_site or video.host in hosts) else NewsKind.ARTICLE


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "") if url else ""
