"""The library at the desk: every publication with all that is known of it, found again, cited, taken away and put back."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from app import clock
from app.domain import library, library_list
from app.extensions import db
from app.models import Campaign, Report, campaign_report, topic_report
from tests import desk
from tests.factories import PASSWORD

olive = desk.olive
WRITTEN = {
    "url": "example.org/graves",
    "kind": "data",
    "title": "Graves without names",
    "publisher": "Example Watch",
    "authors": "Rana Haddad; Jo Writer",
    "published_on": "June 2015",
    "language": "ar",
    "page_count": "٤٨",
    "claim": "There are more graves than names.",
    "summary": "First.\n\nSecond.",
    "content_warning": "Shows graves",
    "note": "With a map",
}


@pytest.fixture
def shelf(make, olive):
    """A campaign of Olive's, and three publications, of which one is cited."""
    campaign = make.campaign(olive.organisation, ask="Open the archive")
    made = {
        "cited": make.report(campaign, title="Cited", published_on=dt.date(2015, 1, 1)),
        "gone": make.report(campaign, title="Gone", url="https://gone.example/1", published_on=dt.date(2014, 1, 1)),
    }
    with campaign_app(olive).app_context():
        values = {"kind": "video", "title": "Sámarra film", "publisher": "P", "url": "https://v.example/1"}
        made["loose"] = library.add(
            olive.organisation.id, {**values, "published_on": dt.date(2013, 1, 1)}, now=clock.now()
        )
        db.session.refresh(made["loose"])
        db.session.expunge(made["loose"])
        report = db.session.get_one(Report, made["gone"].id)
        report.link_gone_since, report.link_trouble = dt.date(2026, 5, 3), "missing"
        report.link_checked_at = dt.datetime(2026, 5, 4, 9, tzinfo=dt.UTC)
        db.session.commit()
    return campaign, made


def campaign_app(olive):
    return olive.client.application


def titles(page):
    return re.findall(r'class="rowlink"[^>]*>([^<]+)<', page)


def test_olive_adds_a_publication_with_everything_that_is_known_of_it(olive, stored):
    at = olive.post("/library/new", **WRITTEN).location
    (report,) = stored(Report)
    assert at.endswith(f"/library/{report.id}#cited")
    kept = {name: getattr(report, name) for name in WRITTEN if name not in {"published_on", "page_count", "url"}}
    assert kept == {name: WRITTEN[name] for name in kept}
    assert (report.url, report.page_count) == ("https://example.org/graves", 48)
    assert (report.published_on, report.precision) == (dt.date(2015, 6, 1), "month")
    page = olive.get(f"/library/{report.id}")
    for value in ("2015-06", "48", "With a map", "There are more graves than names."):
        assert value in page


@pytest.mark.sqlite_alone
@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("title", "", "Write the title."),
        ("title", "x" * 301, "Use at most 300 characters."),
        ("title", "a\x00b", "Leave out control characters"),
        ("url", "javascript:alert(1)", "Begin the link with https://"),
        ("url", "https://a@b.example/", "Begin the link with https://"),
        ("publisher", "", "Write who published it."),
        ("published_on", "", "Write when it was published."),
        ("published_on", "soon", "Write a date such as 9 June 2015, June 2015 or 2015."),
        ("published_on", "3/4/2015", "Write the month as a word"),
        ("published_on", "9 June 15", "Write a date such as"),
        ("published_on", "30.4.15", "Write the year with four figures."),
        ("published_on", "2199", "This date is still to come."),
        ("published_on", "0000-01-01", "Write a date such as"),
        ("published_on", "9" * 10_000, "Write a date such as"),
        ("page_count", "many", "Write a whole number"),
        ("page_count", "0", "between 1 and 100,000"),
        ("page_count", "9" * 24, "between 1 and 100,000"),
        ("kind", "novel", "Not a valid choice."),
        ("language", "no language", "Choose a language from the list."),
        ("summary", "x" * 2001, "Use at most 2000 characters."),
        ("claim", "x" * 10_000, "Use at most 300 characters."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_that_was_typed_is_lost(olive, stored, field, value, said):
    answer = olive.post("/library/new", 422, **{**WRITTEN, field: value})
    assert said in answer.text
    assert f'href="#{field}"' in answer.text
    assert "There are more graves than names." in answer.text or field == "claim"
    assert stored(Report) == []


@pytest.mark.sqlite_alone
@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("9 June 2015", (dt.date(2015, 6, 9), "day")),
        ("June 9, 2015", (dt.date(2015, 6, 9), "day")),
        ("2015-06", (dt.date(2015, 6, 1), "month")),
        ("٩ حزيران ٢٠١٥", (dt.date(2015, 6, 9), "day")),
        ("2015", (dt.date(2015, 1, 1), "year")),
    ],
)
def test_a_date_is_kept_as_far_as_it_is_known(olive, stored, typed, kept):
    olive.post("/library/new", **{**WRITTEN, "published_on": typed})
    (report,) = stored(Report)
    assert (report.published_on, report.precision) == kept


def test_olive_finds_publications_by_words_kind_and_what_is_the_matter(olive, shelf):
    assert titles(olive.get("/library")) == ["Cited", "Gone", "Sámarra film"]
    assert titles(olive.get("/library?q=samarra")) == ["Sámarra film"]
    assert titles(olive.get("/library?q=amnesty cited")) == ["Cited"]
    assert titles(olive.get("/library?q=%25")) == []
    assert titles(olive.get("/library?kind=video")) == ["Sámarra film"]
    assert titles(olive.get("/library?state=uncited")) == ["Sámarra film"]
    assert titles(olive.get("/library?state=gone")) == ["Gone"]
    for odd in ("?q=%00%ED%A0%80" + "x" * 3000, "?kind=<b>&state=x&after=99999999999999999999", "?after=٣"):
        assert "<b>" not in olive.get("/library" + odd).partition("<main")[2].partition("Title and publisher")[0]


@pytest.mark.sqlite_alone
def test_olive_reads_which_links_are_gone_and_where_a_copy_may_be(olive, shelf):
    page = olive.get("/library?state=gone")
    assert "Gone since 3 May 2026" in page
    assert "The site says that there is no such page any more." in page
    assert 'href="https://web.archive.org/web/20140101/https://gone.example/1"' in page
    assert "One link is gone." in olive.get("/library")
    assert "Open the archive" in page


def test_pages_of_the_library_go_on_where_the_last_one_ended(olive, make, monkeypatch):
    monkeypatch.setattr(library_list, "PAGE", 2)
    campaign = make.campaign(olive.organisation)
    for n in range(5):
        make.report(campaign, title=f"Report {n}", published_on=dt.date(2015, 1, 1 + n // 2))
    seen, path = [], "/library"
    while path:
        page = olive.get(path)
        seen += titles(page)
        older = re.search(r'href="[^"]*(/library\?[^"]*after=\d+)"', page)
        path = older[1] if older else None
    assert seen == [f"Report {n}" for n in (4, 3, 2, 1, 0)]


def test_olive_says_where_it_is_cited_and_undoes_nothing_of_anybody_else(olive, make, shelf, app):
    campaign, made = shelf
    other, topic = make.campaign(olive.organisation), make.topic(olive.organisation)
    at = f"/library/{made['loose'].id}"
    olive.post(at + "/cited", at=[f"campaign-{campaign.id}", f"topic-{topic.id}"])
    # Another page still shows it cited nowhere; meanwhile it was cited above.
    olive.post(at + "/cited", at=[f"campaign-{other.id}"])
    with app.app_context():
        links = set(db.session.execute(campaign_report.select()).all())
        assert (campaign.id, made["loose"].id, 2) in links  # last in its list
        assert (other.id, made["loose"].id, 0) in links
        assert db.session.execute(topic_report.select()).all() == [(topic.id, made["loose"].id, 0)]
        library.uncite(db.session.get_one(Campaign, other.id), made["loose"].id, now=clock.now())
    # A page from before shows the other campaign still ticked; all that is changed on it is the topic.
    olive.post(at + "/cited", was=[f"topic-{topic.id}", f"campaign-{other.id}"], at=[f"campaign-{other.id}"])
    with app.app_context():
        assert db.session.execute(topic_report.select()).all() == []
        assert other.id not in {row.campaign_id for row in db.session.execute(campaign_report.select())}


def test_nobody_cites_at_a_campaign_of_another_organisation(olive, make, shelf, app):
    theirs = make.campaign()
    _campaign, made = shelf
    for odd in (f"campaign-{theirs.id}", "campaign-x", "x"):
        olive.post(f"/library/{made['loose'].id}/cited", 404, at=[odd])
    with app.app_context():
        assert theirs.id not in {row.campaign_id for row in db.session.execute(campaign_report.select())}
    olive.get(f"/library/{make.report(theirs).id}", 404)


def test_what_olive_removes_comes_back_where_it_stood(olive, client, shelf):
    campaign, made = shelf
    at = f"/library/{made['cited'].id}"
    assert "Open the archive" in olive.get(at + "/remove")
    olive.post(at + "/remove")
    page = olive.get("/library")
    assert titles(page) == ["Gone", "Sámarra film"]
    assert f'action="{olive.base}{at}/restore"' in page
    assert "Cited" not in client.get(f"/campaigns/{campaign.slug}").text
    assert titles(olive.get("/library?state=removed")) == ["Cited"]
    assert "Nobody sees it." in olive.get(at)
    olive.post(at + "/restore")
    assert titles(olive.get("/library")) == ["Cited", "Gone", "Sámarra film"]
    assert "Cited" in client.get(f"/campaigns/{campaign.slug}").text


def test_two_who_write_at_once_do_not_overwrite_each_other(olive, shelf, stored):
    _campaign, made = shelf
    at = f"/library/{made['cited'].id}"
    seen = re.search(r'name="seen" value="([^"]+)"', olive.get(at))[1]
    mine = {**WRITTEN, "title": "Mine"}
    olive.post(at, **{**WRITTEN, "title": "Theirs"}, seen=seen)
    answer = olive.post(at, 409, **mine, seen=seen)
    assert "Theirs" in answer.text
    assert 'value="Mine"' in answer.text
    assert stored(Report, title="Theirs")
    again = re.search(r'name="seen" value="([^"]+)"', answer.text)[1].replace("&#43;", "+")
    olive.post(at, **mine, seen=again)
    assert stored(Report, title="Mine")
    olive.post(at, 409, **WRITTEN, seen="nonsense")


@pytest.mark.sqlite_alone
def test_a_new_link_counts_as_not_yet_checked(olive, shelf, stored):
    _campaign, made = shelf
    at = f"/library/{made['gone'].id}"
    seen = re.search(r'name="seen" value="([^"]+)"', olive.get(at))[1]
    olive.post(at, **WRITTEN, seen=seen)
    (report,) = stored(Report, id=made["gone"].id)
    assert (report.link_gone_since, report.link_checked_at, report.link_trouble) == (None, None, "")
    assert "Not checked yet" in olive.get(at)


@pytest.mark.sqlite_alone
def test_a_viewer_sees_the_library_and_changes_nothing(olive, app, make, sign_in, shelf):
    client = app.test_client()
    sign_in(client, make.account("viewer", olive.organisation), PASSWORD)
    page = client.get(f"{olive.base}/library").text
    assert "Cited" in page
    assert "Add a publication" not in page
    assert f"/library/{shelf[1]['cited'].id}" not in page
    assert client.get(f"{olive.base}/library/{shelf[1]['cited'].id}").status_code == 403


@pytest.mark.sqlite_alone
def test_an_empty_library_says_what_it_is_for(olive):
    assert "Here your evidence will stand" in olive.get("/library")


@pytest.mark.sqlite_alone
def test_olive_finds_each_language_under_a_name_that_can_be_read(olive):
    page = olive.get("/library/new")
    options = dict(re.findall(r'<option[^>]*value="([a-z]{2,3})">([^<]+)</option>', page.split('name="language"')[1]))
    assert (options["prs"], options["arc"], options["ku"], options["kmr"]) == (
        "دری",
        "ܐܪܡܝܐ",
        "Kurdî",
        "Kurdî (kurmancî)",
    )
    assert all(name != code for code, name in options.items())


def test_what_no_database_can_carry_is_looked_for_without_it(make, olive):
    campaign = make.campaign(olive.organisation, ask="Open the archive")
    make.report(campaign, title="Graves")
    for path, found in (
        ("/library", "Graves"),
        (f"/campaigns/{campaign.slug}/reports/library", "Graves"),
        ("/campaigns", "Open the"),
    ):
        assert found in olive.get(f"{path}?q=%00{found[:4]}"), path
