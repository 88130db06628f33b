"""What is summed up equals the rows, whatever happens to signatures and whenever the worker comes by."""

from __future__ import annotations

import contextlib
import datetime as dt
import random
from collections import Counter
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import event, select, text

from app import clock as app_clock
from app import jobs, recount
from app.domain import deadlines, signer_acts, signing, tallies
from app.domain.refused import Refused
from app.domain.tally_reading import Tallies
from app.extensions import db
from app.models import ActKind, Campaign, Consent, ConsentWording, Signature, TallyMark, TallyPart, TallyProgress
from tests.test_counts import confirm, organise, withdraw

NOON = dt.datetime(2026, 11, 22, 12, 0, tzinfo=dt.UTC)
STEPS = 90


def by_rows(campaign, column):
    confirmed = select(getattr(Signature, column)).where(
        Signature.campaign_id == campaign.id, Signature.state == "confirmed"
    )
    return Counter(str(value) for value in db.session.scalars(confirmed))


def summed(campaign):
    """What a page would show: by country, by channel, by quarters of the last days, and how many hear more."""
    found = Tallies([campaign.id])
    moments = [NOON + dt.timedelta(minutes=15 * n) for n in range(-96 * 3, 96 * 3)]
    named = [found.named(part, None, None)[campaign.id] for part in (TallyPart.COUNTRY, TallyPart.CHANNEL)]
    return [{k: v for k, v in one.items() if v} for one in named], found.spans(moments)[campaign.id], found.supporters()


def walk(campaign, account, chance, ids):
    act = chance.choice([confirm, confirm, confirm, withdraw, hear, *signer_acts.FROM])
    with contextlib.suppress(Refused):
        if isinstance(act, ActKind):
            organise(campaign, account, act, tuple(chance.sample(ids, 3)))
        else:
            act(chance.choice(ids))


def hear(public_id):
    more = random.Random(public_id + str(app_clock.now())).random() < 0.5
    signing.choose(public_id, show_name=False, hear_more=more, wording_id=0, now=app_clock.now())


def test_the_roll_ups_equal_the_rows_after_any_sequence(app, make, clock):
    """Ninety random acts over two days, the worker now and then between them: after each of its turns everything agrees."""
    clock.set(NOON - dt.timedelta(days=2))
    desk, chance = make.organisation(), random.Random(7)
    campaign, account = make.campaign(desk, closes_zone="Asia/Kathmandu"), make.account(organisation=desk)
    countries, channels = ("IQ", "DE", "NP"), ("direct", "mail", "x")
    ids = [
        make.signature(campaign, "pending", country=chance.choice(countries), channel=chance.choice(channels)).public_id
        for _ in range(25)
    ]
    with app.app_context():
        for step in range(STEPS):
            clock.forward(minutes=chance.choice((0, 1, 7, 40, 90)))
            walk(campaign, account, chance, ids)
            if step % 9 == 0:
                before = summed(campaign)
                jobs.sum_up(app_clock.now())
                after = summed(campaign)
                assert db.session.query(TallyMark).count() == 0
                assert after[0] == [dict(by_rows(campaign, "country")), dict(by_rows(campaign, "channel"))]
                assert sum(after[1]) == sum(by_rows(campaign, "state").values())
                assert recount.roll_ups(fix=False) == []
                heard = select(Signature.id).join(Consent).where(Consent.ended_at.is_(None))
                assert after[2] == len(set(db.session.scalars(heard.where(Signature.state == "confirmed"))))
                assert before[1] != after[1] or before == after
        assert db.session.scalar(select(TallyProgress.until_at)) > NOON - dt.timedelta(days=2)


def test_what_commits_late_or_leaves_while_the_worker_counts_is_counted(app, make, clock):
    clock.set(NOON)
    campaign = make.campaign()
    leaves = make.signature(campaign)
    with app.app_context():
        clock.forward(minutes=40)
        jobs.sum_up(app_clock.now())
        make.signature(campaign, confirmed_at=NOON + dt.timedelta(minutes=14))  # asked then, committed only now
        clock.forward(minutes=15)
        marks = tallies._take_marks

        def and_then_one_leaves(campaign_id):
            taken = marks(campaign_id)
            if db.session.get(Signature, leaves.id).state == "confirmed" and db.engine.dialect.name == "postgresql":
                with db.engine.connect() as elsewhere:  # commits between the marks and the counting
                    elsewhere.execute(text("UPDATE signature SET state = 'held'"))
                    elsewhere.execute(
                        text("INSERT INTO tally_mark (campaign_id, place) VALUES (:c, :p)"),
                        {"c": campaign.id, "p": tallies.place_of(NOON)},
                    )
                    elsewhere.commit()
            return taken

        make.signature(campaign)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(tallies, "_take_marks", and_then_one_leaves)
            jobs.sum_up(app_clock.now())
        jobs.sum_up(app_clock.now())
        assert recount.roll_ups(fix=False) == []
        kept = len(by_rows(campaign, "id"))
        assert Tallies([campaign.id]).named(TallyPart.WHOLE, None, None)[campaign.id][""] == kept


def test_filling_goes_on_where_it_stopped_and_a_wrong_roll_up_is_reported_and_repaired(app, make, clock):
    clock.set(NOON)
    campaign = make.campaign()
    for days in (40, 33, 2, 0):
        make.signature(campaign, confirmed_at=NOON - dt.timedelta(days=days, minutes=30))
    runner = app.test_cli_runner()
    with app.app_context():
        assert tallies.settle(campaign.id, now=NOON)  # a week of six; then the machine is switched off
        assert sum(summed(campaign)[1]) == 2
        jobs.sum_up(NOON)
        assert tallies.due(NOON) == []
        assert recount.roll_ups(fix=False) == []
        db.session.execute(text("UPDATE signature_tally SET signature_count = 9 WHERE minutes = 15 AND part = 'whole'"))
        db.session.commit()
    report = runner.invoke(args=["counts", "verify"])
    assert report.exit_code == 1
    assert f"{campaign.slug}: the roll-ups of" in report.output
    assert runner.invoke(args=["counts", "verify", "--fix"]).exit_code == 0
    with app.app_context():
        assert Tallies([campaign.id]).named(TallyPart.WHOLE, None, None)[campaign.id][""] == 4
        jobs.sum_up(NOON)
    assert "All counts equal" in runner.invoke(args=["counts", "verify"]).output
    with app.app_context():
        db.session.execute(text("UPDATE signature SET state = 'held' WHERE id = (SELECT min(id) FROM signature)"))
        tallies._mark(campaign.id, [NOON - dt.timedelta(days=40, minutes=30)])
        db.session.commit()
        assert recount.roll_ups(fix=False) == []  # what is marked is not wrong, only not counted anew yet


def test_days_of_every_zone_and_of_clock_changes_come_from_quarters(app, make, clock):
    clock.set(dt.datetime(2026, 10, 20, 12, 0, tzinfo=dt.UTC))
    for zone, day in (("Asia/Kathmandu", "2026-10-23"), ("Asia/Tehran", "2026-10-23"), ("Europe/Berlin", "2026-10-25")):
        campaign, first = make.campaign(), dt.date.fromisoformat(day)
        begins, ends = deadlines.start_of(first, zone), deadlines.end_of(first, zone)
        for moment in (begins - dt.timedelta(microseconds=1), begins, ends - dt.timedelta(microseconds=1), ends):
            make.signature(campaign, confirmed_at=moment, country="NP")
        with app.app_context():
            jobs.sum_up(ends + dt.timedelta(days=3))
            assert db.session.get(TallyProgress, campaign.id).until_at > ends
            found = Tallies([campaign.id])
            assert found.spans([begins, ends])[campaign.id] == [2]
            assert found.named(TallyPart.COUNTRY, begins, ends)[campaign.id] == {"NP": 2}
            assert found.named(TallyPart.COUNTRY, begins - dt.timedelta(days=3), ends)[campaign.id] == {"NP": 3}
            assert (ends - begins).total_seconds() == 3600 * (25 if ZoneInfo(zone).key == "Europe/Berlin" else 24)


def test_an_idle_worker_writes_nothing(app, make, clock):
    clock.set(NOON)
    campaign = make.campaign()
    make.signature(campaign)
    said = []
    with app.app_context():
        for _ in range(8):
            clock.forward(minutes=15)
            jobs.sum_up(app_clock.now())
        listen = (db.engine, "before_cursor_execute", lambda *a: said.append(a[2]))
        event.listen(*listen)
        clock.forward(hours=9)
        jobs.sum_up(app_clock.now())
        event.remove(*listen)
        assert len(said) == 1
        assert db.session.get(Campaign, campaign.id) is not None
        assert db.session.query(ConsentWording).count() > 0
