"""Olive keeps figures by month at her desk: enters, pastes or hands them in, sees them drawn, orders series."""

from __future__ import annotations

import datetime as dt
import html
import io
import re

import pytest

from app import figure_tables
from app.domain import figure_series
from app.domain.figure_series import Number
from app.models import (
    Figure,
    FigureSeries,
)
from tests import desk

olive = desk.olive


@pytest.fixture
def figures_at(olive, make):
    topic = make.topic(olive.organisation)
    return f"/topics/{topic.slug}/series"


SERIES = {"title": "Civilians killed", "source": "The Mission", "caveat": "At least."}


def begins(olive, at):
    return int(olive.post(at + "/new", **SERIES).location.split("/")[-2])


def test_olive_enters_figures_as_a_table(olive, figures_at, client, stored):
    number = begins(olive, figures_at)
    text = "month,place,killed,injured\n2018-11,total,41,73\n2018-11,Baghdad,23,\n2018-12,total,?,32\n"
    olive.post(f"{figures_at}/{number}/numbers", text=text)
    found = {(one.month.month, one.place, one.name): one.value for one in stored(Figure)}
    assert found == {
        (11, "", "killed"): 41, (11, "", "injured"): 73, (11, "Baghdad", "killed"): 23,
        (12, "", "killed"): None, (12, "", "injured"): 32,
    }  # fmt: skip
    again = olive.get(f"{figures_at}/{number}/numbers")
    assert "2018-12,total,?,32" in again
    (series,) = stored(FigureSeries)
    assert "At least." in client.get(f"{figures_at.replace('series', 'figures')}/{series.public_id}").text


def test_olive_pastes_sentences_looks_and_adds_them(olive, figures_at, stored):
    number = begins(olive, figures_at)
    olive.post(f"{figures_at}/{number}/numbers", text="month,place,killed\n2018-10,total,9\n")
    said = "In November 2018, 41 people were killed and 73 injured. Worst was Baghdad (23 killed, 32 injured).\n\nNo number here."
    page = html.unescape(olive.post(f"{figures_at}/{number}/read", 200, text=said, adds="1").text)
    assert "4 figures were read" in page
    assert len(stored(Figure)) == 1
    assert ">Oct 2018<" in page  # drawn with what is there
    assert ">Oct 2018<" not in olive.post(f"{figures_at}/{number}/read", 200, text=said).text
    answer = olive.post(f"{figures_at}/{number}/numbers", 200, text=said, adds="1")
    assert "No number here." in answer.text  # stays in the box
    assert len(stored(Figure)) == 5


def test_olive_hands_in_figures_as_a_file_and_sees_them_drawn(olive, figures_at, stored):
    number = begins(olive, figures_at)
    at = f"{figures_at}/{number}"
    table = b"month;place;killed\r\n2018-11;total;41\r\n2018-11;Baghdad;23\r\n"
    page = olive.post(at + "/read", 200, file=(io.BytesIO(table), "figures.csv")).text
    assert "2018-11,Baghdad,23" in page
    assert "As it will be drawn" in page
    assert stored(Figure) == []
    olive.post(at + "/numbers", file=(io.BytesIO(table), "figures.csv"))
    assert "As it is drawn" in olive.get(at + "/numbers")
    refused = olive.post(at + "/numbers", 422, file=(io.BytesIO(b"PK\x03\x04zip"), "f.xlsx"), text="month,killed").text
    assert "Save it as CSV" in refused
    assert "month,killed" in refused
    assert len(stored(Figure)) == 2


def test_the_year_of_a_month_is_not_cut_at_the_edge_of_the_chart(app):
    months = [Number(dt.date(2012 + n // 12, n % 12 + 1, 1), "", "killed", n) for n in range(36)]
    with app.test_request_context():
        drawn = figure_tables.chart(months)
    assert [anchor for _, anchor, _ in drawn.months] == ["start", "middle", "middle", "middle", "end"]


def test_two_editors_of_a_series_are_told_of_each_other(olive, figures_at):
    at = f"{figures_at}/{begins(olive, figures_at)}"
    seen = re.search(r'name="seen"[^>]*value="([^"]+)"', olive.get(at))[1]
    olive.post(at, **{**SERIES, "title": "First"}, seen=seen)
    answer = olive.post(at, 409, **{**SERIES, "title": "Second"}, seen=seen)
    assert "Somebody else changed this series" in answer.text
    assert 'value="Second"' in answer.text


@pytest.mark.sqlite_alone
def test_figures_without_a_month_are_not_taken_and_not_lost(olive, figures_at, client, stored):
    number = begins(olive, figures_at)
    answer = client.post(f"{olive.base}{figures_at}/{number}/numbers", data={"text": "Nothing but words"})
    assert answer.status_code == 422
    assert "Nothing but words" in answer.text
    assert stored(Figure) == []


@pytest.mark.sqlite_alone
def test_a_table_that_cannot_be_read_whole_takes_nothing_away(olive, figures_at, client, stored):
    at = f"{figures_at}/{begins(olive, figures_at)}/numbers"
    olive.post(at, text="month,place,killed\n2018-10,total,9\n2018-11,Anbar,–\n")
    assert [one.value for one in stored(Figure)] == [9, None]
    for bad in ("2018-13,total,7", "2018-11,total,many", "no figure here"):
        text = f"month,place,killed\n2018-10,total,8\n{bad}\n"
        answer = client.post(olive.base + at, data={"text": text})
        assert answer.status_code == 422
        assert "Nothing was stored" in answer.text
        assert bad in answer.text  # as it was typed
        assert [one.value for one in stored(Figure)] == [9, None]
    olive.post(at, 200, text=text, adds="1")
    assert {one.value for one in stored(Figure)} == {8, None}


@pytest.mark.sqlite_alone
def test_two_editors_of_figures_are_told_of_each_other(olive, figures_at, client):
    number = begins(olive, figures_at)
    at = f"{figures_at}/{number}/numbers"
    seen = re.search(r'name="seen"[^>]*value="([^"]+)"', olive.get(at))[1]
    olive.post(at, text="month,killed\n2018-10,9\n", seen=seen)
    answer = client.post(olive.base + at, data={"text": "month,killed\n2018-10,8\n", "seen": seen})
    assert answer.status_code == 409
    assert "2018-10,8" in answer.text


def test_olive_orders_removes_and_restores_series(olive, figures_at, stored):
    first, second = begins(olive, figures_at), begins(olive, figures_at)
    olive.post(f"{figures_at}/move", number=second, to="up")
    assert [one.id for one in sorted(stored(FigureSeries), key=lambda one: one.position)] == [second, first]
    olive.post(f"{figures_at}/{first}/remove")
    page = olive.get(figures_at)
    assert "“Civilians killed” was removed." in page
    olive.post(f"{figures_at}/{first}/restore")
    assert olive.get(figures_at).count('class="rowlink"') == 2
    olive.post(f"{figures_at}/{first}", title="Another title", source="The Mission")
    assert "Another title" in olive.get(figures_at)


def test_removed_series_take_no_place_and_are_forgotten_in_time(olive, figures_at, client, stored, clock, monkeypatch):
    monkeypatch.setattr(figure_series, "MOST_SERIES", 1)
    first = begins(olive, figures_at)
    olive.post(f"{figures_at}/{first}/remove")
    second = begins(olive, figures_at)
    answer = client.post(f"{olive.base}{figures_at}/{first}/restore")
    assert answer.status_code == 409
    assert "at most 1 series" in answer.text
    clock.forward(days=31)
    olive.comes_back()
    olive.post(f"{figures_at}/{second}/remove")
    assert [one.id for one in stored(FigureSeries)] == [second]
