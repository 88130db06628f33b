"""Olive pastes monthly figures, sentences or a table: a row a month, place and name, with doubts where it is unclear."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.readers import figures
from app.readers.lines import tidy
from tests.reading import HOSTILE, TODAY, document, kinds, seconds

TEXT = """The mission counts every month.

During December 2018 a total of 27 civilians were killed and another 25 injured.
Ninewa was hit hardest with 26 casualties (07 killed, 19 injured) then Baghdad with
(17 killed and 03 injured) and Salah al-Din (03 killed and 03 injured).
Counting began in November 2012.

In attacks in November 2018* a total of 41 people were killed, and another 73 were injured, says the mission.
Baghdad came first, with 56 civilian casualties (23 killed, 32 injured), before Deir ez-Zor (08 killed)."""


def read(text: str) -> list[tuple]:
    rows = figures.read(text, today=TODAY).rows
    return [(row.month.on.isoformat()[:7] if row.month else "", row.place, row.name, row.value) for row in rows]


def test_sentences_give_totals_and_places():
    assert read(TEXT) == [
        ("2018-12", "", "killed", 27), ("2018-12", "", "injured", 25),
        ("2018-12", "Ninewa", "killed", 7), ("2018-12", "Ninewa", "injured", 19),
        ("2018-12", "Baghdad", "killed", 17), ("2018-12", "Baghdad", "injured", 3),
        ("2018-12", "Salah al-Din", "killed", 3), ("2018-12", "Salah al-Din", "injured", 3),
        ("2018-11", "", "killed", 41), ("2018-11", "", "injured", 73),
        ("2018-11", "Baghdad", "killed", 23), ("2018-11", "Baghdad", "injured", 32),
        ("2018-11", "Deir ez-Zor", "killed", 8),
    ]  # fmt: skip


def test_what_is_taken_from_above_or_does_not_add_up_is_said():
    reading = figures.read(TEXT, today=TODAY)
    assert [kinds(row.doubts) for row in reading.rows[:3]] == [[], [], ["month_from_above"]]
    baghdad = [row for row in reading.rows if row.place == "Baghdad" and row.value == 23][0]
    assert kinds(baghdad.doubts) == ["month_from_above", "sum_differs"]
    assert baghdad.doubts[1].sentence == "The text says 56 together, the figures make 55."
    assert reading.rest == ["The mission counts every month.", "Counting began in November 2012."]


def test_figures_without_a_month_are_kept_with_a_doubt():
    (row,) = figures.read("Anbar (several killed)", today=TODAY).rows
    assert (row.place, row.value, kinds(row.doubts)) == ("Anbar", None, ["no_month", "not_a_number"])


@pytest.mark.parametrize(
    "line",
    [
        "Apr. 9, 2016, near Mosul, Iraq, via self-report. Five civilians were killed and nine others wounded.",
        "About 1,600 people were killed in 2017; the total is not known.",
        "A ferry sank and killed more than a hundred people in spring.",
    ],
)
def test_sentences_about_one_event_are_no_series(line):
    reading = figures.read(line, today=TODAY)
    assert (reading.rows, reading.rest) == ([], [line])


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_a_pasted_table_is_read(mark):
    table = "month,place,killed,injured\nDecember 2018,Ninewa,07,19\n2018-11,Total,41,\nno figures,,,\n".replace(
        ",", mark
    )
    assert read(table) == [
        ("2018-12", "Ninewa", "killed", 7), ("2018-12", "Ninewa", "injured", 19), ("2018-11", "", "killed", 41)
    ]  # fmt: skip
    assert figures.read(table, today=TODAY).rest == [f"no figures{mark * 3}"]


def test_an_arabic_table_is_read():
    assert read("الشهر,المحافظة,القتلى,الجرحى\nكانون الأول ٢٠١٨,نينوى,٧,١٩\n") == [
        ("2018-12", "نينوى", "killed", 7), ("2018-12", "نينوى", "injured", 19)
    ]  # fmt: skip


def test_a_table_cell_that_is_no_number_or_month_is_said():
    reading = figures.read_table(b"month,place,killed\nsoon,Ninewa,x\n", today=TODAY)
    assert kinds(reading.rows[0].doubts) == ["impossible_date", "not_a_number"]
    assert "Save it as CSV" in figures.read_table(b"PK\x03\x04", today=TODAY).doubts[0].sentence


def test_the_whole_source_document_is_read():
    reading = figures.read(document(4), today=TODAY)
    found = {(row.month.on.isoformat()[:7] if row.month else "", row.place): 0 for row in reading.rows}
    assert list(found) == [
        ("2018-12", ""), ("2018-12", "Ninewa"), ("2018-12", "Baghdad"), ("2018-12", "Salahadin"),
        ("2018-11", ""), ("2018-11", "Baghdad"), ("2018-11", "Ninewa"), ("2018-11", "Anbar"),
    ]  # fmt: skip
    assert [row.value for row in reading.rows] == [32, 32, 7, 19, 17, 3, 3, 3, 41, 73, 23, 32, 8, 19, 4, 15]
    assert not any(not doubt.is_slight for row in reading.rows for doubt in row.doubts)


@pytest.mark.parametrize(
    "text",
    [
        *HOSTILE,
        "(07 killed, 19 injured) " * 400,
        "A (07 killed, 19 injured)\n" * 5_000,
        "Total of 3 a were killed. " * 390,
    ],
)
def test_a_hostile_text_costs_little(text):
    assert seconds(lambda: figures.read(text, today=TODAY)) < 1


PIECES = st.sampled_from(TEXT.splitlines())


@given(
    st.lists(
        st.one_of(PIECES, st.text(alphabet="A total of 3 were killed (and) in May 2015.", max_size=60)), max_size=8
    )
)
def test_every_line_gives_figures_or_comes_back(pasted):
    reading = figures.read("\n".join(pasted), today=TODAY)
    rows, left = {row.line_number for row in reading.rows}, [line.number for line in reading.left]
    assert rows.isdisjoint(left)
    assert sorted([*rows, *left]) == [n for n, line in enumerate(pasted, 1) if tidy(line)]
