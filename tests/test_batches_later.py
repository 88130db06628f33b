"""What becomes of batches after they were taken: what they say of the pace, one of their signers is deleted, somebody signs meanwhile."""

from __future__ import annotations

import datetime as dt
import inspect
import re
import threading

from sqlalchemy import insert, select

from app import clock as app_clock
from app.domain import batch_returns, signing, statistics
from app.extensions import db
from app.models import Account, ActReason, Mail, Origin, Signature, SignatureClaim, SignerImport
from app.models.types import table_of
from tests import desk
from tests.test_signer_imports import GRACE, Hall, hall, mails, row

olive = desk.olive
__all__ = ["hall"]


def words(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_a_batch_counts_and_makes_no_pace_and_its_return_is_no_withdrawal(hall, clock):
    campaign = hall.campaign
    campaign.signature_target, campaign.published_at = 100, app_clock.now() - dt.timedelta(days=30)
    db.session.commit()
    batch, _plan = hall.take(*(row(n) for n in range(20)))
    found = statistics.of(hall.campaign, app_clock.now())
    assert (found.this_week, found.week_elsewhere) == (21, 20)
    reached = statistics.pace(hall.campaign, found, app_clock.now()).reaches_on
    assert (reached - app_clock.now().date()).days == 79 * 7  # 79 are left, and one came this week
    hall.campaign.closes_at = app_clock.now() + dt.timedelta(days=14)
    db.session.commit()
    assert statistics.pace(hall.campaign, found, app_clock.now()) == statistics.Pace(None, 23)  # it ends before
    hall.campaign.closes_at = None
    db.session.commit()
    signature = db.session.scalar(select(Signature).where(Signature.origin == Origin.ONLINE))
    signing.withdraw(signature.public_id, now=app_clock.now())
    alone = statistics.of(hall.campaign, app_clock.now())
    assert statistics.pace(hall.campaign, alone, app_clock.now()) is None  # nobody signed here this week
    batch_returns.take_back(batch, ActReason.MISTAKE, "", by=hall.olive, now=app_clock.now())
    found = statistics.of(hall.campaign, app_clock.now())
    assert (found.taken_back(), found.brought_back) == (1, 20)


def test_olive_deletes_one_signer_who_asked_and_the_batch_has_one_less(app, olive, make, stored, client):
    campaign = make.campaign(olive.organisation, slug="rein-in")
    online = make.signature(campaign)
    with app.app_context():
        inside = Hall(campaign.id, stored(Account)[0].id)
        inside.take(row(1, "noor@example.org"), *(row(n) for n in range(2, 7)))
        inside.signs_online("noor@example.org")
    assert stored(Mail, recipient="noor@example.org")
    noor = stored(Signature, email="noor@example.org")[0]
    record = f"/campaigns/rein-in/signers/{noor.public_id}"
    page = olive.get(record)
    assert record + "/delete" in page
    assert "confirmed by mail" not in page
    olive.get(f"/campaigns/rein-in/signers/{online.public_id}/delete", 404)  # they have a link of their own
    assert "The count falls by one." in olive.get(record + "/delete")
    assert "Choose a reason." in olive.post(record + "/delete", 422).text
    olive.post(record + "/delete", reason="asked")
    olive.post(record + "/delete", 404, reason="asked")
    (gone,) = stored(Signature, public_id=noor.public_id)
    assert (gone.state, gone.email, gone.given_name, gone.name_key, gone.country) == ("withdrawn", None, "", "", "")
    assert stored(Mail, recipient="noor@example.org") == stored(SignatureClaim) == []
    batch = stored(SignerImport)[0]
    page = words(olive.get(f"/campaigns/rein-in/imports/{batch.public_id}"))
    assert "5 signatures of this batch count." in page
    assert "Taken 6 Deleted since, one by one 1" in page
    numbers = words(client.get("/campaigns/rein-in/numbers").text)
    assert "asked for it" not in numbers  # one alone could be recognised
    log = olive.get("/log")
    assert "Deleted for good" in log
    assert "Noor" not in log
    with app.app_context():
        inside = Hall(campaign.id, stored(Account)[0].id)
        assert inside.parts() == (6, 1, 5)
        assert [line.delta for line in inside.ledger().lines] == [-1, 6]
        mine = db.session.get_one(SignerImport, batch.id)
        assert batch_returns.take_back(mine, ActReason.MISTAKE, "", by=inside.olive, now=app_clock.now()) == 5
        assert inside.parts() == (1, 1, 0)
        assert sum(line.delta for line in inside.ledger().lines) == 0


def test_whoever_signed_here_as_well_can_still_confirm_when_the_batch_is_gone(hall):
    batch, _plan = hall.take(row(1, "noor@example.org"), row(2))
    hall.signs_online("noor@example.org")
    noor = db.session.scalar(select(Signature).where(Signature.email == "noor@example.org"))
    batch_returns.take_back(batch, ActReason.MISTAKE, "", by=hall.olive, now=app_clock.now())
    db.session.refresh(noor)
    assert (noor.state, noor.origin, noor.family_name, noor.confirmed_at) == ("pending", "online", "Typed", None)
    assert hall.parts() == (1, 1, 0)
    assert db.session.scalars(select(SignatureClaim)).all() == []
    signing.confirm(noor.public_id, grace=GRACE, now=app_clock.now())
    assert hall.parts() == (2, 2, 0)
    assert (hall.ledger().confirmed, [line.delta for line in hall.ledger().lines]) == (2, [-2, 2])
    db.session.refresh(noor)
    assert noor.hears_more


def test_whoever_signs_while_the_batch_is_taken_back_signs_anew_and_nothing_stays_beside(
    app, hall, engine, monkeypatch
):
    """The very moment between reading that a mailbox was imported and keeping what was typed."""
    batch, _plan = hall.take(row(1, "noor@example.org"))
    known, batch_id = signing._known, batch.id

    def take_back(verb=batch_returns.take_back):
        mine = db.session.get_one(SignerImport, batch_id)
        verb(mine, ActReason.MISTAKE, "", by=hall.olive, now=app_clock.now())

    def meanwhile():
        with app.app_context():
            take_back()

    def read(campaign, wish):
        found = known(campaign, wish)
        if engine == "sqlite":  # which has one writer at a time
            take_back(inspect.unwrap(batch_returns.take_back))
        else:
            other = threading.Thread(target=meanwhile)
            other.start()
            other.join()
        return found

    monkeypatch.setattr(signing, "_known", read)
    hall.signs_online("noor@example.org")
    monkeypatch.undo()
    assert db.session.scalars(select(SignatureClaim)).all() == []
    anew = db.session.scalar(select(Signature).where(Signature.email == "noor@example.org"))
    assert (anew.state, anew.origin, mails("confirm")) == ("pending", "online", 1)
    signing.confirm(anew.public_id, grace=GRACE, now=app_clock.now())
    assert hall.parts() == (2, 2, 0)
    # And what was kept beside a signature for any other reason goes with it.
    left = {"signature_id": anew.id, "said": {"given_name": "Noor"}, "created_at": app_clock.now()}
    db.session.execute(insert(table_of(SignatureClaim)).values(left))
    db.session.commit()
    signing.withdraw(anew.public_id, now=app_clock.now())
    assert db.session.scalars(select(SignatureClaim)).all() == []
