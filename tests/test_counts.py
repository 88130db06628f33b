"""The count equals the confirmed rows, whatever happens and in whatever order (SIG-07, SIG-08)."""

from __future__ import annotations

import contextlib
import datetime as dt
import random
import threading

from sqlalchemy import func, select, text

from app import clock as app_clock
from app import limits, recount
from app.domain import forgetting, ledger, signer_acts, signing
from app.domain.refused import Refused
from app.domain.signer_acts import Why
from app.domain.signers import Wanted
from app.extensions import db
from app.models import Account, ActKind, Campaign, CampaignTally, Mail, Signature
from tests.test_signing import count, link

ROUNDS, WALKERS, STEPS = 4, 4, 25


def confirmed_rows(app, campaign) -> int:
    with app.app_context():
        confirmed = select(func.count()).where(Signature.campaign_id == campaign.id, Signature.state == "confirmed")
        return db.session.scalar(confirmed)


def walk(app, campaign, account, public_ids, seed) -> None:
    """Somebody who confirms, refuses and withdraws at random, while an organiser holds, releases, invalidates and restores."""
    chance = random.Random(seed)
    for _ in range(STEPS):
        public_id = chance.choice(public_ids)
        act = chance.choice([confirm, confirm, withdraw, refuse, *signer_acts.FROM])
        with app.app_context(), contextlib.suppress(Refused):
            if isinstance(act, ActKind):
                organise(campaign, account, act, tuple(chance.sample(public_ids, 3)))
            else:
                act(public_id)


def organise(campaign, account, kind, public_ids):
    mine, by = db.session.get(Campaign, campaign.id), db.session.get(Account, account.id)
    why = Why(next(iter(signer_acts.REASONS[kind]), None))
    wanted, now = Wanted(public_ids=public_ids), app_clock.now()
    act_id = signer_acts.start(mine, kind, wanted, why, expected=3, by=by, now=now).id
    while signer_acts.go_on(act_id, limits.mailing(), now=now):
        pass


def confirm(public_id):
    signing.confirm(public_id, grace=dt.timedelta(hours=1), now=app_clock.now())


def withdraw(public_id):
    signing.withdraw(public_id, now=app_clock.now())


def refuse(public_id):
    signing.refuse(public_id, now=app_clock.now())


def test_the_count_equals_the_rows_after_any_sequence(app, client, make, monkeypatch):
    """400 random acts by four people at once; after each round the sums agree, also those of the ledger, and no slot is below zero."""
    desk = make.organisation()
    campaign, account = make.campaign(desk), make.account(organisation=desk)
    monkeypatch.setattr(forgetting, "_mails_of", lambda _signature_id: None)
    for seed in range(ROUNDS):
        ids = [make.signature(campaign, "pending").public_id for _ in range(12)]
        threads = [
            threading.Thread(target=walk, args=(app, campaign, account, ids, seed * 10 + n)) for n in range(WALKERS)
        ]
        [t.start() for t in threads]
        [t.join() for t in threads]
        assert count(client, campaign) == confirmed_rows(app, campaign)
        with app.app_context():
            next_month = app_clock.now() + dt.timedelta(days=32)
            thanked = select(func.count()).where(Mail.kind == "thanks")  # once when it counts for the first time
            assert ledger.of(db.session.get(Campaign, campaign.id), next_month).confirmed == db.session.scalar(thanked)
            assert recount.everything(fix=False) == []
            assert db.session.scalar(select(func.min(CampaignTally.confirmed_count))) >= 0


def test_drift_is_reported_and_repaired(app, make):
    campaign = make.campaign()
    for _ in range(5):
        make.signature(campaign, "confirmed")
    runner = app.test_cli_runner()
    assert runner.invoke(args=["counts", "verify"]).exit_code == 0
    with app.app_context():
        db.session.execute(text("UPDATE campaign_tally SET confirmed_count = confirmed_count + 7 WHERE slot = 3"))
        db.session.commit()
    report = runner.invoke(args=["counts", "verify"])
    assert report.exit_code == 1
    assert f"{campaign.slug}: stored 12, confirmed rows 5" in report.output
    repair = runner.invoke(args=["counts", "verify", "--fix"])
    assert repair.exit_code == 0
    assert "repaired" in repair.output
    assert "All counts equal" in runner.invoke(args=["counts", "verify"]).output


def test_repairing_while_people_confirm_loses_nobody(app, client, make):
    campaign = make.campaign()
    links = [link(app, make.signature(campaign, "pending")) for _ in range(40)]
    threads = [threading.Thread(target=app.test_client().post, args=(f"/confirm/{token}",)) for token in links]

    def repair() -> None:
        for _ in range(5):
            with app.app_context():
                recount.everything(fix=True)

    threads.insert(20, threading.Thread(target=repair))
    [t.start() for t in threads]
    [t.join() for t in threads]
    assert count(client, campaign) == 40 == confirmed_rows(app, campaign)
