"""What stands between a draft and the public: a moment that was chosen for it, a review that was asked for."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.extensions import Model
from app.models.accounts import Account
from app.models.campaigns import Campaign
from app.models.types import UTC, BigKey, Word, longest, one_of

WORDS_LENGTH = 1000


class PublicationPlan(Model):
    """A job is to publish this campaign at a moment; gone once it did. `missed_at`: the moment came, and something was missing."""

    __tablename__ = "publication_plan"

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), primary_key=True)
    publishes_at: Mapped[dt.datetime] = mapped_column(UTC, index=True)
    zone: Mapped[str] = mapped_column(String(64))  # in which the moment was chosen
    revision: Mapped[int | None] = mapped_column()  # the only words that may go out; None: whatever they are then
    planned_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    missed_at: Mapped[dt.datetime | None] = mapped_column(UTC)

    campaign: Mapped[Campaign] = relationship()
    planned_by: Mapped[Account] = relationship()


class Decision(StrEnum):
    """What came of a review."""

    PUBLISHED = "published"
    SENT_BACK = "sent_back"
    TAKEN_BACK = "taken_back"  # by whoever wrote the campaign, before anybody decided


class Review(Model):
    """Somebody asked for a campaign, or for a new version of its text, to be let through; and what was decided. Never changed then."""

    __tablename__ = "review"
    __table_args__ = (
        one_of("decision", Decision),
        longest("note", WORDS_LENGTH),
        longest("words", WORDS_LENGTH),
        CheckConstraint("(decision IS NULL) = (decided_at IS NULL)", name="decided"),
        Index(  # one at a time
            "ix_review_open",
            "campaign_id",
            unique=True,
            postgresql_where=text("decided_at IS NULL"),
            sqlite_where=text("decided_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), index=True)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    asked_at: Mapped[dt.datetime] = mapped_column(UTC)
    note: Mapped[str] = mapped_column(String(WORDS_LENGTH), default="")
    decision: Mapped[Decision | None] = mapped_column(Word(Decision))
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[dt.datetime | None] = mapped_column(UTC)
    words: Mapped[str] = mapped_column(String(WORDS_LENGTH), default="")  # of whoever decided, to whoever asked

    campaign: Mapped[Campaign] = relationship()
    asked_by: Mapped[Account] = relationship(foreign_keys=asked_by_id)
    decided_by: Mapped[Account | None] = relationship(foreign_keys=decided_by_id)
