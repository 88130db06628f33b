"""What happened around signing in to an account, for its owner to read; and the mails about it (AUTH-06)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import delete, select

from app.domain import outbox
from app.domain.outbox import Mailbox
from app.domain.transactions import unit_of_work
from app.extensions import db
from app.models import Account, AccountEvent, EventKind, MailKind

SHOWN = 20
TOGETHER = dt.timedelta(hours=1)  # failures of one hour are one row, so that guessing does not fill the log
FORGET_AFTER = dt.timedelta(days=365)
FORGET_BATCH = 500

# What its owner is told by mail. A changed password has a mail of its own.
TOLD = {
    EventKind.NEW_DEVICE: MailKind.NEW_DEVICE,
    EventKind.APP_ON: MailKind.SECOND_STEP,
    EventKind.APP_OFF: MailKind.SECOND_STEP,
    EventKind.PASSKEY_ADDED: MailKind.SECOND_STEP,
    EventKind.PASSKEY_REMOVED: MailKind.SECOND_STEP,
    EventKind.CODES_MADE: MailKind.SECOND_STEP,
    EventKind.STEPS_DROPPED: MailKind.SECOND_STEP,
    EventKind.PROVIDER_BOUND: MailKind.SECOND_STEP,
    EventKind.PROVIDER_REMOVED: MailKind.SECOND_STEP,
}


@dataclass(frozen=True)
class From:
    """Where an act came from: browser and system in words of ours; empty for what a command does."""

    browser: str = ""
    system: str = ""


def recent(account_id: int) -> list[AccountEvent]:
    """The last twenty, the newest first."""
    mine = select(AccountEvent).where(AccountEvent.account_id == account_id)
    return list(db.session.scalars(mine.order_by(AccountEvent.id.desc()).limit(SHOWN)))


def _record(account: Account, kind: EventKind, where: From, mailbox: Mailbox | None, *, now: dt.datetime) -> None:
    """Write down what happened, and a mail to the owner where it is one to tell, in the transaction of its cause."""
    event = AccountEvent(
        account_id=account.id, kind=kind, browser=where.browser, system=where.system, times=1, happened_at=now
    )
    db.session.add(event)
    db.session.flush()
    if mailbox is not None and kind in TOLD:
        outbox._enqueue(
            TOLD[kind], mailbox, locale=account.locale, now=now, account_id=account.id, account_event_id=event.id
        )


@unit_of_work
def record_failure(account_id: int, kind: EventKind, where: From, *, now: dt.datetime) -> None:
    """Write down that somebody tried to sign in and could not; again and again within an hour is one row."""
    mine = select(AccountEvent).where(AccountEvent.account_id == account_id)
    last = db.session.scalar(mine.order_by(AccountEvent.id.desc()).limit(1).with_for_update())
    if last is not None and last.kind == kind and last.happened_at > now - TOGETHER:
        last.times, last.happened_at = last.times + 1, now
        last.browser, last.system = where.browser, where.system
        return
    account = db.session.get(Account, account_id)
    if account is not None:
        _record(account, kind, where, None, now=now)


@unit_of_work
def forget_old(*, now: dt.datetime) -> int:
    """Delete what happened more than a year ago, in one batch. Returns how many; call again while it is not zero."""
    old = select(AccountEvent.id).where(AccountEvent.happened_at < now - FORGET_AFTER).limit(FORGET_BATCH)
    ids = list(db.session.scalars(old))
    if ids:
        db.session.execute(delete(AccountEvent).where(AccountEvent.id.in_(ids)))
    return len(ids)
