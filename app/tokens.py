"""Links in mails: each names one thing, is good for one purpose, and is signed with a key that the database does not hold.

Nothing of a link is stored, not even a digest, so a copy of the database opens nothing (TOK-01). What is signed is the random
128-bit id of the thing; the purpose is part of the signing key (TOK-02); the moment of issue is part of the text (TOK-04).
`SECRET_KEY_FALLBACKS` keeps links valid when the key changes (TOK-09).
"""

from __future__ import annotations

import hashlib
import re
from enum import StrEnum

from flask import current_app
from itsdangerous import BadSignature, TimestampSigner

from app import clock
from app.security import secret_keys

LONGEST = 120
SHAPE = re.compile(r"[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{4,10}\.[A-Za-z0-9_-]{43}")


class Purpose(StrEnum):
    """What a link is good for."""

    CONFIRM = "confirm"
    MANAGE = "manage"
    INVITE = "invite"
    ADDRESS = "address"
    UNDO_ADDRESS = "undo address"


class BadToken(Exception):
    """Not a link of ours, not for this, or one that has run out. Which of these is nobody's business."""


class Signer(TimestampSigner):
    """Signs with the moment that our clock tells."""

    def get_timestamp(self) -> int:
        """Seconds since 1970."""
        return int(clock.now().timestamp())


def _signer(purpose: Purpose) -> Signer:
    return Signer(secret_keys(current_app), salt=f"undersigned {purpose}", digest_method=hashlib.sha256)


def issue(purpose: Purpose, public_id: str) -> str:
    """A link's text for the thing with this random id."""
    return _signer(purpose).sign(public_id).decode()


def read(purpose: Purpose, token: str, *, days: float | None) -> str:
    """The id that a link names. Raises BadToken when it is older than `days`, and for anything else."""
    if len(token) > LONGEST or not SHAPE.fullmatch(token):
        raise BadToken
    try:
        return _signer(purpose).unsign(token, max_age=None if days is None else int(days * 86400)).decode()
    except BadSignature as error:
        raise BadToken from error
