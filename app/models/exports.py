"""Exports: a recorded act of a named person."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, ForeignKey, Index, Select, String, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.extensions import Model
from app.models.types import UTC, BigKey, Word, one_of

if TYPE_CHECKING:
    from app.models.accounts import Account
    from app.models.campaigns import Campaign
    from app.models.organisations import Organisation


class ExportState(StrEnum):
    """How far an export came."""

    STARTED = "started"
    FINISHED = "finished"
    ABORTED = "aborted"


class ExportForm(StrEnum):
    """What the file is made for."""

    SPREADSHEET = "spreadsheet"  # cells that look like formulas are made harmless
    CRM = "crm"  # exact values


class Export(Model):
    """Who took which rows and columns, when, why, and what exactly left the house."""

    __tablename__ = "export"
    __table_args__ = (
        one_of("state", ExportState),
        one_of("form", ExportForm),
        Index("ix_export_organisation_id", "organisation_id", "id"),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))  # whose member took it, for ever
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    taken_by: Mapped[str] = mapped_column(String(200))  # the name at that time, or the operator's
    reason: Mapped[str] = mapped_column(String(300))
    form: Mapped[ExportForm] = mapped_column(Word(ExportForm))
    choice: Mapped[dict[str, Any]] = mapped_column(JSON)  # columns and filters, as they were chosen
    state: Mapped[ExportState] = mapped_column(Word(ExportState), default=ExportState.STARTED)
    row_count: Mapped[int] = mapped_column(default=0)
    sha256: Mapped[str] = mapped_column(String(64), default="")
    started_at: Mapped[dt.datetime] = mapped_column(UTC)
    finished_at: Mapped[dt.datetime | None] = mapped_column(UTC)

    campaign: Mapped[Campaign] = relationship()
    organisation: Mapped[Organisation] = relationship()
    account: Mapped[Account | None] = relationship()

    @staticmethod
    def of_campaign(campaign: Campaign) -> Select[Export]:
        """A campaign's exports by the organisation that has it now, the newest first."""
        own = (Export.campaign_id == campaign.id, Export.organisation_id == campaign.organisation_id)
        return select(Export).where(*own).order_by(Export.id.desc())
