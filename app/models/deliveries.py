"""Hand-overs of signatures: when, how and to whom; and manifests, which say in public, signed, which list was handed over."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    JSON,
    Date,
    ForeignKey,
    Index,
    LargeBinary,
    ScalarSelect,
    Select,
    String,
    Text,
    UniqueConstraint,
    func,
    select,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.extensions import Model
from app.models.types import UTC, BigKey, Word, longest, one_of

if TYPE_CHECKING:
    from app.models.campaigns import Campaign
    from app.models.exports import Export

TO_LENGTH, WAY_LENGTH, DELIVERY_NOTE_LENGTH = 160, 120, 1000


class DeliveryWay(StrEnum):
    """How a list was handed over."""

    IN_PERSON = "in_person"
    POST = "post"
    MAIL = "mail"
    PORTAL = "portal"
    OTHER = "other"


class Delivery(Model):
    """Signatures were handed over. To whom stands as it was said then: lists of decision makers change, what happened does not."""

    __tablename__ = "delivery"
    __table_args__ = (
        one_of("way", DeliveryWay),
        UniqueConstraint("campaign_id", "key"),
        longest("way_words", WAY_LENGTH),
        longest("decision_maker", TO_LENGTH),
        longest("to_name", TO_LENGTH),
        longest("to_office", TO_LENGTH),
        longest("public_note", DELIVERY_NOTE_LENGTH),
        longest("desk_note", DELIVERY_NOTE_LENGTH),
        Index("ix_delivery_export_id", "export_id"),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    key: Mapped[str] = mapped_column(String(40))  # what feeds and anchors call it, for good
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    delivered_on: Mapped[dt.date] = mapped_column(Date)
    way: Mapped[DeliveryWay | None] = mapped_column(Word(DeliveryWay))  # None: recorded before it was asked
    way_words: Mapped[str] = mapped_column(String(WAY_LENGTH), default="")
    decision_maker: Mapped[str] = mapped_column(String(TO_LENGTH), default="")  # one of the campaign's, by name
    to_name: Mapped[str] = mapped_column(String(TO_LENGTH), default="")
    to_office: Mapped[str] = mapped_column(String(TO_LENGTH), default="")
    export_id: Mapped[int | None] = mapped_column(ForeignKey("export.id"))
    public_note: Mapped[str] = mapped_column(String(DELIVERY_NOTE_LENGTH), default="")
    desk_note: Mapped[str] = mapped_column(String(DELIVERY_NOTE_LENGTH), default="")
    revision: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[dt.datetime] = mapped_column(UTC)
    corrected_at: Mapped[dt.datetime | None] = mapped_column(UTC)  # when something that the public reads was corrected
    removed_at: Mapped[dt.datetime | None] = mapped_column(UTC)

    campaign: Mapped[Campaign] = relationship()
    export: Mapped[Export | None] = relationship()
    corrections: Mapped[list[DeliveryCorrection]] = relationship(order_by="DeliveryCorrection.id.desc()", viewonly=True)
    manifest: Mapped[Manifest | None] = relationship(
        primaryjoin="Delivery.export_id == foreign(Manifest.export_id)", viewonly=True, uselist=False
    )

    @property
    def to(self) -> list[str]:
        """To whom, part by part: the decision maker, a name, an office."""
        return [part for part in (self.decision_maker, self.to_name, self.to_office) if part]

    @staticmethod
    def last_day(campaign_id: Any) -> ScalarSelect[Any]:
        """The day of a campaign's last hand-over, to be asked for together with the campaign: lists show it."""
        own = (Delivery.campaign_id == campaign_id, Delivery.removed_at.is_(None))
        return select(func.max(Delivery.delivered_on)).where(*own).correlate_except(Delivery).scalar_subquery()

    @staticmethod
    def of_campaign(campaign_id: int) -> Select[Delivery]:
        """A campaign's hand-overs that stand, the newest first."""
        own = (Delivery.campaign_id == campaign_id, Delivery.removed_at.is_(None))
        return select(Delivery).where(*own).order_by(Delivery.delivered_on.desc(), Delivery.id.desc())


class DeliveryCorrection(Model):
    """What a hand-over said before somebody corrected it."""

    __tablename__ = "delivery_correction"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    delivery_id: Mapped[int] = mapped_column(ForeignKey("delivery.id", ondelete="CASCADE"), index=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    corrected_by: Mapped[str] = mapped_column(String(120))  # the name at that time
    corrected_at: Mapped[dt.datetime] = mapped_column(UTC)
    before: Mapped[dict[str, Any]] = mapped_column(JSON)  # the values that were replaced, by name


class SigningKey(Model):
    """A public key with which manifests of this installation were signed. Its private half is in no database."""

    __tablename__ = "signing_key"

    fingerprint: Mapped[str] = mapped_column(String(64), primary_key=True)  # SHA-256 of the key as DER
    public_key: Mapped[str] = mapped_column(Text)  # PEM
    first_used_at: Mapped[dt.datetime] = mapped_column(UTC)


class Manifest(Model):
    """What a list was that left the house, in a text signed by this installation. Never changed."""

    __tablename__ = "manifest"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(22), unique=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), index=True)
    export_id: Mapped[int] = mapped_column(ForeignKey("export.id"), unique=True)
    fingerprint: Mapped[str] = mapped_column(ForeignKey("signing_key.fingerprint"))
    document: Mapped[str] = mapped_column(Text)  # canonical JSON, exactly as it was signed
    signature: Mapped[bytes] = mapped_column(LargeBinary(64))  # Ed25519
    made_at: Mapped[dt.datetime] = mapped_column(UTC)

    campaign: Mapped[Campaign] = relationship()
    export: Mapped[Export] = relationship()
    key: Mapped[SigningKey] = relationship()
