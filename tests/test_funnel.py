"""Olive sees how many were asked, whose mail failed, who confirmed, by day and mail domain; a rare domain names nobody."""

from __future__ import annotations

import contextlib
import csv
import datetime as dt
import io
import time
from unittest import mock

import pytest
from sqlalchemy import event, update
from sqlalchemy.exc import OperationalError

from app import jobs, limits
from app.domain import funnel, outbox, signer_acts, signing
from app.domain.signer_acts import Why
from app.domain.signers import Wanted
from app.extensions import BEGIN, db
from app.models import Account, ActKind, Campaign, FunnelTally, Mail, MailKind, MailState, Role, Signature
from tests.test_signing import link, post

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

    assert file("funnel") == [["2026-11-21", "8", "7", "1", "0", "1"], ["2026-11-22", "0", "0", "0", "0", "1"]]
    assert file("domains") == []  # the week is not over
    assert file("again") == [["2026-11-22", "7", "1", "1"]]
    page = client.get(at).text
    assert "7 mails asked a mailbox again; 1 confirmed after one." in page
    assert "rare.example.org" not in page
    everybody = "?from=2026-11-01&until="
    clock.set(NOON + dt.timedelta(days=2))
    sign_in(client, make.account(Role.ANALYST, desk))
    assert file("domains") == []  # mails of Sunday may still be given up, or opened
    clock.set(NOON + dt.timedelta(days=3))
    sign_in(client, make.account(Role.ANALYST, desk))
    assert post(client, campaign, email="late@big.example.org").status_code == 303
    with app.app_context():
        handed_over()
        jobs.count_mails(clock.now())
    assert file("domains") == [["other", "8", "7", "1", "0", "2"]]  # two of them confirmed at big.example.org
    with app.app_context():
        for email in people[2:5]:
            confirms(email, NOON)
        db.session.execute(update(Mail).where(Mail.kind == MailKind.THANKS).values(created_at=NOON))
        db.session.commit()
        handed_over()
        jobs.count_mails(clock.now())
    told = [["big.example.org", "6", "6", "0", "0", "5"], ["other", "2", "1", "1", "0", "0"]]
    for until in ("2026-11-22", "2026-11-23", "2026-11-24"):  # taken from one another they leave nobody
        assert file("domains", everybody + until) == told
    assert "Whole weeks, from" in client.get(at + everybody + "2026-11-24").text
    with app.app_context():
        signing.withdraw(db.session.query(Signature.public_id).where(Signature.email == people[1]).scalar(), now=NOON)
        jobs.put_small_domains_together(NOON + dt.timedelta(days=9))
        kept = {domain for (domain,) in db.session.query(FunnelTally.domain)}
        assert kept == {"", "big.example.org"}
    assert file("funnel")[0] == ["2026-11-21", "8", "7", "1", "0", "1"]


def tally(app, campaign, day, domain="", **counts):
    with app.app_context():
        known = {f"{name}_count": counts.get(name, 0) for name in funnel.COUNTS}
        db.session.add(FunnelTally(campaign_id=campaign.id, day=day, domain=domain, **known))
        db.session.commit()


def written(app, do):
    """The statements that write while something is done."""
    found = []

    def note(_connection, _cursor, statement, *_more):
        if statement.split(None, 1)[0] in {"UPDATE", "INSERT", "DELETE"} or "IMMEDIATE" in statement:
            found.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        do()
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return found


def test_an_opened_link_is_counted_once_on_the_day_of_asking_and_nothing_else_is_kept(
    app, client, make, sign_in, clock, stored
):
    clock.set(NOON)
    desk = make.organisation(slug="tigris")
    campaign = make.campaign(desk, slug="rein-in")
    for n in range(4):
        assert post(client, campaign, email=f"sam{n}@{'dead' if n == 2 else 'big'}.example.org").status_code == 303
    at = [f"/confirm/{link(app, one)}" for one in stored(Signature)]
    with app.app_context():
        handed_over(failing="dead.example.org")
    assert written(app, lambda: client.head(at[0])) == []
    before = [mail.__dict__ for mail in stored(Mail)]
    assert len([s for s in written(app, lambda: client.get(at[0])) if s.startswith("UPDATE")]) == 1
    assert written(app, lambda: [client.get(at[0]), client.get(f"{at[0]}x")]) == []
    changed = [
        (old["id"], name)
        for old, new in zip(before, (mail.__dict__ for mail in stored(Mail)), strict=True)
        for name in old
        if not name.startswith("_") and old[name] != new[name]
    ]
    assert changed == [(before[0]["id"], "is_opened")]
    clock.set(NOON + dt.timedelta(days=1))
    assert post(client, campaign, email="sam0@big.example.org").status_code == 303  # and is asked again
    with app.app_context():
        handed_over()
    assert written(app, lambda: client.get(at[0])) == []
    with app.app_context():
        for _ in range(2):
            jobs.count_mails(clock.now())  # what was opened before it was counted itself
        client.get(at[1])
        client.get(at[2])  # which the mail server refused
        for _ in range(2):
            jobs.count_mails(clock.now())  # and what was opened after
        client.get(at[3])
        jobs.count_mails(NOON + dt.timedelta(days=3))  # too late: the week is told by then
    sign_in(client, make.account(Role.ANALYST, desk))
    page = client.get("/desk/tigris/campaigns/rein-in/numbers").text
    assert "Programs that look for harm open links in mails, too" in page
    file = client.get("/desk/tigris/campaigns/rein-in/numbers/funnel.csv").text
    head, *rows = (row[2:] for row in csv.reader(io.StringIO(file)))
    assert head == ["Asked", "Mail accepted", "Failed or came back", "Link opened", "Confirmed"]
    assert rows == [
        ["4", "3", "1", "2", "0"],
        ["0", "0", "0", "0", "0"],
    ]  # the second day, on which one was asked again


@pytest.mark.sqlite_alone
def test_the_worker_finds_what_is_to_be_counted_by_an_index(app):
    asked = []

    def note(_connection, _cursor, statement, parameters, *_more):
        asked.append((statement, parameters))

    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", note)
        jobs.count_mails(NOON)
        event.remove(db.engine, "before_cursor_execute", note)
        with db.engine.connect() as connection:
            looks = [
                connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {s}", given).all() for s, given in asked if "WITH" in s
            ]
    plans = [[step[3] for step in look if step[3].startswith("SCAN mail")] for look in looks]
    assert plans == [
        [f"SCAN mail USING INDEX {name}"] for name in ("ix_mail_to_tally", "ix_mail_opened", "ix_mail_bounced")
    ]


@contextlib.contextmanager
def others_hold(app, mail_id):
    """Somebody else holds what would be written: the row, or on SQLite the whole file."""
    with app.app_context():
        is_sqlite = db.engine.dialect.name == "sqlite"
        with db.engine.connect().execution_options(**({BEGIN: "BEGIN IMMEDIATE"} if is_sqlite else {})) as other:
            locking = "SELECT 1" if is_sqlite else f"SELECT id FROM mail WHERE id = {mail_id} FOR UPDATE"
            other.exec_driver_sql(locking)
            yield
            other.rollback()


def test_the_page_behind_a_link_is_shown_also_where_the_database_takes_no_mark(app, client, make, stored, monkeypatch):
    campaign = make.campaign()
    assert post(client, campaign, email="sam@example.org").status_code == 303
    (signature,), (mail,) = stored(Signature), stored(Mail)
    at = f"/confirm/{link(app, signature)}"
    begun = time.monotonic()
    with others_hold(app, mail.id):
        page = client.get(at)
    assert page.status_code == 200
    assert "<button" in page.text
    assert time.monotonic() - begun < 5
    for down in ("is_unopened", "note_opened"):
        with monkeypatch.context() as patched:
            patched.setattr(funnel, down, mock.Mock(side_effect=OperationalError("", {}, Exception("read-only"))))
            assert client.get(at).status_code == 200
    assert not stored(Mail)[0].is_opened
    assert client.get(at).status_code == 200
    assert stored(Mail)[0].is_opened


@pytest.mark.sqlite_alone
def test_a_few_who_opened_or_did_not_are_among_the_others(app, client, make, sign_in, clock):
    clock.set(NOON + dt.timedelta(days=7))
    desk = make.organisation(slug="tigris")
    campaign, day = make.campaign(desk, slug="rein-in"), NOON.date()
    weeks = (("a", 3, 0), ("b", 48, 5), ("c", 40, 38), ("d", 30, 20), ("e", 0, 0), ("f", 3, 6), ("g", 40, 2))
    for domain, opened, confirmed in weeks:  # of 50 each
        tally(app, campaign, day, f"{domain}.example.org", asked=50, mailed=50, opened=opened, confirmed=confirmed)
    sign_in(client, make.account(Role.ANALYST, desk))
    rows = client.get("/desk/tigris/campaigns/rein-in/numbers/domains.csv?from=2026-11-01&until=2026-11-29").text
    assert [[row[0], *row[2:]] for row in csv.reader(io.StringIO(rows))][1:] == [
        ["d.example.org", "50", "50", "0", "30", "20"],
        ["e.example.org", "50", "50", "0", "0", "0"],
        ["b.example.org", "48", "48", "0", "48", "5"],
        ["c.example.org", "48", "48", "0", "38", "38"],
        ["a.example.org", "47", "47", "0", "0", "0"],
        ["other", "107", "107", "0", "48", "8"],  # all of f and g
    ]


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
