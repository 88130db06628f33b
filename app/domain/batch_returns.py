"""A batch of signers from elsewhere goes out again, whole, with a line in the ledger; what was taken by mistake does not stay."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, null, select, update

from app.domain import activity, claims, counts, rights, signer_imports, tallies
from app.domain.dialects import allow_seconds
from app.domain.refused import Refused
from app.domain.rights import Right
from app.domain.transactions import unit_of_work
from app.extensions import db
from app.models import (
    WENT_OUT,
    Account,
    ActKind,
    ActReason,
    Campaign,
    Consent,
    Deed,
    ImportState,
    Mail,
    Signature,
    SignatureClaim,
    SignatureState,
    SignerImport,
)

TAKEN_BACK_FOR = (ActReason.MISTAKE, ActReason.DUPLICATE, ActReason.MADE_UP, ActReason.ASKED, ActReason.OTHER)


@unit_of_work
def take_back(batch: SignerImport, reason: ActReason, words: str, *, by: Account, now: dt.datetime) -> int:
    """Take a batch out of the count, whole, and forget who its rows spoke of; who signed here as well stays, with what they wrote here,
    confirmed or still to confirm. How many went. Their numbers are kept, as those of signatures that were withdrawn, so that a CRM
    that took them can be corrected.

    Raises Refused where it is not one that was taken, or without a reason.
    """
    signer_imports._hold(batch, ImportState.TAKEN)
    campaign = db.session.get_one(Campaign, batch.campaign_id)
    rights._require(Right.ACT, by.id, campaign.organisation_id)
    if reason not in TAKEN_BACK_FOR:
        raise Refused(_("Choose a reason. The public reads it beside the change of the count."))
    allow_seconds(signer_imports.TAKE_SECONDS)
    own = (Signature.campaign_id == campaign.id, Signature.origin == signer_imports.ORIGINS[batch.kind])
    stands = (Signature.import_id == batch.id, Signature.state != SignatureState.WITHDRAWN)
    locked = select(Signature.id, Signature.state, Signature.confirmed_at).where(*own, *stands)
    rows = db.session.execute(locked.order_by(Signature.id).with_for_update()).all()
    counted = [row.id for row in rows if row.state == SignatureState.CONFIRMED]
    act = signer_imports._act(batch, ActKind.TAKE_BACK, reason, by, now)
    act.undoes_id, act.public_words = batch.act_id, words.strip()
    act.changed_count, act.delta = len(rows), -len(counted)
    tallies._mark(campaign.id, {row.confirmed_at for row in rows if row.state == SignatureState.CONFIRMED})
    signed_here = claims._set_free(batch.id)
    _forget([row.id for row in rows if row.id not in signed_here], now)
    batch.state, batch.taken_back_at = ImportState.TAKEN_BACK, now
    activity._note(Deed.REMOVED, batch, now=now, by=by, rows=len(rows))
    origin = signer_imports.ORIGINS[batch.kind]
    slots = Counter((counts.slot(number), origin) for number in counted)
    counts._add_to_slots(campaign.id, {at: -number for at, number in slots.items()})
    return len(rows)


def _forget(ids: list[int], now: dt.datetime) -> None:
    gone: dict[str, Any] = dict.fromkeys(
        ("given_name", "family_name", "name_key", "family_key", "country", "postcode"), ""
    )
    gone |= {"email": null(), "email_key": null(), "show_name": False}
    gone |= {"state": SignatureState.WITHDRAWN, "withdrawn_at": now}
    for start in range(0, len(ids), signer_imports.CHUNK):
        some = ids[start : start + signer_imports.CHUNK]
        statements = (
            delete(Mail).where(Mail.signature_id.in_(some), Mail.state.not_in(WENT_OUT)),
            update(Mail).where(Mail.signature_id.in_(some)).values(signature_id=None),
            delete(SignatureClaim).where(SignatureClaim.signature_id.in_(some)),
            delete(Consent).where(Consent.signature_id.in_(some)),
            update(Signature).where(Signature.id.in_(some)).values(**gone),
        )
        for statement in statements:
            db.session.execute(statement.execution_options(synchronize_session=False))
