"""An organiser holds, releases, invalidates and restores signatures, sends confirmations again, and can take it back."""

from __future__ import annotations

import datetime as dt
import re
import threading

import pytest

from app import jobs, limits, recount
from app.domain import ledger, signature_states, signer_acts, signing
from app.domain.signer_acts import FROM, Why
from app.domain.signers import Wanted
from app.extensions import db
from app.models import (
    Account,
    ActKind,
    ActReason,
    Campaign,
    Mail,
    Refusal,
    Role,
    Signature,
    SignatureChange,
    SignatureState,
    SignerAct,
)
from tests import desk as desks
from tests.factories import PASSWORD
from tests.test_signing import count, link

NOON = dt.datetime(2026, 11, 22, 12, 0, tzinfo=dt.UTC)
WHY = {"reason": "automated", "public_words": "A program signed.", "note": "Seen by Sam"}
olive = desks.olive


@pytest.fixture
def campaign(make, olive):
    return make.campaign(olive.organisation)


def asks(olive, campaign, kind, *signatures, status=200, **data):
    """The dry run of an act on these signatures, or on all that match."""
    chosen = {"id": [s.public_id for s in signatures]} if signatures else {"scope": "all"}
    return olive.post(f"/campaigns/{campaign.slug}/acts/ask", status, kind=kind, **chosen, **data)


def does(olive, campaign, kind, *signatures, status=303, **data):
    """The act itself, with what the dry run put into its form."""
    page = asks(olive, campaign, kind, *signatures).text if "expected" not in data else ""
    if page:
        data["expected"] = re.search(r'name="expected" value="(\d+)"', page)[1]
    chosen = {"id": [s.public_id for s in signatures]} if signatures else {"scope": "all"}
    return olive.post(f"/campaigns/{campaign.slug}/acts", status, kind=kind, **chosen, **{**WHY, **data})


def states(stored):
    return [signature.state.value for signature in stored(Signature)]


def work(app):
    """What the worker does."""
    with app.app_context():
        jobs.go_on_with_acts(NOON)


def test_a_dry_run_says_how_many_and_changes_nothing(client, make, olive, campaign, stored):
    mine = [make.signature(campaign), make.signature(campaign, "pending"), make.signature(campaign, "invalidated")]
    page = asks(olive, campaign, "invalidate", *mine).text
    assert "2 signatures are taken out of the count" in page
    assert "−1" in page
    assert states(stored) == ["confirmed", "pending", "invalidated"]
    assert count(client, campaign) == 1
    assert stored(SignerAct) == []


def test_olive_invalidates_with_a_reason_and_restores(client, make, olive, campaign, stored):
    kept, fake, unproven = make.signature(campaign), make.signature(campaign), make.signature(campaign, "pending")
    does(olive, campaign, "invalidate", fake, unproven)
    assert states(stored) == ["confirmed", "invalidated", "invalidated"]
    assert count(client, campaign) == 1
    (act,) = stored(SignerAct)
    assert (act.delta, act.changed_count, act.reason, act.note) == (-1, 2, ActReason.AUTOMATED, "Seen by Sam")
    assert (act.state, act.done_by) == ("done", "Olive 2")
    assert {(c.signature_id, c.old_state.value) for c in stored(SignatureChange)} == {
        (fake.id, "confirmed"),
        (unproven.id, "pending"),
    }
    does(olive, campaign, "restore", fake, unproven, kept, reason="mistake")
    assert states(stored) == ["confirmed", "confirmed", "pending"], "what was never proven is not counted"
    assert count(client, campaign) == 2


def test_without_a_reason_nothing_happens(make, olive, campaign, stored):
    mine = make.signature(campaign)
    for wrong in ("", "genuine", "nonsense"):
        answer = does(olive, campaign, "invalidate", mine, reason=wrong, status=422)
        assert "Error:" in answer.text
    assert states(stored) == ["confirmed"]
    assert stored(SignerAct) == []


def test_words_for_the_public_hold_no_mail_address(make, olive, campaign, stored):
    does(olive, campaign, "invalidate", make.signature(campaign), public_words="sam@example.org lied", status=422)
    assert stored(SignerAct) == []


def test_taking_many_out_asks_for_the_password(make, olive, campaign, stored, monkeypatch):
    monkeypatch.setattr(signer_acts, "MANY", 1)
    mine = [make.signature(campaign) for _ in range(2)]
    assert "Your password again" in asks(olive, campaign, "hold", *mine).text
    does(olive, campaign, "hold", *mine, reason="doubtful", status=422)
    does(olive, campaign, "hold", *mine, reason="doubtful", password="wrong", status=422)
    assert states(stored) == ["confirmed"] * 2
    does(olive, campaign, "hold", *mine, reason="doubtful", password=PASSWORD)
    assert states(stored) == ["held"] * 2
    does(olive, campaign, "release", *mine, reason="genuine")  # puts back, so it needs none
    assert states(stored) == ["confirmed"] * 2


def test_all_that_match_are_those_of_the_dry_run_and_not_later_ones(make, olive, campaign, stored):
    for _ in range(2):
        make.signature(campaign, country="DE")
    make.signature(campaign, country="IQ")
    page = asks(olive, campaign, "invalidate", country="DE").text
    assert "2 signatures are" in page
    make.signature(campaign, country="DE")
    answer = does(olive, campaign, "invalidate", country="DE", expected="2", status=409)
    assert "Meanwhile there are more" in answer.text
    assert 'name="expected" value="3"' in answer.text
    does(olive, campaign, "invalidate", country="DE", expected="3")
    assert states(stored) == ["invalidated", "invalidated", "confirmed", "invalidated"]


def test_a_filter_that_is_not_understood_never_means_everybody(make, olive, campaign, stored):
    make.signature(campaign)
    asks(olive, campaign, "invalidate", country="nowhere", status=303)
    does(olive, campaign, "invalidate", country="nowhere", expected="1")
    asks(olive, campaign, "invalidate", id="x")
    olive.post(f"/campaigns/{campaign.slug}/acts/ask", 303, kind="invalidate")
    olive.post(f"/campaigns/{campaign.slug}/acts/ask", 303, kind="delete", scope="all")
    assert states(stored) == ["confirmed"]


def test_many_are_done_in_batches_by_the_worker_and_can_be_stopped_half_way(
    app, client, make, olive, campaign, stored, monkeypatch
):
    """BOT-04: the count is right after stopping in the middle, and after taking it back."""
    monkeypatch.setattr(signer_acts, "BATCH", 2)
    for _ in range(7):
        make.signature(campaign)
    at = does(olive, campaign, "invalidate", expected="7").location.removeprefix(olive.base)
    assert count(client, campaign) == 5
    assert "2 of 7 done so far" in olive.get(at)
    with app.app_context():
        (running,) = signer_acts.running()
        signer_acts.go_on(running, limits.mailing(), now=NOON)
    olive.post(f"{at}/cancel")
    work(app)
    assert "stopped half way" in olive.get(at)
    assert (count(client, campaign), stored(SignerAct)[0].delta) == (3, -4)
    (act,) = stored(SignerAct)
    asks(olive, campaign, "restore", act=act.public_id)
    does(olive, campaign, "restore", act=act.public_id, expected="4", reason="mistake")
    assert count(client, campaign) == 5
    work(app)
    assert count(client, campaign) == 7
    with app.app_context():
        assert recount.everything(fix=False) == []
        assert ledger.of(db.session.get(Campaign, campaign.id), NOON).by_acts == 0
    does(olive, campaign, "invalidate", expected="7")
    make.signature(campaign)  # after the act began, which meant those of then
    work(app)
    assert count(client, campaign) == 1
    for _ in range(3):
        make.signature(campaign)
    does(olive, campaign, "invalidate", expected="4")
    app.test_cli_runner().invoke(args=["accounts", "close", stored(Account)[0].email])
    work(app)  # whoever is shut out does nothing any more, not by the worker either
    assert (count(client, campaign), stored(SignerAct)[-1].state) == (2, "cancelled")


def test_taking_back_leaves_alone_what_somebody_changed_meanwhile(make, olive, campaign, stored):
    held, counted = make.signature(campaign, "held"), make.signature(campaign)
    does(olive, campaign, "invalidate", held, counted)
    (act,) = stored(SignerAct)
    later = make.signature(campaign)
    does(olive, campaign, "invalidate", later)
    does(olive, campaign, "restore", counted, reason="mistake")
    does(olive, campaign, "restore", act=act.public_id, expected="1", reason="mistake")
    assert states(stored) == ["held", "confirmed", "invalidated"]


def test_a_name_that_was_looked_for_is_not_kept_with_the_act(make, olive, campaign, stored):
    make.signature(campaign, given_name="Leila", country="DE")
    does(olive, campaign, "invalidate", name="Leila", country="DE", expected="1")
    assert stored(SignerAct)[0].choice == {"country": "DE"}


def test_confirmations_are_sent_again_within_the_limits(app, make, olive, campaign, stored, clock):
    """MAIL-01, MAIL-03."""
    clock.set(NOON)
    app.config["MAILBOX_MAILS_PER_HOUR"] = 1
    first, second, refused = (make.signature(campaign, "pending") for _ in range(3))
    confirmed = make.signature(campaign)
    other = make.campaign(olive.organisation)
    with app.app_context():
        db.session.add(Refusal(email_key=refused.email_key, campaign_id=campaign.id, refused_at=NOON))
        db.session.add(Refusal(email_key=refused.email_key, campaign_id=other.id, refused_at=NOON))
        db.session.commit()
    does(olive, campaign, "resend", first, reason="")
    clock.forward(minutes=30)
    does(olive, campaign, "resend", first, second, refused, confirmed, reason="")
    again = stored(SignerAct)[1]
    assert (again.changed_count, again.held_back_count) == (1, 1)
    assert [mail.signature_id for mail in stored(Mail)] == [first.id, second.id]
    page = olive.get(f"/campaigns/{campaign.slug}/acts/{again.public_id}")
    assert "1 mail is on its way" in page
    assert "1 mail was held back" in page


def test_a_held_signer_can_prove_the_mailbox_and_counts_once_released(app, client, make, olive, campaign, stored):
    sam = make.signature(campaign, "pending")
    does(olive, campaign, "hold", sam, reason="doubtful")
    token = link(app, sam)
    assert client.get(f"/confirm/{token}").text.count("<form") >= 1
    client.post(f"/confirm/{token}")
    assert (states(stored), count(client, campaign), stored(Mail)) == (["held"], 0, [])
    does(olive, campaign, "release", sam, reason="genuine")
    assert (states(stored), count(client, campaign)) == (["confirmed"], 1)
    assert [mail.kind.value for mail in stored(Mail)] == ["thanks"]
    assert [act.delta for act in stored(SignerAct)] == [0, 0], "it counts for the first time: no line of the ledger"


def test_two_people_at_once_change_each_signature_once(app, client, make, olive, campaign, stored):
    made = [make.signature(campaign) for _ in range(6)]
    account = make.account(Role.OWNER, olive.organisation)

    def invalidate():
        with app.app_context():
            mine, me = db.session.get(Campaign, campaign.id), db.session.get(Account, account.id)
            why = Why(ActReason.AUTOMATED)
            act = signer_acts.start(mine, ActKind.INVALIDATE, Wanted(), why, expected=9, by=me, now=NOON)
            while signer_acts.go_on(act.id, limits.mailing(), now=NOON):
                pass

    def withdraw():
        with app.app_context():
            signing.withdraw(made[0].public_id, now=NOON)

    threads = [threading.Thread(target=act) for act in (invalidate, withdraw, invalidate)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    assert count(client, campaign) == 0
    assert len({change.signature_id for change in stored(SignatureChange)}) == len(stored(SignatureChange))
    with app.app_context():
        assert recount.everything(fix=False) == []


def test_every_act_leads_only_where_the_table_of_states_allows():
    ways = {
        ActKind.HOLD: {SignatureState.HELD},
        ActKind.INVALIDATE: {SignatureState.INVALIDATED},
        ActKind.RELEASE: {SignatureState.CONFIRMED, SignatureState.PENDING},
        ActKind.RESTORE: {SignatureState.CONFIRMED, SignatureState.PENDING, SignatureState.HELD},
    }
    for kind, targets in ways.items():
        for old in FROM[kind]:
            assert targets <= signature_states.TRANSITIONS[old], f"{kind} from {old}"


def test_acts_are_listed_and_those_of_another_campaign_are_not_found(make, olive, campaign, stored):
    does(olive, campaign, "invalidate", make.signature(campaign))
    (act,) = stored(SignerAct)
    assert "Seen by Sam" in olive.get(f"/campaigns/{campaign.slug}/acts")
    other = make.campaign(olive.organisation)
    olive.get(f"/campaigns/{other.slug}/acts/{act.public_id}", 404)
    olive.get(f"/campaigns/{other.slug}/signatures?act={act.public_id}", 404)
    olive.post(f"/campaigns/{other.slug}/acts/{act.public_id}/cancel", 404)
    does(olive, other, "invalidate", make.signature(campaign), expected="5")
    assert states(stored) == ["invalidated", "confirmed"], "a signature of another campaign is not touched"
