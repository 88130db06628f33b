"""Around Flask-Security's pages: limits on guessing, the same time for everybody, and no way out of the house."""

from __future__ import annotations

import functools
import hashlib
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, abort, current_app, g, redirect, request, session, url_for
from flask_security import current_user
from limits import parse
from sqlalchemy import Select, select

from app.accounts import notices, sessions, tools
from app.domain import accounts
from app.domain import sessions as account_sessions
from app.extensions import db, limiter, wider_network
from app.floods import WIDER
from app.mailboxes import LONGEST
from app.models import Account
from app.security import PRIVATE

EVENED_SECONDS = 0.25  # an answer about a known address takes as long as one about an unknown one (ENU-03)
GUESSABLE = (
    "login",
    "verify",
    "forgot_password",
    "reset_password",
    "change_password",
    "two_factor_token_validation",
    "mf_recovery",
    "wan_signin",
    "wan_signin_response",
)
SIGN_IN = ("login",)
AGAIN = ("verify", "change_password")
SECOND_STEP = ("two_factor_token_validation", "mf_recovery")


def init_app(app: Flask) -> None:
    """Limits on guessing, the same time for everybody, and no way out of the house in a redirect."""
    views: dict[str, Callable[..., Any]] = app.view_functions
    for name in GUESSABLE:
        views[f"security.{name}"] = notices.recorded(views[f"security.{name}"])
    view = views["security.two_factor_token_validation"]
    views["security.two_factor_token_validation"] = while_signing_in(view)
    # What is written about a known address takes time, which an unknown one does not.
    views["security.login"] = evened(views["security.login"], lambda: "came" not in g)
    views["security.forgot_password"] = evened(views["security.forgot_password"])
    for name in GUESSABLE:
        views[f"security.{name}"] = limited("POST")(views[f"security.{name}"])
    for names, whose in ((SIGN_IN, _tried_account), (SECOND_STEP, _second_step), (AGAIN, _own_account)):
        for name in names:  # whoever has many networks must not guess on from each of them (AUTH-09)
            views[f"security.{name}"] = limiter.limit(_login_limit, key_func=whose, methods=["POST"])(
                views[f"security.{name}"]
            )
    views["security.two_factor_rescue"] = lambda: abort(404)  # it would write to somebody; recovery codes are the way
    app.before_request(own_pages_only)
    app.after_request(stay_here)
    app.after_request(leave_no_cookie)


def limited(*methods: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare that one network, and the wider one around it, may ask for a view as often as LOGIN_LIMIT says, by these methods."""

    def declare(view: Callable[..., Any]) -> Callable[..., Any]:
        one: Callable[..., Any] = limiter.limit(_login_limit, methods=[*methods])(view)
        wider: Callable[..., Any] = limiter.limit(_wider_limit, key_func=_wider, methods=[*methods])(one)
        return wider

    return declare


def limited_for(account_id: Callable[[], object]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare that a view asks for the password of this account, which is guessed at no more often than LOGIN_LIMIT says,
    from wherever."""

    def whose() -> str:
        tried = account_id()
        return _of_account("password of", str(tried), select(Account).where(Account.id == tried))

    declare: Callable[[Callable[..., Any]], Callable[..., Any]] = limiter.limit(
        _login_limit, key_func=whose, methods=["POST"]
    )
    return declare


def _login_limit() -> str:
    return str(current_app.config["LOGIN_LIMIT"])


def _wider_limit() -> str:
    """For a whole /48, of which one guesser may have every network (RATE-02)."""
    one = parse(_login_limit())
    return f"{one.amount * WIDER} per {one.multiples} {one.GRANULARITY.name}"


def _wider() -> str:
    return f"all of {wider_network()}"


def _tried_account() -> str:
    """Whose account is tried: the address as accounts keep it, whether there is one or not, so that all answers are the same."""
    typed = request.form.get("email", "")
    address = tools.same_address(typed) or typed[:LONGEST]  # cut only now: what nobody sees can stand before an address
    return _of_account("sign in to", address, accounts.by_email(address))


def _second_step() -> str:
    tried = str(session.get("tf_user_id", ""))
    return _of_account("second step of", tried, select(Account).where(Account.fs_uniquifier == tried))


def _own_account() -> str:
    own = str(session.get("_user_id", ""))
    return _of_account("password of", own, select(Account).where(Account.fs_uniquifier == own))


def _of_account(act: str, name: str, which: Select[Account]) -> str:
    """What is counted: tries at an account; those from a device that it knows apart, so that no stranger locks its owner out
    (RATE-07). Asked for only where a device cookie is brought."""
    if sessions.brings_device() and (account := db.session.scalar(which)) is not None:
        key = sessions.device_key(account.id)
        if key is not None and account_sessions.is_known_device(account.id, key):
            return f"{act} {account.id} from {key.hex()}"
    return f"{act} {hashlib.sha256(name.encode('utf-8', 'replace')).hexdigest()}"


def while_signing_in(view: Callable[..., Any]) -> Callable[..., Any]:
    """The page for the second step is for those who are not in yet. It signs out whoever is, even by looking; so they go home."""

    @functools.wraps(view)
    def answer(**values: Any) -> Any:
        return redirect(url_for("account.page")) if current_user.is_authenticated else view(**values)

    return answer


def evened(view: Callable[..., Any], when: Callable[[], bool] = lambda: True) -> Callable[..., Any]:
    """Answer posts after a whole number of the same times, whatever was found; `when`: only those of which this is so."""

    @functools.wraps(view)
    def answer(**values: Any) -> Any:
        begun = time.monotonic()
        response = view(**values)
        if request.method == "POST" and when():
            time.sleep((begun - time.monotonic()) % EVENED_SECONDS)
        return response

    return answer


def own_pages_only() -> None:
    """Posts to the desk and the account come from our own forms (WEB-01): a browser says so, and the body is a form's."""
    if request.method in {"GET", "HEAD", "OPTIONS"} or not request.path.startswith(PRIVATE):
        return
    if request.headers.get("Sec-Fetch-Site", "none") not in {"same-origin", "none"}:
        abort(403)
    if request.is_json:
        abort(415)


def is_local(target: str) -> bool:
    """Whether a redirect stays here, in every browser's reading."""
    if not target.startswith("/") or target[1:2] in {"/", "\\"} or len(target) > 2000:
        return False
    if "\\" in target or any(ord(sign) <= 32 or ord(sign) == 127 for sign in target):
        return False
    return not urlsplit(target).netloc


def stay_here(response: Response) -> Response:
    """Check where sign-in pages lead (WEB-08), and keep links with a token from being told to anybody (TOK-05)."""
    if request.path.startswith(PRIVATE[1]):
        if response.location is not None and not is_local(response.location):
            response.location = PRIVATE[0]
        response.headers["Cache-Control"] = "no-store"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["X-Robots-Tag"] = "noindex"
    return response


def leave_no_cookie(response: Response) -> Response:
    """Whoever signs out takes the session along: what Flask-Login and Flask-Security leave in it would keep its cookie alive."""
    if request.endpoint == "security.logout":
        session.clear()
    return response
