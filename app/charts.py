"""Bars for a template to draw: where each stands, how high it is, which lines and labels go with it. No drawing here."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 720, 340
TOP, FLOOR = 32, 304  # room for the highest bar's number, and for the days below
MARGIN, DIGIT = (
    14,
    15,
)  # room for the scale: on a phone the chart is half as wide, and its words have 12 pixels there too
GAP, NARROWEST_GAP = 4.0, 0.18  # pixels between bars, and their share of a step where bars are many
WIDEST = 80  # of a bar with its gap: on the first day one bar is a bar, not a wall
PEAK_ROOM = 44  # half the width of the highest bar's number, so that it stays inside
LABELS = 5  # days named below the bars, at most


@dataclass(frozen=True)
class Rect:
    """One bar, in the chart's own units."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Line:
    """A line across, and the number that it stands for."""

    y: float
    value: int
    words: str


@dataclass(frozen=True)
class Label:
    """A word below a bar, or the number above the highest one. `anchor` keeps it inside the chart."""

    x: float
    y: float
    place: int
    anchor: str = "middle"


@dataclass(frozen=True)
class Chart:
    """Everything that the template draws."""

    bars: list[Rect]
    lines: list[Line]
    labels: list[Label]
    peak: Label | None
    left: int
    width: int = WIDTH
    height: int = HEIGHT


@dataclass(frozen=True)
class Axis:
    """The scale beside the bars: the number at its top, its lines, and how much room its words take."""

    top: int
    lines: list[Line]
    left: int

    def height(self, value: int) -> float:
        """How high a bar stands that means this number."""
        return (FLOOR - TOP) * value / self.top


def axis(highest: int, scale: Callable[[int], str] = str) -> Axis:
    """The scale for bars of which the highest means this number. `scale` writes a number beside its line."""
    step = nice_step(highest)
    top = step * max(1, math.ceil(highest / step))
    lines = [
        Line(round(FLOOR - (FLOOR - TOP) * value / top, 2), value, scale(value)) for value in range(0, top + 1, step)
    ]
    return Axis(top, lines, MARGIN + DIGIT * max(len(line.words) for line in lines))


def bars(values: Sequence[int], scale: Callable[[int], str] = str) -> Chart:
    """A bar for each number, the first one leftmost. `scale` writes a number beside its line."""
    beside = axis(max(values, default=0), scale)
    slot = min(WIDEST, (WIDTH - beside.left) / max(1, len(values)))
    gap = min(GAP, slot * NARROWEST_GAP)
    drawn = []
    for place, value in enumerate(values):
        height = beside.height(value)
        drawn.append(
            Rect(
                round(beside.left + place * slot + gap / 2, 2),
                round(FLOOR - height, 2),
                round(slot - gap, 2),
                round(height, 2),
            )
        )
    return Chart(drawn, beside.lines, _labels(drawn), _peak(values, drawn), beside.left)


def nice_step(highest: int) -> int:
    """The distance between the lines: 1, 2, 4, 5 or 8 times a power of ten, so that three or fewer lines hold the highest bar."""
    wanted = max(1, math.ceil(highest / 3))
    power = 10 ** (len(str(wanted)) - 1)
    return next(factor * power for factor in (1, 2, 4, 5, 8, 10) if factor * power >= wanted)


def _labels(drawn: list[Rect]) -> list[Label]:
    """The first and the last bar, and some between, evenly."""
    if not drawn:
        return []
    last = len(drawn) - 1
    places = sorted({round(last * n / (LABELS - 1)) for n in range(LABELS)}) if last >= LABELS else range(len(drawn))
    return [_label(drawn[place], place, HEIGHT - 7, last) for place in places]


def _label(bar: Rect, place: int, y: float, last: int) -> Label:
    middle = bar.x + bar.width / 2
    if place == 0 and last:
        return Label(round(bar.x, 2), y, place, "start")
    if place == last and last:
        return Label(round(bar.x + bar.width, 2), y, place, "end")
    return Label(round(middle, 2), y, place)


def _peak(values: Sequence[int], drawn: list[Rect]) -> Label | None:
    if not values or max(values) == 0:
        return None
    place = max(range(len(values)), key=lambda n: values[n])
    bar = drawn[place]
    x = min(max(bar.x + bar.width / 2, drawn[0].x + PEAK_ROOM), WIDTH - PEAK_ROOM)
    return Label(round(x, 2), round(bar.y - 6, 2), place)


def spark(values: Sequence[int], width: int = 96, height: int = 24) -> str:
    """The path of a small line without scale, for a row of a table that says its numbers."""
    top, step = max([1, *values]), width / max(1, len(values) - 1)
    points = [f"{n * step:.1f} {height - 1 - (height - 2) * value / top:.1f}" for n, value in enumerate(values)]
    return "M" + "L".join(points) if len(points) > 1 else ""
