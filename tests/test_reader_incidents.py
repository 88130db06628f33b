"""Olive pastes a register of incidents: rows with place, source, assessment and figures, doubts where it is unclear, nothing lost."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.readers import casualties, incidents, places
from app.readers.lines import tidy
from app.readers.register import Assessment, IncidentLine, sources
from tests.reading import HOSTILE, TODAY, document, kinds, seconds

REGISTER = (Path(__file__).parent / "pasted/register.txt").read_text()


def is_doubtful(row):
    """Whether somebody should look at it; slight doubts do not count."""
    return any(not one.is_slight for one in row.doubts)


def read(text: str) -> list[IncidentLine]:
    return incidents.read(text, today=TODAY).rows


def only(text: str) -> IncidentLine:
    (row,) = read(text)
    return row


def by_place(text: str = REGISTER) -> dict[str, IncidentLine]:
    return {row.place: row for row in read(text)}


def test_each_section_gives_its_assessment():
    assert Counter(row.assessment for row in read(REGISTER)) == {
        Assessment.CREDIBLE: 4,  # three of the section, one of the footnote
        Assessment.NON_CREDIBLE: 3,
        Assessment.OPEN: 9,
    }


def test_a_row_says_what_its_line_says():
    row = read(REGISTER)[0]
    assert row.date is not None
    assert (row.date.on.isoformat(), row.place, row.region, row.country) == ("2016-04-09", "Mosul", "", "IQ")
    assert (row.sources, row.assessment) == (("Airwars report",), Assessment.CREDIBLE)
    assert row.figures == {"killed": 12, "injured": 31}
    assert (row.not_previously_reported, row.was_reopened, row.doubts) == (True, False, ())
    assert row.description == "A house beside the market was hit. Twelve residents were killed and 31 others wounded."


def test_a_heading_glued_to_a_sentence_parts_the_line():
    reading = incidents.read(REGISTER, today=TODAY)
    before = by_place()["Qayyarah-West Airfield"]
    assert before.description == "A guard fired; one woman was lightly injured."
    assert by_place()["al-Bado neighborhood"].assessment is Assessment.NON_CREDIBLE
    assert "Non Credible Reports– The watch found too little to go on in these three." in reading.rest


def test_a_sentence_between_does_not_end_a_section():
    rows = read("Open reports:\n\nMore came in June.\n\n9 June 2015, near Mosul, Iraq, via self-report.")
    assert [row.assessment for row in rows] == [Assessment.OPEN]


def test_place_and_region_are_parted():
    row = by_place()["al-Bado neighborhood"]
    assert (row.region, row.country) == ("Raqqah", "SY")


def test_a_missing_country_is_taken_from_other_lines_and_said_to_be():
    rows = by_place()
    assert (rows["al-Baghouz and Sarmada"].country, kinds(rows["al-Baghouz and Sarmada"].doubts)) == (
        "SY",
        ["country_from_others"],
    )
    sarmada = [row for row in read(REGISTER) if row.region == "Idlib"][0]
    assert (sarmada.country, kinds(sarmada.doubts)) == ("SY", ["country_from_others"])


def test_a_missing_country_that_no_line_tells_stays_empty():
    row = by_place()["Hajin"]
    assert (row.country, row.sources, kinds(row.doubts)) == ("", ("social media report",), ["no_country"])


def test_places_that_lie_in_two_countries_are_not_guessed():
    rows = read(
        "Open reports:\n"
        + "\n".join(f"9 June 2015, near Tripoli{c}, via self-report." for c in (", Libya", ", Lebanon", ""))
    )
    assert (rows[2].country, kinds(rows[2].doubts)) == ("", ["no_country"])


def test_missing_commas_are_read_over_and_noted():
    karamah, kasrat = by_place()["Al Karamah"], by_place()["Kasrat Sheikh Jum’ah"]
    assert (karamah.country, is_doubtful(karamah), kinds(karamah.doubts)) == ("SY", False, ["missing_comma"])
    assert (kasrat.country, is_doubtful(kasrat)) == ("SY", True)


def test_reopened_reports_are_marked():
    assert [row.place for row in read(REGISTER) if row.was_reopened] == ["Sarmada"]
    assert by_place()["Sarmada"].description == ""


def test_names_are_kept_as_typed():
    assert "Al- Sha’fa" in by_place()
    assert by_place()["Omer Oil fields"].sources == ("media report", "Airwars report")


def test_a_note_about_an_error_is_an_incident_with_doubts():
    row = read(REGISTER)[-1]
    assert (row.place, row.assessment, row.figures) == ("Mosul", Assessment.CREDIBLE, {"killed": 1})
    assert row.first_reported is not None
    assert row.first_reported.on.isoformat() == "2017-04-30"
    assert kinds(row.doubts) == ["in_a_note", "note_of_error"]
    assert row.description.endswith("The press had the right number.")


def test_a_line_directly_below_belongs_to_the_incident():
    row = by_place()["al-Rutba"]
    assert row.description == "The pictures are older than the day they were said to show."
    assert (len(row.more_lines), row.doubts) == (1, ())


def test_what_the_text_states_is_held_against_what_was_read():
    reading = incidents.read(REGISTER, today=TODAY)
    assert reading.stated == {
        "completed": 6, "credible": 2, "non_credible": 3, "open": 9, "reopened": 1, "not_previously_reported": 1
    }  # fmt: skip
    assert reading.doubts == ()
    fewer = REGISTER.replace("Nov. 7, 2014, near Al-Tanak Oilfield", "Once near Al-Tanak Oilfield")
    assert kinds(incidents.read(fewer, today=TODAY).doubts) == ["count_differs"]


def test_a_statement_may_run_over_the_end_of_a_line():
    assert incidents.read("One\nhundred and eleven reports\nare still open.", today=TODAY).stated == {"open": 111}


def test_an_incident_without_section_source_or_sense_is_kept_with_doubts():
    row = only("30 February 2016, in Anbar: five people were killed.")
    assert (row.date, row.place, row.sources, row.figures) == (None, "Anbar", (), {"killed": 5})
    assert kinds(row.doubts) == ["impossible_date", "no_country", "no_source", "no_assessment"]


def test_the_same_line_twice_is_said():
    line = "9 June 2015, near Mosul, Iraq, via self-report."
    assert [kinds(row.doubts) for row in read(f"Open reports\n{line}\n{line}")] == [[], ["same_row"]]


def test_many_incidents_pasted_as_one_paragraph_are_parted():
    text = "Open Reports: 9 June 2015, near Mosul, Iraq, via self-report. 10 June 2015, near Hatra, Iraq, via media report. End"
    assert [(row.place, row.assessment) for row in read(text)] == [
        ("Mosul", Assessment.OPEN),
        ("Hatra", Assessment.OPEN),
    ]


@pytest.mark.parametrize(
    ("said", "figures"),
    [
        (
            "Four farmers were apparently killed and seven others slightly wounded.",
            {"killed": 4, "injured": 7},
        ),
        ("One shepherd was badly injured by a splinter.", {"injured": 1}),
        ("A car bomb killed one passer-by and wounded 13 others.", {"injured": 13}),
        ("A car bomb killed one civilian and wounded 13 others.", {"killed": 1, "injured": 13}),
        ("It killed twenty-three people, injuring 1,302 more people.", {"killed": 23, "injured": 1302}),
        ("One hundred and eleven people were killed.", {"killed": 111}),
        ("No civilians were killed.", {"killed": 0}),
        ("Dozens of people were killed.", {"killed": None}),
        ("In 2017 civilians were killed.", {}),
        ("Two of the nine civilians were killed.", {}),
        ("Two women were killed and three men were killed.", {"killed": 5}),
        ("Civilian casualties did not occur.", {}),
    ],
)
def test_figures_are_read_from_sentences(said, figures):
    assert casualties.read(said)[0] == figures


@pytest.mark.parametrize(
    ("said", "parted"),
    [
        ("media report and Airwars report", ("media report", "Airwars report")),
        ("Airwars and Amnesty International reports", ("Airwars", "Amnesty International reports")),
        ("Peace and Justice Network report", ("Peace and Justice Network report",)),
        ("", ()),
    ],
)
def test_two_sources_are_two(said, parted):
    assert sources(said) == parted


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("Palmyra, Homs, Syria", ("Palmyra", "Homs", "SY")),
        ("Istanbul, Turkey", ("Istanbul", "", "TR")),
        ("الموصل، نينوى، العراق", ("الموصل", "نينوى", "IQ")),
        ("Beit Hanoun, Palestine", ("Beit Hanoun", "", "PS")),
        ("Kobani, the United Kingdom", ("Kobani", "", "GB")),
        ("Syria", ("Syria", "", "SY")),
        ("Hajin", ("Hajin", "", "")),
    ],
)
def test_a_place_is_parted_into_place_region_and_country(said, expected):
    where = places.read(said)
    assert (where.place, where.region, where.country) == expected


def test_the_whole_source_document_is_read():
    text = document(4)
    reading = incidents.read(text, today=TODAY)
    assert Counter(row.assessment for row in reading.rows) == {
        Assessment.CREDIBLE: 6 + 1,  # and the footnote
        Assessment.NON_CREDIBLE: 15,
        Assessment.OPEN: 111,
    }
    assert all(row.date and row.place and row.country and row.sources for row in reading.rows)
    assert Counter(row.country for row in reading.rows) == {"SY": 111, "IQ": 22}
    assert sum(row.was_reopened for row in reading.rows) == 3
    credible = [row.figures for row in reading.rows if row.assessment is Assessment.CREDIBLE]
    assert credible == [
        {"killed": 5, "injured": 9}, {"injured": 3}, {"killed": 3, "injured": 1}, {"killed": 3}, {"killed": 2}, {"injured": 1},
        {"killed": 1},
    ]  # fmt: skip
    assert sorted(row.line_number for row in reading.rows if is_doubtful(row)) == [73, 89, 133, 134, 164]
    assert reading.doubts == ()
    assert reading.stated["open"] == 111
    assert reading.rest[-1] == "(Source: Brookings Institution)"


def test_the_source_document_is_read_without_its_line_ends_too():
    reading = incidents.read(" ".join(document(4).split()), today=TODAY)
    assert len(reading.rows) == 133
    assert kinds(reading.doubts) == ["count_differs"]


@pytest.mark.parametrize(
    "text",
    [
        *HOSTILE,
        "Mar. 8, 2017, near A, Syria via X report. " * 2_000,
        "Mar. 8, 2017, near A, Syria via X report.\n" * 5_000,
        "x\n" * 5_000,
    ],
)
def test_a_hostile_text_costs_little(text):
    assert seconds(lambda: incidents.read(text, today=TODAY)) < 1


PIECES = st.sampled_from(
    [*REGISTER.splitlines(), "near Mosul", "Open reports", "9 June 2015, near A, via", "- 9 June 2015 in B: C"]
)


@given(
    st.lists(st.one_of(PIECES, st.text(alphabet="Open reports:– 9 June 2015, near via.\t()", max_size=60)), max_size=12)
)
def test_no_line_is_lost(pasted):
    reading = incidents.read("\n".join(pasted), today=TODAY)
    rows = [number for row in reading.rows for number in (row.line_number, *row.more_lines)]
    numbers = Counter([*rows, *(line.number for line in reading.left)])
    assert set(numbers) == {number for number, line in enumerate(pasted, 1) if tidy(line)}
    # A number comes twice only where a line holds several things: a heading, or an incident inside a sentence.
    for number, times in numbers.items():
        assert times == len(list(incidents.pieces.cut(incidents.Line(number, tidy(pasted[number - 1])), TODAY)))
