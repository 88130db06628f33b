"""Maps for a template to draw: outlines of countries and marks on them, cropped to where the marks are. No drawing here.

The outlines are Natural Earth's (app/maps.json, made by tools/make_map.py). They say nothing about whose land is whose.
"""

from __future__ import annotations

import functools
import itertools
import json
import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.models import Assessment

OUTLINES = Path(__file__).with_name("maps.json")
WIDTH, HEIGHT = 720, 480
SMALLEST_SPAN = 5.0  # degrees from edge to edge, so that one point still shows where in the world it is
ROOM = 1.35  # the map is so much wider than the marks on it
WHOLE_WORLD = 70.0  # degrees; what spans more is drawn with coarse outlines
SOUTH, NORTH = -60.0, 84.0
SMALLEST, LARGEST = 3.5, 22.0  # radius of a mark
NAME_ROOM = 0.11  # a country that takes this part of the map's width has its name on it
NAME_EDGE = 0.08  # part of the width between a name and the frame, so that none is cut, also on a phone
NAME_WIDE, NAME_HIGH = 80.0, 18.0  # pixels that a name takes, so that none stands on another
MOST_MARKS = 600  # more are a blur; near ones are put together then
CELLS = (12.0, 24.0, 36.0, 48.0, 72.0)  # how near, in pixels
PARTS = (0.5, 0.3, 0.7, 0.15, 0.85)  # of the seen width and height of a country: where its name is tried

Placed = tuple[float, float, Assessment, int]  # where on the map, of which assessment, how many


@dataclass(slots=True)
class Spot:
    """So many incidents of one assessment at one place."""

    latitude: float
    longitude: float
    assessment: Assessment
    count: int


@dataclass(frozen=True)
class Mark:
    """A spot on the map, in its own units; its area grows with the count."""

    x: float
    y: float
    radius: float
    assessment: Assessment
    count: int


@dataclass(frozen=True)
class Name:
    """Where the name of a country stands."""

    x: float
    y: float
    code: str


@dataclass(frozen=True)
class Map:
    """Everything that the template draws. `scale` and `shift` bring the outlines, in parts of a degree, onto the map."""

    outlines: list[str]
    names: list[Name]
    marks: list[Mark]
    scale: tuple[float, float]
    shift: tuple[float, float]
    is_together: bool  # near places share a mark
    width: int = WIDTH
    height: int = HEIGHT


@functools.cache
def _world(detail: str) -> tuple[int, list[dict[str, Any]]]:
    read = json.loads(OUTLINES.read_text())[detail]
    return int(read["grain"]), list(read["countries"])


def draw(spots: Sequence[Spot], order: Sequence[Assessment], smallest: float = SMALLEST) -> Map | None:
    """A map around the spots; the last of `order` is drawn first, beneath the others. None where there are none.

    `smallest` is the radius of a mark for one incident.
    """
    if not spots:
        return None
    (west, south, east, north), narrowing = _view(spots)
    degree = HEIGHT / (north - south)  # pixels of one degree of latitude
    grain, countries = _world("coarse" if east - west > WHOLE_WORLD else "fine")
    shown = [one for one in countries if _touches(one["box"], west, south, east, north)]

    def at(longitude: float, latitude: float) -> tuple[float, float]:
        return (longitude - west) * narrowing * degree, (north - latitude) * degree

    placed = [(*at(spot.longitude, spot.latitude), spot.assessment, spot.count) for spot in spots]
    cell = _cell(placed)
    named = (_name_place(one, (west, south, east, north)) for one in shown if one["code"])
    return Map(
        outlines=[one["path"] for one in shown],
        names=_apart(Name(*_rounded(*at(*where)), code) for code, where in filter(None, named)),
        marks=_marks(placed, cell, order, smallest),
        scale=(round(narrowing * degree / grain, 6), round(degree / grain, 6)),
        shift=(round(-west * grain, 2), round(north * grain, 2)),
        is_together=cell > 0,
    )


def _view(spots: Sequence[Spot]) -> tuple[tuple[float, float, float, float], float]:
    """West, south, east and north of the map, the spots in its middle with room around; and how much shorter a degree of longitude
    is there than one of latitude."""
    xs, ys = [spot.longitude for spot in spots], [spot.latitude for spot in spots]
    x, y = (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2
    narrowing = max(0.5, math.cos(math.radians(y)))
    flat = HEIGHT / WIDTH * narrowing
    tall = max((max(ys) - min(ys)) * ROOM, (max(xs) - min(xs)) * ROOM * flat, SMALLEST_SPAN)
    tall = min(tall, 360 * flat)
    wide = tall / flat
    y = min(max(y, SOUTH + tall / 2), NORTH - tall / 2) if tall < NORTH - SOUTH else (SOUTH + NORTH) / 2
    x = min(max(x, -180 + wide / 2), 180 - wide / 2)
    return (x - wide / 2, y - tall / 2, x + wide / 2, y + tall / 2), narrowing


def _touches(box: Sequence[float], west: float, south: float, east: float, north: float) -> bool:
    return box[0] < east and box[2] > west and box[1] < north and box[3] > south


def _name_place(
    country: dict[str, Any], view: tuple[float, float, float, float]
) -> tuple[str, tuple[float, float]] | None:
    """Where the name of a country can stand: in its middle, or else somewhere on the part of it that is seen."""
    west, south, east, north = view
    left, right = max(country["box"][0], west), min(country["box"][2], east)
    low, high = max(country["box"][1], south), min(country["box"][3], north)
    wide, tall = east - west, north - south
    if right - left < wide * NAME_ROOM or high - low < tall * NAME_ROOM / 2:
        return None
    x, y = country["centre"]
    tried = [(left + (right - left) * a, low + (high - low) * b) for a in PARTS for b in PARTS]
    tried.sort(key=lambda point: (point[0] - x) ** 2 + (point[1] - y) ** 2)
    edge_x, edge_y = wide * NAME_EDGE, tall * NAME_EDGE / 2
    for point in ((x, y), *tried):
        seen = west + edge_x < point[0] < east - edge_x and south + edge_y < point[1] < north - edge_y
        if seen and _inside(point, country["code"]):
            return country["code"], point
    return None


def _apart(names: Iterable[Name]) -> list[Name]:
    """The names that can be read: of two that would stand on each other, the first."""
    kept: list[Name] = []
    for name in names:
        if not any(abs(name.x - one.x) < NAME_WIDE and abs(name.y - one.y) < NAME_HIGH for one in kept):
            kept.append(name)
    return kept


def _inside(point: tuple[float, float], code: str) -> bool:
    """Whether a point lies within a country, by its coarse outline: a line from it crosses the edges an odd number of times."""
    x, y = point
    crossed = False
    for ring in _coarse_rings().get(code, ()):
        for (ax, ay), (bx, by) in itertools.pairwise(ring):
            if (ay > y) != (by > y) and x < (bx - ax) * (y - ay) / (by - ay) + ax:
                crossed = not crossed
    return crossed


@functools.cache
def _coarse_rings() -> dict[str, list[list[tuple[float, float]]]]:
    """The coarse outlines of the countries, in degrees."""
    grain, countries = _world("coarse")
    return {one["code"]: [_ring(part, grain) for part in one["path"].split("M")[1:]] for one in countries}


def _ring(part: str, grain: int) -> list[tuple[float, float]]:
    start, _l, steps = part.removesuffix("z").partition("l")
    x, y = map(int, start.split())
    ring, numbers = [(x, y)], [int(number) for number in steps.split()]
    for dx, dy in zip(numbers[::2], numbers[1::2], strict=True):
        x, y = x + dx, y + dy
        ring.append((x, y))
    return [(x / grain, -y / grain) for x, y in [*ring, ring[0]]]


def _marks(placed: Sequence[Placed], cell: float, order: Sequence[Assessment], smallest: float) -> list[Mark]:
    """The marks, large ones and uncertain ones first, so that nothing hides what is small or certain."""
    together = _together(placed, cell)
    largest = max(count for _x, _y, _assessment, count in together)
    most = min(LARGEST, cell * 0.45) if cell else LARGEST
    grow = (most - smallest) / max(1.0, math.sqrt(largest) - 1)
    marks = [
        Mark(x, y, round(smallest + min(grow, 2.0) * (math.sqrt(count) - 1), 1), assessment, count)
        for x, y, assessment, count in together
    ]
    return sorted(marks, key=lambda mark: (-mark.radius, -order.index(mark.assessment), mark.x, mark.y))


def _together(placed: Sequence[Placed], cell: float) -> list[Placed]:
    """One mark for the incidents of one assessment within a cell of the map, all of a cell in its middle."""
    middles: dict[tuple[float, float], list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])
    counts: dict[tuple[tuple[float, float], Assessment], int] = defaultdict(int)
    for x, y, assessment, count in placed:
        where = (x // cell, y // cell) if cell else _rounded(x, y)
        sums = middles[where]
        sums[0] += x * count
        sums[1] += y * count
        sums[2] += count
        counts[where, assessment] += count
    middle = {where: _rounded(x / count, y / count) for where, (x, y, count) in middles.items()}
    return [(*middle[where], assessment, count) for (where, assessment), count in counts.items()]


def _rounded(x: float, y: float) -> tuple[float, float]:
    """To tenths of a pixel, as it is written."""
    return round(x, 1), round(y, 1)


def _cell(placed: Sequence[Placed]) -> float:
    """How near places share a mark, so that the map can be read."""
    if len(placed) <= MOST_MARKS:
        return 0.0
    return next((cell for cell in CELLS if _count(placed, cell) <= MOST_MARKS), CELLS[-1])


def _count(placed: Sequence[Placed], cell: float) -> int:
    return len({(x // cell, y // cell, assessment) for x, y, assessment, _count in placed})
