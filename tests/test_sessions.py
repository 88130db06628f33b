"""Where somebody is signed in: seen by its owner, ended at once, over by itself (AUTH-04)."""

from __future__ import annotations

import re

import pytest
from sqlalchemy.exc import OperationalError

from app import create_app, devices
from app.accounts import sessions
from app.domain import sessions as account_sessions
from app.extensions import db
from app.models import AccountDevice, AccountEvent, AccountSession, EventKind
from tests.accounts import NEW, post_sign_in, reset_link, set_up_app, signed_in
from tests.factories import PASSWORD
from tests.test_settings import GOOD

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"
SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Version/18.1 Safari/604.1"
EDGE = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0"


@pytest.fixture
def olive(make):
    return make.account(organisation=make.organisation(slug="tigris"), email="olive@example.org")


@pytest.fixture
def browsers(app, olive, sign_in):
    """Two browsers in which Olive is signed in."""
    found = []
    for agent in (FIREFOX, SAFARI):
        browser = app.test_client()
        browser.environ_base["HTTP_USER_AGENT"] = agent
        sign_in(browser, olive)
        found.append(browser)
    return found


def cookie(browser):
    return browser.get_cookie("session").value


def with_cookie(app, value):
    browser = app.test_client()
    browser.set_cookie("session", value)
    return browser


@pytest.mark.sqlite_alone
def test_a_copy_of_the_cookie_is_worth_nothing_once_its_owner_signed_out(app, client, olive, sign_in, stored):
    sign_in(client, olive)
    copy = cookie(client)
    assert signed_in(with_cookie(app, copy))
    client.post("/account/logout")
    answer = with_cookie(app, copy).get("/desk/tigris/campaigns")
    assert answer.location == "/account/login?next=/desk/tigris/campaigns"
    assert stored(AccountSession) == []


def test_a_cookie_alone_opens_nothing_and_its_id_is_not_in_the_table(app, client, olive, sign_in, stored):
    sign_in(client, olive)
    with client.session_transaction("/account") as session:
        said = session["id"]
    (row,) = stored(AccountSession)
    assert len(said) == 32  # 192 bits
    assert said.encode() not in row.key
    with client.session_transaction("/account") as session:
        session["id"] = "x" * 32
    assert not signed_in(client)


def test_every_sign_in_and_every_proof_of_who_one_is_makes_another_id(app, client, olive, sign_in, stored):
    sign_in(client, olive)
    keys = [stored(AccountSession)[0].key]
    copy = cookie(client)
    assert client.post("/account/verify", data={"password": "wrong"}).status_code == 200
    assert stored(AccountSession)[0].key == keys[0]
    client.post("/account/verify", data={"password": PASSWORD})
    keys.append(stored(AccountSession)[0].key)
    assert not signed_in(with_cookie(app, copy))
    set_up_app(client)
    keys.append(stored(AccountSession)[0].key)
    assert signed_in(client)
    client.post("/account/change", data={"password": PASSWORD, "new_password": NEW, "new_password_confirm": NEW})
    keys.append(stored(AccountSession)[0].key)
    assert signed_in(client)
    assert len(set(keys)) == 4
    assert len(stored(AccountSession)) == 1


def test_somebody_who_does_nothing_is_signed_out_and_somebody_who_works_is_not(client, olive, sign_in, clock):
    clock.forward(seconds=0)
    sign_in(client, olive)
    for _ in range(3):
        clock.forward(minutes=50)
        assert signed_in(client)
    clock.forward(minutes=61)
    assert client.get("/desk/tigris/campaigns").location.startswith("/account/login")


@pytest.mark.sqlite_alone
def test_after_a_working_day_everybody_signs_in_again(client, olive, sign_in, clock):
    clock.set(clock.now())
    sign_in(client, olive)
    for _ in range(14):
        clock.forward(minutes=50)
        assert signed_in(client)
    clock.forward(minutes=21)
    assert not signed_in(client)


def test_a_page_writes_when_it_was_seen_only_every_few_minutes(client, olive, sign_in, stored, clock):
    clock.set(clock.now())
    sign_in(client, olive)
    begun = stored(AccountSession)[0].seen_at
    clock.forward(minutes=4)
    signed_in(client)
    assert stored(AccountSession)[0].seen_at == begun
    clock.forward(minutes=1)
    signed_in(client)
    assert stored(AccountSession)[0].seen_at == clock.now()


@pytest.mark.sqlite_alone
def test_a_short_idle_time_is_not_swallowed_by_the_step(app, client, olive, sign_in, clock):
    app.config["SESSION_IDLE_MINUTES"] = 3
    clock.set(clock.now())
    sign_in(client, olive)
    for _ in range(4):
        clock.forward(minutes=2)
        assert signed_in(client)


def test_olive_sees_where_she_is_signed_in_and_ends_one(browsers, olive, stored):
    laptop, phone = browsers
    page = laptop.get("/account/sign-ins").text
    assert "<strong>This device</strong>: Firefox on Linux" in page
    assert "<strong>Safari on iPhone</strong>" in page
    assert "On 2 devices." in laptop.get("/account").text
    (end,) = re.findall(r'action="(/account/sign-ins/[^"/]+/end)"', page)
    assert laptop.post(end).location == "/account/sign-ins"
    assert not signed_in(phone)
    assert signed_in(laptop)
    assert laptop.post(end).location == "/account/sign-ins"  # twice is once
    assert [event.kind for event in stored(AccountEvent)].count(EventKind.DEVICE_OUT) == 1
    assert "You are signed in nowhere else." in laptop.get("/account/sign-ins").text


@pytest.mark.sqlite_alone
def test_olive_signs_out_on_all_other_devices(browsers):
    laptop, phone = browsers
    assert laptop.post("/account/sign-ins/end-others").status_code == 303
    assert (signed_in(laptop), signed_in(phone)) == (True, False)


@pytest.mark.sqlite_alone
def test_oscar_cannot_end_her_session(app, browsers, make, sign_in):
    laptop, phone = browsers
    end = re.search(r'action="(/account/sign-ins/[^"/]+/end)"', laptop.get("/account/sign-ins").text)[1]
    other = app.test_client()
    sign_in(other, make.account(email="oscar@example.org"))
    other.post(end)
    assert signed_in(phone)
    assert "iPhone" not in other.get("/account/sign-ins").text


@pytest.mark.parametrize("way", ["change", "reset", "everywhere", "close", "drop"])
def test_every_session_ends_at_once(app, browsers, olive, way, stored):
    laptop, phone = browsers
    if way == "change":
        laptop.post("/account/change", data={"password": PASSWORD, "new_password": NEW, "new_password_confirm": NEW})
    elif way == "reset":
        app.test_client().post(reset_link(app, olive), data={"password": NEW, "password_confirm": NEW})
    elif way == "everywhere":
        laptop.post("/account/sign-out-everywhere")
    else:
        words = {"close": "close", "drop": "drop-second-factors"}[way]
        assert app.test_cli_runner().invoke(args=["accounts", words, olive.email]).exit_code == 0
    assert not signed_in(phone)
    assert len(stored(AccountSession)) == (1 if way == "change" else 0)
    assert len(stored(AccountDevice)) == (1 if way == "change" else 0)


def test_a_closed_account_stays_out_until_it_is_opened_again(app, client, olive):
    run = app.test_cli_runner().invoke
    run(args=["accounts", "close", olive.email])
    post_sign_in(client, olive.email)
    assert not signed_in(client)
    run(args=["accounts", "reopen", olive.email])
    post_sign_in(client, olive.email)
    assert signed_in(client)


def test_whoever_is_taken_out_of_one_of_two_organisations_stays_signed_in(app, client, make, olive, sign_in):
    make.membership(olive, make.organisation(slug="elsewhere"))
    make.account(organisation=make.organisation(slug="third"))
    sign_in(client, olive)
    with app.app_context():
        account_sessions._end_if_nowhere(olive.id)
        db.session.rollback()
    assert signed_in(client)


def test_what_is_over_is_forgotten(app, client, olive, sign_in, stored, clock):
    clock.set(clock.now())
    sign_in(client, olive)
    with app.app_context():
        clock.forward(minutes=59)
        assert account_sessions.forget_old(sessions.lasts(), now=clock.now()) == 0
        clock.forward(minutes=2)
        assert account_sessions.forget_old(sessions.lasts(), now=clock.now()) == 1
        clock.forward(days=399)
        assert len(stored(AccountDevice)) == 1
        clock.forward(days=2)
        assert account_sessions.forget_old(sessions.lasts(), now=clock.now()) == 1
    assert stored(AccountDevice) == stored(AccountSession) == []


def test_over_https_both_cookies_are_sent_by_https_alone(tmp_path):
    app = create_app({**GOOD, "INSTANCE_PATH": str(tmp_path), "DATABASE_URL": f"sqlite:///{tmp_path}/never.sqlite"})
    answer = app.test_client().get("/account/login", base_url="https://sign.example.org")
    said = answer.headers["Set-Cookie"]
    assert said.startswith("__Host-session=")
    assert all(part in said for part in ("; Secure", "; HttpOnly", "; SameSite=Lax", "; Path=/"))
    with app.test_request_context():
        assert sessions._device_cookie() == "__Secure-device"


@pytest.mark.sqlite_alone
def test_public_pages_and_the_desk_never_see_the_device_cookie(client, olive):
    answer = post_sign_in(client, olive.email)
    (said,) = [value for value in answer.headers.getlist("Set-Cookie") if value.startswith("device=")]
    assert "; Path=/account" in said
    assert "; HttpOnly" in said
    assert "Set-Cookie" not in client.get("/").headers


def test_signing_in_says_that_nothing_was_stored_while_the_database_takes_nothing(client, olive, monkeypatch, stored):
    def away(*_unused):
        raise OperationalError("", {}, Exception())

    monkeypatch.setattr(account_sessions, "_meet_device", away)
    assert post_sign_in(client, olive.email).status_code == 503
    assert not signed_in(client)
    assert stored(AccountSession) == []


@pytest.mark.parametrize(
    ("says", "reads"),
    [
        (FIREFOX, ("Firefox", "Linux")),
        (SAFARI, ("Safari", "iPhone")),
        (EDGE, ("Edge", "Windows")),
        ("curl/8", ("", "")),
        ("", ("", "")),
        ("<b>You won</b>" * 1000 + "Firefox/", ("", "")),
    ],
)
def test_devices_are_read_in_words_of_ours_alone(says, reads):
    device = devices.read(says)
    assert (device.browser, device.system) == reads


@pytest.mark.sqlite_alone
def test_the_page_for_the_second_step_signs_nobody_out(client, olive, sign_in):
    sign_in(client, olive)
    assert client.get("/account/tf-validate").location == "/account"
    assert signed_in(client)
