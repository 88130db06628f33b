"""Signing in as people do it: with a browser, an app on the phone, and a passkey."""

from __future__ import annotations

import time

import pytest
from passlib.totp import TOTP
from playwright.sync_api import expect
from sqlalchemy import select

from app.domain import accounts
from app.extensions import db
from app.models import Account, Mail, Membership
from tests.factories import PASSWORD

pytestmark = pytest.mark.browser
NEW = "a stapler on the windowsill"


@pytest.fixture
def olive(make):
    return make.account(
        organisation=make.organisation(name="Tigris Rights Desk", slug="tigris"),
        name="Olive",
        email="olive@example.org",
    )


@pytest.fixture
def home(live):
    """The server by name: passkeys belong to a name, never to a number."""
    return live.replace("127.0.0.1", "localhost")


def go_in(page, home, password=PASSWORD):
    page.goto(f"{home}/account/login?next=/account")
    page.get_by_label("E-mail").fill("olive@example.org")
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()


def go_out(page, home):
    page.goto(f"{home}/account")
    page.get_by_role("button", name="Sign out", exact=True).click()


def heading(page):
    return page.get_by_role("heading", level=1)


def test_olive_mistypes_her_password_and_then_gets_in(page, home, olive):
    go_in(page, home, "wrong battery horse")
    assert "do not belong together" in page.get_by_role("alert").inner_text()
    assert page.get_by_label("E-mail").input_value() == "olive@example.org"
    go_in(page, home)
    expect(heading(page)).to_have_text("Your account")
    go_out(page, home)
    page.goto(f"{home}/account")
    expect(heading(page)).to_have_text("Sign in")


def test_olive_who_forgot_her_password_gets_a_mail_and_chooses_another(app, page, home, olive):
    from flask_security.recoverable import generate_reset_password_token

    page.goto(f"{home}/account/login")
    page.get_by_role("link", name="I do not know my password").click()
    page.get_by_label("E-mail").fill("Olive@example.org")
    page.get_by_role("button", name="Send me the link").click()
    expect(page.get_by_role("status")).to_contain_text("is on its way")
    with app.app_context():
        mail = db.session.scalar(select(Mail))
        assert (mail.kind, mail.recipient) == ("reset", "olive@example.org")
        token = generate_reset_password_token(mail.account)  # as the worker makes it when it sends
    page.goto(f"{home}/account/reset/{token}")
    page.get_by_label("New password").fill(NEW)
    page.get_by_label("The same again").fill(NEW)
    page.get_by_role("button", name="Keep this password").click()
    expect(page.get_by_role("status")).to_contain_text("Sign in with the new one")
    go_in(page, home, NEW)
    expect(heading(page)).to_have_text("Your account")


def test_olive_sets_up_the_app_on_her_phone_and_signs_in_with_it(page, home, olive):
    go_in(page, home)
    page.get_by_role("link", name="Set up an app").click()
    page.get_by_role("button", name="Set it up").click()
    assert page.locator("img.qr").evaluate("image => image.complete && image.naturalWidth > 0")
    phone = TOTP(key=page.locator("code.key").inner_text().replace("-", ""))
    page.get_by_label("Code").fill(phone.generate().token)
    page.get_by_role("button", name="Turn it on").click()
    page.get_by_role("link", name="Make them now").click()
    page.get_by_role("button", name="Make ten new codes").click()
    codes = page.locator(".codes li").all_inner_texts()
    go_out(page, home)
    go_in(page, home)
    expect(heading(page)).to_have_text("Six digits from your app")
    page.get_by_label("Code").fill(phone.generate(time=time.time() + 30).token)
    page.get_by_role("button", name="Sign in").click()
    expect(heading(page)).to_have_text("Your account")
    go_out(page, home)
    go_in(page, home)
    page.get_by_role("link", name="Use a recovery code").click()
    page.get_by_label("Recovery code").fill(codes[0])
    with page.expect_navigation():
        page.get_by_role("button", name="Sign in").click()
    page.goto(f"{home}/account")
    assert "9 left" in page.content()


def virtual_key(page):
    """A security key inside the browser, with a finger that always touches."""
    control = page.context.new_cdp_session(page)
    control.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    control.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def add_passkey(page, home, name, usage):
    page.goto(f"{home}/account/wan-register")
    page.get_by_label("Name").fill(name)
    page.get_by_label(usage).check()
    page.get_by_role("button", name="Add a passkey").click()
    page.wait_for_url(f"{home}/account")
    assert f"The passkey “{name}” is added" in page.get_by_role("status").inner_text()


def test_olive_signs_in_with_a_passkey_alone(page, home, olive):
    virtual_key(page)
    go_in(page, home)
    add_passkey(page, home, "My phone", "Sign in with it alone")
    go_out(page, home)
    page.goto(f"{home}/account/login?next=/account")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(f"{home}/account")
    expect(heading(page)).to_have_text("Your account")
    page.get_by_role("link", name="Passkeys").click()
    page.get_by_role("button", name="Remove My phone").click()
    expect(page.get_by_role("status")).to_contain_text("is removed")


def test_olive_uses_a_passkey_as_the_second_step(page, home, olive):
    virtual_key(page)
    go_in(page, home)
    add_passkey(page, home, "Key", "As a second step")
    go_out(page, home)
    go_in(page, home)
    expect(heading(page)).to_have_text("Your passkey")
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url(f"{home}/account")
    expect(heading(page)).to_have_text("Your account")


def test_a_browser_without_a_passkey_is_told_so(page, home, olive):
    page.goto(f"{home}/account/login")
    page.add_init_script("navigator.credentials.get = () => Promise.reject(new DOMException('no', 'NotAllowedError'))")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.get_by_text("The browser did not give a passkey").wait_for()


def test_mona_is_invited_joins_and_becomes_a_viewer(app, page, home, olive):
    from app import tokens

    go_in(page, home)
    page.goto(f"{home}/desk/tigris/members")
    page.get_by_label("E-mail").fill("mona@example.org")
    page.get_by_label("Role", exact=True).select_option(label="Editor")
    page.get_by_role("button", name="Send the invitation").click()
    page.get_by_text("works until").first.wait_for()
    with app.app_context():
        invitation = db.session.scalar(select(Mail).where(Mail.kind == "invitation")).invitation
        link = f"/account/invitations/{tokens.issue(tokens.Purpose.INVITE, invitation.public_id)}"
    mona = page.context.browser.new_context().new_page()
    mona.goto(home + link)
    expect(heading(mona)).to_have_text("Join Tigris Rights Desk")
    mona.get_by_label("Your name").fill("Mona")
    mona.get_by_label("Password").fill(NEW)
    mona.get_by_role("button", name="Join Tigris Rights Desk").click()
    mona.wait_for_url(f"{home}/desk/**")
    page.goto(f"{home}/desk/tigris/members")
    page.get_by_label("Role of Mona").select_option(label="Viewer")
    page.get_by_role("button", name="Change the role of Mona").click()
    with app.app_context():
        account = db.session.scalar(accounts.by_email("mona@example.org"))
        assert db.session.scalar(select(Membership.role).where(Membership.account_id == account.id)) == "viewer"
        assert db.session.scalar(select(Account.name).where(Account.id == account.id)) == "Mona"
    mona.context.close()
