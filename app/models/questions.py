"""What signers are asked beside name and mailbox: the usual fields, a campaign's own questions, and what was answered."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, ForeignKeyConstraint, Index, Select, String, Text, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.extensions import Model
from app.models.types import UTC, BigKey, Word, longest, one_of

LABEL_LENGTH, HELP_LENGTH, OPTION_LENGTH = 200, 500, 120
LINE_LENGTH, ANSWER_LENGTH = 200, 2000  # of an answer in one line, and of any
FIELDS = ("family_name", "country", "postcode")  # that a campaign may ask for, require, or do without
YES, NO = "yes", "no"  # what is kept of a box


class Asked(StrEnum):
    """Whether the sign form has one of the usual fields, and whether it may stay empty."""

    OFF = "off"
    ASKED = "asked"
    REQUIRED = "required"


class QuestionKind(StrEnum):
    """How a question is answered."""

    LINE = "line"
    TEXT = "text"
    CHOICE = "choice"
    BOX = "box"


class Question(Model):
    """A campaign's own question. What stands in its answers is never lost with it: a question that has some is closed, not removed."""

    __tablename__ = "question"
    __table_args__ = (one_of("kind", QuestionKind),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"), index=True)
    position: Mapped[int] = mapped_column()
    kind: Mapped[QuestionKind] = mapped_column(Word(QuestionKind))
    is_required: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)  # the wording that is asked now
    edited_at: Mapped[dt.datetime] = mapped_column(UTC)
    closed_at: Mapped[dt.datetime | None] = mapped_column(UTC)  # no longer asked; its answers stay
    removed_at: Mapped[dt.datetime | None] = mapped_column(UTC)  # never answered, and gone unless it is put back

    wording: Mapped[QuestionWording] = relationship(
        primaryjoin="and_(QuestionWording.question_id == Question.id, QuestionWording.version == Question.version)",
        foreign_keys="[QuestionWording.question_id, QuestionWording.version]",
        viewonly=True,
        uselist=False,
        lazy="joined",
    )

    @staticmethod
    def of(campaign_id: int) -> Select[Question]:
        """A campaign's questions in their order, those too that are no longer asked; not those that were removed."""
        own = (Question.campaign_id == campaign_id, Question.removed_at.is_(None))
        return select(Question).where(*own).order_by(Question.position, Question.id)

    @property
    def is_open(self) -> bool:
        """Whether signers are asked it."""
        return self.closed_at is None and self.removed_at is None


class QuestionWording(Model):
    """The words of a question from a moment on, in the language of the campaign and in others. Each answer knows which it answers."""

    __tablename__ = "question_wording"
    __table_args__ = (longest("label", LABEL_LENGTH), longest("help", HELP_LENGTH))

    question_id: Mapped[int] = mapped_column(ForeignKey("question.id", ondelete="CASCADE"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    locale: Mapped[str] = mapped_column(String(8))
    label: Mapped[str] = mapped_column(String(LABEL_LENGTH))
    help: Mapped[str] = mapped_column(String(HELP_LENGTH), default="")
    options: Mapped[list[str]] = mapped_column(JSON, default=list)
    # By language: label, help and options, the options in the order of the original. What is missing is shown in the original.
    translations: Mapped[dict[str, dict[str, Any]]] = mapped_column(JSON, default=dict)
    written_at: Mapped[dt.datetime] = mapped_column(UTC)


class Answer(Model):
    """What one signer answered to one question: the words typed, the option chosen as it stands in the original, or yes or no."""

    __tablename__ = "answer"
    __table_args__ = (
        ForeignKeyConstraint(["question_id", "version"], ["question_wording.question_id", "question_wording.version"]),
        longest("value", ANSWER_LENGTH),
        Index("ix_answer_question_id", "question_id"),
    )

    signature_id: Mapped[int] = mapped_column(ForeignKey("signature.id", ondelete="CASCADE"), primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("question.id"), primary_key=True, autoincrement=False)
    version: Mapped[int] = mapped_column()
    value: Mapped[str] = mapped_column(Text)

    question: Mapped[Question] = relationship(viewonly=True)
    wording: Mapped[QuestionWording] = relationship(
        primaryjoin="and_(QuestionWording.question_id == Answer.question_id, QuestionWording.version == Answer.version)",
        foreign_keys="[QuestionWording.question_id, QuestionWording.version]",
        viewonly=True,
        uselist=False,
    )
