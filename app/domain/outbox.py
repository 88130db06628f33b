"""Mail rows: written with their cause, claimed by lease, sent by a worker, tried again or given up.

A lease is short, and its holder renews it while it lives. So the rows of a worker that was killed are due again within
seconds, and a slow listener never makes a second worker send what the first one holds.
"""

from __future__ import annotations

import datetime as dt
import functools
import secrets
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, bindparam, case, delete, func, insert, literal, null, select, update
from sqlalchemy.sql.dml import ReturningUpdate

from app.domain.transactions import unit_of_work
from app.extensions import db
from app.models import Mail, MailKind, MailState
from app.models.types import table_of

LEASE = dt.timedelta(seconds=15)
STUCK_AFTER = dt.timedelta(minutes=5)
FORGET_AFTER = dt.timedelta(days=30)
FORGET_BATCH = 1000
ERROR_LENGTH = 300
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
        insert(table_of(Mail)).values(
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


def is_due(now: dt.datetime) -> bool:
    """Whether a mail waits to be sent now. Reads only, so that an idle worker writes nothing."""
    waiting = select(Mail.id).where(Mail.state == MailState.QUEUED, Mail.due_at <= now).limit(1)
    return db.session.scalar(waiting) is not None


@unit_of_work
def claim(worker: str, limit: int, now: dt.datetime) -> list[int]:
    """Lease up to `limit` due mails to `worker`; their ids, the oldest first. Two workers never get the same row."""
    due = (
        select(Mail.id)
        .where(Mail.state == MailState.QUEUED, Mail.due_at <= now)
        .order_by(Mail.due_at, Mail.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("due")  # a subquery could be evaluated more than once, and lease more than `limit`
    )
    claimed = (
        update(Mail)
        .where(Mail.id.in_(select(due.c.id)))
        .values(lease=worker, due_at=now + LEASE)
        .returning(Mail.id)
        .execution_options(synchronize_session=False)
    )
    return sorted(db.session.scalars(claimed))


@unit_of_work
def renew(worker: str, mail_ids: list[int], now: dt.datetime) -> set[int]:
    """Hold on to the leases of a worker that is alive. Returns the mails that are still its own to send."""
    kept = (
        update(Mail)
        .where(Mail.id.in_(mail_ids), Mail.lease == worker, Mail.state == MailState.QUEUED)
        .values(due_at=now + LEASE)
        .returning(Mail.id)
        .execution_options(synchronize_session=False)
    )
    return set(db.session.scalars(kept))


@unit_of_work
def release(worker: str, mail_ids: list[int], now: dt.datetime) -> None:
    """Give back mails that nobody tried to send: due at once, in their old place in the line."""
    never_tried = case((Mail.attempt_count == 0, Mail.created_at), else_=literal(now, Mail.due_at.type))
    db.session.execute(
        update(Mail)
        .where(Mail.id.in_(mail_ids), Mail.lease == worker)
        .values(lease=None, due_at=never_tried)
        .execution_options(synchronize_session=False)
    )


@unit_of_work
def sent(mail_id: int, worker: str, now: dt.datetime) -> bool:
    """The listener took the mail. Its address is forgotten. False if the lease was lost meanwhile."""
    return _finish(mail_id, worker, state=MailState.SENT, sent_at=now, recipient=None, error="")


@unit_of_work
def refused(mail_id: int, worker: str, reason: str) -> bool:
    """The mail can never be handed over: it is not tried again, and shows as failed."""
    return _finish(mail_id, worker, state=MailState.FAILED, error=reason[:ERROR_LENGTH])


@unit_of_work
def postponed(mail_id: int, worker: str, reason: str, now: dt.datetime) -> bool:
    """The mail could not be handed over now: tried again, ever less often, for 48 hours; then it shows as failed."""
    mail = db.session.get(Mail, mail_id)
    if mail is None:
        return False
    if now - mail.created_at > GIVE_UP_AFTER:
        return _finish(mail_id, worker, state=MailState.FAILED, error=reason[:ERROR_LENGTH])
    wait = min(FIRST_WAIT * 2 ** min(mail.attempt_count, 10), LONGEST_WAIT)
    return _finish(mail_id, worker, due_at=now + wait, error=reason[:ERROR_LENGTH])


def _finish(mail_id: int, worker: str, **values: Any) -> bool:
    said = {f"new_{name}": value for name, value in values.items()}
    finished = db.session.scalar(_finishing(*values), {"finished_id": mail_id, "held_by": worker, **said})
    return finished is not None


@functools.cache
def _finishing(*names: str) -> ReturningUpdate[tuple[int]]:
    """The statement that ends an attempt with new values of these columns; put together once, since it runs for every mail."""
    mail = table_of(Mail)
    new = {name: bindparam(f"new_{name}", type_=mail.c[name].type) for name in names}
    return (
        update(mail)
        .where(mail.c.id == bindparam("finished_id"), mail.c.lease == bindparam("held_by"))
        .values(lease=None, attempt_count=mail.c.attempt_count + 1, **new)
        .returning(mail.c.id)
    )


@unit_of_work
def drop(worker: str, mail_ids: list[int]) -> None:
    """What these mails were about is over, so they are not sent. Nothing went out: no mailbox's budget is charged for them."""
    db.session.execute(delete(Mail).where(Mail.id.in_(mail_ids), Mail.lease == worker))


@unit_of_work
def note(reason: str, now: dt.datetime) -> None:
    """No mail can be handed over at all: write why to the one that waits longest, where operators look."""
    due = select(Mail.id).where(Mail.state == MailState.QUEUED, Mail.due_at <= now)
    longest = due.order_by(Mail.due_at, Mail.id).limit(1).scalar_subquery()
    db.session.execute(
        update(Mail)
        .where(Mail.id == longest)
        .values(error=reason[:ERROR_LENGTH])
        .execution_options(synchronize_session=False)
    )


@dataclass(frozen=True)
class Waiting:
    """Mails that wait to be sent: how many, since when the oldest does, and what stood in its way."""

    count: int
    since: dt.datetime | None
    reason: str


def waiting() -> Waiting:
    """All mails that wait to be sent."""
    queued = Mail.state == MailState.QUEUED
    count, since = db.session.execute(select(func.count(), func.min(Mail.created_at)).where(queued)).one()
    reason = db.session.scalar(select(Mail.error).where(queued, Mail.error != "").order_by(Mail.created_at).limit(1))
    return Waiting(count, since, reason or "")


def stuck(now: dt.datetime) -> int:
    """How many mails have waited for more than five minutes: more than a few means that worker or listener is down."""
    late = select(func.count()).where(Mail.state == MailState.QUEUED, Mail.created_at < now - STUCK_AFTER)
    return db.session.scalar(late) or 0


def failed() -> Select[Mail]:
    """Mails that were given up, the newest first."""
    return select(Mail).where(Mail.state == MailState.FAILED).order_by(Mail.id.desc())


@unit_of_work
def retry(mail_ids: list[int] | None, now: dt.datetime) -> int:
    """Send mails that were given up once more, as if written now; None means all of them. Returns how many."""
    chosen = update(Mail).where(Mail.state == MailState.FAILED)
    if mail_ids is not None:
        chosen = chosen.where(Mail.id.in_(mail_ids))
    again = chosen.values(state=MailState.QUEUED, lease=null(), attempt_count=0, due_at=now, created_at=now)
    again = again.values(is_failure_tallied=Mail.is_tallied)  # so it stays among the failed, whatever becomes of it now
    return len(db.session.scalars(again.returning(Mail.id).execution_options(synchronize_session=False)).all())


@unit_of_work
def forget_old(now: dt.datetime) -> int:
    """Delete mails of more than 30 days ago, one batch. Returns how many; call again while it is not zero.

    Rows are numbered in the order of their writing, so the oldest are found by their number, without an index on time.
    """
    oldest = select(Mail.id).order_by(Mail.id).limit(FORGET_BATCH).subquery()
    forgotten = (
        delete(Mail)
        .where(Mail.id.in_(select(oldest.c.id)), Mail.state != MailState.QUEUED, Mail.created_at < now - FORGET_AFTER)
        .returning(Mail.id)
        .execution_options(synchronize_session=False)
    )
    return len(db.session.scalars(forgotten).all())
