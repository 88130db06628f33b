"""What is asked before signature sheets are printed."""

from __future__ import annotations

from typing import Any

from flask import current_app
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, Field, SelectChoice, SelectField, StringField, ValidationError

from app import i18n
from app.forms import values
from app.signature_sheet import MOST_LINES, MOST_SHEETS, Choice
from app.templating import number


class SheetForm(FlaskForm):
    """Paper, language, lines and sheets. It stands in the address of the file and changes nothing."""

    class Meta:
        csrf = False

    language = SelectField(_l("Language"))
    paper = SelectField(
        _l("Paper"), default="a4", choices=[SelectChoice("a4", "A4"), SelectChoice("letter", _l("Letter"))]
    )
    lines = StringField(_l("Lines on a sheet"), default=str(MOST_LINES))
    sheets = StringField(_l("Sheets"), default="1")
    without_email = BooleanField(_l("Without e-mail and consent to hear more"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        codes = current_app.config["LANGUAGES"]
        self.language.choices = [SelectChoice(code, i18n.language_name(code)) for code in codes]

    def validate_lines(self, field: Field) -> None:
        """As many as fit a sheet."""
        _between(field, MOST_LINES)

    def validate_sheets(self, field: Field) -> None:
        """As many as a person prints at once."""
        _between(field, MOST_SHEETS)

    def read(self) -> Choice:
        """What is to be drawn, once this was validated."""
        lines, sheets = values.key(self.lines.data or "") or 1, values.key(self.sheets.data or "") or 1
        return Choice(self.paper.data, lines, sheets, not self.without_email.data)


def _between(field: Field, most: int) -> None:
    said = values.key(field.data or "") or 0
    if not 1 <= said <= most:
        raise ValidationError(_("Write a number from 1 to %(most)s.", most=number(most)))
