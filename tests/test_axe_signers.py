"""Finding signers, acting on them, and what everybody reads of it: nothing that axe finds wrong, nothing that scrolls sideways."""

from __future__ import annotations

import datetime as dt

import pytest

from app import limits
from app.domain import signer_acts, signer_imports, signing
from app.domain.signer_acts import Why
from app.domain.signers import Wanted
from app.extensions import db
from app.models import Account, ActKind, ActReason, Campaign, Consent, ConsentWording, Mail, SourceKind
from tests import looking
from tests.factories import PASSWORD
from tests.looking import BOTH, press

looker = looking.looker
pytestmark = pytest.mark.browser

LONG = "W" * 60 + " and everybody who signed with her on the night of the third"


@pytest.fixture
def tigris(app, make, stored, monkeypatch):
    """A campaign whose signers were looked at: one act is over, one was stopped, one runs; words are long."""
    monkeypatch.setattr(signer_acts, "BATCH", 6)
    organisation = make.organisation(slug="tigris")
    account = make.account("owner", organisation, name="Olive Branch-Lindqvist")
    campaign = make.campaign(organisation, slug="full", ask="Rein in militias", signature_target=12)
    long = make.signature(campaign, given_name="W" * 60, family_name=LONG, email=f"{'w' * 60}@example.org")
    make.signature(campaign, "held", origin="paper", public_id="on-paper", given_name="W" * 60, family_name=LONG)
    signatures = [make.signature(campaign, given_name="هبة", family_name="حدّاد") for _ in range(12)]
    wording = stored(ConsentWording, organisation_id=organisation.id)[0]
    with app.app_context():
        now = dt.datetime.now(dt.UTC)
        db.session.add(Consent(signature_id=long.id, purpose="updates", wording_id=wording.id, agreed_at=now))
        values = {"recipient_key": long.email_key, "locale": "en", "due_at": now, "created_at": now}
        db.session.add(Mail(kind="thanks", message_id="x", error=f"550 {LONG}", signature_id=long.id, **values))
        db.session.commit()
        signing.withdraw(signatures[-1].public_id, now=now - dt.timedelta(days=60))
        mine, by = db.session.get_one(Campaign, campaign.id), db.session.get_one(Account, account.id)
        today, sheet = now.date(), f"Name,E-mail\n{LONG},=nobody\n".encode()
        signer_imports.begin(
            mine, signer_imports.Provenance(SourceKind.PAPER, LONG, today, today), sheet, by=by, now=now
        )
        why = Why(ActReason.AUTOMATED, LONG, LONG)
        for kind in (ActKind.INVALIDATE, ActKind.RESTORE, ActKind.HOLD):
            act = signer_acts.start(mine, kind, Wanted(), why if kind != ActKind.RESTORE else Why(ActReason.GENUINE),
                                    expected=99, by=by, now=now)  # fmt: skip
            act_id, public_id = act.id, act.public_id
            signer_acts.go_on(act_id, limits.mailing(), now=now)
            if kind == ActKind.RESTORE:
                signer_acts.cancel(mine.id, public_id, now=now)
            elif kind == ActKind.INVALIDATE:
                while signer_acts.go_on(act_id, limits.mailing(), now=now):
                    pass
    return account, long, public_id


def ask(kind, all_that_match=True):
    """Choose all that match, and press a button."""

    def before(page):
        if all_that_match:
            page.check("input[name=scope][value=all]")
        page.click(f"button[value={kind}]")
        page.wait_for_selector("form.form")

    return before


def ask_wrongly(page):
    ask("invalidate")(page)
    page.evaluate("document.querySelector('form.form').noValidate = true")
    page.click(".btn-alarm")
    page.wait_for_selector(".summary")


def test_signers_and_what_is_done_to_them(tigris, looker, page):
    account, long, running = tigris
    page.goto(f"{looker.base}/account/login")
    page.fill("#email", account.email)
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/**")
    looker.cookies = page.context.cookies()
    here = "/desk/tigris/campaigns/full"
    looker.look(f"{here}/signatures")
    looker.look(f"{here}/signers/{long.public_id}")
    looker.look(f"{here}/signers/on-paper/delete")
    looker.look(f"{here}/imports/new", press("table.batch td a", "form.form"))
    looker.look(f"{here}/acts")
    looker.look(f"{here}/acts/{running}")
    looker.look(f"{here}/signatures", ask_wrongly, status=422)
    looker.look(f"{here}/signatures", lambda p: p.goto(p.url + "?country=XX&since=soon&name=nobody"))
    assert looker.wrong == []


def test_about_the_numbers(tigris, make, looker):
    make.campaign(slug="bare")
    looker.look("/campaigns/full/numbers", languages=BOTH)
    looker.look("/campaigns/bare/numbers", languages=BOTH)
    assert looker.wrong == []
