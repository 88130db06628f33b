"""What organisers are asked about a news item."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, SelectField
from wtforms.validators import DataRequired

from app.domain import news
from app.forms.fields import block, line, link
from app.forms.languages import LanguageOfText
from app.forms.partial_dates import PartialDateField
from app.forms.unsaved import KeptForm
from app.models import NewsItem, NewsKind
from app.news_words import kind_choices

EXCERPT = 2000  # characters: an excerpt is not the article
WRITTEN = tuple(name for name in news.FIELDS if name not in {"kind", "published_on", "precision", "is_pinned"})


def _stored(item: NewsItem) -> dict[str, Any]:
    """A news item as the form shows it."""
    written = {name: getattr(item, name) for name in WRITTEN}
    return {
        **written,
        "kind": item.kind.value,
        "published_on": item.date,
        "is_pinned": item.is_pinned,
        "seen": news.wording(item),
    }


class NewsForm(KeptForm):
    """A news item."""

    title = line(_l("Title"), 300, _l("Write the title."))
    url = link(_l("Link"), _l("Write the link."))
    kind = SelectField(_l("Kind"), choices=kind_choices, default=NewsKind.ARTICLE.value)
    published_on = PartialDateField(_l("Published on"), validators=[DataRequired(_l("Write when it was published."))])
    outlet = line(_l("Outlet"), 200, _l("Write where it appeared."))
    byline = line(_l("Byline"), 200)
    author_note = block(_l("About the author"), 600)
    excerpt = block(_l("Excerpt"), EXCERPT)
    language = LanguageOfText(_l("Language"))
    source_line = line(_l("Source line"), 200)
    disclaimer = line(_l("Disclaimer"), 400)
    content_warning = line(_l("Content warning"), 200)
    is_pinned = BooleanField(_l("Keep it on top"))
    seen = HiddenField()

    def __init__(self, item: NewsItem | None = None, **kwargs: Any) -> None:
        super().__init__(data=_stored(item) if item else None, **kwargs)

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
