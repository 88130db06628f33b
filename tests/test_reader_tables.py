"""Olive hands in a table of incidents: columns are guessed and can be changed, odd encodings are read, nothing is lost."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.readers import cells, columns, tables
from app.readers.columns import Field
from app.readers.register import Assessment
from app.readers.tables import TableReading
from app.signer_file import sample
from tests.reading import HOSTILE, TODAY, kinds, seconds

TABLE = """Date,Location,Governorate,Country,Lat,Lon,Source,Status,Deaths,Wounded,Notes,First reported,Houses,Colour
2016-04-09,Mosul,Ninewa,Iraq,36.34,43.13,Airwars report,credible,12,31,"A house beside
the market, hit at night",2016-04-11,4,red
12 June 2018,Hajin,,SY,,,media report and Airwars report,Non-credible,,,,,,
30 February 2018,"Sarmada, Idlib, Syria",,,95,x,,reopened,five,some,,,,
"""


def read(text: str | bytes, **how) -> TableReading:
    return tables.read(text if isinstance(text, bytes) else text.encode(), today=TODAY, **how)


def test_columns_are_guessed_from_their_names():
    reading = read(TABLE)
    assert reading.mapping.fields == (
        Field.DATE, Field.PLACE, Field.REGION, Field.COUNTRY, Field.LATITUDE, Field.LONGITUDE, Field.SOURCE, Field.ASSESSMENT,
        Field.KILLED, Field.INJURED, Field.DESCRIPTION, Field.FIRST_REPORTED, Field.FIGURE, Field.IGNORED,
    )  # fmt: skip
    assert [doubt.sentence for doubt in reading.doubts] == ["The column “Colour” is left out."]


def test_a_row_is_an_incident_as_from_a_pasted_register():
    row = read(TABLE).rows[0]
    assert row.date is not None
    assert row.first_reported is not None
    assert (row.date.on.isoformat(), row.first_reported.on.isoformat()) == ("2016-04-09", "2016-04-11")
    assert (row.place, row.region, row.country, row.latitude, row.longitude) == ("Mosul", "Ninewa", "IQ", 36.34, 43.13)
    assert (row.sources, row.assessment) == (("Airwars report",), Assessment.CREDIBLE)
    assert row.figures == {"killed": 12, "injured": 31, "Houses": 4}
    assert row.description == "A house beside\nthe market, hit at night"
    assert (row.others, row.doubts, row.line_number) == ({"Colour": "red"}, (), 2)


def test_what_a_cell_says_and_no_field_takes_stands_in_a_doubt():
    row = read(TABLE).rows[2]
    assert (row.place, row.region, row.country, row.was_reopened) == ("Sarmada", "Idlib", "SY", True)
    assert row.figures == {"killed": 5, "injured": None}
    said = {doubt.about: dict(doubt.values).get("said") for doubt in row.doubts}
    assert said == {"date": "30 February 2018", "latitude": "95", "longitude": "x", "sources": None, "injured": "some"}


def test_cells_of_several_lines_are_names_on_one_line_and_sources_on_each():
    table = 'date,place,source,"Houses\ndestroyed"\n2017-05-28,"Mosul,\nold city","Cruz and Sons\nmedia"\n2017-05-29,"al\nBab",,4\n'
    first, second = read(table).rows
    assert (first.place, first.sources) == ("Mosul", ("Cruz and Sons", "media"))
    assert (second.place, second.figures) == ("al Bab", {"Houses destroyed": 4})


def test_numbers_of_rows_without_a_header_are_no_figures():
    reading = read(",date,place,killed\n0,2017-05-28,Mosul,3\n1,2017-05-29,Raqqa,4\n")
    assert reading.mapping.fields[0] is Field.IGNORED
    named = read(",date,place\n7,2017-05-28,Mosul\n", mapping=reading.mapping.with_field(0, Field.FIGURE))
    assert named.rows[0].figures == {"1": 7}


def test_a_question_mark_is_a_number_that_nobody_knows():
    row = read("Date,Location,Source,Status,Deaths,Wounded\n2016-04-09,Mosul,media report,open,?,؟\n").rows[0]
    assert row.figures == {"killed": None, "injured": None}
    assert [one for one in row.doubts if one.kind == "not_a_number"] == []


def test_arabic_headers_and_cells_are_read():
    text = "التاريخ;المكان;المحافظة;البلد;القتلى;الجرحى;التقييم\n٩ حزيران ٢٠١٥;الموصل;نينوى;العراق;٧;١٩;مفتوح\n"
    (row,) = read(text).rows
    assert row.date is not None
    assert (row.date.on.isoformat(), row.place, row.region, row.country) == ("2015-06-09", "الموصل", "نينوى", "IQ")
    assert (row.figures, row.assessment) == ({"killed": 7, "injured": 19}, Assessment.OPEN)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_delimiters_and_encodings_are_found_out(delimiter, encoding):
    text = (
        delimiter.join(["date", "place", "country"]) + "\n" + delimiter.join(["2015-06-09", "Kurdistan Región", "Iraq"])
    )
    reading = read(text.encode(encoding))
    assert (reading.rows[0].place, reading.rows[0].country) == ("Kurdistan Región", "IQ")
    assert reading.doubts == ()


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16-le", "utf-16-be"])
def test_an_encoding_that_is_a_guess_is_said_to_be(encoding):
    reading = read("date,place,country\n2015-06-09,Saïda,Lebanon".encode(encoding))
    assert (reading.rows[0].place, kinds(reading.doubts)) == ("Saïda", ["encoding"])


def test_olive_corrects_the_encoding():
    data = "date,place,country\n2015-06-09,الموصل,Iraq".encode("cp1256")
    guessed = read(data)
    assert (guessed.rows[0].place != "الموصل", kinds(guessed.doubts)) == (True, ["encoding"])
    corrected = read(data, mapping=columns.replace(guessed.mapping, encoding="cp1256"))
    assert (corrected.rows[0].place, corrected.doubts) == ("الموصل", ())


def test_olive_changes_what_a_column_is():
    reading = read("date,spot,area\n2015-06-09,Mosul,Ninewa\n")
    assert reading.rows[0].place == ""
    changed = reading.mapping.with_field(1, Field.PLACE)
    assert read("date,spot,area\n2015-06-09,Mosul,Ninewa\n", mapping=changed).rows[0].place == "Mosul"
    assert changed.with_field(2, Field.PLACE).fields == (Field.DATE, Field.IGNORED, Field.PLACE)


def test_a_table_without_header_keeps_its_first_row():
    reading = read("2015-06-09,Mosul\n2015-06-10,Hatra\n")
    assert (len(reading.rows), reading.header, reading.mapping.has_header) == (2, (), False)
    assert reading.rows[0].others == {"1": "2015-06-09", "2": "Mosul"}


def test_one_date_without_choice_tells_the_order_of_the_whole_column():
    assert [row.date.on.isoformat() for row in read("date,place\n03/04/2015,A\n03/25/2015,B\n").rows if row.date] == [
        "2015-03-04",
        "2015-03-25",
    ]
    settled = read("date,place\n03/04/2015,A\n25/03/2015,B\n").rows
    assert ["day_or_month" in kinds(row.doubts) for row in settled] == [False, False]
    rows = read("date,place\n03/04/2015,A\n05/06/2015,B\n").rows
    assert ["day_or_month" in kinds(row.doubts) for row in rows] == [True, True]


def test_what_our_exports_put_before_a_formula_is_taken_away():
    written = [["date", "place", "notes"], ["2015-06-09", "@Mosul", "=1+1"], ["2015-06-10", "'quoted'", "－5"]]
    out = io.StringIO()
    csv.writer(out).writerows(sample(written, guarded=True))
    assert "'=1+1" in out.getvalue()
    rows = read(out.getvalue()).rows
    assert [(row.place, row.description) for row in rows] == [("@Mosul", "=1+1"), ("'quoted'", "－5")]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"x" * (cells.MOST_BYTES + 1), "too large"),
        (b"date,place\n" + b"2015,a\n" * (cells.MOST_ROWS + 1), "too many rows"),
        (b"date," * 200, "too many columns"),
        (b'date,place\n2015,"' + b"x" * 20_000, "A cell of line 2 is too long"),
        (b'date,place\n2015,"' + b"x" * 200_000, "A cell of line 2 is too long"),
        (b"PK\x03\x04 spreadsheet", "Save it as CSV"),
        (b"%PDF-1.7", "PDF"),
    ],
)
def test_what_is_too_much_is_refused_in_words(data, says):
    reading = read(data)
    assert says in reading.refused
    assert reading.rows == []


BLANK = [" ," * 40 + "\n", "\n" * 100, "\u200b,\n" * 20]


@pytest.mark.parametrize(
    "text",
    [*HOSTILE, "date,place,killed\n" + "2018-11,Mosul,5\n" * 5_000, '"\n' * 5_000, *(row * 10_000 for row in BLANK)],
)
def test_a_hostile_file_costs_little(text):
    assert seconds(lambda: read(text.encode("utf-8", "replace"))) < 1


@given(st.binary(max_size=300))
def test_no_bytes_break_it(data):
    assert read(data).header is not None


CELL = st.text(alphabet="abc 0123/,;\"'=-\nآب", max_size=8)


@given(st.lists(st.lists(CELL, min_size=3, max_size=5), max_size=8))
def test_every_row_that_is_not_blank_comes_back_once(rows):
    out = io.StringIO()
    csv.writer(out).writerows([["date", "place", "killed"], *rows])
    reading = tables.read(
        out.getvalue().encode(), today=TODAY, mapping=columns.Mapping((Field.DATE, Field.PLACE, Field.KILLED))
    )
    assert len(reading.rows) == sum(any(cells.unguarded(cell) for cell in row) for row in rows)
    numbers = [row.line_number for row in reading.rows]
    assert numbers == sorted(set(numbers))
