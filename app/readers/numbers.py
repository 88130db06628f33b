"""Numbers as people write them: figures of several scripts, with or without separators, and English words."""

from __future__ import annotations

import re
import unicodedata

SMALL = {
    word: value
    for value, word in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
        ]
    )
}
TENS = {
    word: 10 * n
    for n, word in enumerate(["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], 2)
}
OTHERS = {"a": 1, "an": 1, "no": 0, "none": 0, "dozen": 12}
UNSURE = {"several", "many", "some", "dozens", "hundreds", "scores", "numerous", "few", "multiple"}
LARGEST = 1_000_000_000

_UNIT = "|".join(sorted(SMALL, key=len, reverse=True))
_TEN = "|".join(TENS)
_BELOW_100 = rf"(?:(?:{_TEN})(?:[- ](?:{_UNIT}))?|{_UNIT})"
WORDS = rf"(?:(?:{_UNIT}|a)\s+hundred(?:\s+(?:and\s+)?{_BELOW_100})?|{_BELOW_100})"
FIGURES = r"\d{1,3}(?:[,\u066c\u2019']\d{3}){1,3}(?!\d)|\d{1,9}(?!\d)"
# A number in running text. Word boundaries around it keep "one" out of "none" and figures out of longer ones.
NUMBER = rf"(?<![\w.,])(?:{FIGURES}|{WORDS}|{'|'.join(sorted({*UNSURE, 'no'}))})(?!\w)"
_SEPARATOR = re.compile(r"[,\u066c\u2019'\s]")


def latin_digits(text: str) -> str:
    """The text with 0-9 for the digits of every script, letter by letter, so that places in it stay the same."""
    if text.isascii():
        return text
    return "".join(str(unicodedata.digit(c)) if c.isdecimal() else c for c in text)


def value(said: str) -> int | None:
    """The whole number that is said, or None: "07", "1,302", "٢٣", "one hundred and eleven", "no"."""
    said = latin_digits(said[:80]).strip().casefold()
    bare = _SEPARATOR.sub("", said)
    if bare.isascii() and bare.isdigit():
        return int(bare) if int(bare) <= LARGEST else None
    words = [word for word in re.split(r"[\s-]+", said) if word != "and"]
    total, known = 0, {**SMALL, **TENS, **OTHERS}
    for word in words:
        if word == "hundred":
            total = max(total, 1) * 100
        elif word in known:
            total += known[word]
        else:
            return None
    return total if words else None
