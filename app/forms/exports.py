"""What is asked before signers leave the house."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    Field,
    HiddenField,
    PasswordField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    ValidationError,
)

from app import export_words
from app.domain import export_layouts
from app.domain.export_choice import YES_NO, Choice
from app.domain.export_columns import AGAIN, QUESTION, USUAL, allowed, plain
from app.domain.rights import Right
from app.forms import values
from app.forms.fields import DayField, line
from app.forms.texts import clean
from app.models import Campaign, Channel, ExportForm
from app.models.exports import PRESET_NAME_LENGTH
from app.nesting import conflict

REASON_LENGTH, COLUMN_NAME_LENGTH = 300, 100
KEY = re.compile(r"[a-z_]+(:\d+)?(#[2-9])?")


@dataclass(frozen=True)
class Line:
    """A column in the list from which they are chosen: `name` is what it is called in the file, if not by its key."""

    key: str
    label: str
    is_chosen: bool
    name: str

    @property
    def usual(self) -> str:
        """What it is called in the file by itself."""
        return plain(self.key)


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
    since = SelectField(_l("Everything, or what changed"), default="")
    country = SelectField(_l("Country"), default="")
    channel = SelectField(
        _l("Channel"), choices=[SelectChoice(one, one) for one in ("", *(c.value for c in Channel))], default=""
    )
    columns = SelectMultipleField(_l("Columns"))
    order = SelectMultipleField(validate_choice=False)
    names = SelectMultipleField(validate_choice=False)
    move = HiddenField()
    layout = HiddenField()
    made_for = RadioField(
        _l("Made for"), choices=[SelectChoice(one.value, one.value) for one in ExportForm], default="spreadsheet"
    )
    yes_no = SelectField(
        _l("Yes and no"),
        choices=[SelectChoice(one, f"{yes}, {no}") for one, (yes, no) in YES_NO.items()],
        default="yes",
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
    when = SelectField(
        _l("When"),
        choices=[
            SelectChoice("usual", _l("At once; a large file is prepared, and a mail says when it is ready")),
            SelectChoice("later", _l("Prepare it, and mail me when it is ready")),
            SelectChoice("now", _l("At once, however large (CSV and JSON Lines)")),
        ],
        default="usual",
    )
    encrypt = BooleanField(_l("Encrypt to the organisation’s keys"), default=True)
    preset = line(_l("Name of the preset"), PRESET_NAME_LENGTH)
    reason = line(_l("Reason, for the record"), REASON_LENGTH, _l("Say why the list is taken. It stays on record."))
    password = PasswordField(_l("Your password again"))

    def offer(
        self,
        campaign: Campaign,
        held: Collection[Right],
        countries: Collection[tuple[str, str]],
        bases: Collection[tuple[str, str]],
        key_names: Collection[str],
    ) -> TakeForm:
        """The same form with the columns alone that somebody with these rights may take, in the order chosen so far; and with the
        names of the keys that the file can be encrypted to."""
        self.key_names = key_names
        self._campaign, self._allowed = campaign, tuple(allowed(campaign, held))
        self.since.choices = [SelectChoice("", _l("Everything")), *(SelectChoice(*one) for one in bases)]
        countries = countries if Right.SEE_SIGNERS in held else ()  # a list of one country tells it of everybody in it
        self.country.choices = [SelectChoice("", _l("Every country")), *(SelectChoice(*one) for one in countries)]
        if not self.is_submitted():
            self.columns.data = [key for key in USUAL if key in self._allowed]
        again = [key for key in self.order.data or () if AGAIN in key]
        again += [key for key in self.columns.data or () if AGAIN in key]
        self.columns.choices = [SelectChoice(key, key) for key in (*self._allowed, *filter(self._is_known, again))]
        self._move()
        return self

    @property
    def has_countries(self) -> bool:
        """Whether one country can be chosen."""
        return len(self.country.choices) > 1

    def _is_known(self, key: str) -> bool:
        return KEY.fullmatch(key) is not None and plain(key) in self._allowed

    def fill(self, choice: Choice) -> None:
        """Begin with a choice that was kept; what it has of columns that cannot be taken stays out."""
        self.who.data = "all" if choice.all_states else "confirmed"
        self.signed_from.data = choice.signed_from.isoformat() if choice.signed_from else ""
        self.signed_to.data = choice.signed_to.isoformat() if choice.signed_to else ""
        self.signed_from.day, self.signed_to.day = choice.signed_from, choice.signed_to
        self.consent.data = "supporters" if choice.supporters_only else "everybody"
        self.country.data, self.channel.data = choice.country if self.has_countries else "", choice.channel
        kept = [key for key in choice.columns if self._is_known(key)]
        self.columns.data, self.layout.data = kept, choice.layout
        names = dict(choice.names)
        self.order.data, self.names.data = kept, [names.get(key, "") for key in kept]
        self.made_for.data, self.yes_no.data = choice.form.value, choice.yes_no
        usual = choice.bom == (choice.form == ExportForm.SPREADSHEET)
        self.bom.data = "usual" if usual else "with" if choice.bom else "without"
        self.columns.choices = [SelectChoice(key, key) for key in dict.fromkeys((*self._allowed, *kept))]

    def lines(self) -> list[Line]:
        """All columns that can be chosen, in their order: as the person put them, or the chosen ones first."""
        chosen = self.columns.data or []
        keys = dict.fromkeys([*filter(self._is_known, self.order.data or ()), *filter(self._is_known, chosen)])
        keys.update(dict.fromkeys(self._allowed))
        names, said = self._names(), {key: export_words.column(self._campaign, key) for key in keys}
        return [Line(key, said[key], key in chosen, names.get(key) or _called(key, said[key])) for key in keys]

    def _names(self) -> dict[str, str]:
        """What columns are called in the file, where that is not their key."""
        pairs = zip(self.order.data or (), self.names.data or (), strict=False)
        return {key: name for key, typed in pairs if (name := clean(typed)) and name != plain(key)}

    def _move(self) -> None:
        """One column up or down, by a button."""
        to, _space, key = (self.move.data or "").partition(" ")
        keys = [one.key for one in self.lines()] if to else []
        if key not in keys or to not in {"up", "down"}:
            return
        names, place = self._names(), keys.index(key)
        other = min(max(place + (1 if to == "down" else -1), 0), len(keys) - 1)
        keys[place], keys[other] = keys[other], keys[place]
        self.order.data, self.names.data = keys, [names.get(one, "") for one in keys]
        self.columns.data = [one for one in keys if one in (self.columns.data or ())]

    def validate_columns(self, field: Field) -> None:
        """A file needs a column, and a name for each that no other has."""
        if not field.data:
            raise ValidationError(_("Choose at least one column."))
        if any(len(n) > COLUMN_NAME_LENGTH or not n.isprintable() for n in self._names().values()):
            raise ValidationError(
                _("A column’s name has at most %(max)d characters, all of them visible.", max=COLUMN_NAME_LENGTH)
            )
        names = self._choice().header()
        twice = [name for name, number in Counter(names).items() if number > 1]
        if twice:
            raise ValidationError(_("Two columns are called “%(name)s”. Give one of them another name.", name=twice[0]))
        if self.made_for.data == ExportForm.LINES and (name := conflict(names)):
            raise ValidationError(_("“%(name)s” cannot hold a value and other columns at once.", name=name))

    def validate_consent(self, field: Field) -> None:
        """No program mails those who did not agree to it."""
        layout = export_layouts.LAYOUTS.get(self.layout.data or "")
        if layout is not None and layout.mails and field.data != "supporters":
            raise ValidationError(
                _("%(program)s mails whoever is in it: take only those who agreed to hear more.", program=layout.name)
            )

    def validate_since(self, field: Field) -> None:
        """Only of what was confirmed can be told later what became of it; a paper is no list of changes."""
        if field.data and self.who.data == "all":
            raise ValidationError(_("Changes are told of confirmed signatures. Choose “Confirmed only”."))
        if field.data and self.made_for.data == ExportForm.PAPER:
            raise ValidationError(_("A PDF holds everything. For changes choose another format."))

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
        """What was chosen, once it has been validated, or was filled in by `fill`."""
        return self._choice()

    def _choice(self) -> Choice:
        made_for = ExportForm(self.made_for.data if self.made_for.data in list(ExportForm) else "spreadsheet")
        usual = made_for == ExportForm.SPREADSHEET
        chosen = tuple(self.columns.data or ())
        names = self._names()
        return Choice(
            columns=chosen,
            names=tuple((key, names[key]) for key in chosen if key in names),
            all_states=self.who.data == "all",
            signed_from=self.signed_from.day,
            signed_to=self.signed_to.day,
            supporters_only=self.consent.data == "supporters",
            country=self.country.data or "",
            channel=self.channel.data or "",
            form=made_for,
            bom=usual if self.bom.data == "usual" else self.bom.data == "with",
            yes_no=self.yes_no.data if self.yes_no.data in YES_NO else "yes",
            since=values.key(self.since.data or ""),
            layout=self.layout.data if self.layout.data in export_layouts.LAYOUTS else "",
        )


def _called(key: str, question: str) -> str:
    """What the answers to a question are called in the file where nobody says otherwise: the question, since its key tells a receiver
    nothing; without dots, which would nest values in JSON Lines."""
    return clean(question).replace(".", "")[:COLUMN_NAME_LENGTH] if key.startswith(QUESTION) else ""


class OnceForm(FlaskForm):
    """The password again, before a file that waits is handed over."""

    password = PasswordField(_l("Your password again"))
