"""What a reader is not sure of: one kind of doubt, one sentence for the person who corrects."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext as _l


class DoubtKind(StrEnum):
    """Why somebody should look at a row, or at the whole."""

    NO_DATE = "no_date"
    IMPOSSIBLE_DATE = "impossible_date"
    DAY_OR_MONTH = "day_or_month"
    SHORT_YEAR = "short_year"
    LONG_AGO = "long_ago"
    FUTURE = "future"
    RANGE = "range"
    TWO_MONTHS = "two_months"
    OUT_OF_ORDER = "out_of_order"
    SAME_TITLE = "same_title"
    SAME_ROW = "same_row"
    MORE_LINKS = "more_links"
    NO_PLACE = "no_place"
    NO_COUNTRY = "no_country"
    COUNTRY_FROM_OTHERS = "country_from_others"
    MISSING_COMMA = "missing_comma"
    NO_SOURCE = "no_source"
    NO_ASSESSMENT = "no_assessment"
    UNKNOWN_WORD = "unknown_word"
    IN_A_NOTE = "in_a_note"
    NOTE_OF_ERROR = "note_of_error"
    LINES_JOINED = "lines_joined"
    NO_FIGURES = "no_figures"
    NOT_A_NUMBER = "not_a_number"
    ADDED_UP = "added_up"
    SUM_DIFFERS = "sum_differs"
    COUNT_DIFFERS = "count_differs"
    MONTH_FROM_ABOVE = "month_from_above"
    NO_MONTH = "no_month"
    TOO_LONG = "too_long"
    ENCODING = "encoding"
    COLUMN_IGNORED = "column_ignored"
    CELLS = "cells"
    REFUSED = "refused"


SENTENCES: dict[DoubtKind, Any] = {
    DoubtKind.NO_DATE: _l("There is no date."),
    DoubtKind.IMPOSSIBLE_DATE: _l("“%(said)s” is no date of the calendar."),
    DoubtKind.DAY_OR_MONTH: _l("“%(said)s” may be the other way round: day and month can be exchanged."),
    DoubtKind.SHORT_YEAR: _l("“%(said)s” has a year of two figures. It was read as %(read)s."),
    DoubtKind.LONG_AGO: _l("“%(said)s” is long ago. Is the year right?"),
    DoubtKind.FUTURE: _l("“%(said)s” is still to come. Is the year right?"),
    DoubtKind.RANGE: _l("“%(said)s” is several days. The first one was taken."),
    DoubtKind.TWO_MONTHS: _l("“%(said)s” names two different months."),
    DoubtKind.OUT_OF_ORDER: _l("The list runs by date, and this line does not. Is the year right?"),
    DoubtKind.SAME_TITLE: _l("Line %(line)s has the same title."),
    DoubtKind.SAME_ROW: _l("Line %(line)s has the same date, place and source."),
    DoubtKind.MORE_LINKS: _l("There are several links. The first one was taken."),
    DoubtKind.NO_PLACE: _l("There is no place."),
    DoubtKind.NO_COUNTRY: _l("There is no country."),
    DoubtKind.COUNTRY_FROM_OTHERS: _l("The country is not said here. It was taken from other lines with this place."),
    DoubtKind.MISSING_COMMA: _l("A comma seems to be missing."),
    DoubtKind.NO_SOURCE: _l("No source is named."),
    DoubtKind.NO_ASSESSMENT: _l("Nothing says how this was assessed."),
    DoubtKind.UNKNOWN_WORD: _l("“%(said)s” is not a word that we know here."),
    DoubtKind.IN_A_NOTE: _l("This stands in a note, not in the list. The assessment follows from what the note says."),
    DoubtKind.NOTE_OF_ERROR: _l("The text speaks of an error in the records. Read it before you publish this."),
    DoubtKind.LINES_JOINED: _l("Line %(line)s, which stands directly below, was taken as part of this."),
    DoubtKind.NO_FIGURES: _l("No figure of killed or injured people could be read."),
    DoubtKind.NOT_A_NUMBER: _l("“%(said)s” is not a number that we can read."),
    DoubtKind.ADDED_UP: _l("Several figures were added up: %(said)s."),
    DoubtKind.SUM_DIFFERS: _l("The text says %(said)s together, the figures make %(read)s."),
    DoubtKind.COUNT_DIFFERS: _l("The text states %(said)s %(about)s, and %(read)s were read."),
    DoubtKind.MONTH_FROM_ABOVE: _l("The month is that of the total above, line %(line)s."),
    DoubtKind.NO_MONTH: _l("There is no month."),
    DoubtKind.TOO_LONG: _l("This is too long to be read. It comes back as text."),
    DoubtKind.ENCODING: _l("The file was read as %(said)s. Look whether all letters are right."),
    DoubtKind.COLUMN_IGNORED: _l("The column “%(said)s” is left out."),
    DoubtKind.CELLS: _l("This row has %(read)s cells, the header has %(said)s."),
    DoubtKind.REFUSED: "%(said)s",  # a sentence already
}

# What a text can state about itself, as a sentence names it.
COUNTED: dict[str, Any] = {
    "credible": _l("credible reports"),
    "non_credible": _l("non-credible reports"),
    "open": _l("open reports"),
    "reopened": _l("reopened reports"),
    "not_previously_reported": _l("reports that were not previously reported"),
}


@dataclass(frozen=True)
class Doubt:
    """One doubt. `about` names the field it is about, or is empty; `values` are what its sentence speaks of."""

    kind: DoubtKind
    about: str = ""
    values: tuple[tuple[str, str], ...] = ()
    is_slight: bool = False

    @property
    def sentence(self) -> str:
        """What the person reads, in the language of the page."""
        return str(SENTENCES[self.kind]) % {"about": COUNTED.get(self.about, self.about), **dict(self.values)}


def doubt(kind: DoubtKind, about: str = "", **values: object) -> Doubt:
    """A doubt about a field; long words are shortened, because the sentence stands in a table."""
    said = tuple((name, text if len(text := str(value)) <= 80 else f"{text[:79]}…") for name, value in values.items())
    return Doubt(kind, about, said)


def slight(kind: DoubtKind, about: str = "", **values: object) -> Doubt:
    """A doubt that leaves the reading as it is: worth a note, not a warning."""
    return Doubt(kind, about, doubt(kind, about, **values).values, is_slight=True)
