"""Another address for an account: confirmed at the new one, told to the old one, undone for a week (AUTH-07)."""

from __future__ import annotations

import re

import pytest

from app.domain import address_changes
from app.extensions import db
from app.mail import compose
from app.models import Account, AddressChange, EventKind, Mail, MailKind, ProviderBinding
from tests.accounts import post_sign_in, signed_in

NEW = "olive.new@example.org"


@pytest.fixture
def olive(make, client, sign_in):
    olive = make.account(email="olive@example.org", name="Olive")
    sign_in(client, olive)
    return olive


@pytest.fixture
def link(app, stored, clock):
    """The link in the last mail of a kind; None where the mail is over."""

    def read(kind):
        mail = stored(Mail, kind=kind)[-1]
        with app.app_context():
            (loaded,) = compose.loaded([mail.id])
            letter = compose.letter(app, loaded, clock.now())
        if letter is None:
            return None
        text = letter.body.decode().replace("=\r\n", "").replace("=\n", "")
        return re.search(r"(/account/address/\S+)", text)[1]

    return read


def ask(client, address=NEW):
    return client.post("/account/address", data={"email": address})


def email(stored):
    return stored(Account)[0].email


def test_olive_changes_her_address_by_a_link_to_the_new_one(app, client, olive, stored, link):
    assert 'href="/account/address"' in client.get("/account").text
    assert ask(client, " Olive.New@Example.org ").location == "/account"
    (mail,) = stored(Mail)
    assert (mail.kind, mail.recipient) == (MailKind.ADDRESS_CONFIRM, "Olive.New@Example.org")
    at = link(MailKind.ADDRESS_CONFIRM)
    assert "From now on" in client.get(at).text
    assert email(stored) == olive.email  # looking changes nothing
    assert client.post(at).location == "/account/login"
    assert email(stored) == NEW
    assert not signed_in(client)
    assert stored(Mail)[-1].recipient == "olive@example.org"
    assert post_sign_in(client, NEW).status_code == 302
    assert "The mail address was changed" in client.get("/account/sign-ins").text


def test_the_old_address_takes_it_back_for_seven_days(app, client, olive, stored, link, clock):
    clock.set(clock.now())
    ask(client)
    client.post(link(MailKind.ADDRESS_CONFIRM))
    undo = link(MailKind.ADDRESS_CHANGED)
    assert undo.startswith("/account/address/undo/")
    stranger = app.test_client()
    post_sign_in(stranger, NEW)
    ask(stranger, "third@example.org")  # and went on from there
    stranger.post(link(MailKind.ADDRESS_CONFIRM))
    with app.app_context():  # and let a friend in
        values = {"account_id": olive.id, "issuer": "https://id.example.org", "subject": "a friend"}
        db.session.add(ProviderBinding(**values, bound_at=clock.now()))
        db.session.commit()
    clock.forward(days=6, hours=23)
    owner = app.test_client()
    assert "Becomes again" in owner.get(undo).text
    assert owner.post(undo).location == "/account/reset"
    assert email(stored) == "olive@example.org"
    assert not signed_in(stranger)
    assert owner.post(undo).status_code == 410
    assert stored(ProviderBinding) == []
    assert all(change.ended_at is not None for change in stored(AddressChange))


def test_after_seven_days_it_stays(app, client, olive, stored, link, clock):
    clock.set(clock.now())
    ask(client)
    client.post(link(MailKind.ADDRESS_CONFIRM))
    undo = link(MailKind.ADDRESS_CHANGED)
    clock.forward(days=7)
    assert app.test_client().post(undo).status_code == 410
    assert email(stored) == NEW


def test_an_address_that_has_an_account_is_not_told_apart(client, olive, make, stored):
    make.account(email="oscar@example.org")
    taken, free = ask(client, "oscar@example.org"), ask(client, NEW)
    assert (taken.status_code, taken.location) == (free.status_code, free.location)
    assert [mail.recipient for mail in stored(Mail)] == [NEW]


def test_an_address_that_got_an_account_meanwhile_is_not_taken_from_it(client, olive, make, stored, link):
    ask(client)
    at = link(MailKind.ADDRESS_CONFIRM)
    make.account(email=NEW)
    assert client.post(at).status_code == 410
    assert email(stored) == "olive@example.org"


def test_a_stranger_who_gets_the_mail_cannot_take_the_account(app, client, olive, make, sign_in, stored, link):
    ask(client)
    at = link(MailKind.ADDRESS_CONFIRM)
    assert app.test_client().post(at).location.startswith("/account/login")
    oscar = app.test_client()
    sign_in(oscar, make.account(email="oscar@example.org"))
    assert oscar.get(at).status_code == oscar.post(at).status_code == 410
    assert stored(Account, id=olive.id)[0].email == "olive@example.org"


def test_only_the_last_link_works_and_only_for_a_day(client, olive, stored, link, clock):
    clock.set(clock.now())
    ask(client)
    first = link(MailKind.ADDRESS_CONFIRM)
    ask(client, "other@example.org")
    assert client.post(first).status_code == 410
    last = link(MailKind.ADDRESS_CONFIRM)
    clock.forward(hours=25)
    post_sign_in(client, olive.email)
    assert client.post(last).status_code == 410
    assert link(MailKind.ADDRESS_CONFIRM) is None


@pytest.mark.sqlite_alone
def test_the_password_is_asked_again_first(client, olive, stored):
    """AUTH-05."""
    with client.session_transaction("/account") as session:
        session["fs_paa"] -= 600
        session.pop("fs_gexp", None)
    assert client.get("/account/address").location == "/account/verify?next=/account/address"
    assert ask(client).location == "/account/verify?next=/account/address"
    assert stored(AddressChange) == []


@pytest.mark.sqlite_alone
@pytest.mark.parametrize("wrong", ["", "olive", "olive@example.org", "\u212aim@example.org", "o\u0301live@example.org"])
def test_what_is_no_new_address_is_refused(client, olive, wrong, stored):
    answer = ask(client, wrong)
    assert answer.status_code == 422
    assert stored(Mail) == []


def test_a_mailbox_is_not_flooded(client, olive, stored):
    for _ in range(5):
        ask(client)
    assert len(stored(Mail)) == address_changes.MAILS_PER_HOUR


def test_what_was_asked_long_ago_is_forgotten(app, client, olive, stored, clock):
    clock.set(clock.now())
    ask(client)
    with app.app_context():
        clock.forward(days=31)
        assert address_changes.forget_old(now=clock.now()) == 1
        assert address_changes.forget_old(now=clock.now()) == 0
    assert stored(Mail) == []  # its mail is gone with it


def test_the_log_says_what_was_undone(app, client, olive, stored, link):
    ask(client)
    client.post(link(MailKind.ADDRESS_CONFIRM))
    app.test_client().post(link(MailKind.ADDRESS_CHANGED))
    post_sign_in(client, olive.email)
    page = client.get("/account/sign-ins").text
    assert "The earlier mail address was put back" in page
    assert EventKind.ADDRESS_UNDONE.value not in page
