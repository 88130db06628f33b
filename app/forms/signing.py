"""What supporters are asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, Field, Form, StringField
from wtforms.validators import DataRequired, Optional, StopValidation, ValidationError

from app import i18n, mailboxes
from app.domain.answers import GivenAnswer
from app.domain.outbox import Mailbox
from app.domain.pending import Person
from app.forms import answering
from app.forms.texts import at_most, clean, plain_name, readable, some_letter
from app.models import Asked, Campaign, Channel, Question
from app.models.questions import FIELDS
from app.models.signatures import NAME_LENGTH, POSTCODE_LENGTH

TYPOS = {
    "gmial.com": "gmail.com",
    "gmai.com": "gmail.com",
    "gmail.con": "gmail.com",
    "gmail.co": "gmail.com",
    "gamil.com": "gmail.com",
    "gnail.com": "gmail.com",
    "hotmial.com": "hotmail.com",
    "hotmai.com": "hotmail.com",
    "hotmail.con": "hotmail.com",
    "yaho.com": "yahoo.com",
    "yahoo.con": "yahoo.com",
    "outlook.con": "outlook.com",
    "outlok.com": "outlook.com",
}
NUMBER = 2**31 - 1


def seen(_form: Form, field: StringField) -> None:
    """Refuse a name of which nothing can be seen."""
    if not some_letter(field.data or ""):
        raise StopValidation(_("Write your given name."))


class SignForm(FlaskForm):
    """Name, mailbox, country; two boxes, both empty. `read_person` gives what the domain needs.

    By itself it takes what any campaign takes; `of` makes the form of one campaign.
    """

    class Meta:
        csrf = False  # public pages have no session; the origin is checked instead

        def get_translations(self, form: Form) -> None:
            """None: every message here is our own, and Flask-WTF would read its catalogue anew for each form."""

    given_name = StringField(
        _l("Given name"),
        filters=[clean],
        validators=[
            DataRequired(_l("Write your given name.")),
            at_most(NAME_LENGTH),  # first: the others look at every letter, some more than once
            readable,
            seen,
            plain_name,
        ],
    )
    family_name = StringField(
        _l("Family name"),
        filters=[clean],
        validators=[
            at_most(NAME_LENGTH),
            readable,
            plain_name,
        ],
    )
    email = StringField(_l("E-mail"), validators=[DataRequired(_l("Write your e-mail address."))])
    country = StringField(_l("Country"), filters=[clean], validators=[Optional()])
    postcode = StringField(
        _l("Postcode"),
        filters=[clean],
        validators=[
            Optional(),
            at_most(POSTCODE_LENGTH),
            readable,
            plain_name,
        ],
    )
    show_name = BooleanField(_l("Show my name"))
    hear_more = BooleanField(_l("Write to me about this campaign"))
    mailbox: Mailbox
    questions: Sequence[Question] = ()
    has_questions = False  # whether they were put

    def __init__(self, *args: Any, asks: Mapping[str, Asked] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asks = asks or dict.fromkeys(FIELDS, Asked.ASKED)
        for name in FIELDS:
            if self.asks[name] == Asked.OFF:
                self[name].data = ""  # from a page that was opened when it was still asked

    @staticmethod
    def of(campaign: Campaign, questions: Sequence[Question], formdata: Any = None) -> SignForm:
        """The form of one campaign: the usual fields as it asks them, and its own questions."""
        kind = answering.with_fields(SignForm, questions, formdata) if questions else SignForm
        form = kind(formdata=formdata, asks={name: getattr(campaign, f"asks_{name}") for name in FIELDS})
        form.questions, form.has_questions = questions, True
        return form

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """What the campaign requires is there too."""
        super().validate(*args, **kwargs)
        for name, sentence in _MISSING.items():
            field = self[name]
            if self.asks[name] == Asked.REQUIRED and not field.errors and not some_letter(field.data or ""):
                field.errors = [str(sentence)]
        return not self.errors

    def shown_questions(self) -> str:
        """Which questions are on the page, and in which words."""
        return answering.written(self.questions)

    def answers(self) -> list[tuple[Question, Field]]:
        """The campaign's own questions, each with its field."""
        return [(question, self[answering.name(question)]) for question in self.questions]

    def validate_email(self, field: StringField) -> None:
        """Read the mailbox."""
        try:
            self.mailbox = mailboxes.read(field.data or "")
        except mailboxes.NotAnAddress:
            raise ValidationError(_("Write the address as name@example.org.")) from None
        meant = self.suggestion()
        if meant and request.form.get("asked") != field.data:  # asked once; whoever sends the same again is believed
            raise ValidationError(
                _("Did you mean %(address)s? If what you wrote is right, send it again.", address=meant)
            )

    def validate_country(self, field: StringField) -> None:
        """One of the codes of the list."""
        if field.data and field.data not in i18n.country_codes():
            raise ValidationError(_("Choose your country from the list."))

    def suggestion(self) -> str:
        """The address that was probably meant, or nothing. Only ever offered, never put in its place."""
        local, _at, domain = (self.email.data or "").strip().rpartition("@")
        right = TYPOS.get(domain.lower())
        return f"{local}@{right}" if right else ""

    def read_person(self, locale: str, hidden: Mapping[str, str]) -> Person:
        """What was written, once it has been validated. `hidden` has what the page itself put into the form: `version` and
        `wording` that were shown, and `via`, the channel of the link that was followed."""
        via = hidden.get("via")
        return Person(
            given_name=self.given_name.data or "",
            family_name=self.family_name.data or "",
            country=self.country.data or "",
            postcode=self.postcode.data or "",
            show_name=bool(self.show_name.data),
            hear_more=bool(self.hear_more.data),
            locale=locale,
            channel=Channel(via) if via in tuple(Channel) else Channel.DIRECT,
            text_version=_number(hidden.get("version")),
            wording_id=_number(hidden.get("wording")),
            answers=self.read_answers(hidden),
            has_answered=self.has_questions,
        )

    def read_answers(self, hidden: Mapping[str, str]) -> tuple[GivenAnswer, ...]:
        """What was answered. A box that the page did not show was neither ticked nor left empty."""
        shown = answering.shown(hidden)
        found = [answering.read(question, field, shown) for question, field in self.answers()]
        return tuple(answer for answer in found if answer is not None)


_MISSING = {
    "family_name": _l("Write your family name."),
    "country": _l("Choose your country."),
    "postcode": _l("Write your postcode."),
}


def _number(text: str | None) -> int:
    """A hidden field's number, 0 for anything else."""
    digits = (text or "")[:10]
    return min(int(digits), NUMBER) if digits.isascii() and digits.isdigit() else 0
