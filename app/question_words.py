"""A campaign's own questions and their answers in the language of the reader, or in the original where there is no translation."""

from __future__ import annotations

from flask_babel import get_locale
from flask_babel import gettext as _
from markupsafe import Markup, escape

from app import i18n
from app.models import Answer, QuestionKind, QuestionWording
from app.models.questions import YES


def label(wording: QuestionWording) -> Markup:
    """What is asked."""
    return _said(wording, "label")


def name(wording: QuestionWording) -> str:
    """The same as plain text, for a file."""
    return str(_translation(wording).get("label") or wording.label)


def help_text(wording: QuestionWording) -> Markup:
    """What helps to answer it."""
    return _said(wording, "help")


def options(wording: QuestionWording) -> list[tuple[str, str]]:
    """What can be chosen: as it is kept, and as it is shown."""
    own = _translation(wording).get("options", [])
    shown = [own[place] if place < len(own) and own[place] else option for place, option in enumerate(wording.options)]
    return list(zip(wording.options, shown, strict=True))


def answer(given: Answer) -> str | Markup:
    """What was answered."""
    if given.question.kind == QuestionKind.BOX:
        return _("yes") if given.value == YES else _("no")
    if given.question.kind == QuestionKind.CHOICE:
        return dict(options(given.wording)).get(given.value, given.value)
    return given.value


def _translation(wording: QuestionWording) -> dict[str, list[str]]:
    reading = str(get_locale())
    return {} if reading == wording.locale else wording.translations.get(reading, {})


def _said(wording: QuestionWording, part: str) -> Markup:
    own = _translation(wording).get(part)
    if own:
        return escape(own)
    attributes = i18n.in_language(wording.locale)
    text = getattr(wording, part)
    return Markup("<span{}>{}</span>").format(attributes, text) if attributes and text else escape(text)
