"""Offers to hand a campaign over to another organisation, and what became of them."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.extensions import Model
from app.models.types import UTC, BigKey, Word, one_of

if TYPE_CHECKING:
    from app.models.campaigns import Campaign
    from app.models.organisations import Organisation


class TransferState(StrEnum):
    """How far an offer came."""

    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    TAKEN_BACK = "taken_back"
    EXPIRED = "expired"


class Transfer(Model):
    """One organisation offered a campaign to another. A campaign has one offer at a time."""

    __tablename__ = "transfer"
    __table_args__ = (
        one_of("state", TransferState),
        CheckConstraint("from_organisation_id <> to_organisation_id", name="two_organisations"),
        CheckConstraint("(state = 'offered') = (ended_at IS NULL)", name="ended"),
        Index(
            "ix_transfer_open",
            "campaign_id",
            unique=True,
            sqlite_where=text("state = 'offered'"),
            postgresql_where=text("state = 'offered'"),
        ),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"))
    from_organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    to_organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    offered_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    offered_by_name: Mapped[str] = mapped_column(String(120))
    offered_at: Mapped[dt.datetime] = mapped_column(UTC)
    expires_at: Mapped[dt.datetime] = mapped_column(UTC)
    state: Mapped[TransferState] = mapped_column(Word(TransferState), default=TransferState.OFFERED)
    ended_at: Mapped[dt.datetime | None] = mapped_column(UTC)

    campaign: Mapped[Campaign] = relationship()
    from_organisation: Mapped[Organisation] = relationship(foreign_keys=[from_organisation_id])
    to_organisation: Mapped[Organisation] = relationship(foreign_keys=[to_organisation_id])

    def is_open(self, now: dt.datetime) -> bool:
        """Whether it can still be accepted."""
        return self.state == TransferState.OFFERED and now < self.expires_at
