"""What a register says about itself: how many reports it has of each kind, to be held against what was read."""

from __future__ import annotations

import re

from app.readers.numbers import NUMBER, value

_REPORTS = r"(?:civilian[- ]casualty\s|casualty\s|allegation\s|assessment\s){0,3}(?:reports?|allegations?|incidents?)"
_N = rf"(?P<n>{NUMBER})"
# By the names of what is said; the first sentence that says it counts.
_SAID = {
    "credible": rf"{_N}\s{_REPORTS}\s(?:was|were)\s(?:determined|assessed|found)\s(?:to\sbe|as)\scredible",
    "non_credible": rf"{_N}\s{_REPORTS}\s(?:(?:was|were)\s(?:determined|assessed|found)\s)?(?:to\sbe|as)\snon-?\s?credible",
    "open": rf"(?:{_N}\s{_REPORTS}\s(?:is|are|remain)\s(?:still\s)?open|still\sassessing\s(?P<n2>{NUMBER})\s{_REPORTS})",
    "reopened": rf"{_N}\s(?:\w+\s){{0,3}}?(?:previously\s)?closed,?\s(?:but|and)\s(?:(?:was|were)\s)?reopened",
    "not_previously_reported": rf"{_N}\s(?:credible\s)?{_REPORTS}\s"
    r"(?:that\s)?(?:(?:had|have|were|was)\s)?not\s(?:been\s)?previously\sreported",
    "completed": rf"completed\s{_N}\s{_REPORTS}",
    "received": rf"received\s{_N}\s(?:new\s)?{_REPORTS}",
    "killed": rf"at\sleast\s{_N}\*?\s(?:\w+\s){{0,3}}?(?:people|civilians)\s(?:have\sbeen|were|are)\s(?:\w+\s)?killed",
}
_PATTERNS = {name: re.compile(pattern, re.IGNORECASE) for name, pattern in _SAID.items()}
_CHEAP = re.compile(r"report|allegation|incident|closed|killed", re.IGNORECASE)


def read(texts: list[str]) -> dict[str, int]:
    """The numbers that the sentences state, by name: credible, non_credible, open, reopened and so on."""
    stated: dict[str, int] = {}
    for text in texts:
        for name, pattern in _PATTERNS.items() if _CHEAP.search(text) else ():
            match = pattern.search(text) if name not in stated else None
            number = value(match["n"] or match.groupdict().get("n2") or "") if match else None
            if number is not None:
                stated[name] = number
    return stated
