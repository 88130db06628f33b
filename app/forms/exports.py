"""What is asked before signers leave the house."""

from __future__ import annotations

from collections.abc import Collection

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Field, PasswordField, RadioField, SelectChoice, SelectField, SelectMultipleField, ValidationError

from app.domain.exports import COLUMNS, USUAL, Choice, columns_for
from app.domain.rights import Right
from app.forms.fields import DayField, line
from app.models import ExportForm

REASON_LENGTH = 300
NAMES = {
    "given_name": _l("Given name"),
    "family_name": _l("Family name"),
    "country": _l("Country"),
    "postcode": _l("Postcode"),
    "signed_at": _l("Signed at (UTC)"),
    "text_version": _l("Text version signed"),
    "email": _l("E-mail"),
    "show_name": _l("Name may be shown"),
    "consent": _l("Consent and its wording"),
    "channel": _l("Channel"),
    "origin": _l("Signed online, on paper or elsewhere"),
    "state": _l("State"),
}


class TakeForm(FlaskForm):
    """Who, which columns, made for what, why; and the password again. `read_choice` gives what the domain needs."""

    who = RadioField(
        _l("Which signers"),
        choices=[SelectChoice("confirmed", _l("Confirmed only")), SelectChoice("all", _l("All states"))],
        default="confirmed",
    )
    signed_from = DayField(_l("Signed from"))
    signed_to = DayField(_l("Signed until"))
    consent = SelectField(
        _l("Consent"),
        choices=[
            SelectChoice("everybody", _l("Everybody, for the hand-over")),
            SelectChoice("supporters", _l("Only supporters who agreed to hear more")),
        ],
        default="everybody",
    )
    columns = SelectMultipleField(
        _l("Columns"), choices=[SelectChoice(name, NAMES[name]) for name in COLUMNS], default=list(USUAL)
    )
    made_for = RadioField(
        _l("Made for"),
        choices=[SelectChoice("spreadsheet", _l("A spreadsheet")), SelectChoice("crm", _l("A CRM"))],
        default="spreadsheet",
    )
    bom = SelectField(
        _l("Byte order mark"),
        choices=[
            SelectChoice("usual", _l("As usual: for a spreadsheet yes, for a CRM no")),
            SelectChoice("with", _l("Yes: older spreadsheets need it to read every alphabet")),
            SelectChoice("without", _l("No: the file begins with the first cell")),
        ],
        default="usual",
    )
    reason = line(_l("Reason, for the record"), REASON_LENGTH, _l("Say why the list is taken. It stays on record."))
    password = PasswordField(_l("Your password again"))

    def offer(self, held: Collection[Right]) -> TakeForm:
        """The same form with the columns alone that somebody with these rights may take."""
        allowed = columns_for(held)
        self.columns.choices = [SelectChoice(name, NAMES[name]) for name in allowed]
        if not self.is_submitted():
            self.columns.data = [name for name in USUAL if name in allowed]
        return self

    def validate_columns(self, field: Field) -> None:
        """A file needs a column."""
        if not field.data:
            raise ValidationError(_("Choose at least one column."))

    def validate_signed_to(self, field: DayField) -> None:
        """The span runs forwards."""
        if self.signed_from.day and field.day and field.day < self.signed_from.day:
            raise ValidationError(_("Choose a last day that is not before the first."))

    def validate_choice(self) -> bool:
        """Whether it is clear which rows and columns are meant; reason and password are not looked at."""
        self.validate()
        self.reason.errors = self.password.errors = ()
        return not self.errors

    def read_choice(self) -> Choice:
        """What was chosen, once it has been validated."""
        made_for = ExportForm(self.made_for.data)
        usual = made_for == ExportForm.SPREADSHEET
        return Choice(
            columns=tuple(self.columns.data or ()),
            all_states=self.who.data == "all",
            signed_from=self.signed_from.day,
            signed_to=self.signed_to.day,
            supporters_only=self.consent.data == "supporters",
            form=made_for,
            bom=usual if self.bom.data == "usual" else self.bom.data == "with",
        )
