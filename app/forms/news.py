"""What organisers are asked about a news item."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, SelectField
from wtforms.validators import DataRequired

from app.forms.fields import block, line, link
from app.forms.languages import LanguageOfText
from app.forms.partial_dates import PartialDateField
from app.models import NewsItem, NewsKind
from app.news_words import kind_choices
from app.templating import partial_iso

EXCERPT = 2000  # characters: an excerpt is not the article
WRITTEN = (
    "title",
    "url",
    "outlet",
    "byline",
    "author_note",
    "excerpt",
    "language",
    "source_line",
    "disclaimer",
    "content_warning",
)


class PublishedField(PartialDateField):
    """When it was published. A row has its day alone; `NewsForm` says how much of that is known."""

    def process_data(self, value: Any) -> None:
        super().process_data(value.isoformat() if isinstance(value, dt.date) else value)


class NewsForm(FlaskForm):
    """A news item."""

    title = line(_l("Title"), 300, _l("Write the title."))
    url = link(_l("Link"), _l("Write the link."))
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

    def __init__(self, obj: NewsItem | None = None, **kwargs: Any) -> None:
        super().__init__(obj=obj, **kwargs)
        if obj is not None and not self.is_submitted():
            self.published_on.data = partial_iso(obj.date)

    def read_values(self) -> dict[str, Any]:
        """What was written, once it has been validated."""
        date = self.published_on.date
        assert date  # the form was validated
        return {
            **{name: self[name].data or "" for name in WRITTEN},
            "kind": NewsKind(self.kind.data),
            "is_pinned": bool(self.is_pinned.data),
            "published_on": date.on,
            "precision": date.precision,
        }
