"""Fields that several forms of the desk share."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, Form, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional, StopValidation

from app.forms import values
from app.forms.texts import at_most, clean, clean_block, readable

URL_LENGTH = 2000
BARE_ADDRESS = re.compile(r"(?:[\w-]+\.)+[^\W\d_]{2,}(?=$|[/:?#])(?!:\D)")
MOST = _l("Use at most %(max)d characters.")


def one_line(text: str | None) -> str:
    """Cleaned text on one line, however it was pasted."""
    return clean(re.sub(r"[\r\n]+", " ", text or ""))


def readable_block(_form: Form, field: Field) -> None:
    """Refuse what no database can carry; lines and tabs are welcome."""
    text = re.sub(r"[\n\t]", "", field.data or "")
    if any(unicodedata.category(c) in {"Cc", "Cs"} for c in text):
        raise StopValidation(_("Leave out control characters."))


def with_scheme(text: str | None) -> str:
    """A web address as people say it, example.org/page, begins with https://."""
    said = clean(text)
    return f"https://{said}" if BARE_ADDRESS.match(said) else said


def web_address(_form: Form, field: Field) -> None:
    """Links go to web pages."""
    if field.data and not values.is_web_address(field.data):
        raise StopValidation(_("Begin the link with https:// or http://, and leave out spaces."))


def line(label: Any, most: int, missing: Any = None) -> StringField:
    """One line of text; `missing` is what to say when it is empty, for a line that has to be there."""
    needed = DataRequired(missing) if missing else Optional()
    return StringField(label, filters=[one_line], validators=[needed, at_most(most), readable])


def block(label: Any, most: int) -> TextAreaField:
    """Text of several lines, which may be empty."""
    return TextAreaField(
        label, filters=[clean_block], validators=[Optional(), readable_block, Length(max=most, message=MOST)]
    )


def link(label: Any, missing: Any = None) -> StringField:
    """A web address."""
    needed = DataRequired(missing) if missing else Optional()
    return StringField(
        label, filters=[with_scheme], validators=[needed, Length(max=URL_LENGTH, message=MOST), web_address]
    )


class DayField(StringField):
    """A day, or nothing. `day` holds it once the field has been validated."""

    day: dt.date | None = None

    def process_data(self, value: Any) -> None:
        self.data = value.isoformat() if isinstance(value, dt.date) else value

    def pre_validate(self, form: Form) -> None:
        if not self.data:
            return
        try:
            self.day = values.day(self.data)
        except ValueError:
            raise StopValidation(_("Choose a day, or write it as 2027-04-30.")) from None
