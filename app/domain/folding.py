"""Text made alike for comparing and searching: case, accents, vowel marks, forms of one letter and kinds of apostrophe are left out."""

from __future__ import annotations

import re
import unicodedata

_ALIKE = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "ʾ": "'", "ʿ": "'", "`": "'", "“": '"', "”": '"', "\u0640": None})
KEY_LENGTH = 200


def fold(text: str) -> str:
    """The text folded: "Sha’fah" and "sha'fah" are one, so are "أربيل" and "اربيل". Signs such as % stay as they are."""
    if text.isascii():
        return " ".join(text.casefold().split())
    apart = unicodedata.normalize("NFKD", text.translate(_ALIKE))
    return " ".join("".join(c for c in apart if unicodedata.category(c) != "Mn").casefold().split())


def words(text: str) -> set[str]:
    """The words of a text, folded."""
    return set(re.findall(r"\w+", fold(text)))


def name_keys(given_name: str, family_name: str) -> dict[str, str]:
    """The columns under which a signer is searched: the name from either end, folded, and no longer than an index takes."""
    return {
        "name_key": fold(f"{given_name} {family_name}")[:KEY_LENGTH],
        "family_key": fold(f"{family_name} {given_name}")[:KEY_LENGTH],
    }
