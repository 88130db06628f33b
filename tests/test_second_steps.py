"""The second step: authenticator app, recovery codes, passkeys."""

from __future__ import annotations

import html
import json
import re

import pytest

from app.accounts import tools
from app.domain import accounts
from app.extensions import db, limiter
from app.models import Account, Mail
from tests.accounts import NEW, code, post_sign_in, reset_link, set_up_app, signed_in
from tests.factories import PASSWORD


def test_olive_sets_up_an_authenticator_app_and_needs_it_from_then_on(app, client, make, sign_in, stored):
    olive = make.account()
    sign_in(client, olive)
    secret = set_up_app(client)
    kept = stored(Account)[0].tf_totp_secret
    assert secret not in kept  # encrypted
    laptop = app.test_client()
    assert post_sign_in(laptop, olive.email, next="/account/change").location.startswith("/account/tf-validate")
    assert not signed_in(laptop)
    assert "This code is not right" in laptop.post("/account/tf-validate", data={"code": "000000"}).text
    assert (
        laptop.post("/account/tf-validate?next=/account/change", data={"code": code(secret, 1)}).location
        == "/account/change"
    )
    assert signed_in(laptop)


def test_a_code_works_once(app, client, make, sign_in):
    olive = make.account()
    sign_in(client, olive)
    secret = set_up_app(client)
    used = code(secret, 1)
    first, second = app.test_client(), app.test_client()
    for browser in (first, second):
        post_sign_in(browser, olive.email)
        browser.post("/account/tf-validate", data={"code": used})
    assert signed_in(first)
    assert not signed_in(second)


@pytest.mark.sqlite_alone
def test_codes_of_an_account_are_limited_wherever_they_come_from(app, client, make, sign_in, monkeypatch):
    olive = make.account()
    sign_in(client, olive)
    set_up_app(client)
    monkeypatch.setattr(limiter, "enabled", True)
    app.config["LOGIN_LIMIT"] = "3 per 5 minutes"
    limiter.reset()
    answers = []
    for n in range(4):
        browser = app.test_client()
        here = {"REMOTE_ADDR": f"192.0.2.{n}"}
        monkeypatch.setattr(limiter, "enabled", False)  # passwords have a limit of their own
        browser.post("/account/login", data={"email": olive.email, "password": PASSWORD}, environ_base=here)
        monkeypatch.setattr(limiter, "enabled", True)
        answers.append(browser.post("/account/tf-validate", data={"code": "000000"}, environ_base=here).status_code)
    assert answers == [200, 200, 200, 429]
    limiter.reset()


def test_recovery_codes_are_shown_once_kept_hashed_and_work_once(app, client, make, sign_in, stored):
    olive = make.account()
    sign_in(client, olive)
    set_up_app(client)
    codes = re.findall(
        r"<code>([0-9a-f-]+)</code>", client.post("/account/mf-recovery-codes", data={"generate_new_codes": "1"}).text
    )
    assert len(codes) == 10
    assert "<code>" not in client.get("/account/mf-recovery-codes?show_codes=1").text
    assert codes[0] not in str(stored(Account)[0].mf_recovery_codes)
    for expected in (True, False):
        laptop = app.test_client()
        post_sign_in(laptop, olive.email)
        laptop.post("/account/mf-recovery", data={"code": codes[3].upper()})
        assert signed_in(laptop) is expected
    assert len(stored(Account)[0].mf_recovery_codes) == 9


@pytest.mark.sqlite_alone
def test_olive_goes_where_she_was_going_with_a_recovery_code_too(app, client, make, sign_in):
    olive = make.account()
    sign_in(client, olive)
    set_up_app(client)
    made = client.post("/account/mf-recovery-codes", data={"generate_new_codes": "1"}).text
    laptop = app.test_client()
    page = laptop.get(post_sign_in(laptop, olive.email, next="/account/change?a=1&b=2").location).text
    link = re.search(r'href="(/account/mf-recovery[^"]*)"', html.unescape(page))[1]
    onward = re.search(r'name="next" value="([^"]*)"', html.unescape(laptop.get(link).text))[1]
    data = {"code": re.search(r"<code>([0-9a-f-]+)</code>", made)[1], "next": onward}
    assert laptop.post("/account/mf-recovery", data=data).location == "/account/change?a=1&b=2"


def test_a_reset_does_not_take_the_second_step_away(app, client, make, sign_in):
    """AUTH-03."""
    olive = make.account()
    sign_in(client, olive)
    set_up_app(client)
    link = reset_link(app, olive)
    laptop = app.test_client()
    laptop.post(link, data={"password": NEW, "password_confirm": NEW})
    assert post_sign_in(laptop, olive.email, NEW).location.startswith("/account/tf-validate")


@pytest.mark.sqlite_alone
@pytest.mark.parametrize("address", ["/account/tf-setup", "/account/mf-recovery-codes", "/account/wan-register"])
def test_the_password_is_asked_again_before_the_second_step_changes(client, make, sign_in, monkeypatch, address):
    """AUTH-05."""
    olive = make.account()
    sign_in(client, olive)
    assert client.get(address).status_code == 200
    with client.session_transaction("/account") as session:
        session["fs_paa"] -= 600
    answer = client.get(address)
    assert answer.location == f"/account/verify?next={address}"
    assert client.post("/account/verify", data={"password": "wrong", "next": address}).status_code == 200
    assert client.post("/account/verify", data={"password": PASSWORD, "next": address}).location == address


@pytest.mark.sqlite_alone
def test_nothing_is_mailed_for_help_with_the_second_step(client, make, stored):
    assert client.post("/account/tf-rescue", data={"help_setup": "help"}).status_code == 404
    assert stored(Mail) == []


@pytest.mark.sqlite_alone
def test_the_passkey_page_does_not_say_who_has_passkeys(client, make):
    olive = make.account()
    pages = [
        client.post("/account/wan-signin", data={"identity": email}).text
        for email in (olive.email, "nobody@example.org")
    ]
    options = [json.loads(re.search(r'data-options="([^"]+)"', page)[1].replace("&#34;", '"')) for page in pages]
    assert [one["allowCredentials"] for one in options] == [[], []]


def test_two_people_cannot_use_one_code_in_the_same_moment(app, make):
    olive = make.account()
    with app.app_context():
        assert accounts._use_code(olive.id, 5)
        assert not accounts._use_code(olive.id, 5)
        assert not accounts._use_code(olive.id, 4)
        assert accounts._use_code(olive.id, 6)
        db.session.rollback()


def test_an_operator_lets_somebody_in_who_lost_the_phone(app, client, make, sign_in):
    olive = make.account()
    sign_in(client, olive)
    set_up_app(client)
    app.test_cli_runner().invoke(args=["accounts", "drop-second-factors", olive.email])
    assert not signed_in(client)
    assert post_sign_in(client, olive.email).location == "/desk"


def test_a_recovery_code_that_two_show_in_the_same_moment_lets_one_in(app, client, make, sign_in, monkeypatch):
    olive = make.account()
    sign_in(client, olive)
    set_up_app(client)
    page = client.post("/account/mf-recovery-codes", data={"generate_new_codes": "1"}).text
    shown = re.search(r"<code>([0-9a-f-]+)</code>", page)[1]
    monkeypatch.setattr(tools.HashedCodes, "check_recovery_code", lambda *_looked_at: True)  # before the other used it
    browsers = [app.test_client(), app.test_client()]
    for browser in browsers:
        post_sign_in(browser, olive.email)
        browser.post("/account/mf-recovery", data={"code": shown})
    assert [signed_in(browser) for browser in browsers] == [True, False]
