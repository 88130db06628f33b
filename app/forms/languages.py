"""The language that something of others is written in."""

from __future__ import annotations

import re
from typing import Any

from babel import Locale
from babel.core import UnknownLocaleError
from flask import current_app
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, Form, SelectChoice, SelectField
from wtforms.validators import StopValidation

LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,4})?")
# What is written about most of the places that campaigns are about, and what most of it is written in.
# fmt: off
LANGUAGES = ("ar", "arc", "ckb", "ku", "kmr", "de", "el", "en", "es", "fa", "prs", "fr", "he", "hi", "hy", "id", "it", "ja", "ka",
             "ko", "nl", "pl", "ps", "pt", "ro", "ru", "sv", "sw", "syr", "tr", "uk", "ur", "zh")
# fmt: on
# Where the library of languages knows no name, or one that names the country twice.
OWN_NAMES = {"arc": "ܐܪܡܝܐ", "prs": "دری", "ku": "Kurdî", "kmr": "Kurdî (kurmancî)"}


def _well_formed(_form: Form, field: Field) -> None:
    if field.data and not LANGUAGE.fullmatch(field.data):
        raise StopValidation(_("Choose a language from the list."))


class LanguageOfText(SelectField):
    """The language that something is written in, or nothing. One that a feed said and the list has not is kept."""

    choices: list[SelectChoice]

    def __init__(self, label: Any, **kwargs: Any) -> None:
        super().__init__(
            label, choices=language_choices, validate_choice=False, validators=[_well_formed], default="", **kwargs
        )

    def process_data(self, value: Any) -> None:
        super().process_data(value)
        self._keep()

    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata(valuelist)
        self._keep()

    def takes(self, code: str) -> bool:
        """Whether a code that somebody else wrote can be that of a language; if so it can be chosen."""
        if not LANGUAGE.fullmatch(code):
            return False
        if code not in {choice.value for choice in self.choices}:
            self.choices = [*self.choices, SelectChoice(code, language_name(code))]
        return True

    def _keep(self) -> None:
        if self.data:
            self.takes(self.data)


def language_choices() -> list[SelectChoice]:
    """The languages of this site first, then others, each by its own name."""
    own = list(current_app.config["LANGUAGES"])
    others = sorted((code for code in LANGUAGES if code not in own), key=lambda code: language_name(code).casefold())
    return [SelectChoice("", _l("Not said")), *(SelectChoice(code, language_name(code)) for code in (*own, *others))]


def language_name(code: str) -> str:
    """A language's name in itself, the code where that is not known."""
    if code in OWN_NAMES:
        return OWN_NAMES[code]
    try:
        return (Locale.parse(code, sep="-").get_display_name(code.replace("-", "_")) or code).capitalize()
    except (UnknownLocaleError, ValueError):
        return code
