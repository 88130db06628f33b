"""Both sides know what a transfer means: what goes along is named, owners are told by mail, and reasons of exports stay where they were."""

from __future__ import annotations

import re

import pytest

from app import tokens
from app.domain import belongings
from app.extensions import db
from app.models import Campaign, Delivery, Invitation, Membership, Transfer
from app.tokens import Purpose
from tests import desk, handed, mailing
from tests.accounts import join
from tests.factories import PASSWORD
from tests.test_transfers import accept, campaign, offer, oscar

olive = desk.olive
__all__ = ["campaign", "oscar"]


def told(smtp):
    """Who got a mail of which subject since the last look."""
    found = [(mail["To"], str(mail["Subject"]), mailing.text(mail)) for mail in smtp.messages]
    smtp.messages.clear()
    return found


def test_owners_are_told_of_an_offer_and_of_its_answer(app, olive, oscar, campaign, make, smtp, stored):
    app.config["MAIL_URL"] = smtp.url
    for role in ("owner", "editor"):
        make.account(role, oscar.organisation, email=f"{role}@example.org")
    offer(olive)
    mailing.deliver(app)
    mails = told(smtp)
    assert len(mails) == 2
    assert "owner@example.org" in {to for to, _subject, _text in mails}
    for _to, subject, text in mails:
        assert subject == "A campaign is offered to Elsewhere"
        assert f"offers Elsewhere the campaign “{campaign.ask}”." in text
        assert f"/desk/elsewhere/transfers/{stored(Transfer)[0].public_id}" in text
    olive.post("/campaigns/rein-in/transfer/take-back")
    offer(olive)
    mailing.deliver(app)
    assert told(smtp) == []  # one a day, however often it is offered
    oscar.post(f"/transfers/{stored(Transfer)[-1].public_id}/decline")
    mailing.deliver(app)
    ((to, subject, text),) = told(smtp)
    assert (to, subject) == ("olive2@example.org", "Elsewhere has declined your campaign")
    assert f"It stays with {olive.organisation.name}, as it was." in text
    offer(olive)
    accept(oscar, stored)
    mailing.deliver(app)
    ((_to, subject, text),) = told(smtp)
    assert subject == "Elsewhere has taken over your campaign"
    assert f"{olive.base}/log" in text
    make.campaign(olive.organisation, slug="secret", ask="Not public yet", published=False)
    olive.post("/campaigns/secret/transfer", organisation="elsewhere", password=PASSWORD)
    mailing.deliver(app)
    assert all("which is a draft still" in text and "Not public" not in text for _to, _subject, text in told(smtp))


@pytest.mark.sqlite_alone
def test_the_page_names_what_goes_along_and_the_reason_of_an_export_does_not(app, olive, oscar, campaign, make, stored):
    bare = olive.get("/campaigns/rein-in/transfer")  # nothing but its page, of which nothing is said that is not there
    assert not re.search(r"\b0 (signature|question|batch|hand-over|update|publication|news)", bare)
    assert "The words of the thank-you page in every language." in bare
    for _n in range(5):  # fewer are not sealed
        make.signature(campaign)
    handed.over(app, campaign, desk_note="By hand")
    page = olive.get("/campaigns/rein-in/transfer")
    for words in (
        "the thank-you page",
        "1 hand-over,",
        "from asking to confirming",
        "export presets",
        "note for the desk",
        "pauses",
    ):
        assert words in page, words
    at = f"/campaigns/rein-in/deliveries/{stored(Delivery)[0].id}"
    assert "For the ministry" in olive.get(at)
    offer(olive)
    accept(oscar, stored)
    theirs = oscar.get(at) + oscar.get("/campaigns/rein-in/deliveries")
    assert "By hand" in theirs
    assert "by the organisation that had the campaign before" in theirs
    assert "For the ministry" not in theirs


def test_whatever_hangs_on_a_campaign_is_known_to_go_along_or_to_stay():
    hang = {
        t.name for t in db.metadata.tables.values() for key in t.foreign_keys if key.column.table.name == "campaign"
    }
    assert hang == belongings.ALONG | belongings.STAYS, "name it on the page of the transfer and in docs/teams.md"


@pytest.mark.parametrize("how", ["closed", "removed"])
def test_whoever_is_shut_out_leaves_no_door_open(app, client, olive, oscar, campaign, make, sign_in, stored, how):
    """Neither the way back in by an invitation, nor the campaign on its way to an accomplice."""
    mona, browser = make.account("owner", olive.organisation), app.test_client()
    sign_in(browser, mona)
    hers = desk.Desk(browser, olive.organisation)
    hers.post("/members/invitations", email="mona@example.net", role="owner")
    offer(hers)
    if how == "closed":
        assert app.test_cli_runner().invoke(args=["accounts", "close", mona.email]).exit_code == 0
    else:
        olive.post(f"/members/{stored(Membership, account_id=mona.id)[0].id}/remove")
    with app.app_context():
        link = tokens.issue(Purpose.INVITE, stored(Invitation)[0].public_id)
    assert join(app.test_client(), f"/account/invitations/{link}").status_code == 410
    accept(oscar, stored, 410)
    assert "took an offer back" in olive.get("/log")
    with app.app_context():  # written in the moment in which she was shut out
        db.session.get(Transfer, 1).state, db.session.get(Transfer, 1).ended_at = "offered", None
        db.session.commit()
    accept(oscar, stored, 410)
    assert stored(Campaign)[0].organisation_id == olive.organisation.id
