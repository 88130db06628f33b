"""Who is signed in where, which devices were seen before, and what happened around signing in."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.extensions import Model
from app.models.types import UTC, BigKey, Word, one_of

if TYPE_CHECKING:
    from app.models.accounts import Account

DEVICE_LENGTH = 24


class AccountSession(Model):
    """One browser that is signed in. The cookie holds its id, this row a digest of it; what ended has no row.

    No address of the network is kept, not even its beginning: the device in words is enough to know one's own again, and what
    is not kept cannot be asked for.
    """

    __tablename__ = "account_session"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True)
    key: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    browser: Mapped[str] = mapped_column(String(DEVICE_LENGTH), default="")
    system: Mapped[str] = mapped_column(String(DEVICE_LENGTH), default="")
    is_strong: Mapped[bool] = mapped_column(default=False)  # a second step or a passkey was shown in it
    begun_at: Mapped[dt.datetime] = mapped_column(UTC, index=True)
    seen_at: Mapped[dt.datetime] = mapped_column(UTC)


class AccountDevice(Model):
    """A browser in which this account signed in before. Known by a digest of its cookie and the account together, so that two
    accounts on one device cannot be told from the table."""

    __tablename__ = "account_device"
    __table_args__ = (UniqueConstraint("account_id", "key"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    key: Mapped[bytes] = mapped_column(LargeBinary(32))
    seen_at: Mapped[dt.datetime] = mapped_column(UTC, index=True)


class EventKind(StrEnum):
    """What happened to an account."""

    SIGNED_IN = "signed_in"
    NEW_DEVICE = "new_device"  # signed in where it was not seen before
    FAILED = "failed"
    STEP_FAILED = "step_failed"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 (a word, not a password)
    PASSWORD_RESET = "password_reset"  # noqa: S105 (a word, not a password)
    APP_ON = "app_on"
    APP_OFF = "app_off"
    PASSKEY_ADDED = "passkey_added"
    PASSKEY_REMOVED = "passkey_removed"
    CODES_MADE = "codes_made"
    STEPS_DROPPED = "steps_dropped"  # by an operator
    ADDRESS_CHANGED = "address_changed"
    ADDRESS_UNDONE = "address_undone"
    DEVICE_OUT = "device_out"
    SIGNED_OUT = "signed_out"  # everywhere
    PROVIDER_BOUND = "provider_bound"
    PROVIDER_REMOVED = "provider_removed"


class AccountEvent(Model):
    """Something that happened around signing in to one account. Holds words of ours alone: nothing that a stranger typed."""

    __tablename__ = "account_event"
    __table_args__ = (
        one_of("kind", EventKind),
        Index("ix_account_event_account_id", "account_id", "id"),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    kind: Mapped[EventKind] = mapped_column(Word(EventKind))
    browser: Mapped[str] = mapped_column(String(DEVICE_LENGTH), default="")
    system: Mapped[str] = mapped_column(String(DEVICE_LENGTH), default="")
    times: Mapped[int] = mapped_column(default=1)  # failures one after the other are one row
    happened_at: Mapped[dt.datetime] = mapped_column(UTC, index=True)  # of several, the last

    account: Mapped[Account] = relationship()


class ProviderBinding(Model):
    """Who somebody is at a sign-in provider, and whose account that is here. From then on only this counts, no mail address."""

    __tablename__ = "provider_binding"
    __table_args__ = (UniqueConstraint("issuer", "subject"), UniqueConstraint("account_id", "issuer"))

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    issuer: Mapped[str] = mapped_column(String(255))
    subject: Mapped[str] = mapped_column(String(255))
    bound_at: Mapped[dt.datetime] = mapped_column(UTC)

    account: Mapped[Account] = relationship()
