"""What happened around a campaign, in one order: on its page, on pages of its own, for feeds."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from app import manifest_keys, timeline_words
from app.domain import campaigns, deliveries, news, responses, timeline, updates
from app.domain.campaigns import Words
from app.domain.responses import Response
from app.domain.timeline import EntryKind
from app.extensions import db
from app.models import Campaign, DeliveryWay, Milestone, MilestoneKind, Outcome, PartialDate, Precision
from tests.test_milestones import look
from tests.test_public_cost import queries

START = dt.datetime(2026, 3, 1, 9, tzinfo=dt.UTC)


def day(n, hour=9):
    return START + dt.timedelta(days=n, hours=hour - 9)


@pytest.fixture
def campaign(app, make, clock):
    """A campaign with one thing of every kind, on seven days."""
    clock.set(START)
    campaign = make.campaign(make.organisation(name="Tigris Desk"), slug="archive", signature_target=4)
    make.news(campaign, title="Somebody wrote", published_on=day(1).date())
    clock.set(day(2))
    make.update(campaign, "We met", "It lasted **two hours** & more.\n\n## Then\n\n" + "And so on. " * 60)
    with app.app_context():
        mine = db.session.get_one(Campaign, campaign.id)
        campaigns.save_words(mine, Words("Open it", "All of it", "Now."), revision=None, now=day(3))
        campaigns.publish(mine, by=None, reason="It was too long.", locales=["en"], now=day(3))
        said = Response("Perhaps.", "The Minister", day(6).date(), "https://answers.example.org/")
        responses.record(mine, said, now=day(7))
        words = deliveries.Words(day(5).date(), DeliveryWay.POST, to_office="The Ministry", public_note="In two boxes.")
        deliveries.record(mine, words, export_id=None, by=None, seal=manifest_keys.seal(), now=day(7))
    for n in range(4):
        make.signature(campaign, confirmed_at=day(4) + dt.timedelta(minutes=n))
    look(app, day(4, 10))
    with app.app_context():
        mine = db.session.get_one(Campaign, campaign.id)
        campaigns.close(mine, outcome=Outcome.PARTLY_WON, outcome_text="Half of it is open.", now=day(7))
    clock.set(day(8))
    return campaign


def told(app, campaign, **values):
    with app.app_context(), app.test_request_context("/"):
        ids = [campaign.id] if campaign else None
        found = timeline.entries(ids, **{"now": day(8), "limit": 50, **values})
        return [(entry, timeline_words.title(entry), timeline_words.public_link(entry)) for entry in found]


def kinds(app, campaign, **values):
    return [entry.kind.value for entry, _title, _link in told(app, campaign, **values)]


ALL = ["ended", "answered", "delivered", "milestone", "version", "update", "news"]


def test_everything_stands_in_one_order_the_newest_first(app, campaign):
    assert kinds(app, campaign) == ALL
    found = told(app, campaign)
    assert [title for _entry, title, _link in found] == [
        "Partly won",
        "\u2068The Minister\u2069 answered",
        "The signatures were handed over",
        "4 signatures",
        "The text was changed",
        "We met",
        "Somebody wrote",
    ]
    assert [link.partition("/campaigns/archive")[2] for *_, link in found][:5] == [
        "#sign",
        "#response",
        f"#{found[2][0].key}",
        "",
        "/versions#version-2",
    ]
    assert found[6][2] == "https://news.example.org/1"
    by_kind = {entry.kind: entry for entry, *_ in found}
    assert by_kind[EntryKind.UPDATE].author == "Tigris Desk"
    assert by_kind[EntryKind.ANSWERED].when == PartialDate(day(6).date(), Precision.DAY)
    assert by_kind[EntryKind.MILESTONE].when == day(4) + dt.timedelta(minutes=3)
    assert len({entry.key for entry, *_ in found}) == len(found)


def test_pinned_news_stands_first_on_pages_and_in_its_place_in_feeds(app, campaign, make):
    make.news(campaign, title="Long ago", published_on=dt.date(2014, 1, 1), is_pinned=True)
    assert told(app, campaign)[0][1] == "Long ago"
    assert told(app, campaign, pinned_first=False)[-1][1] == "Long ago"


def test_whoever_follows_asks_for_a_piece_a_time_or_some_kinds(app, campaign):
    assert kinds(app, campaign, limit=2, offset=1) == ["answered", "delivered"]
    assert kinds(app, campaign, since=day(4)) == ["ended", "answered", "delivered", "milestone"]
    assert kinds(app, campaign, kinds=[EntryKind.UPDATE, EntryKind.NEWS]) == ["update", "news"]
    assert kinds(app, campaign, kinds=[]) == []
    assert kinds(app, None) == ALL
    with app.app_context():
        assert timeline.entries([], now=day(8), limit=9) == []


def test_what_the_public_must_not_see_is_not_told(app, campaign, make, client):
    draft = make.campaign(published=False)
    make.news(draft, title="Not yet")
    with app.app_context():
        mine = db.session.get_one(Campaign, campaign.id)
        hidden = updates.create(mine, by=None, now=day(3))
        updates.save_words(hidden, updates.Words("A draft", "Of an update"), revision=None, now=day(3))
        gone = db.session.get_one(type(make.update(campaign, "Gone")), hidden.id + 1)
        updates.remove(gone, now=day(4))
        db.session.add(
            Milestone(campaign_id=campaign.id, number=77, kind=MilestoneKind.PASSED, target=154, reached_at=day(4, 12))
        )
        db.session.commit()
        news.remove(mine.news_items[0], now=day(4))
    assert kinds(app, None) == ALL[:-1]
    page = client.get("/campaigns/archive").text
    assert not {"Not yet", "A draft", "Gone", "Somebody wrote"} & set(re.findall(r"[\w ]+", page))


def test_a_campaign_that_ends_a_second_time_is_told_of_anew(app, campaign):
    first = told(app, campaign)[0][0].key
    with app.app_context():
        mine = db.session.get_one(Campaign, campaign.id)
        campaigns.reopen(mine, closes_at=None, now=day(8))
    assert kinds(app, campaign) == ALL[1:]
    with app.app_context():
        mine = db.session.get_one(Campaign, campaign.id)
        campaigns.close(mine, outcome=None, outcome_text="", now=day(9))
    (entry, title, _link) = told(app, campaign, now=day(9))[0]
    assert (title, entry.key == first) == ("Signing has ended", False)


@pytest.mark.sqlite_alone
def test_the_page_tells_kinds_apart_in_words(campaign, client):
    page = client.get("/campaigns/archive").text
    story = page.partition('id="news"')[2].partition("</section>")[0]
    words = re.findall(r"<br>(.*?)</p>", story)
    assert words == ["Outcome", "Answer", "Handing over", "Milestone", "New wording", "Update", "News"]
    assert "Half of it is open." in story
    assert "It lasted two hours &amp; more.</p>" in story
    assert "The target is reached." in story
    assert "All that happened" not in story
    assert (
        "Outcome" not in client.get("/campaigns/archive?lang=ar").text.partition('id="news"')[2].partition("</sec")[0]
    )


def test_the_rest_of_a_long_story_stands_on_pages_of_its_own(app, campaign, client, make, monkeypatch):
    monkeypatch.setattr("app.campaign_page.STORY_SHOWN", 3)
    monkeypatch.setattr("app.campaign_page.STORY_PAGE", 4)
    page = client.get("/campaigns/archive").text
    assert 'href="/campaigns/archive/timeline"' in page
    assert "We met" not in page.partition('id="news"')[2]
    first, second = (
        client.get("/campaigns/archive/timeline").text,
        client.get("/campaigns/archive/timeline/page/2").text,
    )
    assert ("4 signatures" in first, "We met" in first, 'rel="next"' in first) == (True, False, True)
    assert ("4 signatures" in second, "We met" in second, 'rel="next"' in second) == (False, True, False)
    for made_up in ("page/3", "page/02", "page/٢", "page/0", "page/99999999999999999999", "page/x"):
        assert client.get(f"/campaigns/archive/timeline/{made_up}").status_code == 404, made_up
    assert "Nothing has happened yet." in client.get(f"/campaigns/{make.campaign().slug}/timeline").text


def test_a_long_story_asks_as_often_as_a_short_one(app, campaign, client, make):
    few = len(queries(app, client, "/campaigns/archive"))
    for n in range(2):
        make.news(campaign, title=f"News {n}")
        make.update(campaign, f"Update {n}")
    assert len(queries(app, client, "/campaigns/archive")) == few


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("# One\n\nTwo **three** & [four](https://a.example/)\n\n- five\n\n## Six\n\nSeven", "Two three & four five"),
        ("## Only\n\n### headings", "Only headings"),
        ("word " * 100, f"{'word ' * 55}word…"),
        ("ميليشيات " * 3, "ميليشيات ميليشيات ميليشيات"),
        ("x" * 400, "x" * 280 + "…"),
        ("", ""),
    ],
)
def test_an_update_in_a_list_begins_with_its_first_words(text, said):
    assert timeline_words.beginning(text) == said


@pytest.mark.sqlite_alone
def test_hostile_words_stay_words(campaign, client, make):
    make.update(campaign, "<script>alert(1)</script>\u202e", "[x](javascript:alert(1)) <img src=x onerror=y> " * 40)
    page = client.get("/campaigns/archive").text
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert 'href="javascript' not in page


@pytest.mark.sqlite_alone
def test_feeds_tell_what_a_campaign_went_through_under_names_that_stay(app, campaign, client):
    def told_by(address):
        items = client.get(address).json["items"]
        own = {"Milestone", "Handing over", "Answer", "Outcome"}
        return {item["tags"][0]: item for item in items if item["tags"][0] in own}

    found = told_by("/campaigns/archive/feed.json")
    assert {kind: item["title"] for kind, item in found.items()} == {
        "Outcome": "Partly won: Open it",
        "Answer": "\u2068The Minister\u2069 answered: Open it",
        "Handing over": "The signatures were handed over: Open it",
        "Milestone": "4 signatures: Open it",
    }
    assert found["Answer"]["authors"] == [{"name": "The Minister"}]
    assert "<p>Perhaps.</p>" in found["Answer"]["content_html"]
    assert found["Milestone"]["date_published"] == "2026-03-05T09:03:00Z"
    with app.app_context():
        campaigns.move(db.session.get_one(Campaign, campaign.id), "another-address", now=day(8))
    moved = told_by("/feed.json")
    assert {kind: item["id"] for kind, item in moved.items()} == {kind: item["id"] for kind, item in found.items()}
    assert all("/campaigns/another-address" in item["url"] for item in moved.values())
