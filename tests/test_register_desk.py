"""Olive keeps a register at her desk: opens it, enters incidents, corrects them, assesses them anew."""

from __future__ import annotations

import datetime as dt
import html
import re

import pytest

from app.models import (
    Assessment,
    AssessmentChange,
    Incident,
    IncidentFigure,
    Register,
    Topic,
)
from tests import desk
from tests import registers as registers_at_hand
from tests.registers import INCIDENT, entry

olive = desk.olive
register_of = registers_at_hand.register_of
at = registers_at_hand.at


def test_olive_opens_a_register_and_lets_everybody_read_it(olive, make, client, stored):
    topic = make.topic(olive.organisation)
    at = f"/topics/{topic.slug}/register"
    assert "Open a register" in olive.get(at)
    olive.post(at + "/begin")
    assert client.get(at).status_code == 404
    words = {"title": "Reports", "caveats": "Not all.", "credible_name": "Substantiated", "is_public": "1"}
    olive.post(at + "/settings", **words)
    (register,) = stored(Register)
    assert (register.title, register.caveats, register.credible_name, register.is_public) == (
        *list(words.values())[:3],
        True,
    )
    assert "Not all." in client.get(at).text


@pytest.mark.sqlite_alone
def test_a_register_is_called_in_the_language_of_its_topic(olive, make, client, stored):
    topic = make.topic(olive.organisation, locale="ar")
    olive.post(f"/topics/{topic.slug}/register/begin")
    (register,) = stored(Register)
    assert register.title == "سجل الحوادث"


@pytest.mark.sqlite_alone
def test_olive_is_told_what_is_wrong_with_a_register_and_loses_nothing(olive, at, client):
    answer = client.post(
        olive.base + at + "/settings", data={"title": "", "caveats": "Kept words", "source_url": "javascript:x"}
    )
    assert answer.status_code == 422
    assert "Write a title." in answer.text
    assert "Kept words" in answer.text
    assert "Begin the link with https://" in answer.text


@pytest.mark.sqlite_alone
def test_two_editors_of_a_register_are_told_of_each_other(olive, at, client):
    seen = re.search(r'name="seen"[^>]*value="([^"]+)"', olive.get(at + "/settings"))[1]
    olive.post(at + "/settings", title="First", seen=seen)
    answer = client.post(olive.base + at + "/settings", data={"title": "Second", "seen": seen})
    assert answer.status_code == 409
    assert "Somebody else changed this register" in answer.text
    assert "things to correct" not in answer.text
    assert "Second" in answer.text


@pytest.mark.sqlite_alone
def test_an_incident_that_comes_in_meanwhile_is_no_other_word_of_the_register(olive, at, stored):
    seen = re.search(r'name="seen"[^>]*value="([^"]+)"', olive.get(at + "/settings"))[1]
    olive.post(at + "/incidents/new", **INCIDENT)
    olive.post(at + "/settings", title="Mine", seen=seen)
    assert stored(Register)[0].title == "Mine"


def test_two_editors_of_an_incident_see_what_the_other_saved(olive, at, make, stored):
    olive.post(at + "/incidents/new", **INCIDENT)
    own = f"{at}/incidents/{stored(Incident)[0].id}"
    seen = re.search(r'name="seen"[^>]*value="([^"]+)"', olive.get(own))[1]
    theirs = {"description": "The words of somebody else", "sources": "Their source"}
    report = make.report(stored(Topic)[0], title="A witness wrote it down")
    olive.post(own, **{**INCIDENT, **theirs}, seen=seen, report_ids=[report.id])
    page = olive.post(own, 409, **{**INCIDENT, "description": "My words"}, seen=seen).text
    assert "Somebody else changed this incident" in page
    assert "The words of somebody else" in page
    assert "Their source" in page
    assert re.search(r"<dt>Documented in</dt>\s*<dd[^>]*>A witness wrote it down", page)
    assert "My words" in page


def test_olive_enters_an_incident_and_corrects_it(olive, at, stored):
    olive.post(at + "/incidents/new", **INCIDENT)
    (incident,) = stored(Incident)
    assert (incident.killed_count, incident.injured_count, incident.country) == (1204, None, "IQ")
    assert (incident.assessment, incident.assessed_on) == (Assessment.CREDIBLE, dt.date(2019, 5, 31))
    assert incident.source_names == "Airwars report\nmedia report"
    assert [(one.name, one.value) for one in stored(IncidentFigure)] == [("detained", 3), ("houses", None)]
    page = olive.get(f"{at}/incidents/{incident.id}")
    assert "detained: 3\nhouses: ?" in page
    olive.post(f"{at}/incidents/{incident.id}", **{**INCIDENT, "date": "2017", "killed": "0"})
    (incident,) = stored(Incident)
    assert (incident.precision, incident.killed_count, incident.assessment) == ("year", 0, "credible")


@pytest.mark.sqlite_alone
@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("date", "soon", "Write a date such as"),
        ("date", "2017-02-30", "Write a date such as"),
        ("date", "3/4/2017", "Write the month as a word"),
        ("date", "", "Write when it happened"),
        ("place", "", "Write where it happened."),
        ("place", "x" * 201, "Use at most"),
        ("place", "a\x00b", "Leave out control characters"),
        ("killed", "many", "Write a whole number"),
        ("killed", "9" * 12, "too large"),
        ("killed", "-1", "Write a whole number"),
        ("latitude", "91", "Write degrees"),
        ("longitude", "", "Give both coordinates"),
        ("figures", "twelve detained", "its name, a colon, the number"),
        ("figures", "x: 1\nx: 2", "each once"),
        ("sources", "x" * 121, "on a line of its own"),
        ("sources", "\n".join(f"{n} " + "x" * 100 for n in range(4)), "too long together"),
        ("sources", "https://example.org/1", "Write the name of the source before its link."),
        ("country", "XX", "Not a valid choice"),
        ("first_reported_on", "yesterday", "Choose a day"),
        ("description", "x" * 4001, "Use at most"),
    ],
)
def test_olive_is_told_what_is_wrong_with_an_incident_and_loses_nothing(olive, at, client, stored, field, typed, said):
    answer = client.post(olive.base + at + "/incidents/new", data={**INCIDENT, field: typed})
    assert answer.status_code == 422
    page = html.unescape(answer.text)
    assert said in page
    assert f'href="#{field}"' in page
    assert "A house was hit." in page or field == "description"
    assert stored(Incident) == []


@pytest.mark.sqlite_alone
def test_olive_names_sources_with_their_links(olive, at, client, stored):
    olive.post(at + "/settings", title="Reports", is_public="1")
    said = "Airwars report https://airwars.example/1\nmedia report\nAirwars report"
    olive.post(at + "/incidents/new", **{**INCIDENT, "date": "May 2017", "sources": said})
    (incident,) = stored(Incident)
    assert (incident.precision, incident.source_names) == ("month", "Airwars report\nmedia report")
    assert said.rpartition("\n")[0] in olive.get(f"{at}/incidents/{incident.id}")
    assert (
        '<a href="https://airwars.example/1" rel="noreferrer"><bdi>Airwars report</bdi></a>'
        in client.get(f"{at}/{incident.public_id}").text
    )


def test_olive_chooses_from_the_library_what_documents_an_incident(olive, at, make, stored):
    foreign = make.report(make.topic(), title="A deadly spiral")
    own = make.report(make.campaign(olive.organisation), title="No way home")
    olive.post(at + "/incidents/new", **INCIDENT)
    (incident,) = stored(Incident)
    choice = f"{at}/incidents/{incident.id}/reports"
    assert "A deadly spiral" not in olive.get(choice)
    assert "No way home" in olive.get(choice + "?q=way")
    olive.post(f"{choice}/{own.id}")
    assert "No way home" in olive.get(f"{at}/incidents/{incident.id}")
    assert "Documents this incident" in olive.get(choice)
    olive.post(f"{choice}/{foreign.id}", 404)
    olive.post(f"{at}/incidents/{incident.id}", **INCIDENT)  # no box is ticked any more
    assert "No way home" not in olive.get(f"{at}/incidents/{incident.id}")


def test_olive_assesses_an_incident_anew_and_the_public_reads_its_history(olive, at, client, stored):
    olive.post(at + "/settings", title="Reports", is_public="1")
    olive.post(at + "/incidents/new", **INCIDENT)
    (incident,) = stored(Incident)
    own = f"{at}/incidents/{incident.id}/assess"
    olive.post(own, after="reopened", on="2019-07-01", note="New images")
    assert olive.post(own, 422, after="open", on="2019-06-01").status_code == 422
    (change,) = stored(AssessmentChange)
    assert (change.before, change.after) == ("credible", "reopened")
    assert "New images" in client.get(f"{at}/{incident.public_id}").text


@pytest.mark.sqlite_alone
def test_olive_is_told_when_an_assessment_changes_nothing_and_keeps_her_reason(olive, at, stored):
    olive.post(at + "/incidents/new", **INCIDENT)
    (incident,) = stored(Incident)
    same = olive.post(f"{at}/incidents/{incident.id}/assess", 422, after="credible", on="2019-07-01", note="A witness")
    assert "It is assessed like that already, and nothing was saved. Choose another assessment." in same.text
    assert "A witness" in same.text


@pytest.mark.sqlite_alone
def test_olive_cannot_assess_an_incident_before_the_day_of_its_first_assessment(olive, at, stored):
    olive.post(at + "/incidents/new", **INCIDENT)
    (incident,) = stored(Incident)
    early = olive.post(f"{at}/incidents/{incident.id}/assess", 422, after="open", on="2018-01-01").text
    assert "Choose that day or a later one." in early
    assert stored(AssessmentChange) == []


def test_olive_removes_an_incident_and_puts_it_back(olive, at, stored):
    olive.post(at + "/incidents/new", **INCIDENT)
    (incident,) = stored(Incident)
    olive.post(f"{at}/incidents/{incident.id}/remove")
    page = olive.get(at)
    assert "Mosul, 28 May 2017 was removed." in page
    assert "Nothing is in this register yet." in page
    undo = re.search(r'action="[^"]*?(/topics/[^"]+/restore)"', page)[1]
    olive.post(undo)
    assert "Mosul" in olive.get(at)


@pytest.mark.sqlite_alone
def test_olive_cannot_touch_another_registers_incident(olive, at, make, register_of):
    (foreign,) = register_of.add(register_of.of(), entry())
    for path in (f"{at}/incidents/{foreign.id}", f"{at}/incidents/{foreign.id}/assess"):
        assert olive.client.get(olive.base + path).status_code == 404
        assert olive.client.post(olive.base + path, data=INCIDENT).status_code == 404
    assert olive.client.post(f"{olive.base}{at}/incidents/{foreign.id}/remove").status_code == 404
    assert olive.client.get(f"{olive.base}{at}/incidents/{2**63}").status_code == 404


def test_olive_finds_an_incident_in_a_long_list(olive, at, stored, register_of):
    (register,) = stored(Register)
    register_of.imports(register, *(entry("2019-01-01", f"Place {n}") for n in range(60)))
    first = olive.get(at)
    assert "60 of 60 incidents" in first
    after = re.search(r'rel="next" href="[^"]*?(\?after=[^"]+)"', first)[1]
    assert olive.get(at + after).count('class="rowlink"') == 10
    assert "Place 42" in olive.get(at + "?q=42")
