"""Olive pastes a list of publications: titles, dates and links are read, doubts are said, and no line is lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.readers import publications
from app.readers.publications import Publication
from tests.reading import HOSTILE, TODAY, document, kinds, seconds

LIST = """Campaign news

Read what we published

(9 June 2015) A year after the takeover: no justice yet
(23 December 2014) Women and girls who came back

Follow our researcher as she travels

(3 November 2014) Who arms whom (a report: "In the line of fire")
(September 12, 2013) Killings in the north
(September 8, 2014) Winter in the camps
(August 20, 2014) Down from the mountain

Film: a city between the fronts"""


def read(text: str) -> list[Publication]:
    return publications.read(text, today=TODAY).rows


def test_olive_pastes_dated_lines_between_sentences():
    reading = publications.read(LIST, today=TODAY)
    assert [row.source_line_number for row in reading.rows] == [5, 6, 10, 11, 12, 13]
    assert reading.rows[0].title == "A year after the takeover: no justice yet"
    assert reading.rows[2].title == 'Who arms whom (a report: "In the line of fire")'
    assert reading.rest[-1] == "Film: a city between the fronts"
    assert len(reading.rest) == 4


def test_the_line_that_does_not_fit_the_order_is_marked_and_no_other():
    assert [row.source_line_number for row in read(LIST) if "out_of_order" in kinds(row.doubts)] == [11]


def test_a_list_from_old_to_new_is_in_order_too():
    rows = read("\n".join(f"{year}-06-09 - Report of {year}" for year in (2011, 2012, 2019, 2013, 2014, 2015)))
    assert [row.date.on.year for row in rows if row.date and row.doubts] == [2019]


@pytest.mark.parametrize(
    "line",
    [
        "(9 June 2015) Who arms whom",
        "Who arms whom (9 June 2015)",
        "9 June 2015: Who arms whom",
        "9 June 2015 Who arms whom",
        "2015-06-09 - Who arms whom",
        "Who arms whom, 9 June 2015",
        "9. June 2015 | Who arms whom",
        "- [9 June 2015] Who arms whom",
        "3. Who arms whom – June 9, 2015",
        "• **9 June 2015** — Who arms whom",
        "(٩ حزيران ٢٠١٥) Who arms whom",
    ],
)
def test_a_date_stands_before_or_after_the_title(line):
    (row,) = read(line)
    assert row.date is not None
    assert (row.date.on.isoformat(), row.title, row.url, row.doubts) == ("2015-06-09", "Who arms whom", "", ())


@pytest.mark.parametrize(
    "lines",
    [
        "9 June 2015: [Who arms whom](https://reports.example/a_(b))",
        "[Who arms whom](https://reports.example/a_(b)) (9 June 2015)",
        "(9 June 2015) Who arms whom https://reports.example/a_(b)",
        "(9 June 2015) Who arms whom (https://reports.example/a_(b)).",
        "(9 June 2015) Who arms whom\nhttps://reports.example/a_(b)",
        "(9 June 2015) Who arms whom\n\n  <https://reports.example/a_(b)>",
    ],
)
def test_a_link_stands_on_the_line_or_on_the_next(lines):
    (row,) = read(lines)
    assert (row.title, row.url, row.doubts) == ("Who arms whom", "https://reports.example/a_(b)", ())


def test_a_link_without_date_is_kept_with_a_doubt():
    (row,) = read("Film: a city between the fronts\nwww.films.example/city")
    assert (row.title, row.url) == ("Film: a city between the fronts", "https://www.films.example/city")
    assert kinds(row.doubts) == ["no_date"]


def test_further_links_are_kept():
    (row,) = read("(2014) [One](https://a.example/1) and [two](https://a.example/2), www.b.example.")
    assert (row.title, row.url) == ("One and two", "https://a.example/1")
    assert row.more_urls == ("https://a.example/2", "https://www.b.example")


def test_a_bullet_without_date_is_kept_where_other_bullets_have_one():
    rows = read("- 9 June 2015: One\n- Two\nThree")
    assert [(row.title, kinds(row.doubts)) for row in rows] == [("One", []), ("Two", ["no_date"])]


def test_a_date_on_its_own_line_dates_the_title_directly_below():
    (row,) = read("9 June 2015\nWho arms whom")
    assert (row.title, row.more_lines, kinds(row.doubts)) == ("Who arms whom", (2,), ["lines_joined"])


def test_what_is_doubtful_is_said():
    rows = read(
        "(31 June 2015) One\n(9 June 2030) Two\n(3/4/2015) Three\n(9 June 2015) one\n(2014) [Four](https://a.example) https://b.example"
    )
    doubts = [["impossible_date"], ["future"], ["day_or_month"], ["same_title"], ["more_links"]]
    assert [kinds(row.doubts) for row in rows] == doubts


@pytest.mark.parametrize(
    "line",
    [
        "9 June 2015 was a dark day.",
        "June 2015 saw prices rise.",
        "2014 in review",
        "In early September 2014, the president spoke.",
    ],
)
def test_a_sentence_about_a_day_is_no_publication(line):
    reading = publications.read(line, today=TODAY)
    assert (reading.rows, reading.rest) == ([], [line])


def test_the_whole_source_document_is_read():
    text = document(1)
    reading = publications.read(text, today=TODAY)
    assert len(reading.rows) == 14
    assert all(row.date and row.title for row in reading.rows)
    marked = [row.date.on.isoformat() for row in reading.rows if row.date and row.doubts]
    assert marked == ["2013-09-12"]
    assert any(line.startswith("Testimonies from hell") for line in reading.rest)
    assert len(reading.rows) + len(reading.rest) == len([line for line in text.splitlines() if line.strip()])


@pytest.mark.parametrize(
    "text", [*HOSTILE, "(9 June 2015) T\nx\n" * 2_500, "https://a.example\n" * 5_000, "9 June 2015\n" * 5_000]
)
def test_a_hostile_text_costs_little(text):
    assert seconds(lambda: publications.read(text, today=TODAY)) < 1


def test_what_is_too_long_comes_back_as_text():
    reading = publications.read("(9 June 2015) One\n" + "x" * 60_000, today=TODAY)
    assert (len(reading.rows), reading.rest, kinds(reading.doubts)) == (1, ["x" * 60_000], ["too_long"])


PIECES = st.sampled_from(
    [
        "(9 June 2015) One",
        "Two, May 2015",
        "https://a.example",
        "- three",
        "",
        "  ",
        "9 June 2015",
        "[x](https://b.example)",
        "A sentence.",
    ]
)


@given(
    st.lists(
        st.one_of(PIECES, st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=30)),
        max_size=12,
    )
)
def test_no_line_is_lost_and_none_comes_twice(pasted):
    reading = publications.read("\n".join(pasted), today=TODAY)
    numbers = [line.number for line in reading.left]
    for row in reading.rows:
        numbers += [row.source_line_number, *row.more_lines]
    filled = {n for n, line in enumerate(pasted, 1) if publications.lines.tidy(line)}
    assert sorted(numbers) == sorted(set(numbers))
    assert set(numbers) == filled


@pytest.mark.parametrize("mark", [",", " –", ":", ""])
def test_a_date_before_the_link_at_the_end_is_read(mark):
    (row,) = read(f"Camps: the hospital that closed, May 2015{mark} https://watch.example/b")
    assert row.date is not None
    assert (row.date.on.isoformat(), row.date.precision) == ("2015-05-01", "month")
    assert (row.title, row.url) == ("Camps: the hospital that closed", "https://watch.example/b")
