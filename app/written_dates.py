"""Dates as pages and feeds write them, read with no more precision than they have."""

from __future__ import annotations

import datetime as dt
import re

from app.models.types import PartialDate
from app.readers import dates
from app.readers.doubts import DoubtKind

LONGEST = 80  # characters of a date with its time and zone
EARLIEST, LATEST = 1500, 2200  # beyond, it is a placeholder (0001-01-01, 9999-12-31) and no date
UNCLEAR = {DoubtKind.DAY_OR_MONTH, DoubtKind.SHORT_YEAR, DoubtKind.RANGE}
TOGETHER = re.compile(r"(\d{4})(\d{2})(\d{2})(?:[Tt].*|\d{6}[Zz]?)?")  # 20240503, 20240503T100000Z, 20240503100000
NOT_KNOWN = re.compile(r"(?<=\d{4})[-/]00?(?:[-/]\d{1,2})?(?!\d)|(?<=[-/]\d{2})[-/]00?(?!\d)")  # 2024-05-00, 2024-00-00
TIME = re.compile(r"(?<=\d)(?:[Tt]\d.*|[Zz]|[+]\d{2}:?\d{2})$|(?<=\d{4})[ ,]+\D*\d{1,2}[:.]\d.*")


def read(text: str) -> PartialDate | None:
    """The date that a text begins with, as it was written: a time zone does not move it. None where it is none.

    03/05/2024 is none, since half of the world means March and the other half May.
    """
    text = " ".join(text[:LONGEST].split())
    if together := TOGETHER.fullmatch(text):
        text = "-".join(together.groups())
    text = TIME.sub("", NOT_KNOWN.sub("", text))
    found = dates.read(text, today=dt.date(LATEST, 12, 31))
    if found is None or found.date is None or UNCLEAR & {doubt.kind for doubt in found.doubts}:
        return None
    return found.date if EARLIEST <= found.date.on.year <= LATEST else None
