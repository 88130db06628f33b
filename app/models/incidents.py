"""The evidence register: documented incidents, what is thought of each, and since when."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    LargeBinary,
    Numeric,
    Select,
    String,
    Table,
    Text,
    UniqueConstraint,
    select,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.extensions import Model, db
from app.models.types import UTC, BigKey, PartialDate, Precision, Word, longest, one_of

if TYPE_CHECKING:
    from app.models.topics import Topic

DESCRIPTION_LENGTH, PLACE_LENGTH, REGION_LENGTH, SOURCE_LENGTH = 4000, 200, 120, 120

incident_report = Table(
    "incident_report",
    db.metadata,
    Column("incident_id", ForeignKey("incident.id", ondelete="CASCADE"), primary_key=True),
    Column("report_id", ForeignKey("report.id", ondelete="CASCADE"), primary_key=True, index=True),
)


class Assessment(StrEnum):
    """What those who examined an incident say of it. A register may give each another name."""

    OPEN = "open"
    CREDIBLE = "credible"
    NON_CREDIBLE = "non_credible"
    REOPENED = "reopened"


class Register(Model):
    """The incidents of one topic, whose they are, and what their figures do not say."""

    __tablename__ = "register"
    __table_args__ = (longest("introduction", 4000), longest("caveats", 4000))

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    topic_id: Mapped[int] = mapped_column(ForeignKey("topic.id", ondelete="CASCADE"), unique=True)
    title: Mapped[str] = mapped_column(String(160))
    introduction: Mapped[str] = mapped_column(Text, default="")
    caveats: Mapped[str] = mapped_column(Text, default="")
    source: Mapped[str] = mapped_column(String(200), default="")  # who keeps the assessments
    source_url: Mapped[str] = mapped_column(String(2000), default="")
    open_name: Mapped[str] = mapped_column(String(60), default="")  # empty: the usual name
    credible_name: Mapped[str] = mapped_column(String(60), default="")
    non_credible_name: Mapped[str] = mapped_column(String(60), default="")
    reopened_name: Mapped[str] = mapped_column(String(60), default="")
    is_public: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[dt.datetime] = mapped_column(UTC)
    edited_at: Mapped[dt.datetime] = mapped_column(UTC)

    topic: Mapped[Topic] = relationship(back_populates="register")


class Incident(Model):
    """One documented event. Numbers that nobody knows are None, which is not zero.

    `same_key` is a digest of date, place and sources: importing the same line twice finds the incident that it is about.
    `search_text` is everything that a search looks at, case folded, since SQLite's lower() knows ASCII only.
    """

    __tablename__ = "incident"
    __table_args__ = (
        UniqueConstraint("register_id", "same_key"),
        one_of("assessment", Assessment),
        one_of("precision", Precision),
        longest("description", DESCRIPTION_LENGTH),
        CheckConstraint("(latitude IS NULL) = (longitude IS NULL)", name="coordinates"),
        CheckConstraint("latitude BETWEEN -90 AND 90 AND longitude BETWEEN -180 AND 180", name="on_earth"),
        CheckConstraint("killed_count >= 0 AND injured_count >= 0", name="counts"),
        Index("ix_incident_happened", "register_id", "happened_on", "id"),
        Index("ix_incident_assessment", "register_id", "assessment", "happened_on", "id"),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True)  # its address, which never changes
    register_id: Mapped[int] = mapped_column(ForeignKey("register.id", ondelete="CASCADE"))
    same_key: Mapped[bytes] = mapped_column(LargeBinary(16))
    happened_on: Mapped[dt.date] = mapped_column(Date)
    precision: Mapped[Precision] = mapped_column(Word(Precision), default=Precision.DAY)
    place: Mapped[str] = mapped_column(String(PLACE_LENGTH))
    region: Mapped[str] = mapped_column(String(REGION_LENGTH), default="")
    country: Mapped[str] = mapped_column(String(2), default="")
    latitude: Mapped[float | None] = mapped_column(Numeric(8, 5, asdecimal=False))
    longitude: Mapped[float | None] = mapped_column(Numeric(8, 5, asdecimal=False))
    assessment: Mapped[Assessment] = mapped_column(Word(Assessment), default=Assessment.OPEN)
    assessed_on: Mapped[dt.date | None] = mapped_column(Date)  # since when the assessment is this one
    killed_count: Mapped[int | None] = mapped_column()
    injured_count: Mapped[int | None] = mapped_column()
    description: Mapped[str] = mapped_column(Text, default="")
    first_reported_on: Mapped[dt.date | None] = mapped_column(Date)
    search_text: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[dt.datetime] = mapped_column(UTC)
    changed_at: Mapped[dt.datetime] = mapped_column(UTC)
    removed_at: Mapped[dt.datetime | None] = mapped_column(UTC)

    register: Mapped[Register] = relationship()
    sources: Mapped[list[IncidentSource]] = relationship(
        order_by="IncidentSource.position", cascade="all, delete-orphan", passive_deletes=True
    )
    figures: Mapped[list[IncidentFigure]] = relationship(
        order_by="IncidentFigure.position", cascade="all, delete-orphan", passive_deletes=True
    )
    changes: Mapped[list[AssessmentChange]] = relationship(
        order_by="AssessmentChange.id", cascade="all, delete-orphan", passive_deletes=True
    )

    @property
    def date(self) -> PartialDate:
        """When it happened, as far as that is known."""
        return PartialDate(self.happened_on, self.precision)

    @staticmethod
    def kept(register_id: int) -> Select[Incident]:
        """The incidents of a register that were not removed."""
        return select(Incident).where(Incident.register_id == register_id, Incident.removed_at.is_(None))


class IncidentSource(Model):
    """Who reported an incident; several may have."""

    __tablename__ = "incident_source"
    __table_args__ = (Index("ix_incident_source_name", "name", "incident_id"),)

    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(String(SOURCE_LENGTH))


class IncidentFigure(Model):
    """A number besides killed and injured, under its own name: detained, houses destroyed."""

    __tablename__ = "incident_figure"

    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(String(60))
    value: Mapped[int | None] = mapped_column()


class AssessmentChange(Model):
    """The assessment was changed; the earlier one stays on record with the day of the change."""

    __tablename__ = "assessment_change"
    __table_args__ = (one_of("before", Assessment), one_of("after", Assessment))

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id", ondelete="CASCADE"), index=True)
    before: Mapped[Assessment] = mapped_column(Word(Assessment))
    after: Mapped[Assessment] = mapped_column(Word(Assessment))
    changed_on: Mapped[dt.date] = mapped_column(Date)
    note: Mapped[str] = mapped_column(String(300), default="")
    noted_at: Mapped[dt.datetime] = mapped_column(UTC)
