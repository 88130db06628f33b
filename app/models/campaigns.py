"""Campaigns: the ask, its published wordings, whom it addresses, where it is found."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ColumnElement, Date, ForeignKey, Select, String, Text, and_, func, or_, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.extensions import Model
from app.models.types import UTC, BigKey, Word, longest, one_of

if TYPE_CHECKING:
    from app.models.news import NewsItem
    from app.models.organisations import Organisation
    from app.models.pictures import Picture
    from app.models.reports import Report
    from app.models.topics import Topic

TALLY_SLOTS = 16  # rows that share one campaign's count, so that many people can confirm in the same moment
ASK_LENGTH, SUMMARY_LENGTH, TEXT_LENGTH, SLUG_LENGTH = 120, 400, 40_000, 80


class CampaignState(StrEnum):
    """Where a campaign stands. The allowed changes are in `app.domain.campaigns`."""

    DRAFT = "draft"
    PUBLISHED = "published"
    CLOSED = "closed"


class Outcome(StrEnum):
    """How a campaign ended."""

    WON = "won"
    PARTLY_WON = "partly_won"
    NOT_WON = "not_won"


class Campaign(Model):
    """One public ask that people sign.

    `ask`, `summary` and `text` are the organiser's working copy; what the public reads is the newest `TextVersion`.
    """

    __tablename__ = "campaign"
    __table_args__ = (
        one_of("state", CampaignState),
        one_of("outcome", Outcome),
        CheckConstraint("signature_target BETWEEN 1 AND 100000000", name="signature_target"),
        longest("ask", ASK_LENGTH),
        longest("summary", SUMMARY_LENGTH),
        longest("text", TEXT_LENGTH),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    slug: Mapped[str] = mapped_column(String(SLUG_LENGTH), unique=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    state: Mapped[CampaignState] = mapped_column(Word(CampaignState), default=CampaignState.DRAFT)
    locale: Mapped[str] = mapped_column(String(8), default="en")
    ask: Mapped[str] = mapped_column(String(ASK_LENGTH))
    summary: Mapped[str] = mapped_column(String(SUMMARY_LENGTH), default="")
    text: Mapped[str] = mapped_column(Text, default="")
    signature_target: Mapped[int] = mapped_column(default=1000)
    family_name_required: Mapped[bool] = mapped_column(default=True)
    closes_at: Mapped[dt.datetime | None] = mapped_column(UTC)
    closes_zone: Mapped[str] = mapped_column(String(64), default="UTC")
    current_version: Mapped[int] = mapped_column(default=0)  # 0: never published
    picture_id: Mapped[int | None] = mapped_column(ForeignKey("picture.id"))
    picture_alt: Mapped[str] = mapped_column(String(500), default="")
    picture_caption: Mapped[str] = mapped_column(String(500), default="")
    picture_credit: Mapped[str] = mapped_column(String(200), default="")
    outcome: Mapped[Outcome | None] = mapped_column(Word(Outcome))
    outcome_text: Mapped[str] = mapped_column(String(1000), default="")
    response: Mapped[str] = mapped_column(String(1000), default="")  # the decision maker's own words
    response_by: Mapped[str] = mapped_column(String(160), default="")
    response_on: Mapped[dt.date | None] = mapped_column(Date)
    response_url: Mapped[str] = mapped_column(String(2000), default="")
    delivered_on: Mapped[dt.date | None] = mapped_column(Date)  # when the signatures were handed over
    revision: Mapped[int] = mapped_column(default=1)  # rises with each save: two editors never overwrite each other
    created_at: Mapped[dt.datetime] = mapped_column(UTC)
    edited_at: Mapped[dt.datetime] = mapped_column(UTC)
    published_at: Mapped[dt.datetime | None] = mapped_column(UTC)
    closed_at: Mapped[dt.datetime | None] = mapped_column(UTC)

    organisation: Mapped[Organisation] = relationship()
    picture: Mapped[Picture | None] = relationship()
    decision_makers: Mapped[list[DecisionMaker]] = relationship(
        order_by="DecisionMaker.position", cascade="all, delete-orphan", back_populates="campaign"
    )
    versions: Mapped[list[TextVersion]] = relationship(order_by="TextVersion.number", back_populates="campaign")
    published_text: Mapped[TextVersion | None] = relationship(  # what the public reads: the newest version
        primaryjoin="and_(TextVersion.campaign_id == Campaign.id, TextVersion.number == Campaign.current_version)",
        foreign_keys="[TextVersion.campaign_id, TextVersion.number]",
        viewonly=True,
        uselist=False,
    )
    target_changes: Mapped[list[TargetChange]] = relationship(order_by="TargetChange.changed_at")
    reports: Mapped[list[Report]] = relationship(
        secondary="campaign_report",
        primaryjoin="Campaign.id == campaign_report.c.campaign_id",
        secondaryjoin="and_(Report.id == campaign_report.c.report_id, Report.removed_at.is_(None))",
        order_by="campaign_report.c.position",
        viewonly=True,
    )
    news_items: Mapped[list[NewsItem]] = relationship(  # what the public sees, pinned ones first
        secondary="campaign_news",
        primaryjoin="Campaign.id == campaign_news.c.campaign_id",
        secondaryjoin="and_(NewsItem.id == campaign_news.c.news_item_id, NewsItem.is_shown)",
        order_by="(NewsItem.is_pinned.desc(), NewsItem.published_on.desc(), NewsItem.id.desc())",
        viewonly=True,
    )
    topics: Mapped[list[Topic]] = relationship(
        secondary="campaign_topic",
        primaryjoin="Campaign.id == campaign_topic.c.campaign_id",
        secondaryjoin="and_(Topic.id == campaign_topic.c.topic_id, Topic.state == 'published')",
        order_by="Topic.title",
        viewonly=True,
    )

    def is_open(self, now: dt.datetime) -> bool:
        """Whether it can be signed; `open_at` asks the database the same."""
        return self.state == CampaignState.PUBLISHED and (self.closes_at is None or now < self.closes_at)

    @property
    def ended_at(self) -> dt.datetime | None:
        """When signing ended or will end: closed by hand, or by its date."""
        return self.closed_at if self.state == CampaignState.CLOSED else self.closes_at

    @property
    def has_unpublished_changes(self) -> bool:
        """Whether the working copy differs from what the public reads."""
        public = self.published_text
        return public is not None and (public.ask, public.summary, public.text) != (self.ask, self.summary, self.text)

    @staticmethod
    def open_at(now: dt.datetime) -> ColumnElement[bool]:
        """The condition of a campaign that can be signed."""
        endless = Campaign.closes_at.is_(None)
        return and_(Campaign.state == CampaignState.PUBLISHED, or_(endless, Campaign.closes_at > now))

    @staticmethod
    def over_at(now: dt.datetime) -> ColumnElement[bool]:
        """The condition of a campaign that could be signed once: closed by hand, or by its date."""
        by_date = and_(Campaign.state == CampaignState.PUBLISHED, Campaign.closes_at <= now)
        return or_(Campaign.state == CampaignState.CLOSED, by_date)

    @staticmethod
    def public() -> Select[Campaign]:
        """Campaigns that anybody may read."""
        return select(Campaign).where(Campaign.state != CampaignState.DRAFT)

    @staticmethod
    def live(now: dt.datetime) -> Select[Campaign]:
        """Campaigns that can be signed, the newest first."""
        newest = (Campaign.published_at.desc(), Campaign.id.desc())
        return select(Campaign).where(Campaign.open_at(now)).order_by(*newest)

    @staticmethod
    def ended(now: dt.datetime) -> Select[Campaign]:
        """Campaigns that are over, the last ended first."""
        last = (func.coalesce(Campaign.closed_at, Campaign.closes_at).desc(), Campaign.id.desc())
        return select(Campaign).where(Campaign.over_at(now)).order_by(*last)


class TextVersion(Model):
    """The wording that the public read from a moment on. Never changed; each signature knows which one it signed."""

    __tablename__ = "text_version"

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    ask: Mapped[str] = mapped_column(String(ASK_LENGTH))
    summary: Mapped[str] = mapped_column(String(SUMMARY_LENGTH))
    text: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(String(300), default="")
    published_at: Mapped[dt.datetime] = mapped_column(UTC)
    published_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))

    campaign: Mapped[Campaign] = relationship(back_populates="versions")


class CampaignSlug(Model):
    """Every slug that a campaign has or had; earlier ones lead to the present one."""

    __tablename__ = "campaign_slug"

    slug: Mapped[str] = mapped_column(String(SLUG_LENGTH), primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), index=True)


class CampaignTally(Model):
    """A part of a campaign's count of confirmed signatures; the count is the sum of its slots.

    A signature belongs to the slot of its own number, so a slot can never fall below zero, and people who confirm at the
    same moment mostly lock different rows.
    """

    __tablename__ = "campaign_tally"
    __table_args__ = (CheckConstraint("confirmed_count >= 0", name="confirmed_count"),)

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), primary_key=True)
    slot: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    confirmed_count: Mapped[int] = mapped_column(default=0)


class DecisionMaker(Model):
    """A person or body who can say yes."""

    __tablename__ = "decision_maker"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), index=True)
    position: Mapped[int] = mapped_column()
    name: Mapped[str] = mapped_column(String(160))

    campaign: Mapped[Campaign] = relationship(back_populates="decision_makers")


class TargetChange(Model):
    """The target was moved after publication; the page says so."""

    __tablename__ = "target_change"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), index=True)
    old_target: Mapped[int] = mapped_column()
    new_target: Mapped[int] = mapped_column()
    reason: Mapped[str] = mapped_column(String(300), default="")  # for the public
    changed_at: Mapped[dt.datetime] = mapped_column(UTC)
