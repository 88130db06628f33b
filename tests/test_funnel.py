"""Olive sees how many were asked, whose mail failed, who confirmed, by day and mail domain; a rare domain names nobody."""

from __future__ import annotations

import csv
import datetime as dt
import io

from sqlalchemy import update

from app import jobs, limits
from app.domain import funnel, outbox, signer_acts, signing
from app.domain.signer_acts import Why
from app.domain.signers import Wanted
from app.extensions import db
from app.models import Account, ActKind, Campaign, FunnelTally, Mail, MailKind, MailState, Role, Signature
from tests.test_signing import post

NOON = dt.datetime(2026, 11, 22, 12, 0, tzinfo=dt.UTC)


def handed_over(failing=""):
    """Every queued mail is taken by the mail server, but those to `failing`."""
    waiting = db.session.query(Mail.id, Mail.recipient).where(Mail.state == MailState.QUEUED).all()
    db.session.execute(update(Mail).values(lease="w"))
    db.session.commit()
    for number, recipient in waiting:
        if failing and recipient.endswith(failing):
            outbox.refused(number, "w", "550 no such mailbox")
        else:
            outbox.sent(number, "w", NOON)


def confirms(email, now):
    public_id = db.session.query(Signature.public_id).where(Signature.email == email).scalar()
    signing.confirm(public_id, grace=dt.timedelta(hours=1), now=now)


def test_the_funnel_counts_each_mail_once_and_what_asking_again_did(app, client, make, sign_in, clock):
    clock.set(NOON - dt.timedelta(days=1))
    desk = make.organisation(slug="tigris")
    campaign = make.campaign(desk, slug="rein-in", closes_zone="Asia/Kathmandu")
    by = make.account(Role.OWNER, desk)
    people = [f"sam{n}@big.example.org" for n in range(6)] + ["one@rare.example.org", "two@dead.example.org"]
    for email in people:
        assert post(client, campaign, email=email).status_code == 303
    with app.app_context():
        jobs.count_mails(NOON)  # nothing was handed over yet
        handed_over(failing="dead.example.org")
        confirms(people[0], NOON - dt.timedelta(hours=20))
        clock.set(NOON)
        mine, olive = db.session.get(Campaign, campaign.id), db.session.get(Account, by.id)
        act = signer_acts.start(mine, ActKind.RESEND, Wanted(), Why(), expected=9, by=olive, now=NOON)
        assert not signer_acts.go_on(act.id, limits.mailing(), now=NOON)
        handed_over()
        confirms(people[1], NOON)
        handed_over()
        for _ in range(2):  # the second time there is nothing left
            jobs.count_mails(NOON)
        thanked = db.session.query(Mail).where(Mail.kind == MailKind.THANKS).count()
        assert db.session.query(db.func.sum(FunnelTally.confirmed_count)).scalar() == thanked == 2
    sign_in(client, make.account(Role.ANALYST, desk))
    at = "/desk/tigris/campaigns/rein-in/numbers"

    def file(name, query=""):
        return [row[:1] + row[2:] for row in csv.reader(io.StringIO(client.get(f"{at}/{name}.csv{query}").text))][1:]

    assert file("funnel") == [["2026-11-21", "8", "7", "1", "1"], ["2026-11-22", "0", "0", "0", "1"]]
    assert file("domains") == []  # the week is not over
    assert file("again") == [["2026-11-22", "7", "1", "1"]]
    page = client.get(at).text
    assert "7 mails asked a mailbox again; 1 confirmed after one." in page
    assert "rare.example.org" not in page
    everybody = "?from=2026-11-01&until="
    clock.set(NOON + dt.timedelta(days=2))
    sign_in(client, make.account(Role.ANALYST, desk))
    assert post(client, campaign, email="late@big.example.org").status_code == 303
    with app.app_context():
        handed_over()
        jobs.count_mails(clock.now())
    assert file("domains") == [["other", "8", "7", "1", "2"]]  # two of them confirmed at big.example.org
    with app.app_context():
        for email in people[2:5]:
            confirms(email, NOON)
        db.session.execute(update(Mail).where(Mail.kind == MailKind.THANKS).values(created_at=NOON))
        db.session.commit()
        handed_over()
        jobs.count_mails(clock.now())
    told = [["big.example.org", "6", "6", "0", "5"], ["other", "2", "1", "1", "0"]]
    for until in ("2026-11-22", "2026-11-23", "2026-11-24"):  # taken from one another they leave nobody
        assert file("domains", everybody + until) == told
    assert "Whole weeks, from" in client.get(at + everybody + "2026-11-24").text
    with app.app_context():
        signing.withdraw(db.session.query(Signature.public_id).where(Signature.email == people[1]).scalar(), now=NOON)
        jobs.put_small_domains_together(NOON + dt.timedelta(days=9))
        kept = {domain for (domain,) in db.session.query(FunnelTally.domain)}
        assert kept == {"", "big.example.org"}
    assert file("funnel")[0] == ["2026-11-21", "8", "7", "1", "1"]


def tally(app, campaign, day, domain="", **counts):
    with app.app_context():
        known = {f"{name}_count": counts.get(name, 0) for name in funnel.COUNTS}
        db.session.add(FunnelTally(campaign_id=campaign.id, day=day, domain=domain, **known))
        db.session.commit()


def test_the_overview_says_how_many_mailboxes_were_asked_and_confirmed_in_seven_days(app, client, make, sign_in, clock):
    clock.set(NOON)
    desk = make.organisation(slug="tigris")
    campaign, _quiet = (
        make.campaign(desk, slug="rein-in", closes_zone="Asia/Kathmandu"),
        make.campaign(desk, slug="quiet"),
    )
    tally(app, campaign, NOON.date() - dt.timedelta(days=7), "a.example.org", asked=50, confirmed=50)
    tally(app, campaign, NOON.date() - dt.timedelta(days=6), "a.example.org", asked=1200, confirmed=1)
    tally(app, campaign, NOON.date(), asked=3, confirmed=100)
    sign_in(client, make.account(Role.ANALYST, desk))
    assert "in seven days 1,203 asked, 101 confirmed" in client.get("/desk/tigris/campaigns/rein-in").text
    page = client.get("/desk/tigris/campaigns/quiet").text
    assert "in seven days" not in page
    assert "wait for their mailbox" in page
