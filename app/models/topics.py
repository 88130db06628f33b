"""Topics: pages that gather campaigns, reports, news and a register on one subject."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import Column, Date, ForeignKey, Integer, Select, String, Table, Text, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.extensions import Model, db
from app.models.types import UTC, BigKey, PartialDate, Precision, Word, longest, one_of

if TYPE_CHECKING:
    from app.models.campaigns import Campaign
    from app.models.incidents import Register
    from app.models.news import NewsItem
    from app.models.organisations import Organisation
    from app.models.pictures import Picture
    from app.models.reports import Report

TITLE_LENGTH, SUMMARY_LENGTH, TEXT_LENGTH, SLUG_LENGTH = 120, 400, 40_000, 80

campaign_topic = Table(
    "campaign_topic",
    db.metadata,
    Column("topic_id", ForeignKey("topic.id", ondelete="CASCADE"), primary_key=True),
    Column("campaign_id", ForeignKey("campaign.id", ondelete="CASCADE"), primary_key=True, index=True),
    Column("position", Integer, nullable=False),
)


class TopicState(StrEnum):
    """Whether the public sees a topic."""

    DRAFT = "draft"
    PUBLISHED = "published"


class Topic(Model):
    """A page on one subject. `text` is Markdown; its headings make the outline."""

    __tablename__ = "topic"
    __table_args__ = (
        one_of("state", TopicState),
        longest("title", TITLE_LENGTH),
        longest("summary", SUMMARY_LENGTH),
        longest("text", TEXT_LENGTH),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    slug: Mapped[str] = mapped_column(String(SLUG_LENGTH), unique=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    state: Mapped[TopicState] = mapped_column(Word(TopicState), default=TopicState.DRAFT)
    locale: Mapped[str] = mapped_column(String(8), default="en")
    title: Mapped[str] = mapped_column(String(TITLE_LENGTH))
    summary: Mapped[str] = mapped_column(String(SUMMARY_LENGTH), default="")
    text: Mapped[str] = mapped_column(Text, default="")
    picture_id: Mapped[int | None] = mapped_column(ForeignKey("picture.id"))
    picture_alt: Mapped[str] = mapped_column(String(500), default="")
    picture_caption: Mapped[str] = mapped_column(String(500), default="")
    picture_credit: Mapped[str] = mapped_column(String(200), default="")
    revision: Mapped[int] = mapped_column(default=1)  # rises with each save: two editors never overwrite each other
    created_at: Mapped[dt.datetime] = mapped_column(UTC)
    edited_at: Mapped[dt.datetime] = mapped_column(UTC)
    published_at: Mapped[dt.datetime | None] = mapped_column(UTC)

    organisation: Mapped[Organisation] = relationship()
    picture: Mapped[Picture | None] = relationship()
    key_figures: Mapped[list[KeyFigure]] = relationship(
        primaryjoin="and_(KeyFigure.topic_id == Topic.id, KeyFigure.removed_at.is_(None))",
        order_by="(KeyFigure.position, KeyFigure.id)",
        viewonly=True,
    )
    campaigns: Mapped[list[Campaign]] = relationship(
        secondary="campaign_topic", order_by="campaign_topic.c.position", viewonly=True
    )
    reports: Mapped[list[Report]] = relationship(
        secondary="topic_report",
        primaryjoin="Topic.id == topic_report.c.topic_id",
        secondaryjoin="and_(Report.id == topic_report.c.report_id, Report.removed_at.is_(None))",
        order_by="topic_report.c.position",
        viewonly=True,
    )
    news_items: Mapped[list[NewsItem]] = relationship(  # what the public sees, pinned ones first
        secondary="topic_news",
        primaryjoin="Topic.id == topic_news.c.topic_id",
        secondaryjoin="and_(NewsItem.id == topic_news.c.news_item_id, NewsItem.is_shown)",
        order_by="(NewsItem.is_pinned.desc(), NewsItem.published_on.desc(), NewsItem.id.desc())",
        viewonly=True,
    )
    register: Mapped[Register | None] = relationship(back_populates="topic")

    @staticmethod
    def public() -> Select[Topic]:
        """Topics that anybody may read, by title."""
        return select(Topic).where(Topic.state == TopicState.PUBLISHED).order_by(Topic.title, Topic.id)


class TopicSlug(Model):
    """Every slug that a topic has or had; earlier ones lead to the present one."""

    __tablename__ = "topic_slug"

    slug: Mapped[str] = mapped_column(String(SLUG_LENGTH), primary_key=True)
    topic_id: Mapped[int] = mapped_column(ForeignKey("topic.id", ondelete="CASCADE"), index=True)


class KeyFigure(Model):
    """A number that a topic page puts on top, with where it comes from, as of when, and what it does not say."""

    __tablename__ = "key_figure"
    __table_args__ = (one_of("precision", Precision),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    topic_id: Mapped[int] = mapped_column(ForeignKey("topic.id", ondelete="CASCADE"), index=True)
    position: Mapped[int] = mapped_column()
    number: Mapped[str] = mapped_column(String(40))  # as it is said: "1,302", "over 2 million"
    label: Mapped[str] = mapped_column(String(200))
    source: Mapped[str] = mapped_column(String(200), default="")
    source_url: Mapped[str] = mapped_column(String(2000), default="")
    as_of: Mapped[dt.date] = mapped_column(Date)
    precision: Mapped[Precision] = mapped_column(Word(Precision), default=Precision.DAY)
    caveat: Mapped[str] = mapped_column(String(300), default="")
    removed_at: Mapped[dt.datetime | None] = mapped_column(UTC)

    topic: Mapped[Topic] = relationship()

    @property
    def date(self) -> PartialDate:
        """The date that the number is of."""
        return PartialDate(self.as_of, self.precision)

    @staticmethod
    def shown(topic_id: int) -> Select[KeyFigure]:
        """The figures on a topic's page, in their order."""
        shown = (KeyFigure.topic_id == topic_id, KeyFigure.removed_at.is_(None))
        return select(KeyFigure).where(*shown).order_by(KeyFigure.position, KeyFigure.id)
