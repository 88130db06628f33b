"""What organisers are asked about a publication in the library."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, HiddenField, SelectChoice, SelectField, StringField, ValidationError
from wtforms.validators import DataRequired

from app.forms import values
from app.forms.fields import block, line, link, one_line
from app.forms.languages import LanguageOfText
from app.forms.partial_dates import PartialDateField
from app.forms.unsaved import KeptForm
from app.models import LinkReading, LinkState, Report, ReportKind
from app.models.reports import CLAIM_LENGTH, SUMMARY_LENGTH

MOST_PAGES = 100_000
PUBLISHED = DataRequired(_l("Write when it was published."))
WRITTEN = ("url", "title", "publisher", "authors", "language", "claim", "summary", "content_warning", "note")
READ_FROM_PAGE = ("title", "publisher", "published_on", "summary", "language")


def kinds() -> list[SelectChoice]:
    """The sorts of publications, each by its name."""
    return [
        SelectChoice(ReportKind.REPORT.value, _("Report")),
        SelectChoice(ReportKind.PRESS_RELEASE.value, _("Press release")),
        SelectChoice(ReportKind.ARTICLE.value, _("Article")),
        SelectChoice(ReportKind.VIDEO.value, _("Video")),
        SelectChoice(ReportKind.TESTIMONY.value, _("Testimony")),
        SelectChoice(ReportKind.DATA.value, _("Data")),
    ]


def kind_names() -> dict[str, str]:
    """The sorts of publications, each by its name."""
    return {choice.value: choice.label for choice in kinds()}


def _stored(report: Report) -> dict[str, Any]:
    """A publication as the form shows it."""
    pages = "" if report.page_count is None else str(report.page_count)
    edited = report.edited_at.isoformat()
    written = {name: getattr(report, name) for name in WRITTEN}
    return {**written, "kind": report.kind.value, "published_on": report.date, "page_count": pages, "seen": edited}


class LibraryForm(KeptForm):
    """All that is kept of a publication."""

    url = link(_l("Link"), _l("Write the link."))
    kind = SelectField(_l("Kind"), choices=kinds)
    title = line(_l("Title"), 300, _l("Write the title."))
    publisher = line(_l("Publisher"), 200, _l("Write who published it."))
    authors = line(_l("Authors"), 300)
    published_on = PartialDateField(_l("Published"), validators=[PUBLISHED])
    language = LanguageOfText(_l("Language"))
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
            if name == "language" and not self.language.takes(value):
                continue
            if value and not field.data:
                field.data = value
                self.from_page.add(name)
            elif value and value != field.data and name != "language":
                self.otherwise[name] = value
