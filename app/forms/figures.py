"""What organisers are asked about a series of figures."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField

from app.forms.fields import block, line, link

LONGEST_TABLE = 200_000


class SeriesForm(FlaskForm):
    """What a series says of itself."""

    title = line(_l("Title"), 160, _l("Write what is counted."))
    source = line(_l("Source"), 200, _l("Write whose figures these are."))
    source_url = link(_l("Link to the source"))
    caveat = block(_l("What the figures do not say"), 2000)

    def read_values(self) -> dict[str, Any]:
        """What was written, once it has been validated."""
        return {name: self[name].data or "" for name in ("title", "source", "source_url", "caveat")}


class FiguresForm(FlaskForm):
    """The figures of a series, as a text."""

    text = block(_l("Figures"), LONGEST_TABLE)
    adds = BooleanField(_l("Add them to the figures that are there"))
    seen = HiddenField()
