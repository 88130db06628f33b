"""Pictures, re-encoded on arrival."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, deferred, mapped_column

from app.extensions import Model
from app.models.types import UTC, BigKey


class Picture(Model):
    """A picture in two widths, kept in the database.

    There, and not in a folder, because then it is written in the same transaction as the row that shows it, is in every
    backup, and is seen by every web process on every machine. Browsers and proxies keep it for a year.
    """

    __tablename__ = "picture"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    name: Mapped[str] = mapped_column(String(22), unique=True)  # random; nothing of the uploaded file's name
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    width: Mapped[int] = mapped_column()
    height: Mapped[int] = mapped_column()
    byte_count: Mapped[int] = mapped_column()
    large: Mapped[bytes] = deferred(mapped_column(LargeBinary))  # WebP, at most 1600 px wide
    small: Mapped[bytes] = deferred(mapped_column(LargeBinary))  # WebP, at most 800 px wide
    created_at: Mapped[dt.datetime] = mapped_column(UTC)
