"""One signer of a batch from elsewhere is deleted for good, because they asked for it: they have no link to take it back themselves."""

from __future__ import annotations

import datetime as dt

from flask_babel import gettext as _
from sqlalchemy import func, insert, select

from app.domain import activity, batch_returns, counts, ledger, rights, signature_states, tallies
from app.domain.refused import NotFound, Refused
from app.domain.rights import Right
from app.domain.transactions import unit_of_work
from app.extensions import db
from app.models import (
    Account,
    ActKind,
    ActReason,
    Campaign,
    Deed,
    ImportState,
    Origin,
    Signature,
    SignatureChange,
    SignatureState,
    SignerImport,
)
from app.models.types import table_of

REASONS = (ActReason.ASKED, ActReason.DUPLICATE, ActReason.MADE_UP, ActReason.OTHER)


def may_be_deleted(signature: Signature) -> bool:
    """Whether it came from elsewhere and is still what it was. Whoever signs here takes it back by the link in their mail."""
    return signature.origin != Origin.ONLINE and signature.state != SignatureState.WITHDRAWN


def of_batch(batch: SignerImport) -> int:
    """How many of its rows were deleted one by one, while the batch stays."""
    own = (Signature.campaign_id == batch.campaign_id, Signature.import_id == batch.id)
    gone = (Signature.origin != Origin.ONLINE, Signature.state == SignatureState.WITHDRAWN)
    if batch.state != ImportState.TAKEN:
        return 0
    return db.session.scalar(select(func.count()).select_from(Signature).where(*own, *gone)) or 0


@unit_of_work
def delete(campaign: Campaign, public_id: str, reason: ActReason | None, *, by: Account, now: dt.datetime) -> None:
    """Delete everything that says who it was, and take it out of the count, with a dated line in the ledger; its batch has one less.
    The number of the signature stays, so that a CRM that took it can be corrected.

    Raises NotFound where it is gone already, Refused without a reason, or where they have signed here themselves.
    """
    rights._require(Right.ACT, by.id, campaign.organisation_id)
    if reason not in REASONS:
        raise Refused(_("Choose a reason. It stays on record."))
    own = select(Signature).where(Signature.campaign_id == campaign.id, Signature.public_id == public_id)
    signature = db.session.scalar(own.with_for_update(of=Signature).execution_options(populate_existing=True))
    if signature is None or signature.state == SignatureState.WITHDRAWN:
        raise NotFound
    if not may_be_deleted(signature):
        raise Refused(_("They signed here themselves, and take it back by the link in their mail."))
    old, slot = signature.state, (counts.slot(signature.id), signature.origin)
    signature_states.require(old, SignatureState.WITHDRAWN)
    delta = -1 if old == SignatureState.CONFIRMED else 0
    of_one = {"expected_count": 1, "changed_count": 1, "delta": delta}
    act = ledger._enter(campaign.id, ActKind.DELETE, reason, by=by, now=now, **of_one)
    change = {"act_id": act.id, "signature_id": signature.id, "changed_at": now}
    states = {"old_state": old, "new_state": SignatureState.WITHDRAWN}
    db.session.execute(insert(table_of(SignatureChange)).values(**change, **states))
    batch_returns._forget([signature.id], now)
    activity._note(Deed.ACTED, campaign, now=now, by=by, act=ActKind.DELETE)
    if delta:
        tallies._mark(campaign.id, [signature.confirmed_at])
        counts._add_to_slots(campaign.id, {slot: delta})  # last: others wait for its lock
