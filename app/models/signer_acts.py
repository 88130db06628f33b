"""What organisers did to signatures, and what became of each: the source of a signature's history and of the public ledger."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, CheckConstraint, Date, ForeignKey, Index, Select, String, select, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.extensions import Model
from app.models.signatures import SignatureState
from app.models.types import UTC, BigKey, Word, longest, one_of

if TYPE_CHECKING:
    from app.models.campaigns import Campaign

PUBLIC_WORDS_LENGTH, NOTE_LENGTH = 200, 300


class ActKind(StrEnum):
    """What is done to signatures."""

    RESEND = "resend"  # the confirmation mail once more
    HOLD = "hold"  # out of the count while somebody looks at it
    RELEASE = "release"  # no longer held
    INVALIDATE = "invalidate"  # out of the count
    RESTORE = "restore"  # no longer invalidated
    IMPORT = "import"  # a batch from paper or from another platform came in
    TAKE_BACK = "take_back"  # such a batch went out again, whole
    DELETE = "delete"  # one signer of such a batch went for good, who asked for it


class ActReason(StrEnum):
    """Why, in words that the public may read."""

    DUPLICATE = "duplicate"
    AUTOMATED = "automated"
    MADE_UP = "made_up"
    ASKED = "asked"
    DOUBTFUL = "doubtful"
    GENUINE = "genuine"
    MISTAKE = "mistake"
    OTHER = "other"
    PAPER = "paper"
    PLATFORM = "platform"


class ActState(StrEnum):
    """How far an act came."""

    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"


class SignerAct(Model):
    """One act of a named person on one or many signatures of a campaign.

    It is done in batches: `last_id` says how far it came, and `delta` how it changed the count so far. `choice` says which
    signatures were meant; what in it names a person is taken out once the act is over.
    """

    __tablename__ = "signer_act"
    __table_args__ = (
        one_of("kind", ActKind),
        one_of("reason", ActReason),
        one_of("state", ActState),
        longest("public_words", PUBLIC_WORDS_LENGTH),
        longest("note", NOTE_LENGTH),
        Index("ix_signer_act_campaign_id_id", "campaign_id", "id"),
        Index(
            "ix_signer_act_running",
            "id",
            postgresql_where=text("state = 'running'"),
            sqlite_where=text("state = 'running'"),
        ),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    done_by: Mapped[str] = mapped_column(String(200))  # the name at that time
    kind: Mapped[ActKind] = mapped_column(Word(ActKind))
    reason: Mapped[ActReason | None] = mapped_column(Word(ActReason))
    public_words: Mapped[str] = mapped_column(String(PUBLIC_WORDS_LENGTH), default="")
    note: Mapped[str] = mapped_column(String(NOTE_LENGTH), default="")  # for the desk alone
    choice: Mapped[dict[str, Any]] = mapped_column(JSON)
    undoes_id: Mapped[int | None] = mapped_column(ForeignKey("signer_act.id"))
    state: Mapped[ActState] = mapped_column(Word(ActState), default=ActState.RUNNING)
    expected_count: Mapped[int] = mapped_column()
    last_id: Mapped[int] = mapped_column(BigKey, default=0)
    until_id: Mapped[int] = mapped_column(BigKey)  # whoever signs later is not meant
    changed_count: Mapped[int] = mapped_column(default=0)
    held_back_count: Mapped[int] = mapped_column(default=0)  # mails that the limits did not allow
    delta: Mapped[int] = mapped_column(default=0)  # of the count
    started_at: Mapped[dt.datetime] = mapped_column(UTC)
    finished_at: Mapped[dt.datetime | None] = mapped_column(UTC)

    campaign: Mapped[Campaign] = relationship()
    undoes: Mapped[SignerAct | None] = relationship(remote_side="SignerAct.id")

    @staticmethod
    def of_campaign(campaign_id: int) -> Select[SignerAct]:
        """A campaign's acts, the newest first."""
        return select(SignerAct).where(SignerAct.campaign_id == campaign_id).order_by(SignerAct.id.desc())


class SignatureChange(Model):
    """An act changed the state of one signature. Who, when and why are the act's."""

    __tablename__ = "signature_change"
    __table_args__ = (
        one_of("old_state", SignatureState),
        one_of("new_state", SignatureState),
        Index("ix_signature_change_signature_id", "signature_id"),
    )

    act_id: Mapped[int] = mapped_column(ForeignKey("signer_act.id"), primary_key=True)
    signature_id: Mapped[int] = mapped_column(ForeignKey("signature.id", ondelete="CASCADE"), primary_key=True)
    old_state: Mapped[SignatureState] = mapped_column(Word(SignatureState))
    new_state: Mapped[SignatureState] = mapped_column(Word(SignatureState))
    changed_at: Mapped[dt.datetime] = mapped_column(UTC)

    act: Mapped[SignerAct] = relationship()


class WithdrawalTally(Model):
    """How many counted signatures of a campaign were taken back by their signers in a month; the month stands as its first day."""

    __tablename__ = "withdrawal_tally"
    __table_args__ = (CheckConstraint("withdrawn_count > 0", name="withdrawn_count"),)

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), primary_key=True)
    month: Mapped[dt.date] = mapped_column(Date, primary_key=True)
    withdrawn_count: Mapped[int] = mapped_column()
