"""Confirmed signatures summed up by time, country and channel, so that a page of numbers never reads the signatures themselves."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

from sqlalchemy import CheckConstraint, Date, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Model
from app.models.types import UTC, BigKey, Word, one_of

DOMAIN_LENGTH = 190
QUARTER, DAY = 15, 1440  # minutes: the two sizes of tallies


class TallyPart(StrEnum):
    """What a tally counts of the signatures of its time."""

    WHOLE = "whole"  # all of them; its name is empty
    COUNTRY = "country"
    CHANNEL = "channel"
    SUPPORTER = "supporter"  # those who agreed to hear more; its name is empty


class SignatureTally(Model):
    """The confirmed signatures of a campaign by one time: a quarter of an hour, or a day of UTC, which is the sum of its 96 quarters.

    `place` is how many such times have passed since 1970. Days of every zone begin with a quarter of an hour, those of Kathmandu too.
    """

    __tablename__ = "signature_tally"
    __table_args__ = (
        one_of("part", TallyPart),
        CheckConstraint("minutes IN (15, 1440)", name="minutes"),
        CheckConstraint("signature_count > 0", name="signature_count"),
        {"sqlite_with_rowid": False},  # kept in the order of its key, so that a period is read in one go
    )

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"), primary_key=True)
    part: Mapped[TallyPart] = mapped_column(Word(TallyPart), primary_key=True)
    minutes: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    place: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(String(24), primary_key=True)
    signature_count: Mapped[int] = mapped_column()


class TallyProgress(Model):
    """Until when a campaign's signatures are summed up: a whole quarter of an hour. Later ones are counted from their rows."""

    __tablename__ = "tally_progress"

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"), primary_key=True)
    until_at: Mapped[dt.datetime] = mapped_column(UTC)


class TallyMark(Model):
    """A signature of this quarter of an hour went out of the count or came back: the quarter is to be counted anew.

    There may be several for one quarter, so that nobody who writes one waits, and none is lost that comes while others are worked off.
    """

    __tablename__ = "tally_mark"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"), index=True)
    place: Mapped[int] = mapped_column()


class FunnelTally(Model):
    """How far the mailboxes of one domain went that were asked on one day of the campaign's zone. An empty domain is all others."""

    __tablename__ = "funnel_tally"

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"), primary_key=True)
    day: Mapped[dt.date] = mapped_column(Date, primary_key=True)
    domain: Mapped[str] = mapped_column(String(DOMAIN_LENGTH), primary_key=True)
    asked_count: Mapped[int] = mapped_column()  # by a first mail
    again_count: Mapped[int] = mapped_column()  # mails beyond the first
    mailed_count: Mapped[int] = mapped_column()  # first mails that the mail server took
    failed_count: Mapped[int] = mapped_column()  # first mails that were given up
    opened_count: Mapped[int] = mapped_column(server_default="0")  # of the mailed; on any later day
    confirmed_count: Mapped[int] = mapped_column()  # on this day
    confirmed_again_count: Mapped[int] = mapped_column()  # of them, after more than one mail
