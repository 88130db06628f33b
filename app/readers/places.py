"""Where something happened, from "al-Bado neighborhood, Raqqah, Syria": place, region, country.

The rule: the last part is the country where it is one's name, the first is the place, and what stands between is the region.
A part is kept as typed. Where the last part only ends with a country's name, a comma is missing before it.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass, replace

from babel import Locale

from app.readers.doubts import Doubt, DoubtKind, doubt
from app.readers.months import level

LANGUAGES = ("en", "ar")
LONGEST_NAME = 6  # words of a country's name
# What people write and the list of names does not have. Türkiye, Czechia and the like have it in newer names only.
ALIASES = {
    "usa": "US", "u.s.": "US", "u.s.a.": "US", "uk": "GB", "u.k.": "GB", "britain": "GB", "great britain": "GB", "turkey": "TR",
    "palestine": "PS", "uae": "AE", "south korea": "KR", "north korea": "KP", "ivory coast": "CI", "burma": "MM", "myanmar": "MM",
    "czech republic": "CZ", "dr congo": "CD", "syrian arab republic": "SY", "republic of iraq": "IQ",
    "سورية": "SY", "فلسطين": "PS", "امريكا": "US", "بريطانيا": "GB", "الولايات المتحدة الامريكية": "US",
}  # fmt: skip
_SPLIT = re.compile(r"\s*[,،;]\s*")
_KEY = re.compile(r"[\W_]+|\b(?:al|el|the)\b")


@dataclass(frozen=True)
class Where:
    """A place as typed, the region around it, and the country's ISO 3166 code; each may be empty."""

    place: str
    region: str = ""
    country: str = ""
    doubts: tuple[Doubt, ...] = ()


@functools.cache
def _codes() -> dict[str, str]:
    """The code of every country and territory, by its names in the languages that are read, in small letters."""
    found = dict(ALIASES)
    for language in LANGUAGES:
        for code, name in Locale.parse(language).territories.items():
            if len(code) == 2 and code.isalpha() and code not in {"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"}:
                found.setdefault(_name(name), code)
    return found


def _name(text: str) -> str:
    return level(" ".join(text.split())).casefold().removeprefix("the ").strip()


def country(text: str) -> str:
    """The ISO code of a country from its name or code, or an empty text."""
    text = text.strip(" .")
    if len(text) == 2 and text.isascii() and text.isupper():
        return text if text in _codes().values() else ("GB" if text == "UK" else "")
    return _codes().get(_name(text[:80]), "")


def read(text: str) -> Where:
    """Place, region and country from a text with commas."""
    parts = [part for part in _SPLIT.split(text.strip(" ,.;،")) if part]
    if not parts:
        return Where("", doubts=(doubt(DoubtKind.NO_PLACE, "place"),))
    code = country(parts[-1])
    doubts: tuple[Doubt, ...] = ()
    if code and len(parts) > 1:
        parts.pop()
    elif not code:
        parts[-1], code = _glued(parts[-1])
        doubts = (doubt(DoubtKind.MISSING_COMMA, "country"),) if code else (doubt(DoubtKind.NO_COUNTRY, "country"),)
    return Where(parts[0], ", ".join(parts[1:]), code, doubts)


def _glued(part: str) -> tuple[str, str]:
    """A part that ends with a country's name, taken apart: "Jum'ah Syria" is "Jum'ah" and SY."""
    words = part.split(" ")
    for count in range(min(LONGEST_NAME, len(words) - 1), 0, -1):
        code = country(" ".join(words[-count:]))
        if code:
            return " ".join(words[:-count]), code
    return part, ""


def guessed(all_of_them: list[Where]) -> list[Where]:
    """The same places; where a country is missing it is that of the other lines with this place, and a doubt says so."""
    known: dict[str, set[str]] = {}
    for where in all_of_them:
        for name in (where.place, *where.region.split(", ")) if where.country else ():
            known.setdefault(_key(name), set()).add(where.country)
    return [where if where.country else _guess(where, known) for where in all_of_them]


def _guess(where: Where, known: dict[str, set[str]]) -> Where:
    names = [where.place, *where.region.split(", "), *where.place.split(" and ")]
    codes = set().union(*(known.get(_key(name), set()) for name in names if name))
    if len(codes) != 1:
        return where
    others = tuple(one for one in where.doubts if one.kind is not DoubtKind.NO_COUNTRY)
    return replace(where, country=codes.pop(), doubts=(*others, doubt(DoubtKind.COUNTRY_FROM_OTHERS, "country")))


def _key(name: str) -> str:
    """A name without what is written differently from line to line: "Al Baghouz" and "al-Baghouz" are one."""
    return re.sub(r"\W+", "", _KEY.sub(" ", name.casefold()))
