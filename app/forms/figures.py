"""What organisers are asked about a series of figures."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import BooleanField, HiddenField

from app.forms.fields import block, line, link
from app.forms.unsaved import KeptForm
from app.readers import cells

LONGEST_TABLE = 200_000


class SeriesForm(KeptForm):
    """What a series says of itself."""

    title = line(_l("Title"), 160, _l("Write what is counted."))
    source = line(_l("Source"), 200, _l("Write whose figures these are."))
    source_url = link(_l("Link to the source"))
    caveat = block(_l("What the figures do not say"), 2000)
    seen = HiddenField()

    def read_values(self) -> dict[str, Any]:
        """What was written, once it has been validated."""
        return {name: self[name].data or "" for name in ("title", "source", "source_url", "caveat")}


class FiguresForm(KeptForm):
    """The figures of a series, as a text."""

    text = block(_l("Figures"), LONGEST_TABLE)
    file = FileField(_l("Or a file"))
    adds = BooleanField(_l("Add them to the figures that are there"))
    seen = HiddenField()

    def validate(self, extra_validators: Any = None) -> bool:
        """What a file holds stands in the text, where it can be corrected."""
        if not super().validate(extra_validators):
            return False
        if self.file.data:
            table = cells.read(self.file.data.read(cells.MOST_BYTES + 1))
            written = _written(table.rows)
            if table.refused or not table.rows:
                self.file.errors = [table.refused or _("There is nothing in this file.")]
            elif len(written) > LONGEST_TABLE:
                self.file.errors = [_("The file is too long. Hand it in in parts.")]
            else:
                self.text.data = written
        return not self.errors


def _written(rows: Sequence[cells.Row]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(row.cells for row in rows)
    return out.getvalue()
