"""The news feed: items, where they are shown, and the sources that they are imported from."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, Column, ColumnElement, Date, ForeignKey, Index, String, Table, Text, and_, text
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.extensions import Model, db
from app.models.types import UTC, BigKey, PartialDate, Precision, Word, longest, one_of

if TYPE_CHECKING:
    from app.models.organisations import Organisation

EXCERPT_LENGTH = 2000  # an excerpt is not the article

campaign_news = Table(
    "campaign_news",
    db.metadata,
    Column("campaign_id", ForeignKey("campaign.id", ondelete="CASCADE"), primary_key=True),
    Column("news_item_id", ForeignKey("news_item.id", ondelete="CASCADE"), primary_key=True, index=True),
)
topic_news = Table(
    "topic_news",
    db.metadata,
    Column("topic_id", ForeignKey("topic.id", ondelete="CASCADE"), primary_key=True),
    Column("news_item_id", ForeignKey("news_item.id", ondelete="CASCADE"), primary_key=True, index=True),
)


class NewsKind(StrEnum):
    """What sort of coverage a news item is."""

    ARTICLE = "article"
    PRESS_RELEASE = "press_release"
    VIDEO = "video"
    STATEMENT = "statement"
    TESTIMONY = "testimony"


class NewsState(StrEnum):
    """Whether the public sees a news item. An imported one may wait for the organiser; a refused one does not come back."""

    WAITING = "waiting"
    PUBLISHED = "published"
    REFUSED = "refused"


class NewsItem(Model):
    """Dated coverage: who wrote it, where, what it says in a few words, and the link.

    An imported item remembers what its source calls it (`guid`), so that it is one item however often it is fetched. Once
    `edited_at` is set, an organiser has written in it, and the import leaves it alone.
    """

    __tablename__ = "news_item"
    __table_args__ = (
        one_of("kind", NewsKind),
        one_of("state", NewsState),
        one_of("precision", Precision),
        longest("excerpt", EXCERPT_LENGTH),
        Index(
            "ix_news_item_guid",
            "source_id",
            "guid",
            unique=True,
            postgresql_where=text("source_id IS NOT NULL"),
            sqlite_where=text("source_id IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    source_id: Mapped[int | None] = mapped_column(ForeignKey("news_source.id", ondelete="SET NULL"))
    guid: Mapped[str] = mapped_column(String(64), default="")  # a digest of what the source calls it
    kind: Mapped[NewsKind] = mapped_column(Word(NewsKind), default=NewsKind.ARTICLE)
    state: Mapped[NewsState] = mapped_column(Word(NewsState), default=NewsState.PUBLISHED)
    title: Mapped[str] = mapped_column(String(300))
    outlet: Mapped[str] = mapped_column(String(200))
    byline: Mapped[str] = mapped_column(String(200), default="")
    author_note: Mapped[str] = mapped_column(String(600), default="")
    published_on: Mapped[dt.date] = mapped_column(Date)
    precision: Mapped[Precision] = mapped_column(Word(Precision), default=Precision.DAY)
    language: Mapped[str] = mapped_column(String(8), default="")
    excerpt: Mapped[str] = mapped_column(Text, default="")
    url: Mapped[str] = mapped_column(String(2000))
    source_line: Mapped[str] = mapped_column(String(200), default="")  # "Source: United Nations"
    disclaimer: Mapped[str] = mapped_column(String(400), default="")
    content_warning: Mapped[str] = mapped_column(String(200), default="")
    is_pinned: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[dt.datetime] = mapped_column(UTC)
    edited_at: Mapped[dt.datetime | None] = mapped_column(UTC)
    removed_at: Mapped[dt.datetime | None] = mapped_column(UTC)

    organisation: Mapped[Organisation] = relationship()

    @property
    def date(self) -> PartialDate:
        """When it appeared, as far as that is known."""
        return PartialDate(self.published_on, self.precision)

    @hybrid_property
    def is_shown(self) -> bool:
        """Whether the public sees it."""
        return self.state == NewsState.PUBLISHED and self.removed_at is None

    @is_shown.inplace.expression
    @classmethod
    def _is_shown(cls) -> ColumnElement[bool]:
        return and_(cls.state == NewsState.PUBLISHED, cls.removed_at.is_(None))


class NewsSource(Model):
    """A feed (RSS, Atom, JSON Feed) that news items are imported from, for one topic or one campaign."""

    __tablename__ = "news_source"
    __table_args__ = (
        CheckConstraint("(topic_id IS NULL) <> (campaign_id IS NULL)", name="one_owner"),
        CheckConstraint(f"excerpt_length BETWEEN 0 AND {EXCERPT_LENGTH}", name="excerpt_length"),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    topic_id: Mapped[int | None] = mapped_column(ForeignKey("topic.id", ondelete="CASCADE"))
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"))
    url: Mapped[str] = mapped_column(String(2000))  # as the organiser gave it
    feed_url: Mapped[str] = mapped_column(String(2000), default="")  # what that page announced
    outlet: Mapped[str] = mapped_column(String(200))
    include: Mapped[str] = mapped_column(String(600), default="")  # keywords, one a line; empty takes everything
    exclude: Mapped[str] = mapped_column(String(600), default="")
    excerpt_length: Mapped[int] = mapped_column(default=400)
    disclaimer: Mapped[str] = mapped_column(String(400), default="")
    publishes_at_once: Mapped[bool] = mapped_column(default=False)
    etag: Mapped[str] = mapped_column(String(200), default="")
    last_modified: Mapped[str] = mapped_column(String(60), default="")
    fetched_at: Mapped[dt.datetime | None] = mapped_column(UTC)
    due_at: Mapped[dt.datetime] = mapped_column(UTC, index=True)
    lease: Mapped[str | None] = mapped_column(String(40))
    failure_count: Mapped[int] = mapped_column(default=0)
    result: Mapped[str] = mapped_column(String(300), default="")  # of the last fetch, in plain words
    created_at: Mapped[dt.datetime] = mapped_column(UTC)
    removed_at: Mapped[dt.datetime | None] = mapped_column(UTC)
