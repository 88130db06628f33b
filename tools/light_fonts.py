"""Make a font small for the web where nobody sees it: its outlines, the order of its glyphs, its kerning.

tools/make_fonts.py uses it for the files that browsers load, and says how far each cut may go.
"""

from __future__ import annotations

import io
import unicodedata
from typing import Any

from fontTools.cu2qu import curve_to_quadratic
from fontTools.feaLib.builder import addOpenTypeFeaturesFromString
from fontTools.misc.fixedTools import otRound
from fontTools.otlLib.builder import buildCoverage
from fontTools.qu2cu import quadratic_to_curves
from fontTools.ttLib import TTFont
from fontTools.ttLib.reorderGlyphs import reorderGlyphs
from fontTools.ttLib.scaleUpem import scale_upem
from fontTools.ttLib.tables import otTables
from fontTools.ttLib.tables._g_l_y_f import Glyph, GlyphCoordinates, dropImpliedOnCurvePoints
from fontTools.ttLib.tables.otBase import ValueRecord

Pairs = dict[tuple[str, str], int]
Point = tuple[float, float, int]  # x, y, whether the curve goes through it
Contour = list[Point]


def reload(font: TTFont) -> TTFont:
    """The font as it is when read back from a file."""
    kept, font.flavor = font.flavor, None
    out = io.BytesIO()
    font.save(out, reorderTables=True)
    font.flavor = kept
    out.seek(0)
    return TTFont(out, recalcTimestamp=False)


# ---------------------------------------------------------------- outlines


def lighten(font: TTFont, upem: int, error: float) -> TTFont:
    """The font in `upem` units, its curves drawn with fewer points that stray at most by about `error` (1/1000 em)."""
    units = font["head"].unitsPerEm
    same_contours(font, 2 * units / 1000)
    for name in font.getGlyphOrder():
        glyph = font["glyf"][name]
        if glyph.numberOfContours > 0:
            put(glyph, [fewer_points(c, error * units / 1000) for c in contours(glyph)])
    to_units(font, upem)
    return in_order_of_code(font)


def contours(glyph: Glyph) -> list[Contour]:
    points = [(x, y, flag & 1) for (x, y), flag in zip(glyph.coordinates, glyph.flags, strict=True)]
    starts = [0, *(end + 1 for end in glyph.endPtsOfContours)]
    return [points[a:b] for a, b in zip(starts, starts[1:], strict=False)]


def put(glyph: Glyph, new: list[Contour]) -> None:
    points = [point for contour in new for point in contour]
    glyph.coordinates = GlyphCoordinates([(x, y) for x, y, _ in points])
    glyph.flags = bytearray(on for _, _, on in points)
    glyph.endPtsOfContours = [sum(map(len, new[: i + 1])) - 1 for i in range(len(new))]
    glyph.numberOfContours = len(new)
    dropImpliedOnCurvePoints(glyph)


def same_contours(font: TTFont, tolerance: float) -> None:
    """Stems, dots, tails that hardly differ become the same, so that compression finds them again."""
    seen: dict[tuple[int, ...], list[Contour]] = {}
    mapped = font.getBestCmap()
    in_use = dict.fromkeys([*(mapped[code] for code in sorted(mapped)), *font.getGlyphOrder()])
    for name in in_use:
        glyph = font["glyf"][name]
        if glyph.numberOfContours <= 0:
            continue
        drawn = []
        for contour in contours(glyph):
            known = nearest(contour, seen, tolerance)
            if known is None:
                seen.setdefault(tuple(sorted(on for _, _, on in contour)), []).append(contour)
            drawn.append(known or contour)
        put(glyph, drawn)


def nearest(contour: Contour, seen: dict[tuple[int, ...], list[Contour]], tolerance: float) -> Contour | None:
    """A contour that was there before, moved to where this one is, if all its points come near enough."""
    best: Contour | None = None
    least = 2 * tolerance
    for other in seen.get(tuple(sorted(on for _, _, on in contour)), ()):
        for turn in range(len(other)):
            turned = other[turn:] + other[:turn]
            if any(a[2] != b[2] for a, b in zip(contour, turned, strict=True)):
                continue
            right = [a[0] - b[0] for a, b in zip(contour, turned, strict=True)]
            up = [a[1] - b[1] for a, b in zip(contour, turned, strict=True)]
            spread = max(max(right) - min(right), max(up) - min(up))
            if spread <= least:
                least = spread
                x, y = round((max(right) + min(right)) / 2), round((max(up) + min(up)) / 2)
                best = [(a + x, b + (0 if abs(y) <= tolerance else y), on) for a, b, on in other]
    return best


def fewer_points(contour: Contour, error: float) -> Contour:
    """The contour with as few curves as come within `error`: half of it for the way to cubics, half for the way back."""
    full: Contour = []
    for before, point in zip([contour[-1], *contour], contour, strict=False):
        if not before[2] and not point[2]:
            full.append(((before[0] + point[0]) / 2, (before[1] + point[1]) / 2, 1))
        full.append(point)
    first = next(i for i, point in enumerate(full) if point[2])
    path = [*full[first:], *full[: first + 1]]
    drawn: Contour = []
    curves: list[tuple[tuple[float, float], ...]] = []
    i = 0
    while i < len(path) - 1:
        if path[i + 1][2]:
            drawn += smooth(curves, error)
            curves = []
            drawn.append(path[i])
            i += 1
        else:
            curves.append(tuple(point[:2] for point in path[i : i + 3]))
            i += 2
    drawn += smooth(curves, error)
    rounded = [(otRound(x), otRound(y), on) for x, y, on in drawn]
    return rounded if len(rounded) < len(full) else contour


def smooth(curves: list[tuple[tuple[float, float], ...]], error: float) -> Contour:
    """All points but the last of a chain of quadratic curves, redrawn."""
    points: Contour = []
    for cubic in quadratic_to_curves(curves, error * 0.4, all_cubic=True) if curves else ():
        quadratic = curve_to_quadratic(cubic, error * 0.6)
        points.append((*cubic[0], 1))
        points += [(x, y, 0) for x, y in quadratic[1:-1]]
    return points


def to_units(font: TTFont, upem: int) -> None:
    """Scaled so that equal contours stay equal: rounded from the baseline and from their own left edge."""
    scale = upem / font["head"].unitsPerEm
    drawn = {n: contours(font["glyf"][n]) for n in font.getGlyphOrder() if font["glyf"][n].numberOfContours > 0}
    scale_upem(font, upem)
    for name, old in drawn.items():
        new = []
        for contour in old:
            left = min(x for x, _, _ in contour)
            edge = otRound(left * scale)
            new.append([(edge + otRound((x - left) * scale), otRound(y * scale), on) for x, y, on in contour])
        put(font["glyf"][name], new)


def in_order_of_code(font: TTFont) -> TTFont:
    """Glyphs in the order of their characters: the character map becomes a few ranges."""
    font = reload(font)
    mapped = font.getBestCmap()
    order = dict.fromkeys([".notdef", *(mapped[code] for code in sorted(mapped)), *font.getGlyphOrder()])
    reorderGlyphs(font, list(order))
    return reload(font)


# ---------------------------------------------------------------- kerning

# Letters that kern like another: the source knows of no kerning between those beyond Latin-1 and the others.
LIKE = {"đ": "d", "Đ": "D", "ł": "l", "Ł": "L", "ħ": "h", "Ħ": "H", "ī": "ï"}
APOSTROPHES = "ďťľĽ"  # what follows these keeps its distance
# Accents that are wide at their top must not meet the arm of a T or V before them: how near such letters may come.
NEAREST = {**dict.fromkeys("řŕ", 0), **dict.fromkeys("ăāčěēğňōŏőšůūűž", -30)}
# What hardly stands side by side in texts and names.
NEVER_MET = {"aA", "a1", "1a", "A1", "1A", "$a", "a$", "A$", "$A", "$$", "$.", ".$", "11"}


def kind(character: str) -> str:
    if character.isalpha():
        return "a" if character.islower() else "A"
    return "1" if character.isdigit() else "." if character in "\u00a0 .,:;-–—‘’“”'\"!?()/«»…" else "$"


def like(character: str) -> str:
    """The letter whose kerning a letter takes."""
    if ord(character) < 0x100 or character in "ıœŒ":
        return character
    return LIKE.get(character) or unicodedata.normalize("NFD", character)[0]


def light_kern(font: TTFont, pairs: Pairs, units: int, least: int, near: int, step: int) -> None:
    """Write pairs as one table of classes: values under `least` dropped, rounded to `step`, what is near joined."""
    characters = {name: chr(code) for code, name in sorted(font.getBestCmap().items(), reverse=True)}
    names = {character: name for name, character in characters.items()}

    def value(a: str, b: str) -> int:
        if kind(a) + kind(b) in NEVER_MET or a in APOSTROPHES:
            return 0
        v = pairs.get((names[like(a)], names[like(b)]), 0) * 1000 / units
        v = max(v, NEAREST.get(b, v))
        return 0 if abs(v) < least else round(v / step) * step

    letters = sorted(names)
    rows = join({a: [value(a, b) for b in letters] for a in letters}, near)
    rows = sorted((row for row in rows if any(row[0])), key=lambda row: -len(row[1]))  # the first class costs nothing
    columns = join({b: [row[i] for row, _ in rows] for i, b in enumerate(letters)}, near)
    columns = [column for column in columns if any(column[0])]
    write(
        font,
        [[names[a] for a in firsts] for _, firsts in rows],
        [[names[b] for b in seconds] for _, seconds in columns],
        [[otRound(c[0][i] * font["head"].unitsPerEm / 1000) for c in columns] for i in range(len(rows))],
    )


def join(table: dict[str, list[int]], near: int) -> list[tuple[list[int], list[str]]]:
    """Group keys whose vectors differ nowhere by more than ``near`` from the vector of the group's first member."""
    groups: list[tuple[list[int], list[str]]] = []
    # The plain letters come first, so a group takes its values from them.
    for key, vector in table.items():
        best, best_sum = None, None
        for group in groups:
            gaps = [abs(x - y) for x, y in zip(vector, group[0], strict=True)]
            if max(gaps) <= near and (best_sum is None or sum(gaps) < best_sum):
                best, best_sum = group, sum(gaps)
        if best:
            best[1].append(key)
        else:
            groups.append((vector, [key]))
    return groups


def write(font: TTFont, firsts: list[list[str]], seconds: list[list[str]], values: list[list[int]]) -> None:
    """One table of pairs of classes, as the kern feature."""
    a, b = firsts[0][0], seconds[0][0]
    frame = f"languagesystem DFLT dflt;\nlanguagesystem latn dflt;\nfeature kern {{ pos {a} {b} 1; }} kern;"
    addOpenTypeFeaturesFromString(font, frame, tables=["GPOS"])
    pairs = otTables.PairPos()
    pairs.Format, pairs.ValueFormat1, pairs.ValueFormat2 = 2, 4, 0
    pairs.Coverage = buildCoverage([name for names in firsts for name in names], font.getReverseGlyphMap())
    pairs.ClassDef1, pairs.ClassDef2 = otTables.ClassDef(), otTables.ClassDef()
    pairs.ClassDef1.classDefs = {name: n for n, names in enumerate(firsts) if n for name in names}
    pairs.ClassDef2.classDefs = {name: n for n, names in enumerate(seconds, 1) for name in names}
    pairs.Class1Count, pairs.Class2Count = len(firsts), len(seconds) + 1
    pairs.Class1Record = [record(0, *row) for row in values]
    lookup = font["GPOS"].table.LookupList.Lookup[0]
    lookup.SubTable, lookup.SubTableCount = [pairs], 1


def record(*values: int) -> Any:
    row = otTables.Class1Record()
    row.Class2Record = []
    for value in values:
        cell = otTables.Class2Record()
        cell.Value1, cell.Value2 = ValueRecord(), None
        cell.Value1.XAdvance = value
        row.Class2Record.append(cell)
    return row
