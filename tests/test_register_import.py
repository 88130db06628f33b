"""Olive brings lists and tables into a register: sees every row, corrects, leaves out, takes all at once, and again."""

from __future__ import annotations

import datetime as dt
import html
import io
import re
from collections import Counter
from pathlib import Path

import pytest

from app import clock, import_reading
from app.demo import register as demo
from app.domain import import_drafts, incident_import
from app.domain.refused import NotFound
from app.extensions import db
from app.models import (
    AssessmentChange,
    ImportDraft,
    Incident,
)
from tests import desk
from tests import registers as registers_at_hand
from tests.reading import document
from tests.registers import INCIDENT

olive = desk.olive
at = registers_at_hand.at
PASTED = (Path(__file__).parent / "pasted/register.txt").read_text()


def revision(olive, at):
    """What the page says it is of; nothing where there is no import."""
    found = re.search(r'name="revision" value="(\d+)"', olive.get(at + "/import"))
    return found[1] if found else ""


def takes(olive, at):
    return olive.post(at + "/import/take", revision=revision(olive, at))


def rewrites(olive, at, text, **more):
    return olive.post(at + "/import/text", text=text, assessed_on="2019-05-31", revision=revision(olive, at), **more)


@pytest.mark.sqlite_alone
def test_what_wants_a_look_is_shown_first_and_the_rest_at_a_press(olive, at):
    olive.post(at + "/import", text=PASTED, assessed_on="2019-05-31")
    page = olive.get(at + "/import")
    assert "Al-Tanak Oilfield" not in page.partition("<tbody>")[2]
    assert "Is it an incident of this list?" in page
    assert "Al-Tanak Oilfield" in olive.get(at + "/import?show=all").partition("<tbody>")[2]


def test_olive_takes_only_what_she_saw(olive, at, stored):
    olive.post(at + "/import", text=PASTED, assessed_on="2019-05-31")
    seen = revision(olive, at)
    rewrites(olive, at, PASTED[:900])  # somebody else does
    olive.post(at + "/import/take", revision=seen)
    assert stored(Incident) == []
    assert "Somebody else changed this import meanwhile." in olive.get(at + "/import")
    page = olive.post(at + "/import/text", 409, text="My own text", assessed_on="2019-05-31", revision=seen).text
    assert "Your text is kept" in page
    assert "My own text" in page


@pytest.mark.sqlite_alone
def test_olive_does_not_take_another_import_for_hers(olive, at, stored):
    olive.post(at + "/import", text=PASTED, assessed_on="2019-05-31")
    seen = revision(olive, at)
    olive.post(at + "/import/discard")
    olive.post(at + "/import", text=PASTED[:900], assessed_on="2019-05-31")  # somebody else does
    olive.post(at + "/import/take", revision=seen)
    assert stored(Incident) == []
    assert "Somebody else changed this import meanwhile." in olive.get(at + "/import")


def test_what_others_do_while_olive_takes_an_import_is_not_lost(olive, at, stored, app):
    """A row was corrected, another import was begun, or all was thrown away, after hers was read and before it was done."""
    olive.post(at + "/import", text=PASTED, assessed_on="2019-05-31")
    (before,) = stored(ImportDraft)
    with app.app_context():
        draft = db.session.get_one(ImportDraft, before.id)
        olive.post(f"{at}/import/rows/{import_reading.read(draft, today=before.assessed_on).rows[0].key}/out")
        import_drafts.finish(draft, b"", seen=before.revision, now=clock.now())
        (corrected,) = stored(ImportDraft)
        assert list(corrected.corrections.values()) == [{"is_out": True}]
        olive.post(at + "/import/discard")
        olive.post(at + "/import", text="Another list", assessed_on="2019-05-31")
        import_drafts.finish(draft, b"", seen=corrected.revision, now=clock.now())
        (another,) = stored(ImportDraft)
        assert another.content == b"Another list"
        olive.post(at + "/import/discard")
        import_drafts.finish(draft, b"", seen=another.revision, now=clock.now())
        with pytest.raises(NotFound):
            import_drafts.correct(draft, "row", None, now=clock.now())
        with pytest.raises(NotFound):
            import_drafts.discard(draft, now=clock.now())


def test_olive_pastes_a_list_and_takes_it_at_once(olive, at, stored):
    olive.post(at + "/import", text=PASTED, assessed_on="2019-05-31")
    page = olive.get(at + "/import")
    assert "16 rows were read." in page
    assert "Taken from other lines" in page or "It was taken from other lines with this place." in page
    assert stored(Incident) == []
    takes(olive, at)
    found = Counter(incident.assessment for incident in stored(Incident))
    assert found == {"credible": 3, "non_credible": 3, "open": 9 - found["reopened"], "reopened": found["reopened"]}
    assert found["reopened"] > 0
    assert {incident.assessed_on for incident in stored(Incident)} == {dt.date(2019, 5, 31)}


def test_what_somebody_writes_while_rows_are_taken_stays(olive, at, stored, clock, monkeypatch):
    olive.post(at + "/import", text=PASTED, assessed_on="2019-05-31")
    import_rows = incident_import.import_rows

    def and_somebody_writes(register, entries, **values):
        plan = import_rows(register, entries, **values)
        draft = import_drafts.own(register)
        import_drafts.rewrite(draft, b"Theirs", assessed_on=draft.assessed_on, seen=draft.revision, now=clock.now())
        return plan

    monkeypatch.setattr(incident_import, "import_rows", and_somebody_writes)
    takes(olive, at)
    assert stored(ImportDraft)[0].content == b"Theirs"


def a_long_register():
    """6 credible, 15 non-credible and 110 open reports, in the forms in which such registers are published."""
    lines = []
    for n in range(131):
        day = dt.date(2015, 1, 1) + dt.timedelta(days=11 * n)
        forms = (
            f"{day:%B} {day.day}, {day.year}",
            f"{day:%b}. {day.day:02}, {day.year}",
            f"{day:%b}.{day.day}, {day.year}",
        )
        country, source = ("Iraq", "Syria")[n % 2], ("Airwars report", "self-report", "media report")[n % 3]
        line = f"{forms[n % 3]}, near Place {n}, {country}, via {source}"
        if n < 6:
            line += f". In a strike, {('two', 'five')[n % 2]} civilians were unintentionally killed and nine others wounded."
        elif n > 20 and n % 40 == 0:
            line += " (previously closed, but reopened due to new information)."
        lines.append(line)
    parts = ("Credible Reports–", *lines[:6], "Non Credible Reports–", *lines[6:21], "Open Reports–", *lines[21:])
    return "\n".join(parts)


def test_a_long_register_comes_in_to_its_last_line(olive, at, stored):
    olive.post(at + "/import", text=a_long_register(), assessed_on="2019-05-31")
    takes(olive, at)
    found = Counter(incident.assessment for incident in stored(Incident))
    assert found == {"credible": 6, "non_credible": 15, "open": 107, "reopened": 3}
    assert {one.place for one in stored(Incident)} == {f"Place {n}" for n in range(131)}
    figures = [(one.killed_count, one.injured_count) for one in stored(Incident) if one.assessment == "credible"]
    assert sorted(figures) == [(2, 9)] * 3 + [(5, 9)] * 3
    assert stored(ImportDraft) == []


@pytest.mark.sqlite_alone
def test_what_cannot_be_read_stays_in_the_text_box(olive, at, stored):
    olive.post(at + "/import", text=PASTED + "\n\nAn odd line that is no incident", assessed_on="2019-05-31")
    takes(olive, at)
    page = olive.get(at + "/import")
    assert "An odd line that is no incident" in page
    assert "0 rows" in page or "1 row was read." in page  # the incident of the note waits for somebody
    assert "Is it an incident of this list?" in page


@pytest.mark.sqlite_alone
def test_olive_corrects_a_row_with_what_was_pasted_before_her(olive, at):
    line = "May 38, 2017, near Mosul, Iraq, via Airwars report."
    olive.post(at + "/import", text=f"Open Reports:\n\n{line}", assessed_on="2019-05-31")
    row = re.search(r'href="[^"]*?(/topics/[^"]+/rows/[^"]+)"', olive.get(at + "/import"))[1]
    assert f'dir="auto">{line}</p>' in olive.get(row)


@pytest.mark.sqlite_alone
def test_olive_sees_the_numbers_of_a_row_that_is_not_complete(olive, at):
    line = (
        "May 38, 2017, near Mosul, Iraq, via Airwars report. Regrettably, five civilians were unintentionally killed."
    )
    olive.post(at + "/import", text=f"Credible Reports:\n\n{line}", assessed_on="2019-05-31")
    page = olive.get(at + "/import")
    assert "Not complete" in page
    assert 'data-label="Killed">5</td>' in page


@pytest.mark.sqlite_alone
def test_olive_is_not_alarmed_by_what_is_left_once_the_rows_are_taken(olive, at, stored):
    text = "Two reports are still open.\n\nOpen Reports:\n\nMay 28, 2017, near Mosul, Iraq, via Airwars report."
    olive.post(at + "/import", text=text, assessed_on="2019-05-31")
    assert "The text states 2 open reports, and 1 were read." in olive.get(at + "/import")
    takes(olive, at)
    page = olive.get(at + "/import")
    assert "Imported: 1 new" in page
    assert "There is no row to take." in page
    assert "What was taken stays in the register." in page
    assert "were read" not in page
    assert "Take 0 rows" not in page


def test_the_same_list_again_changes_nothing(olive, at, stored):
    olive.post(at + "/import", text=PASTED, assessed_on="2019-05-31")
    takes(olive, at)
    olive.post(at + "/import/discard")  # what was no incident
    olive.post(at + "/import", text=PASTED, assessed_on="2019-05-31")
    takes(olive, at)
    assert len(stored(Incident)) == 15
    assert stored(AssessmentChange) == []
    assert "Imported: 0 new, 0 changed, 15 as before." in olive.get(at + "/import")


def test_a_changed_assessment_in_a_later_list_becomes_a_dated_change(olive, at, stored):
    line = "May 28, 2017, near Al Mansoura, Syria, via Airwars report."
    olive.post(at + "/import", text=f"Open reports:\n{line}", assessed_on="2019-05-31")
    takes(olive, at)
    later = f"Credible reports:\n{line} Two civilians were killed."
    olive.post(at + "/import", text=later, assessed_on="2019-07-31")
    assert "Changes the assessment" in olive.get(at + "/import")
    takes(olive, at)
    (incident,) = stored(Incident)
    assert (incident.assessment, incident.killed_count) == ("credible", 2)
    (change,) = stored(AssessmentChange)
    assert (change.before, change.before_since) == ("open", dt.date(2019, 5, 31))
    assert change.changed_on == dt.date(2019, 7, 31)
    # The older list again: what was found out since stays, and Olive is told.
    olive.post(at + "/import", text=f"Non-credible reports:\n{line}", assessed_on="2019-06-30")
    page = olive.get(at + "/import")
    assert "Was assessed later; that stays" in page
    assert "0 new, 0 changed, 1 as before." in page
    takes(olive, at)
    assert (stored(Incident)[0].assessment, len(stored(AssessmentChange))) == ("credible", 1)


def test_olive_corrects_a_row_and_leaves_one_out(olive, at, stored):
    text = "Open reports:\nMay 28, 2017, near Hajin, via Airwars report.\nMay 29, 2017, near Raqqah, Syria, via Airwars report."
    olive.post(at + "/import", text=text, assessed_on="2019-05-31")
    page = olive.get(at + "/import?show=all")
    assert "There is no country." in page
    first, second = re.findall(r'href="[^"]*?(/topics/[^"]+/import/rows/[^"/]+)"', page)
    assert 'value="Hajin"' in olive.get(first)
    olive.post(first, **{**INCIDENT, "place": "Hajin", "country": "SY", "assessment": "open"})
    olive.post(second + "/out")
    page = olive.get(at + "/import?show=all")
    assert "(corrected)" in page
    assert "There is no country." not in page
    takes(olive, at)
    (incident,) = stored(Incident)
    assert (incident.place, incident.country, incident.killed_count) == ("Hajin", "SY", 1204)
    assert stored(ImportDraft) == []  # nothing is left of it
    # Next month it comes as it was written, and is the same incident; corrected once more, that one is corrected.
    olive.post(at + "/import", text=text, assessed_on="2019-06-30")
    assert "1 new, 0 changed, 1 as before." in olive.get(at + "/import")  # the one that was left out is new
    olive.post(first, **{**INCIDENT, "place": "Hajin village", "country": "SY", "assessment": "open"})
    takes(olive, at)
    assert sorted(one.place for one in stored(Incident)) == ["Hajin village", "Raqqah"]


@pytest.mark.sqlite_alone
def test_corrections_survive_when_other_lines_of_the_text_change(olive, at, stored):
    text = "Open reports:\nMay 28, 2017, near Hajin, via Airwars report."
    olive.post(at + "/import", text=text, assessed_on="2019-05-31")
    row = re.search(r'href="[^"]*?(/topics/[^"]+/import/rows/[^"/]+)"', olive.get(at + "/import"))[1]
    olive.post(row, **{**INCIDENT, "place": "Hajin", "country": "SY", "assessment": "open"})
    rewrites(olive, at, f"{text}\nMay 30, 2017, near Mosul, Iraq, via media report.")
    assert "(corrected)" in olive.get(at + "/import")
    takes(olive, at)
    assert {one.country for one in stored(Incident)} == {"SY", "IQ"}


def test_a_row_that_is_not_complete_stays_until_olive_completes_it(olive, at, stored):
    table = "date,place,source,assessment\n2017-05-28,Mosul,media report,open\n,Hajin,media report,open\n"
    olive.post(at + "/import", file=(io.BytesIO(table.encode()), "list.csv"), assessed_on="2019-05-31")
    assert "Without a date it cannot be taken." in olive.get(at + "/import")
    takes(olive, at)
    assert [one.place for one in stored(Incident)] == ["Mosul"]
    page = olive.get(at + "/import")
    assert "1 row was read." in page
    row = re.search(r'href="[^"]*?(/topics/[^"]+/import/rows/[^"/]+)"', page)[1]
    assert 'value="Hajin"' in olive.get(row)
    olive.post(row, **{**INCIDENT, "place": "Hajin"})
    takes(olive, at)
    assert {one.place for one in stored(Incident)} == {"Mosul", "Hajin"}
    assert stored(ImportDraft) == []


@pytest.mark.sqlite_alone
def test_olive_says_which_column_is_which(olive, at, stored):
    table = "wann;wo;quelle;stand;tote\n03/04/2017;Mosul;media report;open;3\n05/06/2017;Hajin;media report;open;\n"
    olive.post(at + "/import", file=(io.BytesIO(table.encode()), "list.csv"), assessed_on="2019-05-31")
    page = olive.get(at + "/import")
    assert "Which column is which" in page
    columns = ["date", "place", "source", "assessment", "killed"]
    olive.post(
        at + "/import/columns", column=columns, has_header="1", delimiter="semicolon", encoding="utf-8", dates="day"
    )
    takes(olive, at)
    mosul = next(one for one in stored(Incident) if one.place == "Mosul")
    assert (mosul.happened_on, mosul.killed_count) == (dt.date(2017, 4, 3), 3)


@pytest.mark.sqlite_alone
@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"PK\x03\x04zip", "list.xlsx", "Save it as CSV"), (b"", "empty.csv", "Paste a list, or choose a file."),
        (b"x" * 5_000_001, "big.csv", "too large"),
    ],
    ids=["spreadsheet", "empty", "too-large"],
)  # fmt: skip
def test_a_file_that_cannot_be_read_is_refused_with_a_reason(olive, at, client, content, name, said):
    data = {"file": (io.BytesIO(content), name), "assessed_on": "2019-05-31"}
    answer = client.post(olive.base + at + "/import", data=data)
    assert answer.status_code == 422
    assert said in html.unescape(answer.text)


def test_a_thousand_rows_come_in_at_once(olive, at, stored):
    rows = [
        f"2017-{n % 12 + 1:02}-{n % 28 + 1:02},Place {n},Syria,Airwars report,open,{n % 7},House {n}"
        for n in range(1_000)
    ]
    table = "\n".join(["date,place,country,source,assessment,killed,description", *rows]).encode()
    olive.post(at + "/import", file=(io.BytesIO(table), "list.csv"), assessed_on="2019-05-31")
    page = olive.get(at + "/import?page=2")
    assert "1,000 rows were read." in page
    assert "Page 2 of 5" in page
    takes(olive, at)
    assert len(stored(Incident)) == 1_000


@pytest.mark.sqlite_alone
def test_a_long_list_in_arabic_is_not_too_long_for_the_form(olive, at, stored):
    line = "28 May 2017, near القائم, العراق, via تقرير إعلامي. " + "قصف بيت ليلا. " * 80 + "\n"
    data = {"text": "Open reports:\n" + line * 400, "assessed_on": "2019-05-31"}
    answer = olive.client.post(olive.base + at + "/import", data=data, content_type="multipart/form-data")
    assert answer.status_code == 303
    assert "400 rows were read." in olive.get(at + "/import")


@pytest.mark.every_case
@pytest.mark.parametrize(
    "text",
    ["\x00" * 50, "\ud800".encode("utf-8", "surrogatepass"), "(" * 10_000, "\u202e" * 100 + "2017, near x"],
    ids=range(4),
)
def test_hostile_lists_do_no_harm(olive, at, client, text):
    data = {"text": text, "assessed_on": "2019-05-31"}
    answer = client.post(olive.base + at + "/import", data=data, content_type="multipart/form-data")
    assert answer.status_code in {303, 422}
    assert client.get(olive.base + at + "/import").status_code == 200


def test_olive_throws_an_import_away(olive, at, stored):
    olive.post(at + "/import", text=PASTED, assessed_on="2019-05-31")
    mine = olive.post(at + "/import", 409, text="Mine", assessed_on="2019-05-31").text  # from a page opened before
    assert "Another import was begun meanwhile." in mine
    assert "Mine</textarea>" in mine
    assert "16 rows were read." in olive.get(at + "/import/discard")
    olive.post(at + "/import/discard")
    assert stored(ImportDraft) == stored(Incident) == []


@pytest.mark.sqlite_alone
@pytest.mark.parametrize("page", ["0", "999999", "-1", "x", "²"])
def test_a_page_that_nobody_has_is_another_one(olive, at, page):
    olive.post(at + "/import", text=PASTED, assessed_on="2019-05-31")
    assert "16 rows were read." in olive.get(f"{at}/import?page={page}&show=nonsense")


def test_the_register_of_the_document_comes_in_to_its_last_line(olive, at, stored):
    olive.post(at + "/import", text=document(4), assessed_on="2019-05-31")
    for _ in range(2):
        takes(olive, at)
        found = Counter(incident.assessment for incident in stored(Incident))
        assert found == {"credible": 6, "non_credible": 15, "open": 108, "reopened": 3}
        olive.post(at + "/import/discard")
        olive.post(at + "/import", text=document(4), assessed_on="2019-05-31")
    killed = {
        (one.happened_on.isoformat(), one.place): (one.killed_count, one.injured_count) for one in stored(Incident)
    }
    assert killed["2016-04-09", "Mosul"] == (5, 9)
    assert "Is it an incident of this list?" in olive.get(at + "/import")


def test_the_demonstration_has_the_facts_of_the_document(olive, at, stored):
    table = demo.TABLE.read_bytes()
    assert import_reading.is_table(table, demo.TABLE.name)
    olive.post(at + "/import", file=(io.BytesIO(table), demo.TABLE.name), assessed_on="2019-05-31")
    takes(olive, at)
    assert len(stored(Incident)) == 132
    olive.post(at + "/import", text=document(4), assessed_on="2019-05-31")
    page = olive.get(at + "/import?show=new")
    rows = [row for row in re.findall(r"<tr.*?</tr>", page, re.S) if ", beside" not in row and ">New" in row]
    assert rows == []


@pytest.mark.sqlite_alone
def test_lists_of_which_nothing_could_be_read_do_not_fill_the_memory(app, monkeypatch):
    monkeypatch.setattr(import_reading, "MOST_KEPT", 100)
    app.extensions.pop("import_readings", None)
    with app.test_request_context():
        for n in range(8):
            text = f"List {n}\n" + "No incident.\n" * 40
            draft = ImportDraft(content=text.encode(), is_table=False, corrections={}, mapping=None)
            assert import_reading.read(draft, today=dt.date(2026, 11, 22)).rows == []
        assert len(app.extensions["import_readings"]) == 2


@pytest.mark.sqlite_alone
def test_a_list_of_too_many_alike_is_shown_with_the_reason_and_can_be_thrown_away(olive, at, stored):
    """Of a table of years, for example: of each row the year, the place and the source are the same."""
    rows = "".join(f"2017,Mosul,Airwars report,open,first{n} second{n} third{n}\n" for n in range(300))
    table = f"date,place,source,assessment,description\n{rows}".encode()
    olive.post(at + "/import", file=(io.BytesIO(table), "years.csv"), assessed_on="2019-05-31")
    page = olive.get(at + "/import")
    assert "There are too many incidents of this day, place and source." in page
    assert "300 rows were read." in page
    takes(olive, at)
    assert stored(Incident) == []
    olive.post(at + "/import/discard")
    assert stored(ImportDraft) == []


def test_a_line_end_in_a_cell_parts_sources_and_no_other_name(olive, at, stored, client):
    table = b'date,place,source,assessment,"people\ndetained"\n2017-05-28,"Al-Bu\nSayf","Airwars\nself-report",open,5\n'
    olive.post(at + "/import", file=(io.BytesIO(table), "cells.csv"), assessed_on="2019-05-31")
    takes(olive, at)
    (incident,) = stored(Incident)
    assert (incident.place, incident.source_names) == ("Al-Bu Sayf", "Airwars\nself-report")
    olive.post(at + "/settings", title="Reports", is_public="1")
    (shown,) = client.get(f"{at}.json").get_json()["incidents"]
    assert (shown["source"], shown["other_figures"]) == (["Airwars", "self-report"], {"people detained": 5})
