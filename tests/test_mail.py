"""What mails say and to whom: one recipient, these headers and no others, one link, nothing that a stranger typed."""

from __future__ import annotations

import datetime as dt
import threading

import pytest

from app import clock as app_clock
from app import mailboxes
from app.domain import outbox
from app.extensions import db
from app.mail import headers
from app.mail.headers import UnsafeHeader
from app.models import Campaign, Export, Invitation, Mail, MailKind, Organisation, Signature
from tests.mailing import deliver, html, links, text
from tests.test_signing import post

HEADERS = ["Auto-Submitted", "Content-Type", "Date", "From", "MIME-Version", "Message-ID", "Reply-To", "Subject", "To"]
INJECTIONS = [
    "Bob\r\nBcc: z@z.z",
    "Bob\nBcc: z@z.z",
    "Bob\rBcc: z@z.z",
    "Bob\u2028X: y",
    "Bob\u2029X: y",
    "Bob\x0bX",
    "Bob\x0cX",
    "Bob\x85X",
    "Bob\x00X",
    "=?UTF-8?Q?=0A?=Bcc: injected@example.com",
    "a =?UTF-8?Q?x=0D=0ABcc=3A_i=40e.com?= b",
]


@pytest.fixture
def outside(app, smtp):
    """The app writes to a real listener."""
    app.config["MAIL_URL"] = smtp.url
    return smtp


def queue(app, kind, email, locale="en", **about):
    with app.app_context():
        outbox._enqueue(kind, mailboxes.read(email), locale=locale, now=app_clock.now(), **about)
        db.session.commit()


def test_sam_gets_one_mail_with_one_link_and_confirms_with_it(app, client, make, outside, stored):
    campaign = make.campaign(make.organisation(name="Tigris Rights Désk", contact_email="desk@straße.de"))
    post(client, campaign, email="Sam+news@Example.org")
    deliver(app)
    (message,) = outside.messages
    assert outside.recipients == [["Sam+news@example.org"]]
    assert sorted(message.keys()) == HEADERS
    assert str(message["From"]) == "Tigris Rights Désk <post@undersigned.example>"
    assert str(message["Reply-To"]) == "desk@xn--strae-oqa.de"
    assert message["Subject"] == "Confirm your signature: Rein in militias, number 2"
    assert message["Auto-Submitted"] == "auto-generated"
    (mail,) = stored(Mail)
    assert message["Message-ID"] == f"<{mail.message_id}@127.0.0.1>"
    assert (mail.state, mail.recipient) == ("sent", None)
    (link,) = links(message)
    assert "Sam Signer" in text(message)
    assert "Sam Signer" in html(message)
    assert client.post(link.removeprefix(app.config["BASE_URL"])).status_code == 303
    assert stored(Signature)[0].state == "confirmed"
    deliver(app)
    assert outside.messages[1]["Subject"] == "Your signature counts: Rein in militias, number 2"
    (manage,) = links(outside.messages[1])
    assert "/manage/" in manage


def test_mails_load_nothing_and_show_no_picture(app, client, make, outside):
    post(client, make.campaign())
    deliver(app)
    page = html(outside.messages[0])
    assert not any(word in page for word in ("<img", "src=", "url(", "@import", "<link", "<script"))
    assert "prefers-color-scheme:dark" in page


def test_whoever_signed_already_is_told_by_mail(app, client, make, outside):
    campaign = make.campaign()
    make.signature(campaign, email="sam@example.org")
    post(client, campaign, email="sam@example.org")
    deliver(app)
    assert outside.messages[0]["Subject"].startswith("You have signed already: ")
    assert "/manage/" in "".join(links(outside.messages[0]))


def test_arabic_mails_run_from_right_to_left_and_their_link_keeps_the_language(app, make, outside):
    ask = "سيطروا على الميليشيات في العراق واضمنوا المساءلة عن كل الانتهاكات التي ارتكبت بحق المدنيين هناك"
    campaign = make.campaign(
        make.organisation(name="مكتب دجلة لحقوق الإنسان والدفاع عن المدنيين"), ask=ask, locale="ar"
    )
    signature = make.signature(campaign, "pending", given_name="ليلى", family_name="الحسن", locale="ar")
    queue(app, MailKind.CONFIRM, "leila@example.org", "ar", campaign_id=campaign.id, signature_id=signature.id)
    deliver(app)
    (message,) = outside.messages
    assert message["Subject"].endswith(ask)
    assert 'dir="rtl"' in html(message)
    assert 'lang="ar"' in html(message)
    (link,) = links(message)
    assert link.endswith("?lang=ar")


@pytest.mark.parametrize("name", ["S" * 61, "Win at spam.example/x", "www.spam.example"])
def test_a_stranger_cannot_send_a_text_of_theirs_in_our_name(app, make, outside, name):
    """MAIL-05, also where the form was not asked."""
    campaign = make.campaign()
    signature = make.signature(campaign, "pending", given_name=name, family_name="")
    queue(app, MailKind.CONFIRM, "sam@example.org", signature_id=signature.id)
    deliver(app)
    (message,) = outside.messages
    assert name not in text(message) + html(message)
    assert text(message).startswith("Hello,\n")


def test_a_name_is_shown_as_it_is_written(app, make, outside):
    campaign = make.campaign()
    signature = make.signature(campaign, "pending", given_name="<b>{{7*7}}", family_name="100% %(ask)s")
    queue(app, MailKind.CONFIRM, "sam@example.org", signature_id=signature.id)
    deliver(app)
    assert "<b>{{7*7}} 100% %(ask)s" in text(outside.messages[0])
    assert "&lt;b&gt;{{7*7}} 100% %(ask)s" in html(outside.messages[0])


@pytest.mark.parametrize("value", INJECTIONS)
@pytest.mark.parametrize("place", ["organisation", "ask", "reply_to"])
def test_nobody_can_write_a_header_of_their_own(app, make, outside, stored, place, value):
    """MAIL-06, rows 14 and 15 of table 3.2, put where no form would let them: such a mail fails and says why."""
    organisation = make.organisation()
    campaign = make.campaign(organisation)
    signature = make.signature(campaign, "pending")
    other = make.signature(make.campaign(), "pending")
    with app.app_context():
        if value == "Bob\x00X" and db.engine.dialect.name == "postgresql":
            pytest.skip("PostgreSQL stores no NUL")
        if place == "ask":
            db.session.get(Campaign, campaign.id).versions[-1].ask = value
        else:
            column = "name" if place == "organisation" else "contact_email"
            setattr(db.session.get(Organisation, organisation.id), column, value)
        db.session.commit()
    queue(app, MailKind.CONFIRM, "sam@example.org", signature_id=signature.id)
    queue(app, MailKind.CONFIRM, "mona@example.org", signature_id=other.id)
    deliver(app)
    assert outside.recipients == [["mona@example.org"]]
    assert set(outside.messages[0].keys()) <= set(HEADERS)
    failed, sent = stored(Mail)
    assert (failed.state, sent.state) == ("failed", "sent")
    assert "Bcc" not in failed.error
    assert "header may carry" in failed.error


@pytest.mark.parametrize("value", INJECTIONS)
def test_a_signers_name_never_reaches_a_header(app, make, outside, value):
    signature = make.signature(make.campaign(), "pending", given_name=value.replace("\x00", ""))
    queue(app, MailKind.CONFIRM, "sam@example.org", signature_id=signature.id)
    deliver(app)
    (message,) = outside.messages
    assert sorted(message.keys()) == [name for name in HEADERS if name != "Reply-To"]
    assert outside.recipients == [["sam@example.org"]]


def test_an_address_is_exactly_one():
    for wrong in (
        "a@b.c, d@e.f",
        "a@b.c>, <d@e.f",
        "Bob <a@b.c>",
        "a@b.c;d@e.f",
        "a b@x.com",
        "a@x..com",
        "plain",
        "a@b.c\n",
    ):
        with pytest.raises(UnsafeHeader):
            headers.address(wrong)
    assert headers.address("japanese-info@例え.テスト") == "japanese-info@xn--r8jz45g.xn--zckzah"


def test_long_names_and_subjects_come_back_whole():
    subject = "Rein in “militias” – 王伟 and the others, who 👩‍👩‍👧‍👦 do not answer to anybody at all in this country"
    envelope = headers.Envelope(
        headers.sender("post@x.example", "Désk, “the” <best> one" * 3), "a@b.example", subject, "1@x"
    )
    message = headers.message(envelope, "text", "<p>text", dt.datetime.now(dt.UTC))
    import email
    import email.policy

    read = email.message_from_bytes(message, policy=email.policy.SMTP)
    assert read["Subject"] == subject
    assert [address.addr_spec for address in read["From"].addresses] == ["post@x.example"]
    assert all(len(line) < 100 for line in message.split(b"\r\n"))


def test_what_is_over_is_not_sent(app, client, make, outside, stored):
    campaign = make.campaign()
    confirmed = make.signature(campaign)
    pending = make.signature(campaign, "pending")
    queue(app, MailKind.CONFIRM, "a@example.org", signature_id=confirmed.id)
    queue(app, MailKind.THANKS, "b@example.org", signature_id=pending.id)
    queue(app, MailKind.CONFIRM, "c@example.org", signature_id=None)
    deliver(app)
    assert outside.messages == []
    assert stored(Mail) == []


def test_mails_about_accounts_carry_their_link(app, make, outside, stored):
    organisation = make.organisation(name="Tigris Rights Desk")
    account = make.account("owner", organisation, name="Olive Nasser")
    campaign = make.campaign(organisation)
    now = app_clock.now()
    with app.app_context():
        invitation = Invitation(
            public_id="i" * 22, organisation_id=organisation.id, email="oscar@example.org", role="editor",
            invited_by_id=account.id, created_at=now, expires_at=now + dt.timedelta(hours=72),
        )  # fmt: skip
        export = Export(campaign_id=campaign.id, organisation_id=organisation.id, account_id=account.id,
                        taken_by="Olive Nasser", reason="Hand-over", form="crm", choice={}, started_at=now)  # fmt: skip
        db.session.add_all([invitation, export])
        db.session.commit()
        invitation_id, export_id = invitation.id, export.id
    queue(app, MailKind.INVITATION, "oscar@example.org", invitation_id=invitation_id)
    queue(app, MailKind.RESET, account.email, account_id=account.id)
    queue(app, MailKind.PASSWORD_CHANGED, account.email, account_id=account.id)
    queue(app, MailKind.EXPORTED, account.email, account_id=account.id, export_id=export_id)
    deliver(app)
    subjects = {message["Subject"]: message for message in outside.messages}
    assert [mail.error for mail in stored(Mail)] == [""] * 4
    assert "Olive Nasser invites you" in text(subjects["Work with Tigris Rights Desk on its campaigns"])
    (reset,) = links(subjects["Choose a new password"])
    assert reset.startswith(f"{app.config['BASE_URL']}/account/reset/")
    assert "It wasn’t me" in text(subjects["Your password was changed"])
    exported = next(message for subject, message in subjects.items() if subject.startswith("Signers were exported"))
    assert "Reason given: Hand-over" in text(exported)
    assert len({link for message in outside.messages for link in links(message)}) == 4


def ask_often(app, slugs, spellings):
    """Each thread asks for mails to one mailbox, on campaign after campaign."""
    client = app.test_client()
    for number, slug in enumerate(slugs):
        data = {
            "given_name": "Sam",
            "family_name": "Signer",
            "email": spellings[number % len(spellings)],
            "country": "IQ",
        }
        client.post(f"/campaigns/{slug}/signatures", data=data, headers={"Origin": app.config["BASE_URL"]})


SPELLINGS = ["vic.tim@gmail.com", "victim@googlemail.com", "VICTIM+1@gmail.com", "v.i.c.t.i.m+999@gmail.com"]


@pytest.fixture
def many_campaigns(app, make):
    organisation = make.organisation()
    return [make.campaign(organisation).slug for _ in range(20)]


@pytest.mark.parametrize("threads", [1, 5])
def test_nobody_can_bomb_a_mailbox(app, clock, outside, stored, many_campaigns, threads):
    """MAIL-01, MAIL-02: at most three in an hour and six in a day, over all campaigns and spellings, also at once."""
    clock.set(dt.datetime(2026, 3, 1, 9, tzinfo=dt.UTC))
    for hour, expected in ((0, 3), (2, 6), (4, 6)):
        clock.set(dt.datetime(2026, 3, 1, 9 + hour, tzinfo=dt.UTC))
        parts = [many_campaigns[n::threads] for n in range(threads)]
        running = [threading.Thread(target=ask_often, args=(app, part, SPELLINGS)) for part in parts]
        [thread.start() for thread in running]
        [thread.join() for thread in running]
        assert len(stored(Mail)) == expected
    deliver(app)
    assert len(outside.messages) == 6
    assert len(stored(Signature)) == 20


def test_a_campaign_writes_to_a_mailbox_once_in_ten_minutes(client, make, clock, stored):
    campaign = make.campaign()
    for minutes in (0, 5, 4, 2):
        clock.forward(minutes=minutes)
        post(client, campaign)
    assert len(stored(Mail)) == 2


def test_an_edited_ask_is_what_the_mail_quotes(app, client, make, outside):
    """What the public reads, not the working copy."""
    campaign = make.campaign(ask="Rein in militias")
    with app.app_context():
        db.session.get(Campaign, campaign.id).ask = "A draft nobody has seen"
        db.session.commit()
    post(client, campaign)
    deliver(app)
    assert outside.messages[0]["Subject"] == "Confirm your signature: Rein in militias"
