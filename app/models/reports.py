"""The evidence library: publications, and where each is cited."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, Column, Date, ForeignKey, Integer, Select, String, Table, Text, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.extensions import Model, db
from app.models.types import UTC, BigKey, PartialDate, Precision, Word, longest, one_of

if TYPE_CHECKING:
    from app.models.organisations import Organisation

SUMMARY_LENGTH, CLAIM_LENGTH = 2000, 300

campaign_report = Table(
    "campaign_report",
    db.metadata,
    Column("campaign_id", ForeignKey("campaign.id", ondelete="CASCADE"), primary_key=True),
    Column("report_id", ForeignKey("report.id", ondelete="CASCADE"), primary_key=True, index=True),
    Column("position", Integer, nullable=False),  # the organiser's order; the lowest stands first
)
topic_report = Table(
    "topic_report",
    db.metadata,
    Column("topic_id", ForeignKey("topic.id", ondelete="CASCADE"), primary_key=True),
    Column("report_id", ForeignKey("report.id", ondelete="CASCADE"), primary_key=True, index=True),
    Column("position", Integer, nullable=False),
)


class ReportKind(StrEnum):
    """What sort of publication a report is."""

    REPORT = "report"
    PRESS_RELEASE = "press_release"
    ARTICLE = "article"
    VIDEO = "video"
    TESTIMONY = "testimony"
    DATA = "data"


class Report(Model):
    """A publication linked as evidence. It belongs to an organisation and serves any number of its campaigns and topics.

    It has a page of its own, at an address that never changes. `removed_at` takes it out of sight everywhere; it can be put
    back until it is forgotten.
    """

    __tablename__ = "report"
    __table_args__ = (
        one_of("kind", ReportKind),
        one_of("precision", Precision),
        CheckConstraint("page_count > 0", name="page_count"),
        longest("summary", SUMMARY_LENGTH),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    kind: Mapped[ReportKind] = mapped_column(Word(ReportKind))
    title: Mapped[str] = mapped_column(String(300))
    publisher: Mapped[str] = mapped_column(String(200))
    authors: Mapped[str] = mapped_column(String(300), default="")
    published_on: Mapped[dt.date] = mapped_column(Date)
    precision: Mapped[Precision] = mapped_column(Word(Precision), default=Precision.DAY)
    language: Mapped[str] = mapped_column(String(8), default="")  # of the publication, not of what we say of it
    url: Mapped[str] = mapped_column(String(2000))
    summary: Mapped[str] = mapped_column(Text, default="")
    page_count: Mapped[int | None] = mapped_column()
    content_warning: Mapped[str] = mapped_column(String(200), default="")
    claim: Mapped[str] = mapped_column(String(CLAIM_LENGTH), default="")  # what it is cited for
    note: Mapped[str] = mapped_column(String(300), default="")
    link_checked_at: Mapped[dt.datetime | None] = mapped_column(UTC)
    link_gone_since: Mapped[dt.date | None] = mapped_column(Date)  # the first of the checks in a row that found nothing
    created_at: Mapped[dt.datetime] = mapped_column(UTC)
    edited_at: Mapped[dt.datetime] = mapped_column(UTC)
    removed_at: Mapped[dt.datetime | None] = mapped_column(UTC)

    organisation: Mapped[Organisation] = relationship()

    @property
    def date(self) -> PartialDate:
        """When it was published, as far as that is known."""
        return PartialDate(self.published_on, self.precision)

    @staticmethod
    def kept() -> Select[Report]:
        """Reports that were not removed, the newest first."""
        newest = (Report.published_on.desc(), Report.id.desc())
        return select(Report).where(Report.removed_at.is_(None)).order_by(*newest)
