"""What organisers are asked about a topic."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField
from wtforms.validators import DataRequired

from app.domain import key_figures
from app.domain.topics import Words
from app.forms.fields import block, line, link
from app.forms.organise import LanguageField, WordsForm
from app.forms.partial_dates import PartialDateField
from app.forms.unsaved import KeptForm
from app.models import KeyFigure
from app.models.topics import SUMMARY_LENGTH, TEXT_LENGTH, TITLE_LENGTH

NUMBER, LABEL, SOURCE, CAVEAT = 40, 200, 200, 300
TEXTS = ("number", "label", "source", "source_url", "caveat")


class NewTopicForm(FlaskForm):
    """The title alone; the rest is written in the editor."""

    title = line(_l("Title"), TITLE_LENGTH, _l("Write a title, such as “Iraq in crisis”."))
    locale = LanguageField(_l("Language of the topic"))


class TopicWordsForm(KeptForm):
    """Title, summary and introduction, and the revision that they were written on."""

    title = line(_l("Title"), TITLE_LENGTH, _l("Write a title, such as “Iraq in crisis”."))
    summary = line(_l("Summary"), SUMMARY_LENGTH)
    text = block(_l("Introduction"), TEXT_LENGTH)
    revision = HiddenField()

    read_revision = WordsForm.read_revision

    def read_words(self) -> Words:
        """What was written, once it has been validated."""
        return Words(title=self.title.data or "", summary=self.summary.data or "", text=self.text.data or "")


class TopicLanguageForm(FlaskForm):
    """The language that a topic is written in."""

    locale = LanguageField(_l("Language of the topic"))


def _stored(figure: KeyFigure) -> dict[str, Any]:
    """A figure as the form shows it."""
    texts = {name: getattr(figure, name) for name in TEXTS}
    return {**texts, "as_of": figure.date, "seen": key_figures.wording(figure)}


class KeyFigureForm(KeptForm):
    """A number, and what one has to know of it."""

    number = line(_l("Number"), NUMBER, _l("Write the number as it is said, such as 1,302 or over 2 million."))
    label = line(_l("What it counts"), LABEL, _l("Write what the number counts, in a few words."))
    source = line(_l("Source"), SOURCE, _l("Write who published the number."))
    source_url = link(_l("Link to the source"))
    as_of = PartialDateField(_l("As of"), validators=[DataRequired(_l("Write as of when the number is right."))])
    caveat = line(_l("Caveat"), CAVEAT)
    seen = HiddenField()

    def __init__(self, figure: KeyFigure | None = None, **kwargs: Any) -> None:
        super().__init__(data=_stored(figure) if figure else None, **kwargs)

    def read_values(self) -> dict[str, Any]:
        """What was written, once it has been validated."""
        assert self.as_of.date  # required, and read
        texts = {name: self[name].data or "" for name in TEXTS}
        return {**texts, "as_of": self.as_of.date.on, "precision": self.as_of.date.precision}
