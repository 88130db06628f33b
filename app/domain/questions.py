"""What signers of a campaign are asked: the usual fields, and questions of its own.

A question that somebody answered is never removed: it is closed, which keeps its answers, and can be opened again. Once a campaign
was public, other words are a new version of a question, and each answer keeps the version that it answers.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, func, select

from app.domain import activity, answers, orders
from app.domain.campaign_states import _hold
from app.domain.pending import Person
from app.domain.refused import EditedMeanwhile, NotFound, Refused
from app.domain.transactions import unit_of_work
from app.extensions import db
from app.models import Answer, Asked, Campaign, Deed, Question, QuestionKind, QuestionWording
from app.models.questions import FIELDS

MOST = 10  # open at one time; more would keep people from signing
FEWEST_OPTIONS, MOST_OPTIONS = 2, 20
REMOVED_KEPT = dt.timedelta(days=30)  # as long a removal can be undone


@dataclass(frozen=True)
class Words:
    """The words of a question in the language of the campaign, and in others."""

    locale: str
    label: str
    help: str = ""
    options: tuple[str, ...] = ()
    translations: dict[str, dict[str, Any]] = field(default_factory=dict)

    def columns(self) -> dict[str, Any]:
        """The same as a wording keeps it."""
        return {**asdict(self), "options": list(self.options)}


@unit_of_work
def set_fields(campaign: Campaign, *, family_name: Asked, country: Asked, postcode: Asked, now: dt.datetime) -> None:
    """Say which of the usual fields the sign form has. Name and mailbox are always asked: without them there is no signature."""
    _hold(campaign)
    campaign.asks_family_name, campaign.asks_country, campaign.asks_postcode = family_name, country, postcode
    if db.session.is_modified(campaign):
        activity._note(Deed.ASKED, campaign, now=now)
        campaign.edited_at = now


@unit_of_work
def add(campaign: Campaign, kind: QuestionKind, words: Words, *, is_required: bool, now: dt.datetime) -> Question:
    """One more question, last. Raises Refused where there are `MOST` already."""
    shown = _held(campaign)
    _refuse_too_many(shown)
    position = max((question.position for question in shown), default=0) + 1
    question = Question(
        campaign_id=campaign.id, kind=kind, is_required=is_required, position=position, version=1, edited_at=now
    )
    db.session.add(question)
    db.session.flush()
    db.session.add(QuestionWording(question_id=question.id, version=1, written_at=now, **words.columns()))
    _noted(campaign, question, Deed.ASKED, words.label, now)
    return question


@unit_of_work
def change(
    campaign: Campaign, question: Question, words: Words, *, is_required: bool, seen: int, now: dt.datetime
) -> None:
    """Ask it in other words. `seen`: the version that somebody had before them. Raises EditedMeanwhile where that is not the last one.

    Whoever answered before answered the words of then.
    """
    _held(campaign)
    wording = db.session.get_one(QuestionWording, (question.id, question.version))
    if seen != question.version:
        raise EditedMeanwhile(_("Somebody else changed this question after you opened it. Compare, then save again."))
    written = words.columns()
    is_other = any(getattr(wording, name) != value for name, value in written.items())
    if is_other and campaign.current_version:
        question.version += 1
        db.session.add(QuestionWording(question_id=question.id, version=question.version, written_at=now, **written))
    elif is_other:
        for name, value in written.items():
            setattr(wording, name, value)
        wording.written_at = now
    if is_other or is_required != question.is_required:
        question.is_required, question.edited_at = is_required, now
        _noted(campaign, question, Deed.ASKED, words.label, now)


@unit_of_work
def move(campaign: Campaign, number: int, steps: int, *, now: dt.datetime) -> None:
    """Ask a question later by `steps`, or earlier where that is negative."""
    shown = {question.id: question for question in _held(campaign) if question.is_open}
    if number not in shown:
        raise NotFound
    for position, own_id in enumerate(orders.moved(list(shown), number, steps), start=1):
        shown[own_id].position = position
    campaign.edited_at = now
    activity._note(Deed.ARRANGED, campaign, now=now)


@unit_of_work
def close(campaign: Campaign, question: Question, *, now: dt.datetime) -> None:
    """Ask it no longer; what was answered stays. Twice is once."""
    _held(campaign)
    if question.closed_at is None:
        question.closed_at = now
        _noted(campaign, question, Deed.UNASKED, question.wording.label, now)


@unit_of_work
def reopen(campaign: Campaign, question: Question, *, now: dt.datetime) -> None:
    """Ask it again. Raises Refused where there are `MOST` others. Twice is once."""
    shown = _held(campaign)
    if question.closed_at is not None:
        _refuse_too_many(shown)
        question.closed_at = None
        _noted(campaign, question, Deed.ASKED, question.wording.label, now)


@unit_of_work
def remove(campaign: Campaign, question: Question, *, now: dt.datetime) -> None:
    """Take a question away that nobody answered. It can be put back for 30 days. Twice is once. Raises Refused where somebody answered."""
    _held(campaign)
    if answers.counted([question.id]):
        raise Refused(_("Somebody has answered this question. Close it: it is asked no longer, and the answers stay."))
    if question.removed_at is None:
        question.removed_at = now
        _noted(campaign, question, Deed.REMOVED, question.wording.label, now)


@unit_of_work
def restore(campaign: Campaign, question: Question, *, now: dt.datetime) -> None:
    """Put a removed question back where it stood. Raises Refused where there are `MOST` others. Twice is once."""
    shown = _held(campaign)
    if question.removed_at is not None:
        if question.closed_at is None:
            _refuse_too_many(shown)
        question.removed_at = None
        _noted(campaign, question, Deed.RESTORED, question.wording.label, now)


@unit_of_work
def forget_removed(*, now: dt.datetime) -> int:
    """Delete questions whose removal can no longer be undone, with their wordings. Returns how many. One that has an answer all the
    same, sent at the moment of the removal, stays: the answer is its signer's."""
    is_answered = select(Answer.question_id).where(Answer.question_id == Question.id).exists()
    old = delete(Question).where(Question.removed_at < now - REMOVED_KEPT, ~is_answered).returning(Question.id)
    return len(list(db.session.scalars(old.execution_options(synchronize_session=False))))


def _held(campaign: Campaign) -> list[Question]:
    """The questions of a campaign in their order; nobody else changes them until this is done."""
    _hold(campaign)
    return list(db.session.scalars(Question.of(campaign.id)))


def _noted(campaign: Campaign, question: Question, deed: Deed, label: str, now: dt.datetime) -> None:
    """The campaign knows whether it asks anything, so that others cost no query more; and the log says what was done."""
    db.session.flush()
    own = Question.of(campaign.id).where(Question.closed_at.is_(None)).order_by(None)
    campaign.has_questions = bool(db.session.scalar(select(func.count()).select_from(own.subquery())))
    campaign.edited_at = now
    activity._note(deed, campaign, now=now, question=label)


def _refuse_too_many(shown: list[Question]) -> None:
    if sum(question.is_open for question in shown) >= MOST:
        raise Refused(_("Ask at most %(number)d questions. Close or remove one first.", number=MOST))


def of(campaign: Campaign) -> list[Question]:
    """All questions of a campaign in their order, those too that are no longer asked."""
    return list(db.session.scalars(Question.of(campaign.id)))


def asked(campaign: Campaign) -> list[Question]:
    """What its sign form asks now. One that asks nothing of its own costs no query."""
    return [question for question in of(campaign) if question.is_open] if campaign.has_questions else []


def own(campaign: Campaign, number: int, *, removed: bool = False) -> Question:
    """The campaign's question with this number; only if `removed` also one that was taken away. Raises NotFound."""
    question = db.session.scalar(select(Question).where(Question.campaign_id == campaign.id, Question.id == number))
    if question is None or (question.removed_at is not None and not removed):
        raise NotFound
    return question


def of_organisation(organisation_id: int, number: int) -> Question | None:
    """The question with this number, if one of the organisation's campaigns asks or asked it."""
    ours = (Question.id == number, Campaign.organisation_id == organisation_id)
    return db.session.scalar(select(Question).join(Campaign, Campaign.id == Question.campaign_id).where(*ours))


def is_complete(campaign: Campaign, person: Person) -> bool:
    """Whether everything is there that the campaign requires; `pending.keep` asks the database the same."""
    written = [(getattr(campaign, f"asks_{field}"), getattr(person, field)) for field in FIELDS]
    missing = any(asked == Asked.REQUIRED and not text for asked, text in written)
    return not missing and (person.has_answered or not campaign.has_questions)


def as_asked(campaign: Campaign, person: Person) -> Person:
    """Without what the campaign does not ask, as from a page that was opened when it still did; `pending.keep` drops the same."""
    off: dict[str, Any] = {field: "" for field in FIELDS if getattr(campaign, f"asks_{field}") == Asked.OFF}
    return replace(person, **off)


def wording(question: Question, version: int) -> QuestionWording:
    """The words of a question in this version; the present ones where there is no such version."""
    earlier = db.session.get(QuestionWording, (question.id, version)) if version != question.version else None
    return earlier or question.wording


def _copy(from_id: int, made: Campaign, now: dt.datetime) -> None:
    """The other campaign asks what this one asks now, in the same words and order; without the versions before, and without answers."""
    for place, question in enumerate(db.session.scalars(Question.of(from_id)).all(), start=1):
        if not question.is_open:
            continue
        other = Question(
            campaign_id=made.id,
            kind=question.kind,
            is_required=question.is_required,
            position=place,
            version=1,
            edited_at=now,
        )
        db.session.add(other)
        db.session.flush()
        names = ("locale", "label", "help", "options", "translations")
        words = {name: getattr(question.wording, name) for name in names}
        db.session.add(QuestionWording(question_id=other.id, version=1, written_at=now, **words))
        made.has_questions = True
