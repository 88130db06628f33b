"""What is counted of a campaign, and how its target moved."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Model
from app.models.types import UTC, BigKey, longest

TALLY_SLOTS = 16  # rows that share one campaign's count, so that many people can confirm in the same moment
TARGET_REASON_LENGTH = 300


class CampaignTally(Model):
    """A part of a campaign's count of confirmed signatures; the count is the sum of its slots.

    A signature belongs to the slot of its own number, so a slot can never fall below zero, and people who confirm at the
    same moment mostly lock different rows.
    """

    __tablename__ = "campaign_tally"
    __table_args__ = (
        CheckConstraint("confirmed_count >= 0", name="confirmed_count"),
        CheckConstraint(
            "paper_count >= 0 AND imported_count >= 0 AND paper_count + imported_count <= confirmed_count", name="parts"
        ),
    )

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), primary_key=True)
    slot: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    confirmed_count: Mapped[int] = mapped_column(default=0)
    paper_count: Mapped[int] = mapped_column(default=0, server_default="0")  # of them, signed on paper
    imported_count: Mapped[int] = mapped_column(default=0, server_default="0")  # of them, signed on another platform


class TargetChange(Model):
    """The target was moved after publication; the page says so, and why."""

    __tablename__ = "target_change"
    __table_args__ = (longest("reason", TARGET_REASON_LENGTH),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), index=True)
    old_target: Mapped[int] = mapped_column()
    new_target: Mapped[int] = mapped_column()
    reason: Mapped[str] = mapped_column(
        String(TARGET_REASON_LENGTH), default=""
    )  # empty: changed before one was asked for
    changed_at: Mapped[dt.datetime] = mapped_column(UTC)
