"""What somebody is asked who searches."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterable

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectChoice, SelectField, StringField, ValidationError

from app.domain.search_words import LONGEST_QUERY
from app.forms.fields import one_line
from app.forms.partial_dates import PartialDateField
from app.forms.texts import CONTROL
from app.models import Precision, SearchKind, Topic


def typed(text: str | None) -> str:
    """What was typed, on one line, without what no database and no page can carry. Too much of it is cut."""
    readable = CONTROL.sub(" ", (text or "")[: 4 * LONGEST_QUERY]).encode("utf-8", "ignore").decode()
    return one_line(readable)[:LONGEST_QUERY]


class WrittenDate(PartialDateField):
    """A day, month or year as people write it, also one to come, or nothing."""

    may_come = True

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
    since = WrittenDate(_l("Since"), filters=[typed])
    until = WrittenDate(_l("Until"), filters=[typed])

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
