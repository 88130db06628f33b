"""Accounts: what their owners may change, and the mails they get about it."""

from __future__ import annotations

import datetime as dt
import secrets

from sqlalchemy import Select, func, or_, select, update

from app.domain import account_events, open_doors, outbox, sessions
from app.domain.account_events import From
from app.domain.outbox import Mailbox
from app.domain.refused import NotFound
from app.domain.transactions import unit_of_work
from app.extensions import db
from app.models import Account, EventKind, Mail, MailKind

RESETS_PER_HOUR, RESETS_PER_DAY = 3, 6  # anybody can ask for them, and the mailbox is not theirs


def by_email(address: str) -> Select[Account]:
    """The account of this address; addresses of accounts are kept in small letters."""
    return select(Account).where(Account.email == address.lower())


def _create(email: str, name: str, password_hash: str, *, locale: str, now: dt.datetime) -> Account:
    """A new account, in the caller's transaction."""
    account = Account(
        email=email.lower(),
        name=name,
        password=password_hash,
        locale=locale,
        fs_uniquifier=secrets.token_hex(16),
        fs_webauthn_user_handle=secrets.token_hex(16),
        create_datetime=now,
    )
    db.session.add(account)
    db.session.flush()
    return account


def _loaded(account_id: int) -> Account:
    account = db.session.scalar(select(Account).where(Account.id == account_id).with_for_update())
    if account is None:
        raise NotFound
    return account


@unit_of_work
def ask_reset(account_id: int, mailbox: Mailbox, *, now: dt.datetime) -> None:
    """Have a reset link mailed to the account's own address; beyond a few an hour nothing more is sent."""
    account = _loaded(account_id)
    if _resets_since(mailbox, now - dt.timedelta(hours=1)) >= RESETS_PER_HOUR:
        return
    if _resets_since(mailbox, now - dt.timedelta(days=1)) >= RESETS_PER_DAY:
        return
    outbox._enqueue(MailKind.RESET, mailbox, locale=account.locale, now=now, account_id=account_id)


def _resets_since(mailbox: Mailbox, moment: dt.datetime) -> int:
    """Counted by mailbox, which has an index: a walk over all mails would tell by the clock who has an account (ENU-03)."""
    asked = select(func.count()).where(
        Mail.recipient_key == mailbox.key, Mail.kind == MailKind.RESET, Mail.created_at > moment
    )
    return db.session.scalar(asked) or 0


def _tell_password_changed(account: Account, mailbox: Mailbox, *, now: dt.datetime) -> None:
    """Tell the account's mailbox, in the transaction that changes the password."""
    outbox._enqueue(MailKind.PASSWORD_CHANGED, mailbox, locale=account.locale, now=now, account_id=account.id)


def _use_code(account_id: int, counter: int) -> bool:
    """Mark the code of an authenticator app as used, in the caller's transaction. False if it, or a later one, was (AUTH-03)."""
    marked = db.session.scalar(
        update(Account)
        .where(Account.id == account_id, or_(Account.tf_last_counter.is_(None), Account.tf_last_counter < counter))
        .values(tf_last_counter=counter)
        .returning(Account.id)
        .execution_options(synchronize_session=False)
    )
    return marked is not None


@unit_of_work
def give_site_role(account_id: int, *, is_moderator: bool | None = None, is_operator: bool | None = None) -> None:
    """An operator says who moderates or operates the whole site; None leaves it as it is. It counts at once."""
    account = _loaded(account_id)
    account.is_moderator = account.is_moderator if is_moderator is None else is_moderator
    account.is_operator = account.is_operator if is_operator is None else is_operator


@unit_of_work
def rename(account_id: int, name: str) -> None:
    """Change the name that members see."""
    _loaded(account_id).name = name


@unit_of_work
def end_sessions(account_id: int, where: From, *, now: dt.datetime) -> None:
    """Sign the account out everywhere, and make reset links that are under way useless."""
    account = _loaded(account_id)
    _end_sessions(account)
    account_events._record(account, EventKind.SIGNED_OUT, where, None, now=now)


def _end_sessions(account: Account) -> None:
    account.fs_uniquifier = secrets.token_hex(16)
    sessions._end_all(account.id)


@unit_of_work
def close(account_id: int, *, now: dt.datetime) -> None:
    """An operator shuts somebody out, at once and everywhere, with the invitations and offers that they sent out; what they made
    stays, and so do their memberships."""
    account = _loaded(account_id)
    account.active = False
    _end_sessions(account)
    open_doors._shut(account_id, now=now)


@unit_of_work
def reopen(account_id: int) -> None:
    """Let somebody in again."""
    _loaded(account_id).active = True


@unit_of_work
def drop_second_factors(account_id: int, mailbox: Mailbox, *, now: dt.datetime) -> None:
    """An operator lets somebody in who lost the phone and the codes: authenticator app, passkeys and recovery codes go.
    The owner is told."""
    account = _loaded(account_id)
    account.tf_primary_method = account.tf_totp_secret = None
    account.mf_recovery_codes = None
    account.webauthn.clear()
    _end_sessions(account)
    account_events._record(account, EventKind.STEPS_DROPPED, From(), mailbox, now=now)
