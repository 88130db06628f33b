"""What signers answered to a campaign's own questions: kept with the signature, forgotten with it, found and taken out by it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Integer, Text, delete, exists, func, insert, select
from sqlalchemy.orm import joinedload

from app.domain import given
from app.extensions import db
from app.models import Answer, Question, Signature
from app.models.types import table_of


@dataclass(frozen=True)
class GivenAnswer:
    """What somebody answered to a question, in which of its wordings."""

    question_id: int
    version: int
    value: str
    signature_id: int = 0


def of_signature(signature_id: int, answers: Iterable[GivenAnswer]) -> list[GivenAnswer]:
    """The same, given with this signature."""
    return [replace(answer, signature_id=signature_id) for answer in answers]


def _keep(answers: Sequence[GivenAnswer]) -> None:
    """Keep them, in one statement. What answers no question of the signature's own campaign, or one that is gone, is not kept."""
    if answers:
        given.execute(_keep_statement, map(asdict, answers))


def _keep_statement(dialect: str) -> Any:
    question, signature = table_of(Question).c, table_of(Signature).c
    numbers = {"signature_id": BigInteger(), "question_id": BigInteger(), "version": Integer()}
    row = given.table(dialect, {**numbers, "value": Text()}).c
    own = select(signature.campaign_id).where(signature.id == row.signature_id).scalar_subquery()
    found = select(row.signature_id, row.question_id, row.version, row.value).where(
        question.id == row.question_id, question.removed_at.is_(None), question.campaign_id == own
    )
    return insert(table_of(Answer)).from_select(["signature_id", "question_id", "version", "value"], found)


def _forget(signature_id: int) -> None:
    db.session.execute(delete(Answer).where(Answer.signature_id == signature_id))


def of(signature: Signature) -> list[Answer]:
    """What was answered with a signature, in the order of the form, each with the words that were asked."""
    found = (
        select(Answer)
        .join(Question, Question.id == Answer.question_id)
        .where(Answer.signature_id == signature.id)
        .options(joinedload(Answer.question), joinedload(Answer.wording))
        .order_by(Question.position, Question.id)
    )
    return list(db.session.scalars(found))


def to(question_id: int, signature_ids: Sequence[int]) -> dict[int, Answer]:
    """What was answered to a question with these signatures, each with the words that were asked. One query."""
    found = select(Answer).where(Answer.question_id == question_id, Answer.signature_id.in_(signature_ids))
    rows = db.session.scalars(found.options(joinedload(Answer.question), joinedload(Answer.wording)))
    return {row.signature_id: row for row in rows}


def as_text(question_id: int) -> ColumnElement[str]:
    """The answer to a question, as a column of a query on `Signature`: the words typed, the option chosen as it stands in the language
    of the campaign, `yes` or `no` for a box; empty where nothing was answered."""
    value = select(Answer.value).where(Answer.signature_id == Signature.id, Answer.question_id == question_id)
    return func.coalesce(value.correlate(Signature).scalar_subquery(), "")


def answered(question_id: int, value: str) -> ColumnElement[bool]:
    """The condition of a signature with this answer to a question."""
    own = (Answer.signature_id == Signature.id, Answer.question_id == question_id)
    return exists().where(*own, Answer.value == value)


def counted(question_ids: Sequence[int]) -> dict[int, int]:
    """How many signers answered each of these questions; those that nobody answered are missing."""
    if not question_ids:
        return {}
    by_question = select(Answer.question_id, func.count()).where(Answer.question_id.in_(question_ids))
    return dict(db.session.execute(by_question.group_by(Answer.question_id)).all())
