"""Outgoing mail: one row for each message, written together with its cause."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, Index, LargeBinary, String, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.extensions import Model
from app.models.types import UTC, BigKey, Word, one_of

if TYPE_CHECKING:
    from app.models.accounts import Account
    from app.models.address_changes import AddressChange
    from app.models.organisations import Invitation
    from app.models.sign_ins import AccountEvent
    from app.models.signatures import Signature
    from app.models.transfers import Transfer


# Which mails the funnel has still to count. Its statements say it in the same words as the indexes: SQLite knows them by these alone.
TO_TALLY = "NOT is_tallied AND state <> 'queued' AND kind IN ('confirm', 'thanks')"
OPENED_TO_TALLY = "is_opened AND is_tallied AND NOT is_opened_tallied AND state <> 'bounced'"
BOUNCED_TO_TALLY = "state = 'bounced' AND is_tallied AND NOT is_failure_tallied"
# By which a mail is found that comes back, and those that did.
IS_SENT, CAME_BACK = "state = 'sent'", "state = 'bounced'"


class MailKind(StrEnum):
    """What a mail says; each kind has a text and an HTML template of its name."""

    CONFIRM = "confirm"
    ALREADY_SIGNED = "already_signed"
    THANKS = "thanks"
    INVITATION = "invitation"
    RESET = "reset"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 (a word, not a password)
    EXPORTED = "exported"
    EXPORT_READY = "export_ready"
    REVIEW_ASKED = "review_asked"
    REVIEW_DECIDED = "review_decided"
    NOT_PUBLISHED = "not_published"
    MILESTONE = "milestone"
    NEW_DEVICE = "new_device"
    SECOND_STEP = "second_step"
    ADDRESS_CONFIRM = "address_confirm"
    ADDRESS_CHANGED = "address_changed"
    TRANSFER_OFFERED = "transfer_offered"
    TRANSFER_ANSWERED = "transfer_answered"


class MailState(StrEnum):
    """Where a mail stands."""

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"
    BOUNCED = "bounced"  # it was sent, and came back


WENT_OUT = (MailState.SENT, MailState.BOUNCED)


class Mail(Model):
    """A message to one mailbox. It holds no text and no link: both are made when it is sent.

    A worker that claims a row moves `due_at` into the future and writes its mark into `lease`; if the worker dies, the row is
    due again by itself.
    """

    __tablename__ = "mail"
    __table_args__ = (
        one_of("kind", MailKind),
        one_of("state", MailState),
        Index(
            "ix_mail_due",
            "due_at",
            "id",
            postgresql_where=text("state = 'queued'"),
            sqlite_where=text("state = 'queued'"),
        ),
        Index("ix_mail_to_tally", "id", postgresql_where=text(TO_TALLY), sqlite_where=text(TO_TALLY)),
        Index("ix_mail_opened", "id", postgresql_where=text(OPENED_TO_TALLY), sqlite_where=text(OPENED_TO_TALLY)),
        Index("ix_mail_sent", "message_id", postgresql_where=text(IS_SENT), sqlite_where=text(IS_SENT)),
        Index("ix_mail_came_back", "created_at", postgresql_where=text(CAME_BACK), sqlite_where=text(CAME_BACK)),
        Index("ix_mail_bounced", "id", postgresql_where=text(BOUNCED_TO_TALLY), sqlite_where=text(BOUNCED_TO_TALLY)),
        Index("ix_mail_recipient", "recipient_key", "created_at"),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    kind: Mapped[MailKind] = mapped_column(Word(MailKind))
    state: Mapped[MailState] = mapped_column(Word(MailState), default=MailState.QUEUED)
    message_id: Mapped[str] = mapped_column(String(40))  # local part of the Message-ID, the same at every attempt
    recipient: Mapped[str | None] = mapped_column(String(254))  # forgotten once sent
    recipient_key: Mapped[bytes] = mapped_column(LargeBinary(32))
    locale: Mapped[str] = mapped_column(String(8))
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaign.id"))
    signature_id: Mapped[int | None] = mapped_column(ForeignKey("signature.id", ondelete="CASCADE"), index=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    invitation_id: Mapped[int | None] = mapped_column(ForeignKey("invitation.id", ondelete="CASCADE"))
    export_id: Mapped[int | None] = mapped_column(ForeignKey("export.id", ondelete="CASCADE"))
    milestone_id: Mapped[int | None] = mapped_column(ForeignKey("milestone.id", ondelete="CASCADE"))
    account_event_id: Mapped[int | None] = mapped_column(ForeignKey("account_event.id", ondelete="CASCADE"))
    address_change_id: Mapped[int | None] = mapped_column(ForeignKey("address_change.id", ondelete="CASCADE"))
    transfer_id: Mapped[int | None] = mapped_column(ForeignKey("transfer.id", ondelete="CASCADE"))
    attempt_count: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[dt.datetime] = mapped_column(UTC)
    lease: Mapped[str | None] = mapped_column(String(40))
    error: Mapped[str] = mapped_column(String(300), default="")
    created_at: Mapped[dt.datetime] = mapped_column(UTC)
    sent_at: Mapped[dt.datetime | None] = mapped_column(UTC)
    is_tallied: Mapped[bool] = mapped_column(server_default=false())  # whether the funnel has counted it
    is_opened: Mapped[bool] = mapped_column(server_default=false())  # whether its link was opened
    is_opened_tallied: Mapped[bool] = mapped_column(server_default=false())  # whether the funnel has counted that
    is_failure_tallied: Mapped[bool] = mapped_column(server_default=false())  # and whether it is done with its failure

    signature: Mapped[Signature | None] = relationship()
    account: Mapped[Account | None] = relationship()
    invitation: Mapped[Invitation | None] = relationship()
    account_event: Mapped[AccountEvent | None] = relationship()
    address_change: Mapped[AddressChange | None] = relationship()
    transfer: Mapped[Transfer | None] = relationship()
