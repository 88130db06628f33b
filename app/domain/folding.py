"""Text made alike for comparing and searching: case, accents, vowel marks, forms of one letter and kinds of apostrophe are left out."""

from __future__ import annotations

import re
import unicodedata

_ALIKE = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "ʾ": "'", "ʿ": "'", "`": "'", "“": '"', "”": '"', "\u0640": None})


def fold(text: str) -> str:
    """The text folded: "Sha’fah" and "sha'fah" are one, so are "أربيل" and "اربيل". Signs such as % stay as they are."""
    if text.isascii():
        return " ".join(text.casefold().split())
    apart = unicodedata.normalize("NFKD", text.translate(_ALIKE))
    return " ".join("".join(c for c in apart if unicodedata.category(c) != "Mn").casefold().split())


def words(text: str) -> set[str]:
    """The words of a text, folded."""
    return set(re.findall(r"\w+", fold(text)))
