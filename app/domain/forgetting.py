"""What is no longer kept: signatures that nobody confirmed in time, refusals that no longer count, mails of whoever is gone."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import delete, literal, select, update

from app.domain import claims, pending
from app.domain.transactions import unit_of_work
from app.extensions import db
from app.models import WENT_OUT, Mail, Refusal, Signature, SignatureState

PURGE_BATCH = 1000


def _mails_of(signature_id: int) -> None:
    """Unsent mails go; sent ones no longer say whom they were about, and still count against the mailbox's budget."""
    db.session.execute(delete(Mail).where(Mail.signature_id == signature_id, Mail.state.not_in(WENT_OUT)))
    db.session.execute(update(Mail).where(Mail.signature_id == signature_id).values(signature_id=None))


@unit_of_work
def forget_unconfirmed(*, older_than: dt.timedelta, now: dt.datetime) -> int:
    """Delete signatures that nobody confirmed in time, in one batch. Returns how many; call again while it is not zero."""
    claims._forget_old(now - older_than)
    late = (
        select(Signature.id)
        .where(Signature.state == SignatureState.PENDING, Signature.created_at < now - older_than)
        .limit(PURGE_BATCH)
        .with_for_update(skip_locked=True)  # one that is being confirmed at this moment keeps its thank-you mail
    )
    ids = list(db.session.scalars(late))
    if ids:
        db.session.execute(delete(Mail).where(Mail.signature_id.in_(ids), Mail.state.not_in(WENT_OUT)))
        db.session.execute(update(Mail).where(Mail.signature_id.in_(ids)).values(signature_id=literal(None)))
        db.session.execute(delete(Signature).where(Signature.id.in_(ids), Signature.state == SignatureState.PENDING))
    return len(ids)


@unit_of_work
def forget_refusals(*, now: dt.datetime) -> int:
    """Delete refusals that no longer count, in one batch. Returns how many; call again while it is not zero."""
    old = select(Refusal.id).where(Refusal.refused_at < now - pending.REFUSALS_LAST).limit(PURGE_BATCH)
    ids = list(db.session.scalars(old))
    if ids:
        db.session.execute(delete(Refusal).where(Refusal.id.in_(ids)))
    return len(ids)
