"""Which account is whose at the sign-in provider: bound once, removed by its owner."""

from __future__ import annotations

import datetime as dt

from flask_babel import gettext as _
from sqlalchemy import delete, select

from app.domain import account_events, accounts
from app.domain.account_events import From
from app.domain.outbox import Mailbox
from app.domain.refused import Refused
from app.domain.transactions import unit_of_work
from app.extensions import db
from app.models import Account, EventKind, ProviderBinding


def account_of(issuer: str, subject: str) -> Account | None:
    """Whose account this is."""
    bound = select(Account).join(ProviderBinding, ProviderBinding.account_id == Account.id)
    return db.session.scalar(bound.where(ProviderBinding.issuer == issuer, ProviderBinding.subject == subject))


def of(account_id: int, issuer: str) -> ProviderBinding | None:
    """What an account is connected with at this provider."""
    return db.session.scalar(select(ProviderBinding).filter_by(account_id=account_id, issuer=issuer))


def taken() -> Refused:
    """What is said where an account is connected with somebody else at the provider already."""
    return Refused(
        _(
            "This account is connected with another person at the provider. Sign in with your password and disconnect it first."
        )
    )


@unit_of_work
def bind(account_id: int, issuer: str, subject: str, where: From, mailbox: Mailbox, *, now: dt.datetime) -> None:
    """From now on this account is signed in to by whoever the provider says is `subject`. The owner is told by mail."""
    account = accounts._loaded(account_id)
    known = account_of(issuer, subject)
    if known is not None and known.id == account_id:
        return
    if known is not None or of(account_id, issuer) is not None:
        raise taken()
    db.session.add(ProviderBinding(account_id=account_id, issuer=issuer, subject=subject, bound_at=now))
    account_events._record(account, EventKind.PROVIDER_BOUND, where, mailbox, now=now)


@unit_of_work
def remove(account_id: int, where: From, mailbox: Mailbox, *, now: dt.datetime) -> None:
    """Nobody signs in to this account by a provider any more. The owner is told by mail."""
    account = accounts._loaded(account_id)
    if account.password is None:
        raise Refused(
            _("You have no password yet, so this is your way in. Sign out, and ask for a new password first.")
        )
    if _drop(account_id):
        account_events._record(account, EventKind.PROVIDER_REMOVED, where, mailbox, now=now)


def _drop(account_id: int) -> bool:
    """Forget every connection of an account, in the caller's transaction. False if there was none."""
    gone = delete(ProviderBinding).where(ProviderBinding.account_id == account_id)
    return bool(db.session.scalars(gone.returning(ProviderBinding.id)).all())
