"""What somebody set going as an owner and others could still answer: invitations, and offers of campaigns. It ends with their part, so
that whoever is shut out has no way back in, and takes nothing along."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ColumnElement, select, update

from app.domain import activity
from app.extensions import db
from app.models import Campaign, Deed, Invitation, Transfer, TransferState


def _shut(account_id: int, *, now: dt.datetime, organisation_id: int | None = None) -> None:
    """End what this account has open in an organisation, or in every one, in the caller's transaction. Each campaign that was offered has
    a line in the log."""
    sent = [Invitation.invited_by_id == account_id]
    offered = [Transfer.offered_by_id == account_id, Transfer.state == TransferState.OFFERED]
    if organisation_id is not None:
        sent.append(Invitation.organisation_id == organisation_id)
        offered.append(Transfer.from_organisation_id == organisation_id)
    _end_invitations(*sent, now=now)
    for campaign_id in db.session.scalars(select(Transfer.campaign_id).where(*offered)).all():
        campaign = db.session.get_one(Campaign, campaign_id, with_for_update=True)  # first, as whoever accepts it does
        held = select(Transfer).where(Transfer.campaign_id == campaign_id, *offered)
        transfer = db.session.scalar(held.with_for_update().execution_options(populate_existing=True))
        if transfer is not None:
            transfer.state, transfer.ended_at = TransferState.TAKEN_BACK, now
            activity._note(Deed.UNOFFERED, campaign, now=now, organisation=transfer.to_organisation.name)


def _end_invitations(*which: ColumnElement[bool], now: dt.datetime) -> None:
    open_ones = (Invitation.accepted_at.is_(None), Invitation.cancelled_at.is_(None))
    db.session.execute(
        update(Invitation)
        .where(*which, *open_ones)
        .values(cancelled_at=now)
        .execution_options(synchronize_session=False)
    )
