"""Olive pastes dates as people write them: what is known is read, what is doubtful says so, nothing breaks."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.models.types import PartialDate, Precision
from app.readers import dates
from app.readers.doubts import SENTENCES, DoubtKind
from tests.reading import HOSTILE, TODAY, kinds, seconds


def read(text: str, **how) -> tuple[str, str, list[str]] | None:
    found = dates.read(text, today=TODAY, **how)
    if found is None:
        return None
    known = (found.date.on.isoformat(), found.date.precision.value) if found.date else ("", "")
    return (*known, kinds(found.doubts))


@pytest.mark.parametrize(
    ("text", "on"),
    [
        ("9 June 2015", "2015-06-09"),
        ("September 12, 2013", "2013-09-12"),
        ("Nov.29, 2018", "2018-11-29"),
        ("Oct. 10, 2017", "2017-10-10"),
        ("Jan. 04, 2019", "2019-01-04"),
        ("Sept. 18, 2017", "2017-09-18"),
        ("May 31, 2018", "2018-05-31"),
        ("Tuesday, 9th of June 2015", "2015-06-09"),
        ("(9 june 2015)", "2015-06-09"),
        ("2015-06-09", "2015-06-09"),
        ("2015/6/9", "2015-06-09"),
        ("2015-06-09T12:30:00Z", "2015-06-09"),
        ("25.12.2015", "2015-12-25"),
        ("12/25/2015", "2015-12-25"),
        ("9/9/2015", "2015-09-09"),
        ("٩ حزيران ٢٠١٥", "2015-06-09"),
        ("9 حزيران/يونيو 2015", "2015-06-09"),
        ("12 كانون الثاني 2017", "2017-01-12"),
        ("١٢ أكتوبر ٢٠١٧", "2017-10-12"),
        ("الثلاثاء 9 حزيران 2015", "2015-06-09"),
        ("9 آب 2015م", "2015-08-09"),
        ("9 من أيلول، 2015", "2015-09-09"),
        ("٢٠١٥/٠٦/٠٩", "2015-06-09"),
    ],
)
def test_olive_pastes_a_day_in_any_of_these_forms(text, on):
    assert read(text) == (on, "day", [])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("May 2015", ("2015-05-01", "month", [])),
        ("2015-06", ("2015-06-01", "month", [])),
        ("06/2015", ("2015-06-01", "month", [])),
        ("تموز 2014", ("2014-07-01", "month", [])),
        ("2015", ("2015-01-01", "year", [])),
        ("٢٠١٥", ("2015-01-01", "year", [])),
    ],
)
def test_only_what_is_known_is_read(text, expected):
    assert read(text) == expected


@pytest.mark.parametrize(
    ("text", "on", "doubts"),
    [
        ("03/04/2015", "2015-04-03", ["day_or_month"]),
        ("9.6.2015", "2015-06-09", ["day_or_month"]),
        ("3/4/15", "2015-04-03", ["short_year", "day_or_month"]),
        ("31/12/99", "1999-12-31", ["short_year"]),
        ("9-11 June 2015", "2015-06-09", ["range"]),
        ("9 حزيران/يوليو 2015", "2015-06-09", ["two_months"]),
        ("7 January 2026", "2026-01-07", ["future"]),
        ("6 January 2026", "2026-01-06", []),
        ("31 December 9999", "9999-12-31", ["future"]),
        ("1 June 1500", "1500-06-01", ["long_ago"]),
    ],
)
def test_a_doubtful_date_says_why(text, on, doubts):
    found = read(text)
    assert found is not None
    assert (found[0], found[2]) == (on, doubts)


@pytest.mark.parametrize(
    "text", ["30 February 2016", "2015-02-30", "13/13/2013", "0000", "1 June 0000", "٣١ نيسان ٢٠١٥"]
)
def test_an_impossible_date_is_a_doubt_and_no_error(text):
    assert read(text) == ("", "", ["impossible_date"])


@pytest.mark.parametrize(
    "text", ["", "soon", "Marching 2015", "20150", "June", "9 June", "1" * 10_000, "9.6.2015.7", "May be 2015"]
)
def test_what_is_no_date_is_none(text):
    assert read(text) is None


def test_olive_can_say_that_the_month_comes_first():
    assert read("03/04/2015", month_first=True) == ("2015-03-04", "day", [])


def test_dates_inside_a_sentence_are_found_in_order():
    said = "Asked on 9 June 2015, answered on Sept. 12, 2015; both in 2015, and again in May 2016."
    assert [found.said for found in dates.within(said, today=TODAY)] == ["9 June 2015", "Sept. 12, 2015"]
    assert [found.said for found in dates.months_within(said, today=TODAY)] == ["May 2016"]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_text_costs_little(text):
    assert seconds(lambda: (dates.read(text, today=TODAY), list(dates.within(text, today=TODAY))), enough=0.5) < 0.5


@given(
    st.dates(min_value=dt.date(1900, 1, 1), max_value=TODAY),
    st.sampled_from(["%d %B %Y", "%B %d, %Y", "%Y-%m-%d", "%b. %d, %Y"]),
)
def test_every_day_comes_back_from_its_forms(day, form):
    found = dates.read(day.strftime(form), today=TODAY)
    assert found is not None
    assert (found.date, found.doubts) == (PartialDate(day, Precision.DAY), ())


@given(st.text(alphabet="0123456789/.- ,JuneMay٠١٢()", max_size=40))
def test_no_text_breaks_it(text):
    found = dates.leading(text, today=TODAY, bare=True)
    assert found is None or text[found.start : found.end] == found.said


def test_every_doubt_has_a_sentence_that_can_be_said():
    assert set(SENTENCES) == set(DoubtKind)
    found = dates.read("30 February 2016", today=TODAY)
    assert found is not None
    assert found.doubts[0].sentence == "“30 February 2016” is no date of the calendar."
