"""Registers to test with: make one, fill it, look what is in it. Everything comes back detached."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

import pytest
from flask import Flask

from app import clock, pages
from app.domain import figure_series, incident_import, incidents, registers
from app.domain.entries import Entry
from app.domain.figure_series import Number
from app.extensions import db
from app.models import Assessment, FigureSeries, Incident, PartialDate, Precision, Register, Topic
from tests.factories import Make

DAY = dt.date(2019, 5, 31)
# What Olive types of an incident.
INCIDENT = {
    "date": "2017-05-28", "place": "Mosul", "country": "IQ", "sources": "Airwars report\nmedia report", "killed": "1,204",
    "injured": "", "figures": "detained: ٣\nhouses: ?", "latitude": "36.34", "longitude": "43.12", "assessment": "credible",
    "assessed_on": "2019-05-31", "description": "A house was hit.",
}  # fmt: skip
USUAL_FIGURES = (
    (11, "", "killed", 41),
    (11, "", "injured", 73),
    (11, "Baghdad", "killed", 23),
    (12, "", "killed", 32),
    (12, "", "injured", 32),
    (12, "Anbar", "killed", None),
)


def entry(on: str = "2017-05-28", place: str = "Mosul", **values: Any) -> Entry:
    """entry("2017-05", "Hajin", country="SY"): the precision of the date is as it is written."""
    parts = [int(part) for part in on.split("-")]
    precision = {1: Precision.YEAR, 2: Precision.MONTH, 3: Precision.DAY}[len(parts)]
    year, month, day = (*parts, 1, 1)[:3]
    values["assessment"] = Assessment(values.get("assessment", "open"))
    values.setdefault("sources", ("Airwars report",))
    return Entry(PartialDate(dt.date(year, month, day), precision), place, **values)


class Registers:
    """What tests do with registers, in words."""

    def __init__(self, app: Flask, make: Make) -> None:
        self.app, self.make = app, make

    def of(self, topic: Topic | None = None, *, public: bool = True, **values: Any) -> Register:
        topic = topic or self.make.topic()
        with self.app.app_context():
            register = registers.begin(db.session.get_one(Topic, topic.id), now=clock.now())
            registers.change(register, {"is_public": public, **values}, seen=None, now=clock.now())
            return self._kept(register)

    def add(self, register: Register, *entries: Entry, report_ids: Iterable[int] = ()) -> list[Incident]:
        with self.app.app_context():
            there = db.session.get_one(Register, register.id)
            added = [incidents.add(there, one, report_ids=report_ids, now=clock.now()).id for one in entries]
            return [self._kept(db.session.get_one(Incident, number)) for number in added]

    def imports(self, register: Register, *entries: Entry, on: dt.date = DAY) -> dict[str, int]:
        with self.app.app_context():
            there = db.session.get_one(Register, register.id)
            plan = incident_import.import_rows(there, entries, on=on, now=clock.now())
            pages.forget()
            return {name: len(getattr(plan, name)) for name in ("new", "changed", "same", "removed", "assessed")}

    def figures(self, topic: Topic, *numbers: Number, **values: Any) -> FigureSeries:
        """A series of a topic; by default with two months of killed and injured."""
        usual = [Number(dt.date(2018, month, 1), place, name, value) for month, place, name, value in USUAL_FIGURES]
        with self.app.app_context():
            there = db.session.get_one(Topic, topic.id)
            series = figure_series.begin(there, {"title": "Civilians killed and injured", **values}, now=clock.now())
            figure_series.take(series, numbers or usual, now=clock.now())
            return self._kept(series)

    def _kept(self, thing: Any) -> Any:
        pages.forget()
        db.session.refresh(thing)
        db.session.expunge(thing)
        return thing


@pytest.fixture
def register_of(app: Flask, make: Make) -> Registers:
    return Registers(app, make)


@pytest.fixture
def at(olive: Any, make: Make) -> str:
    """Where the desk of a topic's open register is."""
    topic = make.topic(olive.organisation)
    olive.post(f"/topics/{topic.slug}/register/begin")
    return f"/topics/{topic.slug}/register"
