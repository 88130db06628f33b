"""Mails to the people of an organisation about their campaigns."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable

from sqlalchemy import select

from app.domain import outbox, rights
from app.domain.outbox import Mailbox
from app.domain.rights import Right
from app.extensions import db
from app.models import Account, Campaign, MailKind, Membership

Key = Callable[[str], bytes]  # makes a mailbox's fingerprint


def members_with(right: Right, organisation_id: int) -> list[Account]:
    """The active members of an organisation who have this right now."""
    members = (
        select(Account)
        .join(Membership, Membership.account_id == Account.id)
        .where(Membership.organisation_id == organisation_id, Account.active)
        .order_by(Account.id)
    )
    return [account for account in db.session.scalars(members) if right in rights.of(account, organisation_id)]


def _tell(
    kind: MailKind, accounts: Iterable[Account], campaign: Campaign, key: Key, now: dt.datetime, **about: int
) -> None:
    """Write a mail's row for each of them, in the caller's transaction."""
    for account in accounts:
        mailbox = Mailbox(account.email, key(account.email))
        subject = {"campaign_id": campaign.id, "account_id": account.id, **about}
        outbox._enqueue(kind, mailbox, locale=account.locale, now=now, **subject)
