"""What people may write: cleaning and rules for names and lines of text (table 3.2)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from flask_babel import gettext as _
from flask_babel import ngettext
from wtforms import Field, Form
from wtforms.validators import StopValidation

from app.templating import number

# Turn writing around or hide it: bidirectional overrides and isolates, and marks that nobody sees.
TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
UNSEEN = re.compile("[\u200b\u200e\u200f\u2060\ufeff\u00ad\u3164\u115f\u1160]")
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
ENCODED_WORD = re.compile(r"=\?.*\?=")
LINK = re.compile(r"(?i)https?:|www\.|[\w-]+\.[a-z]{2,24}/")
DOMAIN = re.compile(r"(?i)\b[\w-]{2,}\.(?:com|net|org|info|biz|io|ru|cn|xyz|top|site|online|shop|example)\b")
FORMULA = re.compile(r"^\s*[=+@＝＋＠-]")
LONGEST = 5_000  # characters; no line taken anywhere is as long, and looking at one closely would only cost time
DEEPEST = 30  # marks on one letter that are put in order (UAX 15, stream-safe text); more take the square of the time
MOST_MARKS = 8  # combining marks on one letter; beyond, it is no writing system's use of them


def clean(text: str | None) -> str:
    """The text composed (NFC), without unseen or turning characters, with single spaces and none at the ends."""
    if not text:
        return ""
    if len(text) > LONGEST:
        return text  # as it is: its field refuses it
    text = UNSEEN.sub("", TURNING.sub("", unicodedata.normalize("NFC", text)))
    return re.sub(r"[ \t\u00a0\u2000-\u200a\u3000]+", " ", text).strip()


def clean_block(text: str | None) -> str:
    """The same for a text of several lines: line ends become LF, lines stay."""
    if not text:
        return ""
    text = _composed(text).replace("\r\n", "\n").replace("\r", "\n")
    return UNSEEN.sub("", TURNING.sub("", text)).strip("\n ")


def _composed(text: str) -> str:
    """The text composed (NFC), unless it piles up marks as no writing system does."""
    deep = 0
    for letter in text:
        deep = deep + 1 if unicodedata.combining(letter) else 0
        if deep > DEEPEST:
            return text
    return unicodedata.normalize("NFC", text)


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
