"""Whether somebody may see signers and take them out: a second step is set up, was shown in this session, and can be made up for."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app

from app.accounts import sessions
from app.models import Account


@dataclass(frozen=True)
class Standing:
    """How far somebody is with the second step."""

    has_step: bool  # an authenticator app or a passkey
    has_codes: bool  # recovery codes, so that a lost phone locks nobody out
    was_shown: bool  # this session began with the second step, or set it up

    @property
    def is_enough(self) -> bool:
        """Nothing is missing."""
        return self.has_step and self.has_codes and self.was_shown


def standing(account: Account) -> Standing:
    """How far this account is, in the session of this request."""
    present = sessions.present()
    return Standing(
        has_step=account.has_second_step,
        has_codes=bool(account.mf_recovery_codes),
        was_shown=present is not None and present.is_strong,
    )


def is_required() -> bool:
    """Whether this site asks for it."""
    return bool(current_app.config["REQUIRE_SECOND_STEP"])
