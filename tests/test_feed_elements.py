"""Feeds that are made to take long: whoever writes one keeps no worker from sending mails."""

from __future__ import annotations

import datetime as dt

import pytest

from app import feed_reader
from app.feed_troubles import FeedTrouble, NotAFeed
from tests.feeds import item, json_feed
from tests.reading import seconds


def read(body: bytes) -> feed_reader.Feed:
    return feed_reader.read(body, "application/xml", "https://outlet.example/feed", today=dt.date(2026, 11, 25))


LONG = 200_000


def in_an_item(markup: str, head: str = "") -> bytes:
    names = 'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:i="http://www.itunes.com/dtds/podcast-1.0.dtd"'
    of_feed = "<link>https://outlet.example/</link>"
    return f"{head}<rss {names}><channel>{of_feed}<item><title>A</title>{markup}</item></channel></rss>".encode()


@pytest.mark.parametrize(
    "body",
    [
        in_an_item(f"<author>{'a' * LONG}</author>"),
        in_an_item(f"<dc:publisher>{'a' * LONG}</dc:publisher>"),
        in_an_item("", head="<!-- x -->" + "\n" * LONG),
        in_an_item(f"<i:keywords>{','.join(map(str, range(LONG // 8)))}</i:keywords>"),
        in_an_item("<!-- x -->", head="<!--\n<!DOCTYPE -->\n"),  # must not be rewritten into another document
        json_feed([item("A", author="a" * LONG)]),
    ],
    ids=["author", "publisher", "lines", "keywords", "comment", "json"],
)
def test_a_feed_stops_no_worker_by_something_very_long(body):
    """Each took minutes or hours, in one expression that let no other thread send a mail."""
    assert seconds(lambda: read(body)) < 1
    assert [one.title for one in read(body).items] == ["A"]


def test_a_feed_of_very_many_namespaces_is_refused_soon():
    many = in_an_item("".join(f'<n{n}:x xmlns:n{n}="u:{n}"/>' for n in range(5_000)))

    def refused() -> None:
        with pytest.raises(NotAFeed) as caught:
            read(many)
        assert caught.value.trouble == FeedTrouble.BROKEN_FEED

    assert seconds(refused) < 1
