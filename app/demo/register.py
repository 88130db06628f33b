"""The demonstration's register: reports of civilian casualties that the US-led coalition had assessed by the end of April 2019, and
two months of the United Nations' figures. Dates, places, sources and numbers are theirs; sentences are ours."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

from app import incident_rows
from app.demo import topics
from app.domain import figure_series, incident_import, incidents, registers
from app.domain.entries import Entry
from app.domain.figure_series import Number
from app.models import Assessment, Register, Topic
from app.readers import tables

TABLE = Path(__file__).parent / "register.csv"
ASSESSED_ON = dt.date(2019, 5, 31)
STATEMENT = topics.REPORTS[0]["title"]
CLOSED = (Assessment.CREDIBLE, Assessment.NON_CREDIBLE)
UNLISTED = "Not in the earlier monthly lists."
NOTE = "Completed in April 2019, and published in the statement of this day."
SOURCE_URL = "https://www.iraq-businessnews.com/tag/operation-inherent-resolve/"
REGISTER = {
    "title": "Reports of civilian casualties",
    "introduction": (
        "Reports that the US-led coalition had received on civilians harmed by its strikes in Iraq and Syria, "
        "as it listed them at the end of April 2019: what it had closed that month, and what was still open."
    ),
    "caveats": (
        "The assessments are those of the party that carried out the strikes. By them at least 1,302 civilians were killed "
        "between August 2014 and April 2019; Amnesty International and Airwars counted more than 1,600 in Raqqa in 2017 alone.\n"
        "Incidents closed in earlier months are not in this list. Coordinates are those of the nearest town."
    ),
    "source": "CJTF-OIR, monthly civilian casualty report of May 2019",
    "source_url": SOURCE_URL,
    "is_public": True,
}
FIGURES = {
    "title": "Civilians killed and injured in Iraq",
    "source": "UNAMI, monthly casualty figures",
    "source_url": "https://www.uniraq.org/",
    "caveat": (
        "An absolute minimum: not every incident could be verified. Only the worst affected governorates are named. "
        "Figures of Anbar came from its health directorate in November 2018 and are missing in December, "
        "when the mission stopped publishing them every month."
    ),
}
NOVEMBER, DECEMBER = dt.date(2018, 11, 1), dt.date(2018, 12, 1)
NUMBERS = (
    (NOVEMBER, "", 41, 73),
    (NOVEMBER, "Baghdad", 23, 32),
    (NOVEMBER, "Ninewa", 8, 19),
    (NOVEMBER, "Anbar", 4, 15),
    (DECEMBER, "", 32, 32),
    (DECEMBER, "Ninewa", 7, 19),
    (DECEMBER, "Baghdad", 17, 3),
    (DECEMBER, "Salahadin", 3, 3),
    (DECEMBER, "Anbar", None, None),
)


def load(topic: Topic, now: dt.datetime) -> None:
    """Fill the register of the topic on Iraq, and its figures."""
    register = registers.begin(topic, now=now)
    registers.change(register, REGISTER, seen=None, now=now)
    reading = tables.read(TABLE.read_bytes(), today=ASSESSED_ON)
    rows = [incident_rows.judged(row) for row in reading.rows]
    entries = [row.entry for row in rows if row.entry is not None]
    if len(entries) != len(rows) or reading.refused:
        raise ValueError(f"{TABLE.name} has rows that are no incidents")
    still_open = [entry for entry in entries if entry.assessment not in CLOSED]
    incident_import.import_rows(register, still_open, on=ASSESSED_ON, now=now)
    statement = next(report.id for report in topic.reports if report.title == STATEMENT)
    for entry in (entry for entry in entries if entry.assessment in CLOSED):
        _close(register, entry, statement, now)
    series = figure_series.begin(topic, FIGURES, now=now)
    numbers = [
        Number(month, place, name, value)
        for month, place, killed, injured in NUMBERS
        for name, value in (("killed", killed), ("injured", injured))
    ]
    figure_series.take(series, numbers, now=now)


def _close(register: Register, entry: Entry, statement: int, now: dt.datetime) -> None:
    """An incident with the assessment that closed it. It had been open; since when, the statement does not say."""
    if UNLISTED in entry.description:  # closed before, and named now for the first time
        incidents.add(register, entry, report_ids=[statement], on=None, now=now)
        return
    incident = incidents.add(register, replace(entry, assessment=Assessment.OPEN), report_ids=[statement], now=now)
    incidents.assess(incident, entry.assessment, on=ASSESSED_ON, note=NOTE, now=now)
