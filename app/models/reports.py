"""The evidence library: publications, and where each is cited."""

from __future__ import annotations

import datetime as dt
import unicodedata
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    CheckConstraint,
    Column,
    ColumnElement,
    Date,
    ForeignKey,
    Index,
    Integer,
    Select,
    String,
    Table,
    Text,
    and_,
    event,
    func,
    select,
)
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
        Index("ix_report_published", "published_on", "id"),
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
    link_trouble: Mapped[str] = mapped_column(String(24), default="")  # why the last check found nothing
    search_key: Mapped[str] = mapped_column(
        Text, default=""
    )  # what it is searched by, folded; kept by `_keep_search_key`
    created_at: Mapped[dt.datetime] = mapped_column(UTC)
    edited_at: Mapped[dt.datetime] = mapped_column(UTC)
    removed_at: Mapped[dt.datetime | None] = mapped_column(UTC)

    organisation: Mapped[Organisation] = relationship()

    @property
    def date(self) -> PartialDate:
        """When it was published, as far as that is known."""
        return PartialDate(self.published_on, self.precision)

    @property
    def link_is_gone(self) -> bool:
        """Whether checks on two days or more, one after the other, found nothing. One alone may be a bad day of the site."""
        since, checked = self.link_gone_since, self.link_checked_at
        return since is not None and checked is not None and checked.date() > since

    @staticmethod
    def gone() -> ColumnElement[bool]:
        """The condition of a publication whose link is gone; the same as `link_is_gone`."""
        return and_(Report.link_gone_since.is_not(None), func.date(Report.link_checked_at) > Report.link_gone_since)

    @staticmethod
    def kept() -> Select[Report]:
        """Reports that were not removed, the newest first."""
        newest = (Report.published_on.desc(), Report.id.desc())
        return select(Report).where(Report.removed_at.is_(None)).order_by(*newest)


def folded(text: str) -> str:
    """The form under which words are compared: without case and marks, so that Sámarra is Samarra and أ is ا."""
    plain = unicodedata.normalize("NFKD", text)
    return "".join(c for c in plain if not unicodedata.category(c).startswith("M")).casefold()


@event.listens_for(Report, "before_insert")
@event.listens_for(Report, "before_update")
def _keep_search_key(_mapper: Any, _connection: Any, report: Report) -> None:
    said = (report.title, report.publisher, report.authors, report.claim)
    report.search_key = folded("\n".join(text or "" for text in said))
