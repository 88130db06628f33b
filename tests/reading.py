"""What the tests of the readers share: a day to read on, the words of doubts, and documents that are not part of the project."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.readers.doubts import Doubt

TODAY = dt.date(2026, 1, 5)
DOCUMENTS = Path(__file__).parent.parent.parent / "shared/seeds"
HOSTILE = [
    "1" * 10_000,
    "9 " * 5_000,
    "(" * 10_000,
    "[a" * 5_000,
    "- " * 5_000,
    ", " * 5_000,
    "near " * 2_000,
    "a\u0301" * 5_000,
]
HOSTILE += [
    "\u0301" * 10_000,
    "https://a " * 1_000,
    "one hundred and " * 600,
    "May 2015 " * 1_000,
    '"' * 10_000,
    "\x00" * 10_000,
]
HOSTILE += [
    "\ud800" * 100,
    "9 June 2015, near A, via " * 400,
    "killed " * 1_400,
    "Credible reports: " * 500,
    "a " * 5_000,
]


def kinds(doubts: tuple[Doubt, ...]) -> list[str]:
    return [doubt.kind.value for doubt in doubts]


def document(number: int) -> str:
    """One of the source documents; the test is skipped where they are not at hand."""
    found = sorted(DOCUMENTS.glob(f"{number:03}_*.txt"))
    if not found:
        pytest.skip("the source documents are not beside this checkout")
    return found[0].read_text()


def seconds(act: Callable[[], Any], enough: float = 1) -> float:
    """Time this process took, the least of three: others on the machine do not count, nor does what they take from its caches.
    Less than `enough` is not worth another look."""
    taken = []
    for _ in range(3):
        start = time.process_time()
        act()
        taken.append(time.process_time() - start)
        if taken[-1] < enough:
            break
    return min(taken)
