"""Incidents in a register: entered, corrected, assessed anew, removed, imported once and again."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from app import clock
from app.domain import incidents, registers
from app.domain.entries import entry_of
from app.domain.refused import EditedMeanwhile, NotFound, Refused
from app.extensions import db
from app.models import Assessment, AssessmentChange, Incident, IncidentSource, Register
from tests import registers as registers_at_hand
from tests.registers import DAY, entry

register_of = registers_at_hand.register_of
NOTHING = {"new": 0, "changed": 0, "same": 0, "removed": 0, "assessed": 0}
PARAGRAPH = "A house beside the market was hit. Two people were killed."


@pytest.fixture
def act(app):
    """act(verb, incident, ...) runs a verb on a stored incident."""

    def run(verb, thing, *args, **values):
        with app.app_context():
            there = db.session.get_one(type(thing), thing.id)
            return verb(there, *args, **{"now": clock.now(), **values})

    return run


def test_olive_enters_an_incident_with_everything_that_is_known(app, register_of, stored):
    said = entry(
        "2017-05", "Hajin", region="Deir ez-Zor", country="SY", sources=("media report", "Airwars report"),
        assessment="credible", killed=2, figures=(("detained", 3), ("houses", None)), description=PARAGRAPH,
        first_reported_on=dt.date(2017, 6, 1), latitude=34.68911, longitude=40.83056,
    )  # fmt: skip
    (incident,) = register_of.add(register_of.of(), said)
    with app.app_context():
        assert entry_of(db.session.get_one(Incident, incident.id)) == said
    assert incident.injured_count is None
    assert (incident.precision, incident.place_key) == ("month", "hajin, deir ez-zor")
    assert len(incident.public_id) == 22


@pytest.mark.parametrize(
    "wrong",
    [{"place": ""}, {"sources": ("a" * 120, "b" * 120, "c" * 120)}, {"latitude": 3.0}, {"figures": (("x", 1),) * 13}],
    ids=["no-place", "sources-too-long", "half-a-coordinate", "too-many-figures"],
)
def test_olive_cannot_enter_half_an_incident(register_of, stored, wrong):
    with pytest.raises(Refused):
        register_of.add(register_of.of(), replace(entry(), **wrong))
    assert stored(Incident) == []


def test_olive_assesses_an_incident_and_the_earlier_assessment_stays_with_its_date(act, register_of, stored):
    register = register_of.of()
    register_of.imports(register, entry(), on=DAY)
    (incident,) = stored(Incident)
    act(incidents.assess, incident, Assessment.CREDIBLE, on=dt.date(2019, 7, 1), note="New satellite images")
    act(incidents.assess, incident, Assessment.CREDIBLE, on=dt.date(2019, 7, 2))
    (change,) = stored(AssessmentChange)
    assert (change.before, change.before_since, change.after) == ("open", DAY, "credible")
    assert (change.changed_on, change.note) == (dt.date(2019, 7, 1), "New satellite images")
    (now,) = stored(Incident)
    assert (now.assessment, now.assessed_on) == ("credible", dt.date(2019, 7, 1))
    with pytest.raises(Refused):
        act(incidents.assess, incident, Assessment.OPEN, on=dt.date(2019, 6, 30))


def test_two_editors_do_not_overwrite_each_other(act, register_of, stored):
    (incident,) = register_of.add(register_of.of(), entry())
    act(incidents.change, incident, entry(description="First"), seen=incident.changed_at)
    with pytest.raises(EditedMeanwhile):
        act(incidents.change, incident, entry(description="Second"), seen=incident.changed_at)
    assert stored(Incident)[0].description == "First"


def test_a_report_of_another_organisation_cannot_document_an_incident(register_of, make, stored):
    topic = make.topic()
    own, foreign = make.report(topic), make.report(make.campaign())
    register = register_of.of(topic)
    register_of.add(register, entry(), report_ids=[own.id])
    with pytest.raises(NotFound):
        register_of.add(register, entry(place="Hajin"), report_ids=[foreign.id])
    assert [one.place for one in stored(Incident)] == ["Mosul"]


def test_a_removed_incident_comes_back_by_undo_and_not_by_an_import(act, register_of, stored):
    register = register_of.of()
    register_of.imports(register, entry())
    (incident,) = stored(Incident)
    act(incidents.remove, incident)
    assert register_of.imports(register, entry()) == {**NOTHING, "removed": 1}
    assert stored(Incident)[0].removed_at is not None
    act(incidents.restore, incident)
    assert stored(Incident)[0].removed_at is None


ROWS = (
    entry(),
    entry("2019-03-13", "al-Baghouz", country="SY", assessment="non_credible", description="Too little is said."),
    entry("2019-03-13", "al-Baghouz", country="SY"),
    entry("2016", "Qayyarah", country="IQ", sources=(), killed=1),
)


def test_importing_twice_changes_nothing(register_of, stored):
    register = register_of.of()
    assert register_of.imports(register, *ROWS) == {**NOTHING, "new": 4}
    before = [(one.id, one.changed_at) for one in stored(Incident)]
    assert register_of.imports(register, *ROWS) == {**NOTHING, "same": 4}
    assert register_of.imports(register, *reversed(ROWS)) == {**NOTHING, "same": 4}
    assert [(one.id, one.changed_at) for one in stored(Incident)] == before
    assert len(stored(IncidentSource)) == 3


def test_the_same_row_twice_in_one_import_is_one_incident(register_of, stored):
    assert register_of.imports(register_of.of(), entry(), entry()) == {**NOTHING, "new": 1, "same": 1}


def test_an_incident_is_found_in_another_spelling(register_of, stored):
    register = register_of.of()
    register_of.imports(register, entry(place="Al-Sha’fah", sources=("Airwars report", "media report")))
    again = entry(place="al-Sha'fah", sources=("media report", "Airwars Report"))
    assert register_of.imports(register, again) == {**NOTHING, "same": 1}


def test_another_assessment_later_is_a_dated_change(register_of, stored):
    register = register_of.of()
    register_of.imports(register, *ROWS)
    later = dt.date(2019, 7, 31)
    found = register_of.imports(register, entry(assessment="credible", killed=2, description=PARAGRAPH), on=later)
    assert found == {**NOTHING, "changed": 1, "assessed": 1}
    assert len(stored(Incident)) == 4
    (change,) = stored(AssessmentChange)
    assert (change.before, change.before_since, change.after, change.changed_on) == ("open", DAY, "credible", later)
    incident = stored(Incident, assessment=Assessment.CREDIBLE)[0]
    assert (incident.killed_count, incident.description) == (2, PARAGRAPH)


def test_two_events_of_one_day_place_and_source_are_told_apart_by_their_descriptions(register_of, stored):
    register = register_of.of()
    first = entry(description="A convoy was hit on the northern road.")
    second = entry(description="Shelling of the market square in the evening.")
    assert register_of.imports(register, first, second) == {**NOTHING, "new": 2}
    assert register_of.imports(register, second) == {**NOTHING, "same": 1}
    assert register_of.imports(register, entry(description="Three boats sank near the bridge.")) == {
        **NOTHING,
        "new": 1,
    }
    assert len({one.same_key[:-1] for one in stored(Incident)}) == 1


def test_a_reworded_description_is_the_same_event(register_of, stored):
    register = register_of.of()
    register_of.imports(register, entry(description="A convoy was hit on the northern road at noon"))
    again = entry(description="A convoy was hit on the northern road at noon, two died", killed=2)
    assert register_of.imports(register, again) == {**NOTHING, "changed": 1}
    assert stored(Incident)[0].description.endswith("two died")


def test_what_a_row_does_not_say_stays(register_of, stored):
    register = register_of.of()
    register_of.imports(register, entry(killed=2, description=PARAGRAPH, latitude=36.34, longitude=43.13))
    assert register_of.imports(register, entry()) == {**NOTHING, "same": 1}
    assert register_of.imports(register, entry(injured=5)) == {**NOTHING, "changed": 1}
    (incident,) = stored(Incident)
    assert (incident.killed_count, incident.injured_count, incident.description) == (2, 5, PARAGRAPH)
    assert (incident.latitude, incident.longitude) == (36.34, 43.13)


def test_what_olive_corrected_by_hand_survives_the_same_import(act, register_of, stored):
    register = register_of.of()
    register_of.imports(register, entry(place="Mosull", killed=2))
    (incident,) = stored(Incident)
    act(incidents.change, incident, entry(place="Mosul", killed=3))
    assert register_of.imports(register, entry(place="Mosull", killed=2)) == {**NOTHING, "same": 1}
    assert (stored(Incident)[0].place, stored(Incident)[0].killed_count) == ("Mosul", 3)


def test_an_incident_that_was_entered_by_hand_is_found_by_an_import(act, register_of, stored):
    register = register_of.of()
    (incident,) = register_of.add(register, entry(place="Mosull"))
    act(incidents.change, incident, entry(place="Mosul"))
    assert register_of.imports(register, entry(place="Mosul")) == {**NOTHING, "same": 1}


def test_nothing_of_an_import_stands_where_one_row_cannot_be_taken(register_of, stored):
    with pytest.raises(Refused):
        register_of.imports(register_of.of(), entry(), entry(place=""))
    assert stored(Incident) == []


def test_many_rows_are_taken_at_once(register_of, stored):
    register = register_of.of()
    rows = [entry(f"2017-{n % 12 + 1:02}-{n % 28 + 1:02}", f"Place {n}") for n in range(1_000)]
    assert register_of.imports(register, *rows) == {**NOTHING, "new": 1_000}
    assert register_of.imports(register, *rows) == {**NOTHING, "same": 1_000}


def test_a_register_is_opened_once_and_stays_private_until_olive_says_so(app, make, stored):
    topic = make.topic()
    with app.app_context():
        there = db.session.get_one(type(topic), topic.id)
        first, second = (registers.begin(there, now=clock.now()).id for _ in range(2))
        assert first == second
        with pytest.raises(NotFound):
            registers.find(there.slug)
        registers.change(registers.own(there), {"is_public": True}, seen=None, now=clock.now())
        assert registers.find(there.slug).id == first
    assert stored(Register)[0].is_public
