"""How people get into their accounts, for tests."""

from __future__ import annotations

import re
import secrets
import time

from flask_security.recoverable import generate_reset_password_token
from passlib.totp import TOTP

from app import clock
from app.accounts import sessions
from app.extensions import db
from app.models import Account, AccountSession
from tests.factories import PASSWORD

NEW = "a stapler on the windowsill"


def post_sign_in(client, email, password=PASSWORD, **more):
    return client.post("/account/login", data={"email": email, "password": password, **more})


def signed_in(client):
    return client.get("/account").status_code == 200


def reset_link(app, account):
    with app.app_context(), app.test_request_context():
        return f"/account/reset/{generate_reset_password_token(db.session.get(Account, account.id))}"


def without_nonces(answer):
    """The page without the form's token, which changes every second, and without the address that was typed."""
    return re.sub(r'(name="csrf_token"[^>]*value=")[^"]+|(?:[Oo]live|[Nn]obod)@', r"\1", answer.text)


def code(secret: str, steps: int = 0) -> str:
    """What the app on the phone shows now, or some half minutes later."""
    return TOTP(key=secret).generate(time=time.time() + 30 * steps).token


def set_up_app(client) -> str:
    page = client.post("/account/tf-setup", data={"setup": "authenticator"}).text
    secret = re.search(r'<code class="key">([^<]+)', page)[1].replace("-", "").strip()
    action = re.search(r'action="(/account/tf-setup/[^"]+)"', page)[1]
    assert client.post(action, data={"code": code(secret)}).location == "/account"
    return secret


def invited(app, organisation="Tigris Rights Desk", email="olive@example.org", *more):
    answer = app.test_cli_runner().invoke(
        args=["accounts", "create", "--organisation", organisation, "--email", email, *more]
    )
    assert answer.exit_code == 0, answer.output
    return re.search(r"https?://[^/]+(/account/invitations/\S+)", answer.output)[1]


def join(client, link, name="Olive Tree", password=PASSWORD):
    return client.post(link, data={"name": name, "password": password})


def begin_session(app, account):
    """A session with a second step, as the row of one; its id, as the cookie carries it."""
    said = secrets.token_urlsafe(24)
    with app.app_context():
        values = {"public_id": said[:22], "key": sessions._digest(said), "account_id": account.id, "is_strong": True}
        db.session.add(AccountSession(**values, browser="", system="", begun_at=clock.now(), seen_at=clock.now()))
        db.session.commit()
    return said
