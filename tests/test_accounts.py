"""Accounts: signing in and out, one's own page, the same answer for everybody."""

from __future__ import annotations

import re
import statistics
import time

import pytest

from app.accounts.guard import is_local
from app.extensions import limiter, security
from app.models import Account
from tests.accounts import post_sign_in, signed_in, without_nonces
from tests.factories import PASSWORD

ELSEWHERE = [
    "//evil.com",
    "///evil.com",
    "/\\evil.com",
    "\\\\evil.com",
    "/\t/evil.com",
    " //evil.com",
    "https:evil.com",
    "http:///evil.com",
    "https://localhost@evil.com",
    "https://localhost.evil.com",
    "javascript:alert(1)",
    "data:text/html,x",
    "/%0d%0aSet-Cookie:x=1",
    "/a\r\nX: y",
    "%2f%2fevil.com",
    "/%2fevil.com",
    "/.evil.com",
    "/" + "a" * 10_000,
    "/é",
]


def test_olive_signs_in_and_out(client, make, sign_in):
    olive = make.account()
    assert not signed_in(client)
    sign_in(client, olive)
    assert "Your account" in client.get("/account").text
    assert client.post("/account/logout").location == "/"
    assert not signed_in(client)


def test_olive_may_write_her_address_in_capitals(client, make):
    make.account(email="olive@example.org")
    assert post_sign_in(client, " Olive@Example.ORG ").status_code == 302


@pytest.mark.sqlite_alone
def test_a_stranger_cannot_see_the_account_page_and_is_led_back_after_signing_in(client, make):
    olive = make.account()
    answer = client.get("/account/change")
    assert answer.location == "/account/login?next=/account/change"
    assert client.post(answer.location, data={"email": olive.email, "password": PASSWORD}).location == "/account/change"


@pytest.mark.sqlite_alone
def test_a_stranger_reads_the_same_for_a_wrong_password_and_an_unknown_address(client, make):
    make.account(email="olive@example.org")
    known, unknown = (
        without_nonces(post_sign_in(client, f"{name}@example.org", "not the password")) for name in ("olive", "nobod")
    )
    assert known == unknown
    assert "do not belong together" in known


@pytest.mark.sqlite_alone
@pytest.mark.usefixtures("hashes_as_shipped")
def test_a_stranger_cannot_tell_by_the_clock_who_has_an_account(client, make):
    """ENU-03: an unknown address costs a hash as well."""
    make.account(email="olive@example.org")
    taken = {"olive@example.org": [], "nobody@example.org": []}
    for _round in range(5):
        for email, times in taken.items():
            begun = time.perf_counter()
            post_sign_in(client, email, "not the password")
            times.append(time.perf_counter() - begun)
    known, unknown = (statistics.median(times) for times in taken.values())
    assert 0.5 < known / unknown < 2


@pytest.mark.sqlite_alone
@pytest.mark.parametrize("target", ELSEWHERE)
def test_nobody_is_sent_elsewhere_after_signing_in(client, make, target):
    olive = make.account()
    answer = client.post(
        "/account/login",
        query_string={"next": target},
        data={"email": olive.email, "password": PASSWORD, "next": target},
    )
    assert answer.status_code == 302
    assert is_local(answer.location), answer.location


def test_a_closed_account_cannot_sign_in(client, make):
    closed = make.account(active=False)
    assert post_sign_in(client, closed.email).status_code == 200
    assert not signed_in(client)


@pytest.mark.sqlite_alone
def test_a_password_longer_than_a_kilobyte_is_refused_before_it_is_hashed(client, make, monkeypatch):
    olive = make.account()
    monkeypatch.setattr("flask_security.forms.hash_password", lambda _password: pytest.fail("hashed"))
    monkeypatch.setattr(security, "pwd_context", None)
    assert post_sign_in(client, olive.email, "x" * 1025).status_code == 200
    assert post_sign_in(client, "nobody@example.org", "x" * 1025).status_code == 200


@pytest.mark.sqlite_alone
def test_guessing_ends_in_a_page_that_says_to_wait(app, client, make, monkeypatch):
    monkeypatch.setattr("app.accounts.guard.EVENED_SECONDS", 0.001)
    make.account(email="olive@example.org")
    monkeypatch.setattr(limiter, "enabled", True)
    app.config["LOGIN_LIMIT"] = "3 per 5 minutes"
    limiter.reset()
    answers = [post_sign_in(client, "olive@example.org", "wrong").status_code for _ in range(4)]
    assert answers == [200, 200, 200, 429]
    last = post_sign_in(client, "nobody@example.org", "wrong")
    assert "Too many attempts" in last.text
    assert "Nothing was stored. Try again in 5 minutes." in last.text
    assert 290 < int(last.headers["Retry-After"]) <= 300
    limiter.reset()


@pytest.mark.sqlite_alone
def test_nobody_is_remembered_by_a_cookie_of_public_pages(client, make):
    olive = make.account()
    post_sign_in(client, olive.email, remember="y")
    assert client.get_cookie("remember_token") is None


@pytest.mark.sqlite_alone
def test_a_form_without_its_token_is_refused(app, client, make):
    olive = make.account()
    app.config["WTF_CSRF_ENABLED"] = True
    assert post_sign_in(client, olive.email).status_code == 400
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/account/login").text)[1]
    assert post_sign_in(client, olive.email, csrf_token=token).status_code == 302
    assert client.post("/account/sign-out-everywhere").status_code == 400


@pytest.mark.sqlite_alone
def test_a_form_works_over_https_although_its_page_sends_no_referrer(app, client, make):
    olive = make.account()
    app.config["WTF_CSRF_ENABLED"] = True
    page = client.get("/account/login", base_url="https://localhost")
    assert page.headers["Referrer-Policy"] == "no-referrer"
    token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)[1]
    data = {"email": olive.email, "password": PASSWORD, "csrf_token": token}
    assert client.post("/account/login", data=data, base_url="https://localhost").status_code == 302


@pytest.mark.sqlite_alone
def test_another_site_cannot_post_to_the_account(client, make, sign_in):
    olive = make.account()
    sign_in(client, olive)
    assert client.post("/account/sign-out-everywhere", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert signed_in(client)


@pytest.mark.sqlite_alone
def test_nobody_signs_in_by_json_or_by_a_token_in_the_address(client, make):
    olive = make.account()
    answer = client.post("/account/login?include_auth_token", json={"email": olive.email, "password": PASSWORD})
    assert answer.status_code == 415
    assert client.get("/account?auth_token=x", headers={"Authentication-Token": "x"}).status_code == 302


def test_olive_changes_her_name(client, make, sign_in, stored):
    sign_in(client, make.account())
    assert client.post("/account/name", data={"name": "  Olive   Tree "}).status_code == 303
    assert stored(Account)[0].name == "Olive Tree"
    refused = client.post("/account/name", data={"name": "http://spam.example"})
    assert refused.status_code == 422
    assert "without a web address" in refused.text


def test_olive_signs_out_on_every_device(app, client, make, sign_in):
    olive = make.account()
    phone = app.test_client()
    sign_in(phone, olive)
    sign_in(client, olive)
    assert client.post("/account/sign-out-everywhere").location == "/account/login"
    assert not signed_in(client)
    assert not signed_in(phone)


@pytest.mark.sqlite_alone
@pytest.mark.parametrize("address", ["/account/login", "/account/reset", "/account/wan-signin"])
def test_pages_around_signing_in_are_kept_by_nobody(client, address):
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert "<script>" not in answer.text
    assert " style=" not in answer.text
