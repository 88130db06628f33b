"""What people may write: cleaning and rules for names and lines of text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from flask_babel import gettext as _
from flask_babel import ngettext
from wtforms import Field, Form
from wtforms.validators import StopValidation

from app.cleaning import clean as clean
from app.cleaning import clean_block as clean_block
from app.templating import number

CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
ENCODED_WORD = re.compile(r"=\?.*\?=")
LINK = re.compile(r"(?i)https?:|www\.|[\w-]+\.[a-z]{2,24}/")
DOMAIN = re.compile(r"(?i)\b[\w-]{2,}\.(?:com|net|org|info|biz|io|ru|cn|xyz|top|site|online|shop|example)\b")
FORMULA = re.compile(r"^\s*[=+@＝＋＠-]")
LONGEST_SEARCH = 200
MOST_MARKS = 8  # combining marks on one letter; beyond, it is no writing system's use of them


def search_words(text: str | None) -> str:
    """What somebody looks for in a list of the desk: on one line, without what no database can carry."""
    return clean(CONTROL.sub(" ", text or ""))[:LONGEST_SEARCH]


def readable(_form: Form, field: Field) -> None:
    """Refuse text that no database or mail can carry: NUL, lone surrogates, control characters, encoded header words."""
    text = field.data or ""
    if CONTROL.search(text) or ENCODED_WORD.search(text) or any(unicodedata.category(c) == "Cs" for c in text):
        raise StopValidation(_("Leave out control characters and line breaks."))


def plain_name(_form: Form, field: Field) -> None:
    """Refuse a name that carries an address, a formula or a tower of marks: our mail and lists must not carry those."""
    text = field.data or ""
    if LINK.search(text) or DOMAIN.search(text):
        raise StopValidation(_("Write a name only, without a web address."))
    if FORMULA.match(text):
        raise StopValidation(_("Begin the name with a letter."))
    few_marks(_form, field)


def few_marks(_form: Form, field: Field) -> None:
    """Refuse a tower of marks on one letter."""
    text = field.data or ""
    if re.search(rf"[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u20d0-\u20ff\ufe20-\ufe2f]{{{MOST_MARKS + 1},}}", text):
        raise StopValidation(_("Use fewer marks on one letter."))


def at_most(most: int) -> Callable[[Form, Field], None]:
    """Refuse longer text, with the number in the reader's own figures and grammar."""

    def check(_form: Form, field: Field) -> None:
        if len(field.data or "") > most:
            said = ngettext(
                "Use at most %(most)s character.", "Use at most %(most)s characters.", most, most=number(most)
            )
            raise StopValidation(said)

    return check


def some_letter(text: str) -> bool:
    """Whether anything in the text can be seen."""
    return any(unicodedata.category(c)[0] in "LNPS" for c in text)
