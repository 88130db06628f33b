"""Makes app/maps.json, the outlines that maps are drawn from, out of Natural Earth's countries as the npm package world-atlas has them.

    npm pack world-atlas && tar xzf world-atlas-*.tgz
    python tools/make_map.py package/countries-50m.json package/countries-110m.json

Run by hand when the outlines should be newer; nothing of it is needed to run Undersigned. Natural Earth is in the public domain;
world-atlas, which has it as TopoJSON, is under the ISC licence.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from app.readers import places

TO = Path(__file__).parent.parent / "app/maps.json"
# Hundredths of a degree: about a kilometre, half a pixel of the narrowest map that is drawn.
FINE, COARSE = 100, 20
SMALLEST_RING = 4
# What the list of names of languages calls differently.
NAMES = {
    "Bosnia and Herz.": "BA", "Central African Rep.": "CF", "Dem. Rep. Congo": "CD", "Dominican Rep.": "DO", "Eq. Guinea": "GQ",
    "S. Sudan": "SS", "Solomon Is.": "SB", "Côte d'Ivoire": "CI", "W. Sahara": "EH", "Macedonia": "MK", "eSwatini": "SZ",
    "Congo": "CG", "Timor-Leste": "TL", "Falkland Is.": "FK", "United States of America": "US", "Czechia": "CZ",
}  # fmt: skip


def arcs(topology: dict[str, Any]) -> list[list[tuple[float, float]]]:
    """The lines of a topology, in degrees."""
    (sx, sy), (tx, ty) = topology["transform"]["scale"], topology["transform"]["translate"]
    found = []
    for arc in topology["arcs"]:
        x = y = 0
        line = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            line.append((x * sx + tx, y * sy + ty))
        found.append(line)
    return found


def rings(geometry: dict[str, Any], lines: list[list[tuple[float, float]]]) -> list[list[tuple[float, float]]]:
    """The rings of a country."""
    polygons = geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]
    found = []
    for polygon in polygons if geometry["type"] in {"Polygon", "MultiPolygon"} else []:
        for ring in polygon:
            points: list[tuple[float, float]] = []
            for number in ring:
                line = lines[number] if number >= 0 else lines[~number][::-1]
                points += line[1:] if points else line
            found.append(points)
    return found


def path(ring: list[tuple[float, float]], grain: int) -> str:
    """A ring as an SVG path in steps of one part of a degree, north up; empty where nothing of it is left."""
    whole = [(round(x * grain), -round(y * grain)) for x, y in ring]
    kept = [point for n, point in enumerate(whole) if n == 0 or point != whole[n - 1]]
    if len(kept) < SMALLEST_RING:
        return ""
    steps = [(b[0] - a[0], b[1] - a[1]) for a, b in zip(kept, kept[1:-1], strict=False)]
    return f"M{kept[0][0]} {kept[0][1]}l" + " ".join(f"{x} {y}" for x, y in steps) + "z"


def area_and_centre(ring: list[tuple[float, float]]) -> tuple[float, float, float]:
    area = x = y = 0.0
    for (ax, ay), (bx, by) in zip(ring, ring[1:], strict=False):
        cross = ax * by - bx * ay
        area, x, y = area + cross / 2, x + (ax + bx) * cross, y + (ay + by) * cross
    return (abs(area), x / (6 * area), y / (6 * area)) if area else (0.0, *ring[0])


def countries(file: str, grain: int) -> list[dict[str, Any]]:
    topology = json.loads(Path(file).read_text())
    lines = arcs(topology)
    found = []
    for geometry in topology["objects"]["countries"]["geometries"]:
        name = geometry["properties"]["name"]
        own = rings(geometry, lines)
        drawn = "".join(path(ring, grain) for ring in own)
        if not drawn:
            continue
        _area, x, y = max(area_and_centre(ring) for ring in own)
        xs, ys = [x for ring in own for x, _y in ring], [y for ring in own for _x, y in ring]
        box = [round(min(xs), 2), round(min(ys), 2), round(max(xs), 2), round(max(ys), 2)]
        code = NAMES.get(name) or places.country(name)
        found.append({"code": code, "box": box, "centre": [round(x, 2), round(y, 2)], "path": drawn})
    return found


def main() -> None:
    fine, coarse = sys.argv[1:]
    made = {
        "fine": {"grain": FINE, "countries": countries(fine, FINE)},
        "coarse": {"grain": COARSE, "countries": countries(coarse, COARSE)},
    }
    TO.write_text(json.dumps(made, separators=(",", ":"), ensure_ascii=False) + "\n")
    print(TO, TO.stat().st_size)


if __name__ == "__main__":
    main()
