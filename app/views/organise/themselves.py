"""Whoever is about to do something that matters shows once more that it is they."""

from __future__ import annotations

from flask import current_app
from flask_babel import gettext as _
from flask_security import check_and_update_authn_fresh
from flask_security.utils import verify_password
from limits import parse
from wtforms import PasswordField

from app.extensions import limiter, security
from app.views import access
from app.views.access import STAYS_FRESH

MOST_PASSWORD = 1024  # characters; checking is slow on purpose, and must stay affordable


def may_go_on(setting: str, act: str) -> bool:
    """Count one more `act` of this account; False once there were as many as the setting allows."""
    if not limiter.enabled:
        return True
    return limiter.limiter.hit(parse(current_app.config[setting]), act, str(access.account().id))


def is_shown(field: PasswordField) -> bool:
    """The password again; without one, a passkey shown within the last minutes. The field says what is wrong."""
    account = access.account()
    if account.password is None:
        return bool(check_and_update_authn_fresh(STAYS_FRESH, STAYS_FRESH))
    typed = security.password_util.normalize((field.data or "")[:MOST_PASSWORD])
    if typed and verify_password(typed, account.password):
        return True
    field.errors = [_("This is not your password. Write it again.") if typed else _("Write your password.")]
    return False
