"""Everybody reads a register: figures with their caveats, filters that are text and nothing else, pages of incidents, files."""

from __future__ import annotations

import csv
import datetime as dt
import html
import io
import json
import re

import pytest

from app import clock, maps, pages, register_page
from app.domain import incidents, registers, topics
from app.extensions import db
from app.models import Assessment, Incident, Register, Topic
from app.pages import MOST_PAGES
from app.readers import tables
from tests import registers as registers_at_hand
from tests.registers import entry
from tests.test_public_cost import queries

register_of = registers_at_hand.register_of
EVIL = "<b>=cmd|' /C calc'!A0</b>"
ENTRIES = (
    entry("2016-04-09", "Mosul", country="IQ", assessment="credible", killed=5, injured=9, latitude=36.34, longitude=43.12,
          description="A centre was hit."),
    entry("2017-01-17", "Idlib", country="SY", assessment="credible", injured=3, sources=("self-report",)),
    entry("2017-01", "Sarmada", region="Idlib", country="SY", assessment="reopened", figures=(("detained", 3), ("houses", None))),
    entry("2018", EVIL, sources=("@source; one", "+two"), description=EVIL, assessment="non_credible"),
)  # fmt: skip


@pytest.fixture
def register(make, register_of):
    made = register_of.of(
        make.topic(title="Iraq in crisis"),
        title="Reports of casualties",
        caveats="The count of those who strike.",
        source="The Example Watch",
    )
    register_of.imports(made, *ENTRIES)
    return made


@pytest.fixture
def at(app, register):
    with app.app_context():
        return f"/topics/{db.session.get_one(Register, register.id).topic.slug}/register"


def shown(answer):
    """The places in the list of a page, as they are read."""
    assert answer.status_code == 200
    return [html.unescape(place) for place in re.findall(r'<h3><a href="[^"]+"><bdi>(.*?)</bdi>', answer.text)]


@pytest.mark.sqlite_alone
def test_sam_reads_the_figures_with_what_they_do_not_say(client, at):
    page = client.get(at).text
    assert "Reports of casualties" in page
    assert "The count of those who strike." in page
    assert "The Example Watch" in page
    figures = re.findall(r"<dd>(\d+)</dd>", page)
    assert figures[:5] == ["2", "1", "1", "5", "12"]  # credible, open, non-credible, killed, injured
    assert "1 of them reopened" in page
    assert "1 credible incident says no number" in page


@pytest.mark.sqlite_alone
def test_a_register_shows_the_names_that_its_keeper_gave(app, client, register, at):
    with app.app_context():
        there = db.session.get_one(Register, register.id)
        registers.change(there, {"credible_name": "Substantiated"}, seen=None, now=clock.now())
    page = client.get(at).text
    assert "Substantiated" in page
    assert ">Credible<" not in page


FILTERED = (
    ("assessment=credible", {"Mosul", "Idlib"}),
    ("assessment=open", {"Sarmada"}),
    ("source=self-report", {"Idlib"}),
    ("country=IQ", {"Mosul"}),
    ("place=idlib", {"Idlib", "Sarmada"}),
    ("from=2017-01-20&to=2017-12-31", {"Sarmada"}),
    ("q=centre", {"Mosul"}),
    ("q=%25", set()),
    ("assessment=nonsense&country=ZZ&sort=nonsense", {"Mosul", "Idlib", "Sarmada", EVIL}),
)


@pytest.mark.sqlite_alone
def test_sam_filters_and_gets_the_same_as_a_table_and_as_data(client, at):
    for query, places in FILTERED:
        assert set(shown(client.get(f"{at}?{query}"))) == places, query
        table = list(csv.DictReader(io.StringIO(client.get(f"{at}.csv?{query}").get_data().decode("utf-8-sig"))))
        assert {row["place"] for row in table} == places, query
        data = client.get(f"{at}.json?{query}").get_json()
        assert {row["place"] for row in data["incidents"]} == places, query


@pytest.mark.sqlite_alone
def test_whoever_reads_in_another_language_keeps_the_filters(client, at):
    page = html.unescape(client.get(f"{at}?place=Mosul&sort=oldest&after=x&lang=en").text)
    (other,) = re.findall(r'href="([^"]+)" lang="ar"', page)
    assert {*other.partition("?")[2].split("&")} == {"place=Mosul", "sort=oldest", "lang=ar"}
    assert "register.csv?place=Mosul&sort=oldest" in page


@pytest.mark.sqlite_alone
def test_sam_turns_pages_in_every_order(client, at, register, register_of):
    register_of.imports(register, *(entry(f"2019-{n % 12 + 1:02}-01", f"Place {n}") for n in range(120)))
    for sort in ("newest", "oldest", "place", "assessment", "changed"):
        seen, address = [], f"{at}?sort={sort}"
        for _ in range(3):
            page = client.get(address)
            seen += shown(page)
            found = re.search(r'rel="next" href="([^"]+)"', page.text)
            address = html.unescape(found[1]) if found else ""
        assert address == "", sort
        assert len(seen) == len(set(seen)) == 124, sort


def test_a_file_has_no_cell_that_calculates_and_can_be_read_in_again(client, at):
    answer = client.get(f"{at}.csv")
    assert answer.headers["Content-Disposition"].endswith('-register.csv"')
    for row in csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig"))):
        assert not [cell for cell in row if cell[:1] in {"=", "+", "-", "@"}], row
    reading = tables.read(answer.get_data(), today=dt.date(2026, 1, 1))
    assert [(row.place, row.date.precision) for row in reading.rows] == [
        (EVIL, "year"),
        ("Idlib", "day"),
        ("Sarmada", "month"),
        ("Mosul", "day"),
    ]
    mosul = reading.rows[-1]
    assert (mosul.figures, mosul.latitude, mosul.country) == ({"killed": 5, "injured": 9}, 36.34, "IQ")


def test_data_say_unknown_as_null_and_can_be_read_from_any_site(client, at):
    answer = client.get(f"{at}.json")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Cache-Control"].startswith("public, max-age=")
    data = json.loads(answer.get_data())
    by_place = {row["place"]: row for row in data["incidents"]}
    assert data["caveats"] == "The count of those who strike."
    assert by_place["Idlib"]["killed"] is None
    assert by_place["Sarmada"]["date"] == "2017-01"
    assert by_place["Sarmada"]["other_figures"] == {"detained": 3, "houses": None}
    assert by_place[EVIL]["source"] == ["@source; one", "+two"]
    assert (
        client.get(
            by_place["Mosul"]["link"].partition("/topics")[1] + by_place["Mosul"]["link"].partition("/topics")[2]
        ).status_code
        == 200
    )


def test_an_empty_answer_is_a_whole_file(client, at):
    assert client.get(f"{at}.json?q=nothing-at-all").get_json()["incidents"] == []
    assert client.get(f"{at}.csv?q=nothing-at-all").get_data().count(b"\r\n") == 1


@pytest.mark.sqlite_alone
def test_sam_reads_one_incident_with_its_history_and_what_documents_it(app, client, make, register_of):
    topic = make.topic()
    register = register_of.of(topic)
    report = make.report(topic, title="At any cost")
    (made,) = register_of.add(register, ENTRIES[0], report_ids=[report.id])
    with app.app_context():
        incident = db.session.get_one(Incident, made.id)
        incidents.assess(incident, Assessment.REOPENED, on=dt.date(2019, 7, 1), note="New images", now=clock.now())
        at = f"/topics/{db.session.get_one(Topic, topic.id).slug}/register/{incident.public_id}"
    page = html.unescape(client.get(at).text)
    for words in (
        "Mosul",
        "9 April 2016",
        "A centre was hit.",
        "From “Credible” to “Reopened”",
        "New images",
        "At any cost",
    ):
        assert words in page
    assert "since 1 July 2019" in page


HOSTILE = (
    "q=" + "x" * 10_000, "q=%00", "q=%ed%a0%80", "q=%e2%80%ae", "source=<script>", "place=%27%3B--", "from=99999-01-01",
    "from=soon&to=%00", "after=" + "9" * 400, "before=%00", "assessment=%00", "country=%E2%82%AC%E2%82%AC", "sort=%00", "q=\\%25_*",
    "q=" + "a+" * 500, "from=2019-02-30", "lang=%00&q=x", "q=٣&from=٢٠١٧-٠١-٠١",
)  # fmt: skip


def test_hostile_arguments_are_text_and_nothing_else(client, at):
    for query in HOSTILE:
        for address in (at, f"{at}/map", f"{at}/map-light.svg", f"{at}.csv", f"{at}.json"):
            answer = client.get(f"{address}?{query}")
            assert answer.status_code == 200, f"{address}?{query[:40]}"
            assert answer.is_json or "<script>" not in answer.text, f"{address}?{query[:40]}"


@pytest.mark.sqlite_alone
def test_what_an_organiser_wrote_is_text(client, at):
    for address in (at, f"{at}/map", f"{at}?q=calc"):
        assert "<b>=cmd" not in client.get(address).text


@pytest.mark.sqlite_alone
def test_what_cannot_be_read_is_said_kindly_and_kept(client, at):
    page = client.get(f"{at}?from=soon&q=centre").text
    assert 'value="soon"' in page
    assert "Choose a day, or write it as 2027-04-30." in page
    page = client.get(f"{at}?assessment=credibel&country=ZZ&q=centre").text
    assert "Not understood, so nothing is filtered by it: <bdi>credibel</bdi>, <bdi>ZZ</bdi>" in page
    assert "<option selected>credibel</option>" in page
    data = client.get(f"{at}.json?assessment=credibel&q=centre").get_json()
    assert (data["filters"], data["filters_not_understood"]) == ({"q": "centre"}, {"assessment": "credibel"})


@pytest.mark.sqlite_alone
def test_sam_is_told_when_the_days_are_the_wrong_way_round(client, at):
    said = "“Until” is before “From”, so nothing can be found. Exchange the two."
    for page in (at, f"{at}/map"):
        assert said in client.get(f"{page}?from=2019-01-01&to=2018-01-01").text
        assert said not in client.get(f"{page}?from=2018-01-01&to=2019-01-01").text


@pytest.mark.sqlite_alone
def test_pages_that_strangers_invent_do_not_fill_the_shelf(app, client, at):
    app.config["PAGE_SECONDS"] = 60
    assert client.get(at).status_code == 200
    shelf = app.extensions["pages"]._kept
    before = set(shelf)
    for n in range(5):
        answer = client.get(f"{at}?source=word{n}")
        assert answer.headers["Cache-Control"].startswith("public, max-age=60")
        assert answer.headers["ETag"]
    assert set(shelf) == before
    assert len(shelf) < MOST_PAGES


def test_figures_are_new_as_soon_as_something_changed(client, at, register, register_of):
    first = client.get(at).text
    register_of.add(register, entry("2019-05-01", "Hajin", assessment="credible", killed=7))
    second = client.get(at).text
    assert "<dd>5</dd>" in first
    assert "<dd>12</dd>" in second


@pytest.mark.sqlite_alone
def test_numbers_of_few_registers_are_kept(app, monkeypatch, register_of):
    monkeypatch.setattr(register_page, "MOST_REGISTERS", 2)
    made = [register_of.of() for _ in range(3)]
    with app.app_context():
        for register in made:
            register_page.numbers(db.session.get_one(Register, register.id))
        assert len(app.extensions["register_numbers"]) == 2


@pytest.mark.parametrize("hidden", ["register", "topic"])
def test_nobody_reads_what_is_not_public(app, client, at, register, hidden):
    address = json.loads(client.get(f"{at}.json").get_data())["incidents"][0]["link"].partition("/topics")[2]
    with app.app_context():
        there = db.session.get_one(Register, register.id)
        if hidden == "register":
            registers.change(there, {"is_public": False}, seen=None, now=clock.now())
        else:
            topics.withdraw(there.topic, now=clock.now())
    for path in (at, f"{at}?q=x", f"{at}.csv", f"{at}.json", f"{at}/map", f"{at}/map-dark.svg", f"/topics{address}"):
        assert client.get(path).status_code == 404, path


@pytest.mark.sqlite_alone
def test_an_earlier_address_leads_on_with_its_filters(app, client, at, register):
    with app.app_context():
        topics.move(db.session.get_one(Register, register.id).topic, "another-address", now=clock.now())
    answer = client.get(f"{at}?q=centre&lang=ar")
    assert answer.status_code == 301
    assert (
        answer.location.endswith("/topics/another-address/register?q=centre&lang=ar") or "q=centre" in answer.location
    )
    assert client.get(f"{at}/map-light.svg").status_code == 301


def marks(page):
    """How many incidents' marks a page draws; the way to the search has a circle, too."""
    return page.partition("<main")[2].count("<circle")


@pytest.mark.sqlite_alone
def test_a_map_has_a_point_only_where_coordinates_are_known(client, at):
    page = client.get(f"{at}/map").text
    assert "Of 4 incidents, the coordinates of 1 are known." in page
    assert marks(page) == 1
    assert "Natural Earth" in page
    picture = client.get(f"{at}/map-light.svg")
    assert picture.mimetype == "image/svg+xml"
    assert picture.text.count("<circle") == 1
    assert "No coordinates are known." in client.get(f"{at}/map-dark.svg?q=idlib").text


def test_a_map_of_very_many_places_can_still_be_read():
    spots = [maps.Spot(30 + n / 300, 40 + n % 50 / 10, Assessment.OPEN, 1) for n in range(2000)]
    few, many = maps.draw(spots[:10], list(Assessment)), maps.draw(spots, list(Assessment))
    assert (few.is_together, len(few.marks)) == (False, 10)
    assert many.is_together
    assert 50 < len(many.marks) <= maps.MOST_MARKS
    assert sum(mark.count for mark in many.marks) == 2000


def test_a_campaign_leads_to_the_register_of_its_topic(app, client, make, register_of):
    topic = make.topic()
    campaign = make.campaign(db_organisation(app, topic))
    with app.app_context():
        there = db.session.get_one(Topic, topic.id)
        topics.gather(there, [campaign.id], now=clock.now())
    register = register_of.of(topic, title="All incidents")
    assert "All incidents" not in client.get(f"/campaigns/{campaign.slug}").text
    register_of.add(register, entry())
    page = client.get(f"/campaigns/{campaign.slug}").text
    assert "The evidence register:" in page
    assert "All incidents" in page


def db_topic(app, register):
    with app.app_context():
        topic = db.session.get_one(Register, register.id).topic
        db.session.expunge(topic)
        return topic


def db_organisation(app, topic):
    with app.app_context():
        organisation = db.session.get_one(Topic, topic.id).organisation
        db.session.expunge(organisation)
        return organisation


def test_sam_reads_figures_by_month_with_source_and_caveat(client, make, register_of):
    topic = make.topic()
    series = register_of.figures(topic, source="The Example Mission", caveat="An absolute minimum.")
    page = html.unescape(client.get(f"/topics/{topic.slug}/figures/{series.public_id}").text)
    for words in (
        "Civilians killed and injured",
        "The Example Mission",
        "An absolute minimum.",
        "November 2018",
        "Baghdad",
    ):
        assert words in page
    assert page.count('class="bar credible"') == 3  # two months, and the key
    assert "unknown" in page
    assert "Unknown is not zero." in page
    assert client.get(f"/topics/{topic.slug}/figures/{'x' * 22}").status_code == 404


def test_a_topic_shows_the_figures_of_its_register_and_its_series(client, make, register_of):
    topic = make.topic(title="Iraq in crisis")
    register = register_of.of(
        topic, public=False, title="Reports of casualties", caveats="The count of those who strike."
    )
    register_of.add(register, *ENTRIES)
    assert "Reports of casualties" not in client.get("/topics/iraq-in-crisis").text
    register_of.of(topic)
    series = register_of.figures(topic, caveat="An absolute minimum.")
    page = client.get("/topics/iraq-in-crisis").text
    glance = page[page.index('id="register"') :]
    assert re.findall(r"<dd>(\d+)</dd>", glance)[:5] == ["2", "1", "1", "5", "12"]
    for words in (
        "The count of those who strike.",
        "All 4 incidents",
        "Civilians killed and injured",
        "An absolute minimum.",
    ):
        assert words in page
    assert f"/topics/iraq-in-crisis/figures/{series.public_id}" in page
    assert page.count('class="bar credible"') == 3


@pytest.mark.sqlite_alone
def test_a_topic_says_nothing_of_a_register_that_is_empty(client, make, register_of):
    register_of.of(make.topic(title="Iraq in crisis"), title="Reports of casualties")
    assert "Reports of casualties" not in client.get("/topics/iraq-in-crisis").text


def test_figures_under_other_names_are_added_up_where_they_are_known(client, make, register_of):
    topic = make.topic(title="Arrests")
    register_of.add(
        register_of.of(topic),
        entry("2017-01-01", "Basra", assessment="credible", figures=(("detained", 12), ("released", 2))),
        entry("2017-01-02", "Amara", assessment="credible", figures=(("detained", None),)),
        entry("2017-01-03", "Kut", figures=(("detained", 500),)),
    )
    page = client.get("/topics/arrests/register").text
    figures = re.findall(r"<dt><bdi>(\w+)</bdi></dt><dd>(\d+)</dd><dd>([^<]+)</dd>", page)
    assert figures == [
        ("detained", "12", "1 credible incident says no number"),
        ("released", "2", "in credible incidents"),
    ]
    assert "detained: 12" in page
    assert "<dt>Killed</dt>" not in page  # nobody counts them here


@pytest.mark.sqlite_alone
def test_sam_copies_a_citation_and_sees_where_it_happened(client, at):
    links = {row["place"]: row["link"] for row in client.get(f"{at}.json").get_json()["incidents"]}
    mosul, idlib = (html.unescape(client.get(links[place]).text) for place in ("Mosul", "Idlib"))
    assert "“Mosul, Iraq, 9 April 2016.” Reports of casualties, " in mosul
    assert f"{links['Mosul']}</p>" in mosul
    assert marks(mosul) == 1
    assert marks(idlib) == 0


@pytest.mark.sqlite_alone
def test_pages_ask_as_often_for_many_incidents_as_for_few(app, client, at, register, register_of, make):
    topic = db_topic(app, register)
    campaign = make.campaign(db_organisation(app, topic))
    with app.app_context():
        topics.gather(db.session.get_one(Topic, topic.id), [campaign.id], now=clock.now())

    def asked():
        with app.app_context():
            pages.forget()
        client.get(f"{at}?q=x")  # what is read once for each change is read
        return {
            address: len(queries(app, client, address))
            for address in (at, f"{at}?q=o", f"{at}/map?q=o", f"/topics/{topic.slug}", f"/campaigns/{campaign.slug}")
        }

    few = asked()
    register_of.imports(register, *(entry(f"2019-01-{n:02}", f"Rode {n}", figures=(("x", n),)) for n in range(1, 29)))
    assert asked() == few
    assert few[at] <= 7


ELSEWHERE = ("192.0.2.1", "192.0.2.2", "192.0.2.3")


@pytest.mark.sqlite_alone
def test_those_who_read_long_files_slowly_leave_threads_for_pages(app, client, at):
    app.config["WEB_THREADS"] = 12
    reading = [client.get(f"{at}.{form}") for form in ("csv", "json")]  # begun, and not read on
    assert client.get(f"{at}.csv").status_code == 503
    assert client.get(at).status_code == 200
    reading += [client.get(f"{at}.csv", environ_overrides={"REMOTE_ADDR": address}) for address in ELSEWHERE]
    assert [one.status_code for one in reading] == [200, 200, 200, 503, 503]
    for one in reading:
        one.close()
    assert [client.head(f"{at}.csv").status_code for _n in range(5)] == [200] * 5
    assert [client.get(f"{at}.csv").text.count("Mosul") > 0 for _n in range(5)] == [True] * 5  # read to the end


@pytest.mark.sqlite_alone
def test_a_flood_of_filters_from_one_network_is_told_to_wait(app, client, at):
    app.config["SEARCH_LIMIT"] = 3
    for asked in ("?q=a", "/map?country=SY", "/map-light.svg?q=a", ".csv?q=a", ".json"):
        app.extensions["search_door"].forget()
        waits = [client.get(at + asked).status_code for _n in range(5) if client.get(at).data]
        assert waits == [200, 200, 200, 429, 429], asked
        assert client.get(f"{at}/map").status_code == 200  # kept, and asks nothing
        assert client.get(at + asked, environ_overrides={"REMOTE_ADDR": ELSEWHERE[0]}).status_code == 200


@pytest.mark.sqlite_alone
def test_proxies_keep_nothing_under_the_words_that_somebody_looked_for(client, at):
    for path in (at, f"{at}/map", f"{at}/map-dark.svg", f"{at}.csv", f"{at}.json", "/reports", "/search"):
        assert client.get(f"{path}?q=informers").headers["Cache-Control"].startswith("private, max-age=")
        assert client.get(path).headers["Cache-Control"].startswith("public, max-age=")


def test_a_slip_of_a_year_does_not_break_the_register(client, at, register, register_of):
    register_of.add(register, entry("0001-01-01", "Hajin"), entry("9999-12-31", "Hajin"))
    page = client.get(at)
    assert page.status_code == 200
    assert "6 incidents from January 1 to" in page.text


def test_a_publication_that_documents_a_public_incident_can_be_read_about(app, client, make, register_of):
    organisation = make.organisation()
    report = make.report(
        make.campaign(organisation, published=False), title="Graves without names", summary="What was found."
    )
    register = register_of.of(make.topic(organisation, title="Iraq in crisis"), public=False)
    (incident,) = register_of.add(register, entry(), report_ids=[report.id])
    assert client.get(f"/reports/{report.slug}").status_code == 404
    with app.app_context():
        registers.change(db.session.get_one(Register, register.id), {"is_public": True}, seen=None, now=clock.now())
        pages.forget()
    page = client.get(f"/topics/iraq-in-crisis/register/{incident.public_id}").text
    assert f'href="/reports/{report.slug}">About this report' in page
    assert client.get(f"/reports/{report.slug}").status_code == 200
    with app.app_context():
        incidents.remove(db.session.get_one(Incident, incident.id), now=clock.now())
        pages.forget()
    assert client.get(f"/reports/{report.slug}").status_code == 404
