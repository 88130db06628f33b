"""Guessing passwords and codes ends, wherever it comes from, and locks nobody out of an account they use (AUTH-09, RATE-07)."""

from __future__ import annotations

import pytest

from app.extensions import limiter
from tests.accounts import post_sign_in, set_up_app, signed_in
from tests.factories import PASSWORD

pytestmark = (
    pytest.mark.sqlite_alone
)  # tries are counted in memory; what signing in stores is shown by test_accounts and test_sessions


@pytest.fixture(autouse=True)
def limits(app, monkeypatch):
    """Three tries, and no waiting for the same time."""
    monkeypatch.setattr(limiter, "enabled", True)
    monkeypatch.setattr("app.accounts.guard.EVENED_SECONDS", 0.001)
    app.config["LOGIN_LIMIT"] = "3 per 5 minutes"
    limiter.reset()
    yield
    limiter.reset()


def tries(app, email, times=4, password="not the password"):  # noqa: S107 (it is not one)
    """Guesses, each from another network with a browser of its own."""
    answers = []
    for n in range(times):
        here = {"REMOTE_ADDR": f"192.0.2.{n}"}
        data = {"email": email, "password": password}
        answers.append(app.test_client().post("/account/login", data=data, environ_base=here))
    return answers


def test_one_account_is_not_guessed_from_many_networks(app, make):
    olive = make.account(email="olive@example.org")
    assert [a.status_code for a in tries(app, " Olive@Example.org")] == [200, 200, 200, 429]
    (right,) = tries(app, olive.email, 1, PASSWORD)
    assert right.status_code == 429  # the right password is refused as well: a guesser must not learn that it is
    assert right.headers["Retry-After"] == "300"  # the whole period, so that nobody learns when it began
    assert "Try again in 5 minutes." in right.text


def test_an_address_without_an_account_is_locked_in_the_same_words(app, make):
    make.account(email="olive@example.org")
    known, unknown = tries(app, "olive@example.org")[-1], tries(app, "nobody@example.org")[-1]
    assert (known.status_code, known.text) == (unknown.status_code, unknown.text)


def test_olive_gets_in_on_her_own_device_while_somebody_guesses(app, client, make):
    olive = make.account(email="olive@example.org")
    make.known_device(client, olive)
    tries(app, olive.email)
    assert post_sign_in(client, olive.email).status_code == 302
    assert signed_in(client)


def test_guessing_on_a_known_device_ends_too(client, make):
    olive = make.account(email="olive@example.org")
    make.known_device(client, olive)
    answers = []
    for n in range(4):
        client.environ_base["REMOTE_ADDR"] = f"192.0.2.{n}"
        answers.append(post_sign_in(client, olive.email, "not the password").status_code)
    assert answers == [200, 200, 200, 429]


def test_a_device_of_oscar_opens_no_more_tries_at_olives_account(app, client, make):
    olive, oscar = make.account(email="olive@example.org"), make.account(email="oscar@example.org")
    make.known_device(client, oscar)
    tries(app, olive.email)
    assert post_sign_in(client, olive.email).status_code == 429


def test_nobody_else_is_locked_out(app, make):
    make.account(email="olive@example.org")
    oscar = make.account(email="oscar@example.org")
    tries(app, "olive@example.org")
    assert post_sign_in(app.test_client(), oscar.email).status_code == 302


def test_olive_finishes_on_her_device_while_somebody_with_her_password_guesses_codes(
    app, client, make, sign_in, monkeypatch
):
    olive = make.account(email="olive@example.org")
    monkeypatch.setattr(limiter, "enabled", False)
    sign_in(client, olive)
    set_up_app(client)
    client.post("/account/logout")
    monkeypatch.setattr(limiter, "enabled", True)
    answers = []
    for n in range(4):
        stranger, here = app.test_client(), {"REMOTE_ADDR": f"192.0.2.{n % 2}{n}"}
        monkeypatch.setattr(limiter, "enabled", False)
        stranger.post("/account/login", data={"email": olive.email, "password": PASSWORD}, environ_base=here)
        monkeypatch.setattr(limiter, "enabled", True)
        answers.append(stranger.post("/account/tf-validate", data={"code": "000000"}, environ_base=here).status_code)
    assert answers == [200, 200, 200, 429]
    post_sign_in(client, olive.email)
    assert client.post("/account/tf-validate", data={"code": "000000"}).status_code == 200


def test_whoever_stole_a_session_cannot_guess_the_password_from_many_networks(client, make, sign_in):
    olive = make.account(email="olive@example.org")
    sign_in(client, olive)
    client.delete_cookie("device", path="/account")
    answers = []
    for n in range(4):
        client.environ_base["REMOTE_ADDR"] = f"192.0.2.{n}"
        answers.append(client.post("/account/verify", data={"password": "wrong"}).status_code)
    assert answers == [200, 200, 200, 429]


@pytest.mark.parametrize("around", ["\u00a0\ufeff", "\r\n"])
def test_marks_before_an_address_do_not_make_it_another_account(app, make, around):
    make.account(email="olive@example.org")
    tries(app, "olive@example.org", 3)
    (guess,) = tries(app, around * 200 + "olive@example.org", 1)
    assert guess.status_code == 429
