"""What is found, in which order, the same on both databases; and that nothing is found which the public may not read."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from sqlalchemy import event, func, select, text

from app import clock, jobs
from app.domain import campaigns, library, news, news_import, search, search_index, search_words, topics, updates
from app.extensions import db
from app.models import (
    Campaign,
    Incident,
    NewsItem,
    NewsState,
    PartialDate,
    Precision,
    Register,
    Report,
    SearchEntry,
    SearchKind,
    Topic,
    Update,
    campaign_news,
)
from app.models.search import number_of, thing_of
from tests import searching
from tests.searching import incident

found, register_of, incident_of = searching.found, searching.register_of, searching.incident_of


@pytest.fixture
def things(app, make, register_of, incident_of):
    """Some of each kind, in English and Arabic."""
    tigris = make.organisation(name="Tigris Rights Desk")
    iraq = make.topic(
        tigris, title="Iraq in crisis", summary="Civilians pay, hitherto.", text="## Camps\n\nPeople flee Mosul."
    )
    rein_in = make.campaign(
        tigris,
        ask="Rein in militias",
        text="They take men. [More](https://example.org/checkpoints)",
        summary="No court.",
    )
    make.campaign(tigris, locale="ar", ask="أخضعوا الميليشيات للقانون", summary="في العراق.", text="نص")
    with app.app_context():
        topics.gather(db.session.get_one(Topic, iraq.id), [rein_in.id], now=clock.now())
    day = dt.date
    make.report(
        iraq, title="Civilians in the line of fire", publisher="Amnesty International", published_on=day(2014, 7, 14)
    )
    make.report(
        rein_in, title="Absolute impunity", summary="Militia rule in 50% of cases", published_on=day(2014, 10, 1),
        precision=Precision.MONTH, url="https://reports.example.org/2", publisher="Somebody else",
    )  # fmt: skip
    make.news(rein_in, title="Efforts to rein in militias fail", published_on=day(2016, 9, 6))
    make.news(
        iraq, title="نازحون من الموصل", outlet="شفق", published_on=day(2017, 3, 2), url="https://news.example.org/2"
    )
    make.update(rein_in, "We met the committee", "Agencies were there. أربيل")
    register = register_of(iraq)
    incident_of(
        register, "Al Sha’fah", region="Deir ez-Zor", country="SY", description="A house was hit.", sources=("Airwars",)
    )
    incident_of(
        register,
        "Mosul",
        country="IQ",
        note="Abducted, witnesses say",
        happened_on=day(2018, 1, 1),
        precision=Precision.YEAR,
    )
    return iraq


OWN_MILITIAS = ["Rein in militias", "Efforts to rein in militias fail", "Absolute impunity"]
TABLE = {
    "militias": OWN_MILITIAS,  # in titles first, then the newest
    "MILITIA": OWN_MILITIAS,
    "milit": OWN_MILITIAS,  # half a word
    "civil": ["Civilians in the line of fire", "Iraq in crisis"],
    "hit": ["Al Sha’fah"],  # a whole word: not “Hitherto”
    "rule abs": ["Absolute impunity"],
    "abs rule": [],  # only the last may be half
    "militias fail": ["Efforts to rein in militias fail"],
    "militias nowhere": [],
    "killing": [],
    "civilian fire": ["Civilians in the line of fire"],
    "amnesty": ["Civilians in the line of fire"],
    "agency": ["We met the committee"],
    "mosul": ["Iraq in crisis", "Mosul"],
    "sha'fah": ["Al Sha’fah"],
    "shafah": ["Al Sha’fah"],
    "syria": ["Al Sha’fah"],
    "سوريا": ["Al Sha’fah"],
    "airwars": ["Al Sha’fah"],
    "abducted": ["Mosul"],
    "ميليشيات": ["أخضعوا الميليشيات للقانون"],
    "المِيليشيا": ["أخضعوا الميليشيات للقانون"],
    "عراقي": ["أخضعوا الميليشيات للقانون", "Mosul"],
    "الموصل": ["نازحون من الموصل"],
    "اربيل": ["We met the committee"],
    "إربيل": ["We met the committee"],
    "٥٠": ["Absolute impunity"],
    "50%": ["Absolute impunity"],
    "checkpoints": [],  # stands in the address of a link only
    "militias AND impunity": ["Absolute impunity"],
    "NOT": [],
    "militias OR nowhere": [],
    "NEAR(militias fail)": [],
    '"militias" "fail"': ["Efforts to rein in militias fail"],
    "militias -fail": ["Efforts to rein in militias fail"],
    "title:militias": [],
    "words:rein": [],
    "milit*": OWN_MILITIAS,
    "fa*": [],
    "m%s": [],
    "mil_tias": [],
    "'; DROP TABLE search_entry; --": [],
    "own": [],
    "§own": [],
    "¶militia": OWN_MILITIAS,
}


def test_a_visitor_finds_the_same_on_both_databases(things, found):
    assert {asked: found(asked) for asked in TABLE} == TABLE


def test_a_visitor_filters_by_kind_and_sees_how_many_of_each_there_are_the_newest_first(app, things, found):
    assert found(kind=SearchKind.REPORT) == ["Absolute impunity", "Civilians in the line of fire"]
    assert found(kind=SearchKind.INCIDENT) == ["Mosul", "Al Sha’fah"]
    assert found("militias", kind=SearchKind.NEWS) == ["Efforts to rein in militias fail"]
    assert found("mosul", kind=SearchKind.INCIDENT) == ["Mosul"]
    assert found("mosul", kind=SearchKind.UPDATE) == []
    with app.test_request_context():
        results = search.find(search.Wanted(search_words.ask("militias"), kind=SearchKind.NEWS))
    assert results.counts == {SearchKind.CAMPAIGN: 1, SearchKind.NEWS: 1, SearchKind.REPORT: 1}
    assert results.total == 1


DATES = (
    ("2016-01-01", "2016-12-31", ["Efforts to rein in militias fail"]),
    ("2014-10-31", "2014-10-31", ["Absolute impunity"]),  # of which the month alone is known
    ("2014-11-01", "2014-12-31", []),
    ("2014-09-01", "2014-09-30", []),
    ("2014-07-14", "2014-07-14", ["Civilians in the line of fire"]),
    ("2018-06-01", "2018-12-31", ["Mosul"]),  # of which the year alone is known
    ("2019-01-01", "2019-12-31", []),
    (None, "2014-07-14", ["Civilians in the line of fire"]),
    ("0001-01-01", "9999-12-30", None),
)


def test_a_visitor_filters_by_date_as_far_as_it_is_known_and_by_topic(make, things, found, register_of, incident_of):
    for since, until, titles in DATES:
        days = {name: dt.date.fromisoformat(day) for name, day in (("since", since), ("until", until)) if day}
        assert found(**days) == (titles if titles is not None else found()), (since, until)
    other = make.topic(title="Iraq, another topic")
    incident_of(register_of(other), "Mosul, elsewhere")
    make.report(other, title="Militias elsewhere")
    assert found("militias", topic=things) == OWN_MILITIAS
    assert found("iraq", topic=things) == ["Iraq in crisis", "Mosul"]
    assert found("mosul", topic=other) == ["Mosul, elsewhere"]
    assert found("militias", topic=other) == ["Militias elsewhere"]
    assert found("committee", topic=other) == []
    assert found("committee", topic=things) == ["We met the committee"]


def test_a_visitor_turns_pages_over_everything_once(make, found, register_of, incident_of, app):
    campaign = make.campaign(ask="Nothing of it")
    topic = make.topic()
    titles = [f"Water {n}" if n % 2 else f"Other {n}" for n in range(25)]
    make.many_news(campaign, *({"title": title, "excerpt": "Of water"} for title in titles))
    register = register_of(topic)
    with app.app_context():
        db.session.add_all([incident(register, f"Water place {n}") for n in range(30)])
        db.session.commit()
    pages = [found("water", page=page) for page in (1, 2, 3, 4)]
    assert [len(page) for page in pages] == [20, 20, 15, 0]
    everything = [title for page in pages for title in page]
    assert len(set(everything)) == 55
    assert [title.split()[0] for title in everything[:25]] == ["Water"] * 12 + ["Other"] * 13
    assert everything[25:] == [f"Water place {n}" for n in reversed(range(30))]


HIDDEN = "secret"


def hide_draft(make):
    make.campaign(ask=HIDDEN, published=False)


def hide_working_copy(make):
    campaign = make.campaign(text="Public")
    words = campaigns.Words("Other", "Other", HIDDEN)
    campaigns.save_words(db.session.get_one(Campaign, campaign.id), words, revision=None, now=clock.now())


def hide_earlier_wording(make):
    campaign = db.session.get_one(Campaign, make.campaign(text=HIDDEN).id)
    now = clock.now()
    campaigns.save_words(campaign, campaigns.Words("Other", "Other", "Other"), revision=None, now=now)
    campaigns.publish(campaign, by=None, reason="A name", locales=["en"], now=now)


def hide_draft_topic(make):
    make.topic(title=HIDDEN, published=False)


def hide_withdrawn_topic(make):
    topic = make.topic(title=HIDDEN)
    make.report(topic, title=HIDDEN)
    make.news(topic, title=HIDDEN)
    topics.withdraw(db.session.get_one(Topic, topic.id), now=clock.now())


def hide_what_only_a_draft_shows(make):
    campaign = make.campaign(published=False)
    make.report(campaign, title=HIDDEN)
    make.news(campaign, title=HIDDEN)


def hide_removed_report(make):
    report = make.report(make.campaign(), title=HIDDEN)
    library.remove(db.session.get_one(Report, report.id), now=clock.now())


def hide_uncited_report(make):
    campaign = make.campaign()
    report = make.report(campaign, title=HIDDEN)
    library.uncite(db.session.get_one(Campaign, campaign.id), report.id, now=clock.now())


def hide_forgotten_report(make):
    hide_removed_report(make)
    assert library.forget_removed(now=clock.now() + dt.timedelta(days=31)) > 0


def hide_waiting_news(make):
    make.news(make.campaign(), title=HIDDEN, state=NewsState.WAITING)


def hide_refused_news(make):
    campaign = make.campaign()
    item = make.news(campaign, title=HIDDEN)
    assert news_import.decide(campaign.organisation_id, [item.id], state=NewsState.REFUSED, now=clock.now()) == 1


def hide_removed_news(make):
    item = make.news(make.campaign(), title=HIDDEN)
    news.remove(db.session.get_one(NewsItem, item.id), now=clock.now())


def hide_news_in_no_feed(make):
    make.news(make.campaign(), title=HIDDEN)
    db.session.execute(campaign_news.delete())
    db.session.commit()


def hide_draft_update(make):
    update = updates.create(db.session.get_one(Campaign, make.campaign().id), by=None, now=clock.now())
    updates.save_words(update, updates.Words(HIDDEN, HIDDEN), revision=None, now=clock.now())


def hide_removed_update(make):
    update = make.update(make.campaign(), HIDDEN)
    updates.remove(db.session.get_one(Update, update.id), now=clock.now())


HIDDEN_ONES = [value for name, value in list(globals().items()) if name.startswith("hide_")]


def test_nobody_finds_what_the_public_may_not_read(app, make, found):
    make.campaign(ask="secretly", text="Public")
    for hide in HIDDEN_ONES:
        with app.app_context():
            hide(make)
        assert found("secret") == ["secretly"], hide.__name__
    assert found("secret", kind=SearchKind.CAMPAIGN) == ["secretly"]
    with app.test_request_context():
        results = search.find(search.Wanted(search_words.ask(HIDDEN)))
        assert results.total == 1  # nor how much of it there is


@pytest.mark.every_case
@pytest.mark.parametrize("how", ["private register", "draft topic", "withdrawn topic", "removed", "made private"])
def test_nobody_finds_an_incident_that_the_public_may_not_read(app, make, found, register_of, incident_of, how):
    topic = make.topic(published=how != "draft topic")
    register = register_of(topic, public=how != "private register")
    there = incident_of(register, "Mosul")
    with app.app_context():
        if how == "withdrawn topic":
            assert found("mosul") == ["Mosul"]
            topics.withdraw(db.session.get_one(Topic, topic.id), now=clock.now())
        if how == "removed":
            db.session.get_one(Incident, there.id).removed_at = clock.now()
            db.session.commit()
        if how == "made private":
            db.session.get_one(Register, register.id).is_public = False
            db.session.commit()
    assert found("mosul") == found(kind=SearchKind.INCIDENT) == []
    with app.test_request_context():
        assert search.find(search.Wanted(search_words.ask("mosul"))).total == 0


def test_what_is_let_through_or_put_back_is_found_at_once(app, make, found):
    campaign = make.campaign()
    item = make.news(campaign, title="Water returns", state=NewsState.WAITING)
    report = make.report(campaign, title="Water report")
    with app.app_context():
        library.remove(db.session.get_one(Report, report.id), now=clock.now())
        assert found("water") == []
        news_import.decide(campaign.organisation_id, [item.id], state=NewsState.PUBLISHED, now=clock.now())
        library.restore(db.session.get_one(Report, report.id), now=clock.now())
    assert found("water") == ["Water returns", "Water report"]


def test_a_correction_is_found_at_once_and_what_it_replaced_is_not(app, make, found):
    campaign = make.campaign()
    report = make.report(campaign, title="Famine", summary="Wells")
    item = make.news(campaign, title="Famine")
    with app.app_context():
        there = db.session.get_one(Report, report.id)
        library.change(there, {"title": "Drought", "published_on": dt.date(2020, 1, 1)}, now=clock.now())
        news.change(db.session.get_one(NewsItem, item.id), {"title": "Drought again"}, now=clock.now())
    assert found("famine") == []
    assert found("drought") == ["Drought", "Drought again"]
    assert found("wells") == found("drought", since=dt.date(2020, 1, 1)) == ["Drought"]


def test_a_decision_maker_is_found_by_name(app, make, found):
    campaign = make.campaign(ask="Open the archive")
    with app.app_context():
        campaigns.set_decision_makers(db.session.get_one(Campaign, campaign.id), ["Minister Haddad"], now=clock.now())
    assert found("haddad") == ["Open the archive"]


def test_what_is_undone_changes_nothing(app, make, found):
    report = make.report(make.campaign(), title="Famine")
    with app.app_context():
        db.session.get_one(Report, report.id).title = "Drought"
        db.session.flush()
        db.session.rollback()
        db.session.commit()
    assert found("famine") == ["Famine"]


def test_what_was_changed_before_a_savepoint_is_found_though_that_was_given_up(app, make, found):
    """An address that is taken is tried in a savepoint; others of the same list were stored before."""
    campaign = make.campaign()
    first, second = (make.report(campaign, title=f"Famine {n}") for n in range(2))
    with app.app_context():
        db.session.get_one(Report, first.id).title = "Drought"
        db.session.flush()
        savepoint = db.session.begin_nested()
        db.session.get_one(Report, second.id).title = "Drought as well"
        db.session.flush()
        savepoint.rollback()
        db.session.commit()
    assert found("drought") == ["Drought"]
    assert found("famine") == ["Famine 1"]


def test_incidents_that_one_statement_inserts_are_found(app, make, found, register_of):
    register = register_of(make.topic())
    with app.app_context():
        now = clock.now()
        common = {"register_id": register.id, "happened_on": dt.date(2017, 1, 1), "created_at": now, "changed_at": now}
        rows = [
            {**common, "public_id": f"{n:022}", "same_key": bytes([n] * 16), "place": f"Hajin {n}"} for n in range(3)
        ]
        db.session.execute(Incident.__table__.insert(), rows[:1])
        db.session.commit()
        from sqlalchemy import insert

        db.session.execute(insert(Incident), rows[1:])
        db.session.commit()
    assert found("hajin") == ["Hajin 2", "Hajin 1", "Hajin 0"]


def test_a_register_that_goes_takes_its_entries_along(app, make, found, register_of, incident_of, stored):
    register = register_of(make.topic())
    incident_of(register, "Mosul")
    with app.app_context():
        db.session.execute(text("DELETE FROM register"))
        db.session.commit()
        assert db.session.scalar(select(func.count()).select_from(text("search_words"))) == 1  # the topic's
    assert [entry.kind for entry in stored(SearchEntry)] == [SearchKind.TOPIC]


def test_the_worker_enters_what_is_missing_and_deletes_what_is_left_over(app, things, found, stored):
    before = {entry.number for entry in stored(SearchEntry)}
    with app.app_context():
        while search_index.empty():
            pass
        assert found("militias") == []
        db.session.execute(text("DELETE FROM news_item"))
        db.session.commit()
        while search_index.complete():
            pass
        assert found("militias") == ["Rein in militias", "Absolute impunity"]
        db.session.execute(text("DELETE FROM campaign_report"))
        db.session.execute(text("DELETE FROM report WHERE title = 'Absolute impunity'"))
        db.session.commit()
        assert found("militias") == ["Rein in militias"]
        assert search_index.tidy() == 1
        assert search_index.tidy() == search_index.complete() == 0
    assert {entry.number for entry in stored(SearchEntry)} < before


def test_saving_what_says_the_same_leaves_its_entry_alone(app, make):
    campaign = make.campaign()
    asked = []
    with app.app_context():
        listen = (db.engine, "before_cursor_execute", lambda *seen: asked.append(seen[2]))
        event.listen(*listen)
        make.signature(campaign)
        there = db.session.get_one(Campaign, campaign.id)
        campaigns.save_words(there, campaigns.Words("A", "B", "C"), revision=None, now=clock.now())
        event.remove(*listen)
    assert [statement for statement in asked if "search_" in statement] == []


def test_a_search_that_takes_too_long_is_stopped_and_says_so(app, things, monkeypatch):
    monkeypatch.setattr(search, "SECONDS", 0.02)
    slow = {
        "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n",
        "postgresql": "SELECT pg_sleep(3)",
    }
    with app.test_request_context():
        monkeypatch.setattr(search, "_counts", lambda _wanted: db.session.execute(text(slow[db.engine.dialect.name])))
        with pytest.raises(search.TakesTooLong):
            search.find(search.Wanted())
        monkeypatch.undo()
        assert search.find(search.Wanted()).total > 5  # and the connection serves the next one


@pytest.mark.parametrize("precision", Precision)
@pytest.mark.parametrize("day", [dt.date(1, 1, 1), dt.date(2017, 5, 28), dt.date(9999, 12, 31)])
def test_a_number_says_what_it_stands_for(day, precision):
    for kind in SearchKind:
        number = number_of(kind, 2**34 - 1, PartialDate(day, precision))
        assert thing_of(number) == search.Found(kind, 2**34 - 1)
        assert 0 < number < 2**63


def test_a_word_that_was_taken_out_is_not_left_in_the_file(app, engine, make):
    """PRI-05: a witness's name is still readable in what FTS5 only marked as deleted."""
    topic = make.topic(text="Qasimzadeh was heard")
    with app.app_context():
        there = db.session.get_one(Topic, topic.id)
        topics.save_words(there, topics.Words(topic.title, "", "A witness was heard"), revision=None, now=clock.now())
        jobs.keep_search_whole(clock.now())
        if engine == "sqlite":
            db.session.remove()
            with db.engine.connect() as connection:
                connection.exec_driver_sql("COMMIT")
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
                connection.exec_driver_sql("BEGIN")
            assert b"asimzadeh" not in Path(db.engine.url.database).read_bytes()
