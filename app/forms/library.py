"""What organisers are asked about a publication in the library."""

from __future__ import annotations

import datetime as dt
from typing import Any

from babel import Locale
from flask import current_app
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Field, Form, HiddenField, SelectChoice, SelectField, StringField, ValidationError
from wtforms.validators import DataRequired, StopValidation

from app import clock
from app.forms import values
from app.forms.evidence import kinds
from app.forms.fields import block, line, link, one_line
from app.models import LinkReading, LinkState, PartialDate, Report, ReportKind
from app.models.reports import CLAIM_LENGTH, SUMMARY_LENGTH
from app.readers import dates
from app.readers.doubts import DoubtKind
from app.templating import partial_iso

MOST_PAGES = 100_000
LONGEST_DATE = 60
OTHER_LANGUAGES = ("ckb", "kmr", "syr", "arc", "prs")  # with three letters, and spoken where our reports come from
WRITTEN = ("url", "title", "publisher", "authors", "language", "claim", "summary", "content_warning", "note")
READ_FROM_PAGE = ("title", "publisher", "published_on", "summary", "language")


def kind_names() -> dict[str, str]:
    """The sorts of publications, each by its name."""
    return {choice.value: choice.label for choice in kinds()}


def languages() -> list[SelectChoice]:
    """Languages that a publication may be in, those of this site first, then by name."""
    names = (get_locale() or Locale("en")).languages
    ours = [code for code in current_app.config["LANGUAGES"] if code in names]
    others = {str(code) for code in names if len(str(code)) == 2} | {code for code in OTHER_LANGUAGES if code in names}
    rest = sorted(others - set(ours), key=lambda code: str(names[code]).casefold())
    return [SelectChoice("", _("Not known")), *(SelectChoice(code, names[code]) for code in [*ours, *rest])]


class PartialDateField(StringField):
    """A date as far as it is known, as people write it. `date` holds it once the field has been validated."""

    date: PartialDate | None = None

    def __init__(self, label: Any = None, **kwargs: Any) -> None:
        super().__init__(
            label, filters=[one_line], validators=[DataRequired(_l("Write when it was published."))], **kwargs
        )

    def process_data(self, value: Any) -> None:
        self.data = partial_iso(value) if isinstance(value, PartialDate) else value

    def pre_validate(self, form: Form) -> None:
        if not self.data:
            return
        self.date = read_date(self.data)


def read_date(text: str) -> PartialDate:
    """A date as people write it. Raises StopValidation with what to do about one that can be read in two ways or not at all."""
    today = clock.now().date()
    read = dates.read(text, today=today) if len(text) <= LONGEST_DATE else None
    doubts = {doubt.kind for doubt in read.doubts} if read else set()
    if read is None or read.date is None or read.date.on.year < values.FIRST_YEAR:
        raise StopValidation(_("Write a date such as 9 June 2015, June 2015 or 2015."))
    if doubts & {DoubtKind.DAY_OR_MONTH, DoubtKind.TWO_MONTHS}:
        raise StopValidation(_("Write the month as a word, so that day and month cannot be exchanged."))
    if DoubtKind.SHORT_YEAR in doubts:
        raise StopValidation(_("Write the year with four figures."))
    if DoubtKind.FUTURE in doubts:
        raise StopValidation(_("This date is still to come. Write when it was published."))
    return read.date


class LanguageChoice(SelectField):
    """A language; what is stored and not offered (any more) stays as it is."""

    def __init__(self, label: Any, **kwargs: Any) -> None:
        super().__init__(label, choices=languages, **kwargs)

    def process_data(self, value: Any) -> None:
        super().process_data(value)
        offered: list[SelectChoice] = self.choices  # type: ignore[has-type]  # set by the parent, which has no types
        if self.data and self.data not in {choice.value for choice in offered}:
            self.choices = [*offered, SelectChoice(self.data, self.data)]


def _stored(report: Report) -> dict[str, Any]:
    """A publication as the form shows it."""
    pages = "" if report.page_count is None else str(report.page_count)
    edited = report.edited_at.isoformat()
    written = {name: getattr(report, name) for name in WRITTEN}
    return {**written, "kind": report.kind.value, "published_on": report.date, "page_count": pages, "seen": edited}


class LibraryForm(FlaskForm):
    """All that is kept of a publication."""

    url = link(_l("Link"), _l("Write the link."))
    kind = SelectField(_l("Kind"), choices=kinds)
    title = line(_l("Title"), 300, _l("Write the title."))
    publisher = line(_l("Publisher"), 200, _l("Write who published it."))
    authors = line(_l("Authors"), 300)
    published_on = PartialDateField(_l("Published"))
    language = LanguageChoice(_l("Language"))
    page_count = StringField(_l("Pages"), filters=[one_line])
    claim = line(_l("Claim that it supports"), CLAIM_LENGTH)
    summary = block(_l("Summary"), SUMMARY_LENGTH)
    content_warning = line(_l("Content warning"), 200)
    note = line(_l("Note"), 300)
    reading = HiddenField()
    seen = HiddenField()

    pages: int | None = None

    def __init__(self, report: Report | None = None, **kwargs: Any) -> None:
        super().__init__(data=_stored(report) if report else {"kind": ReportKind.REPORT.value}, **kwargs)
        self.from_page: set[str] = set()
        self.otherwise: dict[str, str] = {}

    def validate_page_count(self, field: Field) -> None:
        """A whole number, or nothing."""
        if not field.data:
            return
        try:
            self.pages = values.whole_number(field.data)
        except ValueError:
            raise ValidationError(_("Write a whole number, such as 48.")) from None
        if not 1 <= self.pages <= MOST_PAGES:
            raise ValidationError(_("Write a number of pages between 1 and 100,000."))

    def read_values(self) -> dict[str, Any]:
        """What was written, once it has been validated."""
        assert self.published_on.date
        return {
            **{name: self[name].data or "" for name in WRITTEN},
            "kind": ReportKind(self.kind.data),
            "published_on": self.published_on.date.on,
            "precision": self.published_on.date.precision,
            "page_count": self.pages,
        }

    def read_seen(self) -> dt.datetime | None:
        """When it was last edited as the person saw it; the beginning of time, which is never right, where the form does not say."""
        return values.moment(self.seen.data) or dt.datetime.min.replace(tzinfo=dt.UTC)

    def offer(self, reading: LinkReading) -> None:
        """Fill what is empty with what the page says of itself, and mention beside what was typed where it says something else."""
        self.reading.data = str(reading.id)
        if reading.state is not LinkState.READ:
            return
        said = reading.details or {}
        for name in READ_FROM_PAGE:
            value = str(said.get(name) or "")
            field = self[name]
            if name == "language" and value not in {choice.value for choice in field.choices}:
                continue
            if value and not field.data:
                field.data = value
                self.from_page.add(name)
            elif value and value != field.data and name != "language":
                self.otherwise[name] = value
