"""Olive says which feeds are read for which campaign or topic, and decides about what they bring."""

from __future__ import annotations

import datetime as dt

import pytest

from app.domain import news_import
from app.extensions import db
from app.models import NewsItem, NewsSource, NewsState
from tests import desk

olive = desk.olive
AT = "/news-sources"


@pytest.fixture
def campaign(make, olive):
    return make.campaign(olive.organisation, ask="Open the archive")


@pytest.fixture
def form(campaign):
    """What Olive types into the form for a source."""

    def filled(**values):
        usual = {
            "url": "outlet.example/feed",
            "place": f"campaign-{campaign.id}",
            "outlet": "The Outlet",
            "excerpt_length": "400",
        }
        return {**usual, **values}

    return filled


@pytest.fixture
def waiting(app, make, campaign):
    """Items that were imported and wait."""
    with app.app_context():
        place = db.session.get_one(type(campaign), campaign.id)
        values = {"url": "https://outlet.example/feed", "outlet": "The Outlet"}
        source = news_import.add_source(place, values, now=dt.datetime.now(dt.UTC)).id
    made = [
        make.news(
            campaign,
            title=title,
            url=f"https://outlet.example/{n}",
            source_id=source,
            guid=str(n),
            state=NewsState.WAITING,
        )
        for n, title in enumerate(("Efforts stall", "Weather", "Court opens"))
    ]
    with app.app_context():
        for one in made:
            db.session.get_one(NewsItem, one.id).edited_at = None
        db.session.commit()
    return made


def test_olive_adds_a_source_for_a_campaign(olive, form, stored, campaign):
    assert "None yet" in olive.get(AT)
    olive.post(AT + "/new", **form(include="iraq\r\n syria ", publishes_at_once="1", disclaimer="Not ours."))
    (source,) = stored(NewsSource)
    assert (source.url, source.campaign_id, source.topic_id) == ("https://outlet.example/feed", campaign.id, None)
    assert (source.include, source.publishes_at_once, source.disclaimer) == ("iraq\n syria", True, "Not ours.")
    page = olive.get(AT)
    for words in ("The Outlet", "Open the archive", "Publishes at once", "Not fetched yet", "fetched within a minute"):
        assert words in page


def test_olive_adds_a_source_for_a_topic(olive, form, stored, make):
    topic = make.topic(olive.organisation, title="Iraq in crisis")
    assert "selected>Topic: Iraq in crisis" in olive.get(f"{AT}/new?for=topic-{topic.id}")
    olive.post(AT + "/new", **form(place=f"topic-{topic.id}"))
    assert stored(NewsSource)[0].topic_id == topic.id


@pytest.mark.sqlite_alone
@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"url": ""}, "Write the address of a feed"),
        ({"url": "javascript:alert(1)"}, "Begin the link with https://"),
        ({"url": "https://e.example/" + "x" * 10_000}, "at most 2000"),
        ({"outlet": ""}, "Write who publishes it"),
        ({"outlet": "a\x00b"}, "control characters"),
        ({"outlet": "\x07"}, "control characters"),
        ({"place": ""}, "Choose a campaign or topic"),
        ({"place": "campaign-999999"}, "valid choice"),
        ({"excerpt_length": "many"}, "whole number"),
        ({"excerpt_length": "-1"}, "whole number"),
        ({"excerpt_length": "2,001"}, "at most 2,000"),
        ({"include": "x" * 601}, "at most 600"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(olive, form, stored, values, said):
    answer = olive.post(AT + "/new", status=422, **form(**{"disclaimer": "Kept words", **values}))
    assert said in answer.text
    assert "Kept words" in answer.text
    assert stored(NewsSource) == []


@pytest.mark.sqlite_alone
def test_numbers_in_other_scripts_are_read(olive, form, stored):
    olive.post(AT + "/new", **form(excerpt_length="٢٠٠"))
    assert stored(NewsSource)[0].excerpt_length == 200


def test_olive_cannot_read_news_for_others(olive, form, make, stored):
    other = make.campaign()
    assert "valid choice" in olive.post(AT + "/new", status=422, **form(place=f"campaign-{other.id}")).text
    assert stored(NewsSource) == []


def test_a_fifty_first_source_is_refused(app, olive, form, stored, campaign):
    with app.app_context():
        place = db.session.get_one(type(campaign), campaign.id)
        for n in range(50):
            news_import.add_source(place, {"url": f"https://e.example/{n}", "outlet": "x"}, now=dt.datetime.now(dt.UTC))
    assert "Remove a news source first" in olive.post(AT + "/new", status=409, **form()).text


def test_olive_changes_a_source_and_it_is_read_anew(app, olive, form, stored, clock):
    olive.post(AT + "/new", **form())
    (source,) = stored(NewsSource)
    with app.app_context():
        claimed = news_import.claim(clock.now())
        news_import.record(claimed, [], news_import.Stamps("https://outlet.example/rss", '"1"', "x"), now=clock.now())
    olive.post(f"{AT}/{source.id}", **form(outlet="Another name"))
    (source,) = stored(NewsSource)
    assert (source.outlet, source.etag, source.feed_url) == ("Another name", '"1"', "https://outlet.example/rss")
    olive.post(f"{AT}/{source.id}", **form(include="court"))
    (source,) = stored(NewsSource)
    assert (source.etag, source.feed_url) == ("", "https://outlet.example/rss")
    assert source.due_at <= clock.now()
    olive.post(f"{AT}/{source.id}", **form(url="https://elsewhere.example/"))
    assert stored(NewsSource)[0].feed_url == ""


def test_olive_sees_what_became_of_it_and_has_it_fetched_now(app, olive, form, stored, clock):
    clock.set(dt.datetime(2026, 11, 25, 12, tzinfo=dt.UTC))
    olive.post(AT + "/new", **form())
    (source,) = stored(NewsSource)
    with app.app_context():
        news_import.failed(news_import.claim(clock.now()), "no_feed", now=clock.now())
    page = olive.get(AT)
    assert "Cannot be read." in page
    assert "There is no feed at this address" in page
    assert "Last fetched 25 November 2026, 12:00 UTC." in page
    assert "Next 25 November 2026, 13:00 UTC." in page
    olive.post(f"{AT}/{source.id}/fetch")
    assert stored(NewsSource)[0].due_at == clock.now() + dt.timedelta(minutes=1)  # it was fetched this very moment
    clock.forward(minutes=10)
    olive.post(f"{AT}/{source.id}/fetch")
    assert stored(NewsSource)[0].due_at == clock.now()
    assert "is fetched within a minute" in olive.get(AT)


def test_a_source_that_is_being_fetched_is_not_fetched_twice(app, olive, form, stored, clock):
    olive.post(AT + "/new", **form())
    with app.app_context():
        news_import.claim(clock.now())
    (before,) = stored(NewsSource)
    olive.post(f"{AT}/{before.id}/fetch")
    assert stored(NewsSource)[0].due_at == before.due_at


def test_olive_removes_a_source_and_takes_it_back(olive, form, stored):
    olive.post(AT + "/new", **form())
    (source,) = stored(NewsSource)
    olive.post(f"{AT}/{source.id}/remove")
    page = olive.get(AT)
    assert "is read no more" in page
    assert f"{AT}/{source.id}/restore" in page
    assert "None yet" in page
    olive.post(f"{AT}/{source.id}/restore")
    assert stored(NewsSource)[0].removed_at is None


def test_olive_publishes_one_that_waits(olive, client, campaign, waiting, stored):
    assert "3 imported items wait for you" in olive.get(AT)
    page = olive.get(AT + "/waiting")
    assert "Court opens" in page
    olive.post(AT + "/waiting", publish=str(waiting[0].id))
    assert "1 item is published." in olive.get(AT + "/waiting")
    public = client.get(f"/campaigns/{campaign.slug}").text
    assert "Efforts stall" in public
    assert "Weather" not in public


@pytest.mark.sqlite_alone
def test_the_list_of_a_campaign_says_what_is_not_public(olive, campaign, waiting):
    olive.post(AT + "/waiting", refuse=str(waiting[0].id))
    page = olive.get(f"/campaigns/{campaign.slug}/news")
    assert page.count("Waits for you") == 2
    assert page.count(">Refused<") == 1
    assert f"/news-sources/new?for=campaign-{campaign.id}" in page


def test_olive_refuses_what_she_ticked_and_takes_it_back(olive, waiting, stored):
    numbers = [str(waiting[0].id), str(waiting[2].id)]
    olive.post(AT + "/waiting", refuse="ticked", item=numbers)
    assert [one.state for one in stored(NewsItem)] == [NewsState.REFUSED, NewsState.WAITING, NewsState.REFUSED]
    page = olive.get(AT + "/waiting")
    assert "2 items are refused." in page
    assert "Efforts stall" not in page
    olive.post(f"{AT}/waiting/{'.'.join(numbers)}")
    assert {one.state for one in stored(NewsItem)} == {NewsState.WAITING}


@pytest.mark.sqlite_alone
@pytest.mark.parametrize("data", [{}, {"publish": "ticked"}, {"publish": "x"}, {"refuse": "9" * 40}, {"publish": "-1"}])
def test_nothing_ticked_changes_nothing(olive, waiting, stored, data):
    olive.post(AT + "/waiting", **data)
    assert {one.state for one in stored(NewsItem)} == {NewsState.WAITING}


def test_olive_decides_about_her_own_items_only(olive, make, stored):
    item = make.news(make.campaign(), state=NewsState.WAITING)
    olive.post(AT + "/waiting", publish=str(item.id))
    olive.get(f"/news-items/{item.id}", status=404)
    assert [one.state for one in stored(NewsItem)] == [NewsState.WAITING]


def test_olive_edits_and_publishes_what_waits(olive, client, campaign, waiting, stored):
    at = f"/news-items/{waiting[0].id}"
    assert "Efforts stall" in olive.get(at)
    values = {
        "title": "Efforts end",
        "url": "https://outlet.example/0",
        "outlet": "The Outlet",
        "published_on": "October 2016",
    }
    answer = olive.post(at, status=422, **{**values, "published_on": "some day"})
    assert "Write a date such as" in answer.text
    olive.post(at, **values, then="publish")
    assert stored(NewsItem)[0].state == NewsState.PUBLISHED
    assert "Efforts end" in client.get(f"/campaigns/{campaign.slug}").text
    olive.post(f"/news-items/{waiting[1].id}", **values)
    assert stored(NewsItem)[1].state == NewsState.WAITING
