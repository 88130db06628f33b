"""Reading numbers, days and web addresses as people write them, and the numbers that addresses carry."""

from __future__ import annotations

import datetime as dt
import re
from urllib.parse import urlsplit

from app.domain.deadlines import LAST_YEAR
from app.readers.numbers import latin_digits

GROUPED = re.compile(r"\d{1,3}(?:[ ,.'’٬\u00a0\u2009\u202f]\d{2,3})*[ ,.'’٬\u00a0\u2009\u202f]\d{3}")
FIRST_YEAR = 1800  # of a publication
KEY_DIGITS = 18  # more, and no database holds the number


def whole_number(text: str) -> int:
    """5000, "5,000", "5 000", "5.000" or "٥٬٠٠٠". Raises ValueError for anything else."""
    plain = latin_digits(text.strip())
    if len(plain) > 24 or not (re.fullmatch(r"\d+", plain) or GROUPED.fullmatch(plain)):
        raise ValueError(text)
    return int(re.sub(r"\D", "", plain))


def key(text: str) -> int | None:
    """The key that an address or a hidden field names; None for whatever strangers write there."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= KEY_DIGITS else None


def page(asked: str, rows: int, size: int) -> tuple[int, int]:
    """The number of the page of a list of so many rows that an address asks for, as far as there is one, and that of the last."""
    last = max(1, -(-rows // size))
    return min(max(1, key(asked) or 1), last), last


def day(text: str) -> dt.date:
    """A day as browsers send it, 2027-04-30, also in other digits. Raises ValueError."""
    plain = latin_digits(text.strip())
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", plain):
        raise ValueError(text)
    read = dt.date.fromisoformat(plain)
    if not FIRST_YEAR <= read.year <= LAST_YEAR:
        raise ValueError(text)
    return read


def time_of_day(text: str) -> dt.time:
    """9:30, 09:30, 9.30: a time of day as people write it. Raises ValueError."""
    found = re.fullmatch(r"(\d{1,2})[:.](\d{2})(?:[:.]00)?", latin_digits(text.strip()), re.ASCII)
    if found is None:
        raise ValueError("no time of day")
    return dt.time(int(found[1]), int(found[2]))


def moment(text: str | None) -> dt.datetime | None:
    """The moment that a hidden field names; None for whatever strangers write there."""
    try:
        read = dt.datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return read if read.tzinfo else read.replace(tzinfo=dt.UTC)


def is_web_address(text: str) -> bool:
    """Whether this is a plain http(s) link: with a host, without a password, spaces or what no XML and so no feed may hold."""
    if re.search(r"[\s\x00-\x1f\x7f-\x9f<>\"\\\ud800-\udfff\ufffe\uffff]", text):
        return False
    try:
        parts = urlsplit(text)
        host, _port = parts.hostname, parts.port
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(host) and "@" not in parts.netloc
