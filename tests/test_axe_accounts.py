"""The pages where people sign in and keep their account, in every state: as `tests/test_axe.py` looks at the others."""

from __future__ import annotations

import datetime as dt
import secrets
from urllib.parse import urlsplit

import pytest

from app import clock, tokens
from app.extensions import db, security
from app.models import Invitation, WebAuthn
from tests import looking
from tests.accounts import begin_session, post_sign_in, reset_link
from tests.factories import PASSWORD
from tests.looking import press

looker = looking.looker
pytestmark = pytest.mark.browser
CEREMONY = "[data-passkey]"


@pytest.fixture
def person(app, make):
    """person("app", "passkey", "codes"): somebody with these second steps."""

    def with_steps(*steps):
        with app.app_context():
            secret = security.totp_factory.generate_totp_secret()
        app_values = {"tf_primary_method": "authenticator", "tf_totp_secret": secret} if "app" in steps else {}
        account = make.account(
            organisation=make.organisation(),
            fs_webauthn_user_handle="olive",
            mf_recovery_codes=["one", "two"] if "codes" in steps else None,
            **app_values,
        )
        if "passkey" in steps:
            with app.app_context():
                keep_passkey(account, "My phone", "secondary")
                keep_passkey(account, "A key with a name as long as names of keys may become, 64 letters", "first")
        return account

    return with_steps


def keep_passkey(account, name, usage):
    values = {"public_key": b"x", "backup_state": False, "device_type": "single_device", "transports": ["internal"]}
    now = clock.now()
    row = WebAuthn(credential_id=usage.encode(), name=name[:64], usage=usage, account_id=account.id, **values)
    row.create_datetime = row.lastuse_datetime = now
    db.session.add(row)
    db.session.commit()


def go_in(looker, page, account, arrives):
    """Give the password; the looker then goes on from `arrives`."""
    page.goto(f"{looker.base}/account/login")
    page.fill("#email", account.email)
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: urlsplit(url).path.startswith(arrives))
    looker.cookies = page.context.cookies()


def fill_wrongly(*fields):
    def before(page):
        page.evaluate("document.querySelector('form.form').noValidate = true")
        for field in fields:
            page.fill(f"#{field}", "x")
        page.locator("form.form .btn-ink").click()
        page.wait_for_selector(".summary")

    return before


def test_signing_in_and_a_forgotten_password(app, person, looker):
    olive = person()
    looker.look("/account/login")
    looker.look("/account/login", fill_wrongly("email", "password"))
    looker.look("/account/login", press(".refuse .btn", CEREMONY))
    looker.look("/account/wan-signin")
    looker.look("/account/reset")

    def ask(page):
        page.fill("#email", olive.email)
        press("form.form .btn-ink", ".said")(page)

    looker.look("/account/reset", ask)
    link = reset_link(app, olive)
    looker.look(link)
    looker.look(link, fill_wrongly("password"))
    assert looker.wrong == []


def test_the_second_step(person, looker, page):
    go_in(looker, page, person("app", "codes"), "/account/tf-validate")
    looker.look("/account/tf-validate")
    looker.look("/account/tf-validate", fill_wrongly("code"))
    looker.look("/account/mf-recovery")
    looker.look("/account/mf-recovery", fill_wrongly("code"))
    assert looker.wrong == []


def test_the_choice_of_a_second_step(person, looker, page):
    go_in(looker, page, person("app", "passkey"), "/account/tf-select")
    looker.look("/account/tf-select")
    looker.look("/account/tf-select", press("[value=webauthn]", ".btn-ink"))
    looker.look("/account/tf-select", press("[value=authenticator]", "#code"))
    assert looker.wrong == []


def test_a_passkey_as_the_second_step(person, looker, page):
    go_in(looker, page, person("passkey"), "/account/wan-signin")
    looker.look("/account/wan-signin")
    looker.look("/account/wan-signin", press("form.form .btn-ink", CEREMONY))
    assert looker.wrong == []


def add_passkey(page):
    page.fill("#name", "Key")
    press("form.form .btn-ink", CEREMONY)(page)


def test_setting_second_steps_up(app, person, looker, page):
    app.config["REQUIRE_SECOND_STEP"] = True
    olive = person()
    post_sign_in(app.test_client(), olive.email)
    go_in(looker, page, olive, "/desk")
    for path in (
        "",
        "/sign-ins",
        "/second-step",
        "/tf-setup",
        "/mf-recovery-codes",
        "/wan-register",
        "/verify",
        "/change",
    ):
        looker.look(f"/account{path}")
    looker.look("/account/tf-setup", press("[value=authenticator]", "img.qr"))
    looker.look("/account/wan-register", fill_wrongly())
    looker.look("/account/wan-register", add_passkey)
    looker.look("/account/address", fill_wrongly("email"), status=422)
    looker.look("/account/verify", fill_wrongly("password"))
    looker.look("/account/change", fill_wrongly("password", "new_password"))
    looker.look("/account/mf-recovery-codes", press("[name=generate_new_codes]", ".codes"))
    assert looker.wrong == []


def test_an_account_with_every_second_step(app, person, looker, page):
    olive = person("app", "passkey", "codes")
    browser = app.test_client()
    with browser.session_transaction("/account") as session:
        paa = clock.now().timestamp()
        session.update(
            _user_id=olive.fs_uniquifier, _fresh=True, _id="", fs_cc="set", fs_paa=paa, id=begin_session(app, olive)
        )
    (cookie,) = browser._cookies.values()
    looker.cookies = [{"name": cookie.key, "value": cookie.value, "url": looker.base}]
    for path in ("", "/second-step", "/tf-setup", "/mf-recovery-codes", "/wan-register", "/verify", "/wan-verify"):
        looker.look(f"/account{path}")
    looker.look("/account/verify", press(".refuse .btn", CEREMONY))
    assert looker.wrong == []


def invite(app, make, organisation, email):
    mona = make.account("owner", organisation, name="Mona")
    with app.app_context():
        row = Invitation(
            public_id=secrets.token_urlsafe(16),
            organisation_id=organisation.id,
            email=email,
            role="owner",
            invited_by_id=mona.id,
            created_at=clock.now(),
            expires_at=clock.now() + dt.timedelta(hours=1),
        )
        db.session.add(row)
        db.session.commit()
        return f"/account/invitations/{tokens.issue(tokens.Purpose.INVITE, row.public_id)}"


def test_invitations(app, make, person, looker, page):
    organisation = make.organisation(name="Tigris Rights Desk and Association of Families")
    olive = person()
    new = invite(app, make, organisation, "somebody.with.a.long.address@example.org")
    known = invite(app, make, organisation, olive.email)
    for link in (new, known):
        looker.look(link)
    looker.look(new, fill_wrongly("name", "password"), status=422)
    looker.look("/account/invitations/no-link", status=410)
    go_in(looker, page, olive, "/desk")
    for link in (new, known):  # another's, one's own
        looker.look(link)
    assert looker.wrong == []
