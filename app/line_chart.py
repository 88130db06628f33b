"""Lines side by side for a template to draw: told apart by a letter at their end and by their strokes, not by colour alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.charts import FLOOR, HEIGHT, LABELS, WIDTH, Label, Line, axis

LETTERS = "ABCDEF"
ROOM = 36  # at the end of the lines, for their letters
LETTER_HEIGHT = 26  # letters stand so far from each other, also on phones


@dataclass(frozen=True)
class Drawn:
    """One line: its path, the letter at its end and where that stands."""

    letter: str
    path: str
    x: float
    y: float


@dataclass(frozen=True)
class Chart:
    """Everything that the template draws."""

    drawn: list[Drawn]
    lines: list[Line]
    labels: list[Label]
    left: int
    right: int = WIDTH - ROOM
    width: int = WIDTH
    height: int = HEIGHT


def draw(rows: Sequence[Sequence[int | None]], scale: Callable[[int], str] = str) -> Chart:
    """A line for each row of numbers, which are equally many; where a number is None there is no line."""
    beside = axis(max((value or 0 for row in rows for value in row), default=0), scale)
    number = max((len(row) for row in rows), default=0)
    step = (WIDTH - ROOM - beside.left) / max(1, number - 1)

    def at(place: int, value: int) -> tuple[float, float]:
        return round(beside.left + place * step, 1), round(FLOOR - beside.height(value), 1)

    drawn = []
    for letter, row in zip(LETTERS, rows, strict=False):
        points = [at(place, value) for place, value in enumerate(row) if value is not None]
        if points:
            path = "M" + "L".join(f"{x} {y}" for x, y in points) + ("h2" if len(points) == 1 else "")
            drawn.append(Drawn(letter, path, points[-1][0] + 6, points[-1][1] + 5))
    return Chart(_apart(drawn), beside.lines, _labels(number, beside.left, step), beside.left)


def _apart(drawn: list[Drawn]) -> list[Drawn]:
    """Letters that would lie on each other are moved up, from the lowest line on."""
    placed: list[Drawn] = []
    for one in sorted(drawn, key=lambda line: -line.y):
        y = one.y
        for other in placed:
            if abs(other.x - one.x) < ROOM and other.y - y < LETTER_HEIGHT:
                y = other.y - LETTER_HEIGHT
        placed.append(Drawn(one.letter, one.path, one.x, round(y, 1)))
    return sorted(placed, key=lambda line: line.letter)


def _labels(number: int, left: float, step: float) -> list[Label]:
    last = number - 1
    if last < 1:
        return [Label(left, HEIGHT - 8, 0, "start")] if number else []
    places = sorted({round(last * n / (LABELS - 1)) for n in range(LABELS)})
    anchors = {0: "start", last: "end"}
    return [Label(round(left + p * step, 1), HEIGHT - 8, p, anchors.get(p, "middle")) for p in places]
