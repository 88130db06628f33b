"""Checksums as people paste them: with the file's name, in capitals, in pairs, with a label before them."""

from __future__ import annotations

import re

MOST_SIGNS = 1000
_ALONE = re.compile(r"(?<![0-9a-z])[0-9a-f]{64}(?![0-9a-z])")
_APART = re.compile(r"(?<![0-9a-z])(?:[0-9a-f]{2}[ :-]){31}[0-9a-f]{2}(?![0-9a-z])")


def sha256(text: str) -> str | None:
    """The one SHA-256 in a text, as programs of Windows, macOS and Linux print it; None where there is none, or more than one."""
    plain = " ".join(text[:MOST_SIGNS].lower().split())
    found = {re.sub(r"[ :-]", "", match) for shape in (_ALONE, _APART) for match in shape.findall(plain)}
    return found.pop() if len(found) == 1 else None
