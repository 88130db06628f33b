"""What a campaign points to: reports and news."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

from sqlalchemy import Column, Date, ForeignKey, String, Table, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Model, db
from app.models.types import UTC, BigKey, Word, one_of

campaign_report = Table(
    "campaign_report",
    db.metadata,
    Column("campaign_id", ForeignKey("campaign.id", ondelete="CASCADE"), primary_key=True),
    Column("report_id", ForeignKey("report.id", ondelete="CASCADE"), primary_key=True, index=True),
)
campaign_news = Table(
    "campaign_news",
    db.metadata,
    Column("campaign_id", ForeignKey("campaign.id", ondelete="CASCADE"), primary_key=True),
    Column("news_item_id", ForeignKey("news_item.id", ondelete="CASCADE"), primary_key=True, index=True),
)


class ReportKind(StrEnum):
    """What sort of publication a report is."""

    REPORT = "report"
    PRESS_RELEASE = "press_release"
    ARTICLE = "article"
    VIDEO = "video"
    TESTIMONY = "testimony"


class Report(Model):
    """A publication linked as evidence. It belongs to an organisation and may serve several of its campaigns."""

    __tablename__ = "report"
    __table_args__ = (one_of("kind", ReportKind),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    kind: Mapped[ReportKind] = mapped_column(Word(ReportKind))
    title: Mapped[str] = mapped_column(String(300))
    publisher: Mapped[str] = mapped_column(String(200))
    published_on: Mapped[dt.date] = mapped_column(Date)
    url: Mapped[str] = mapped_column(String(2000))
    note: Mapped[str] = mapped_column(String(300), default="")
    created_at: Mapped[dt.datetime] = mapped_column(UTC)


class NewsItem(Model):
    """Dated coverage: who wrote it, where, what it says in our own words, and the link."""

    __tablename__ = "news_item"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    title: Mapped[str] = mapped_column(String(300))
    outlet: Mapped[str] = mapped_column(String(200))
    byline: Mapped[str] = mapped_column(String(200), default="")
    published_on: Mapped[dt.date] = mapped_column(Date)
    excerpt: Mapped[str] = mapped_column(Text, default="")
    url: Mapped[str] = mapped_column(String(2000))
    content_warning: Mapped[str] = mapped_column(String(200), default="")
    created_at: Mapped[dt.datetime] = mapped_column(UTC)
