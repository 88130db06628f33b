"""The words of a text as the search knows them: the same for what is kept and for what is asked, on both databases.

A word is folded (`folding.fold`: case, accents, vowel marks, forms of one letter), its digits are 0 to 9, signs inside it are left
out ("Sha'fah" is "shafah"), and endings are taken off. Neither database does anything to words but compare them.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from app.domain.folding import fold

LONGEST_WORD = 60
LONGEST_QUERY = 200
MOST_WORDS = 10
# Letters and digits, with the signs that stand inside words: marks, apostrophes, tatweel, characters that nobody sees.
_MARKS = "".join(chr(c) for c in range(0x300, 0xFFFF) if unicodedata.category(chr(c))[0] == "M")
_INSIDE = f"{_MARKS}'’‘ʼʾʿ`\u0640\u00ad\u200b-\u200f\u2060\ufeff"
WORD = re.compile(rf"[^\W_](?:[^\W_]|[{_INSIDE}])*")
# What fold() leaves apart and people type for each other: Persian and Kurdish forms, alef maksura, taa marbuta.
_ALIKE = str.maketrans({"ی": "ي", "ى": "ي", "ې": "ي", "ک": "ك", "ة": "ه", "ۀ": "ه", "ە": "ه", "ٱ": "ا"})
_ARTICLES = ("وال", "بال", "كال", "فال", "ولل", "ال", "لل")
_JOINED = re.compile("[وف]?[بلك]?")  # and, so; in, for, like: written onto the word that follows
_OWNERS = ("ها", "هم", "هن")
_MANY = ("ات", "ون", "ين", "وا")
# Words that are in every text; asked together with others they only hide what was meant.
_COMMON = frozenset(
    re.findall(
        r"\w+",
        "a an and are as at be but by for from has have in is it its not of on or that the their they this to was were what which who "
        "will with في من على الى عن مع هذا هذه ذلك التي الذي الذين ان او و ما لا لم قد كان كانت",
    )
)


@dataclass(frozen=True)
class Term:
    """One word that is looked for, as it is kept; and how others begin that are meant too, if any are."""

    word: str
    beginning: str = ""

    def fits(self, kept: frozenset[str]) -> bool:
        """Whether a word with these forms is one of those meant."""
        return self.word in kept or bool(self.beginning) and any(form.startswith(self.beginning) for form in kept)


@dataclass(frozen=True)
class Query:
    """What is looked for: all of these words. `half` is the last one as it was typed, where it may be half of a word."""

    terms: tuple[Term, ...] = ()
    half: str = ""

    def widened(self) -> Query | None:
        """The same, but the last word may go on; None where it is too short for that."""
        if not self.half:
            return None
        *others, last = self.terms
        return Query((*others, Term(last.word, self.half)))

    def fits(self, written: str) -> bool:
        """Whether a word of a text is one of those looked for."""
        forms = kept(plain(written))
        return any(term.fits(forms) for term in self.terms)


def ask(text: str) -> Query:
    """What somebody means who types this. Signs mean nothing."""
    words = [word for _start, _end, word in spans(text[:LONGEST_QUERY])]
    meaning = [word for word in words if word not in _COMMON] or words
    chosen = [_bare(word) for word in dict.fromkeys(meaning)][:MOST_WORDS]
    half = chosen[-1] if chosen and _bare(words[-1]) == chosen[-1] else ""
    is_half = len(half) >= (3 if half.isascii() else 2) and not half.isdigit()
    return Query(tuple(Term(_stem(word)) for word in chosen), half if is_half else "")


def spans(text: str) -> Iterator[tuple[int, int, str]]:
    """Where each word of a text begins and ends, and the word, folded."""
    for found in WORD.finditer(text):
        word = plain(found[0])
        if word:
            yield found.start(), found.end(), word


def words_of(*texts: str) -> dict[str, None]:
    """All forms of all words of these texts, each once, in the order in which they come."""
    forms: dict[str, None] = {}
    for text in texts:
        for found in WORD.finditer(text):
            forms.update(dict.fromkeys(kept(plain(found[0]))))
    forms.pop("", None)
    return forms


@functools.lru_cache(maxsize=65_536)
def plain(written: str) -> str:
    """One word, folded; letters and digits only."""
    letters = fold(written[: 2 * LONGEST_WORD]).translate(_ALIKE)
    return "".join(_letter(c) for c in letters if c.isalnum() or unicodedata.category(c) == "Mc")[:LONGEST_WORD]


def _letter(c: str) -> str:
    return str(unicodedata.decimal(c)) if c.isdecimal() else c


@functools.lru_cache(maxsize=65_536)
def kept(word: str) -> frozenset[str]:
    """The forms under which a folded word is kept: without its ending; in Arabic also without what is written onto it."""
    if not _is_arabic(word):
        return frozenset({_stem(word)})
    forms = {word, _bare(word)}
    for cut in range(1, _JOINED.match(word).end() + 1):  # type: ignore[union-attr]  # it matches the empty text too
        if len(word) - cut >= 3:
            forms |= {word[cut:], _bare(word[cut:])}
    return frozenset(map(_stem, forms))


def _bare(word: str) -> str:
    """Without the article, alone or with what is written before it."""
    front = next((front for front in _ARTICLES if word.startswith(front) and len(word) >= len(front) + 3), "")
    return word[len(front) :]


def _stem(word: str) -> str:
    if word.isascii():
        return word if word.isdigit() else _english(word)
    return _arabic(word) if _is_arabic(word) else word


def _is_arabic(word: str) -> bool:
    return "\u0600" <= word[:1] <= "\u06ff"


def _arabic(word: str) -> str:
    """Without the endings of owner, number and person, then of gender and origin: العراقيين, عراقية and عراقي are one."""
    if word.endswith(_OWNERS) and len(word) >= 6:
        word = word[:-2]
    if word.endswith(_MANY) and len(word) >= 5:
        word = word[:-2]
    elif word.endswith("ا") and len(word) >= 5:
        word = word[:-1]
    if word.endswith("ه") and len(word) >= 4:
        word = word[:-1]
    return word[:-1] if word.endswith("ي") and len(word) >= 5 else word


def _english(word: str) -> str:
    """Without the endings of number and time: killed, killing, kills and kill are one, so are abuses and abuse, agencies and agency;
    and of origin, so that who looks for Iraq finds Iraqis."""
    word = word[:-3] + "y" if word.endswith("ied") and len(word) > 4 else _singular(word)
    for ending in ("ing", "ed"):
        rest = word.removesuffix(ending)
        if rest != word and len(rest) >= 3 and re.search("[aeiouy]", rest):
            word = rest[:-1] if rest[-1] == rest[-2] and rest[-1] not in "aeiouslz" else rest
            break
    if len(word) > 4 and word.endswith("e"):
        word = word[:-1]
    if len(word) >= 5 and word.endswith("i") and word[-2] not in "aeiou":
        return word[:-1]
    return word[:-1] + "i" if len(word) >= 3 and word.endswith("y") and word[-2] not in "aeiou" else word


def _singular(word: str) -> str:
    if len(word) <= 3 or not word.endswith("s") or word.endswith(("ss", "us", "sis")) or word == "news":
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    return word[:-2] if word.endswith(("sses", "shes", "ches", "xes")) else word[:-1]
