"""What organisers are asked about an update."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField

from app.domain.updates import Words
from app.forms.fields import block, line
from app.forms.organise import WordsForm
from app.forms.unsaved import KeptForm
from app.models.updates import TEXT_LENGTH, TITLE_LENGTH


class UpdateForm(KeptForm):
    """Title and text, and the revision that they were written on. A draft may lack both."""

    title = line(_l("Title"), TITLE_LENGTH)
    text = block(_l("Text"), TEXT_LENGTH)
    revision = HiddenField()

    read_revision = WordsForm.read_revision

    def read_words(self) -> Words:
        """What was written, once it has been validated."""
        return Words(title=self.title.data or "", text=self.text.data or "")
