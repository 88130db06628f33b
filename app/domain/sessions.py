"""Who is signed in where: a row for each browser, gone as soon as it is over (AUTH-04)."""

from __future__ import annotations

import datetime as dt
import secrets
from dataclasses import dataclass

from sqlalchemy import delete, or_, select, update

from app.domain import account_events
from app.domain.account_events import From
from app.domain.outbox import Mailbox
from app.domain.refused import NotFound
from app.domain.transactions import unit_of_work
from app.extensions import db
from app.models import Account, AccountDevice, AccountSession, EventKind, Membership

SEEN_STEP = dt.timedelta(minutes=5)  # how exactly it is known when somebody was here last
SEEN_SHARE = 6  # and never more coarsely than this part of the time after which a session ends by itself
DEVICES_LAST = dt.timedelta(days=400)
FORGET_BATCH = 500


@dataclass(frozen=True)
class Lasts:
    """How long somebody stays signed in: without doing anything, and at most."""

    idle: dt.timedelta
    longest: dt.timedelta


@dataclass(frozen=True)
class Arrival:
    """Somebody who just signed in: digests of the session's id and of the device's cookie, the device in words."""

    key: bytes
    device_key: bytes
    where: From
    is_strong: bool  # a second step or a passkey was shown
    is_told: bool  # the owner is told where the device is new


def find(account_id: int, key: bytes, lasts: Lasts, *, now: dt.datetime) -> AccountSession | None:
    """The session of this digest, if it is this account's and not over."""
    found = db.session.scalar(
        select(AccountSession).where(AccountSession.key == key, AccountSession.account_id == account_id)
    )
    if found is None or not _is_on(found, lasts, now):
        return None
    db.session.expunge(found)  # as it was when it was asked for, also after the request ended it
    return found


def _is_on(one: AccountSession, lasts: Lasts, now: dt.datetime) -> bool:
    return now < one.seen_at + lasts.idle and now < one.begun_at + lasts.longest


def of(account_id: int, lasts: Lasts, *, now: dt.datetime) -> list[AccountSession]:
    """Where the account is signed in, seen last first."""
    mine = select(AccountSession).where(AccountSession.account_id == account_id)
    by_time = mine.order_by(AccountSession.seen_at.desc(), AccountSession.id.desc())
    return [one for one in db.session.scalars(by_time) if _is_on(one, lasts, now)]


def is_known_device(account_id: int, device_key: bytes) -> bool:
    """Whether this account signed in there before."""
    known = select(AccountDevice.id).where(AccountDevice.account_id == account_id, AccountDevice.key == device_key)
    return db.session.scalar(known) is not None


@unit_of_work
def begin(account_id: int, arrival: Arrival, mailbox: Mailbox, *, now: dt.datetime) -> None:
    """Sign somebody in here: a session, a line in the account's log, and a mail where the device was never seen before."""
    account = db.session.scalar(select(Account).where(Account.id == account_id, Account.active).with_for_update())
    if account is None:
        raise NotFound
    is_new = _meet_device(account_id, arrival.device_key, now)
    db.session.add(
        AccountSession(
            public_id=secrets.token_urlsafe(16),
            key=arrival.key,
            account_id=account_id,
            browser=arrival.where.browser,
            system=arrival.where.system,
            is_strong=arrival.is_strong,
            begun_at=now,
            seen_at=now,
        )
    )
    kind = EventKind.NEW_DEVICE if is_new and arrival.is_told else EventKind.SIGNED_IN
    account_events._record(account, kind, arrival.where, mailbox, now=now)


def _meet_device(account_id: int, key: bytes, now: dt.datetime) -> bool:
    """Remember a device. True if it was not known."""
    known = db.session.scalar(select(AccountDevice).filter_by(account_id=account_id, key=key))
    if known is None:
        db.session.add(AccountDevice(account_id=account_id, key=key, seen_at=now))
        return True
    known.seen_at = now
    return False


def is_to_note(one: AccountSession, lasts: Lasts, *, now: dt.datetime) -> bool:
    """Whether it is long enough since a session was last seen to write it down."""
    return now >= one.seen_at + min(SEEN_STEP, lasts.idle / SEEN_SHARE)


@unit_of_work
def note_seen(session_id: int, *, now: dt.datetime) -> None:
    """Somebody is still there."""
    db.session.execute(update(AccountSession).where(AccountSession.id == session_id).values(seen_at=now))


@unit_of_work
def renew(session_id: int, key: bytes, *, is_strong: bool) -> None:
    """Give a session another id, since it may do more from now on: a cookie that somebody copied before is worth nothing."""
    values = {"key": key, **({"is_strong": True} if is_strong else {})}
    db.session.execute(update(AccountSession).where(AccountSession.id == session_id).values(values))


@unit_of_work
def end(key: bytes) -> None:
    """Sign out here."""
    db.session.execute(delete(AccountSession).where(AccountSession.key == key))


@unit_of_work
def end_one(account_id: int, public_id: str, where: From, *, now: dt.datetime) -> None:
    """Sign out on one other device. Nothing happens if it is over already."""
    _end_some(account_id, where, now, AccountSession.public_id == public_id)


@unit_of_work
def end_others(account_id: int, session_id: int, where: From, *, now: dt.datetime) -> None:
    """Sign out everywhere but here."""
    _end_some(account_id, where, now, AccountSession.id != session_id)


def _end_some(account_id: int, where: From, now: dt.datetime, *which: object) -> None:
    ended = delete(AccountSession).where(AccountSession.account_id == account_id, *which)  # type: ignore[arg-type]  # conditions
    account = db.session.get(Account, account_id)
    if account is not None and db.session.scalars(ended.returning(AccountSession.id)).all():
        account_events._record(account, EventKind.DEVICE_OUT, where, None, now=now)


def _end_all(account_id: int) -> None:
    """Sign the account out everywhere and know no device of it any more, in the caller's transaction."""
    db.session.execute(delete(AccountSession).where(AccountSession.account_id == account_id))
    db.session.execute(delete(AccountDevice).where(AccountDevice.account_id == account_id))


def _end_if_nowhere(account_id: int) -> None:
    """Sign out everywhere who belongs to no organisation any more, in the transaction that took the last role."""
    db.session.flush()
    if db.session.scalar(select(Membership.id).where(Membership.account_id == account_id).limit(1)) is None:
        _end_all(account_id)


@unit_of_work
def forget_old(lasts: Lasts, *, now: dt.datetime) -> int:
    """Delete sessions that are over and devices unseen for 400 days, one batch of each. Call again while it is not zero."""
    over = or_(AccountSession.begun_at < now - lasts.longest, AccountSession.seen_at < now - lasts.idle)
    ended = list(db.session.scalars(select(AccountSession.id).where(over).limit(FORGET_BATCH)))
    unseen = select(AccountDevice.id).where(AccountDevice.seen_at < now - DEVICES_LAST).limit(FORGET_BATCH)
    devices = list(db.session.scalars(unseen))
    if ended:
        db.session.execute(delete(AccountSession).where(AccountSession.id.in_(ended)))
    if devices:
        db.session.execute(delete(AccountDevice).where(AccountDevice.id.in_(devices)))
    return len(ended) + len(devices)
