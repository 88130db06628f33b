"""What does not let anybody in by the provider of the organisation, and what they read instead."""

from __future__ import annotations

import pytest
from flask import Flask
from joserfc.jwk import OctKey, RSAKey

import config
from app import settings
from app.extensions import db, limiter
from app.models import Account
from tests import provider as providers
from tests.accounts import post_sign_in, signed_in
from tests.provider import go_there, leave, path_of, said
from tests.test_settings import GOOD

provider, olive, bound = providers.provider, providers.olive, providers.bound
DESK = "/desk/tigris/campaigns"
CALLBACK = "/account/provider/callback"


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
