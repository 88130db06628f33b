"""Signing in by the provider of the organisation (OpenID Connect), beside password and passkeys."""

from __future__ import annotations

import html
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from joserfc.jwk import OctKey, RSAKey

import config
from app import settings
from app.extensions import db, limiter
from app.models import Account, AccountEvent, AccountSession, EventKind, Mail, ProviderBinding
from tests import looking
from tests import provider as providers
from tests.accounts import code, post_sign_in, set_up_app, signed_in
from tests.factories import PASSWORD
from tests.test_settings import GOOD

CALLBACK = "/account/provider/callback"
DESK = "/desk/tigris/campaigns"
looker = looking.looker


@pytest.fixture
def provider(app):
    with providers.Provider() as running:
        app.config.update(
            OIDC_ISSUER=running.issuer,
            OIDC_CLIENT_ID=providers.CLIENT,
            OIDC_CLIENT_SECRET=providers.SECRET,
            OIDC_NAME="Tigris House",
        )
        yield running


@pytest.fixture
def olive(make):
    return make.account(organisation=make.organisation(slug="tigris"), email="olive@example.org")


@pytest.fixture
def bound(make, provider, olive):
    """Olive, who is known at the provider already."""
    with make.app.app_context():
        values = {"account_id": olive.id, "issuer": provider.issuer, "subject": "olive-17"}
        db.session.add(ProviderBinding(**values, bound_at=olive.create_datetime))
        db.session.commit()
    return olive


def leave(client, onward=""):
    """Press the button: what the provider is asked, as the page that leads there says it."""
    page = client.post("/account/provider", data={"next": onward})
    assert page.status_code == 200, page.text
    url = html.unescape(re.search(r'http-equiv="refresh" content="0; url=([^"]+)"', page.text)[1])
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


def path_of(url):
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}"


def go_there(client, provider, onward=""):
    """There and back; the answer of our callback."""
    return client.get(path_of(provider.agree(leave(client, onward))))


def said(client, answer):
    """What somebody reads who was led back to the sign-in page, which works as ever."""
    assert answer.status_code == 303
    page = client.get(answer.location).text
    assert urlsplit(answer.location).path == "/account/login"
    assert 'name="password"' in page
    return html.unescape(" ".join(re.findall(r'class="said wrong"[^>]*>([^<]+)', page)))


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


@pytest.mark.parametrize(
    ("person", "words"),
    [
        ({"email_verified": False}, "does not say that it has checked your mail address"),
        ({"email_verified": None}, "does not say that it has checked your mail address"),
        ({"email": "nobody@example.org"}, "no account here with the mail address that Tigris House gives"),
    ],
)
def test_nobody_comes_in_by_an_address_that_is_unproven_or_unknown(client, provider, olive, stored, person, words):
    provider.person |= person
    assert words in said(client, go_there(client, provider))
    assert not signed_in(client)
    assert len(stored(Account)) == 1


STRANGER = RSAKey.generate_key(2048, parameters={"kid": "first"})
LIES = {
    "nonce": {"nonce": "another"},
    "no nonce": {"nonce": None},
    "issuer": {"iss": "https://elsewhere.example.org"},
    "audience": {"aud": "another-site", "azp": providers.CLIENT},
    "another site beside us": {"aud": [providers.CLIENT, "another-site"], "azp": "another-site"},
    "over": {"exp": 1_700_000_000},
    "of tomorrow": {"iat": 4_000_000_000},
    "nobody": {"sub": ""},
}


@pytest.mark.parametrize("lie", [*LIES, "key", "shared secret"])
def test_what_the_provider_did_not_sign_for_us_and_now_opens_nothing(client, provider, bound, lie):
    provider.lies = LIES.get(lie, {})
    if lie == "key":
        provider.signs_with = STRANGER
    if lie == "shared secret":  # which is no proof that the provider signed it
        provider.signs_with = OctKey.import_key(providers.SECRET, {"kid": "first"})
        provider.lies = {"alg": "HS256"}
    assert "could not be checked" in said(client, go_there(client, provider))
    assert not signed_in(client)


def test_an_answer_counts_once_in_the_browser_that_asked_and_for_ten_minutes(app, client, provider, bound, clock):
    first = path_of(provider.agree(leave(client)))
    other = app.test_client()  # to whom the link was passed on
    assert "Start again here" in said(other, other.get(first))
    assert "Start again here" in said(client, client.get(first.replace("state=", "state=x")))
    assert "Start again here" in said(client, client.get(first))  # used up by the attempt
    second = path_of(provider.agree(leave(client)))
    assert client.get(second).location == "/desk"
    client.post("/account/logout")
    assert "Start again here" in said(client, client.get(second))
    asked = leave(client)
    provider.codes["stolen"] = {**asked, "code_challenge": "of another browser"}
    stolen = client.get(f"{CALLBACK}?code=stolen&state={asked['state']}")
    assert "could not be checked" in said(client, stolen)
    late = path_of(provider.agree(leave(client)))
    clock.forward(minutes=11)
    assert "Start again here" in said(client, client.get(late))
    assert not signed_in(client)


def test_who_says_no_at_the_provider_can_still_give_the_password(client, provider, olive):
    state = leave(client, DESK)["state"]
    answer = client.get(f"{CALLBACK}?error=access_denied&state={state}")
    assert "Tigris House did not let you in" in said(client, answer)
    mixed = client.get(f"{CALLBACK}?code=x&iss=https://evil.example.org&state={leave(client)['state']}")
    assert "did not let you in" in said(client, mixed)
    assert post_sign_in(client, olive.email, next=DESK).location == DESK


def test_a_provider_that_is_away_stops_nothing_else(client, provider, olive, clock):
    clock.set(clock.now())
    provider.is_broken = True
    for _ in range(2):  # the second one does not wait for it
        answer = client.post("/account/provider", data={"next": DESK})
        assert "Tigris House does not answer" in said(client, answer)
    assert provider.asked == ["openid-configuration"]
    assert post_sign_in(client, olive.email).status_code == 302
    client.post("/account/logout")
    clock.forward(seconds=31)
    provider.is_broken = False
    gone = path_of(provider.agree(leave(client)))
    provider.server.shutdown()
    provider.server.server_close()  # on the way
    assert "does not answer" in said(client, client.get(gone))


@pytest.mark.sqlite_alone
@pytest.mark.parametrize("wrong", [{"issuer": "https://elsewhere.example.org"}, {"token_endpoint": None}])
def test_a_provider_that_calls_itself_otherwise_is_not_asked(client, provider, wrong):
    provider.document = wrong
    assert "does not answer" in said(client, client.post("/account/provider"))


def test_a_closed_account_stays_closed(app, client, provider, bound):
    with app.app_context():
        db.session.get(Account, bound.id).active = False
        db.session.commit()
    assert "closed" in said(client, go_there(client, provider))
    provider.person["sub"] = "somebody-new"
    assert "closed" in said(client, go_there(client, provider))
    assert not signed_in(client)


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


def test_coming_back_and_guessing_the_password_end(app, client, provider, olive, monkeypatch):
    monkeypatch.setattr(limiter, "enabled", True)
    app.config["LOGIN_LIMIT"] = "3 per 5 minutes"
    limiter.reset()
    assert [client.get(CALLBACK).status_code for _ in range(4)] == [303, 303, 303, 429]
    answers = []
    for n in range(4):  # each from another network, with a browser of its own
        browser = app.test_client()
        browser.environ_base["REMOTE_ADDR"] = f"192.0.2.{n}"
        go_there(browser, provider)
        answers.append(browser.post("/account/provider/connect", data={"password": "wrong"}).status_code)
    assert answers == [422, 422, 422, 429]
    limiter.reset()


def test_without_the_settings_there_is_no_such_thing(client, olive):
    assert "Sign in with" not in re.sub("Sign in with a passkey", "", client.get("/account/login").text)
    assert client.post("/account/provider").status_code == 404
    assert client.get(CALLBACK).status_code == 404


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"OIDC_ISSUER": "https://id.example.org"}, "OIDC_CLIENT_ID and OIDC_CLIENT_SECRET missing"),
        ({"OIDC_CLIENT_SECRET": "x", "MODE": "development"}, "OIDC_ISSUER and OIDC_CLIENT_ID missing"),
        (
            {"OIDC_ISSUER": "http://id.example.org", "OIDC_CLIENT_ID": "a", "OIDC_CLIENT_SECRET": "b"},
            "OIDC_ISSUER is not an https address",
        ),
    ],
)
def test_half_of_the_settings_stop_the_start(tmp_path, values, words):
    app = Flask(__name__, instance_path=str(tmp_path))
    with pytest.raises(settings.UnsafeSettings) as refusal:
        settings.init_app(app, config.load({**GOOD, **values}))
    assert words in str(refusal.value)


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
