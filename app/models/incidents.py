"""The evidence register: documented incidents, what is thought of each, and since when."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    JSON,
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
from app.models.figures import FIGURE_NAME_LENGTH
from app.models.types import UTC, BigKey, PartialDate, Precision, Word, longest, one_of

if TYPE_CHECKING:
    from app.models.reports import Report
    from app.models.topics import Topic

DESCRIPTION_LENGTH, PLACE_LENGTH, REGION_LENGTH, SOURCE_LENGTH = 4000, 200, 120, 120
PLACE_KEY_LENGTH, SOURCE_NAMES_LENGTH = 330, 300

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

    `same_key` is a digest of date, place and sources: importing the same line twice finds the incident that it is about. Its
    last byte tells apart several incidents of one day, place and source. `read_key` is a digest of the row as it was last
    imported: the same row again changes nothing, also where somebody corrected the incident meanwhile.
    `search_text` is everything that a search looks at, folded (app/domain/folding.py), since SQLite's lower() knows ASCII only.
    `place_key` and `source_names` repeat what stands elsewhere, so that one row says all that a list and its filters need.
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
        Index("ix_incident_changed", "register_id", "changed_at"),
        longest("place_key", PLACE_KEY_LENGTH),
        longest("source_names", SOURCE_NAMES_LENGTH),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True)  # its address, which never changes
    register_id: Mapped[int] = mapped_column(ForeignKey("register.id", ondelete="CASCADE"))
    same_key: Mapped[bytes] = mapped_column(LargeBinary(16))
    read_key: Mapped[bytes | None] = mapped_column(LargeBinary(16))
    happened_on: Mapped[dt.date] = mapped_column(Date)
    precision: Mapped[Precision] = mapped_column(Word(Precision), default=Precision.DAY)
    place: Mapped[str] = mapped_column(String(PLACE_LENGTH))
    region: Mapped[str] = mapped_column(String(REGION_LENGTH), default="")
    country: Mapped[str] = mapped_column(String(2), default="")
    place_key: Mapped[str] = mapped_column(Text, default="")  # place and region, folded
    latitude: Mapped[float | None] = mapped_column(Numeric(8, 5, asdecimal=False))
    longitude: Mapped[float | None] = mapped_column(Numeric(8, 5, asdecimal=False))
    assessment: Mapped[Assessment] = mapped_column(Word(Assessment), default=Assessment.OPEN)
    assessed_on: Mapped[dt.date | None] = mapped_column(Date)  # since when the assessment is this one
    killed_count: Mapped[int | None] = mapped_column()
    injured_count: Mapped[int | None] = mapped_column()
    description: Mapped[str] = mapped_column(Text, default="")
    first_reported_on: Mapped[dt.date | None] = mapped_column(Date)
    source_names: Mapped[str] = mapped_column(Text, default="")  # each on a line of its own
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

    reports: Mapped[list[Report]] = relationship(
        secondary=incident_report,
        primaryjoin="Incident.id == incident_report.c.incident_id",
        secondaryjoin="and_(Report.id == incident_report.c.report_id, Report.removed_at.is_(None))",
        order_by="(Report.published_on.desc(), Report.id.desc())",
        viewonly=True,
    )

    @property
    def date(self) -> PartialDate:
        """When it happened, as far as that is known."""
        return PartialDate(self.happened_on, self.precision)

    @staticmethod
    def kept(register_id: int) -> Select[Incident]:
        """The incidents of a register that were not removed."""
        return select(Incident).where(Incident.register_id == register_id, Incident.removed_at.is_(None))


class ImportDraft(Model):
    """Rows on their way into a register: what was pasted or handed in, how it is read, and what somebody corrected.

    `corrections` holds, by the digest of a row, what it says instead, or that it is left out.
    """

    __tablename__ = "import_draft"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    register_id: Mapped[int] = mapped_column(ForeignKey("register.id", ondelete="CASCADE"), unique=True)
    is_table: Mapped[bool] = mapped_column()
    content: Mapped[bytes] = mapped_column(LargeBinary)
    mapping: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    corrections: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    assessed_on: Mapped[dt.date] = mapped_column(Date)  # since when the assessments are as the rows say
    revision: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[dt.datetime] = mapped_column(UTC)
    edited_at: Mapped[dt.datetime] = mapped_column(UTC)


class IncidentSource(Model):
    """Who reported an incident; several may have."""

    __tablename__ = "incident_source"
    __table_args__ = (Index("ix_incident_source_name", "name", "incident_id"),)

    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(String(SOURCE_LENGTH))
    url: Mapped[str] = mapped_column(String(2000), default="")  # where it says so, if that is known


class IncidentFigure(Model):
    """A number besides killed and injured, under its own name: detained, houses destroyed."""

    __tablename__ = "incident_figure"

    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(String(FIGURE_NAME_LENGTH))
    value: Mapped[int | None] = mapped_column()


class AssessmentChange(Model):
    """The assessment was changed; the earlier one stays on record with the day of the change."""

    __tablename__ = "assessment_change"
    __table_args__ = (one_of("before", Assessment), one_of("after", Assessment))

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id", ondelete="CASCADE"), index=True)
    before: Mapped[Assessment] = mapped_column(Word(Assessment))
    before_since: Mapped[dt.date | None] = mapped_column(Date)  # since when it had been that one, where somebody said
    after: Mapped[Assessment] = mapped_column(Word(Assessment))
    changed_on: Mapped[dt.date] = mapped_column(Date)
    note: Mapped[str] = mapped_column(String(300), default="")
    noted_at: Mapped[dt.datetime] = mapped_column(UTC)
