"""Accounts: signing in and out, passwords, second steps, the same answer for everybody, invitations from the command line."""

from __future__ import annotations

import datetime as dt
import json
import re
import statistics
import threading
import time

import pytest
from flask_security.recoverable import generate_reset_password_token
from passlib.totp import TOTP
from sqlalchemy import select

from app import passwords, tokens
from app.account_guard import is_local
from app.domain import accounts
from app.extensions import db, limiter, security
from app.models import Account, Invitation, Mail, Membership, Organisation
from tests.factories import PASSWORD

NEW = "a stapler on the windowsill"
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


def post_sign_in(client, email, password=PASSWORD, **more):
    return client.post("/account/login", data={"email": email, "password": password, **more})


def signed_in(client):
    return client.get("/account").status_code == 200


def reset_link(app, account):
    with app.app_context(), app.test_request_context():
        return f"/account/reset/{generate_reset_password_token(db.session.get(Account, account.id))}"


# signing in


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


def test_a_stranger_cannot_see_the_account_page_and_is_led_back_after_signing_in(client, make):
    olive = make.account()
    answer = client.get("/account/change")
    assert answer.location == "/account/login?next=/account/change"
    assert client.post(answer.location, data={"email": olive.email, "password": PASSWORD}).location == "/account/change"


def test_a_stranger_reads_the_same_for_a_wrong_password_and_an_unknown_address(client, make):
    make.account(email="olive@example.org")
    pages = [
        post_sign_in(client, email, "not the password").text for email in ("olive@example.org", "nobodee@example.org")
    ]
    assert pages[0].replace("olive@", "nobodee@") == pages[1]
    assert "do not belong together" in pages[0]


def test_a_stranger_cannot_tell_by_the_clock_who_has_an_account(client, make):
    """ENU-03: an unknown address costs a hash as well."""
    make.account(email="olive@example.org")
    taken = {"olive@example.org": [], "nobody@example.org": []}
    for _round in range(9):
        for email, times in taken.items():
            begun = time.perf_counter()
            post_sign_in(client, email, "not the password")
            times.append(time.perf_counter() - begun)
    known, unknown = (statistics.median(times) for times in taken.values())
    assert 0.5 < known / unknown < 2


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


def test_a_password_longer_than_a_kilobyte_is_refused_before_it_is_hashed(client, make, monkeypatch):
    olive = make.account()
    monkeypatch.setattr("flask_security.forms.hash_password", lambda _password: pytest.fail("hashed"))
    monkeypatch.setattr(security, "pwd_context", None)
    assert post_sign_in(client, olive.email, "x" * 1025).status_code == 200
    assert post_sign_in(client, "nobody@example.org", "x" * 1025).status_code == 200


def test_guessing_ends_in_a_page_that_says_to_wait(app, client, make, monkeypatch):
    make.account(email="olive@example.org")
    monkeypatch.setattr(limiter, "enabled", True)
    app.config["LOGIN_LIMIT"] = "3 per 5 minutes"
    limiter.reset()
    answers = [post_sign_in(client, "olive@example.org", "wrong").status_code for _ in range(4)]
    assert answers == [200, 200, 200, 429]
    last = post_sign_in(client, "nobody@example.org", "wrong")
    assert "Too many attempts" in last.text
    assert last.headers["Retry-After"]
    limiter.reset()


def test_nobody_is_remembered_by_a_cookie_of_public_pages(client, make):
    olive = make.account()
    post_sign_in(client, olive.email, remember="y")
    assert client.get_cookie("remember_token") is None


def test_a_form_without_its_token_is_refused(app, client, make):
    olive = make.account()
    app.config["WTF_CSRF_ENABLED"] = True
    assert post_sign_in(client, olive.email).status_code == 400
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/account/login").text)[1]
    assert post_sign_in(client, olive.email, csrf_token=token).status_code == 302
    assert client.post("/account/sign-out-everywhere").status_code == 400


def test_a_form_works_over_https_although_its_page_sends_no_referrer(app, client, make):
    olive = make.account()
    app.config["WTF_CSRF_ENABLED"] = True
    page = client.get("/account/login", base_url="https://localhost")
    assert page.headers["Referrer-Policy"] == "no-referrer"
    token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)[1]
    data = {"email": olive.email, "password": PASSWORD, "csrf_token": token}
    assert client.post("/account/login", data=data, base_url="https://localhost").status_code == 302


def test_another_site_cannot_post_to_the_account(client, make, sign_in):
    olive = make.account()
    sign_in(client, olive)
    assert client.post("/account/sign-out-everywhere", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert signed_in(client)


def test_nobody_signs_in_by_json_or_by_a_token_in_the_address(client, make):
    olive = make.account()
    answer = client.post("/account/login?include_auth_token", json={"email": olive.email, "password": PASSWORD})
    assert answer.status_code == 415
    assert client.get("/account?auth_token=x", headers={"Authentication-Token": "x"}).status_code == 302


# passwords


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


@pytest.mark.parametrize(
    "password", [NEW, "correct horse battery", "كلمات طويلة هنا", "x" * 60 + "yzabc", "tr0mb0ne-window"]
)
def test_olive_can_choose_what_she_likes_beyond_that(app, password):
    with app.test_request_context():
        assert passwords.problem(password, "olive@example.org", "Olive") == ""


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
    assert known.text.replace("olive@", "o@").replace("Olive@", "o@") == unknown.text.replace("nobod@", "o@").replace(
        "Nobod@", "o@"
    )


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
    monkeypatch.setattr("app.account_guard.RESET_TAKES", 0)
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


def test_a_reset_link_ends_after_an_hour(app, client, make, monkeypatch):
    link = reset_link(app, make.account())
    later = time.time() + 3700
    monkeypatch.setattr("itsdangerous.timed.time.time", lambda: later)
    assert client.get(link).location == "/account/reset"


def test_a_reset_link_survives_a_change_of_the_secret_key(app):
    """TOK-09."""
    from itsdangerous import URLSafeTimedSerializer

    old = URLSafeTimedSerializer(["the key before"], salt="undersigned reset").dumps("x")
    both = URLSafeTimedSerializer(["the key before", "the key now"], salt="undersigned reset")
    assert both.loads(old) == "x"
    assert security.reset_serializer.secret_keys[-1].decode() == app.config["SECRET_KEY"]


# the second step


def code(secret: str, steps: int = 0) -> str:
    """What the app on the phone shows now, or some half minutes later."""
    return TOTP(key=secret).generate(time=time.time() + 30 * steps).token


def set_up_app(client) -> str:
    page = client.post("/account/tf-setup", data={"setup": "authenticator"}).text
    secret = re.search(r'<code class="key">([^<]+)', page)[1].replace("-", "").strip()
    action = re.search(r'action="(/account/tf-setup/[^"]+)"', page)[1]
    assert client.post(action, data={"code": code(secret)}).location == "/account"
    return secret


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
        browser.post("/account/login", data={"email": olive.email, "password": PASSWORD}, environ_base=here)
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


def test_a_reset_does_not_take_the_second_step_away(app, client, make, sign_in):
    """AUTH-03."""
    olive = make.account()
    sign_in(client, olive)
    set_up_app(client)
    link = reset_link(app, olive)
    laptop = app.test_client()
    laptop.post(link, data={"password": NEW, "password_confirm": NEW})
    assert post_sign_in(laptop, olive.email, NEW).location.startswith("/account/tf-validate")


@pytest.mark.parametrize("address", ["/account/tf-setup", "/account/mf-recovery-codes", "/account/wan-register"])
def test_the_password_is_asked_again_before_the_second_step_changes(client, make, sign_in, monkeypatch, address):
    """AUTH-05."""
    olive = make.account()
    sign_in(client, olive)
    assert client.get(address).status_code == 200
    with client.session_transaction("/account") as session:
        session["fs_paa"] -= 600
        session.pop("fs_gexp")
    answer = client.get(address)
    assert answer.location == f"/account/verify?next={address}"
    assert client.post("/account/verify", data={"password": "wrong", "next": address}).status_code == 200
    assert client.post("/account/verify", data={"password": PASSWORD, "next": address}).location == address


def test_nothing_is_mailed_for_help_with_the_second_step(client, make, stored):
    assert client.post("/account/tf-rescue", data={"help_setup": "help"}).status_code == 404
    assert stored(Mail) == []


def test_the_passkey_page_does_not_say_who_has_passkeys(client, make):
    olive = make.account()
    pages = [
        client.post("/account/wan-signin", data={"identity": email}).text
        for email in (olive.email, "nobody@example.org")
    ]
    options = [json.loads(re.search(r'data-options="([^"]+)"', page)[1].replace("&#34;", '"')) for page in pages]
    assert [one["allowCredentials"] for one in options] == [[], []]


# one's own page


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


@pytest.mark.parametrize("address", ["/account/login", "/account/reset", "/account/wan-signin"])
def test_pages_around_signing_in_are_kept_by_nobody(client, address):
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert "<script>" not in answer.text
    assert " style=" not in answer.text


# invitations


def invited(app, organisation="Tigris Rights Desk", email="olive@example.org", *more):
    answer = app.test_cli_runner().invoke(
        args=["accounts", "create", "--organisation", organisation, "--email", email, *more]
    )
    assert answer.exit_code == 0, answer.output
    return re.search(r"https?://[^/]+(/account/invitations/\S+)", answer.output)[1]


def join(client, link, name="Olive Tree", password=PASSWORD):
    return client.post(link, data={"name": name, "password": password})


def test_the_first_account_comes_from_the_command_line_by_a_one_time_link(app, client, stored):
    """AUTH-08."""
    link = invited(app)
    assert stored(Account) == []
    assert stored(Mail) == []
    page = client.get(link)
    assert "Tigris Rights Desk" in page.text
    assert "olive@example.org" in page.text
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert page.headers["Cache-Control"] == "no-store"
    assert join(client, link).location == "/desk"
    assert signed_in(client)
    (olive,) = stored(Account)
    assert (olive.email, olive.name) == ("olive@example.org", "Olive Tree")
    assert stored(Membership)[0].role == "owner"
    assert stored(Organisation)[0].slug == "tigris-rights-desk"
    again = app.test_client().get(link)
    assert again.status_code == 410
    assert "no longer works" in again.text
    assert join(app.test_client(), link).status_code == 410


def test_the_second_person_of_an_organisation_joins_the_same_one(app, client, stored):
    join(client, invited(app))
    join(app.test_client(), invited(app, "Tigris Rights Desk", "mona@example.org", "--role", "data_officer"), "Mona")
    assert len(stored(Organisation)) == 1
    assert [one.role for one in stored(Membership)] == ["owner", "data_officer"]


def test_an_invitation_with_mistakes_makes_no_account(app, client, stored):
    link = invited(app)
    for name, password in [
        ("", PASSWORD),
        ("Olive", "short"),
        ("Olive", "passwordpassword"),
        ("Olive", "olive@example.org"),
    ]:
        answer = join(client, link, name, password)
        assert answer.status_code == 422
        assert 'role="alert"' in answer.text
    assert stored(Account) == []


@pytest.mark.parametrize("how", ["expired", "taken back", "truncated", "another purpose", "invented", "long"])
def test_an_invitation_that_does_not_work_says_one_thing(app, client, clock, how, stored):
    link = invited(app)
    if how == "expired":
        clock.forward(hours=73)
    if how == "taken back":
        with app.app_context():
            db.session.scalar(select(Invitation)).cancelled_at = dt.datetime.now(dt.UTC)
            db.session.commit()
    if how == "truncated":
        link = link[:-3]
    if how == "another purpose":
        with app.app_context():
            link = "/account/invitations/" + tokens.issue(tokens.Purpose.CONFIRM, stored(Invitation)[0].public_id)
    if how == "invented":
        with app.app_context():
            link = "/account/invitations/" + tokens.issue(tokens.Purpose.INVITE, "A" * 22)
    if how == "long":
        link = "/account/invitations/" + "a" * 10_000
    answer = client.get(link)
    assert answer.status_code == 410
    assert "This invitation no longer works" in answer.text
    assert join(client, link).status_code == 410
    assert stored(Account) == []


def test_looking_at_an_invitation_changes_nothing(app, client, stored):
    link = invited(app)
    for _ in range(5):
        client.get(link)
        client.head(link)
    assert stored(Invitation)[0].accepted_at is None
    assert client.get_cookie("session") is None or not signed_in(client)


def test_whoever_has_an_account_signs_in_and_joins_with_one_button(app, client, make, sign_in, stored):
    mona = make.account(email="mona@example.org")
    link = invited(app, "Second Desk", "Mona@Example.org", "--role", "editor")
    assert "There is an account with this address" in client.get(link).text
    assert join(client, link).status_code == 403
    sign_in(client, mona)
    assert "Join Second Desk" in client.get(link).text
    assert client.post(link).location == "/desk"
    (membership,) = stored(Membership)
    assert (membership.account_id, membership.role) == (mona.id, "editor")


def test_a_forwarded_invitation_does_not_work_in_another_account(app, client, make, sign_in, stored):
    """ROLE-05."""
    sign_in(client, make.account(email="oscar@example.org"))
    link = invited(app)
    assert "This invitation is for another address" in client.get(link).text
    assert client.post(link).status_code == 403
    assert stored(Membership) == []


# the command line


def test_an_operator_lists_accounts_and_hands_out_a_fresh_link(app, client, make, sign_in):
    desk = make.organisation(name="Tigris Rights Desk")
    olive = make.account(organisation=desk, email="olive@example.org")
    runner = app.test_cli_runner()
    assert "olive@example.org  Olive" in (listed := runner.invoke(args=["accounts", "list"]).output)
    assert "Tigris Rights Desk (owner)" in listed
    link = re.search(r"(/account/reset/\S+)", runner.invoke(args=["accounts", "link", "Olive@example.org"]).output)[1]
    assert client.post(link, data={"password": NEW, "password_confirm": NEW}).location == "/account/login"
    sign_in(client, olive, NEW)
    assert runner.invoke(args=["accounts", "link", "nobody@example.org"]).exit_code == 1
    assert runner.invoke(args=["accounts", "create", "--organisation", "X", "--email", "nonsense"]).exit_code == 1


def test_an_operator_lets_somebody_in_who_lost_the_phone(app, client, make, sign_in):
    olive = make.account()
    sign_in(client, olive)
    set_up_app(client)
    app.test_cli_runner().invoke(args=["accounts", "drop-second-factors", olive.email])
    assert not signed_in(client)
    assert post_sign_in(client, olive.email).location == "/desk"


def test_two_people_cannot_use_one_code_in_the_same_moment(app, make):
    olive = make.account()
    with app.app_context():
        assert accounts._use_code(olive.id, 5)
        assert not accounts._use_code(olive.id, 5)
        assert not accounts._use_code(olive.id, 4)
        assert accounts._use_code(olive.id, 6)
        db.session.rollback()


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
