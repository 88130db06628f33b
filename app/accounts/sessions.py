"""Where the cookie meets the table of sessions.

Flask's signed cookie carries a random id; the table has a digest of it. Whoever asks is signed in only while that row is there, so
ending a session is deleting a row, and an old cookie is worth nothing. What is written is written after the view and what it
committed: a sign-in counts once its row stands, and not before.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import logging
import re
import secrets
from collections.abc import Callable
from typing import Any

from flask import Flask, Response, current_app, g, request, session
from flask_login import user_logged_out
from flask_security import user_authenticated
from sqlalchemy.exc import SQLAlchemyError

from app import clock, devices, errors, mailboxes
from app.domain import sessions
from app.domain.account_events import From
from app.domain.sessions import Arrival, Lasts
from app.extensions import db, security
from app.models import Account, AccountSession
from app.security import PRIVATE

ID = "id"
ID_BYTES = 24  # 192 bits
DEVICE_SECONDS = int(sessions.DEVICES_LAST.total_seconds())
WITHOUT_SECOND_STEP = {"password", "reset", "invitation", "provider"}  # ways in that show one thing only
UNTOLD = {"change", "invitation"}  # ways in by which nobody can come as a stranger
CHANGED = "change"  # a new password, by somebody who is signed in
BAD = 400  # the first status that is an error

# What lets a session do more than before gives it another id (AUTH-04), and so does setting up a second step.
RENEWING = {"security.verify", "security.wan_verify_response", "account.accept_invitation"}
TOKEN = re.compile(r"[\w-]{32}", re.ASCII)

log = logging.getLogger(__name__)


def init_app(app: Flask) -> None:
    """Ask the table at each request, and keep it in step with who comes and goes."""
    theirs: Any = security.login_manager._user_callback
    security.login_manager.user_loader(_loader(theirs))
    user_authenticated.connect(_came, app, weak=False)
    user_logged_out.connect(_left, app, weak=False)
    app.after_request(settle)


def lasts() -> Lasts:
    """How long somebody stays signed in here."""
    return Lasts(
        idle=dt.timedelta(minutes=current_app.config["SESSION_IDLE_MINUTES"]),
        longest=dt.timedelta(hours=current_app.config["SESSION_HOURS"]),
    )


def present() -> AccountSession | None:
    """The session of this request, if somebody is signed in."""
    found: AccountSession | None = g.get("account_session")
    return found


def device() -> From:
    """The browser that asks, in words."""
    read = devices.read(request.user_agent.string)
    return From(read.browser, read.system)


def brings_device() -> bool:
    """Whether the browser that asks has a device cookie at all."""
    return _device_cookie() in request.cookies


def device_key(account_id: int) -> bytes | None:
    """The digest by which this account knows the browser that asks; None where it has no cookie."""
    said = request.cookies.get(_device_cookie(), "")
    return _device_digest(account_id, said) if said else None


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "replace")).digest()


def _device_digest(account_id: int, said: str) -> bytes:
    return _digest(f"{account_id} {said}")


def _device_cookie() -> str:
    return "__Secure-device" if current_app.config["SESSION_COOKIE_SECURE"] else "device"


def _loader(theirs: Callable[[str], Account | None]) -> Callable[[str], Account | None]:
    def load(uniquifier: str) -> Account | None:
        account, said = theirs(uniquifier), session.get(ID)
        if account is None or not isinstance(said, str):
            return None
        g.account_session = sessions.find(account.id, _digest(said), lasts(), now=clock.now())
        return account if g.account_session is not None else None

    return load


def _came(_app: Flask, *, user: Account, authn_via: list[str] | None = None, **_more: Any) -> None:
    g.came = user.id, user.email, set(authn_via or ())


def _left(_app: Flask, **_more: Any) -> None:
    """Signing out ends the session at once, also for whoever has a copy of the cookie."""
    g.pop("account_session", None)
    if isinstance(said := session.pop(ID, None), str):
        sessions.end(_digest(said))


def proven() -> None:
    """A second step was set up in this session, so it was shown here."""
    g.proven = True


def settle(response: Response) -> Response:
    """After the view: begin, renew or note the session of whoever asks."""
    if not request.path.startswith(PRIVATE):
        return response
    came, one = g.pop("came", None), present()
    try:
        if came is not None:
            if response.status_code < BAD:
                _begin(response, *came)
        elif one is not None and _has_grown(response):
            session[ID] = said = secrets.token_urlsafe(ID_BYTES)
            sessions.renew(one.id, _digest(said), is_strong="proven" in g)
        elif one is not None:
            _note(one)
    except SQLAlchemyError as error:
        session.clear()
        return errors.database_away(error)
    return response


def _has_grown(response: Response) -> bool:
    return "proven" in g or (
        request.method == "POST" and request.endpoint in RENEWING and response.location is not None
    )


def _begin(response: Response, account_id: int, email: str, via: set[str]) -> None:
    before, said, token = present(), secrets.token_urlsafe(ID_BYTES), _device_token()
    is_strong = before is not None and before.is_strong if CHANGED in via else not via & WITHOUT_SECOND_STEP
    arrival = Arrival(_digest(said), _device_digest(account_id, token), device(), is_strong, not via & UNTOLD)
    sessions.begin(account_id, arrival, mailboxes.read(email), now=clock.now())
    session[ID] = said
    response.set_cookie(
        _device_cookie(),
        token,
        max_age=DEVICE_SECONDS,
        path=PRIVATE[1],  # neither public pages nor the desk ever see it
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
    )


def _device_token() -> str:
    """What this browser is known by; a new one where it brings none, or something that we did not make."""
    said = request.cookies.get(_device_cookie(), "")
    return said if TOKEN.fullmatch(said) else secrets.token_urlsafe(ID_BYTES)


def _note(one: AccountSession) -> None:
    """Note, every few minutes, that somebody is still there. A database that takes nothing now hides no page that it gives."""
    if not sessions.is_to_note(one, lasts(), now=clock.now()):
        return
    try:
        sessions.note_seen(one.id, now=clock.now())
    except SQLAlchemyError as error:
        db.session.rollback()
        log.warning("a session could not be noted as seen (%s)", type(error).__name__)
