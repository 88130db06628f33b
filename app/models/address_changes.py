"""An account's way to another mail address."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.extensions import Model
from app.models.accounts import Account
from app.models.types import UTC, BigKey


class AddressChange(Model):
    """Somebody asked for another address: it counts once the mailbox there was read, and can be taken back from the old one."""

    __tablename__ = "address_change"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    old_email: Mapped[str] = mapped_column(String(254))
    new_email: Mapped[str] = mapped_column(String(254))
    asked_at: Mapped[dt.datetime] = mapped_column(UTC, index=True)
    confirmed_at: Mapped[dt.datetime | None] = mapped_column(UTC)
    ended_at: Mapped[dt.datetime | None] = mapped_column(UTC)  # undone, or replaced before it was confirmed

    account: Mapped[Account] = relationship()
