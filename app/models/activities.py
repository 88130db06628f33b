"""What members of an organisation did: who, what, to which thing, when. Rows are added and never changed."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Model
from app.models.types import UTC, BigKey, Word, longest

THING_LENGTH, NAME_LENGTH = 200, 120


class Deed(StrEnum):
    """What was done. Words are added and never taken away: old rows hold them for ever."""

    CREATED = "created"
    WROTE = "wrote"
    CHANGED = "changed"
    FRAMED = "framed"
    ADDRESSED = "addressed"
    PICTURED = "pictured"
    MOVED = "moved"
    ARRANGED = "arranged"
    GATHERED = "gathered"
    PUBLISHED = "published"
    WITHDREW = "withdrew"
    CLOSED = "closed"
    REOPENED = "reopened"
    OUTCOME = "outcome"
    ANSWERED = "answered"
    DISCARDED = "discarded"
    REMOVED = "removed"
    RESTORED = "restored"
    CITED = "cited"
    UNCITED = "uncited"
    DECIDED = "decided"
    ASSESSED = "assessed"
    IMPORTED = "imported"
    COPIED = "copied"
    KEPT_TEMPLATE = "kept_template"
    RENAMED = "renamed"
    PAUSED = "paused"
    EXPLAINED = "explained"
    RESUMED = "resumed"
    ARCHIVED = "archived"
    BROUGHT_BACK = "brought_back"
    PLANNED = "planned"
    UNPLANNED = "unplanned"
    ASKED_REVIEW = "asked_review"
    UNASKED_REVIEW = "unasked_review"
    SENT_BACK = "sent_back"
    ACTED = "acted"
    STOPPED = "stopped"
    TOOK_LIST = "took_list"
    TOOK_LOG = "took_log"
    INVITED = "invited"
    UNINVITED = "uninvited"
    JOINED = "joined"
    LEFT = "left"
    GAVE_ROLE = "gave_role"
    OFFERED = "offered"
    UNOFFERED = "unoffered"
    DECLINED = "declined"
    HANDED_OVER = "handed_over"
    TOOK_OVER = "took_over"
    ASKED = "asked"
    UNASKED = "unasked"
    THANKED = "thanked"
    SENT_LINK = "sent_link"


class Thing(StrEnum):
    """To what it was done."""

    CAMPAIGN = "campaign"
    TOPIC = "topic"
    UPDATE = "update"
    DELIVERY = "delivery"
    REPORT = "report"
    NEWS_ITEM = "news_item"
    NEWS_SOURCE = "news_source"
    KEY_FIGURE = "key_figure"
    SERIES = "series"
    REGISTER = "register"
    INCIDENT = "incident"
    IMPORT = "import"
    SIGNER_IMPORT = "signer_import"
    MEMBER = "member"
    INVITATION = "invitation"
    ORGANISATION = "organisation"
    EXPORT_PRESET = "export_preset"
    EXPORT_KEY = "export_key"


class Activity(Model):
    """One act of one person. Names stand as they were then; what is gone since keeps its name here.

    The database refuses every change of a row and its deletion, but two things: an account that is deleted leaves its name
    behind, and the log of an organisation goes when the organisation itself does.
    """

    __tablename__ = "activity"
    __table_args__ = (
        longest("thing", THING_LENGTH),
        longest("by_name", NAME_LENGTH),
        Index("ix_activity_page", "organisation_id", "done_at", "id"),
        Index("ix_activity_thing", "organisation_id", "thing_kind", "thing_id", "id"),
        Index("ix_activity_account_id", "account_id"),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"))
    done_at: Mapped[dt.datetime] = mapped_column(UTC)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    by_name: Mapped[str] = mapped_column(String(NAME_LENGTH), default="")  # empty: the command line, or a planned act
    deed: Mapped[Deed] = mapped_column(Word(Deed))
    thing_kind: Mapped[Thing] = mapped_column(Word(Thing))
    thing_id: Mapped[int] = mapped_column(BigInteger)  # no foreign key: things go, the log stays
    thing: Mapped[str] = mapped_column(String(THING_LENGTH))
    details: Mapped[dict[str, Any]] = mapped_column(JSON)  # of a closed list, see app/activity_words.py
    folded: Mapped[str] = mapped_column(Text)  # name and thing, folded
