"""When signing was paused: each time, from when to when."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Model
from app.models.types import UTC


class Pause(Model):
    """A time in which nobody could sign a campaign. Its reason stands on the page while it lasts, and is not kept.

    Without an end it lasts still, or its campaign was ended by its closing date meanwhile.
    """

    __tablename__ = "pause"
    __table_args__ = (CheckConstraint("ended_at IS NULL OR ended_at >= paused_at", name="ends_after_it_begins"),)

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    paused_at: Mapped[dt.datetime] = mapped_column(UTC)
    ended_at: Mapped[dt.datetime | None] = mapped_column(UTC)
