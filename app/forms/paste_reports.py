"""A pasted list of publications, row by row: what was read, what is doubtful, what the organiser makes of it.

Between the pages of it only what was typed and not saved is kept (`app.domain.unsaved`), as of other forms: each row carries the
line that it was read from, so that doubts can be said again and what is left out can go back into the text box.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, SelectChoice, SelectField, TextAreaField
from wtforms.validators import StopValidation

from app import clock
from app.domain import library_list
from app.domain.library import MOST_AT_ONCE
from app.domain.library_list import Cited
from app.domain.places import Place
from app.forms import values
from app.forms.fields import line, link
from app.forms.library import PUBLISHED, kinds
from app.forms.partial_dates import PartialDateField, read_date
from app.forms.unsaved import KeptForm
from app.models import PartialDate, ReportKind
from app.models.reports import folded
from app.readers import lines, publications
from app.readers.doubts import DoubtKind
from app.readers.publications import Publication


class PasteForm(KeptForm):
    """The text, and what holds for every row that does not say otherwise."""

    text = TextAreaField(_l("List"))
    publisher = line(_l("Publisher"), 200)
    kind = SelectField(_l("Kind"), choices=kinds)
    url = link(_l("Link"))
    place = SelectField(_l("Cite them at"), choices=())
    rows = HiddenField()

    def __init__(self, places: Cited, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._places: dict[str, Place] = {f"campaign-{one.id}": one for one in places.campaigns}
        self._places |= {f"topic-{one.id}": one for one in places.topics}
        campaigns = [SelectChoice(f"campaign-{one.id}", one.ask) for one in places.campaigns]
        topics = [SelectChoice(f"topic-{one.id}", _("Topic: %(title)s", title=one.title)) for one in places.topics]
        self.place.choices = [SelectChoice("", _("Nowhere yet")), *topics, *campaigns]
        self.place.data = self.place.data or ""  # the first page does not ask

    def aim(self, place: str) -> None:
        """Cite them at the campaign or topic that somebody comes from, unless they say otherwise."""
        if place in self._places and not self.is_taken_up:
            self.place.data = place

    def read_place(self) -> Place | None:
        """Where all of them are to be cited."""
        return self._places.get(self.place.data or "")

    def read_count(self) -> int:
        """How many rows the page had."""
        return min(values.key(self.rows.data or "") or 0, MOST_AT_ONCE)


class RowForm(FlaskForm):
    """One row: a publication in the making."""

    take = BooleanField(_l("Add this one"))
    published_on = PartialDateField(_l("Published"), validators=[PUBLISHED])
    title = line(_l("Title"), 300, _l("Write the title."))
    kind = SelectField(_l("Kind"), choices=kinds)
    publisher = line(_l("Publisher"), 200, _l("Write who published it."))
    url = link(_l("Link"), _l("Write the link."))
    source = HiddenField()  # the line, or lines, that it was read from

    class Meta(FlaskForm.Meta):
        csrf = False  # the page's own form has the token

    def read_values(self) -> dict[str, Any]:
        """What was written, once it has been validated."""
        assert self.published_on.date
        return {
            "title": self.title.data,
            "publisher": self.publisher.data,
            "url": self.url.data,
            "kind": ReportKind(self.kind.data),
            "published_on": self.published_on.date.on,
            "precision": self.published_on.date.precision,
        }


@dataclass
class Row:
    """A row's form and what is doubtful about it, in sentences."""

    form: RowForm
    doubts: list[str]


class Rows:
    """All rows of a page, in their order."""

    def __init__(self, organisation_id: int) -> None:
        self._today = clock.now().date()
        self._there = library_list.titles(organisation_id)
        self._same_link = ""  # that of all lines which have none of their own
        self._forms: list[RowForm] = []

    def __len__(self) -> int:
        return len(self._forms)

    def take_posted(self, formdata: Mapping[str, Any], common: PasteForm) -> None:
        """The rows of the page that was sent; what is said for all stands where a row says nothing."""
        self._same_link = common.url.data or ""
        for n in range(common.read_count()):
            form = RowForm(formdata=formdata, prefix=f"row{n}-")
            form.publisher.data = form.publisher.data or common.publisher.data
            form.url.data = form.url.data or common.url.data
            self._forms.append(form)

    def take_text(self, text: str, common: PasteForm) -> str:
        """Add what can be read of a text; gives back the rest of it, also what would be more rows than one page takes."""
        read = publications.read(text, today=self._today)
        original = {one.number: one.text for one in lines.split(text).lines}
        rest = {one.number: one.text for one in read.left}
        for found in read.rows:
            numbers = (found.source_line_number, *found.more_lines)
            if len(self._forms) < MOST_AT_ONCE:
                said = "\n".join(original[number] for number in numbers)
                self._forms.append(self._made(found, said, common))
            else:
                rest |= {number: original[number] for number in numbers}
        return "\n".join(rest[number] for number in sorted(rest))

    def _made(self, found: Publication, said: str, common: PasteForm) -> RowForm:
        form = RowForm(
            formdata=None,
            prefix=f"row{len(self._forms)}-",
            data={
                "published_on": found.date,
                "title": found.title,
                "kind": common.kind.data or ReportKind.REPORT.value,
                "publisher": common.publisher.data,
                "url": found.url or common.url.data,
                "source": said,
            },
        )
        is_cited = bool(common.place.data) and self.known(form) is not None
        form.take.data = is_cited or not self._links_there(form)
        return form

    def _links_there(self, form: RowForm) -> dict[str, int]:
        """The links under which the library has a publication of this title and date."""
        date = _date(form)
        return self._there.get((folded(form.title.data or ""), date.on), {}) if date else {}

    def known(self, form: RowForm) -> int | None:
        """The number of the publication that a row speaks of, where the library has it and the row gives it no link of its own."""
        links, url = self._links_there(form), form.url.data or ""
        if url in links or url not in {"", self._same_link}:
            return links.get(url)
        return next(iter(links.values()), None)

    def shown(self) -> list[Row]:
        """Each row with its doubts, as they are now that some rows may have been corrected."""
        now = [self._now(n, form) for n, form in enumerate(self._forms, 1)]
        compared = publications.compared(now)
        return [Row(form, self._said(row, form)) for row, form in zip(compared, self._forms, strict=True)]

    def _now(self, number: int, form: RowForm) -> Publication:
        """The row as it stands in the fields, with the doubts of its line about what was not changed since."""
        title, date = form.title.data or "", _date(form)
        read = publications.read(form.source.data or "", today=self._today).rows
        is_refused = date is None and bool(form.published_on.data)  # a date to come is doubted and refused
        doubts = [
            doubt
            for doubt in (read[0].doubts if read else ())
            if doubt.about != "date" or read[0].date == date or (is_refused and doubt.kind is DoubtKind.FUTURE)
        ]
        doubts = [doubt for doubt in doubts if doubt.kind is not DoubtKind.LINES_JOINED]  # both stand beside the row
        return Publication(date, title, form.url.data or "", number, tuple(doubts))

    def _said(self, row: Publication, form: RowForm) -> list[str]:
        said = [doubt.sentence for doubt in row.doubts]
        if self.known(form) is not None:
            said.append(_("The library has it already. Ticked, it is cited where you say below, and not added again."))
        elif self._links_there(form):
            said.append(_("The library has a publication with this title and date already."))
        return said

    def taken(self) -> list[RowForm]:
        """The rows that are to be added."""
        return [form for form in self._forms if form.take.data]

    def left_out(self) -> str:
        """The lines of the rows that are not, as text."""
        return "\n".join(form.source.data or "" for form in self._forms if not form.take.data)

    def problems(self, place: Place | None) -> list[tuple[str, str, str]]:
        """What has to be corrected in the rows that are taken: the field's id, its row and name, the sentence."""
        found = []
        for n, form in enumerate(self._forms, 1):
            if form.take.data and self.known(form) is None:
                form.validate()
            elif form.take.data and place is None:  # sending the same page twice adds nothing twice
                form.title.errors = [_("It is in the library already. Leave it out, or say where it is cited.")]
            for field in form if form.take.data else ():
                if field.errors:
                    about = _("Row %(number)d, %(field)s", number=n, field=field.label.text)
                    found.append((field.id, about, str(field.errors[0])))
        return found


def _date(form: RowForm) -> PartialDate | None:
    """The date of a row, where there is one to be read."""
    try:
        return read_date(form.published_on.data) if form.published_on.data else None
    except StopValidation:
        return None
