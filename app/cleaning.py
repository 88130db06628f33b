"""Text as it is kept: composed, without marks that hide or turn writing. Forms and readers clean alike."""

from __future__ import annotations

import re
import unicodedata

# Turn writing around or hide it: bidirectional overrides and isolates, and marks that nobody sees.
TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
UNSEEN = re.compile("[\u200b\u200e\u200f\u2060\ufeff\u00ad\u3164\u115f\u1160]")
LONGEST = 5_000  # characters; no line taken anywhere is as long, and looking at one closely would only cost time
DEEPEST = 30  # marks on one letter that are put in order (UAX 15, stream-safe text); more take the square of the time


def clean(text: str | None) -> str:
    """The text composed (NFC), without unseen or turning characters, with single spaces and none at the ends."""
    if not text:
        return ""
    if len(text) > LONGEST:
        return text  # as it is: its field refuses it
    text = UNSEEN.sub("", TURNING.sub("", _composed(text)))
    return re.sub(r"[ \t\u00a0\u2000-\u200a\u3000]+", " ", text).strip()


def clean_block(text: str | None) -> str:
    """The same for a text of several lines: line ends become LF, lines stay."""
    if not text:
        return ""
    text = _composed(text).replace("\r\n", "\n").replace("\r", "\n")
    return UNSEEN.sub("", TURNING.sub("", text)).strip("\n ")


def _composed(text: str) -> str:
    """The text composed (NFC), unless it piles up marks as no writing system does."""
    if text.isascii():
        return text
    deep = 0
    for letter in text:
        deep = deep + 1 if unicodedata.combining(letter) else 0
        if deep > DEEPEST:
            return text
    return unicodedata.normalize("NFC", text)
