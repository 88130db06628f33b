"""How many people were killed and injured, from sentences: "five civilians were killed and nine others wounded"."""

from __future__ import annotations

import re

from app.readers.doubts import Doubt, DoubtKind, doubt
from app.readers.numbers import NUMBER, value

KILLED, INJURED = "killed", "injured"
Figures = dict[str, int | None]
LONGEST = 5_000  # characters of a description that are looked at
_PEOPLE = (
    r"(?:civilians?|people|persons?|men|women|children|child|man|woman|boys?|girls?|others?|residents?|fighters?|villagers?"
    r"|journalists?|workers?|protesters?|soldiers?|students?|family\smembers?|non-combatants?)"
)
_HARM = r"(?P<{0}>killed|dead|died|wounded|injured|hurt)"
_WORD = r"(?:\s[^\W\d_][\w’'-]{0,30},?)"
# "five civilians were unintentionally killed": a number, at most six words on, what happened to them.
_PASSIVE = re.compile(rf"(?P<n>{NUMBER})(?=(?P<between>(?:{_WORD}){{0,6}}?)\s{_HARM.format('harm')}\b)", re.I)
# "killed at least five civilians"
_ACTIVE = re.compile(
    rf"\b(?P<harm>kill(?:ed|ing)|wound(?:ed|ing)|injur(?:ed|ing))\s(?:at\sleast\s|about\s|some\s)?(?P<n>{NUMBER})"
    rf"\s(?:[^\W\d_][\w’'-]{{0,30}}\s){{0,2}}?{_PEOPLE}\b",
    re.I,
)
# Between a number and what happened: another number, another harm or an "and" before the harm start something new.
_BREAK = re.compile(rf"{NUMBER}|{_HARM.format('harm')}|\b(?:and|or|but)$", re.I)
# "in 2017 civilians were killed" says a year, "two of the nine civilians were killed" says two.
_YEAR = re.compile(r"(?:19|20)\d\d")
_NO_COUNT = re.compile(r"\bof\s(?:the|these|those|them|its|their)\s$", re.I)
_NO_COUNT_BUT_A_YEAR = re.compile(r"\b(?:in|since|during|of|early|late|mid|by|until)[\s-]$", re.I)


def read(text: str) -> tuple[Figures, tuple[Doubt, ...]]:
    """The figures that a description says, by name, and what is doubtful. None is a figure that is said but no number."""
    found: dict[str, list[str]] = {}
    text = text[:LONGEST]
    active = list(_ACTIVE.finditer(text))
    taken = {match.start("n") for match in active}
    for match in [*active, *(m for m in _PASSIVE.finditer(text) if m.start() not in taken)]:
        between = match.groupdict().get("between") or ""
        if not _BREAK.search(between) and _counts(match):
            found.setdefault(_name(match["harm"]), []).append(match["n"])
    figures: Figures = {}
    doubts: list[Doubt] = []
    for name, said in found.items():
        values = [value(one) for one in said]
        known = [one for one in values if one is not None]
        figures[name] = sum(known) if len(known) == len(values) else None
        doubts += [doubt(DoubtKind.NOT_A_NUMBER, name, said=one) for one in said if value(one) is None]
        if len(said) > 1:
            doubts.append(doubt(DoubtKind.ADDED_UP, name, said=" + ".join(said)))
    return figures, tuple(doubts)


def _counts(match: re.Match[str]) -> bool:
    """Whether the number counts people, by what stands before it."""
    before = match.string[max(0, match.start("n") - 20) : match.start("n")]
    return not (_NO_COUNT.search(before) or (_YEAR.fullmatch(match["n"]) and _NO_COUNT_BUT_A_YEAR.search(before)))


def _name(harm: str) -> str:
    return KILLED if harm.casefold().startswith(("kill", "dead", "die")) else INJURED
