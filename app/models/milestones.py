"""Milestones: counts worth marking on a campaign's way, each recorded once, with its moment."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Select, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Model
from app.models.types import UTC, BigKey, Word, one_of


class MilestoneKind(StrEnum):
    """Why a count is worth marking."""

    TARGET = "target"
    HALFWAY = "halfway"
    ROUND = "round"
    PASSED = "passed"  # lay behind when the target was moved: kept so that it is not looked at again, and never shown


class Milestone(Model):
    """The count of a campaign reached a number for the first time. Never changed or taken back (SIG-12)."""

    __tablename__ = "milestone"
    __table_args__ = (
        UniqueConstraint("campaign_id", "number"),
        one_of("kind", MilestoneKind),
        CheckConstraint("number > 0", name="number"),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    number: Mapped[int] = mapped_column()  # of confirmed signatures
    kind: Mapped[MilestoneKind] = mapped_column(Word(MilestoneKind))
    target: Mapped[int] = mapped_column()  # as it was then
    reached_at: Mapped[dt.datetime] = mapped_column(UTC)

    @staticmethod
    def public(campaign_id: int) -> Select[Milestone]:
        """What the public reads of a campaign, the newest first."""
        shown = (Milestone.campaign_id == campaign_id, Milestone.kind != MilestoneKind.PASSED)
        return select(Milestone).where(*shown).order_by(Milestone.reached_at.desc(), Milestone.number.desc())
