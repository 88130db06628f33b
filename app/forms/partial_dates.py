"""A date as far as it is known, in one line, as people write it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flask_babel import gettext as _
from wtforms import Form, StringField
from wtforms.validators import StopValidation

from app import clock
from app.forms import values
from app.forms.fields import one_line
from app.models import PartialDate
from app.readers import dates
from app.readers.doubts import DoubtKind
from app.templating import partial_iso


class PartialDateField(StringField):
    """31 May 2019, May 2019 or 2019, in the forms that people use. `date` holds it once the field has been validated."""

    date: PartialDate | None = None
    may_come = False  # whether it can be one that is still to come

    def __init__(self, label: Any, filters: Sequence[Callable[[str | None], str]] = (one_line,), **kwargs: Any) -> None:
        super().__init__(label, filters=filters, **kwargs)

    def process_data(self, value: Any) -> None:
        self.data = partial_iso(value) if isinstance(value, PartialDate) else value

    def pre_validate(self, form: Form) -> None:
        if self.data:
            self.date = read_date(self.data, may_come=self.may_come)


def read_date(text: str, *, may_come: bool = False) -> PartialDate:
    """A date as people write it, still to come only if it `may_come`. Raises StopValidation with what to do about one that can be
    read in two ways or not at all."""
    read = dates.read(text, today=clock.now().date())
    doubts = {doubt.kind for doubt in read.doubts} if read else set()
    if read is None or read.date is None or read.date.on.year < values.FIRST_YEAR:
        raise StopValidation(_("Write a date such as 9 June 2015, June 2015 or 2015."))
    if doubts & {DoubtKind.DAY_OR_MONTH, DoubtKind.TWO_MONTHS}:
        raise StopValidation(_("Write the month as a word, so that day and month cannot be exchanged."))
    if DoubtKind.SHORT_YEAR in doubts:
        raise StopValidation(_("Write the year with four figures."))
    if DoubtKind.RANGE in doubts:
        raise StopValidation(_("Write one day, or the month alone."))
    if DoubtKind.FUTURE in doubts and not may_come:
        raise StopValidation(_("This date is still to come. Is the year right?"))
    return read.date
