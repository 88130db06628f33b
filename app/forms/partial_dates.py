"""A date as far as it is known, in one line, as people write it."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from wtforms import Form, StringField
from wtforms.validators import StopValidation

from app import clock
from app.domain.deadlines import LAST_YEAR
from app.forms.fields import one_line
from app.models import PartialDate
from app.readers import dates
from app.readers.doubts import DoubtKind
from app.templating import partial_iso

LONGEST = 60
UNCLEAR = {DoubtKind.DAY_OR_MONTH, DoubtKind.RANGE, DoubtKind.TWO_MONTHS, DoubtKind.SHORT_YEAR}


class PartialDateField(StringField):
    """2019, May 2019 or 31 May 2019, in the forms that people use. `date` holds it once the field has been validated."""

    date: PartialDate | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, filters=[one_line], **kwargs)

    def process_data(self, value: Any) -> None:
        self.data = partial_iso(value) if isinstance(value, PartialDate) else value

    def pre_validate(self, form: Form) -> None:
        if not self.data:
            return
        found = dates.read(self.data, today=clock.now().date()) if len(self.data) <= LONGEST else None
        kinds = {doubt.kind for doubt in found.doubts} if found else set()
        if found and kinds & UNCLEAR:
            raise StopValidation(_("This can be read in two ways. Write one date as 2019-05-31, 2019-05 or 2019."))
        if found is None or found.date is None or not found.date.on.year <= LAST_YEAR:
            raise StopValidation(_("Write a date, a month or a year, such as 31 May 2019, May 2019 or 2019."))
        self.date = found.date
