"""What Sam reads of a topic: its figures with their sources, an outline, campaigns, evidence and one merged feed."""

from __future__ import annotations

import datetime as dt
import html
import io
import json
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import insert

from app import markdown
from app.domain import key_figures, topics
from app.extensions import db
from app.models import Campaign, NewsState, Precision, Topic, campaign_news, topic_news
from tests.factories import Make
from tests.test_public_cost import queries

FIGURE = {
    "number": "1,302",
    "label": "civilians killed",
    "source": "The coalition",
    "source_url": "https://example.org/statement",
    "as_of": dt.date(2019, 5, 1),
    "precision": Precision.MONTH,
    "caveat": "Iraq and Syria together.",
}


def gather(app: Flask, topic: Topic, *campaigns: Campaign) -> None:
    with app.app_context():
        topics.gather(db.session.get_one(Topic, topic.id), [c.id for c in campaigns], now=dt.datetime.now(dt.UTC))


def figure(app: Flask, topic: Topic, **values: object) -> None:
    with app.app_context():
        key_figures.add(db.session.get_one(Topic, topic.id), {**FIGURE, **values}, now=dt.datetime.now(dt.UTC))


def words(page: str) -> str:
    body = page[page.index("<main") :]
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", body)))


def titles(page: str) -> list[str]:
    """The news of a page, from top to bottom."""
    return re.findall(r"<bdi>(News [^<]+)</bdi></a></h3>", page)


def test_sam_reads_a_topic_with_all_that_it_gathers(app: Flask, client: FlaskClient, make: Make) -> None:
    organisation = make.organisation(name="Tigris Rights Desk", slug="tigris")
    topic = make.topic(organisation, title="Iraq in crisis", summary="What happens.")
    campaign = make.campaign(organisation, ask="Rein in militias", signature_target=5000)
    make.signature(campaign)
    figure(app, topic)
    gather(app, topic, campaign, make.campaign(organisation, ask="Not public yet", published=False))
    make.report(topic, kind="data", title="Numbers", content_warning="Names of the dead")
    make.report(topic, title="A report", published_on=dt.date(2014, 1, 1), precision="year")
    make.news(topic, title="News of the topic")
    page = client.get("/topics/iraq-in-crisis").text
    text = words(page)
    assert "The coalition , as of May 2019" in text
    assert "Iraq and Syria together." in text
    assert 'href="https://example.org/statement" rel="noreferrer"' in page
    assert "Rein in militias" in text
    assert "1 of 5,000" in text
    assert "Not public yet" not in text
    assert text.index("Report A report") < text.index("Data Numbers")
    assert "Content warning: Names of the dead" in text
    assert '<time datetime="2014">2014</time>' in page
    assert "Tigris Rights Desk" in text
    assert titles(page) == ["News of the topic"]


@pytest.mark.sqlite_alone
def test_the_introduction_has_an_outline_that_leads_to_its_headings(client: FlaskClient, make: Make) -> None:
    text = "## النزوح\n\nA\n\n### Camps & *return*\n\nB\n\n## Camps & return\n\n### Next\n\n#### Below\n\n## !!!"
    make.topic(title="Iraq in crisis", text=text)
    page = client.get("/topics/iraq-in-crisis").text
    outline = page[page.index('class="outline"') : page.index('class="own"')]
    links = re.findall(r'<a href="#([^"]+)">([^<]+)</a>', outline)
    assert links == [
        ("s-النزوح", "النزوح"),
        ("s-camps-return", "Camps &amp; return"),
        ("s-camps-return-2", "Camps &amp; return"),
        ("s-next", "Next"),
        ("s-", "!!!"),
    ]
    for anchor, _said in links:
        assert page.count(f'id="{anchor}"') == 1


@pytest.mark.parametrize(
    "text",
    [
        '## A" onmouseover="alert(1)',
        "## <img src=x onerror=alert(1)>",
        '## [x](javascript:alert(1)) "><script>',
        '<h2 id="main">Main</h2>',
        "## " + "x\u0301" * 200,
        "## \u202eturned",
        "## &#x202e;turned &#8294;too",
    ],
)
def test_a_heading_brings_nothing_but_its_words(text: str) -> None:
    document = markdown.document(text)
    assert not re.search(
        r"<(?!/?(h2|p|a|/a)\b)|<[^>]*\son|<[^>]*javascript:|[\u202a-\u202e\u2066-\u2069]", document.html
    )
    for heading in document.outline:
        assert re.fullmatch(r"s-[\w-]{0,60}", heading.anchor)
        assert heading.anchor != "main"


def test_a_place_stays_while_its_heading_does() -> None:
    before = markdown.document("## One\n\n## Two").outline
    after = markdown.document("## Zero\n\ntext\n\n## Two\n\nmore\n\n## One").outline
    assert {h.words: h.anchor for h in before}.items() <= {h.words: h.anchor for h in after}.items()


@pytest.mark.sqlite_alone
def test_a_campaign_is_written_without_places_for_its_headings(client: FlaskClient, make: Make) -> None:
    make.campaign(slug="militias", text="## What we ask")
    assert "<h2>What we ask</h2>" in client.get("/campaigns/militias").text


def test_news_of_a_topic_and_of_its_campaigns_are_one_feed_each_item_once(
    app: Flask, client: FlaskClient, make: Make
) -> None:
    organisation = make.organisation()
    topic = make.topic(organisation, title="Iraq")
    first, second = make.campaign(organisation), make.campaign(organisation)
    draft, other = make.campaign(organisation, published=False), make.campaign(organisation)
    gather(app, topic, first, second, draft)
    shared = make.news(first, title="News of both", published_on=dt.date(2016, 1, 2))
    with app.app_context():
        for table, column, number in (
            (campaign_news, "campaign_id", second.id),
            (topic_news, "topic_id", topic.id),
        ):
            db.session.execute(insert(table).values({column: number, "news_item_id": shared.id}))
        db.session.commit()
    make.news(topic, title="News of the topic", published_on=dt.date(2016, 1, 3))
    make.news(second, title="News that is old and pinned", published_on=dt.date(2010, 1, 1), is_pinned=True)
    make.news(second, title="News of 2015", published_on=dt.date(2015, 1, 1), precision="year")
    make.news(draft, title="News of a draft")
    make.news(other, title="News of another campaign")
    make.news(topic, title="News that waits", state=NewsState.WAITING)
    make.news(topic, title="News removed", removed_at=dt.datetime.now(dt.UTC))
    expected = ["News that is old and pinned", "News of the topic", "News of both", "News of 2015"]
    for address in ("/topics/iraq", "/topics/iraq/news"):
        assert titles(client.get(address).text) == expected
    assert '<time datetime="2015">2015</time>' in client.get("/topics/iraq").text


def test_more_news_than_one_page_holds_have_pages_of_their_own(client: FlaskClient, make: Make) -> None:
    topic = make.topic(title="Iraq")
    first_day = dt.date(2016, 1, 1)
    days = [first_day + dt.timedelta(days=n) for n in range(61)]
    make.many_news(topic, *({"title": f"News {n:02}", "published_on": day} for n, day in enumerate(days)))
    newest = [f"News {n:02}" for n in range(60, -1, -1)]
    first = client.get("/topics/iraq").text
    assert titles(first) == newest[:30]
    assert 'href="/topics/iraq/news/2"' in first
    seen = [title for n in (1, 2, 3) for title in titles(client.get(f"/topics/iraq/news/{n}").text)]
    assert seen == newest
    assert 'rel="prev" href="/topics/iraq/news"' in client.get("/topics/iraq/news/2").text
    for nowhere in ("4", "0", "10001", "9" * 30, "-1", "x", "02", "٢"):
        assert client.get(f"/topics/iraq/news/{nowhere}").status_code == 404


@pytest.mark.sqlite_alone
def test_strangers_see_no_draft_and_nothing_leads_to_one(client: FlaskClient, make: Make) -> None:
    make.topic(title="Iraq", published=False)
    for path in ("", "/news", "/share.png"):
        assert client.get(f"/topics/iraq{path}").status_code == 404
    assert "There is no topic at present." in client.get("/topics").text
    assert 'href="/topics"' not in client.get("/").text


@pytest.mark.sqlite_alone
def test_the_main_menu_leads_to_topics_where_there_are_any(client: FlaskClient, make: Make) -> None:
    make.topic(title="Iraq")
    campaign = make.campaign()
    for address in ("/", f"/campaigns/{campaign.slug}", "/privacy"):
        assert '<a href="/topics">Topics</a>' in client.get(address).text
    assert '<a href="/topics?lang=ar">' in client.get("/?lang=ar").text
    assert '<a href="/topics" aria-current="page">Topics</a>' in client.get("/topics").text


def test_a_campaign_names_its_public_topics(app: Flask, client: FlaskClient, make: Make) -> None:
    organisation = make.organisation()
    campaign = make.campaign(organisation, slug="militias")
    gather(app, make.topic(organisation, title="Iraq"), campaign)
    gather(app, make.topic(organisation, title="Secret", published=False), campaign)
    page = client.get("/campaigns/militias").text
    assert "More on this: Iraq" in words(page)
    assert '<a href="/topics/iraq"' in page
    assert "Secret" not in page


@pytest.mark.sqlite_alone
def test_other_sites_can_show_a_card_of_the_topic(app: Flask, client: FlaskClient, make: Make) -> None:
    organisation = make.organisation(name="Tigris Rights Desk")
    topic = make.topic(organisation, title='Iraq "in" </script> crisis', summary="Because.")
    gather(app, topic, make.campaign(organisation, slug="militias", ask="Rein in"))
    figure(app, topic)
    page = client.get(f"/topics/{topic.slug}").text
    found = dict(re.findall(r'<meta (?:property|name)="([^"]+)" content="([^"]*)"', page))
    assert html.unescape(found["og:title"]) == 'Iraq "in" </script> crisis'
    assert f"/topics/{topic.slug}/share.png" in found["og:image"]
    block = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.S)
    assert block
    data = json.loads(block[1])
    assert (data["@type"], data["name"]) == ("CollectionPage", 'Iraq "in" </script> crisis')
    assert [part["name"] for part in data["hasPart"]] == ["Rein in"]
    assert f'<link rel="canonical" href="http://127.0.0.1:{app.config["PORT"]}/topics/{topic.slug}">' in page
    picture = Image.open(io.BytesIO(client.get(f"/topics/{topic.slug}/share.png").data))
    assert (picture.format, picture.size) == ("PNG", (1200, 630))


@pytest.mark.sqlite_alone
@pytest.mark.parametrize("title", ["Iraq", "العراق في أزمة", "危机", "W" * 120])
def test_a_topic_has_a_share_picture_in_any_writing(app: Flask, client: FlaskClient, make: Make, title: str) -> None:
    topic = make.topic(title=title)
    assert client.get(f"/topics/{topic.slug}/share.png").status_code == 200
    figure(app, topic, number="أكثر من مليونين", label="x" * 200)
    assert client.get(f"/topics/{topic.slug}/share.png").status_code == 200


@pytest.mark.sqlite_alone
def test_sam_reads_the_page_in_arabic_and_the_topic_in_its_own_language(
    app: Flask, client: FlaskClient, make: Make
) -> None:
    topic = make.topic(title="Iraq")
    figure(app, topic)
    page = client.get("/topics/iraq?lang=ar").text
    assert '<html lang="ar" dir="rtl">' in page
    assert '<h1 lang="en" dir="ltr">Iraq</h1>' in page
    assert "أيار ٢٠١٩" in page
    make.topic(title="العراق", locale="ar")
    assert '<html lang="ar" dir="rtl">' in client.get("/topics/topic").text


@pytest.mark.sqlite_alone
def test_topics_ask_as_often_for_many_as_for_few(app: Flask, client: FlaskClient, make: Make) -> None:
    organisation = make.organisation()
    topic = make.topic(organisation, title="Iraq")
    campaigns: list[Campaign] = []

    def more(number: int) -> None:
        for n in range(number):
            campaigns.append(make.campaign(organisation))
            make.news(campaigns[-1])
            make.report(topic)
            make.news(topic)
            if len(campaigns) < 8:
                figure(app, topic, number=str(n))
            make.topic(organisation)
        gather(app, topic, *campaigns)

    def asked() -> dict[str, int]:
        addresses = ("/topics", "/topics/iraq", "/topics/iraq/news", f"/campaigns/{campaigns[0].slug}")
        return {address: len(queries(app, client, address)) for address in addresses}

    more(2)
    few = asked()
    more(6)
    assert asked() == few
    assert few["/topics/iraq"] <= 11


@pytest.mark.sqlite_alone
def test_an_error_page_asks_nothing_for_its_menu(
    app: Flask, client: FlaskClient, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    make.topic()

    def away(*_: object, **__: object) -> None:
        raise AssertionError("the database was asked")

    monkeypatch.setattr(db.session, "scalar", away)
    assert client.get("/nothing/here").status_code == 404
