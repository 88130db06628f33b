"""Signatures, the consent given with them, and mailboxes that refused."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    and_,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.extensions import Model
from app.models.types import UTC, BigKey, Bytewise, Word, longest, one_of

if TYPE_CHECKING:
    from app.models.campaigns import Campaign
    from app.models.signer_imports import SignatureClaim, SignerImport

NAME_LENGTH, EMAIL_LENGTH, POSTCODE_LENGTH = 255, 254, 16


class SignatureState(StrEnum):
    """Where a signature stands. Only `confirmed` is counted, and named where its signer wishes."""

    PENDING = "pending"
    CONFIRMED = "confirmed"
    HELD = "held"
    WITHDRAWN = "withdrawn"
    INVALIDATED = "invalidated"


class Channel(StrEnum):
    """Where a signer came from, as far as the link they followed says, or the sheet: a channel, never a person."""

    DIRECT = "direct"
    MAIL = "mail"
    WHATSAPP = "whatsapp"
    MASTODON = "mastodon"
    BLUESKY = "bluesky"
    X = "x"
    FACEBOOK = "facebook"
    LINK = "link"
    NATIVE = "native"
    PAPER = "paper"  # the code on a signature sheet


class Origin(StrEnum):
    """Where somebody signed: here, on a paper sheet, or on another platform from which the signature was brought in."""

    ONLINE = "online"
    PAPER = "paper"
    IMPORTED = "imported"


class Purpose(StrEnum):
    """What somebody may agree to besides signing."""

    UPDATES = "updates"


class Signature(Model):
    """One person's name under one campaign.

    `email_key` is the keyed fingerprint of the mailbox. The database refuses a second one under the same campaign; a
    withdrawn signature keeps neither it nor anything else that says who it was. Who signed on paper and gave no mailbox has 32
    random bytes in its place, which are no mailbox's fingerprint.
    """

    __tablename__ = "signature"
    __table_args__ = (
        UniqueConstraint("campaign_id", "email_key"),
        ForeignKeyConstraint(["campaign_id", "text_version"], ["text_version.campaign_id", "text_version.number"]),
        one_of("state", SignatureState),
        one_of("origin", Origin),
        CheckConstraint("(state = 'withdrawn') = (email_key IS NULL)", name="withdrawn_is_forgotten"),
        CheckConstraint("state <> 'confirmed' OR confirmed_at IS NOT NULL", name="confirmed_at"),
        longest("given_name", NAME_LENGTH),
        longest("family_name", NAME_LENGTH),
        Index("ix_signature_campaign_id_state_id", "campaign_id", "state", "id"),
        Index("ix_signature_campaign_id_name_key", "campaign_id", "name_key"),
        Index("ix_signature_campaign_id_family_key", "campaign_id", "family_key"),
        Index(
            "ix_signature_named",
            "campaign_id",
            "confirmed_at",
            postgresql_where=text("show_name AND state = 'confirmed'"),
            sqlite_where=text("show_name AND state = 'confirmed'"),
        ),
        # Finds the quarters that are summed up. `state` is always the same here and below; SQLite fetches each row without it.
        Index(
            "ix_signature_confirmed",
            "campaign_id",
            "confirmed_at",
            "state",
            postgresql_where=text("state = 'confirmed'"),
            sqlite_where=text("state = 'confirmed'"),
        ),
        Index(
            "ix_signature_sources",
            "campaign_id",
            "country",
            "channel",
            "state",
            postgresql_where=text("state = 'confirmed'"),
            sqlite_where=text("state = 'confirmed'"),
        ),
        # Those who did not sign here: few, and counted apart.
        Index(
            "ix_signature_elsewhere",
            "campaign_id",
            "origin",
            "state",
            "import_id",
            postgresql_where=text("origin <> 'online'"),
            sqlite_where=text("origin <> 'online'"),
        ),
        Index(
            "ix_signature_pending",
            "created_at",
            postgresql_where=text("state = 'pending'"),
            sqlite_where=text("state = 'pending'"),
        ),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True)  # 128 random bits; mail links carry it, signed
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    state: Mapped[SignatureState] = mapped_column(Word(SignatureState), default=SignatureState.PENDING)
    email_key: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    email: Mapped[str | None] = mapped_column(String(EMAIL_LENGTH))  # as typed; mails go here, if one was given
    given_name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    family_name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    # The whole name folded, as `app.domain.folding` does it, from either end: so that what a name begins with is found by an index.
    name_key: Mapped[str] = mapped_column(Bytewise, default="")
    family_key: Mapped[str] = mapped_column(Bytewise, default="", server_default="")
    country: Mapped[str] = mapped_column(String(2))
    postcode: Mapped[str] = mapped_column(String(POSTCODE_LENGTH))
    show_name: Mapped[bool] = mapped_column()
    locale: Mapped[str] = mapped_column(String(8))
    channel: Mapped[Channel] = mapped_column(Word(Channel))
    origin: Mapped[Origin] = mapped_column(Word(Origin), default=Origin.ONLINE, server_default=Origin.ONLINE.value)
    import_id: Mapped[int | None] = mapped_column(ForeignKey("signer_import.id"))  # the batch that it came with
    text_version: Mapped[int] = mapped_column()
    created_at: Mapped[dt.datetime] = mapped_column(UTC)
    confirmed_at: Mapped[dt.datetime | None] = mapped_column(UTC)
    withdrawn_at: Mapped[dt.datetime | None] = mapped_column(UTC)

    campaign: Mapped[Campaign] = relationship(foreign_keys=[campaign_id], viewonly=True)
    batch: Mapped[SignerImport | None] = relationship(viewonly=True)
    claim: Mapped[SignatureClaim | None] = relationship(viewonly=True)
    consents: Mapped[list[Consent]] = relationship(cascade="all, delete-orphan", passive_deletes=True)

    @property
    def name(self) -> str:
        """The name as the signer wrote it."""
        return f"{self.given_name} {self.family_name}".strip()

    @property
    def hears_more(self) -> bool:
        """Whether the signer agreed to hear more, and has not taken it back."""
        return any(c.purpose == Purpose.UPDATES and c.ended_at is None for c in self.consents)


class ConsentWording(Model):
    """The words that somebody agreed to, kept as they were shown. A change of words is a new version."""

    __tablename__ = "consent_wording"
    __table_args__ = (UniqueConstraint("organisation_id", "purpose", "locale", "version"), one_of("purpose", Purpose))

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    purpose: Mapped[Purpose] = mapped_column(Word(Purpose))
    locale: Mapped[str] = mapped_column(String(8))
    version: Mapped[int] = mapped_column()
    text: Mapped[str] = mapped_column(Text)
    created_at: Mapped[dt.datetime] = mapped_column(UTC)


class Consent(Model):
    """Which wording was agreed to, when, for what; and when it ended."""

    __tablename__ = "consent"
    __table_args__ = (
        one_of("purpose", Purpose),
        Index(
            "ix_consent_current",
            "signature_id",
            "purpose",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
            sqlite_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    signature_id: Mapped[int] = mapped_column(ForeignKey("signature.id", ondelete="CASCADE"), index=True)
    purpose: Mapped[Purpose] = mapped_column(Word(Purpose))
    wording_id: Mapped[int] = mapped_column(ForeignKey("consent_wording.id"))
    agreed_at: Mapped[dt.datetime] = mapped_column(UTC)
    ended_at: Mapped[dt.datetime | None] = mapped_column(UTC)

    @staticmethod
    def is_current() -> ColumnElement[bool]:
        """The condition of an agreement to hear more that was not taken back; of a loaded one `hears_more` says the same."""
        return and_(Consent.purpose == Purpose.UPDATES, Consent.ended_at.is_(None))


class Refusal(Model):
    """The owner of a mailbox said "this wasn't me". Two of them, and no campaign writes there for a while."""

    __tablename__ = "refusal"
    __table_args__ = (Index("ix_refusal_email_key", "email_key"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    email_key: Mapped[bytes] = mapped_column(LargeBinary(32))
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    refused_at: Mapped[dt.datetime] = mapped_column(UTC)
