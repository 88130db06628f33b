"""The page of the search: what it shows, what it makes of mistakes and attacks, and what it costs."""

from __future__ import annotations

import datetime as dt
import html
import re
import time
from urllib.parse import quote
from xml.etree import ElementTree

import pytest

from app import clock, highlights, jobs
from app.domain import search, search_words, topics
from app.extensions import db
from app.models import SearchEntry, Topic
from tests import searching
from tests.test_public_cost import queries
from tests.test_translations import english_in

register_of, incident_of = searching.register_of, searching.incident_of


@pytest.fixture
def look(client):
    """look("militias", kind="news") → the page, as it is read."""

    def get(q=None, status=200, **asked):
        answer = client.get("/search", query_string={**({"q": q} if q is not None else {}), **asked})
        assert answer.status_code == status, answer.text
        return html.unescape(answer.text)

    return get


def titles(page):
    return [re.sub("<[^>]+>", "", title).strip() for title in re.findall(r"<h3>(.*?)</h3>", page, re.DOTALL)]


@pytest.mark.sqlite_alone
def test_a_visitor_comes_from_every_page_and_finds_a_field_with_a_name(client, make, look):
    make.campaign(slug="rein-in")
    for path in ("/", "/campaigns/rein-in", "/reports", "/topics", "/privacy", "/there-is-no-such-page"):
        assert 'href="/search"' in client.get(path).text, path
    page = look()
    assert '<label for="q">Words</label>' in page
    assert "noindex" not in page
    assert "results" not in titles(page)


@pytest.mark.sqlite_alone
def test_a_visitor_reads_what_was_found_with_its_kind_date_and_marks(make, look):
    organisation = make.organisation(name="Tigris Rights Desk")
    campaign = make.campaign(organisation, ask="Rein in <b>militias</b>", summary="A militia’s word.", slug="rein-in")
    make.report(
        campaign, title="Militias & impunity", kind="press_release", published_on=dt.date(2014, 7, 1), precision="month"
    )
    make.news(campaign, title="Militia news", excerpt="Nothing else")
    make.update(campaign, "Militias answered", "They met **us**.")
    page = look("militias")
    assert {*titles(page)} == {"Rein in militias", "Militias answered", "Militia news", "Militias & impunity"}
    assert "Rein in <b><mark>militias</mark></b>" in page  # unescaped here
    assert "A <mark>militia’s</mark> word." in page
    assert "They met us." in page
    assert "Publication · Press release" in page
    assert "July 2014" in page
    assert "Tigris Rights Desk" in page
    assert '<a href="/campaigns/rein-in">' in page
    assert '<a href="https://news.example.org/1" rel="noreferrer">' in page
    assert "4 results" in page
    assert '<meta name="robots" content="noindex,follow">' in page


@pytest.mark.sqlite_alone
def test_what_an_organiser_wrote_stays_text(client, make):
    make.campaign(ask="<script>x</script> militias <mark>", summary="<img src=x> militia")
    page = client.get("/search?q=militias").text
    assert "<img" not in page
    assert "<script>x" not in page
    assert "&lt;script&gt;x&lt;/script&gt; <mark>militias</mark> &lt;mark&gt;" in page


def test_marks_stand_where_the_words_stand_though_they_were_compared_folded():
    def marks(text, asked):
        return re.findall("<mark>(.*?)</mark>", html.unescape(highlights.marked(text, search_words.ask(asked))))

    assert marks("عاد إلى أربيل، وإلى أرْبِيل", "اربيل") == ["أربيل", "أرْبِيل"]
    assert marks("Al Sha’fah, Sha'fah and ash-shafah", "shafah") == ["Sha’fah", "Sha'fah", "shafah"]
    assert marks("Sámarra is Samarra", "samarra") == ["Sámarra", "Samarra"]
    assert marks("الميليشيات والميليشيا", "ميليشيا") == ["الميليشيات", "والميليشيا"]
    assert marks("ﬁres of 2017 in ٢٠١٧", "fire 2017") == ["ﬁres", "2017", "٢٠١٧"]
    assert marks("<b>", "b") == ["b"]


@pytest.mark.sqlite_alone
@pytest.mark.parametrize(
    "text", ["", "a", "word " * 2000, "x" * 9000, "x" * 500 + " kill " + "y" * 900, "kill " * 900, "a kill"]
)
def test_an_excerpt_is_short_and_has_the_word(text):
    cut = highlights.excerpt(("", text), search_words.ask("kill"))
    assert len(cut.striptags()) <= highlights.EXCERPT + 10
    assert ("<mark>kill" in cut) == ("kill" in text)


@pytest.mark.sqlite_alone
def test_what_a_warning_covers_is_not_shown(make, look):
    campaign = make.campaign(slug="full")
    make.news(campaign, title="Footage", excerpt="Graphic and gory", content_warning="Violence")
    make.report(campaign, title="Names", summary="Graphic and gory", content_warning="Names of the dead")
    page = look("graphic")
    assert titles(page) == ["Footage", "Names"]
    assert "gory" not in page
    assert "Violence" in page
    assert "Names of the dead" in page
    item = page[page.index("Footage") : page.index("Names of the dead")]
    assert item.index("<details>") < item.index('href="https://news.example.org/1"')


@pytest.mark.sqlite_alone
def test_a_video_leads_to_our_page_that_plays_it(make, look):
    item = make.news(make.campaign(), title="New footage", kind="video", url="https://vimeo.com/76979871")
    assert f'href="/news/{item.public_id}/play"' in look("footage")


@pytest.mark.sqlite_alone
def test_an_incident_leads_to_where_it_is_shown(make, look, register_of, incident_of):
    topic = make.topic(title="Iraq in crisis")
    there = incident_of(
        register_of(topic), "Mosul", country="IQ", region="Nineveh", description="A <b>house</b>", sources=("Airwars",)
    )
    page = look("mosul")
    assert "<mark>Mosul</mark>, Nineveh, Iraq" in page
    assert f'href="/topics/{topic.slug}/register/{there.public_id}"' in page
    assert "Airwars" in page
    assert "Incident · " in page


def test_a_visitor_narrows_it_down_and_nothing_typed_is_lost(app, make, look):
    organisation = make.organisation()
    campaign = make.campaign(organisation, ask="Rein in militias")
    topic = make.topic(organisation, title="Iraq in crisis")
    with app.app_context():
        topics.gather(db.session.get_one(Topic, topic.id), [campaign.id], now=clock.now())
    make.news(campaign, title="Militias then", published_on=dt.date(2015, 6, 9))
    make.news(
        make.campaign(), title="Militias elsewhere", published_on=dt.date(2015, 6, 9), url="https://news.example.org/2"
    )
    page = look("militias", kind="news", topic=topic.slug, since="June 2015", until="٢٠١٥")
    assert titles(page) == ["Militias then"]
    for typed in (
        'value="militias"',
        '"news" selected',
        f'"{topic.slug}" selected',
        'value="June 2015"',
        'value="٢٠١٥"',
    ):
        assert typed in page
    assert re.search(r"<details open>", page)
    assert titles(look("militias", kind="news", since="July 2015")) == []
    assert set(titles(look(kind="news"))) == {"Militias then", "Militias elsewhere"}
    assert (
        'href="/search?q=militias&kind=campaign&topic=iraq-in-crisis&since=June+2015&until=' in page
        or "kind=campaign" not in page
    )


@pytest.mark.sqlite_alone
def test_a_visitor_sees_how_much_there_is_of_each_kind(make, look):
    campaign = make.campaign(ask="Rein in militias")
    make.news(campaign, title="Militias fail")
    make.report(campaign, title="Militias rule")
    page = look("militias", kind="report")
    kinds = re.search(r'<nav class="kinds".*?</nav>', page, re.DOTALL)[0]
    said = re.sub("<[^>]+>", " ", kinds).split()
    assert said == ["Everything", "3", "Campaigns", "1", "Publications", "1", "News", "1"]
    assert 'href="/search?q=militias&kind=report" aria-current="true"' in kinds
    assert titles(page) == ["Militias rule"]


@pytest.mark.sqlite_alone
def test_a_visitor_who_errs_with_a_date_is_told_what_to_do(make, look):
    make.campaign(ask="Rein in militias")
    page = look("militias", 422, since="soon", until="3/4/2015", kind="campaign")
    assert "2 things to correct" in page
    assert '<a href="#since">Since: Write a date such as 9 June 2015, June 2015 or 2015.</a>' in page
    assert "Until: Write the month as a word" in page
    assert 'value="soon"' in page
    assert 'value="militias"' in page
    assert titles(page) == []
    page = look("militias", 422, since="2016", until="2015")
    assert "Exchange the two." in page
    assert "Write one day, or the month alone." in look("militias", 422, since="9-11 June 2015")
    assert "things to correct" not in look("militias", since="2015", until="June 2190")


@pytest.mark.sqlite_alone
def test_a_visitor_who_finds_nothing_is_told_what_to_try(make, look):
    make.campaign(ask="Rein in militias")
    page = look("zebra", kind="news")
    assert "Nothing found" in page
    assert "Look for fewer words" in page
    assert '<a href="/search?q=zebra">Search in everything</a>' in page
    assert "Search in everything" not in look("zebra")


@pytest.mark.sqlite_alone
def test_a_visitor_turns_pages(make, look):
    campaign = make.campaign(ask="Open the archive")
    make.many_news(campaign, *({"title": f"Water {n}"} for n in range(45)))
    first, last = look("water", kind="news"), look("water", kind="news", page=3)
    assert "Page 1 of 3" in first
    assert 'rel="next" href="/search?q=water&kind=news&page=2"' in first
    assert 'rel="prev"' not in first
    assert len(titles(last)) == 5
    assert 'rel="prev" href="/search?q=water&kind=news&page=2"' in last
    assert 'rel="next"' not in last
    for page in ("4", "0", "-1", "x", "٢", "1" * 30, "10001"):
        look("water", 404, kind="news", page=page)


HOSTILE = [
    "%",
    "_",
    "\\",
    '"',
    "'",
    '"militias',
    "militias\"*'",
    "militias*",
    "AND",
    "NEAR(a b)",
    "a OR",
    "^militias",
    "-militias",
    "words:militias",
    "{words}: x",
    "militias & !x | (y)",
    "a:*",
    "\0",
    "mili\0tias",
    "\u202emilitias",
    "<script>alert(1)</script>",
    "'; DROP TABLE search_entry; --",
    "é" * 5000,
    "militias " * 1200,
    "(" * 10_000,
    '"' * 10_000,
    "a" + "\u0315" * 10_000,
    "ﷺ" * 3000,
    "🙂",
    "𝕸𝖎𝖑𝖎𝖙𝖎𝖆𝖘",
    "{searchTerms}",
]


def test_nothing_that_a_stranger_types_does_harm(client, make, stored):
    """WEB-13."""
    make.campaign(ask="Rein in militias")
    before = len(stored(SearchEntry))
    others = ("kind", "topic", "since", "until", "page", "lang")
    for number, text in enumerate(HOSTILE):
        for name in ("q", others[number % len(others)]):
            begun = time.monotonic()
            answer = client.get("/search", query_string={"q": "militias", name: text})
            assert answer.status_code in {200, 404, 422}, (name, text[:40], answer.status_code)
            assert time.monotonic() - begun < 2, (name, text[:40])
            assert "<script>alert" not in answer.text
            assert "\0" not in answer.text
            assert len(answer.text) < 100_000
    assert len(stored(SearchEntry)) == before


def test_bytes_that_are_no_text_do_no_harm(client, make):
    make.campaign(ask="Rein in militias")
    for raw in ("%ED%A0%80", "%FF", "%00", "a%0d%0aX:y", "%F0%9F", "%C0%AF"):
        for name in ("q", "kind", "topic", "since", "until"):
            assert client.get(f"/search?q=militias&{name}={raw}").status_code in {200, 422}, (name, raw)


@pytest.mark.sqlite_alone
def test_signs_alone_find_nothing_rather_than_everything(make, look):
    make.campaign(ask="Rein in militias")
    assert "Nothing found" in look("% _ * \" '")


@pytest.mark.sqlite_alone
def test_a_stranger_cannot_push_pages_off_the_shelf(app, client, make):
    app.config["PAGE_SECONDS"] = 10
    make.campaign(ask="Rein in militias")
    for n in range(5):
        answer = client.get(f"/search?q=militias+{n}")
        assert answer.headers["Cache-Control"] == "private, max-age=10"
    assert app.extensions["pages"]._kept == {}
    assert client.get("/search").headers["ETag"]
    assert len(app.extensions["pages"]._kept) == 1
    assert client.get("/search?q=x&since=soon").headers["Cache-Control"] == "no-store"


@pytest.mark.sqlite_alone
def test_a_flood_of_searches_from_one_network_is_told_to_wait(app, client):
    app.config["SEARCH_LIMIT"] = 3
    assert [client.get(f"/search?q={n}").status_code for n in range(5)] == [200, 200, 200, 429, 429]
    assert client.get("/search").status_code == 200  # kept, and asks nothing
    elsewhere = {"REMOTE_ADDR": "192.0.2.1"}
    assert client.get("/search?q=x", environ_overrides=elsewhere).status_code == 200


@pytest.mark.sqlite_alone
def test_a_search_that_takes_too_long_is_answered_in_words(client, make, monkeypatch):
    make.campaign(ask="Rein in militias")

    def slow(*_wanted, **_more):
        raise search.TakesTooLong("This search takes too long.")

    monkeypatch.setattr(search, "find", slow)
    answer = client.get("/search?q=militias")
    assert answer.status_code == 503
    assert "takes too long" in answer.text


@pytest.mark.sqlite_alone
def test_a_page_of_much_costs_as_many_questions_as_one_of_little(app, client, make, register_of, incident_of):
    campaign, topic = make.campaign(ask="Rein in militias"), make.topic(title="Militias")
    register = register_of(topic)

    def more(n):
        make.news(campaign, title=f"Militias {n}", url=f"https://news.example.org/{n}")
        make.update(campaign, f"Militias {n}")
        make.report(topic, title=f"Militias {n}")
        incident_of(register, f"Militias {n}", sources=("A", "B"))

    more(0)
    few = len(queries(app, client, "/search?q=militias"))
    for n in range(1, 4):
        more(n)
    assert len(queries(app, client, "/search?q=militias")) == few


@pytest.mark.sqlite_alone
def test_whoever_looks_in_another_language_keeps_the_words(client, make):
    make.campaign(ask="Rein in militias")
    page = html.unescape(client.get("/search?q=militias&kind=campaign&page=1&_external=1").text)
    assert (
        'href="/search?lang=ar&q=militias&kind=campaign"' in page
        or 'href="/search?q=militias&kind=campaign&lang=ar"' in page
    )


@pytest.mark.sqlite_alone
def test_no_english_word_stands_on_the_arabic_page(app, client, make, register_of, incident_of):
    organisation = make.organisation(name="مكتب دجلة للحقوق")
    campaign = make.campaign(organisation, locale="ar", ask="أخضعوا الميليشيات للقانون", summary="ميليشيات", text="نص")
    topic = make.topic(organisation, locale="ar", title="الميليشيات", summary="نص", text="نص")
    make.report(campaign, title="الميليشيات", publisher="ناشر")
    make.update(campaign, "الميليشيات", "نص")
    written = {"title": "الميليشيات", "outlet": "صحيفة", "excerpt": "نص", "content_warning": "عنف"}
    make.many_news(campaign, *[written] * 21)
    incident_of(register_of(topic), "الميليشيات", country="IQ", sources=("مصدر",))
    found = {}
    for asked in (
        "",
        "&q=ميليشيات",
        "&q=ميليشيات&page=2",
        "&q=حمار&kind=news",
        "&since=قريبا&until=3/4/15",
        "&since=2016&until=2015",
    ):
        answer = client.get(f"/search?lang=ar{quote(asked, safe='&=')}")
        assert answer.status_code == (422 if "since" in asked else 200)
        found[asked] = english_in(answer.text)
    assert {asked: words for asked, words in found.items() if words} == {}


@pytest.mark.sqlite_alone
def test_a_browser_learns_to_search_here(app, client):
    answer = client.get("/opensearch.xml")
    root = ElementTree.fromstring(answer.data)
    space = "{http://a9.com/-/spec/opensearch/1.1/}"
    assert answer.mimetype == "application/opensearchdescription+xml"
    assert root.find(f"{space}Url").get("template") == f"{app.config['BASE_URL']}/search?q={{searchTerms}}"
    assert 0 < len(root.findtext(f"{space}ShortName")) <= 16
    assert '"/opensearch.xml"' in client.get("/search").text
    assert "Disallow: /search?" in client.get("/robots.txt").text


def test_an_operator_makes_the_index_anew(app, make, look, stored):
    make.campaign(ask="Rein in militias")
    make.topic()
    with app.app_context():
        db.session.query(SearchEntry).delete()
        db.session.commit()
    assert titles(look("militias")) == []
    assert app.test_cli_runner().invoke(args=["search", "rebuild"]).output == "entered: 2\n"
    assert titles(look("militias")) == ["Rein in militias"]
    assert len(stored(SearchEntry)) == 2


@pytest.mark.sqlite_alone
def test_the_worker_fills_the_index_after_an_upgrade(app, make, look):
    make.campaign(ask="Rein in militias")
    with app.app_context():
        db.session.query(SearchEntry).delete()
        db.session.commit()
        (job,) = [job for job in jobs.JOBS if job.name == "keep the search whole"]
        job.do(clock.now())
    assert titles(look("militias")) == ["Rein in militias"]


def test_what_became_private_between_two_questions_is_not_shown(app, make):
    """The rows are read by the rule of who may read them, whatever the index says."""
    topic = make.topic(title="Secret")
    with app.test_request_context():
        numbers = [entry.number for entry in db.session.query(SearchEntry)]
        topics.withdraw(db.session.get_one(Topic, topic.id), now=clock.now())
        assert search._loaded(numbers) == []
