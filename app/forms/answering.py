"""Fields for a campaign's own questions in the sign form, and what is read from them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from flask_babel import gettext as _
from wtforms import BooleanField, Field, Form, SelectChoice, SelectField, StringField, TextAreaField
from wtforms.validators import StopValidation

from app import question_words
from app.domain import questions as asking
from app.domain.answers import GivenAnswer
from app.forms.fields import readable_block
from app.forms.texts import at_most, clean, clean_block, few_marks, readable, some_letter
from app.models import Question, QuestionKind
from app.models.questions import ANSWER_LENGTH, LINE_LENGTH, NO, YES

SHOWN = re.compile(r"(\d{1,9})\.(\d{1,5})")
NAMES = re.compile(r"q-\d{1,9}")
F = TypeVar("F", bound=Form)


def name(question: Question) -> str:
    """What its field is called."""
    return f"q-{question.id}"


def written(questions: Sequence[Question]) -> str:
    """The questions that a page shows, each with the version of its words, for a hidden field."""
    return " ".join(f"{question.id}.{question.version}" for question in questions)


def shown(hidden: Mapping[str, str]) -> dict[int, int]:
    """The versions that the page showed, by the number of the question."""
    said = hidden.get("questions", "")[:400]
    return {int(found[1]): int(found[2]) for found in SHOWN.finditer(said)}


def with_fields(form: type[F], questions: Sequence[Question], hidden: Mapping[str, str] | None) -> type[F]:
    """The form with a field for each question more."""
    versions = shown(hidden or {})
    fields = {name(question): _field(question, versions.get(question.id)) for question in questions}
    return type(form.__name__, (form,), fields)


def _field(question: Question, version: int | None) -> Field:
    label, needed = question_words.label(question.wording), _needed(question)
    if question.kind == QuestionKind.LINE:
        checks = [needed, at_most(LINE_LENGTH), readable, few_marks]
        return StringField(label, filters=[clean], validators=checks)
    if question.kind == QuestionKind.TEXT:
        checks = [needed, at_most(ANSWER_LENGTH), readable_block, few_marks]
        return TextAreaField(label, filters=[clean_block], validators=checks)
    if question.kind == QuestionKind.BOX:
        return BooleanField(label, validators=[needed] if question.is_required else [])
    offered = [SelectChoice(value, shown) for value, shown in question_words.options(question.wording)]
    return SelectField(
        label, choices=offered, validate_choice=False, validators=[needed, _one_of(_options(question, version))]
    )


def _options(question: Question, version: int | None) -> set[str]:
    """What can be chosen now, and what could be on the page that was opened."""
    now = set(question.wording.options)
    return now | set(asking.wording(question, version).options) if version else now


def _needed(question: Question) -> Callable[[Form, Field], None]:
    """Refuse an empty answer where one is required; what cannot be seen is empty too."""
    sentences = {
        QuestionKind.CHOICE: lambda: _("Choose one of the answers."),
        QuestionKind.BOX: lambda: _("Tick this box to sign."),
    }

    def check(_form: Form, field: Field) -> None:
        empty = not field.data if question.kind == QuestionKind.BOX else not some_letter(field.data or "")
        if empty and question.is_required:
            raise StopValidation(sentences.get(question.kind, lambda: _("Answer this question."))())
        if empty:
            raise StopValidation

    return check


def _one_of(options: set[str]) -> Callable[[Form, Field], None]:
    def check(_form: Form, field: Field) -> None:
        if field.data not in options:
            raise StopValidation(_("Choose one of the answers."))

    return check


def read(question: Question, field: Field, versions: Mapping[int, int]) -> GivenAnswer | None:
    """The answer, once it was validated; None where nothing was answered."""
    version = versions.get(question.id, 0)
    known = version if 1 <= version <= question.version else question.version
    if question.kind == QuestionKind.BOX:
        value = YES if field.data else NO if version else ""
    else:
        value = (field.data or "") if some_letter(field.data or "") else ""
    return GivenAnswer(question.id, known, value) if value else None
