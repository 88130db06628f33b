"""What the mails about a campaign that changes hands are about."""

from __future__ import annotations

import datetime as dt

from app import links
from app.mail.names import About, plain_name
from app.models import Mail, Transfer, TransferState


def offered(mail: Mail, now: dt.datetime) -> About | None:
    """For the owners of the organisation that is asked, while they can accept."""
    transfer = mail.transfer
    if transfer is None or not transfer.is_open(now):
        return None
    to = transfer.to_organisation
    link = links.to("organise.offered", organisation=to.slug, public_id=transfer.public_id)
    return {**_both(mail, transfer), "offered_by": plain_name(transfer.offered_by_name), "link": link}


def answered(mail: Mail, _now: dt.datetime) -> About | None:
    """For the owners who offered a campaign: it is no longer theirs, or still is."""
    transfer = mail.transfer
    if transfer is None or transfer.state not in {TransferState.ACCEPTED, TransferState.DECLINED}:
        return None
    link = links.to("organise.log", organisation=transfer.from_organisation.slug)
    return {**_both(mail, transfer), "is_accepted": transfer.state == TransferState.ACCEPTED, "link": link}


def _both(mail: Mail, transfer: Transfer) -> About:
    """What both mails say. The words of a draft are for those alone who may open it."""
    public = transfer.campaign.published_text
    return {
        "ask": public.ask if public else "",
        "given_name": plain_name(mail.account.name) if mail.account else "",
        "here": transfer.from_organisation.name,
        "there": transfer.to_organisation.name,
        "until": transfer.expires_at,
    }
