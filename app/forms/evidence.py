"""What organisers are asked about reports and news."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, SelectChoice, SelectField
from wtforms.validators import DataRequired

from app.forms.fields import DayField, block, line, link
from app.forms.languages import LanguageOfText
from app.forms.partial_dates import PartialDateField
from app.models import NewsItem, NewsKind, ReportKind
from app.news_words import kind_choices
from app.templating import partial_iso

EXCERPT = 2000  # characters: an excerpt is not the article


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


class EvidenceForm(FlaskForm):
    """What every publication has: a title, a day, a link."""

    title = line(_l("Title"), 300, _l("Write the title."))
    published_on = DayField(_l("Published on"), validators=[DataRequired(_l("Choose the day it was published."))])
    url = link(_l("Link"), _l("Write the link."))

    own: tuple[str, ...] = ()  # the fields that stand beside these

    def read_values(self) -> dict[str, Any]:
        """What was written, once it has been validated."""
        written = {name: self[name].data or "" for name in ("title", "url", *self.own)}
        return {**written, "published_on": self.published_on.day}


class ReportForm(EvidenceForm):
    """A publication linked as evidence."""

    publisher = line(_l("Publisher"), 200, _l("Write who published it."))
    kind = SelectField(_l("Kind"), choices=kinds)
    note = line(_l("Note"), 300)

    own = ("publisher", "kind", "note")


class PublishedField(PartialDateField):
    """When it was published. A row has its day alone; `NewsForm` says how much of that is known."""

    def process_data(self, value: Any) -> None:
        super().process_data(value.isoformat() if isinstance(value, dt.date) else value)


class NewsForm(EvidenceForm):
    """A news item."""

    kind = SelectField(_l("Kind"), choices=kind_choices, default=NewsKind.ARTICLE.value)
    published_on = PublishedField(_l("Published on"), validators=[DataRequired(_l("Write when it was published."))])
    outlet = line(_l("Outlet"), 200, _l("Write where it appeared."))
    byline = line(_l("Byline"), 200)
    author_note = block(_l("About the author"), 600)
    excerpt = block(_l("Excerpt"), EXCERPT)
    language = LanguageOfText(_l("Language"))
    source_line = line(_l("Source line"), 200)
    disclaimer = line(_l("Disclaimer"), 400)
    content_warning = line(_l("Content warning"), 200)
    is_pinned = BooleanField(_l("Keep it on top"))

    own = ("outlet", "byline", "author_note", "excerpt", "language", "source_line", "disclaimer", "content_warning")

    def __init__(self, obj: NewsItem | None = None, **kwargs: Any) -> None:
        super().__init__(obj=obj, **kwargs)
        if obj is not None and not self.is_submitted():
            self.published_on.data = partial_iso(obj.date)

    def read_values(self) -> dict[str, Any]:
        """What was written, once it has been validated."""
        written = {name: self[name].data or "" for name in ("title", "url", *self.own)}
        date = self.published_on.date
        assert date  # the form was validated
        return {
            **written,
            "kind": NewsKind(self.kind.data),
            "is_pinned": bool(self.is_pinned.data),
            "published_on": date.on,
            "precision": date.precision,
        }
