"""Another mail address for an account: confirmed at the new one, told to the old one, undone from there for a week (AUTH-07)."""

from __future__ import annotations

import datetime as dt
import secrets

from flask_babel import gettext as _
from sqlalchemy import delete, func, select, update

from app.domain import account_events, accounts, outbox, provider_bindings
from app.domain.account_events import From
from app.domain.outbox import Mailbox
from app.domain.refused import Gone, Refused
from app.domain.transactions import unit_of_work
from app.extensions import db
from app.models import Account, AddressChange, EventKind, Mail, MailKind

CONFIRM_WITHIN = dt.timedelta(days=1)
UNDO_WITHIN = dt.timedelta(days=7)
FORGET_AFTER = dt.timedelta(days=30)
MAILS_PER_HOUR, MAILS_PER_DAY = 3, 6  # to one mailbox, which is perhaps a stranger's
FORGET_BATCH = 500


def dead_link() -> Gone:
    """One sentence for every such link."""
    return Gone(_("This link no longer works."))


def by_public_id(public_id: str) -> AddressChange | None:
    """The change that a link speaks of."""
    return db.session.scalar(select(AddressChange).where(AddressChange.public_id == public_id))


def can_be_confirmed(change: AddressChange, now: dt.datetime) -> bool:
    """Whether it waits for its mailbox to be read."""
    waits = change.confirmed_at is None and change.ended_at is None
    return waits and change.account.active and now < change.asked_at + CONFIRM_WITHIN


def can_be_undone(change: AddressChange, now: dt.datetime) -> bool:
    """Whether the old address can take it back."""
    return change.confirmed_at is not None and change.ended_at is None and now < change.confirmed_at + UNDO_WITHIN


@unit_of_work
def ask(account_id: int, mailbox: Mailbox, *, now: dt.datetime) -> None:
    """Have a link mailed to the new address. Nothing is sent, and nothing else said, where that has an account already (ENU-03)."""
    account = accounts._loaded(account_id)
    address = mailbox.address.lower()
    if address == account.email:
        raise Refused(_("This is the address you have now."))
    db.session.execute(
        update(AddressChange)
        .where(AddressChange.account_id == account_id, AddressChange.confirmed_at.is_(None))
        .values(ended_at=now)
        .execution_options(synchronize_session=False)
    )
    if db.session.scalar(accounts.by_email(address)) is not None or _is_too_often(mailbox, now):
        return
    change = AddressChange(
        public_id=secrets.token_urlsafe(16),
        account_id=account_id,
        old_email=account.email,
        new_email=address,
        asked_at=now,
    )
    db.session.add(change)
    db.session.flush()
    about = {"account_id": account_id, "address_change_id": change.id}
    outbox._enqueue(MailKind.ADDRESS_CONFIRM, mailbox, locale=account.locale, now=now, **about)


def _is_too_often(mailbox: Mailbox, now: dt.datetime) -> bool:
    sent = select(func.count()).where(Mail.recipient_key == mailbox.key, Mail.kind == MailKind.ADDRESS_CONFIRM)
    limits = ((dt.timedelta(hours=1), MAILS_PER_HOUR), (dt.timedelta(days=1), MAILS_PER_DAY))
    return any((db.session.scalar(sent.where(Mail.created_at > now - span)) or 0) >= most for span, most in limits)


def _locked(public_id: str) -> tuple[AddressChange, Account]:
    change = by_public_id(public_id)
    if change is None:
        raise dead_link()
    account = accounts._loaded(change.account_id)
    db.session.refresh(change)  # as it is now that nobody else changes it
    return change, account


def _refuse_taken(address: str, account_id: int) -> None:
    other = db.session.scalar(accounts.by_email(address))
    if other is not None and other.id != account_id:
        raise dead_link()


@unit_of_work
def confirm(public_id: str, account_id: int, old: Mailbox, where: From, *, now: dt.datetime) -> None:
    """The new address counts from now on. Everybody is signed out, and the old address is told, with a way back. Raises Gone."""
    change, account = _locked(public_id)
    if account.id != account_id or not can_be_confirmed(change, now):
        raise dead_link()
    _refuse_taken(change.new_email, account.id)
    account.email, change.confirmed_at = change.new_email, now
    accounts._end_sessions(account)
    account_events._record(account, EventKind.ADDRESS_CHANGED, where, None, now=now)
    about = {"account_id": account.id, "address_change_id": change.id}
    outbox._enqueue(MailKind.ADDRESS_CHANGED, old, locale=account.locale, now=now, **about)


@unit_of_work
def undo(public_id: str, where: From, *, now: dt.datetime) -> None:
    """The old address counts again, whatever came after it, and everybody is signed out. Raises Gone."""
    change, account = _locked(public_id)
    if not can_be_undone(change, now):
        raise dead_link()
    _refuse_taken(change.old_email, account.id)
    account.email = change.old_email
    db.session.execute(
        update(AddressChange)
        .where(AddressChange.account_id == account.id, AddressChange.id >= change.id)
        .values(ended_at=now)
        .execution_options(synchronize_session=False)
    )
    accounts._end_sessions(account)
    provider_bindings._drop(account.id)  # it may be that of whoever changed the address
    account_events._record(account, EventKind.ADDRESS_UNDONE, where, None, now=now)


@unit_of_work
def forget_old(*, now: dt.datetime) -> int:
    """Delete changes of more than 30 days ago, in one batch. Returns how many; call again while it is not zero."""
    old = select(AddressChange.id).where(AddressChange.asked_at < now - FORGET_AFTER).limit(FORGET_BATCH)
    ids = list(db.session.scalars(old))
    if ids:
        db.session.execute(delete(AddressChange).where(AddressChange.id.in_(ids)))
    return len(ids)
