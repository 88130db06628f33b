"""What organisers are asked about a register, its incidents and its imports."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import BooleanField, Field, Form, HiddenField, SelectChoice, SelectField, SelectMultipleField, StringField
from wtforms.validators import DataRequired, Optional, StopValidation, ValidationError

from app import incident_words
from app.domain import registers
from app.domain.entries import MOST_FIGURES, Entry, problem
from app.forms import values
from app.forms.fields import URL_LENGTH, DayField, block, line, link, one_line
from app.forms.partial_dates import PartialDateField
from app.forms.texts import at_most, clean_block
from app.forms.unsaved import KeptForm
from app.i18n import countries
from app.incident_rows import LARGEST
from app.models import Assessment, Report
from app.models.figures import FIGURE_NAME_LENGTH
from app.models.incidents import DESCRIPTION_LENGTH, PLACE_LENGTH, REGION_LENGTH, SOURCE_LENGTH
from app.readers.numbers import latin_digits

LONGEST_PASTE = 1_000_000  # characters, as many as are read


class RegisterForm(KeptForm):
    """What a register says of itself."""

    title = line(_l("Title"), 160, _l("Write a title."))
    introduction = block(_l("Introduction"), 4000)
    caveats = block(_l("What the figures do not say"), 4000)
    source = line(_l("Who keeps the assessments"), 200)
    source_url = link(_l("Link to them"))
    credible_name = line(_l("Name of “credible”"), 60)
    open_name = line(_l("Name of “open”"), 60)
    reopened_name = line(_l("Name of “reopened”"), 60)
    non_credible_name = line(_l("Name of “non-credible”"), 60)
    is_public = BooleanField(_l("Everybody may read it"))
    seen = HiddenField()

    def read_values(self) -> dict[str, Any]:
        """What was written, once it has been validated."""
        texts = {name: self[name].data or "" for name in registers.TEXTS}
        return {**texts, "is_public": bool(self.is_public.data)}


class PeopleField(StringField):
    """A number of people; empty where nobody knows it, which is not zero. `number` holds it once it has been validated."""

    number: int | None = None

    def pre_validate(self, form: Form) -> None:
        self.number = people(self.data)


def people(text: str | None) -> int | None:
    """The number that a text says; None for an empty one. Raises StopValidation."""
    if not (text or "").strip():
        return None
    try:
        number = values.whole_number(text or "")
    except ValueError:
        raise StopValidation(_("Write a whole number, or leave it empty if nobody knows.")) from None
    if number > LARGEST:
        raise StopValidation(_("This number is too large."))
    return number


class DegreesField(StringField):
    """Degrees of latitude or longitude. `degrees` holds them once the field has been validated."""

    degrees: float | None = None

    def __init__(self, label: Any, most: int, **values: Any) -> None:
        super().__init__(label, validators=[Optional()], **values)
        self.most = most

    def pre_validate(self, form: Form) -> None:
        said = latin_digits((self.data or "").strip()).replace(",", ".").replace("−", "-")
        if not said:
            return
        if not re.fullmatch(r"[+-]?\d{1,3}(\.\d{1,12})?", said) or abs(float(said)) > self.most:
            raise StopValidation(
                _("Write degrees as a number from −%(most)d to %(most)d, such as 34.45.", most=self.most)
            )
        self.degrees = float(said)


def assessments(names: Mapping[Assessment, str] | None = None) -> list[SelectChoice]:
    """The assessments by their usual names, or those of a register."""
    return [SelectChoice(one.value, name) for one, name in (names or incident_words.usual_names()).items()]


def country_choices() -> list[SelectChoice]:
    """Every country and territory by name, and none."""
    return [SelectChoice("", _("Not known")), *(SelectChoice(code, name) for code, name in countries())]


class IncidentForm(KeptForm):
    """One incident."""

    date = PartialDateField(_l("Date"), validators=[DataRequired(_l("Write when it happened, as far as it is known."))])
    place = line(_l("Place"), PLACE_LENGTH, _l("Write where it happened."))
    region = line(_l("Region or governorate"), REGION_LENGTH)
    country = SelectField(_l("Country"), choices=country_choices)
    latitude = DegreesField(_l("Latitude"), 90)
    longitude = DegreesField(_l("Longitude"), 180)
    sources = block(_l("Sources"), 10_000)
    killed = PeopleField(_l("Killed"))
    injured = PeopleField(_l("Injured"))
    figures = block(_l("Other figures"), 2000)
    description = block(_l("What happened"), DESCRIPTION_LENGTH)
    first_reported_on = DayField(_l("First reported on"), validators=[Optional()])
    assessment = SelectField(_l("Assessment"), choices=assessments, default=Assessment.OPEN.value)
    assessed_on = DayField(_l("Assessed so since"), validators=[Optional()])
    report_ids = SelectMultipleField(_l("Documented in"), choices=[], coerce=int, validate_choice=False)
    seen = HiddenField()

    def name_assessments(self, names: Mapping[Assessment, str]) -> None:
        """Call the assessments what the register calls them."""
        self.assessment.choices = assessments(names)

    def name_reports(self, reports: Iterable[Report]) -> None:
        """Call the publications that can be chosen by their titles."""
        self.report_ids.choices = [SelectChoice(str(report.id), report.title) for report in dict.fromkeys(reports)]

    def fill(self, entry: Entry) -> None:
        """Show an incident that is there."""
        texts = {
            "killed": entry.killed,
            "injured": entry.injured,
            "latitude": entry.latitude,
            "longitude": entry.longitude,
        }
        for name, value in texts.items():
            self[name].data = "" if value is None else str(value)
        for name in ("place", "region", "country", "description"):
            self[name].data = getattr(entry, name)
        self.date.process_data(entry.date)
        self.first_reported_on.process_data(entry.first_reported_on)
        links = dict(entry.links)
        self.sources.data = "\n".join(f"{name} {links.get(name, '')}".strip() for name in entry.sources)
        self.figures.data = "\n".join(f"{name}: {'?' if value is None else value}" for name, value in entry.figures)
        self.assessment.data = entry.assessment.value

    def entry(self, assessment: Assessment | None = None) -> Entry:
        """What was written, once it has been validated; `assessment` where the form does not ask."""
        assert self.date.date is not None
        sources = _sources(self.sources.data)
        return Entry(
            date=self.date.date,
            place=self.place.data or "",
            region=self.region.data or "",
            country=self.country.data or "",
            sources=tuple(name for name, _link in sources),
            links=tuple((name, link) for name, link in sources if link),
            assessment=assessment or Assessment(self.assessment.data),
            killed=self.killed.number,
            injured=self.injured.number,
            figures=tuple(_figures(self.figures.data)),
            description=self.description.data or "",
            first_reported_on=self.first_reported_on.day,
            latitude=self.latitude.degrees,
            longitude=self.longitude.degrees,
        )

    def validate_sources(self, field: Field) -> None:
        """Each on a line, none longer than a column."""
        found = _sources(field.data)
        if any(len(name) > SOURCE_LENGTH or len(link) > URL_LENGTH for name, link in found):
            raise ValidationError(
                _("Write each source on a line of its own, with at most %(most)d characters.", most=SOURCE_LENGTH)
            )
        if any(not name for name, _link in found):
            raise ValidationError(_("Write the name of the source before its link."))

    def validate_figures(self, field: Field) -> None:
        """Each on a line: a name, a colon, a number."""
        found = _figures(field.data)
        if len(found) > MOST_FIGURES or len({name for name, _value in found}) < len(found):
            raise ValidationError(_("Name at most %(most)d figures, each once.", most=MOST_FIGURES))

    def validate(self, extra_validators: Any = None) -> bool:
        """Field by field, then the whole."""
        if not super().validate(extra_validators):
            return False
        if (self.latitude.degrees is None) != (self.longitude.degrees is None):
            self.longitude.errors = [_("Give both coordinates, or none.")]
        elif said := problem(self.entry()):
            self.sources.errors = [said]
        return not self.errors


def _lines(text: str | None) -> list[str]:
    return [one for one in (one_line(part) for part in (text or "").split("\n")) if one]


def _sources(text: str | None) -> list[tuple[str, str]]:
    """The names of sources, one a line, each with the link at the end of its line or without one. The same name twice is once."""
    found: dict[str, str] = {}
    for said in _lines(text):
        name, _space, last = said.rpartition(" ")
        name, link = (name.strip(" :–—"), last) if values.is_web_address(last) else (said, "")
        found[name] = found.get(name) or link
    return list(found.items())


def _figures(text: str | None) -> list[tuple[str, int | None]]:
    """Named numbers, one a line. Raises StopValidation for a line that is none."""
    found = []
    for said in _lines(text):
        name, colon, number = said.rpartition(":")
        if not colon or not name.strip() or len(name.strip()) > FIGURE_NAME_LENGTH:
            raise StopValidation(
                _("Write each figure on a line of its own: its name, a colon, the number, such as “detained: 12”.")
            )
        found.append((name.strip(), None if number.strip() in {"?", "؟", ""} else people(number)))
    return found


class AssessForm(KeptForm):
    """What is thought of an incident now."""

    after = SelectField(_l("Assessment"), choices=assessments)
    on = DayField(_l("Since"), validators=[DataRequired(_l("Choose since when it is assessed so."))])
    note = line(_l("Why"), 300)

    def name_assessments(self, names: Mapping[Assessment, str]) -> None:
        """Call the assessments what the register calls them."""
        self.after.choices = assessments(names)


class ImportForm(FlaskForm):
    """Rows to be read: pasted, or as a file."""

    text = StringField(_l("List"), filters=[clean_block], validators=[Optional(), at_most(LONGEST_PASTE)])
    file = FileField(_l("Or a file"))
    assessed_on = DayField(
        _l("Assessed so since"), validators=[DataRequired(_l("Choose the day that the list is of."))]
    )
