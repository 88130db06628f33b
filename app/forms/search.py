"""What somebody is asked who searches."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterable
from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Form, SelectChoice, SelectField, StringField, ValidationError
from wtforms.validators import StopValidation

from app import clock
from app.domain.search_words import LONGEST_QUERY
from app.forms.fields import one_line
from app.forms.texts import CONTROL
from app.forms.values import FIRST_YEAR
from app.models import PartialDate, Precision, SearchKind, Topic
from app.readers import dates
from app.readers.doubts import DoubtKind

LONGEST_DATE = 60


def typed(text: str | None) -> str:
    """What was typed, on one line, without what no database and no page can carry. Too much of it is cut."""
    readable = CONTROL.sub(" ", (text or "")[: 4 * LONGEST_QUERY]).encode("utf-8", "ignore").decode()
    return one_line(readable)[:LONGEST_QUERY]


class WrittenDate(StringField):
    """A day, month or year as people write it, or nothing. `date` holds it once the field has been validated."""

    date: PartialDate | None = None

    def __init__(self, label: Any, **kwargs: Any) -> None:
        super().__init__(label, filters=[typed], **kwargs)

    def pre_validate(self, form: Form) -> None:
        if not self.data:
            return
        read = dates.read(self.data, today=clock.now().date()) if len(self.data) <= LONGEST_DATE else None
        if read is None or read.date is None or read.date.on.year < FIRST_YEAR:
            raise StopValidation(_("Write a date such as 9 June 2015, June 2015 or 2015."))
        kinds = {doubt.kind for doubt in read.doubts}
        if kinds & {DoubtKind.DAY_OR_MONTH, DoubtKind.TWO_MONTHS}:
            raise StopValidation(_("Write the month as a word, so that day and month cannot be exchanged."))
        if DoubtKind.SHORT_YEAR in kinds:
            raise StopValidation(_("Write the year with four figures."))
        self.date = read.date

    @property
    def first(self) -> dt.date | None:
        """The first day of it."""
        return self.date.on if self.date else None

    @property
    def last(self) -> dt.date | None:
        """The last day of it."""
        if self.date is None or self.date.precision is Precision.DAY:
            return self.first
        month = 12 if self.date.precision is Precision.YEAR else self.date.on.month
        return dt.date(self.date.on.year, month, calendar.monthrange(self.date.on.year, month)[1])


class SearchForm(FlaskForm):
    """Words, and filters. It is read from the address; what is no choice of ours counts as none."""

    q = StringField(_l("Words"), filters=[typed])
    kind = SelectField(_l("Kind"), validate_choice=False)
    topic = SelectField(_l("Topic"), validate_choice=False)
    since = WrittenDate(_l("Since"))
    until = WrittenDate(_l("Until"))

    def __init__(self, kinds: dict[SearchKind, str], topics: Iterable[Topic]) -> None:
        super().__init__(formdata=request.args, meta={"csrf": False})
        self.topics = {topic.slug: topic for topic in topics}
        everything = SelectChoice("", _("All"))
        self.kind.choices = [everything, *(SelectChoice(kind.value, name) for kind, name in kinds.items())]
        self.topic.choices = [everything, *(SelectChoice(slug, topic.title) for slug, topic in self.topics.items())]

    def validate_until(self, field: WrittenDate) -> None:
        """A span has a beginning and then an end."""
        first, last = self.since.first, field.last
        if first and last and last < first:
            raise ValidationError(_("This is before the first date. Exchange the two."))

    @property
    def is_asked(self) -> bool:
        """Whether anything is looked for."""
        return any(field.data for field in self)

    @property
    def chosen_kind(self) -> SearchKind | None:
        """The kind that is looked for."""
        return SearchKind(self.kind.data) if self.kind.data in tuple(SearchKind) else None

    @property
    def chosen_topic(self) -> Topic | None:
        """The topic that is looked in."""
        return self.topics.get(self.topic.data or "")
