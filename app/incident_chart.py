"""Incidents over time, for a template to draw: stacked bars, told apart by pattern as well as by tone. No drawing here."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from app.charts import FLOOR, GAP, NARROWEST_GAP, WIDEST, WIDTH, Label, Line, axis
from app.models import Assessment

HEIGHT = FLOOR + 32
MOST_BARS = 120  # more could not be told apart: three months, or a year, are put together then
SLOT = 180.0  # for a bar and the name of its month, which is long in Arabic
LABELS = 4  # months named below the bars, at most
SPANS = (1, 3, 12)  # months of one bar
FIRST_MONTH = 12  # January of the year 1: there is no year 0 to begin a bar with


@dataclass(frozen=True)
class Part:
    """The incidents of one assessment in one bar."""

    assessment: Assessment
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Bar:
    """Some months with their incidents: from the month of this number on."""

    month: int
    counts: Counter[Assessment]


@dataclass(frozen=True)
class Chart:
    """Everything that the template draws."""

    bars: list[Bar]
    parts: list[Part]
    lines: list[Line]
    labels: list[Label]
    months_each: int
    left: int
    width: int = WIDTH
    height: int = HEIGHT


def draw(
    months: Mapping[int, Counter[Assessment]], order: Sequence[Assessment], scale: Callable[[int], str] = str
) -> Chart | None:
    """Bars from the first month to the last, the first of `order` at the foot; None where no month has any."""
    if not months:
        return None
    bars, each = _bars(months)
    beside = axis(max(bar.counts.total() for bar in bars), scale)
    slot = min(SLOT, (WIDTH - beside.left) / len(bars))
    wide = min(WIDEST, slot - min(GAP, slot * NARROWEST_GAP))
    parts = []
    for place, bar in enumerate(bars):
        y = float(FLOOR)
        for assessment in order:
            height = beside.height(bar.counts[assessment])
            y -= height
            if height:
                x = beside.left + (place + 0.5) * slot - wide / 2
                parts.append(Part(assessment, round(x, 2), round(y, 2), round(wide, 2), round(height, 2)))
    return Chart(bars, parts, beside.lines, _labels(len(bars), beside.left, slot), each, beside.left)


def _bars(months: Mapping[int, Counter[Assessment]]) -> tuple[list[Bar], int]:
    first, last = min(months), max(months)
    each = next(
        (span for span in SPANS if (last - first) // span < MOST_BARS), 12 * math.ceil((last - first) / 12 / MOST_BARS)
    )
    start = max(FIRST_MONTH, first - first % each)
    bars = [Bar(month, Counter()) for month in range(start, last + 1, each)]
    for month, counts in months.items():
        bars[(month - start) // each].counts.update(counts)
    return bars, each


def _labels(count: int, left: float, slot: float) -> list[Label]:
    """Below few bars each; else the first and the last, and some between, evenly."""
    last = count - 1
    if count <= LABELS:
        return [Label(round(left + (n + 0.5) * slot, 2), HEIGHT - 8, n, "middle") for n in range(count)]
    found = []
    for place in sorted({round(last * n / (LABELS - 1)) for n in range(LABELS)}):
        if place in {0, last}:
            x, anchor = left + (place + (place == last)) * slot, "end" if place else "start"
        else:
            x, anchor = left + (place + 0.5) * slot, "middle"
        found.append(Label(round(x, 2), HEIGHT - 8, place, anchor))
    return found
