"""Who wrote it, for whom, whence, with what reservation: what archives of news write into the text of an item itself.

"By Dana Taib Menmy for Al-Monitor. Any opinions expressed are those of the author." on top, "Click here to read the full story."
and "(Source: United Nations)" at the end. Taken only where a paragraph says nothing else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_WORD = r"[A-Z][\w.'’-]{0,40}"
_NAME = rf"{_WORD}(?: (?:and|van|von|de|del|la|al|el|bin|ibn|{_WORD})){{1,7}}"
_OPINIONS = r"(?:Any|The|All) (?:opinions|views)[^\n]{5,380}"
LEAD = re.compile(
    rf"(?:By (?P<name>{_NAME}?)(?:,? for (?P<outlet>(?:the )?{_WORD}(?: {_WORD}){{0,5}}?))?|From (?P<agency>{_WORD}(?: {_WORD}){{0,4}}?))"
    rf"(?:\.(?:\s+(?P<disclaimer>{_OPINIONS}))?)?"
)
ONWARD = re.compile(
    r"(?:\A|(?<=[.!?…»”\"]))\s*(?:Click here to read|Read|Continue reading)(?: the)?(?: full| whole| more| rest of the)?"
    r"(?: story| article| report)?(?: here)?\s*[.…»→]*\Z"
)
SOURCE = re.compile(r"\s*\(?\s*(?:source|via|المصدر)\s*:\s*([^\n()]{2,200}?)\s*\)?\s*", re.I)


@dataclass(frozen=True)
class Attributed:
    """The text without what it says of itself, and that."""

    text: str
    byline: str = ""
    outlet: str = ""
    disclaimer: str = ""
    source_line: str = ""


def read(text: str) -> Attributed:
    """Take from the first and last paragraphs what they say of the item."""
    parts = text.split("\n\n")
    lead = LEAD.fullmatch(parts[0])
    if lead:
        parts = parts[1:]
    source = SOURCE.fullmatch(parts[-1]) if parts and len(parts[-1]) < 300 else None
    if source:
        parts = parts[:-1]
    onward = ONWARD.search(parts[-1], max(0, len(parts[-1]) - 80)) if parts else None
    if onward:
        parts[-1] = parts[-1][: onward.start()]
    said = lead.groupdict("") if lead else {}
    return Attributed(
        text="\n\n".join(part for part in parts if part).strip(),
        byline=said.get("name", "").rstrip("."),
        outlet=said.get("outlet") or said.get("agency", ""),
        disclaimer=said.get("disclaimer", ""),
        source_line=source[1] if source else "",
    )
