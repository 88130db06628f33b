"""The states of a signature: which may follow which, and what each step needs. The database keeps the same table in a trigger."""

from __future__ import annotations

import datetime as dt

from flask_babel import gettext as _
from sqlalchemy import update

from app.domain.refused import Refused
from app.extensions import db
from app.models import Origin, Signature, SignatureState

_OUT = {SignatureState.HELD, SignatureState.INVALIDATED, SignatureState.WITHDRAWN}
TRANSITIONS: dict[SignatureState, set[SignatureState]] = {
    SignatureState.PENDING: {SignatureState.CONFIRMED, *_OUT},
    SignatureState.CONFIRMED: _OUT,
    # Put back, to where it was: a mailbox that never answered is not counted.
    SignatureState.HELD: {SignatureState.CONFIRMED, SignatureState.PENDING, *_OUT} - {SignatureState.HELD},
    SignatureState.INVALIDATED: {SignatureState.CONFIRMED, SignatureState.PENDING, *_OUT}
    - {SignatureState.INVALIDATED},
    SignatureState.WITHDRAWN: set(),
}


def require(old: SignatureState, new: SignatureState) -> None:
    """Raises Refused for a step that the table does not have."""
    if new not in TRANSITIONS[old]:
        raise Refused(_("This signature cannot be changed in that way."))


def _move(signature: Signature, state: SignatureState) -> None:
    """Change the state, if the table allows it."""
    require(signature.state, state)
    signature.state = state


def awaits_proof(signature: Signature) -> bool:
    """Whether the mailbox still has to answer: it is asked in the same way while somebody holds the signature."""
    if is_claimed(signature):
        return True
    held_before = signature.state == SignatureState.HELD and signature.confirmed_at is None
    return held_before or signature.state == SignatureState.PENDING


def is_claimed(signature: Signature) -> bool:
    """Whether it was imported, stands, and somebody has signed online with its mailbox since, who still has to confirm."""
    stands = signature.state in {SignatureState.CONFIRMED, SignatureState.HELD}
    return signature.origin != Origin.ONLINE and stands and signature.claim is not None


def is_imported_alone(signature: Signature) -> bool:
    """Whether nobody's mailbox has to do with it: it came from elsewhere, and nobody signs online with its mailbox."""
    return signature.origin != Origin.ONLINE and not is_claimed(signature)


def _note_proof(signature_id: int, now: dt.datetime) -> None:
    """The mailbox of a held signature answered: it counts once it is released."""
    held = (Signature.id == signature_id, Signature.state == SignatureState.HELD, Signature.confirmed_at.is_(None))
    proven = update(Signature).where(*held).values(confirmed_at=now)
    db.session.execute(proven.execution_options(synchronize_session=False))
