"""Signing in by the provider of the organisation (OpenID Connect), beside password and passkeys."""

from __future__ import annotations

import re

import pytest

from app.models import AccountEvent, AccountSession, EventKind, Mail, ProviderBinding
from tests import looking
from tests import provider as providers
from tests.accounts import code, set_up_app, signed_in
from tests.factories import PASSWORD
from tests.provider import go_there, said

provider, olive, bound = providers.provider, providers.olive, providers.bound
DESK = "/desk/tigris/campaigns"
looker = looking.looker


def test_olive_signs_in_by_the_provider_and_is_asked_for_her_password_once(client, provider, olive, stored):
    assert "Sign in with Tigris House" in client.get("/account/login").text
    assert provider.asked == []  # nobody pressed anything yet
    answer = go_there(client, provider, DESK)
    assert answer.location == "/account/provider/connect"
    assert not signed_in(client)
    page = client.get(answer.location).text
    assert "olive@example.org" in page
    assert client.post(answer.location, data={"password": "wrong"}).status_code == 422
    assert stored(ProviderBinding) == []
    assert client.post(answer.location, data={"password": PASSWORD}).location == DESK
    assert signed_in(client)
    (row,) = stored(ProviderBinding)
    assert (row.account_id, row.issuer, row.subject) == (olive.id, provider.issuer, "olive-17")
    kinds = [event.kind for event in stored(AccountEvent)]
    assert kinds == [EventKind.FAILED, EventKind.PROVIDER_BOUND, EventKind.NEW_DEVICE]
    assert sorted(mail.kind for mail in stored(Mail)) == ["new_device", "second_step"]
    assert [session.is_strong for session in stored(AccountSession)] == [False]
    assert "connected with a sign-in provider" in client.get("/account/sign-ins").text
    client.post("/account/logout")
    assert go_there(client, provider).location == "/desk"
    assert signed_in(client)


def test_from_then_on_only_the_person_counts_and_no_address(client, provider, bound, make, stored):
    sam = make.account(email="sam@example.org")
    provider.person["email"] = sam.email  # Olive's account there gets the address of Sam
    assert go_there(client, provider, DESK).location == DESK
    assert stored(AccountSession)[0].account_id == bound.id
    client.post("/account/logout")
    provider.person = {"sub": "mallory", "email": bound.email, "email_verified": True}  # and somebody else gets hers
    assert "connected with another person" in said(client, go_there(client, provider))
    assert not signed_in(client)
    assert len(stored(ProviderBinding)) == 1


def test_who_was_invited_and_has_no_password_is_not_asked_for_one(client, provider, make, stored):
    make.account(email="olive@example.org", password=None)
    provider.info = {**provider.person, "email_verified": "true"}
    provider.person = {"sub": "olive-17"}  # many providers give the address only when they are asked
    assert go_there(client, provider).location == "/desk"
    assert signed_in(client)
    refused = client.post("/account/provider/disconnect")  # it would be shut out
    assert (refused.status_code, len(stored(ProviderBinding))) == (409, 1)
    client.post("/account/logout")
    provider.person, provider.info = {"sub": "sam-4"}, {"sub": "olive-17", "email": "olive@example.org"}
    assert "could not be checked" in said(client, go_there(client, provider))


def test_the_second_step_is_asked_for_as_after_a_password(app, client, provider, bound, stored, sign_in):
    app.config["REQUIRE_SECOND_STEP"] = True
    sign_in(client, bound)
    secret = set_up_app(client)
    client.post("/account/logout")
    answer = go_there(client, provider, DESK)
    assert answer.location == f"/account/tf-validate?next={DESK}"
    assert not signed_in(client)
    assert client.post(answer.location, data={"code": code(secret, 1), "next": DESK}).location == DESK
    assert [session.is_strong for session in stored(AccountSession)] == [True]


@pytest.mark.parametrize("elsewhere", ["https://evil.example.org/", "//evil.example.org", "/\\evil.example.org"])
def test_nobody_is_led_elsewhere_afterwards(client, provider, bound, elsewhere):
    assert go_there(client, provider, elsewhere).location == "/desk"


def test_olive_disconnects_it_with_her_password(client, provider, bound, stored):
    assert go_there(client, provider).location == "/desk"
    page = client.get("/account").text
    assert "Disconnect Tigris House" in page
    assert "leaves you signed in at Tigris House" in page
    with client.session_transaction("/account") as session:
        session["fs_paa"] -= 3600  # when it was last shown who asks
    assert client.post("/account/provider/disconnect").location.startswith("/account/verify")
    client.post("/account/verify", data={"password": PASSWORD})
    assert client.post("/account/provider/disconnect").location == "/account"
    assert stored(ProviderBinding) == []
    assert stored(AccountEvent)[-1].kind == EventKind.PROVIDER_REMOVED
    assert "not connected" in client.get("/account").text
    client.post("/account/logout")
    assert go_there(client, provider).location == "/account/provider/connect"


def test_without_the_settings_there_is_no_such_thing(client, olive):
    assert "Sign in with" not in re.sub("Sign in with a passkey", "", client.get("/account/login").text)
    assert client.post("/account/provider").status_code == 404
    assert client.get("/account/provider/callback").status_code == 404


@pytest.mark.browser
def test_a_browser_is_led_there_and_back_and_every_page_on_the_way_is_sound(provider, olive, looker, page):
    page.on("console", lambda m: looker.wrong.append(m.text) if "Content Security Policy" in m.text else None)
    page.goto(f"{looker.base}/account/login?next={DESK}")
    page.route("**/realm/auth*", lambda route: route.fulfill(status=204))  # which leaves one where one is
    button = page.get_by_role("button", name="Sign in with Tigris House")
    looker.check(page, "the button")
    button.click()
    page.wait_for_selector("text=You are led there")
    looker.check(page, "on the way there")
    page.unroute("**/realm/auth*")
    page.get_by_role("link", name="Go on").click()
    page.wait_for_url("**/account/provider/connect")
    page.locator("form.form").evaluate("form => form.noValidate = true")
    page.get_by_role("button", name="Connect and sign in").click()
    page.wait_for_selector(".summary")
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 900})
        looker.check(page, f"whose account, {width}")
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{DESK}")
    page.goto(f"{looker.base}/account")
    looker.check(page, "how one signs in, 320")
    page.get_by_role("button", name="Sign out", exact=True).click()
    page.goto(f"{looker.base}/account/login")
    button.click()
    page.wait_for_url("**/desk/tigris/**")  # by itself, without another press
    assert looker.wrong == []
