"""News is imported by a worker: what is new comes in once, what changed changes, what was refused stays away."""

from __future__ import annotations

import datetime as dt
import gzip
import threading
import time

import pytest

from app import jobs, news_fetching, news_results
from app.domain import news, news_import
from app.extensions import db
from app.models import NewsItem, NewsKind, NewsSource, NewsState, campaign_news
from tests import feeds
from tests.feeds import atom, item, json_feed, rss
from tests.site import http, moved, running

NOW = dt.datetime(2026, 11, 25, 12, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def site(app):
    with running() as site:
        app.config["FETCH_ALSO"] = site.opening
        yield site


@pytest.fixture
def source(app, make, site, clock):
    """source(path, ...) is a source for a campaign, due now."""
    clock.set(NOW)

    def made(path="/feed", place=None, **values):
        place = place or make.campaign()
        usual = {"url": site.url(path), "outlet": "The Outlet", "excerpt_length": 400, "publishes_at_once": True}
        with app.app_context():
            place = db.session.get_one(type(place), place.id)
            source = news_import.add_source(place, {**usual, **values}, now=clock.now())
            db.session.refresh(source)
            db.session.expunge(source)
        return source

    return made


@pytest.fixture
def fetched(app, stored, clock):
    """Let the worker fetch what is due; answers the source as it is then, with its result in words."""

    def look(**forward):
        clock.forward(**forward)
        with app.app_context():
            news_fetching.fetch_due(clock.now())
        source = stored(NewsSource)[-1]
        with app.test_request_context():
            source.said = news_results.said(source)
        return source

    return look


@pytest.mark.parametrize("write", [rss, atom, json_feed])
def test_the_archive_of_an_outlet_comes_in(site, source, fetched, stored, write):
    site.pages["/feed"] = http(write(feeds.of_facts()), kind="application/xml")
    source(outlet=feeds.OUTLET, disclaimer=feeds.DISCLAIMER, excerpt_length=60)
    found = fetched()
    assert found.said == "2 new items."
    assert (found.fetched_at, found.due_at, found.lease) == (NOW, NOW + HOUR, None)
    one = next(one for one in stored(NewsItem) if one.title.startswith("UN Casualty"))
    assert (one.outlet, one.byline, one.source_line) == (feeds.OUTLET, "John Lee", "United Nations")
    assert (one.disclaimer, one.state, one.published_on) == (
        feeds.DISCLAIMER,
        NewsState.PUBLISHED,
        dt.date(2018, 12, 3),
    )
    assert one.excerpt == "The mission counted 41 civilians killed and 73 injured in…"


def test_items_wait_unless_they_publish_at_once(site, source, fetched, stored, make, client):
    site.pages["/feed"] = http(rss([item("Efforts stall")]))
    campaign = make.campaign()
    source(place=campaign, publishes_at_once=False)
    fetched()
    assert [one.state for one in stored(NewsItem)] == [NewsState.WAITING]
    assert "Efforts stall" not in client.get(f"/campaigns/{campaign.slug}").text


def test_a_topic_gets_its_news(site, source, fetched, make, app):
    site.pages["/feed"] = http(rss([item("Efforts stall")]))
    topic = make.topic()
    source(place=topic)
    fetched()
    with app.app_context():
        assert [one.title for one in db.session.get_one(type(topic), topic.id).news_items] == ["Efforts stall"]


def test_the_same_item_twice_is_one_item(site, source, fetched, stored):
    site.pages["/feed"] = http(rss([item("A", guid="1"), item("A", guid="1"), item("A again", guid="2")]))
    source()
    fetched()
    fetched(hours=2)
    assert [one.title for one in stored(NewsItem)] == ["A"]  # the third has the link of the first


def test_two_sources_of_one_campaign_bring_an_article_once(site, source, fetched, stored, make):
    site.pages |= {
        "/feed": http(rss([item()])),
        "/other": http(rss([item(link="https://outlet.example/1?utm_source=b")])),
    }
    campaign = make.campaign()
    source(place=campaign)
    source("/other", place=campaign)
    fetched()
    assert len(stored(NewsItem)) == 1


def test_what_an_organiser_added_is_not_imported_again(site, source, fetched, stored, make):
    site.pages["/feed"] = http(rss([item("As the feed has it")]))
    campaign = make.campaign()
    make.news(campaign, title="As Olive has it", url="https://outlet.example/1")
    source(place=campaign)
    assert fetched().said == "Nothing new."
    assert [one.title for one in stored(NewsItem)] == ["As Olive has it"]


def test_a_changed_item_changes(site, source, fetched, stored):
    site.pages["/feed"] = http(rss([item("Efforts stall")]))
    source()
    fetched()
    site.pages["/feed"] = http(rss([item("Efforts fail", html="<p>Anew.</p>", date="Tue, 04 Dec 2018 07:00:00 +0000")]))
    assert fetched(hours=2).said == "1 item changed."
    (one,) = stored(NewsItem)
    assert (one.title, one.excerpt, one.published_on) == ("Efforts fail", "Anew.", dt.date(2018, 12, 4))


@pytest.mark.parametrize("what", ["edited", "let through", "refused", "removed"])
def test_what_an_organiser_decided_stays_so(app, site, source, fetched, stored, clock, what, make):
    site.pages["/feed"] = http(rss([item("Efforts stall")]))
    campaign = make.campaign()
    source(place=campaign, publishes_at_once=what != "let through")
    fetched()
    with app.app_context():
        one = db.session.get_one(NewsItem, stored(NewsItem)[0].id)
        if what == "edited":
            news.change(one, {"title": "As Olive has it"}, now=clock.now())
        elif what == "removed":
            news.remove(one, now=clock.now())
        else:
            state = NewsState.REFUSED if what == "refused" else NewsState.PUBLISHED
            news_import.decide(one.organisation_id, [one.id], state, now=clock.now())
    site.pages["/feed"] = http(rss([item("Anew")]))
    fetched(hours=2)
    (one,) = stored(NewsItem)
    assert one.title == {"edited": "As Olive has it"}.get(what, "Efforts stall")
    with app.app_context():
        linked = db.session.execute(campaign_news.select()).all()
    assert len(linked) == 1
    assert one.is_shown is (what in {"edited", "let through"})


def test_a_removed_item_does_not_come_back_after_its_removal_is_forgotten(app, site, source, fetched, stored, clock):
    site.pages["/feed"] = http(rss([item()]))
    source()
    fetched()
    with app.app_context():
        news.remove(db.session.get_one(NewsItem, stored(NewsItem)[0].id), now=clock.now())
    clock.forward(days=40)
    with app.app_context():
        jobs.forget_removed(clock.now())
    fetched()
    assert [one.is_shown for one in stored(NewsItem)] == [False]


@pytest.mark.sqlite_alone
def test_keywords_choose(site, source, fetched, stored):
    titles = ("Iraqi court tries two", "Weather", "Iraq: football")
    site.pages["/feed"] = http(rss([item(t, f"https://outlet.example/{n}") for n, t in enumerate(titles)]))
    source(include="iraq", exclude="football")
    assert fetched().said == "1 new item. 2 left out by keywords."
    assert [one.title for one in stored(NewsItem)] == ["Iraqi court tries two"]


@pytest.mark.sqlite_alone
def test_excerpts_can_be_left_out(site, source, fetched, stored):
    site.pages["/feed"] = http(rss([item()]))
    source(excerpt_length=0)
    fetched()
    assert [one.excerpt for one in stored(NewsItem)] == [""]


def test_an_item_without_a_date_keeps_the_day_it_was_first_seen(site, source, fetched, stored):
    site.pages["/feed"] = http(rss([item(date="Fri, 31 Dec 9999 23:59:59 GMT")]))
    source()
    fetched()
    fetched(days=2)
    assert [one.published_on for one in stored(NewsItem)] == [NOW.date()]


@pytest.mark.sqlite_alone
def test_a_link_to_a_video_becomes_a_video(site, source, fetched, stored):
    tube = "https://tube.example/w/kkGMgK9ZtnKfYAgnEtQxbv"
    links = ("https://www.youtube.com/watch?v=giTxudGNgpU", tube, site.url("/w/kkGMgK9ZtnKfYAgnEtQxbv"))
    site.pages["/feed"] = http(rss([item(str(n), link) for n, link in enumerate(links)]))
    source()
    fetched()
    kinds = {one.url: one.kind for one in stored(NewsItem)}
    assert kinds[links[0]] == NewsKind.VIDEO
    assert kinds[tube] == NewsKind.ARTICLE  # nobody but an organiser may name a site that our pages let into a frame


@pytest.mark.sqlite_alone
def test_a_page_leads_to_its_feed_which_is_asked_for_directly_then(site, source, fetched, stored):
    site.pages["/news"] = http(b'<!doctype html><link rel="alternate" type="application/rss+xml" href="/feed">')
    site.pages["/feed"] = http(rss([item()]), ETag='"1"')
    source("/news")
    found = fetched()
    assert (found.feed_url, found.etag, len(stored(NewsItem))) == (site.url("/feed"), '"1"', 1)
    site.requests.clear()
    site.pages["/feed"] = http(b"", "304 Not Modified")
    assert fetched(hours=2).said == "Nothing new."
    (request,) = site.requests
    assert request.startswith("GET /feed")
    assert 'If-None-Match: "1"' in request


@pytest.mark.sqlite_alone
def test_a_feed_that_moved_is_found_again_through_its_page(site, source, fetched):
    page = b'<!doctype html><link rel="alternate" type="application/rss+xml" href="%s">'
    site.pages |= {"/news": http(page % b"/feed"), "/feed": http(rss([item()]))}
    source("/news")
    fetched()
    site.pages |= {"/news": http(page % b"/new"), "/new": http(rss([item("Anew", "https://outlet.example/2")]))}
    del site.pages["/feed"]
    assert fetched(hours=2).feed_url == site.url("/new")


def test_a_feed_that_says_nothing_new_is_asked_ever_less_often(site, source, fetched):
    site.pages["/feed"] = http(rss([item()]))
    source()
    waits = []
    for _ in range(6):
        found = fetched(hours=7)
        waits.append((found.due_at - found.fetched_at) // HOUR)
    assert waits == [1, 2, 4, 6, 6, 6]
    site.pages["/feed"] = http(b"", "304 Not Modified")
    assert fetched(hours=7).failure_count == 1  # nobody had asked whether anything changed: it is no answer


@pytest.mark.sqlite_alone
def test_a_feed_that_cannot_be_read_is_tried_again_after_ever_longer_waits(site, source, fetched):
    source("/gone")
    waits = []
    for _ in range(7):
        found = fetched(hours=25)
        waits.append((found.due_at - found.fetched_at) // HOUR)
    assert waits == [1, 2, 4, 8, 16, 24, 24]
    site.pages["/gone"] = http(rss([item()]))
    assert fetched(hours=25).failure_count == 0


BOMB = gzip.compress(b"\0" * 50_000_000)
LOL = "<!DOCTYPE r [<!ENTITY a 'lol'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'>]>"
FILE = "<!DOCTYPE r [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>"


@pytest.mark.sqlite_alone
@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (http(b"gone", "404 Not Found"), "no page at this address any more"),
        (http(b"gone", "410 Gone"), "no page at this address any more"),
        (http(b"", "500 Oops"), "answered with an error"),
        (http(b"", "304 Not Modified"), "answered with an error"),
        (http(b"", "403 Forbidden"), "does not let us read"),
        (moved("http://10.0.0.1/"), "no public site"),
        (moved("http://169.254.169.254/latest/meta-data"), "no public site"),
        (moved("/feed"), "leads on to too many others"),
        (http(BOMB, Content_Encoding="gzip"), "too large"),
        (http(b"<rss>" + b"x" * 3_000_000), "too large"),
        (http(rss([item("&b;")], head=LOL)), "document type"),
        (http(rss([item("&x;")], head=FILE)), "document type"),
        (http(b"<!doctype html><p>No feed here"), "no feed at this address"),
        (http(b"<rss><channel>"), "damaged"),
        (
            http(b'<html><link rel=alternate type=application/rss+xml href="/other">'),
            "no page at this address any more",
        ),
        (b"no http at all\r\n\r\n", "damaged"),
    ],
)
def test_olive_reads_in_plain_words_why_a_feed_cannot_be_read(site, source, fetched, stored, answer, said):
    site.pages["/feed"] = answer
    source()
    found = fetched()
    assert said in found.said
    assert found.failure_count == 1
    assert stored(NewsItem) == []


@pytest.mark.sqlite_alone
def test_a_slow_feed_is_left_and_the_others_have_their_turn(site, source, fetched, stored, monkeypatch):
    monkeypatch.setattr(
        "app.fetch.fetch.__kwdefaults__",
        {**__import__("app.fetch", fromlist=["fetch"]).fetch.__kwdefaults__, "seconds": 1},
    )
    left = threading.Event()  # so that the slow site ends with the test
    site.pages |= {"/slow": (b"x" for _ in iter(lambda: left.wait(0.2), True)), "/feed": http(rss([item()]))}
    source("/slow")
    source()
    before = time.monotonic()
    assert fetched().said == "1 new item."
    assert time.monotonic() - before < 5
    left.set()
    assert [one.result for one in stored(NewsSource)] == ["slow", "read 1 0 0 0"]


def test_the_newest_hundred_of_many_come_in(site, source, fetched, stored):
    many = [item(f"No. {n}", f"https://e.example/{n}", date=f"{2023 + n % 2}-01-01", html="") for n in range(200)]
    site.pages["/feed"] = http(rss(many))
    source()
    assert fetched().said == "100 new items."
    assert [one.published_on.year for one in stored(NewsItem)] == [2024] * 100


def test_two_workers_never_get_the_same_source(app, source, clock):
    source()
    with app.app_context():
        first, second = news_import.claim(clock.now()), news_import.claim(clock.now())
    assert first is not None
    assert second is None


def test_the_source_of_a_killed_worker_is_due_again_and_the_dead_one_changes_nothing(
    app, source, clock, stored, site, fetched
):
    site.pages["/feed"] = http(rss([item()]))
    source()
    with app.app_context():
        dead = news_import.claim(clock.now())
    assert fetched().result == ""  # leased
    assert fetched(minutes=2).said == "1 new item."
    with app.app_context():
        news_import.failed(dead, "slow", now=clock.now())
        assert news_import.record(dead, [], news_import.Stamps("", "", ""), now=clock.now()) is None
    assert stored(NewsSource)[0].failure_count == 0


def test_an_idle_worker_writes_nothing(app, source, fetched, site, monkeypatch, clock):
    site.pages["/feed"] = http(rss([item()]))
    source()
    fetched()
    monkeypatch.setattr("app.domain.news_import.claim", lambda _now: pytest.fail("claimed"))
    with app.app_context():
        news_fetching.fetch_due(clock.now())


def test_a_removed_source_is_read_no_more_and_its_items_stay(app, site, source, fetched, stored, clock):
    site.pages["/feed"] = http(rss([item()]))
    one = source()
    fetched()
    site.requests.clear()
    with app.app_context():
        news_import.remove_source(db.session.get_one(NewsSource, one.id), now=clock.now())
    fetched(hours=2)
    assert site.requests == []
    clock.forward(days=31)
    with app.app_context():
        jobs.forget_removed(clock.now())
    assert stored(NewsSource) == []
    assert [(kept.title, kept.source_id) for kept in stored(NewsItem)] == [("Efforts stall", None)]


@pytest.mark.sqlite_alone
def test_a_fault_in_our_own_code_stops_no_other_source(site, source, fetched, stored, monkeypatch):
    site.pages["/feed"] = http(rss([item()]))
    source()
    source()
    calls = []

    def once(*_words, **_more):
        calls.append(1)
        raise RuntimeError("a secret")

    monkeypatch.setattr("app.feed_reader.read", once)
    fetched()
    assert len(calls) == 2
    assert [one.failure_count for one in stored(NewsSource)] == [1, 1]
