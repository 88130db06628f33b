"""What organisers are asked when a campaign is reviewed, planned, paused, copied or kept as a template."""

from __future__ import annotations

import datetime as dt

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, Form, HiddenField, SelectChoice, SelectField, StringField
from wtforms.validators import DataRequired, StopValidation

from app.domain import deadlines
from app.forms import values
from app.forms.fields import DayField, block, line
from app.forms.organise import WordsForm
from app.models.campaigns import NAME_LENGTH, REASON_LENGTH
from app.models.publication import WORDS_LENGTH


class AskReviewForm(FlaskForm):
    """What whoever looks should know."""

    note = block(_l("A note for whoever looks at it"), WORDS_LENGTH)


class DecideForm(FlaskForm):
    """Which review is answered, and with which words."""

    review = HiddenField()
    words = block(_l("What has to change"), WORDS_LENGTH)

    def read_review(self) -> int:
        """The number of the review; 0, which is never one, where the form does not say."""
        return values.key(self.review.data or "") or 0


class PauseForm(FlaskForm):
    """Why nobody can sign for now."""

    reason = block(_l("Reason"), REASON_LENGTH)


class TimeField(StringField):
    """A time of day. `time` holds it once the field has been validated."""

    time: dt.time

    def pre_validate(self, form: Form) -> None:
        try:
            self.time = values.time_of_day(self.data or "")
        except ValueError:
            raise StopValidation(_("Write a time of day, such as 9:30.")) from None


class PlanForm(FlaskForm):
    """At which moment, by whose clocks."""

    on = DayField(_l("Day"), validators=[DataRequired(_l("Choose a day."))])
    at = TimeField(_l("Time"), validators=[DataRequired(_l("Write a time of day, such as 9:30."))])
    zone = SelectField(
        _l("Time zone"), choices=lambda: [SelectChoice(zone, zone.replace("_", " ")) for zone in deadlines.zones()]
    )
    revision = HiddenField()

    read_revision = WordsForm.read_revision

    def read_moment(self) -> dt.datetime:
        """The moment, in UTC. Raises ValueError for a time that the clocks of that place skip on that day."""
        assert self.on.day
        return deadlines.moment_of(self.on.day, self.at.time, self.zone.data)


class CopyForm(FlaskForm):
    """What a copy takes along besides the words."""

    reports = BooleanField(_l("Cite the same reports"))
    topics = BooleanField(_l("Stand in the same topics"))


class TemplateForm(FlaskForm):
    """What a template is called."""

    name = line(_l("Name of the template"), NAME_LENGTH, _l("Give the template a name."))
