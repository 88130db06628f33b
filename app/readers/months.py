"""Names of months as people paste them: English, and the three ways of naming them in Arabic."""

from __future__ import annotations

import re

_ENGLISH = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
_SHORT = {"jan": 1, "feb": 2, "mar": 3, "apr": 4, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "sept": 9}
_SHORT |= {"oct": 10, "nov": 11, "dec": 12}
# Iraq and the Levant; Egypt, the Gulf and Sudan; the Maghreb. Hamzas are levelled before looking up.
_ARABIC = (
    "كانون الثاني|شباط|اذار|نيسان|ايار|حزيران|تموز|اب|ايلول|تشرين الاول|تشرين الثاني|كانون الاول",
    "يناير|فبراير|مارس|ابريل|مايو|يونيو|يوليو|اغسطس|سبتمبر|اكتوبر|نوفمبر|ديسمبر",
    "جانفي|فيفري|مارس|افريل|ماي|جوان|جويلية|اوت|سبتمبر|اكتوبر|نوفمبر|ديسمبر",
    "يناير|فبراير|مارس|ابريل|ماي|يونيه|يوليه|غشت|شتنبر|اكتوبر|نونبر|دجنبر",
)
MONTHS: dict[str, int] = {name: number for number, name in enumerate(_ENGLISH, 1)} | _SHORT | {"يوليوز": 7}
for _names in _ARABIC:
    MONTHS |= {name: number for number, name in enumerate(_names.split("|"), 1)}
NAME = "|".join(re.escape(name).replace(r"\ ", r"\s") for name in sorted(MONTHS, key=len, reverse=True))
_HAMZAS = str.maketrans("أإآٱ", "اااا")


def level(text: str) -> str:
    """The text with the Arabic letters alif written alike, letter by letter, so that places in it stay the same."""
    return text.translate(_HAMZAS)


def number(name: str) -> int | None:
    """1 for January in any of its names, as written or abbreviated."""
    return MONTHS.get(" ".join(level(name).casefold().split()))
