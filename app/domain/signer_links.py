"""A signer who lost our mail gets the link to their own signature once more, because they asked the organisation for it."""

from __future__ import annotations

import datetime as dt

from flask_babel import gettext as _
from sqlalchemy import select

from app.domain import activity, pending, rights, signer_batches
from app.domain.outbox import Budget
from app.domain.pending import Ask
from app.domain.refused import NotFound, Refused
from app.domain.rights import Right
from app.domain.transactions import unit_of_work
from app.extensions import db
from app.models import Account, Campaign, Deed, MailKind, Origin, Signature, SignatureState


def may_be_sent(signature: Signature) -> bool:
    """Whether its mailbox was proven here: only then is the link its owner's."""
    return signature.origin == Origin.ONLINE and signature.state == SignatureState.CONFIRMED


@unit_of_work
def send(campaign: Campaign, public_id: str, budget: Budget, *, by: Account, now: dt.datetime) -> None:
    """Mail the link to the address that signed, and to no other; also once the campaign is over, when signing again gives no link.

    Raises NotFound, or Refused where it is no proven mailbox, or one that gets no more mails for now (MAIL-01, MAIL-03).
    """
    rights._require(Right.ACT, by.id, campaign.organisation_id)
    own = select(Signature).where(Signature.campaign_id == campaign.id, Signature.public_id == public_id)
    signature = db.session.scalar(own)
    if signature is None:
        raise NotFound
    if not may_be_sent(signature):
        raise Refused(_("Only whoever signed and confirmed here has a link to the signature."))
    wish = signer_batches._wish(signature, budget, now)
    pending.lock_mailboxes([wish])
    asked = pending.not_refused(Signature.email_key, Signature.campaign_id, now - pending.REFUSALS_LAST)
    is_left_alone = db.session.scalar(select(Signature.id).where(Signature.id == signature.id, asked)) is None
    link = Ask(MailKind.ALREADY_SIGNED, signature.id, wish.mailbox.address, wish)
    if is_left_alone or not pending.ask([link]):
        raise Refused(_("This mailbox gets no more mails for now. Try again in an hour, or tomorrow."))
    activity._note(Deed.SENT_LINK, campaign, now=now, by=by)
