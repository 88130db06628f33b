"""Passwords: which are taken, how they are changed, and the way back in."""

from __future__ import annotations

import statistics
import threading
import time

import pytest

from app import passwords
from app.models import Account, Mail
from app.security import secret_keys
from tests.accounts import NEW, post_sign_in, reset_link, signed_in, without_nonces
from tests.factories import PASSWORD


@pytest.mark.sqlite_alone
@pytest.mark.parametrize(
    "password",
    [
        "short",
        "passwordpassword",
        "P@ssw0rd2026!!",
        "123456789012",
        "abababababababab",
        "qwertyuiopas",
        "olive@example.org",
    ],
)
def test_olive_cannot_choose_a_password_that_is_tried_first(app, password):
    with app.test_request_context():
        assert passwords.problem(password, "olive@example.org", "Olive")


@pytest.mark.sqlite_alone
@pytest.mark.parametrize(
    "password", [NEW, "correct horse battery", "كلمات طويلة هنا", "x" * 60 + "yzabc", "tr0mb0ne-window"]
)
def test_olive_can_choose_what_she_likes_beyond_that(app, password):
    with app.test_request_context():
        assert passwords.problem(password, "olive@example.org", "Olive") == ""


@pytest.mark.sqlite_alone
@pytest.mark.usefixtures("hashes_as_shipped")
def test_passwords_are_kept_as_argon2id_of_19_mebibytes(app):
    from flask_security import hash_password

    with app.app_context():
        assert hash_password(NEW).startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_changing_the_password_signs_out_everywhere_else_and_tells_olive(app, client, make, sign_in, stored):
    olive = make.account()
    phone = app.test_client()
    sign_in(phone, olive)
    sign_in(client, olive)
    data = {"password": PASSWORD, "new_password": NEW, "new_password_confirm": NEW}
    assert client.post("/account/change", data=data).location == "/account"
    assert signed_in(client)
    assert not signed_in(phone)
    (mail,) = stored(Mail)
    assert (mail.kind, mail.recipient, mail.account_id) == ("password_changed", olive.email, olive.id)
    assert post_sign_in(app.test_client(), olive.email).status_code == 200
    sign_in(app.test_client(), olive, NEW)


@pytest.mark.sqlite_alone
def test_a_password_change_with_mistakes_changes_nothing(client, make, sign_in, stored):
    olive = make.account()
    sign_in(client, olive)
    for now, new, again in [
        ("wrong", NEW, NEW),
        (PASSWORD, NEW, "another"),
        (PASSWORD, "short", "short"),
        (PASSWORD, PASSWORD, PASSWORD),
    ]:
        answer = client.post(
            "/account/change", data={"password": now, "new_password": new, "new_password_confirm": again}
        )
        assert answer.status_code == 200
        assert 'role="alert"' in answer.text
    assert stored(Mail) == []
    assert stored(Account)[0].password == olive.password


def test_a_reset_is_mailed_to_the_account_and_looks_the_same_for_a_stranger(client, make, stored):
    olive = make.account(email="olive@example.org")
    known = client.post("/account/reset", data={"email": "Olive@example.org"})
    (mail,) = stored(Mail)
    assert (mail.kind, mail.recipient, mail.account_id) == ("reset", "olive@example.org", olive.id)
    unknown = client.post("/account/reset", data={"email": "Nobod@example.org"})
    assert len(stored(Mail)) == 1
    assert "a mail with a link is on its way" in known.text
    assert without_nonces(known) == without_nonces(unknown)


@pytest.mark.sqlite_alone
@pytest.mark.usefixtures("hashes_as_shipped")
def test_a_stranger_cannot_tell_by_the_clock_whose_password_can_be_reset(client, make):
    make.account(email="olive@example.org")
    taken = {"olive@example.org": [], "nobody@example.org": []}
    for _round in range(5):
        for email, times in taken.items():
            begun = time.perf_counter()
            client.post("/account/reset", data={"email": email})
            times.append(time.perf_counter() - begun)
    known, unknown = (statistics.median(times) for times in taken.values())
    assert abs(known - unknown) < 0.05


def test_nobody_can_flood_olive_with_reset_mails(client, make, stored, monkeypatch):
    monkeypatch.setattr("app.accounts.guard.EVENED_SECONDS", 0.001)
    make.account(email="olive@example.org")
    for _ in range(6):
        client.post("/account/reset", data={"email": "olive@example.org"})
    assert len(stored(Mail)) == 3


def test_look_alike_letters_do_not_reach_another_account(client, make, stored):
    """AUTH-07: the Kelvin sign is not a k."""
    make.account(email="kim@example.org")
    client.post("/account/reset", data={"email": "\u212aim@example.org"})
    assert stored(Mail) == []


def test_olive_resets_her_password_once_by_the_link(app, client, make, sign_in, stored):
    olive = make.account()
    phone = app.test_client()
    sign_in(phone, olive)
    link = reset_link(app, olive)
    page = client.get(link)
    assert page.status_code == 200
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert page.headers["Cache-Control"] == "no-store"
    assert client.post(link, data={"password": NEW, "password_confirm": NEW}).location == "/account/login"
    assert not signed_in(phone)
    assert [mail.kind for mail in stored(Mail)] == ["password_changed"]
    sign_in(app.test_client(), olive, NEW)
    again = client.post(link, data={"password": PASSWORD, "password_confirm": PASSWORD})
    assert again.location == "/account/reset"
    assert "This link no longer works" in client.get("/account/reset").text


@pytest.mark.sqlite_alone
def test_a_reset_link_ends_after_an_hour(app, client, make, monkeypatch):
    link = reset_link(app, make.account())
    later = time.time() + 3700
    monkeypatch.setattr("itsdangerous.timed.time.time", lambda: later)
    assert client.get(link).location == "/account/reset"


@pytest.mark.sqlite_alone
def test_a_reset_link_survives_a_change_of_the_secret_key(app):
    """TOK-09."""
    from itsdangerous import URLSafeTimedSerializer

    before = app.config["SECRET_KEY"]
    mailed = URLSafeTimedSerializer(secret_keys(app), salt="undersigned reset").dumps("x")
    app.config.update(SECRET_KEY="the key now, as long as the one before", SECRET_KEY_FALLBACKS=(before,))
    assert URLSafeTimedSerializer(secret_keys(app), salt="undersigned reset").loads(mailed) == "x"
    assert secret_keys(app) == [before, app.config["SECRET_KEY"]]


def test_a_password_can_be_changed_while_others_sign(app, client, make, sign_in, monkeypatch):
    """On SQLite, a transaction that began to read before somebody else wrote cannot write any more; hashing takes that long."""
    from flask_security import changeable

    olive = make.account()
    sign_in(client, olive)
    hashing = changeable.hash_password

    def slowly(password):
        other = threading.Thread(target=make.organisation)
        other.start()
        other.join()
        return hashing(password)

    monkeypatch.setattr(changeable, "hash_password", slowly)
    data = {"password": PASSWORD, "new_password": NEW, "new_password_confirm": NEW}
    assert client.post("/account/change", data=data).location == "/account"
    sign_in(app.test_client(), olive, NEW)
