"""Exports: a recorded act of a named person."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, LargeBinary, Select, String, UniqueConstraint, select, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.extensions import Model
from app.models.types import UTC, BigKey, Word, longest, one_of

if TYPE_CHECKING:
    from app.models.accounts import Account
    from app.models.campaigns import Campaign
    from app.models.organisations import Organisation


PRESET_NAME_LENGTH = 80
KEY_LENGTH, KEY_NAME_LENGTH = 120, 80


class ExportState(StrEnum):
    """How far an export came: handed over at once, or written by the worker first."""

    STARTED = "started"  # is being handed over
    QUEUED = "queued"  # waits for the worker
    RUNNING = "running"  # is being written
    READY = "ready"  # waits to be taken
    FINISHED = "finished"  # was handed over whole
    ABORTED = "aborted"  # was begun and not finished: part of it may have left, or all
    FAILED = "failed"  # could not be written
    EXPIRED = "expired"  # nobody took it in time, or who asked for it may not any more


class ExportForm(StrEnum):
    """What the file is made for, which decides its format."""

    SPREADSHEET = "spreadsheet"  # CSV; cells that look like formulas are made harmless
    CRM = "crm"  # CSV; exact values
    WORKBOOK = "xlsx"
    LINES = "jsonl"  # JSON Lines
    PAPER = "pdf"  # for the hand-over

    @property
    def suffix(self) -> str:
        """How the file's name ends."""
        return "csv" if self in {ExportForm.SPREADSHEET, ExportForm.CRM} else self.value


class Export(Model):
    """Who took which rows and columns, when, why, and what exactly left the house."""

    __tablename__ = "export"
    __table_args__ = (
        one_of("state", ExportState),
        one_of("form", ExportForm),
        Index("ix_export_organisation_id", "organisation_id", "id"),
        Index(
            "ix_export_open",
            "state",
            "due_at",
            postgresql_where=text("state IN ('queued', 'running', 'ready')"),
            sqlite_where=text("state IN ('queued', 'running', 'ready')"),
        ),
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
    sha256: Mapped[str] = mapped_column(String(64), default="")  # of the file as it was handed over
    # The name and the public half of each key that can open the file; none where it is not encrypted. And its list's own fingerprint.
    encrypted_to: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list, server_default="[]")
    list_sha256: Mapped[str] = mapped_column(String(64), default="", server_default="")
    started_at: Mapped[dt.datetime] = mapped_column(UTC)
    finished_at: Mapped[dt.datetime | None] = mapped_column(UTC)
    # What the worker writes: the random part of its link, the language of whoever waits, who writes it and until when that
    # counts, and the file on disk.
    public_id: Mapped[str | None] = mapped_column(String(22), unique=True)
    locale: Mapped[str] = mapped_column(String(8), default="en", server_default="en")
    lease: Mapped[str | None] = mapped_column(String(40))
    due_at: Mapped[dt.datetime | None] = mapped_column(UTC)
    attempt_count: Mapped[int] = mapped_column(default=0, server_default="0")
    file: Mapped[str] = mapped_column(String(40), default="", server_default="")
    size: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")  # bytes
    ready_at: Mapped[dt.datetime | None] = mapped_column(UTC)
    # When its hand-over was begun last, how often it was, and until when it is one person's alone (`lease` says whose).
    handed_at: Mapped[dt.datetime | None] = mapped_column(UTC)
    handed_count: Mapped[int] = mapped_column(default=0, server_default="0")
    handing_until: Mapped[dt.datetime | None] = mapped_column(UTC)
    # How many rows left the organisation within a day, with this one, where that was unusually much.
    day_rows: Mapped[int | None] = mapped_column(BigInteger)

    campaign: Mapped[Campaign] = relationship()
    organisation: Mapped[Organisation] = relationship()
    account: Mapped[Account | None] = relationship()

    @property
    def list_sum(self) -> str:
        """The fingerprint of the list: of what an encrypted file holds, of any other the file's own."""
        return self.list_sha256 or self.sha256

    @property
    def readers(self) -> str:
        """The names of the keys that open the file; empty where it is not encrypted."""
        return "; ".join(key["name"] for key in self.encrypted_to)

    @staticmethod
    def of_campaign(campaign: Campaign) -> Select[Export]:
        """A campaign's exports by the organisation that has it now, the newest first."""
        own = (Export.campaign_id == campaign.id, Export.organisation_id == campaign.organisation_id)
        return select(Export).where(*own).order_by(Export.id.desc())


class ExportCoverage(Model):
    """Which signatures a file held, as bits, so that a later one can say exactly what changed since.

    Bit n of `signers` stands for the signature of number n, bit n of `supporters` for its consent to hear more.
    """

    __tablename__ = "export_coverage"

    export_id: Mapped[int] = mapped_column(ForeignKey("export.id", ondelete="CASCADE"), primary_key=True)
    signers: Mapped[bytes] = mapped_column(LargeBinary)  # both compressed
    supporters: Mapped[bytes] = mapped_column(LargeBinary)


class ExportPreset(Model):
    """A choice of an organisation that is kept under a name, to be used again for any of its campaigns."""

    __tablename__ = "export_preset"
    __table_args__ = (UniqueConstraint("organisation_id", "name"), longest("name", PRESET_NAME_LENGTH))

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(PRESET_NAME_LENGTH))
    choice: Mapped[dict[str, Any]] = mapped_column(JSON)
    made_by: Mapped[str] = mapped_column(String(200))  # the name at that time
    created_at: Mapped[dt.datetime] = mapped_column(UTC)

    organisation: Mapped[Organisation] = relationship()

    @staticmethod
    def of_organisation(organisation_id: int) -> Select[ExportPreset]:
        """An organisation's presets, by name."""
        own = select(ExportPreset).where(ExportPreset.organisation_id == organisation_id)
        return own.order_by(ExportPreset.name, ExportPreset.id)


class ExportKey(Model):
    """A key of an organisation that its exports are encrypted to: the public half alone, under a name that people know it by."""

    __tablename__ = "export_key"
    __table_args__ = (
        UniqueConstraint("organisation_id", "name"),
        UniqueConstraint("organisation_id", "key"),
        longest("name", KEY_NAME_LENGTH),
        longest("key", KEY_LENGTH),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(KEY_NAME_LENGTH))
    key: Mapped[str] = mapped_column(String(KEY_LENGTH))  # age1…, or ssh-ed25519 …
    added_by: Mapped[str] = mapped_column(String(200))  # the name at that time
    added_at: Mapped[dt.datetime] = mapped_column(UTC)

    @staticmethod
    def of_organisation(organisation_id: int) -> Select[ExportKey]:
        """An organisation's keys, in the order in which they came."""
        return select(ExportKey).where(ExportKey.organisation_id == organisation_id).order_by(ExportKey.id)
