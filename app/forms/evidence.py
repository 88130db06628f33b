"""What organisers are asked about reports and news."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectChoice, SelectField
from wtforms.validators import DataRequired

from app.forms.fields import DayField, block, line, link
from app.models import ReportKind

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


class NewsForm(EvidenceForm):
    """A news item."""

    outlet = line(_l("Outlet"), 200, _l("Write where it appeared."))
    byline = line(_l("Byline"), 200)
    excerpt = block(_l("Excerpt"), EXCERPT)
    content_warning = line(_l("Content warning"), 200)

    own = ("outlet", "byline", "excerpt", "content_warning")
