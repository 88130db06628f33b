"""What signers read once they have confirmed, and what they are offered to pass on."""

from __future__ import annotations

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Model
from app.models.types import longest

THANKS_LENGTH, SUBJECT_LENGTH, MAIL_LENGTH, MESSAGE_LENGTH = 4000, 150, 2000, 500


class ThankYou(Model):
    """The words of a campaign's thank-you page in one language. What is empty is what every campaign says."""

    __tablename__ = "thank_you"
    __table_args__ = (longest("text", THANKS_LENGTH), longest("mail_text", MAIL_LENGTH))

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"), primary_key=True)
    locale: Mapped[str] = mapped_column(String(8), primary_key=True)
    text: Mapped[str] = mapped_column(Text, default="")  # Markdown
    mail_subject: Mapped[str] = mapped_column(String(SUBJECT_LENGTH), default="")
    mail_text: Mapped[str] = mapped_column(Text, default="")
    whatsapp: Mapped[str] = mapped_column(String(MESSAGE_LENGTH), default="")
    x: Mapped[str] = mapped_column(String(MESSAGE_LENGTH), default="")
    mastodon: Mapped[str] = mapped_column(String(MESSAGE_LENGTH), default="")
    bluesky: Mapped[str] = mapped_column(String(MESSAGE_LENGTH), default="")
