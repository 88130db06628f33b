"""Looking into a register: every filter, every order, page by page, and figures of exactly what was found; alike on both databases."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from sqlalchemy import select

from app import clock
from app.domain import incident_import, incident_index, incident_search, incidents
from app.domain.incident_search import SORTS, Filters
from app.extensions import db
from app.models import Assessment, Incident, Register
from tests import registers as registers_at_hand
from tests.registers import entry

register_of = registers_at_hand.register_of
ENTRIES = (
    entry("2016-04-09", "Mosul", country="IQ", assessment="credible", killed=5, injured=9, description="A centre, 100% destroyed."),
    entry("2017-01-17", "Idlib", country="SY", assessment="credible", injured=3, sources=("self-report",)),
    entry("2017-01-03", "Sarmada", region="Idlib", country="SY", assessment="reopened", sources=("social media report",)),
    entry("2017-08-20", "al-Bado", region="Raqqah", country="SY", assessment="non_credible"),
    entry("2019-02-10", "Omer Oil fields", country="SY", sources=("media report", "Airwars report")),
    entry("2018-12", "Sha’fah", country="SY", sources=("file_name report",), description='She said "wait".'),
    entry("2018", "القائم", country="IQ", description="أُصيب منزل قرب السوق."),
)  # fmt: skip
ALL = [one.place for one in ENTRIES]


@pytest.fixture
def look(app, register_of):
    """look(words="x") gives the places that are found, in the order of `sort`; look.tally(...) their figures."""
    register = register_of.of()
    register_of.imports(register, *ENTRIES, entry(place="Nowhere, removed"))
    register_of.imports(register_of.of(), entry(place="Elsewhere"))
    with app.app_context():
        gone = db.session.scalars(select(Incident).where(Incident.place == "Nowhere, removed")).one()
        incidents.remove(gone, now=clock.now())

    def places(sort="oldest", **wanted):
        with app.app_context():
            return [
                one.place
                for one in incident_search.find(db.session.get_one(Register, register.id), Filters(**wanted))
                .page(sort)
                .rows
            ]

    def tally(**wanted):
        with app.app_context():
            return incident_search.find(db.session.get_one(Register, register.id), Filters(**wanted)).tally()

    places.tally, places.register = tally, register
    return places


FILTERS = [
    ({}, set(ALL)),
    ({"assessment": "credible"}, {"Mosul", "Idlib"}),
    ({"assessment": "open"}, {"Sarmada", "Omer Oil fields", "Sha’fah", "القائم"}),
    ({"assessment": "reopened"}, {"Sarmada"}),
    ({"source": "Airwars report"}, {"Mosul", "al-Bado", "Omer Oil fields", "القائم"}),
    ({"source": "media report"}, {"Omer Oil fields"}),
    ({"source": "report"}, set()),
    ({"country": "IQ"}, {"Mosul", "القائم"}),
    ({"place": "IDLIB"}, {"Idlib", "Sarmada"}),
    ({"place": "sha'f"}, {"Sha’fah"}),
    ({"since": dt.date(2018, 12, 31)}, {"Omer Oil fields", "Sha’fah", "القائم"}),
    ({"since": dt.date(2019, 1, 1)}, {"Omer Oil fields"}),
    ({"until": dt.date(2017, 1, 3)}, {"Mosul", "Sarmada"}),
    ({"since": dt.date(2017, 1, 3), "until": dt.date(2017, 1, 17)}, {"Sarmada", "Idlib"}),
    ({"words": "centre mosul"}, {"Mosul"}),
    ({"words": "centre idlib"}, set()),
    ({"words": "%"}, {"Mosul"}),
    ({"words": "100%"}, {"Mosul"}),
    ({"words": "_"}, {"Sha’fah"}),
    ({"words": '"wait"'}, {"Sha’fah"}),
    ({"words": "'"}, {"Sha’fah"}),
    ({"words": "\\"}, set()),
    ({"words": "منزل"}, {"القائم"}),
    ({"words": "اصيب"}, {"القائم"}),
    ({"words": "' OR 1=1 --"}, set()),
    ({"words": "SELF-REPORT"}, {"Idlib"}),
    ({"assessment": "open", "country": "SY", "words": "report", "place": "a"}, {"Sarmada", "Sha’fah"}),
]


def test_a_reader_finds_what_each_filter_says_on_pages_and_in_files(app, look):
    """Pages ask the register in memory, files ask the database; both say the same."""
    wrong = []
    for wanted, found in FILTERS:
        with app.app_context():
            conditions = Filters(**wanted).conditions(look.register.id)
            filed = set(db.session.scalars(select(Incident.place).where(*conditions)))
        if not (set(look(**wanted)) == filed == found) or look.tally(**wanted).total != len(found):
            wrong.append((wanted, look(**wanted), filed))
    assert wrong == []


@pytest.mark.sqlite_alone  # added up in memory
def test_figures_are_those_of_what_was_found(look):
    tally = look.tally()
    assert tally.counts == {"credible": 2, "non_credible": 1, "open": 3, "reopened": 1}
    assert (tally.killed, tally.killed_unknown, tally.injured, tally.injured_unknown) == (5, 1, 12, 0)
    assert tally.undated == {Assessment.OPEN: 1}
    assert tally.months[2017 * 12] == {Assessment.CREDIBLE: 1, Assessment.REOPENED: 1}
    assert look.tally(country="IQ").counts == {"credible": 1, "open": 1}


@pytest.mark.sqlite_alone  # put in order in memory
def test_a_reader_sees_the_register_in_every_order(look):
    assert look("newest") == look("oldest")[::-1]
    assert look("oldest")[0] == "Mosul"
    assert look("place") == ["al-Bado", "Idlib", "Mosul", "Omer Oil fields", "Sarmada", "Sha’fah", "القائم"]
    assert look("assessment") == ["Mosul", "Idlib", "al-Bado", "القائم", "Sha’fah", "Omer Oil fields", "Sarmada"]
    assert look("changed") == ALL[::-1]


def pages_hold_everything_once(found, sort):
    whole = [one.public_id for one in found.page(sort).rows]
    forwards, after = [], ""
    while True:
        page = found.page(sort, after=after, size=2)
        forwards += [[one.public_id for one in page.rows]]
        if not page.next:
            break
        after = page.next
    assert [one for some in forwards for one in some] == whole
    page = found.page(sort, before=forwards[-1][0], size=2)
    assert [one.public_id for one in page.rows] == forwards[-2]
    assert page.next == forwards[-2][-1]
    first = found.page(sort, before=forwards[1][0], size=2)
    assert ([one.public_id for one in first.rows], first.previous) == (forwards[0], "")


def test_pages_hold_every_incident_once_forwards_and_backwards(app, look):
    with app.app_context():
        found = incident_search.find(db.session.get_one(Register, look.register.id), Filters())
        for sort in SORTS:
            pages_hold_everything_once(found, sort)


@pytest.mark.sqlite_alone
def test_a_page_after_an_address_that_nobody_has_is_the_first(app, look):
    with app.app_context():
        found = incident_search.find(db.session.get_one(Register, look.register.id), Filters())
        assert found.page("newest", after="x" * 22).rows == found.page("newest").rows


def test_choices_are_what_the_register_holds(app, look):
    with app.app_context():
        choices = incident_search.choices(db.session.get_one(Register, look.register.id))
    assert choices.sources[0] == ("Airwars report", 4)
    assert {name for name, _count in choices.sources} == {name for one in ENTRIES for name in one.sources}
    assert choices.countries == [("SY", 5), ("IQ", 2)]


def test_filters_know_whether_they_filter():
    assert not Filters()
    assert replace(Filters(), words="x")


def said_by(index):
    """All that a register in memory says of each incident, whatever numbers it has given to names."""
    for n, number in enumerate(index.ids):
        spot, code = divmod(index.spots[n], len(incident_index.ASSESSMENTS))
        yield (
            *(
                number,
                index.days[n],
                index.bucket_of.things[index.buckets[n]],
                index.assessments[n],
                code,
                index.precisions[n],
                index.changed[n],
            ),
            *(index.killed[n], index.injured[n], index.named.get(number, [])),
            *(index.place_keys.things[index.places[n]], index.spot_of.things[spot]),
            *(index.source_names.things[index.sources[n]], index.country_codes.things[index.countries[n]]),
            index.texts[n],
        )


CHANGES = {
    "another day": lambda one, now: incidents.change(one, entry("2019-03-01", "Hajin", figures=(("detained", 2),)), now=now),
    "another place": lambda one, now: incidents.change(one, entry(place="أربيل", country="IQ", latitude=36.2, longitude=44.0), now=now),
    "assessed": lambda one, now: incidents.assess(one, Assessment.CREDIBLE, on=dt.date(2019, 5, 1), now=now),
    "removed": lambda one, now: incidents.remove(one, now=now),
    "put back": lambda one, now: incidents.restore(one, now=now),
}  # fmt: skip


def test_after_a_change_only_what_changed_is_read_and_nothing_is_missed(app, register_of, monkeypatch, clock):
    register = register_of.of()
    added = register_of.add(register, *ENTRIES)
    clock.set(clock.now() - dt.timedelta(hours=1))  # a machine whose clock is late
    with app.app_context():
        there = db.session.get_one(Register, register.id)
        assert len(incident_index.of(there)) == len(ENTRIES)
        whole = incident_index.Index.read
        monkeypatch.setattr(incident_index.Index, "read", None)
        for number in (added[0].id, added[-1].id, added[3].id):
            for change in CHANGES.values():
                change(db.session.get_one(Incident, number), clock.now())
                assert list(said_by(incident_index.of(there))) == list(said_by(whole(there)))
        more = entry("2017-08-20", "al-Bado", description="Another one of that day.")
        incident_import.import_rows(there, [more, ENTRIES[1]], on=dt.date(2019, 6, 1), now=clock.now())
        assert list(said_by(incident_index.of(there))) == list(said_by(whole(there)))
        assert len(incident_index.of(there)) == len(ENTRIES) + 1


def test_where_much_changed_all_is_read_again(app, register_of, monkeypatch):
    monkeypatch.setattr(incident_index, "MOST_CHANGED", 3)
    register = register_of.of()
    register_of.add(register, ENTRIES[0])
    with app.app_context():
        there = db.session.get_one(Register, register.id)
        before = incident_index.of(there)
        incident_import.import_rows(there, ENTRIES, on=dt.date(2019, 6, 1), now=clock.now())
        assert before.followed(there) is None
        assert len(incident_index.of(there)) == len(ENTRIES)
