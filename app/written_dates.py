"""Dates as pages and feeds write them, read with no more precision than they have."""

from __future__ import annotations

import datetime as dt
import re

from app.models.types import PartialDate, Precision

LONGEST = 80  # characters of a date with its time and zone
EARLIEST, LATEST = 1500, 2200  # beyond, it is a placeholder (0001-01-01, 9999-12-31) and no date
# fmt: off
MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
          "december")
# fmt: on
TIME = r"(?:[t +-]\d.*|z)?"
NUMBERS = re.compile(
    rf"(\d{{4}})(?:([-/.])(\d{{1,2}})(?:\2(\d{{1,2}}){TIME})?)?z?"
)  # 2024, 2024-05, 2024/05/03, 2024-05-03T10:00Z
TOGETHER = re.compile(r"(\d{4})(\d{2})(\d{2})(?:t\d.*|\d{6})?")  # 20240503, 20240503T100000Z
WEEKDAY = r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6},? +)?"
DAY_FIRST = re.compile(
    rf"{WEEKDAY}(\d{{1,2}})(?:st|nd|rd|th)?[ -]+([a-z]{{3,9}})\.?,?[ -]+(\d{{4}})(?:[ ,].*)?"
)  # Fri, 03 May 2024
MONTH_FIRST = re.compile(
    rf"{WEEKDAY}([a-z]{{3,9}})\.? +(?:(\d{{1,2}})(?:st|nd|rd|th)?,? +)?(\d{{4}})(?:[ ,].*)?"
)  # May 3, 2024; May 2024


def read(text: str) -> PartialDate | None:
    """The date that a text begins with, as it was written: a time zone does not move it. None where it is none.

    03/05/2024 is none, since half of the world means March and the other half May.
    """
    text = " ".join(text[:LONGEST].lower().split())
    if found := NUMBERS.fullmatch(text):
        return _made(found[1], found[3], found[4])
    if found := TOGETHER.fullmatch(text):
        return _made(found[1], found[2], found[3])
    if found := DAY_FIRST.fullmatch(text):
        return _made(found[3], _month(found[2]), found[1])
    if found := MONTH_FIRST.fullmatch(text):
        return _made(found[3], _month(found[1]), found[2])
    return None


def _month(name: str) -> int:
    """The number of an English month, in full or cut short; -1 where it is none."""
    return next((number for number, full in enumerate(MONTHS, 1) if full.startswith(name)), -1)


def _made(year: str, month: str | int | None, day: str | int | None) -> PartialDate | None:
    """A date of its parts; what is missing or 0 is not known."""
    numbers = int(year), int(month or 0), int(day or 0)
    precision = Precision.DAY if all(numbers) else Precision.MONTH if numbers[1] else Precision.YEAR
    try:
        on = dt.date(numbers[0], numbers[1] or 1, numbers[2] or 1 if numbers[1] else 1)
    except ValueError:
        return None
    return PartialDate(on, precision) if EARLIEST <= on.year <= LATEST else None
