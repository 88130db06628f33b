"""The evidence in public: a list to look through, a page of each publication, and what machines read of it."""

from __future__ import annotations

import datetime as dt
import html
import json
import re

import pytest

from app import pages, report_page
from app.domain import library, library_list
from app.extensions import db
from app.models import Precision, Report
from tests.test_public_cost import queries

FULL = {
    "kind": "video",
    "title": "Graves without names",
    "publisher": "Example Watch",
    "authors": "Rana Haddad",
    "published_on": dt.date(2015, 6, 1),
    "precision": Precision.MONTH,
    "language": "ar",
    "url": "https://www.watch.example/graves?a=1&b=2",
    "summary": "First.\n\nSecond </script>.",
    "page_count": 48,
    "content_warning": "Shows graves",
    "claim": "There are more graves than names.",
}


def get(client, path, status=200):
    answer = client.get(path)
    assert answer.status_code == status
    assert "Set-Cookie" not in answer.headers
    return html.unescape(answer.text)


def titles(page):
    return re.findall(r"<h2><a[^>]*><bdi[^>]*>([^<]+)<", page)


@pytest.fixture
def evidence(make):
    organisation = make.organisation(name="Tigris Rights Desk")
    campaign = make.campaign(organisation, ask="Open the archive")
    topic = make.topic(organisation, title="Iraq in crisis")
    make.report(make.campaign(organisation, published=False, ask="Secret plan"), title="Hidden")
    make.report(
        campaign, title="Marsh report", publisher="Marsh Institute", published_on=dt.date(2013, 3, 3), language="en"
    )
    make.report(
        campaign, title="Nägel", claim="Ein Beleg", published_on=dt.date(2014, 3, 3), kind="data", language="de"
    )
    make.report(topic, **FULL)
    return organisation


def test_everybody_reads_what_something_public_cites_and_chooses_among_that(client, evidence):
    page = get(client, "/reports")
    assert titles(page) == ["Graves without names", "Nägel", "Marsh report"]
    assert "3 publications" in page
    assert page.index("Shows graves") < page.index("There are more graves than names.")
    get(client, "/reports/hidden", 404)
    assert "Hidden" not in page
    page = get(client, "/reports?kind=data&q=beleg")
    kinds = re.search(r'<select id="kind".*?</select>', page, re.S)[0]
    assert re.findall(r'value="(\w+)"', kinds) == ["report", "video", "data"]
    assert '<option value="data" selected>' in page
    assert 'value="beleg"' in page
    assert "Hidden" not in page
    assert re.findall(r'value="(\d{4})"', page) == ["2015", "2014", "2013"]


ASKED = (
    ("kind=data", ["Nägel"]),
    ("publisher=Marsh+Institute", ["Marsh report"]),
    ("year=2014", ["Nägel"]),
    ("year=٢٠١٤", ["Nägel"]),
    ("language=ar", ["Graves without names"]),
    ("q=NAGEL+beleg", ["Nägel"]),
    ("q=haddad", ["Graves without names"]),
    ("q=secret", []),
    ("q=%25", []),
    ("q=_", []),
    ("kind=data&year=2013", []),
    ("kind=nonsense&year=abc&after=x", ["Graves without names", "Nägel", "Marsh report"]),
    ("q=%27%22%3Cscript%3E", []),
    ("q=%00%ED%A0%80", []),
    ("year=99999999999999", ["Graves without names", "Nägel", "Marsh report"]),
    ("year=0000", ["Graves without names", "Nägel", "Marsh report"]),
    ("language=" + "x" * 5000, []),
    ("q=" + "xq%20" * 2000, []),
)


def test_the_list_is_filtered_and_keeps_what_was_asked(client, evidence):
    for asked, found in ASKED:
        answer = client.get(f"/reports?{asked}")
        page = html.unescape(answer.text)
        assert (answer.status_code, titles(page)) == (200, found), asked
        assert "<script>" not in answer.text
        if found == []:
            assert "Nothing here fits." in page


def test_the_list_goes_on_page_by_page_with_its_filters(client, evidence, make, monkeypatch):
    monkeypatch.setattr(library_list, "PAGE", 2)
    seen, path = [], "/reports?kind=report"
    campaign = make.campaign()
    for n in range(4):
        make.report(campaign, title=f"Report {n}", published_on=dt.date(2015, 1, 1))
    while path:
        page = get(client, path)
        seen += titles(page)
        older = re.search(r'href="(/reports\?[^"]*after=\d+[^"]*)"', page)
        path = older[1] if older else None
    assert seen == ["Report 3", "Report 2", "Report 1", "Report 0", "Marsh report"]
    hidden = make.report(make.campaign(published=False), published_on=dt.date(2014, 1, 1))
    assert titles(get(client, f"/reports?after={hidden.id}")) == [
        "Graves without names",
        "Report 3",
    ]  # no word of its date


@pytest.mark.sqlite_alone
def test_what_strangers_look_for_does_not_push_pages_off_the_shelf(app, client, evidence):
    app.config["PAGE_SECONDS"] = 60
    get(client, "/reports")
    shelf = app.extensions["pages"]
    kept = set(shelf._kept)
    assert ("/reports", "") in kept
    for n in range(20):
        answer = client.get(f"/reports?q=made-up-{n}&kind=x&lang=xx{n}")
        assert answer.headers["Cache-Control"] == "private, max-age=60"
    assert titles(get(client, "/reports?q=marsh")) == ["Marsh report"]  # and not the page that is kept
    assert titles(get(client, "/reports?nonsense=1")) == titles(get(client, "/reports"))
    get(client, "/reports/invented", 404)
    assert set(shelf._kept) == kept
    assert not shelf._making


@pytest.mark.sqlite_alone
def test_a_list_asks_as_often_for_many_as_for_few(app, client, evidence, make):
    few = len(queries(app, client, "/reports"))
    campaign = make.campaign()
    for n in range(8):
        make.report(campaign, title=f"More {n}")
    pages_forgotten(app)
    assert len(queries(app, client, "/reports")) == few


def pages_forgotten(app):
    with app.app_context():
        pages.forget()


@pytest.mark.sqlite_alone
def test_a_page_says_all_that_is_known_the_warning_first_and_machines_read_the_same(client, evidence):
    raw = client.get("/reports/graves-without-names").text
    page = html.unescape(raw)
    order = ["Shows graves", "<h1", "Example Watch</bdi></dd>", "Rana Haddad", "June 2015", "Arabic", "48 pages"]
    order += [
        "watch.example</bdi>",
        "There are more graves than names.",
        "<p>First.</p>",
        "Iraq in crisis",
        "To cite it",
    ]
    places = [page.index(words, page.index("<main")) for words in order]
    assert places == sorted(places)
    assert "1 June" not in page
    assert re.search(r'href="/topics/[^"]+">Iraq in crisis<', page)
    assert 'href="https://www.watch.example/graves?a=1&b=2" rel="noreferrer"' in page
    assert "“Graves without names.” Example Watch, June 2015." in page
    assert "Rana Haddad. “Graves" in page
    assert '<h1 lang="ar" dir="auto">' in page
    data = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', raw, re.S)[1])
    work = data["mainEntity"]
    assert (data["@type"], work["@type"], work["datePublished"], work["inLanguage"]) == (
        "WebPage",
        "VideoObject",
        "2015-06",
        "ar",
    )
    assert (work["url"], work["author"]["name"]) == (FULL["url"], "Rana Haddad")
    assert re.search(r'<link rel="canonical" href="http://[^"]+/reports/graves-without-names">', page)
    assert '<meta property="og:title" content="Graves without names">' in page
    assert '<meta property="og:description" content="There are more graves than names.">' in page


def test_a_page_names_no_draft_that_cites_it(client, evidence, make, app):
    draft = make.campaign(evidence, published=False, ask="Secret plan two")
    with app.app_context():
        db.session.add(draft)
        library.cite(draft, library.find("graves-without-names"), now=draft.created_at)
        assert len(library_list.cited_at([4])[4].campaigns) == 1
    page = get(client, "/reports/graves-without-names")
    assert "Secret plan" not in page
    assert 'class="small">Campaign<' not in page


@pytest.mark.sqlite_alone
def test_a_page_asks_nobody_else_for_anything(client, evidence, app):
    with app.app_context():
        report = library.find("graves-without-names")
        report.link_gone_since, report.link_checked_at = dt.date(2026, 5, 3), dt.datetime(2026, 5, 9, tzinfo=dt.UTC)
        db.session.commit()
        pages.forget()
    page = get(client, "/reports/graves-without-names")
    assert "missing since 3 May 2026" in page
    assert "web.archive.org" not in page
    assert not re.search(r'(?:src|action)="https?://(?!127)', page)


@pytest.mark.sqlite_alone
@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"title": "Who?"}, "“Who?” P, 9 June 2015. https://p.example/"),
        ({"authors": "A. B."}, "A. B. “T.” P, 9 June 2015. https://p.example/"),
        ({"precision": Precision.YEAR}, "“T.” P, 2015. https://p.example/"),
    ],
)
def test_a_citation_is_one_plain_line(app, values, said):
    known = {
        "title": "T",
        "publisher": "P",
        "authors": "",
        "published_on": dt.date(2015, 6, 9),
        "url": "https://p.example/",
    }
    with app.test_request_context():
        assert report_page.citation(Report(**{"precision": Precision.DAY, **known, **values})) == said


@pytest.mark.sqlite_alone
def test_lists_of_evidence_lead_to_the_publication_and_quietly_to_its_page(client, make):
    campaign = make.campaign(slug="full")
    make.report(campaign, **FULL)
    make.report(campaign, title="Bare", kind="data", precision=Precision.YEAR, published_on=dt.date(2011, 1, 1))
    page = get(client, "/campaigns/full")
    assert f'<a href="{FULL["url"]}" rel="noreferrer"><bdi>Graves without names</bdi></a>' in page
    assert page.count("About this report") == 1
    assert 'href="/reports/graves-without-names"' in page
    assert '<time datetime="2011">2011</time>' in page  # no more is known
    assert "Bare" in page  # data is a kind of evidence, too


@pytest.mark.sqlite_alone
def test_hostile_words_are_text(client, make):
    campaign = make.campaign()
    make.report(
        campaign, **{**FULL, "title": "<script>alert(1)</script>", "claim": "\"'><img src=x>", "authors": "</p>"}
    )
    page = client.get("/reports/script-alert-1-script").text
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert client.get("/reports").status_code == 200


@pytest.mark.sqlite_alone
def test_an_empty_list_says_so(client):
    assert "No campaign here points to a publication yet." in get(client, "/reports")


@pytest.mark.sqlite_alone
def test_a_flood_of_questions_to_the_list_is_told_to_wait(app, client, evidence):
    app.config["SEARCH_LIMIT"] = 3
    assert [client.get(f"/reports?q={n}").status_code for n in range(5)] == [200, 200, 200, 429, 429]
    assert client.get("/reports").status_code == 200  # kept, and asks nothing


@pytest.mark.sqlite_alone
def test_of_very_many_publications_the_first_are_shown_and_the_others_open_on_a_press(client, make):
    topic = make.topic(title="Iraq in crisis")
    for number in range(15):
        make.report(topic, title=f"Paper {number:02}", url=f"https://reports.example.org/{number}")
    assert "<details>" not in evidence_of(client, topic)
    make.report(topic, title="Paper 15", url="https://reports.example.org/15")
    shown, others = evidence_of(client, topic).split("<details>")
    assert (shown.count("<li>"), others.count("<li>")) == (12, 4)
    assert "4 more" in others


def evidence_of(client, topic):
    page = client.get(f"/topics/{topic.slug}").text
    return page[page.index('id="evidence"') : page.index("</section>", page.index('id="evidence"'))]
