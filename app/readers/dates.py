"""Dates in the forms that people paste, with what is known of them (day, month or year) and what is doubtful.

Read are "9 June 2015", "September 12, 2013", "Nov.29, 2018", "9-11 June 2015", "June 2015", "2015-06-09", "2015-06", "2015",
"9.6.2015", "3/4/15", with weekdays, ordinals and digits of any script, and months in Arabic ("٩ حزيران/يونيو ٢٠١٥"). Where day
and month can be exchanged, the day is taken to come first, and a doubt says so.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass

from app.models.types import PartialDate, Precision
from app.readers import months
from app.readers.doubts import Doubt, DoubtKind, doubt
from app.readers.numbers import latin_digits

EARLIEST = 1900  # nothing older is in a list of news or incidents, unless it is a slip
LONGEST = 60  # characters of the longest form
DAY_AHEAD = dt.timedelta(days=1)  # somewhere it is tomorrow already

# Every repetition is bounded, so that looking for a date takes time in proportion to the text and no more.
_M = rf"(?:{months.NAME})(?![^\W\d_])\.?"
_M2 = rf"(?:\s?/\s?(?P<month2>{months.NAME})(?![^\W\d_]))?"
_D = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_UNTIL = r"(?:\s?[-–—]\s?(?P<until>\d{1,2})(?:st|nd|rd|th)?)?"
_AD = r"(?:\s?م(?!\w))?"  # "of the Christian era", as Arabic dates often end
_Y = rf"(?P<year>\d{{4}}){_AD}"
_WEEKDAY = (
    r"(?:(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\.?"
    r"|(?:يوم\s)?(?:السبت|الاحد|الاثنين|الثلاثاء|الاربعاء|الخميس|الجمعة))[,،]?\s{1,2})?"
)
_TIME = r"(?:[T\s]\d{1,2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?\s?(?:Z|[+-]\d{2}:?\d{2})?)?"
_FORMS = (
    rf"{_WEEKDAY}{_D}{_UNTIL}[\s.-]{{0,2}}(?:of\s|من\s)?(?P<month>{_M}){_M2}[\s,،.-]{{0,3}}{_Y}",
    rf"{_WEEKDAY}(?P<month>{_M})\s{{0,2}}{_D}{_UNTIL}(?:[.,،]\s{{0,2}}|\s{{1,2}}){_Y}",
    rf"(?P<month>{_M}){_M2}[\s,،-]{{0,3}}{_Y}",
    rf"(?P<year>\d{{4}})(?P<mark>[-/.])(?P<month>\d{{1,2}})(?P=mark)(?P<day>\d{{1,2}}){_TIME}",
    rf"(?P<first>\d{{1,2}})\s?(?P<mark>[-/.])\s?(?P<second>\d{{1,2}})\s?(?P=mark)\s?(?P<year>\d{{4}}|\d{{2}}){_AD}{_TIME}",
    r"(?P<year>\d{4})[-/](?P<month>\d{1,2})",
    r"(?P<month>\d{1,2})[-/.](?P<year>\d{4})",
    _Y,
)
_PATTERNS = tuple(re.compile(rf"(?<![\w.])(?:{form})(?![\w])", re.IGNORECASE) for form in _FORMS)
_WITH_DAY_IN_WORDS = _PATTERNS[:2]
_NOT_BARE = _PATTERNS[:-1]


@dataclass(frozen=True)
class Dated:
    """A date as it stands in a text: where, what it says, and what is doubtful. `date` is None where it is impossible."""

    date: PartialDate | None
    said: str
    start: int
    end: int
    doubts: tuple[Doubt, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Whether the day is known, so that it hardly stands there by chance."""
        return self.date is None or self.date.precision is Precision.DAY


def read(text: str, *, today: dt.date, month_first: bool = False) -> Dated | None:
    """The date that the whole text is; None where it is none."""
    said = text.strip().strip("()[]").strip(" .,;:")
    found = leading(said, today=today, month_first=month_first, bare=True)
    return found if found and found.end == len(said) else None


def leading(text: str, *, today: dt.date, month_first: bool = False, bare: bool = False) -> Dated | None:
    """The date that the text begins with. A year alone counts only where `bare`."""
    level = _level(text[:LONGEST])
    for pattern in _PATTERNS if bare else _NOT_BARE:
        match = pattern.match(level)
        if match:
            return _dated(match, text, today, month_first)
    return None


def trailing(text: str, *, today: dt.date, bare: bool = False) -> Dated | None:
    """The date that the text ends with."""
    skipped = max(0, len(text) - LONGEST)
    tail = _level(text)[skipped:]
    for pattern in _PATTERNS if bare else _NOT_BARE:
        for match in pattern.finditer(tail):
            if match.end() == len(tail):
                return _dated(match, text, today, month_first=False, shift=skipped)
    return None


def within(text: str, *, today: dt.date) -> Iterator[Dated]:
    """The dates inside a running text that name a day and write the month as a word, from left to right."""
    level = _level(text)
    found = sorted((m for p in _WITH_DAY_IN_WORDS for m in p.finditer(level)), key=lambda m: (m.start(), -m.end()))
    end = 0
    for match in found:
        if match.start() >= end:
            end = match.end()
            yield _dated(match, text, today, month_first=False)


def months_within(text: str, *, today: dt.date) -> Iterator[Dated]:
    """The months with their year inside a running text ("in November 2018"), days left aside."""
    level = _level(text)
    days = [(day.start, day.end) for day in within(text, today=today)]
    for match in _PATTERNS[2].finditer(level):
        if not any(start <= match.start() < end for start, end in days):
            yield _dated(match, text, today, month_first=False)


def _level(text: str) -> str:
    return months.level(latin_digits(text))


def _dated(match: re.Match[str], text: str, today: dt.date, month_first: bool, shift: int = 0) -> Dated:
    said = text[match.start() + shift : match.end() + shift]
    parts = {name: part for name, part in match.groupdict().items() if part is not None}
    year, doubts = _year(parts["year"], said, today)
    day: int | None
    month: int | None
    if "first" in parts:
        day, month, unsure = _ordered(int(parts["first"]), int(parts["second"]), month_first)
        doubts += [doubt(DoubtKind.DAY_OR_MONTH, "date", said=said)] if unsure else []
    else:
        day = int(parts["day"]) if "day" in parts else None
        month = _month(parts.get("month"))
    if "month2" in parts and _month(parts["month2"]) != month:
        doubts.append(doubt(DoubtKind.TWO_MONTHS, "date", said=said))
    if "until" in parts:
        doubts.append(doubt(DoubtKind.RANGE, "date", said=said))
    date = _partial(year, month, day)
    doubts += _unlikely(date, said, today)
    return Dated(date, said, match.start() + shift, match.end() + shift, tuple(doubts))


def _year(said: str, whole: str, today: dt.date) -> tuple[int, list[Doubt]]:
    if len(said) == 4:
        return int(said), []
    century = today.year // 100 * 100
    year = century + int(said) if century + int(said) <= today.year else century - 100 + int(said)
    return year, [doubt(DoubtKind.SHORT_YEAR, "date", said=whole, read=year)]


def _ordered(first: int, second: int, month_first: bool) -> tuple[int, int, bool]:
    """Day, month, and whether they could be exchanged."""
    if first > 12 or second > 12:
        return (first, second, False) if first > 12 else (second, first, False)
    return (second, first, False) if month_first else (first, second, first != second)


def _month(said: str | None) -> int | None:
    if said is None or said.isdigit():
        return int(said) if said else None
    return months.number(said.strip().rstrip("."))


def _partial(year: int, month: int | None, day: int | None) -> PartialDate | None:
    precision = Precision.YEAR if month is None else Precision.MONTH if day is None else Precision.DAY
    try:
        on = dt.date(year, 1 if month is None else month, 1 if day is None else day)
    except ValueError:
        return None  # 30 February, month 13, year 0
    return PartialDate(on, precision)


def _unlikely(date: PartialDate | None, said: str, today: dt.date) -> list[Doubt]:
    if date is None:
        return [doubt(DoubtKind.IMPOSSIBLE_DATE, "date", said=said)]
    if date.on.year < EARLIEST:
        return [doubt(DoubtKind.LONG_AGO, "date", said=said)]
    # Compared as numbers of days: the last day of the calendar has no day after it.
    if date.on.toordinal() > today.toordinal() + DAY_AHEAD.days:
        return [doubt(DoubtKind.FUTURE, "date", said=said)]
    return []
