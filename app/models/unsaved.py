"""What somebody typed into a form of the desk and has not saved yet."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Model
from app.models.types import UTC, BigKey

ADDRESS_LENGTH = 300


class UnsavedWords(Model):
    """The fields of one form, as one account last typed them. Nobody else reads them; saving the form deletes them."""

    __tablename__ = "unsaved_words"
    __table_args__ = (UniqueConstraint("account_id", "address"), Index("ix_unsaved_words_kept_at", "kept_at"))

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    address: Mapped[str] = mapped_column(String(ADDRESS_LENGTH))  # of the page with the form
    fields: Mapped[list[list[str]]] = mapped_column(JSON)  # pairs of a field's name and its value, in their order
    kept_at: Mapped[dt.datetime] = mapped_column(UTC)
