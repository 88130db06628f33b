"""Lists that people put in order: one step up or down, or back to where a row stood."""

from __future__ import annotations

from collections.abc import Sequence


def moved(order: Sequence[int], number: int, steps: int) -> list[int]:
    """The order with one number moved down by `steps`, or up where that is negative. An unknown number goes to the end."""
    kept = [other for other in order if other != number]
    at = order.index(number) if number in order else len(kept)
    return placed(kept, number, at + steps)


def placed(order: Sequence[int], number: int, at: int) -> list[int]:
    """The order with `number` in the place `at`, counted from 0; the nearest place where there is no such one."""
    kept = [other for other in order if other != number]
    kept.insert(min(max(0, at), len(kept)), number)
    return kept
