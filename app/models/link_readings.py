"""Links that the worker goes to: to read what a page says of itself, or to see whether it is still there."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Model
from app.models.types import UTC, BigKey, Word, one_of

IS_WAITING = text("state = 'waiting'")


class LinkState(StrEnum):
    """Where a visit stands."""

    WAITING = "waiting"
    READ = "read"
    FAILED = "failed"


class LinkReading(Model):
    """One visit to one link. A worker that claims it writes its mark into `lease` and moves `due_at` into the future; if the
    worker dies, the row is due again by itself.

    With a `report_id` it is a check of that publication's link. It then takes its host's only place, which stays taken for a
    while after the visit: so no site is asked more often, however many workers there are.
    """

    __tablename__ = "link_reading"
    __table_args__ = (
        one_of("state", LinkState),
        CheckConstraint("(report_id IS NULL) = (host IS NULL)", name="check"),
        Index("ix_link_reading_due", "due_at", "id", postgresql_where=IS_WAITING, sqlite_where=IS_WAITING),
        Index("ix_link_reading_organisation", "organisation_id", "created_at"),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"))
    report_id: Mapped[int | None] = mapped_column(ForeignKey("report.id", ondelete="CASCADE"), unique=True)
    host: Mapped[str | None] = mapped_column(String(255), unique=True)
    url: Mapped[str] = mapped_column(String(2000))
    state: Mapped[LinkState] = mapped_column(Word(LinkState), default=LinkState.WAITING)
    trouble: Mapped[str] = mapped_column(String(24), default="")  # why it failed, a word of app.fetch
    details: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))  # what the page says of itself
    lease: Mapped[str | None] = mapped_column(String(24))
    attempt_count: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[dt.datetime] = mapped_column(UTC)
    created_at: Mapped[dt.datetime] = mapped_column(UTC)
    done_at: Mapped[dt.datetime | None] = mapped_column(UTC)
