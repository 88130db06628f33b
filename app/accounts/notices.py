"""Writes down what Flask-Security's pages do to an account, and tells its owner (AUTH-06).

What changes an account is written in the transaction that changes it; a sign-in that failed changes nothing, so it is written by itself.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from flask import Flask, g
from flask_security import (
    password_changed,
    password_reset,
    tf_disabled,
    tf_profile_changed,
    user_failed_authn,
    wan_deleted,
    wan_registered,
)

from app import clock, mailboxes
from app.accounts import sessions, writing
from app.domain import account_events
from app.models import Account, EventKind

CHANGES = (
    (tf_profile_changed, EventKind.APP_ON),
    (tf_disabled, EventKind.APP_OFF),
    (wan_registered, EventKind.PASSKEY_ADDED),
    (wan_deleted, EventKind.PASSKEY_REMOVED),
    (password_changed, EventKind.PASSWORD_CHANGED),
    (password_reset, EventKind.PASSWORD_RESET),
)
PROVING = {EventKind.APP_ON, EventKind.PASSKEY_ADDED}


def init_app(app: Flask) -> None:
    """Listen to what Flask-Security says it did."""
    for signal, kind in CHANGES:
        signal.connect(functools.partial(_changed, kind), app, weak=False)
    user_failed_authn.connect(_failed, app, weak=False)


def record(account: Account, kind: EventKind) -> None:
    """Write down a change of the account, and a mail about it, in the transaction of the page."""
    writing.begin()
    account_events._record(account, kind, sessions.device(), mailboxes.read(account.email), now=clock.now())


def _changed(kind: EventKind, _app: Flask, *, user: Any, **_more: Any) -> None:
    record(writing.itself(user), kind)
    if kind in PROVING:
        sessions.proven()


def _failed(_app: Flask, *, user: Any, tfa: bool = False, **_more: Any) -> None:
    g.failed = user.id, EventKind.STEP_FAILED if tfa else EventKind.FAILED


def recorded(view: Callable[..., Any]) -> Callable[..., Any]:
    """The view, and then a line in the log of the account where it refused somebody."""

    @functools.wraps(view)
    def answer(**values: Any) -> Any:
        response = view(**values)
        if (failed := g.pop("failed", None)) is not None:
            account_id, kind = failed
            account_events.record_failure(account_id, kind, sessions.device(), now=clock.now())
        return response

    return answer
