"""Milestones: counts worth marking are recorded once each, whatever happens at the same moment or afterwards (SIG-12)."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from app import clock as app_clock
from app import jobs
from app.domain import campaigns, milestones, signing
from app.extensions import db
from app.models import Campaign, Milestone, MilestoneKind

OPENED = dt.datetime(2026, 3, 1, 9, tzinfo=dt.UTC)


def look(app, now=None):
    with app.app_context():
        jobs.mark_milestones(now or app_clock.now())
        db.session.remove()


def marks(stored):
    return {row.number: row.kind.value for row in stored(Milestone)}


def sign(make, campaign, total, since=OPENED):
    return [
        make.signature(campaign, created_at=since, confirmed_at=since + dt.timedelta(minutes=n)) for n in range(total)
    ]


@pytest.mark.parametrize(
    ("target", "count", "numbers"),
    [
        (5000, 99, []),
        (5000, 5000, [100, 250, 500, 1000, 2500, 5000]),
        (10_000, 12_480, [250, 500, 1000, 2500, 5000, 10_000]),
        (10_000, 25_000, [250, 500, 1000, 2500, 5000, 10_000, 25_000]),
        (4_900, 5_000, [100, 250, 500, 1000, 2450, 4900]),
        (1_000_000, 1_000_000, [25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000]),
        (21, 120, [11, 21, 100]),
        (3, 3, [3]),
        (1, 1, [1]),
        (100_000_000, 100_000_000, [2_500_000, 5_000_000, 10_000_000, 25_000_000, 50_000_000, 100_000_000]),
    ],
)
def test_the_numbers_worth_marking_follow_from_the_target(target, count, numbers):
    assert list(milestones.ladder(target, count)) == numbers


def test_a_milestone_carries_the_moment_of_the_signature_that_made_it(app, make, stored):
    campaign = make.campaign(signature_target=20)
    sign(make, campaign, 12)
    look(app, OPENED + dt.timedelta(days=1))
    (half,) = stored(Milestone)
    assert (half.number, half.kind, half.target) == (10, MilestoneKind.HALFWAY, 20)
    assert half.reached_at == OPENED + dt.timedelta(minutes=9)


def test_what_was_reached_is_not_marked_again_after_withdrawals_and_a_second_crossing(app, make, stored):
    campaign = make.campaign(signature_target=4)
    signatures = sign(make, campaign, 4)
    look(app)
    first = stored(Milestone)
    with app.app_context():
        signing.withdraw(signatures[0].public_id, now=app_clock.now())
    look(app)
    sign(make, campaign, 2)
    look(app)
    assert [(row.number, row.reached_at) for row in stored(Milestone)] == [(4, first[0].reached_at)]
    assert stored(Campaign)[0].signature_target == 4


def test_twenty_who_confirm_at_once_while_workers_look_make_each_milestone_once(app, make, stored):
    campaign = make.campaign(signature_target=20)
    pending = [make.signature(campaign, "pending") for _ in range(20)]
    start = threading.Barrier(24)

    wrong = []

    def together(act):
        def run():
            start.wait()
            try:
                act()
            except Exception as error:
                wrong.append(error)

        return threading.Thread(target=run)

    def confirm(public_id):
        with app.app_context():
            signing.confirm(public_id, grace=dt.timedelta(hours=1), now=app_clock.now())
            db.session.remove()

    threads = [together(lambda public_id=one.public_id: confirm(public_id)) for one in pending]
    threads += [together(lambda: [look(app) for _ in range(5)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    look(app)
    assert wrong == []
    assert marks(stored) == {10: "halfway", 20: "target"}
    assert len(stored(Milestone)) == 2


def test_a_worker_that_comes_a_moment_later_marks_nothing_and_the_database_refuses_a_second_mark(app, make, stored):
    campaign = make.campaign(signature_target=4)
    sign(make, campaign, 4)
    look(app)
    again = {"campaign_id": campaign.id, "number": 4, "kind": "target", "target": 4, "reached_at": OPENED}
    with app.app_context():
        assert milestones._insert([again]) == []
        with pytest.raises(IntegrityError):
            db.session.execute(insert(Milestone).values(again))
        db.session.rollback()
    assert len(stored(Milestone)) == 1


def test_a_target_that_was_moved_makes_no_milestone_of_what_lay_behind(app, make, stored):
    campaign = make.campaign(signature_target=20)
    sign(make, campaign, 30)
    look(app)
    frame = {
        "target_reason": "Many came.",
        "closes_at": None,
        "zone": "UTC",
        "locale": "en",
    }
    with app.app_context():
        moved = OPENED + dt.timedelta(days=2)
        campaigns.set_frame(db.session.get_one(Campaign, campaign.id), target=44, now=moved, **frame)
    look(app)
    assert marks(stored) == {10: "halfway", 20: "target", 22: "passed"}
    sign(make, campaign, 14, since=OPENED + dt.timedelta(days=3))
    look(app)
    assert marks(stored) == {10: "halfway", 20: "target", 22: "passed", 44: "target"}
    with app.app_context():
        shown = db.session.scalars(Milestone.public(campaign.id)).all()
    assert [row.number for row in shown] == [44, 20, 10]


def test_drafts_and_counts_without_a_mark_cost_nothing(app, make, stored):
    make.campaign(published=False)
    campaign = make.campaign(signature_target=1000)
    sign(make, campaign, 3)
    with app.app_context():
        assert milestones.due() == []
    assert stored(Milestone) == []


def test_the_worker_looks_every_minute(app):
    (job,) = (job for job in jobs.JOBS if job.do is jobs.mark_milestones)
    assert job.every == dt.timedelta(minutes=1)
