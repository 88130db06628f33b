"""What organisers say about what signers are asked: the usual fields, and a question with its words in each language."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, Field, HiddenField, SelectChoice, SelectField, ValidationError

from app.domain.folding import fold
from app.domain.questions import FEWEST_OPTIONS, MOST_OPTIONS, Words
from app.forms import values
from app.forms.fields import block, line
from app.forms.texts import clean
from app.forms.unsaved import KeptForm
from app.models import Asked, Campaign, Question, QuestionKind
from app.models.questions import HELP_LENGTH, LABEL_LENGTH, OPTION_LENGTH
from app.templating import number

OPTIONS_LENGTH = MOST_OPTIONS * (OPTION_LENGTH + 2)


def _asked(label: Any) -> SelectField:
    choices = [
        SelectChoice(Asked.REQUIRED.value, _l("Required")),
        SelectChoice(Asked.ASKED.value, _l("Asked, may stay empty")),
        SelectChoice(Asked.OFF.value, _l("Not asked")),
    ]
    return SelectField(label, choices=choices)


class FieldsForm(FlaskForm):
    """Which of the usual fields the sign form has."""

    family_name = _asked(_l("Family name"))
    country = _asked(_l("Country"))
    postcode = _asked(_l("Postcode"))

    @staticmethod
    def of(campaign: Campaign) -> FieldsForm:
        """Filled as it stands."""
        names = ("family_name", "country", "postcode")
        return FieldsForm(data={name: getattr(campaign, f"asks_{name}").value for name in names})

    def read_values(self) -> dict[str, Asked]:
        """What was chosen, once it was validated."""
        return {name: Asked(self[name].data) for name in ("family_name", "country", "postcode")}


class QuestionForm(KeptForm):
    """A question in the language of the campaign; `of` adds the other languages of the site."""

    label = line(_l("Question"), LABEL_LENGTH, _l("Write the question."))
    help = line(_l("Help"), HELP_LENGTH)
    options = block(_l("Answers to choose from"), OPTIONS_LENGTH)
    is_required = BooleanField(_l("Has to be answered"))
    seen = HiddenField()
    kind: QuestionKind
    locale: str
    others: Sequence[str] = ()

    @staticmethod
    def of(kind: QuestionKind, locale: str, languages: Sequence[str], question: Question | None = None) -> QuestionForm:
        """The form of a question of this kind, in these languages; filled as it stands."""
        others = [code for code in languages if code != locale]
        fields: dict[str, Any] = {}
        for code in others:
            fields[f"label_{code}"] = line(_l("Question"), LABEL_LENGTH)
            fields[f"help_{code}"] = line(_l("Help"), HELP_LENGTH)
            fields[f"options_{code}"] = block(_l("Answers to choose from"), OPTIONS_LENGTH)
        form: QuestionForm = type("QuestionForm", (QuestionForm,), fields)(data=_filled(question))
        form.kind, form.locale, form.others = kind, locale, others
        return form

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """Translated answers stand in the order of the original, and are not more."""
        super().validate(*args, **kwargs)
        for code in self.others if self.kind == QuestionKind.CHOICE else ():
            field = self[f"options_{code}"]
            if not field.errors and len(_lines(field)) > len(_lines(self.options)):
                field.errors = [_("Write one line for each answer of the original, in the same order.")]
        return not self.errors

    def validate_options(self, field: Field) -> None:
        """Between two and twenty, each another one."""
        if self.kind != QuestionKind.CHOICE:
            return
        lines = _lines(field)
        if not FEWEST_OPTIONS <= len(lines) <= MOST_OPTIONS:
            fewest, most = number(FEWEST_OPTIONS), number(MOST_OPTIONS)
            raise ValidationError(_("Write %(fewest)s to %(most)s answers, each in a line.", fewest=fewest, most=most))
        if len({fold(one) for one in lines}) < len(lines):
            raise ValidationError(_("Two of these answers are the same."))
        if any(len(one) > OPTION_LENGTH for one in lines):
            most = number(OPTION_LENGTH)
            raise ValidationError(_("Use at most %(max)s characters for an answer.", max=most))

    def read_words(self) -> Words:
        """What was written, once it was validated."""
        is_choice = self.kind == QuestionKind.CHOICE
        translations = {}
        for code in self.others:
            said = {
                "label": self[f"label_{code}"].data or "",
                "help": self[f"help_{code}"].data or "",
                "options": [one[:OPTION_LENGTH] for one in _lines(self[f"options_{code}"])] if is_choice else [],
            }
            if any(said.values()):
                translations[code] = said
        options = tuple(_lines(self.options)) if is_choice else ()
        return Words(self.locale, self.label.data or "", self.help.data or "", options, translations)

    def read_seen(self) -> int:
        """The version of the words that somebody had before them; 0, which is never right, where the form does not say."""
        return values.key(self.seen.data or "") or 0


def _lines(field: Field) -> list[str]:
    """The answers, each a line."""
    return [said for said in map(clean, (field.data or "").split("\n")) if said]


def _filled(question: Question | None) -> dict[str, Any]:
    if question is None:
        return {}
    wording = question.wording
    found = {
        "label": wording.label,
        "help": wording.help,
        "options": "\n".join(wording.options),
        "is_required": question.is_required,
        "seen": str(question.version),
    }
    for code, said in wording.translations.items():
        found |= {f"{part}_{code}": said.get(part, "") for part in ("label", "help")}
        found[f"options_{code}"] = "\n".join(said.get("options", []))
    return found
