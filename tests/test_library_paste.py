"""A pasted list of publications: read into rows, doubted in words, corrected, added all at once. No line gets lost."""

from __future__ import annotations

import datetime as dt
import html
import re

import pytest

from app.extensions import db
from app.models import Report, campaign_report, topic_report
from tests import desk

olive = desk.olive

# Lines such as those of a crisis page that this was made for, in words of our own: mixed forms, one out of its order.
LIST = """What happened lately:

    (9 June 2015) Revenge answers revenge - a year after the fall of the city

    (23 December 2014) Women who escaped speak

Our adviser writes from the country

    (November 3, 2014) Weapons for whom?

    (September 12, 2013) Killings in one town

    (September 8, 2014) They fear the winter

    (3/4/2014) A date that can be read in two ways

    (July 14, 2014) Spiralling killings (report: "In the line of fire")

    (July 14, 2014) Spiralling killings (report: "In the line of fire")

    Film: people caught in the crossfire"""
LEFT = ["What happened lately:", "Our adviser writes from the country", "Film: people caught in the crossfire"]
COMMON = {"publisher": "Example Watch", "kind": "press_release", "url": "https://watch.example/crisis"}


def fields(page):
    """What a browser would send back: every field of the page's form with its value."""
    found = {}
    for tag in re.findall(r"<input[^>]*>", page):
        name, said = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and ("checkbox" not in tag or " checked" in tag):
            found[name[1]] = html.unescape(said[1]) if said else ""
    for name, text in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>\n?([^<]*)</textarea>', page):
        found[name] = html.unescape(text)
    for name, options in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', page, re.S):
        chosen = re.search(r'value="([^"]*)"\s+selected', options)
        found[name] = chosen[1] if chosen else re.search(r'value="([^"]*)"', options)[1]
    found.pop("csrf_token", None)
    return found


def read(olive, text=LIST, status=200, **common):
    return olive.post("/library/paste", status, **{**COMMON, **common, "text": text, "then": "read"}).text


def add(olive, page, status=303, **changed):
    return olive.post("/library/paste", status, **{**fields(page), **changed, "then": "add"})


def left(page):
    return fields(page)["text"].split("\n")


@pytest.mark.sqlite_alone
def test_a_list_becomes_rows_with_doubts_and_the_rest_stays_in_the_box(olive, stored):
    page = read(olive)
    sent = fields(page)
    assert sent["rows"] == "8"
    assert [sent[f"row{n}-published_on"] for n in range(8)] == [
        "2015-06-09",
        "2014-12-23",
        "2014-11-03",
        "2013-09-12",
        "2014-09-08",
        "2014-04-03",
        "2014-07-14",
        "2014-07-14",
    ]
    assert sent["row0-title"] == "Revenge answers revenge - a year after the fall of the city"
    assert {sent[f"row{n}-{name}"] for n in range(8) for name in COMMON} == set(COMMON.values())
    assert left(page) == LEFT
    text = html.unescape(page)
    assert text.count("The list runs by date, and this line does not.") == 2  # 2013, and 3 April
    assert "“3/4/2014” may be the other way round" in text
    assert "Line 7 has the same title." in text
    assert stored(Report) == []


def test_all_rows_are_added_at_once_and_cited_in_their_order(olive, make, app, stored):
    topic = make.topic(olive.organisation)
    page = read(olive, "\n".join(line for line in LIST.split("\n") if "(" in line))
    fixed = {
        "row3-published_on": "September 12, 2014",
        "row5-title": "Read rightly",
        "row7-title": "Another",
        "place": f"topic-{topic.id}",
    }
    assert add(olive, page, **fixed).location == f"{olive.base}/topics/{topic.slug}/reports"
    reports = stored(Report)
    assert [report.title for report in reports][5:] == [
        "Read rightly",
        'Spiralling killings (report: "In the line of fire")',
        "Another",
    ]
    assert reports[3].published_on == dt.date(2014, 9, 12)
    assert {(report.kind, report.publisher, report.url) for report in reports} == {
        ("press_release", "Example Watch", COMMON["url"])
    }
    with app.app_context():
        rows = db.session.execute(topic_report.select().order_by(topic_report.c.position)).all()
    assert [row.report_id for row in rows] == [report.id for report in reports]
    assert "8 publications added." in olive.get("/library")


@pytest.mark.sqlite_alone
def test_rows_are_left_out_and_their_lines_go_back_into_the_box(olive, make, app, stored):
    campaign = make.campaign(olive.organisation)
    sent = fields(read(olive))
    for n in (1, 5, 7):
        del sent[f"row{n}-take"]
    answer = olive.post("/library/paste", 200, **{**sent, "place": f"campaign-{campaign.id}", "then": "add"})
    assert len(stored(Report)) == 5
    assert "5 publications added." in answer.text
    assert left(answer.text) == [
        "(23 December 2014) Women who escaped speak",
        "(3/4/2014) A date that can be read in two ways",
        '(July 14, 2014) Spiralling killings (report: "In the line of fire")',
        *LEFT,
    ]
    with app.app_context():
        assert len(db.session.execute(campaign_report.select()).all()) == 5


@pytest.mark.sqlite_alone
@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("published_on", "", "Write when it was published."),
        ("published_on", "3/4/14", "Write the month as a word"),
        ("title", "", "Write the title."),
        ("title", "x" * 301, "Use at most 300 characters."),
        ("publisher", "x" * 201, "Use at most 200 characters."),
        ("url", "javascript:alert(1)", "Begin the link with https://"),
        ("kind", "x", "Not a valid choice."),
    ],
)
def test_one_wrong_row_adds_none_and_nothing_is_lost(olive, stored, field, value, said):
    page = read(olive)
    answer = add(olive, page, 422, **{f"row2-{field}": value, "row0-title": "Mine"})
    assert f'<a href="#row2-{field}">' in answer.text
    assert said in answer.text
    assert "Row 3" in answer.text
    sent = fields(answer.text)
    assert (sent["row0-title"], sent["row1-title"]) == ("Mine", "Women who escaped speak")
    assert left(answer.text) == LEFT
    assert stored(Report) == []


@pytest.mark.sqlite_alone
def test_a_doubt_goes_when_what_it_doubts_was_corrected_and_stays_otherwise(olive):
    page = read(olive)
    answer = html.unescape(add(olive, page, 422, **{"row3-published_on": "2014-09-12", "row0-title": ""}).text)
    assert answer.count("The list runs by date, and this line does not.") == 1
    assert "“3/4/2014” may be the other way round" in answer
    answer = html.unescape(add(olive, page, 422, **{"row5-published_on": "4 March 2014", "row0-title": ""}).text)
    assert "may be the other way round" not in answer


@pytest.mark.sqlite_alone
def test_lines_are_corrected_in_the_box_and_read_again_beside_the_rows(olive):
    sent = fields(read(olive))
    again = {
        **sent,
        "text": "(2 July 2014) Crossfire https://film.example/1\nnothing here",
        "row0-title": "Mine",
        "then": "read",
    }
    page = olive.post("/library/paste", 200, **again).text
    sent = fields(page)
    assert (sent["rows"], sent["row0-title"]) == ("9", "Mine")
    assert (sent["row8-title"], sent["row8-url"]) == ("Crossfire", "https://film.example/1")
    assert left(page) == ["nothing here"]


@pytest.mark.sqlite_alone
def test_what_is_said_for_all_rows_later_fills_those_that_say_nothing(olive, stored):
    page = read(olive, "(9 June 2015) One\n(10 June 2015) Two https://two.example/", publisher="", url="")
    assert add(olive, page, 422).text.count('class="err"') == 3
    add(olive, page, publisher="Example Watch", url="https://watch.example/")
    assert {(r.title, r.publisher, r.url) for r in stored(Report)} == {
        ("One", "Example Watch", "https://watch.example/"),
        ("Two", "Example Watch", "https://two.example/"),
    }


def test_the_same_page_sent_twice_adds_nothing_twice(olive, stored):
    page = read(olive, "(9 June 2015) One")
    add(olive, page)
    assert "It is in the library already" in add(olive, page, 422).text
    assert len(stored(Report)) == 1
    page = read(olive, "(9 June 2015) ONE\n(9 June 2015) Two")
    assert "row0-take" not in fields(page)
    assert "row1-take" in fields(page)
    assert "Ticked, it is cited where you say below, and not added again." in page


def test_what_the_library_has_already_is_cited_from_a_list_in_its_order(olive, make, stored):
    topic = make.topic(olive.organisation)
    add(olive, read(olive, "(9 June 2015) One"))
    place = {"place": f"topic-{topic.id}"}
    page = read(olive, "(10 June 2015) Two\n(9 June 2015) ONE", **place)
    assert "row1-take" in fields(page)
    answer = add(olive, page, **place)
    assert "1 publication added. 1 that was there is cited." in olive.get(answer.location.removeprefix(olive.base))
    assert sorted(one.title for one in stored(Report)) == ["One", "Two"]
    cited = olive.get(f"/topics/{topic.slug}/reports")
    assert cited.index(">Two<") < cited.index(">One<")


@pytest.mark.sqlite_alone
def test_more_than_one_page_takes_stays_in_the_box(olive):
    text = "\n".join(f"({n % 28 + 1} May 2015) Title {n}" for n in range(230))
    page = read(olive, text)
    assert fields(page)["rows"] == "200"
    assert left(page) == text.split("\n")[200:]


@pytest.mark.sqlite_alone
@pytest.mark.parametrize("text", ["", "nothing to see", "\x00\x01", "‮" * 50, "<script>alert(1)</script>"])
def test_a_text_without_a_publication_is_said_to_be_one(olive, text):
    page = read(olive, text, 422)
    assert 'href="#text"' in page
    assert "<script>alert" not in page


@pytest.mark.sqlite_alone
def test_hostile_rows_are_harmless(olive, make, stored):
    theirs = make.campaign()
    page = read(olive, "(9 June 2015) <b>One</b> ‮evil")
    assert "<b>One" not in page
    assert 'href="#place"' in add(olive, page, 422, place=f"campaign-{theirs.id}").text
    for rows in ("-1", "9" * 30, "x", "٣"):
        olive.post("/library/paste", 422, **{**fields(page), "rows": rows, "then": "add"})
    olive.post("/library/paste", 422, rows="200", then="add")
    assert stored(Report) == []


@pytest.mark.sqlite_alone
def test_the_demonstrations_own_list_is_what_this_was_made_for(olive, stored):
    """Titles and dates as the crisis page lists them, in its mixed forms."""
    from app.demo import content

    lines = [
        f"({date:%-d %B %Y}) {title}" if n < 4 else f"({date:%B} {date.day}, {date.year}) {title}"
        for n, (_kind, title, _publisher, date, _note) in enumerate(content.REPORTS)
    ]
    page = read(olive, "\n".join(lines))
    assert fields(page)["rows"] == "14"
    assert left(page) == [""]
    add(olive, page)
    assert [(r.title, r.published_on) for r in stored(Report)] == [
        (title, date) for _k, title, _p, date, _n in content.REPORTS
    ]


@pytest.mark.sqlite_alone
def test_a_date_to_come_is_doubted_before_it_is_refused(olive):
    page = read(olive, "(9 June 2015) One\n(5 March 2090) Two")
    assert "“5 March 2090” is still to come. Is the year right?" in html.unescape(page)


@pytest.mark.sqlite_alone
def test_olive_pastes_a_list_from_a_topic_and_finds_it_cited_there(olive, make, client):
    topic = make.topic(olive.organisation)
    reports = olive.get(f"/topics/{topic.slug}/reports")
    way = re.search(r'href="[^"]*(/library/paste[^"]*)">Paste a list', reports)[1]
    page = read(olive, "(9 June 2015) No way home", place=fields(olive.get(way))["place"])
    answer = add(olive, page)
    assert answer.location.endswith(f"/topics/{topic.slug}/reports")
    assert "No way home" in client.get(f"/topics/{topic.slug}").text


@pytest.mark.sqlite_alone
def test_olive_pastes_a_list_from_a_campaign(olive, make):
    campaign = make.campaign(olive.organisation)
    way = re.search(r'(/library/paste[^"]*)">', olive.get(f"/campaigns/{campaign.slug}/reports"))[1]
    assert fields(olive.get(way))["place"] == f"campaign-{campaign.id}"
