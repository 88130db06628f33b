"""What happened to an account, as its owner reads it."""

from __future__ import annotations

from flask_babel import gettext as _

from app.domain import rights
from app.models import EventKind, Role


def event(kind: EventKind) -> str:
    """One line of the log."""
    return {
        EventKind.SIGNED_IN: _("Signed in"),
        EventKind.NEW_DEVICE: _("Signed in on a new device"),
        EventKind.FAILED: _("A wrong password was given"),
        EventKind.STEP_FAILED: _("The password was right, the second step was not"),
        EventKind.PASSWORD_CHANGED: _("The password was changed"),
        EventKind.PASSWORD_RESET: _("A new password was chosen by a mailed link"),
        EventKind.APP_ON: _("An authenticator app was set up"),
        EventKind.APP_OFF: _("The authenticator app was turned off"),
        EventKind.PASSKEY_ADDED: _("A passkey was added"),
        EventKind.PASSKEY_REMOVED: _("A passkey was removed"),
        EventKind.CODES_MADE: _("New recovery codes were made"),
        EventKind.STEPS_DROPPED: _("All second steps were removed by whoever runs this site"),
        EventKind.ADDRESS_CHANGED: _("The mail address was changed"),
        EventKind.ADDRESS_UNDONE: _("The earlier mail address was put back"),
        EventKind.DEVICE_OUT: _("Other devices were signed out"),
        EventKind.SIGNED_OUT: _("Every device was signed out"),
        EventKind.PROVIDER_BOUND: _("The account was connected with a sign-in provider"),
        EventKind.PROVIDER_REMOVED: _("The connection with the sign-in provider was removed"),
    }[kind]


def replaces(before: Role, role: Role) -> str:
    """What a new invitation does to the earlier one to the same address."""
    if before == role:
        return _("It replaces an earlier invitation, whose link no longer works.")
    return _(
        "It replaces an earlier invitation, in which the role was “%(role)s” and whose link no longer works.",
        role=rights.role_name(before),
    )
