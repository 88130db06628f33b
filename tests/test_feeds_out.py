"""Whoever follows a campaign, a topic or the site in a feed reader gets what is new: as Atom, RSS and JSON Feed, readable by a
program that we did not write, the same item under the same name for ever."""

from __future__ import annotations

import datetime as dt
import io
import json
import re
from email.utils import parsedate_to_datetime
from xml.etree import ElementTree

import feedparser
import pytest

from app.domain import campaigns, topics, updates
from app.domain.campaigns import Words
from app.extensions import db
from app.models import Campaign, Milestone, MilestoneKind, NewsState, Topic, Update

YOUTUBE = "https://www.youtube.com/watch?v=giTxudGNgpU"
KINDS = {"atom": "application/atom+xml", "rss": "application/rss+xml", "json": "application/feed+json"}
A = "{http://www.w3.org/2005/Atom}"
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
BAD = "<b>&\"'\x07\ufffe\u202e]]>\U0001f54a"


@pytest.fixture
def campaign(app, make):
    """A campaign with two wordings and three news items."""
    campaign = make.campaign(make.organisation(name="Tigris & Rights"), ask="Open the archive", slug="archive")
    with app.app_context():
        now = dt.datetime.now(dt.UTC)
        found = db.session.get_one(Campaign, campaign.id)
        campaigns.save_words(found, Words("Open the archive", "They wait.", "Text."), revision=None, now=now)
        campaigns.publish(found, by=None, reason="Said more clearly", locales=app.config["LANGUAGES"], now=now)
    make.news(
        campaign, title="Efforts stall", excerpt="One.\n\nTwo.", source_line="UN", disclaimer="Not ours.", language="en"
    )
    make.news(campaign, title="لا تقدم", language="ar", url="https://news.example.org/2", precision="year", byline="")
    make.news(campaign, title="New footage", kind="video", url=YOUTUBE, content_warning="Violence against children")
    return campaign


def parsed(client, address):
    """The feed as feedparser reads it, without guessing."""
    answer = client.get(address)
    assert answer.status_code == 200
    found = feedparser.parse(io.BytesIO(answer.data), response_headers={"content-type": answer.content_type})
    assert not found.bozo, found.get("bozo_exception")
    return found


@pytest.mark.parametrize("form", ["atom", "rss"])
def test_a_feed_reader_shows_what_is_new(client, campaign, form):
    found = parsed(client, f"/campaigns/archive/feed.{form}")
    assert found.version == {"atom": "atom10", "rss": "rss20"}[form]
    assert found.feed.title == "Open the archive"
    titles = [entry.title for entry in found.entries]
    assert titles == [
        "New footage",
        "لا تقدم",
        "Efforts stall",
        "Version 2 of the text: Open the archive",
        "Open the archive",
    ]
    one = found.entries[2]
    assert one.link == "https://news.example.org/1"
    assert one.author == "Jo Writer"
    said = re.findall(r"<p>(.*?)</p>", one.content[0].value if form == "atom" else one.description)
    assert said == ["The Example Post", "One.", "Two.", "Source: UN", "Not ours."]
    assert one.published_parsed[:3] == (2016, 9, 6)
    assert [tag.term for tag in one.tags] == ["article" if form == "atom" else "Article"]


@pytest.mark.sqlite_alone
def test_json_says_the_same(client, campaign):
    feed = client.get("/campaigns/archive/feed.json").json
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["home_page_url"].endswith("/campaigns/archive")
    atom = parsed(client, "/campaigns/archive/feed.atom")
    assert [(one["id"], one["title"], one["url"], one["content_html"]) for one in feed["items"]] == [
        (one.id, one.title, one.link, one.content[0].value) for one in atom.entries
    ]
    assert [one.get("external_url") for one in feed["items"]][1:3] == [
        "https://news.example.org/2",
        "https://news.example.org/1",
    ]


@pytest.mark.sqlite_alone
def test_a_warning_stands_before_everything_and_leads_to_our_own_page(app, client, campaign):
    one = client.get("/campaigns/archive/feed.json").json["items"][0]
    assert one["content_html"].startswith("<p><strong>Content warning:</strong> Violence against children</p>")
    assert one["_undersigned"] == {"content_warning": "Violence against children"}
    assert re.fullmatch(re.escape(app.config["BASE_URL"]) + r"/news/[\w-]{22}/play", one["url"])


def atom_rules(root):
    """RFC 4287, section 4: what must be there, once, and what is only read by machines."""
    for node in [root, *root.findall(f"{A}entry")]:
        for name in ("id", "title", "updated"):
            assert len(node.findall(f"{A}{name}")) == 1
        assert all(MOMENT.fullmatch(node.findtext(f"{A}{name}") or "") for name in ("updated",))
        assert node.findtext(f"{A}id").startswith("urn:uuid:")
        assert len([link for link in node.findall(f"{A}link") if link.get("rel") == "alternate"]) == 1
        assert all(link.get("href").startswith("http") for link in node.findall(f"{A}link"))
    ids = [node.findtext(f"{A}id") for node in root.iter() if node.find(f"{A}id") is not None]
    assert len(ids) == len(set(ids))
    assert all(node.findtext(f"{A}content") for node in root.findall(f"{A}entry"))
    assert root.findtext(f"{A}author/{A}name")
    assert {link.get("rel") for link in root.findall(f"{A}link")} == {"self", "alternate"}


def rss_rules(root):
    """RSS 2.0 and the advice of its board."""
    channel = root.find("channel")
    for name in ("title", "link", "description", "lastBuildDate", "language"):
        assert channel.findtext(name)
    for item in channel.findall("item"):
        assert item.find("guid").get("isPermaLink") == "false"
        assert parsedate_to_datetime(item.findtext("pubDate")).tzinfo is not None
    assert channel.find(f"{A}link").get("href").endswith(".rss")


@pytest.mark.sqlite_alone
@pytest.mark.parametrize("at", ["/campaigns/archive/feed", "/topics/iraq/feed", "/feed"])
def test_every_feed_follows_the_rules(app, client, campaign, make, at):
    topic = make.topic(title="Iraq")
    with app.app_context():
        reached = {"kind": MilestoneKind.ROUND, "target": 5000, "reached_at": dt.datetime(2026, 5, 1, tzinfo=dt.UTC)}
        db.session.add(Milestone(campaign_id=campaign.id, number=100, **reached))
        db.session.commit()
    make.news(topic, title=BAD.replace("\x07", ""), outlet=BAD, excerpt=BAD, url="https://news.example.org/4\uffff")
    atom_rules(ElementTree.fromstring(client.get(at + ".atom").data))
    rss_rules(ElementTree.fromstring(client.get(at + ".rss").data))
    feed = client.get(at + ".json").json
    assert {"version", "title", "home_page_url", "feed_url", "items"} <= feed.keys()
    for item in feed["items"]:
        assert MOMENT.fullmatch(item["date_published"])
        assert item["id"]
        assert item["content_html"]
        assert item["url"].startswith("http")
    assert feed["feed_url"] == f"{app.config['BASE_URL']}{at}.json"


@pytest.mark.sqlite_alone
@pytest.mark.parametrize("form", KINDS)
def test_feeds_can_be_kept_and_read_from_anywhere(client, campaign, form):
    answer = client.get(f"/campaigns/archive/feed.{form}")
    assert answer.content_type == f"{KINDS[form]}; charset=utf-8"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Set-Cookie" not in answer.headers
    again = client.get(f"/campaigns/archive/feed.{form}", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert client.get(f"/campaigns/archive/feed.{form}?x=1").data == answer.data


@pytest.mark.sqlite_alone
def test_nobody_chooses_the_language_of_a_feed_for_others(app, client, campaign):
    app.config["PAGE_SECONDS"] = 10
    for at in ("/feed.json", "/campaigns/archive/feed.json"):
        for asked in (f"{at}?lang=ar", at):
            tags = {tag for one in client.get(asked).json["items"] for tag in one["tags"]}
            assert tags == {"Article", "Video", "New campaign", "New version of the text"}


@pytest.mark.sqlite_alone
def test_a_feed_changes_only_when_something_did(client, campaign, make, clock):
    before = client.get("/campaigns/archive/feed.atom").data
    clock.forward(days=3)
    assert client.get("/campaigns/archive/feed.atom").data == before
    make.news(campaign, title="Court opens", url="https://news.example.org/9")
    after = client.get("/campaigns/archive/feed.atom").data
    assert after != before
    assert ElementTree.fromstring(after).findtext(f"{A}updated") > ElementTree.fromstring(before).findtext(
        f"{A}updated"
    )


def test_an_item_keeps_its_name_when_everything_else_changes(app, client, campaign):
    names = {one["id"] for one in client.get("/campaigns/archive/feed.json").json["items"]}
    with app.app_context():
        campaigns.move(db.session.get_one(Campaign, campaign.id), "archive-1991", now=dt.datetime.now(dt.UTC))
    moved = client.get("/campaigns/archive/feed.json")
    assert moved.status_code == 301
    assert moved.location.endswith("/campaigns/archive-1991/feed.json")
    assert {one["id"] for one in client.get(moved.location).json["items"]} == names


@pytest.mark.sqlite_alone
def test_links_come_from_the_site_and_not_from_the_request(app, client, campaign):
    feed = client.get("/campaigns/archive/feed.json", headers={"X-Forwarded-Host": "evil.example"}).json
    assert feed["feed_url"].startswith(app.config["BASE_URL"])


def test_a_topic_has_the_news_of_its_campaigns_once(app, client, campaign, make):
    topic = make.topic(title="Iraq", organisation=None)
    with app.app_context():
        found = db.session.get_one(Topic, topic.id)
        found.organisation_id = campaign.organisation_id
        db.session.commit()
        topics.gather(found, [campaign.id], now=dt.datetime.now(dt.UTC))
    make.news(topic, title="EFFORTS STALL", url="https://news.example.org/1")
    titles = [one["title"] for one in client.get("/topics/iraq/feed.json").json["items"]]
    assert len(titles) == 5
    assert "EFFORTS STALL" in titles
    assert "Efforts stall" not in titles


def test_what_the_organiser_writes_is_in_it(app, client, campaign, make):
    update = make.update(campaign, title="Heard in court", text="They **listened**.")
    gone = make.update(campaign, title="Taken back")
    with app.app_context():
        updates.remove(db.session.get_one(Update, gone.id), now=dt.datetime.now(dt.UTC))
    one = client.get("/campaigns/archive/feed.json").json["items"][0]
    assert (one["title"], one["tags"]) == ("Heard in court", ["Update"])
    assert "<p>They <strong>listened</strong>.</p>" in one["content_html"]
    assert one["url"] == f"{app.config['BASE_URL']}/campaigns/archive/updates/{update.public_id}"
    parsed(client, "/feed.atom")


def test_nothing_that_is_not_public_is_in_a_feed(client, make):
    campaign, draft = make.campaign(slug="open"), make.campaign(published=False)
    make.news(campaign, title="Waits", state=NewsState.WAITING)
    make.news(campaign, title="Refused", state=NewsState.REFUSED)
    make.news(campaign, title="Removed", removed_at=dt.datetime.now(dt.UTC))
    make.news(draft, title="Of a draft")
    make.news(make.topic(published=False, title="Hidden"), title="Of a hidden topic")
    for address in ("/campaigns/open/feed.json", "/feed.json"):
        assert [one["tags"] for one in client.get(address).json["items"]] == [["New campaign"]]
    assert client.get(f"/campaigns/{draft.slug}/feed.json").status_code == 404
    assert client.get("/topics/hidden/feed.json").status_code == 404
    assert client.get("/campaigns/open/feed.xml").status_code == 404


@pytest.mark.sqlite_alone
def test_a_feed_is_bounded(client, make):
    campaign = make.campaign(slug="much")
    make.many_news(campaign, *({"title": str(n)} for n in range(60)))
    assert len(client.get("/campaigns/much/feed.json").json["items"]) == 50


@pytest.mark.sqlite_alone
def test_an_arabic_campaign_has_an_arabic_feed(client, make):
    campaign = make.campaign(locale="ar", ask="افتحوا الأرشيف", slug="arabic")
    make.news(campaign, content_warning="عنف")
    root = ElementTree.fromstring(client.get("/campaigns/arabic/feed.atom").data)
    assert root.get("{http://www.w3.org/XML/1998/namespace}lang") == "ar"
    assert "Content warning" not in ElementTree.tostring(root, encoding="unicode")


@pytest.mark.sqlite_alone
def test_pages_tell_programs_and_people_of_their_feeds(app, client, campaign):
    page = client.get("/campaigns/archive").text
    for form, kind in KINDS.items():
        at = f"/campaigns/archive/feed.{form}"
        assert (
            f'<link rel="alternate" type="{kind}" title="Open the archive" href="{app.config["BASE_URL"]}{at}">' in page
        )
        assert f'href="{at}"' in page
    assert f'href="{app.config["BASE_URL"]}/feed.atom"' in client.get("/").text


@pytest.mark.sqlite_alone
def test_an_empty_site_has_an_empty_feed(client, app):
    root = ElementTree.fromstring(client.get("/feed.atom").data)
    assert MOMENT.fullmatch(root.findtext(f"{A}updated"))
    assert json.loads(client.get("/feed.json").data)["items"] == []
