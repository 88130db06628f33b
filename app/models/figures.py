"""Figure series: numbers by month and place, such as the killed and injured of each governorate."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import CheckConstraint, Date, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.extensions import Model
from app.models.types import UTC, BigKey, longest

PLACE_LENGTH = 120  # of a figure by month
FIGURE_NAME_LENGTH = 60  # also of a number that an incident names


class FigureSeries(Model):
    """Numbers of one source, by month and place, with what they do not say."""

    __tablename__ = "figure_series"
    __table_args__ = (longest("caveat", 2000),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True)  # its address, which never changes
    topic_id: Mapped[int] = mapped_column(ForeignKey("topic.id", ondelete="CASCADE"), index=True)
    position: Mapped[int] = mapped_column()
    title: Mapped[str] = mapped_column(String(160))
    source: Mapped[str] = mapped_column(String(200), default="")
    source_url: Mapped[str] = mapped_column(String(2000), default="")
    caveat: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[dt.datetime] = mapped_column(UTC)
    edited_at: Mapped[dt.datetime] = mapped_column(UTC)
    removed_at: Mapped[dt.datetime | None] = mapped_column(UTC)

    figures: Mapped[list[Figure]] = relationship(
        order_by="Figure.month, Figure.place, Figure.name", cascade="all, delete-orphan", passive_deletes=True
    )


class Figure(Model):
    """One number of a series. The place is empty for the whole; a number that nobody knows is None."""

    __tablename__ = "figure"
    __table_args__ = (
        UniqueConstraint("series_id", "month", "place", "name"),
        CheckConstraint("value >= 0", name="value"),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    series_id: Mapped[int] = mapped_column(ForeignKey("figure_series.id", ondelete="CASCADE"))
    month: Mapped[dt.date] = mapped_column(Date)  # its first day
    place: Mapped[str] = mapped_column(String(PLACE_LENGTH), default="")
    name: Mapped[str] = mapped_column(String(FIGURE_NAME_LENGTH))
    value: Mapped[int | None] = mapped_column()
