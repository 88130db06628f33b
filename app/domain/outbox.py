"""Mail rows: written with their cause, claimed by lease, sent by a worker, tried again or given up."""

from __future__ import annotations

import datetime as dt
import secrets
from dataclasses import dataclass
from typing import Any

from sqlalchemy import case, func, insert, literal, select, update

from app.domain.transactions import unit_of_work
from app.extensions import db
from app.models import Mail, MailKind, MailState

LEASE = dt.timedelta(seconds=60)
GIVE_UP_AFTER = dt.timedelta(hours=48)  # REL-03
FIRST_WAIT, LONGEST_WAIT = dt.timedelta(seconds=30), dt.timedelta(hours=2)
UNASKED = (MailKind.CONFIRM, MailKind.ALREADY_SIGNED)  # kinds that a stranger can set off


@dataclass(frozen=True)
class Mailbox:
    """An address as typed, and its keyed fingerprint, under which it is counted."""

    address: str
    key: bytes


@dataclass(frozen=True)
class Budget:
    """How many mails a stranger can make us send to one mailbox (MAIL-01)."""

    per_hour: int
    per_day: int
    per_campaign: dt.timedelta


def _enqueue(kind: MailKind, mailbox: Mailbox, *, locale: str, now: dt.datetime, **about: Any) -> None:
    """Write a mail row, due at once, in the caller's transaction. `about` names what the mail is about: signature_id and so on."""
    db.session.execute(
        insert(Mail.__table__).values(
            kind=kind,
            state=MailState.QUEUED,
            message_id=secrets.token_hex(16),
            recipient=mailbox.address,
            recipient_key=mailbox.key,
            locale=locale,
            due_at=now,
            created_at=now,
            attempt_count=0,
            error="",
            **about,
        )
    )


def _within_budget(key: bytes, campaign_id: int, budget: Budget, now: dt.datetime) -> bool:
    """Whether this campaign may write to this mailbox now. The caller holds the mailbox's lock."""
    mail = Mail.__table__.c
    day, hour = now - dt.timedelta(days=1), now - dt.timedelta(hours=1)
    same_campaign = (mail.campaign_id == campaign_id) & (mail.created_at > now - budget.per_campaign)
    row = db.session.execute(
        select(
            func.count(),
            func.coalesce(func.sum(case((mail.created_at > hour, literal(1)), else_=literal(0))), 0),
            func.coalesce(func.sum(case((same_campaign, literal(1)), else_=literal(0))), 0),
        ).where(mail.recipient_key == key, mail.created_at > day, mail.kind.in_(UNASKED))
    ).one()
    today, this_hour, this_campaign = row
    return today < budget.per_day and this_hour < budget.per_hour and this_campaign == 0


@unit_of_work
def claim(worker: str, limit: int, now: dt.datetime) -> list[Mail]:
    """Lease up to `limit` due mails to `worker`, the oldest first. Two workers never get the same row."""
    due = (
        select(Mail.id)
        .where(Mail.state == MailState.QUEUED, Mail.due_at <= now)
        .order_by(Mail.due_at, Mail.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    claimed = (
        update(Mail)
        .where(Mail.id.in_(due.scalar_subquery()))
        .values(lease=worker, due_at=now + LEASE, attempt_count=Mail.attempt_count + 1)
        .returning(Mail)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    mails = sorted(db.session.scalars(claimed), key=lambda mail: mail.id)
    db.session.flush()
    return mails


@unit_of_work
def sent(mail_id: int, worker: str, now: dt.datetime) -> bool:
    """The listener took the mail. Its address is forgotten. False if the lease was lost meanwhile."""
    return _finish(mail_id, worker, state=MailState.SENT, sent_at=now, recipient=None, error="")


@unit_of_work
def refused(mail_id: int, worker: str, reason: str) -> bool:
    """The listener will never take the mail: it is not tried again, and shows as failed."""
    return _finish(mail_id, worker, state=MailState.FAILED, error=reason[:300])


@unit_of_work
def postponed(mail_id: int, worker: str, reason: str, now: dt.datetime) -> bool:
    """The mail could not be handed over now: tried again, ever less often, for 48 hours; then it shows as failed."""
    mail = db.session.get(Mail, mail_id)
    if mail is None:
        return False
    if now - mail.created_at > GIVE_UP_AFTER:
        return _finish(mail_id, worker, state=MailState.FAILED, error=reason[:300])
    wait = min(FIRST_WAIT * 2 ** min(mail.attempt_count - 1, 10), LONGEST_WAIT)
    return _finish(mail_id, worker, due_at=now + wait, error=reason[:300])


def _finish(mail_id: int, worker: str, **values: Any) -> bool:
    done = db.session.execute(
        update(Mail)
        .where(Mail.id == mail_id, Mail.lease == worker)
        .values(lease=None, **values)
        .execution_options(synchronize_session=False)
    )
    return bool(done.rowcount)
