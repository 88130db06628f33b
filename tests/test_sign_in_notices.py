"""What an account's owner learns of sign-ins: a mail about a new device and about second steps, and a log (AUTH-06)."""

from __future__ import annotations

import re

import pytest

from app.domain import account_events
from app.mail import compose
from app.models import Account, AccountDevice, AccountEvent, EventKind, Mail, MailKind
from tests.accounts import NEW, code, invited, join, post_sign_in, reset_link, set_up_app
from tests.factories import PASSWORD

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"


@pytest.fixture
def olive(make):
    return make.account(email="olive@example.org", name="Olive")


def browser_of(app):
    browser = app.test_client()
    browser.environ_base["HTTP_USER_AGENT"] = FIREFOX
    return browser


def mails(stored):
    return [mail.kind for mail in stored(Mail)]


def kinds(stored):
    return [event.kind for event in stored(AccountEvent)]


def letter(app, stored, clock, kind):
    (mail,) = stored(Mail, kind=kind)[-1:]
    with app.app_context():
        (loaded,) = compose.loaded([mail.id])
        return compose.letter(app, loaded, clock.now()).body.decode()


def test_olive_is_told_of_a_device_that_was_not_seen_before_and_only_then(app, olive, stored, clock):
    browser = browser_of(app)
    post_sign_in(browser, olive.email)
    assert mails(stored) == [MailKind.NEW_DEVICE]
    body = letter(app, stored, clock, MailKind.NEW_DEVICE)
    assert "To: olive@example.org" in body
    assert "Firefox on Linux" in body
    browser.post("/account/logout")
    post_sign_in(browser, olive.email)
    assert mails(stored) == [MailKind.NEW_DEVICE]
    assert kinds(stored) == [EventKind.NEW_DEVICE, EventKind.SIGNED_IN]
    post_sign_in(app.test_client(), olive.email)
    assert mails(stored) == [MailKind.NEW_DEVICE] * 2


def test_two_accounts_on_one_device_are_not_one_in_the_table(app, make, olive, stored):
    browser = browser_of(app)
    post_sign_in(browser, olive.email)
    cookie = browser.get_cookie("device", path="/account").value
    browser.post("/account/logout")
    post_sign_in(browser, make.account(email="oscar@example.org").email)
    assert browser.get_cookie("device", path="/account").value == cookie
    first, second = stored(AccountDevice)
    assert first.key != second.key
    assert cookie.encode() not in first.key


def test_a_device_cookie_that_we_did_not_make_is_replaced(client, olive):
    client.set_cookie("device", "mine", path="/account")
    post_sign_in(client, olive.email)
    assert len(client.get_cookie("device", path="/account").value) == 32


def test_somebody_who_just_joined_is_not_told_of_the_device(app, client, stored):
    join(client, invited(app))
    assert mails(stored) == []
    assert kinds(stored) == [EventKind.SIGNED_IN]


def test_olive_is_told_of_each_change_of_her_second_steps(app, client, olive, sign_in, stored, clock):
    client.environ_base["HTTP_USER_AGENT"] = FIREFOX
    sign_in(client, olive)
    set_up_app(client)
    body = letter(app, stored, clock, MailKind.SECOND_STEP)
    assert "An authenticator app was set up (Firefox on Linux)" in body
    client.post("/account/mf-recovery-codes", data={"generate_new_codes": "1"})
    assert "New recovery codes were made" in letter(app, stored, clock, MailKind.SECOND_STEP)
    client.post("/account/tf-setup", data={"setup": "disable"})
    assert "The authenticator app was turned off" in letter(app, stored, clock, MailKind.SECOND_STEP)
    app.test_cli_runner().invoke(args=["accounts", "drop-second-factors", olive.email])
    assert "removed by whoever runs this site" in letter(app, stored, clock, MailKind.SECOND_STEP)
    assert mails(stored) == [MailKind.SECOND_STEP] * 4


def test_a_new_password_is_told_once_and_the_device_not_again(client, olive, sign_in, stored):
    sign_in(client, olive)
    client.post("/account/change", data={"password": PASSWORD, "new_password": NEW, "new_password_confirm": NEW})
    assert mails(stored) == [MailKind.PASSWORD_CHANGED]
    assert kinds(stored) == [EventKind.SIGNED_IN, EventKind.PASSWORD_CHANGED, EventKind.SIGNED_IN]


def test_a_reset_forgets_the_devices_so_that_the_next_sign_in_is_told(app, client, olive, sign_in, stored):
    sign_in(client, olive)
    client.post("/account/logout")
    client.post(reset_link(app, olive), data={"password": NEW, "password_confirm": NEW})
    post_sign_in(client, olive.email, NEW)
    assert mails(stored) == [MailKind.PASSWORD_CHANGED, MailKind.NEW_DEVICE]
    assert EventKind.PASSWORD_RESET in kinds(stored)


def test_the_mail_speaks_the_language_of_the_account(app, make, stored, clock):
    make.account(email="layla@example.org", locale="ar")
    post_sign_in(browser_of(app), "layla@example.org")
    assert stored(Mail)[0].locale == "ar"
    assert letter(app, stored, clock, MailKind.NEW_DEVICE)


def test_failures_are_in_the_log_and_many_of_an_hour_are_one_line(app, client, olive, sign_in, stored, clock):
    clock.set(clock.now())
    for _ in range(3):
        post_sign_in(client, olive.email, "not the password")
    (event,) = stored(AccountEvent)
    assert (event.kind, event.times) == (EventKind.FAILED, 3)
    clock.forward(minutes=61)
    post_sign_in(client, olive.email, "not the password")
    assert [event.times for event in stored(AccountEvent)] == [3, 1]
    sign_in(client, olive)
    page = client.get("/account/sign-ins").text
    assert "A wrong password was given" in page
    assert "3 times" in page
    assert mails(stored) == []


def test_a_failed_second_step_is_in_the_log(app, client, olive, sign_in, stored):
    sign_in(client, olive)
    secret = set_up_app(client)
    laptop = app.test_client()
    post_sign_in(laptop, olive.email)
    laptop.post("/account/tf-validate", data={"code": "000000"})
    laptop.post("/account/tf-validate", data={"code": code(secret, 1)})
    assert kinds(stored)[-2:] == [EventKind.STEP_FAILED, EventKind.NEW_DEVICE]


def test_nothing_is_written_about_an_address_without_an_account(client, olive, stored):
    post_sign_in(client, "nobody@example.org", "not the password")
    assert stored(AccountEvent) == []


def test_the_page_shows_the_last_twenty_and_the_log_is_forgotten_after_a_year(
    app, client, olive, sign_in, stored, clock
):
    clock.set(clock.now())
    for _ in range(22):
        sign_in(client, olive)
        client.post("/account/logout")
    sign_in(client, olive)
    assert len(re.findall(r"<time ", client.get("/account/sign-ins").text)) == account_events.SHOWN
    clock.forward(days=366)
    with app.app_context():
        assert account_events.forget_old(now=clock.now()) == 23
        assert account_events.forget_old(now=clock.now()) == 0


def test_a_closed_account_gets_no_mail_about_itself(app, olive, stored, clock):
    post_sign_in(app.test_client(), olive.email)
    app.test_cli_runner().invoke(args=["accounts", "close", olive.email])
    (mail,) = stored(Mail)
    with app.app_context():
        (loaded,) = compose.loaded([mail.id])
        assert compose.letter(app, loaded, clock.now()) is None
    assert stored(Account)[0].active is False
