"""A mail that its server took and sends back is known as such: to operators, in the funnel, on the signer's record."""

from __future__ import annotations

import csv
import datetime as dt
import io
from unittest import mock

import pytest
from sqlalchemy import update
from sqlalchemy.exc import OperationalError

from app import create_app, jobs
from app.came_back_words import why
from app.domain import came_back, forgetting, funnel, outbox
from app.extensions import db
from app.mail import reports
from app.mail.reports import NotAReport
from app.models import FunnelTally, Mail, MailState, Membership, Role, Signature, SignerAct
from tests import desk as desks
from tests.listener import Listener
from tests.mailing import deliver, queue_confirmations
from tests.test_funnel import handed_over, tally
from tests.test_signing import link, post

NOON = dt.datetime(2026, 11, 25, 12, 0, tzinfo=dt.UTC)  # a Wednesday
NAME = "0123456789abcdef" * 2
AT = f"bounces+{NAME}@example.org"
olive = desks.olive


def report(*blocks, to=AT, kind="delivery-status", returned="", **headers):
    """A delivery report, one block for each recipient, and what was returned with it."""
    lines = [
        f"To: {to}",
        *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items()),
        "MIME-Version: 1.0",
        f'Content-Type: multipart/report; report-type={kind};\n\tboundary="9B095/mx.example.org"',
        "",
        "--9B095/mx.example.org",
        "Content-Type: text/plain; charset=us-ascii",
        "",
        "Action: failed",
        "",
        "--9B095/mx.example.org",
        f"Content-Type: message/{kind}",
        "",
        "Reporting-MTA: dns; mx.example.org",
        "",
        "\n\n".join(blocks),
        "",
        "--9B095/mx.example.org",
        "Content-Type: text/rfc822-headers",
        "",
        f"Message-ID: <{returned}@sign.example.org>",
        "",
        "--9B095/mx.example.org--",
    ]
    return "\n".join(lines).encode()


def block(status="5.1.1", words="smtp; 550 5.1.1 <sam@example.org>: User unknown", action="failed"):
    about = f"Final-Recipient: rfc822; sam@example.org\nAction: {action}\nStatus: {status}"
    return about + (f"\nDiagnostic-Code: {words}" if words else "")


POSTFIX = """Final-Recipient: rfc822; sam.signer@example.org
Original-Recipient: rfc822;sam@example.org
Action: failed
Status: 5.1.1
Remote-MTA: dns; mx.example.org
Diagnostic-Code: smtp; 550 5.1.1 <sam.signer@example.org>:
    not here: "Sam Signer" has left, write to sam.signer or sam@mail.example.org"""
EXCHANGE = """Final-recipient: RFC822; sam@example.org
Action: failed
Status: 5.2.2
Remote-MTA: dns;mx.example.org
X-Supplementary-Info: <mx.example.org #5.2.2 smtp;554 5.2.2 mailbox full>"""
EXIM = block("5.0.0", "smtp; 550-5.7.1 [192.0.2.1] Our system has detected that this\n message is likely unsolicited")
READ = [
    (report(POSTFIX), "5.1.1 550 5.1.1 <(address)>: not here: (…) has left, write to (address) or (address)"),
    (report(EXCHANGE).replace(b"\n", b"\r\n"), "5.2.2"),
    (report(EXIM), "5.7.1 550-5.7.1 [192.0.2.1] Our system has detected that this message is likely unsolicited"),
    (report(block("4.4.7", "")), "4.4.7"),  # given up after days
    (report(block(), to="bounces@example.org", Delivered_To=AT), "5.1.1 550 5.1.1 <(address)>: User unknown"),
    (report(block("", "550 no; not here"), to="post@example.org", returned=NAME), "5.0.0 550 no; not here"),
    (report(block("5.0.0", "smtp; 550 192.0.2.5.1.1 no")), "5.0.0 550 192.0.2.5.1.1 no"),
    (report(block("2.0.0", "", "delivered"), block("5.1.2 (bad)", "", "Failed (at once)")), "5.1.2"),
]
SAID = f"\nTo: {AT}\n\nAction: failed\n".encode()
OUTER = b"Content-Type: multipart/report; boundary=x"
NOTHING = [
    (report(block(action="delayed", status="4.4.1")), "reports no mail as failed"),
    (report(block(action="relayed"), block(action="delivered"), block(action="expanded")), "reports no mail as failed"),
    (report(block(), kind="disposition-notification"), "reports no mail as failed"),
    (report(block(), to="bounces@example.org"), "does not say which mail"),
    (report(block(), to="bounces+0123@example.org", returned="somebody-elses"), "does not say which mail"),
    (b"Subject: Out of office\nAuto-Submitted: auto-replied" + SAID, "no delivery report"),
    (b"Content-Type: multipart/report" + SAID, "no delivery report"),
    (b"X: " + b";" * 900_000 + b"\n" + report(block()), "no delivery report"),
    (OUTER + b"\n\n" + b"--x\nContent-Type: multipart/mixed; boundary=x\n\n" * 20_000, "no mail"),
    (b"Content-Type: multipart/report; boundary*0*=nowhere'x'%ff%\nTo: \xff\xfe\n\n--", "no"),
    (b"\x00\xff" * 600_000, "no delivery report"),
    (b"", "no delivery report"),
]


@pytest.mark.parametrize(("raw", "reason"), READ, ids=range(len(READ)))
def test_reports_of_many_servers_are_read_and_name_nobody(raw, reason):
    said = reports.read(raw)
    assert (said.message_id, said.reason) == (NAME, reason)


@pytest.mark.parametrize(("raw", "words"), NOTHING, ids=range(len(NOTHING)))
def test_what_is_no_report_about_a_mail_of_ours_says_so(raw, words):
    with pytest.raises(NotAReport, match=words):
        reports.read(raw)


def back_to(mail):
    return f"bounces+{mail.message_id}@example.org"


class Postbox(Listener):
    """A listener that remembers to whom each mail comes back."""

    async def handle_MAIL(self, server, session, envelope, address, options):  # noqa: N802 (aiosmtpd calls it so)
        envelope.mail_from = address
        self.senders = [*getattr(self, "senders", []), address]
        return "250 OK"


def bounced(app, raw, *more):
    result = app.test_cli_runner().invoke(args=["mail", "bounced", *more], input=raw)
    return result.exit_code, result.output


def test_each_mail_comes_back_to_an_address_of_its_own_and_is_known_once_it_does(app, make, stored):
    queue_confirmations(app, make.campaign(), 2)
    app.config["MAIL_BOUNCES"] = "bounces@Example.org"
    with Postbox() as smtp:
        app.config["MAIL_URL"] = smtp.url
        first, second = stored(Mail)
        assert bounced(app, report(block(), to=back_to(first)))[0] == 75, "it is not even handed over"
        deliver(app)
        assert sorted(smtp.senders) == sorted([back_to(first), back_to(second)])
        assert {str(message["From"]).rpartition("<")[2] for message in smtp.messages} == {"post@undersigned.example>"}
        assert not any("bounces" in str(message.items()) for message in smtp.messages)
    with mock.patch.object(came_back, "note", side_effect=OperationalError("", {}, Exception("away"))):
        assert bounced(app, report(block()), "--to", back_to(first))[0] == 75
    assert bounced(app, b"spam", "--to", back_to(first)) == (0, "nothing changed: it is no delivery report\n")
    assert bounced(app, report(block()), "--to", AT) == (0, "nothing changed: no such mail, or known already\n")
    assert [mail.state for mail in stored(Mail)] == ["sent", "sent"]
    again = report(block("4.2.2", "smtp; 452 4.2.2 full") + "x" * 1_100_000)
    for said in (f"mail {first.id} came back\n", "nothing changed: no such mail, or known already\n"):
        assert bounced(app, again, "--to", back_to(first)) == (0, said)
    back, other = stored(Mail)
    assert (back.state, back.error, other.state) == ("bounced", "4.2.2 452 4.2.2", "sent")
    assert back.sent_at
    assert "came back in the last 30 days: 1\n" in app.test_cli_runner().invoke(args=["mail", "status"]).output
    app.config["MAIL_BOUNCES"] = ""
    assert bounced(app, report(block()), "--to", back_to(second)) == (
        0,
        "nothing changed: MAIL_BOUNCES is empty\n",
    )


@pytest.mark.sqlite_alone
@pytest.mark.parametrize(
    "wrong", ["bounces", "Post <bounces@example.org>", "a@example.org, b@example.org", f"{'b' * 40}@example.org"]
)
def test_an_address_to_which_nothing_can_come_back_is_refused(app, wrong):
    said = "does not start: the address to which mails come back \\(MAIL_BOUNCES\\) (is not one|has more than 31)"
    with pytest.raises(SystemExit, match=said):
        create_app({**app.config, "MAIL_BOUNCES": wrong})


def rows(client):
    file = client.get("/desk/tigris/campaigns/rein-in/numbers/funnel.csv").text
    return [row[2:] for row in csv.reader(io.StringIO(file))][1:]


def comes_back(mail):
    assert came_back.note(mail.message_id, "5.1.1 no such user") == mail.id


def test_the_funnel_moves_what_came_back_once_and_its_sums_hold(app, client, make, sign_in, clock, stored):
    clock.set(NOON)
    desk = make.organisation(slug="tigris")
    campaign = make.campaign(desk, slug="rein-in")
    for n in range(6):
        assert post(client, campaign, email=f"sam{n}@{'dead.' if n == 5 else ''}example.org").status_code == 303
    with app.app_context():
        handed_over(failing="dead.example.org")
        mails = stored(Mail)
        at = [f"/confirm/{link(app, one)}" for one in stored(Signature)]
        comes_back(mails[0])  # before it was counted
        client.get(at[0])
        client.get(at[1])
        jobs.count_mails(NOON)
        client.get(at[2])  # which is not counted yet
        outbox.retry([mails[5].id], NOON)  # it is among the failed, and stays there
        handed_over()
        client.get(at[5])
        jobs.count_mails(NOON)
        comes_back(mails[5])
        for mail in mails[:3]:
            came_back.note(mail.message_id, "5.1.1 no such user")
        db.session.execute(update(FunnelTally).where(FunnelTally.domain == "example.org").values(domain=""))
        db.session.commit()  # as is done with domains that few have
        for _ in range(2):
            jobs.count_mails(NOON)
    sign_in(client, make.account(Role.ANALYST, desk))
    assert rows(client) == [["6", "2", "4", "0", "0"]]
    page = client.get("/desk/tigris/campaigns/rein-in/numbers").text
    assert "Failed or came back" in page
    assert "are not read on this site" in page
    app.config["MAIL_BOUNCES"] = "bounces@example.org"
    assert "sent back later counts as failed instead" in client.get("/desk/tigris/campaigns/rein-in/numbers").text
    with app.app_context():
        comes_back(mails[3])
        jobs.count_mails(NOON + dt.timedelta(days=7))  # its week is told
        jobs.count_mails(NOON)
        assert funnel.last_week(campaign, NOON) == funnel.Steps(asked=6, mailed=2, failed=4)


def test_a_number_that_is_not_there_is_never_taken_from(app, make, stored):
    campaign = make.campaign()
    queue_confirmations(app, campaign, 1)
    with app.app_context():
        handed_over()
        jobs.count_mails(NOON)
        db.session.execute(update(FunnelTally).values(mailed_count=0, failed_count=1))
        db.session.commit()
    tally(app, campaign, stored(FunnelTally)[0].day, mailed=3, opened=3)
    with app.app_context():
        comes_back(stored(Mail)[0])
        jobs.count_mails(stored(Mail)[0].created_at)
    kept = sorted((t.mailed_count, t.failed_count, t.opened_count) for t in stored(FunnelTally))
    assert kept == [(0, 1, 0), (3, 0, 3)]


@pytest.mark.sqlite_alone
def test_the_record_says_why_in_plain_words_and_the_words_of_the_server_only_to_whoever_sees_mailboxes(
    app, make, sign_in, olive, stored
):
    campaign = make.campaign(olive.organisation)
    queue_confirmations(app, campaign, 1)
    with app.app_context():
        handed_over()
        came_back.note(stored(Mail)[0].message_id, "5.2.2 552 over quota")
        said = {why(f"{status} words") for status in ("5.1.1", "4.2.2", "5.1.2", "5.7.26", "4.4.7", "5.3.0", "5.2.20")}
        assert said >= {"no such mailbox", "the mailbox is full", "no such mail domain"}
        assert said >= {"the mail server said 5.3.0", "the mail server said 5.2.20"}
        assert why("") == "the mail server did not say why"
        assert len(said) == 7
    at = f"/campaigns/{campaign.slug}/signers/{stored(Signature)[0].public_id}"
    page = olive.get(at)
    assert "sent, and came back: the mailbox is full" in page
    assert "552 over quota" in page
    editor, theirs = make.account(Role.EDITOR, olive.organisation), app.test_client()
    with app.app_context():
        db.session.execute(update(Membership).where(Membership.account_id == editor.id).values(may_see_names=True))
        db.session.commit()
    sign_in(theirs, editor)
    page = theirs.get(olive.base + at).text
    assert "sent, and came back: the mailbox is full" in page
    assert "552 over quota" not in page


def test_asking_many_again_leaves_out_those_whose_last_mail_came_back(app, make, olive, stored):
    campaign = make.campaign(olive.organisation)
    queue_confirmations(app, campaign, 3)
    app.config["MAILBOX_MINUTES_PER_CAMPAIGN"] = 0
    at, wish = f"/campaigns/{campaign.slug}/acts", {"kind": "resend", "scope": "all"}
    with app.app_context():
        handed_over()
        comes_back(stored(Mail)[0])
        comes_back(stored(Mail)[1])
    page = olive.post(f"{at}/ask", 200, **wish).text
    assert "1 person gets the mail" in page
    assert "2 are left out, since the last mails to these mailboxes came back." in page
    back = stored(Signature)[0].public_id
    olive.post(at, kind="resend", id=back, expected="1")  # one alone, whose record was seen
    with app.app_context():
        handed_over()
    olive.post(at, **wish, expected="3")
    first, third = stored(Mail)[0].signature_id, stored(Mail)[2].signature_id
    assert [mail.signature_id for mail in stored(Mail)][3:] == [first, first, third]
    assert [act.changed_count for act in stored(SignerAct)] == [1, 2]
    with app.app_context():
        db.session.execute(update(Mail).values(state=MailState.BOUNCED))
        db.session.commit()
    assert "3 are left out" in olive.post(f"{at}/ask", 200, **wish).text.partition("None of them waits")[0]
    with app.app_context():
        forgetting.forget_unconfirmed(older_than=dt.timedelta(0), now=dt.datetime.now(dt.UTC))
    assert {(mail.signature_id, mail.state) for mail in stored(Mail)} == {(None, "bounced")}, "they count as sent"
