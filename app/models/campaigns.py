"""Campaigns: the ask, its published wordings, whom it addresses, where it is found."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ColumnElement, Date, ForeignKey, Select, String, Text, and_, func, or_, select
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from app.extensions import Model
from app.models.campaign_states import LISTED, PUBLIC, CampaignState, Outcome
from app.models.deliveries import Delivery
from app.models.questions import FIELDS, Asked
from app.models.types import UTC, BigKey, Word, longest, one_of

if TYPE_CHECKING:
    from app.models.campaign_numbers import TargetChange
    from app.models.news import NewsItem
    from app.models.organisations import Organisation
    from app.models.pictures import Picture
    from app.models.reports import Report
    from app.models.topics import Topic

ASK_LENGTH, SUMMARY_LENGTH, TEXT_LENGTH, SLUG_LENGTH = 120, 400, 40_000, 80
REASON_LENGTH, NAME_LENGTH = 500, 120  # why signing is paused; what a template is called


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
        longest("pause_reason", REASON_LENGTH),
        CheckConstraint("(state = 'paused') = (paused_at IS NOT NULL)", name="paused"),
        longest("template_name", NAME_LENGTH),
        *(one_of(f"asks_{field}", Asked) for field in FIELDS),
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
    asks_family_name: Mapped[Asked] = mapped_column(Word(Asked), default=Asked.REQUIRED)
    asks_country: Mapped[Asked] = mapped_column(Word(Asked), default=Asked.REQUIRED)
    asks_postcode: Mapped[Asked] = mapped_column(Word(Asked), default=Asked.ASKED)
    has_questions: Mapped[bool] = mapped_column(default=False)  # of its own, and open: the sign form asks for them
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
    revision: Mapped[int] = mapped_column(default=1)  # rises with each save: two editors never overwrite each other
    created_at: Mapped[dt.datetime] = mapped_column(UTC)
    edited_at: Mapped[dt.datetime] = mapped_column(UTC)
    published_at: Mapped[dt.datetime | None] = mapped_column(UTC)
    closed_at: Mapped[dt.datetime | None] = mapped_column(UTC)
    paused_at: Mapped[dt.datetime | None] = mapped_column(UTC)  # since when nobody can sign; only while it is paused
    pause_reason: Mapped[str] = mapped_column(String(REASON_LENGTH), default="")  # the organiser's, on the page
    archived_at: Mapped[dt.datetime | None] = mapped_column(UTC)
    template_name: Mapped[str] = mapped_column(String(NAME_LENGTH), default="")
    next_campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaign.id", ondelete="SET NULL"), index=True)
    copied_from_id: Mapped[int | None] = mapped_column(ForeignKey("campaign.id", ondelete="SET NULL"), index=True)

    # When signatures were last handed over.
    delivered_on: Mapped[dt.date | None] = column_property(Delivery.last_day(id))  # noqa: A003 (the column above)
    deliveries: Mapped[list[Delivery]] = relationship(  # those that stand, the newest first
        primaryjoin="and_(Delivery.campaign_id == Campaign.id, Delivery.removed_at.is_(None))",
        order_by="(Delivery.delivered_on.desc(), Delivery.id.desc())",
        viewonly=True,
    )

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

    @hybrid_property
    def is_public(self) -> bool:
        """Whether anybody may read it at its address."""
        return self.state in PUBLIC

    @is_public.inplace.expression
    @classmethod
    def _is_public(cls) -> ColumnElement[bool]:
        return cls.state.in_(PUBLIC)

    @hybrid_property
    def is_listed(self) -> bool:
        """Whether lists, topics, the search and the feeds of the site show it to everybody."""
        return self.state in LISTED

    @is_listed.inplace.expression
    @classmethod
    def _is_listed(cls) -> ColumnElement[bool]:
        return cls.state.in_(LISTED)

    @property
    def is_unpublished(self) -> bool:
        """Whether it is a draft, also one that waits for a review."""
        return self.state in {CampaignState.DRAFT, CampaignState.IN_REVIEW}

    @property
    def is_template(self) -> bool:
        """Whether it is what new campaigns begin with."""
        return self.state == CampaignState.TEMPLATE

    def state_at(self, now: dt.datetime) -> CampaignState:
        """The state as the clock has it: one whose closing date has passed is closed, whether or not anybody said so."""
        is_due = self.closes_at is not None and self.closes_at <= now
        is_running = self.state in {CampaignState.PUBLISHED, CampaignState.PAUSED}
        return CampaignState.CLOSED if is_due and is_running else self.state

    def is_open(self, now: dt.datetime) -> bool:
        """Whether it can be signed; `open_at` asks the database the same."""
        return self.state_at(now) == CampaignState.PUBLISHED

    def is_over(self, now: dt.datetime) -> bool:
        """Whether signing has ended, by hand or by its date; `over_at` asks the database the same of those in lists."""
        return self.state_at(now) in {CampaignState.CLOSED, CampaignState.ARCHIVED}

    @property
    def ended_at(self) -> dt.datetime | None:
        """When signing ended or will end: closed by hand, or by its date."""
        is_closed = self.state in {CampaignState.CLOSED, CampaignState.ARCHIVED}
        return self.closed_at if is_closed else self.closes_at

    @property
    def stopped_at(self) -> dt.datetime | None:
        """Since when nobody can sign, or until when people can: the pause, where there is one before the end."""
        moments = [moment for moment in (self.ended_at, self.paused_at) if moment is not None]
        return min(moments, default=None)

    @property
    def has_unpublished_changes(self) -> bool:
        """Whether the working copy differs from what the public reads."""
        public = self.published_text
        return public is not None and (public.ask, public.summary, public.text) != (self.ask, self.summary, self.text)

    @staticmethod
    def open_at(now: dt.datetime) -> ColumnElement[bool]:
        """The condition of a campaign that can be signed."""
        return and_(Campaign.state == CampaignState.PUBLISHED, Campaign._goes_on(now))

    @staticmethod
    def is_paused_at(now: dt.datetime) -> ColumnElement[bool]:
        """The condition of a campaign that is paused and not over by its date."""
        return and_(Campaign.state == CampaignState.PAUSED, Campaign._goes_on(now))

    @staticmethod
    def _goes_on(now: dt.datetime) -> ColumnElement[bool]:
        return or_(Campaign.closes_at.is_(None), Campaign.closes_at > now)

    @staticmethod
    def over_at(now: dt.datetime) -> ColumnElement[bool]:
        """The condition of a campaign that could be signed once: closed by hand, or by its date. Without archived ones."""
        running = Campaign.state.in_((CampaignState.PUBLISHED, CampaignState.PAUSED))
        return or_(Campaign.state == CampaignState.CLOSED, and_(running, Campaign.closes_at <= now))

    @staticmethod
    def public() -> Select[Campaign]:
        """Campaigns that anybody may read."""
        return select(Campaign).where(Campaign.is_public)

    @staticmethod
    def listed() -> Select[Campaign]:
        """Campaigns that anybody finds."""
        return select(Campaign).where(Campaign.is_listed)

    @staticmethod
    def live(now: dt.datetime) -> Select[Campaign]:
        """Campaigns that can be signed, the newest first; after them those that are paused."""
        paused = Campaign.is_paused_at(now)
        order = (paused, Campaign.published_at.desc(), Campaign.id.desc())
        return select(Campaign).where(or_(Campaign.open_at(now), paused)).order_by(*order)

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


class DecisionMaker(Model):
    """A person or body who can say yes."""

    __tablename__ = "decision_maker"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), index=True)
    position: Mapped[int] = mapped_column()
    name: Mapped[str] = mapped_column(String(160))

    campaign: Mapped[Campaign] = relationship(back_populates="decision_makers")
