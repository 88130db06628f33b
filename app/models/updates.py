"""Updates: the organiser's own dated posts on a campaign."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, Index, Select, String, Text, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.extensions import Model
from app.models.types import UTC, BigKey, Word, longest, one_of

if TYPE_CHECKING:
    from app.models.campaigns import Campaign
    from app.models.pictures import Picture

TITLE_LENGTH, TEXT_LENGTH = 160, 20_000


class UpdateState(StrEnum):
    """Whether the public sees an update."""

    DRAFT = "draft"
    PUBLISHED = "published"


class Update(Model):
    """A message on the campaign's page, in its timeline and feeds, and at an address of its own."""

    __tablename__ = "campaign_update"  # `update` is a word of SQL
    __table_args__ = (
        one_of("state", UpdateState),
        longest("text", TEXT_LENGTH),
        Index("ix_campaign_update_published", "campaign_id", "published_at"),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    state: Mapped[UpdateState] = mapped_column(Word(UpdateState), default=UpdateState.DRAFT)
    title: Mapped[str] = mapped_column(String(TITLE_LENGTH), default="")
    text: Mapped[str] = mapped_column(Text, default="")
    picture_id: Mapped[int | None] = mapped_column(ForeignKey("picture.id"))
    picture_alt: Mapped[str] = mapped_column(String(500), default="")
    picture_caption: Mapped[str] = mapped_column(String(500), default="")
    picture_credit: Mapped[str] = mapped_column(String(200), default="")
    written_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    revision: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[dt.datetime] = mapped_column(UTC)
    edited_at: Mapped[dt.datetime] = mapped_column(UTC)
    published_at: Mapped[dt.datetime | None] = mapped_column(UTC)
    removed_at: Mapped[dt.datetime | None] = mapped_column(UTC)

    campaign: Mapped[Campaign] = relationship()
    picture: Mapped[Picture | None] = relationship()

    @property
    def locale(self) -> str:
        """The language that it is written in: that of its campaign."""
        return self.campaign.locale

    @staticmethod
    def public(campaign_id: int) -> Select[Update]:
        """What the public reads of a campaign, the newest first."""
        shown = (Update.state == UpdateState.PUBLISHED, Update.removed_at.is_(None))
        newest = (Update.published_at.desc(), Update.id.desc())
        return select(Update).where(Update.campaign_id == campaign_id, *shown).order_by(*newest)
