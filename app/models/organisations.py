"""Organisations, who belongs to them, and who was asked to."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, Select, String, Text, UniqueConstraint, false, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.extensions import Model
from app.models.types import UTC, BigKey, Word, longest, one_of

if TYPE_CHECKING:
    from app.models.accounts import Account

SIGNAL_COLOUR = "#1f3ac7"  # signature blue, the colour of the ink that marks an original


class Role(StrEnum):
    """A member's part in an organisation. What each may do stands in `app.domain.rights`."""

    OWNER = "owner"
    EDITOR = "editor"
    MAILER = "mailer"
    DATA_OFFICER = "data_officer"
    ANALYST = "analyst"
    VIEWER = "viewer"


class Organisation(Model):
    """Who owns campaigns: its name, its words about itself, its look."""

    __tablename__ = "organisation"
    __table_args__ = (longest("name", 120), longest("about", 600))

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    about: Mapped[str] = mapped_column(Text, default="")
    contact_email: Mapped[str] = mapped_column(String(254), default="")
    website: Mapped[str] = mapped_column(String(500), default="")
    signal_colour: Mapped[str] = mapped_column(String(7), default=SIGNAL_COLOUR)
    mark_name: Mapped[str] = mapped_column(String(22), default="")  # name of a picture; empty: the name is the mark
    is_demo: Mapped[bool] = mapped_column(default=False)
    requires_encryption: Mapped[bool] = mapped_column(default=False, server_default=false())  # of every export
    created_at: Mapped[dt.datetime] = mapped_column(UTC)

    memberships: Mapped[list[Membership]] = relationship(back_populates="organisation")

    @staticmethod
    def by_slug(slug: str) -> Select[Organisation]:
        """The organisation with this slug."""
        return select(Organisation).where(Organisation.slug == slug)


class Membership(Model):
    """An account's role in an organisation."""

    __tablename__ = "membership"
    __table_args__ = (UniqueConstraint("account_id", "organisation_id"), one_of("role", Role))

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    role: Mapped[Role] = mapped_column(Word(Role))
    may_see_names: Mapped[bool] = mapped_column(default=False)  # single grants, beside what the role allows
    may_see_addresses: Mapped[bool] = mapped_column(default=False)
    may_export: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[dt.datetime] = mapped_column(UTC)

    account: Mapped[Account] = relationship(back_populates="memberships")
    organisation: Mapped[Organisation] = relationship(back_populates="memberships")


class Invitation(Model):
    """Somebody was asked, by mail or by a one-time link, to join an organisation in a role."""

    __tablename__ = "invitation"
    __table_args__ = (one_of("role", Role),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    email: Mapped[str] = mapped_column(String(254))
    role: Mapped[Role] = mapped_column(Word(Role))
    invited_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[dt.datetime] = mapped_column(UTC)
    expires_at: Mapped[dt.datetime] = mapped_column(UTC)
    accepted_at: Mapped[dt.datetime | None] = mapped_column(UTC)
    cancelled_at: Mapped[dt.datetime | None] = mapped_column(UTC)

    organisation: Mapped[Organisation] = relationship()
    invited_by: Mapped[Account | None] = relationship()

    def is_open(self, now: dt.datetime) -> bool:
        """Whether the invitation can still be accepted."""
        return self.accepted_at is None and self.cancelled_at is None and now < self.expires_at
