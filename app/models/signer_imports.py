"""Signers who did not sign here: paper sheets and other platforms, batch by batch, with where each batch comes from."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, CheckConstraint, Date, ForeignKey, Index, LargeBinary, Select, String, select, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.extensions import Model
from app.models.types import UTC, BigKey, Word, longest, one_of

if TYPE_CHECKING:
    from app.models.campaigns import Campaign
    from app.models.signer_acts import SignerAct

WORDS_LENGTH = 200


class SourceKind(StrEnum):
    """Where the people of a batch signed."""

    PAPER = "paper"
    PLATFORM = "platform"


class ImportState(StrEnum):
    """How far a batch came."""

    DRAFT = "draft"  # handed in and being looked at; nobody is counted
    TAKEN = "taken"
    TAKEN_BACK = "taken_back"


class SignerImport(Model):
    """One batch of signers from elsewhere: provenance in words, who brought it in, and what became of its rows.

    `content` is what was handed in; it is there only while the batch is looked at, and forgotten once it was taken.
    """

    __tablename__ = "signer_import"
    __table_args__ = (
        one_of("kind", SourceKind),
        one_of("state", ImportState),
        CheckConstraint("(state = 'draft') = (content IS NOT NULL)", name="content_is_forgotten"),
        CheckConstraint("state = 'draft' OR corrections IS NULL", name="corrections_are_forgotten"),
        *(longest(name, WORDS_LENGTH) for name in ("collected_by", "collected_where", "platform", "public_words")),
        Index("ix_signer_import_campaign_id_id", "campaign_id", "id"),
        Index(
            "ix_signer_import_draft",
            "campaign_id",
            unique=True,
            postgresql_where=text("state = 'draft'"),
            sqlite_where=text("state = 'draft'"),
        ),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    done_by: Mapped[str] = mapped_column(String(200))  # the name at that time
    kind: Mapped[SourceKind] = mapped_column(Word(SourceKind))
    state: Mapped[ImportState] = mapped_column(Word(ImportState), default=ImportState.DRAFT)
    collected_by: Mapped[str] = mapped_column(String(WORDS_LENGTH))
    collected_where: Mapped[str] = mapped_column(String(WORDS_LENGTH), default="")
    collected_from: Mapped[dt.date] = mapped_column(Date)
    collected_to: Mapped[dt.date] = mapped_column(Date)
    platform: Mapped[str] = mapped_column(String(WORDS_LENGTH), default="")
    public_words: Mapped[str] = mapped_column(String(WORDS_LENGTH), default="")
    country: Mapped[str] = mapped_column(String(2), default="")  # of rows that name none
    take_alike: Mapped[bool] = mapped_column(default=False)  # also rows that look like somebody who signed already
    content: Mapped[bytes | None] = mapped_column(LargeBinary)
    mapping: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    corrections: Mapped[dict[str, Any] | None] = mapped_column(
        JSON(none_as_null=True)
    )  # what rows say instead, by their keys
    revision: Mapped[int] = mapped_column(default=1)
    sha256: Mapped[str] = mapped_column(String(64), default="")
    row_count: Mapped[int] = mapped_column(default=0)
    taken_count: Mapped[int] = mapped_column(default=0)
    duplicate_count: Mapped[int] = mapped_column(default=0)
    malformed_count: Mapped[int] = mapped_column(default=0)
    consent_count: Mapped[int] = mapped_column(default=0)
    corrected_count: Mapped[int] = mapped_column(default=0)  # of those that were taken
    act_id: Mapped[int | None] = mapped_column(ForeignKey("signer_act.id"))  # its line in the ledger
    created_at: Mapped[dt.datetime] = mapped_column(UTC)
    edited_at: Mapped[dt.datetime] = mapped_column(UTC)
    taken_at: Mapped[dt.datetime | None] = mapped_column(UTC)
    taken_back_at: Mapped[dt.datetime | None] = mapped_column(UTC)

    campaign: Mapped[Campaign] = relationship()
    act: Mapped[SignerAct | None] = relationship()

    @staticmethod
    def of_campaign(campaign_id: int) -> Select[SignerImport]:
        """A campaign's batches, the newest first."""
        return select(SignerImport).where(SignerImport.campaign_id == campaign_id).order_by(SignerImport.id.desc())


class SignatureClaim(Model):
    """Somebody signs online with a mailbox that was imported. What they wrote waits here until the mailbox answers; until then
    the imported signature stays as it is, so that nobody else's typing changes it."""

    __tablename__ = "signature_claim"

    signature_id: Mapped[int] = mapped_column(ForeignKey("signature.id", ondelete="CASCADE"), primary_key=True)
    said: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_at: Mapped[dt.datetime] = mapped_column(UTC, index=True)
