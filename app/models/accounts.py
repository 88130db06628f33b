"""Accounts: people who can sign in. Signers have none."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from flask_security import AsaList, UserMixin, WebAuthnMixin
from sqlalchemy import BigInteger, ForeignKey, LargeBinary, String
from sqlalchemy.ext.mutable import MutableList
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.extensions import Model
from app.models.types import UTC, BigKey

if TYPE_CHECKING:
    from app.models.organisations import Membership


class Account(Model, UserMixin):
    """Somebody who can sign in. The column names with `fs_`, `tf_`, `mf_` are Flask-Security's own."""

    __tablename__ = "account"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    password: Mapped[str | None] = mapped_column(String(255))
    active: Mapped[bool] = mapped_column(default=True)
    is_moderator: Mapped[bool] = mapped_column(default=False)  # of the whole site, see app/domain/rights.py
    is_operator: Mapped[bool] = mapped_column(default=False)
    locale: Mapped[str] = mapped_column(String(8), default="en")
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    fs_webauthn_user_handle: Mapped[str | None] = mapped_column(String(64), unique=True)  # type: ignore[assignment]  # Flask-Security says less exactly what it stores
    tf_primary_method: Mapped[str | None] = mapped_column(String(64))
    tf_totp_secret: Mapped[str | None] = mapped_column(String(255))
    tf_phone_number: Mapped[str | None] = mapped_column(String(128))
    tf_last_counter: Mapped[int | None] = mapped_column(BigInteger)  # time step of the last code used; each works once
    mf_recovery_codes: Mapped[list[str] | None] = mapped_column(MutableList.as_mutable(AsaList()), nullable=True)
    create_datetime: Mapped[dt.datetime] = mapped_column(UTC)
    update_datetime: Mapped[dt.datetime | None] = mapped_column(UTC)  # type: ignore[assignment]  # Flask-Security says less exactly what it stores

    memberships: Mapped[list[Membership]] = relationship(back_populates="account")
    webauthn: Mapped[list[WebAuthn]] = relationship(cascade="all, delete-orphan", back_populates="account")  # type: ignore[assignment]  # Flask-Security says less exactly what it stores

    @property
    def has_second_step(self) -> bool:
        """Whether there is more than a password: an authenticator app or a passkey."""
        return bool(self.tf_primary_method or self.webauthn)

    @property
    def roles(self) -> list[Any]:  # type: ignore[override]  # Flask-Security says less exactly what it stores
        """None for Flask-Security: what somebody may do is read from `app.domain.rights`."""
        return []


class WebAuthn(Model, WebAuthnMixin):
    """A passkey of an account, as Flask-Security keeps it."""

    __tablename__ = "webauthn"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    credential_id: Mapped[bytes] = mapped_column(LargeBinary(1024), unique=True, index=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int | None] = mapped_column(default=0)  # type: ignore[assignment]  # Flask-Security says less exactly what it stores
    transports: Mapped[list[str] | None] = mapped_column(MutableList.as_mutable(AsaList()), nullable=True)
    backup_state: Mapped[bool] = mapped_column()
    device_type: Mapped[str] = mapped_column(String(64))
    extensions: Mapped[str | None] = mapped_column(String(255))
    create_datetime: Mapped[dt.datetime] = mapped_column(UTC)
    lastuse_datetime: Mapped[dt.datetime] = mapped_column(UTC)
    name: Mapped[str] = mapped_column(String(64))
    usage: Mapped[str] = mapped_column(String(64))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)

    account: Mapped[Account] = relationship(back_populates="webauthn")

    def get_user_mapping(self) -> dict[str, Any]:
        """How Flask-Security finds the account of a passkey."""
        return {"id": self.account_id}
