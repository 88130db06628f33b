"""What organisers are asked about a campaign."""

from __future__ import annotations

import unicodedata
from typing import Any

from babel import Locale
from flask import current_app
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import HiddenField, SelectChoice, SelectField, StringField, ValidationError
from wtforms.validators import DataRequired

from app.domain import deadlines, meanwhile, pictures
from app.domain.campaigns import FRAME, Words
from app.forms import values
from app.forms.fields import DayField, block, line, one_line
from app.forms.texts import CONTROL
from app.forms.unsaved import KeptForm
from app.models import Campaign, Outcome, Topic, Update
from app.models.campaign_numbers import TARGET_REASON_LENGTH
from app.models.campaigns import ASK_LENGTH, SLUG_LENGTH, SUMMARY_LENGTH, TEXT_LENGTH

MOST_SIGNATURES = 100_000_000
NAME = 160


def languages() -> list[SelectChoice]:
    """The languages of public pages, each by its own name."""
    return [
        SelectChoice(code, (Locale.parse(code).get_language_name(code) or code).capitalize())
        for code in current_app.config["LANGUAGES"]
    ]


class LanguageField(SelectField):
    """One of the languages of public pages."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, choices=languages, **kwargs)


class NewCampaignForm(FlaskForm):
    """The ask alone; the rest is written in the editor."""

    ask = line(_l("Ask"), ASK_LENGTH, _l("Write what you ask for, in one sentence."))
    locale = LanguageField(_l("Language of the campaign"))
    zone = HiddenField()

    def read_zone(self) -> str:
        """The zone that the browser told, if it is one."""
        return self.zone.data if self.zone.data in deadlines.zones() else "UTC"


class WordsForm(FlaskForm):
    """Ask, summary and text, and the revision that they were written on."""

    ask = line(_l("Ask"), ASK_LENGTH, _l("Write what you ask for, in one sentence."))
    summary = line(_l("Summary"), SUMMARY_LENGTH)
    text = block(_l("Text"), TEXT_LENGTH)
    revision = HiddenField()

    def read_words(self) -> Words:
        """What was written, once it has been validated."""
        return Words(ask=self.ask.data or "", summary=self.summary.data or "", text=self.text.data or "")

    def read_revision(self) -> int:
        """The revision that the words were written on; -1, which is never right, where the form does not say."""
        written = values.key(self.revision.data or "")
        return -1 if written is None else written


def _of_picture(page: Campaign | Topic | Update) -> dict[str, str]:
    said = {"alt": page.picture_alt, "caption": page.picture_caption, "credit": page.picture_credit}
    return {**said, "seen": pictures.wording(page)}


class PictureForm(KeptForm):
    """A picture and its words."""

    file = FileField(_l("Picture"))
    alt = line(_l("Description"), 500, _l("Describe the picture for people who cannot see it."))
    caption = line(_l("Caption"), 500)
    credit = line(_l("Credit"), 200)
    seen = HiddenField()

    def __init__(self, page: Campaign | Topic | Update | None = None, **kwargs: Any) -> None:
        super().__init__(data=_of_picture(page) if page else None, **kwargs)


class DecisionMakersForm(FlaskForm):
    """Names in their order: one field for each, all called `name`."""

    def __init__(self, names: list[str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.names = [one_line(name) for name in names]

    def problem(self) -> str:
        """What is wrong with the names, in words; empty when all is well."""
        if any(len(name) > NAME for name in self.names):
            return _("Use at most %(max)d characters for a name.", max=NAME)
        if any(CONTROL.search(name) or any(unicodedata.category(c) == "Cs" for c in name) for name in self.names):
            return _("Leave out control characters and line breaks.")
        return ""


class FrameForm(KeptForm):
    """Target, closing date, language."""

    signature_target = StringField(_l("Target"), validators=[DataRequired(_l("Write how many signatures you aim at."))])
    target_reason = line(_l("Why the target changes"), TARGET_REASON_LENGTH)
    closes_on = DayField(_l("Last day"))
    zone = SelectField(
        _l("Time zone"), choices=lambda: [SelectChoice(zone, zone.replace("_", " ")) for zone in deadlines.zones()]
    )
    locale = LanguageField(_l("Language of the campaign"))
    seen = HiddenField()

    target: int

    def __init__(self, campaign: Campaign, **kwargs: Any) -> None:
        self.public_target = campaign.signature_target if campaign.is_public else None
        super().__init__(
            data={
                "signature_target": f"{campaign.signature_target:,}",
                "closes_on": deadlines.last_day(campaign.closes_at, campaign.closes_zone),
                "zone": campaign.closes_zone,
                "locale": campaign.locale,
                "seen": meanwhile.digest(campaign, FRAME),
            },
            **kwargs,
        )

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """Another target of a public campaign needs a reason, which stands on its page."""
        good = bool(super().validate(*args, **kwargs))
        moved = (
            self.public_target is not None and not self.signature_target.errors and self.target != self.public_target
        )
        if moved and not self.target_reason.data:
            self.target_reason.errors = [_("Say why the target changes. It stands on the page.")]
            return False
        return good

    def validate_signature_target(self, field: StringField) -> None:
        """Between one and a hundred million."""
        try:
            self.target = values.whole_number(field.data or "")
        except ValueError:
            raise ValidationError(_("Write a whole number, such as 5,000.")) from None
        if not 1 <= self.target <= MOST_SIGNATURES:
            raise ValidationError(_("Choose a target between 1 and 100,000,000."))


class AddressForm(FlaskForm):
    """The last part of the campaign's public address."""

    slug = line(_l("Address"), SLUG_LENGTH, _l("Write an address."))


class PublishForm(FlaskForm):
    """What changed since the last version."""

    reason = line(_l("What changed"), 300)
    revision = HiddenField()

    read_revision = WordsForm.read_revision


class OutcomeForm(FlaskForm):
    """How it ended, where that is known."""

    outcome = SelectField(_l("Outcome"))
    outcome_text = block(_l("What happened"), 1000)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.outcome.choices = [
            SelectChoice("", _("Not known yet")),
            SelectChoice(Outcome.WON.value, _("Won: the decision maker said yes")),
            SelectChoice(Outcome.PARTLY_WON.value, _("Partly won")),
            SelectChoice(Outcome.NOT_WON.value, _("Not won")),
        ]

    def read_outcome(self) -> Outcome | None:
        """The outcome chosen, or None."""
        return Outcome(self.outcome.data) if self.outcome.data else None


class ReopenForm(FlaskForm):
    """Until when people may sign again."""

    closes_on = DayField(_l("Last day"))


class Confirm(FlaskForm):
    """A page that asks once more: nothing but the token."""
