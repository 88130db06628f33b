#!/usr/bin/env python3
"""Make the font files of Undersigned from the variable fonts they come from.

Needs: Python 3.10+, fonttools with brotli (``pip install "fonttools[woff]"``) and the unpacked packages

* ``@fontsource-variable/newsreader``  (Newsreader, axes opsz and wght)
* ``@fontsource/noto-naskh-arabic``    (only for the pictures that are drawn for sharing)

    npm install @fontsource-variable/newsreader@5.3.0 @fontsource/noto-naskh-arabic@5.3.0
    python tools/make_fonts.py node_modules/@fontsource-variable/newsreader \
        --naskh node_modules/@fontsource/noto-naskh-arabic

Writes app/static/fonts/*.woff2, app/static/css/fonts.css and, for Pillow, app/fonts/*.ttf.
The same packages give the same bytes. app/static/fonts/README.md says why the cuts are as they are.
"""

from __future__ import annotations

import argparse
import hashlib
import logging
import shutil
from collections.abc import Iterable
from pathlib import Path

from fontTools import subset
from fontTools.feaLib.builder import addOpenTypeFeaturesFromString
from fontTools.ttLib import TTFont
from fontTools.ttLib.scaleUpem import scale_upem
from fontTools.ttLib.tables import otTables
from fontTools.ttLib.tables._g_l_y_f import Glyph, dropImpliedOnCurvePoints
from fontTools.varLib.instancer import OverlapMode, instantiateVariableFont
from light_fonts import Pairs, join, light_kern, lighten, reload

ROOT = Path(__file__).resolve().parent.parent
UPEM = 1000

# cut: style of the source, optical size, weight, style name
CUTS = {
    "display": ("normal", 60, 500, "Display Medium"),
    "text": ("normal", 18, 400, "Text"),
    "name": ("italic", 32, 400, "Name Italic"),
    "text-bold": ("normal", 18, 700, "Text Bold"),
}
# What a web cut keeps of its outlines: (units to the em, how far a curve may stray in 1/1000 em).
# Units are such that 0.735 and 0.265 em, ascent and descent, are whole.
OUTLINES = {
    "display": (800, 2.5),
    "text": (600, 2.5),
    "name": (600, 2.5),
    "text-bold": (600, 2.5),
}
# How much kerning a web cut keeps, in 1/1000 em: (values under this are dropped, what is this near is joined, step).
KERN = {
    "display": (10, 10, 10),
    "text": (16, 16, 16),
    "name": (16, 16, 16),
    "text-bold": (25, 20, 20),
}

LETTERS = "".join(
    chr(c) for c in (*range(0x41, 0x5B), *range(0x61, 0x7B), *range(0xC0, 0x100)) if c not in (0xD7, 0xF7)
)
# In the base files besides Latin-1: the letters of the languages of Europe from Iceland to Turkey. Most are composites,
# which cost a few bytes here; a file of their own would carry all the base letters again.
RARE = "ĈĉĔĕĜĝĤĥĨĩĬĭĴĵĸĿŀŉŊŋŎŏŖŗŜŝŦŧŨũŬŭſ"  # Esperanto, Sami, and letters that are only in dictionaries
LETTERS += "".join(chr(c) for c in range(0x100, 0x180) if chr(c) not in RARE) + "ȘșȚț"
FIGURES = "0123456789"
POINTS = "\u00a0 !\"#%&'()*+,-./:;=?@[]_–—‘’“”„‚‹›«»…·×−€£$₺©®™•¡¿§°²\u02bc"
# What a cut does without: a face of the reader's system draws these, and a page does not fetch a file for one sign.
LEFT_OUT = {
    "display": "@©®™=_[]",
    "text": "©®™",
    "name": "#%*+=_[]@§©®™$£€₺×−°•¡¿²",
    "text-bold": "#*+=_@©®™°×•",
}
# All other letters of the source go to -ext, but for digraphs written with two letters, accents used only in verse
# studies, and signs that count as letters.
NOWHERE = {*range(0x1C4, 0x1CD), *range(0x200, 0x218), *range(0x22A, 0x22E), *map(ord, "ªºµˆˇʹʺ")}
# Figures are tabular and lining by themselves; proportional-nums asks for the others.
FEATURES = {"text": ("pnum", "liga"), "display": ("pnum",)}
VIETNAMESE = "".join(chr(c) for c in range(0x1EA0, 0x1EFA)) + "ĨĩŨũƠơƯư₫"
# Spaces and hyphens that the source lacks: code point -> (copy of, width in 1/1000 em or None).
# Locales group figures with U+202F and U+2009; a fallback font must not decide their width.
MADE = {0x202F: ("space", 170), 0x2009: ("space", 170), 0x2010: ("hyphen", None), 0x2011: ("hyphen", None)}

# Fonts that stand in while ours load, with their metrics (units per em; ascent and descent are overridden, the
# average advance of running Latin text decides the size): (family suffix, units, face -> (local names, average)).
# Averages from @capsizecss/metrics 4.3.0, which has Newsreader (16 pt, regular) at 857/2000.
FALLBACKS = (
    (
        "Georgia",
        2048,
        {
            "regular": (("Georgia",), 913),
            "italic": (("Georgia Italic",), 931),
            "bold": (("Georgia Bold",), 1062),
        },
    ),
    (
        "Noto Serif",
        1000,
        {
            "regular": (("Noto Serif",), 481),
            "italic": (("Noto Serif Italic",), 469),
            "bold": (("Noto Serif Bold",), 512),
        },
    ),
    (
        "Times",
        2048,
        {
            "regular": (("Times New Roman", "Liberation Serif"), 832),
            "italic": (("Times New Roman Italic", "Liberation Serif Italic"), 836),
            "bold": (("Times New Roman Bold", "Liberation Serif Bold"), 886),
        },
    ),
)
STAND_IN_RANGE = "U+0-24F,U+1E00-20CF"  # Latin and its points only: other scripts go on to the fonts made for them
NEWSREADER_AVERAGE = 857 / 2000
# Frequencies of letters in running text (per mille), for the width of our cuts relative to each other.
FREQUENCY = dict(
    zip(
        " etaoinshrdlcumwfgypbvk,.",
        (180, 102, 73, 66, 62, 57, 57, 51, 49, 48, 34, 32, 23, 22, 19, 19, 18, 16, 16, 15, 12, 8, 6, 10, 10),
        strict=True,
    )
)


# ---------------------------------------------------------------- source


def instance(folder: Path, style: str, opsz: float, wght: float) -> tuple[TTFont, Pairs]:
    """One static font with all the glyphs of the three subsets, at one optical size and weight, and its kerning."""
    parts = []
    for name in ("latin", "latin-ext", "vietnamese"):
        font = TTFont(folder / "files" / f"newsreader-{name}-standard-{style}.woff2")
        parts.append(
            instantiateVariableFont(font, {"opsz": opsz, "wght": wght}, overlap=OverlapMode.KEEP_AND_DONT_SET_FLAGS)
        )
    base = parts[0]
    kerns = kern_pairs(base)
    for part in parts[1:]:
        absorb(base, part)
        for pair, value in kern_pairs(part).items():
            kerns.setdefault(pair, value)
    return base, kerns


def absorb(base: TTFont, other: TTFont) -> None:
    """Copy into base the glyphs and characters that only the other font has (both cut from one design)."""
    order = list(base.getGlyphOrder())
    have = set(order)
    glyf, hmtx = base["glyf"], base["hmtx"]
    new = [g for g in other.getGlyphOrder() if g not in have]
    base.setGlyphOrder(order + new)
    glyf.glyphOrder = base.getGlyphOrder()
    for name in new:
        other["glyf"][name].expand(other["glyf"])
        glyf.glyphs[name] = other["glyf"][name]
        hmtx.metrics[name] = other["hmtx"][name]
    for table in base["cmap"].tables:
        if table.isUnicode():
            for code, name in other.getBestCmap().items():
                if table.format == 12 or code < 0x10000:
                    table.cmap.setdefault(code, name)
    base["maxp"].numGlyphs = len(base.getGlyphOrder())


def kern_pairs(font: TTFont) -> Pairs:
    """What the kern feature says about every pair of glyphs."""
    if "GPOS" not in font:
        return {}
    gpos = font["GPOS"].table
    lookups = {i for r in gpos.FeatureList.FeatureRecord if r.FeatureTag == "kern" for i in r.Feature.LookupListIndex}
    pairs: Pairs = {}
    glyphs = font.getGlyphOrder()
    for index in sorted(lookups):
        done: set[tuple[str, str]] = set()
        for sub in gpos.LookupList.Lookup[index].SubTable:
            sub = getattr(sub, "ExtSubTable", sub)
            if sub.LookupType != 2:
                continue
            if sub.Format == 1:
                for first, entry in zip(sub.Coverage.glyphs, sub.PairSet, strict=True):
                    for rec in entry.PairValueRecord:
                        pair = (first, rec.SecondGlyph)
                        if pair not in done:
                            done.add(pair)
                            pairs[pair] = pairs.get(pair, 0) + (getattr(rec.Value1, "XAdvance", 0) or 0)
            else:
                one, two = sub.ClassDef1.classDefs, sub.ClassDef2.classDefs
                for first in sub.Coverage.glyphs:
                    row = sub.Class1Record[one.get(first, 0)].Class2Record
                    for second in glyphs:
                        pair = (first, second)
                        if pair in done:
                            continue
                        done.add(pair)
                        value = getattr(row[two.get(second, 0)].Value1, "XAdvance", 0) or 0
                        if value:
                            pairs[pair] = pairs.get(pair, 0) + value
    return {pair: value for pair, value in pairs.items() if value}


# ---------------------------------------------------------------- cutting


def cut(
    source: TTFont,
    characters: str,
    family: str,
    style: str,
    *,
    features: tuple[str, ...] = (),
    weight: int = 400,
    upem: int = UPEM,
) -> TTFont:
    """A subset without kerning and marks, at 1000 units, with identical metrics whatever it holds."""
    font = reload(source)
    for tag in ("GPOS", "GDEF", "STAT", "gasp", "DSIG"):
        if tag in font:
            del font[tag]
    options = subset.Options()
    options.layout_features = list(features)
    options.name_IDs = [0, 1, 2, 4, 5, 6, 13, 14]
    options.hinting = False
    options.notdef_outline = True
    options.recalc_timestamp = False
    chopper = subset.Subsetter(options)
    chopper.populate(text=characters)
    chopper.subset(font)
    have = font.getBestCmap()
    for code, (like, width) in MADE.items():
        if chr(code) in characters and code not in have and like in font.getGlyphOrder():
            add_copy(font, code, like, width)
    if "liga" in features:
        keep_dots(font)
    if "GSUB" in font and not font["GSUB"].table.FeatureList.FeatureRecord:
        del font["GSUB"]
    font = reload(font)
    if font["head"].unitsPerEm != upem:
        scale_upem(font, upem)
    for name in font.getGlyphOrder():
        glyph = font["glyf"][name]
        if glyph.numberOfContours > 0:
            dropImpliedOnCurvePoints(glyph)
    names = font["name"]
    names.names = []
    ps = f"{family}-{style}".replace(" ", "")
    for number, text in ((1, f"{family} {style}"), (2, "Regular"), (4, f"{family} {style}"), (6, ps)):
        names.setName(text, number, 3, 1, 0x409)
    font["OS/2"].usWeightClass = weight
    font["OS/2"].usFirstCharIndex = min(min(font.getBestCmap()), 0xFFFF)
    return font


def keep_dots(font: TTFont) -> None:
    """The ligature fi has no dot: never where the dot makes another letter (in text marked as of such a language)."""
    gsub = font["GSUB"].table
    plain = [i for i, r in enumerate(gsub.FeatureList.FeatureRecord) if r.FeatureTag != "liga"]
    for record in gsub.ScriptList.ScriptRecord:
        if record.ScriptTag == "latn":
            for tag in ("AZE ", "CRT ", "KAZ ", "TAT ", "TRK "):
                system = otTables.LangSysRecord()
                system.LangSysTag = tag
                system.LangSys = otTables.LangSys()
                system.LangSys.ReqFeatureIndex = 0xFFFF
                system.LangSys.FeatureIndex = plain
                system.LangSys.FeatureCount = len(plain)
                record.Script.LangSysRecord.append(system)


def add_copy(font: TTFont, code: int, like: str, width: int | None) -> None:
    name = f"uni{code:04X}"
    font.setGlyphOrder([*font.getGlyphOrder(), name])
    font["glyf"].glyphOrder = font.getGlyphOrder()
    advance, left = font["hmtx"].metrics[like]
    if width is not None:
        font["glyf"].glyphs[name] = Glyph()
        font["glyf"].glyphs[name].numberOfContours = 0
        advance, left = round(width * font["head"].unitsPerEm / 1000), 0
    else:  # the same glyph under another number
        font.setGlyphOrder(font.getGlyphOrder()[:-1])
        font["glyf"].glyphOrder = font.getGlyphOrder()
        name = like
    font["hmtx"].metrics[name] = (advance, left)
    for table in font["cmap"].tables:
        if table.isUnicode():
            table.cmap[code] = name
    font["maxp"].numGlyphs = len(font.getGlyphOrder())


# ---------------------------------------------------------------- kerning


def kern(font: TTFont, pairs: Pairs, units: int, least: int, near: int, step: int) -> None:
    """Write pairs as classes: small values dropped, values rounded, rows and columns that hardly differ joined."""
    mapped = font.getBestCmap()
    glyphs = [g for g in font.getGlyphOrder() if g in set(mapped.values())]
    scale = font["head"].unitsPerEm / units

    def value(a: str, b: str) -> int:
        v = pairs.get((a, b), 0) * scale
        return 0 if abs(v) < least else int(round(v / step)) * step

    table = {a: [value(a, b) for b in glyphs] for a in glyphs}
    rows = join(table, near)
    # columns over the joined rows
    columns = join({b: [row[i] for row, _ in rows] for i, b in enumerate(glyphs)}, near)
    lines = []
    for i, (_, firsts) in enumerate(rows):
        for column, seconds in columns:
            v = column[i]
            if v:
                lines.append(f"  pos [{' '.join(firsts)}] [{' '.join(seconds)}] {v};")
    if not lines:
        return
    text = "languagesystem DFLT dflt;\nlanguagesystem latn dflt;\nfeature kern {\n" + "\n".join(lines) + "\n} kern;\n"
    addOpenTypeFeaturesFromString(font, text, tables=["GPOS"])


# ---------------------------------------------------------------- output


def average(font: TTFont) -> float:
    """Average advance of running text in em."""
    mapped, hmtx = font.getBestCmap(), font["hmtx"].metrics
    total = sum(hmtx[mapped[ord(c)]][0] * n for c, n in FREQUENCY.items())
    return total / sum(FREQUENCY.values()) / font["head"].unitsPerEm


def save(font: TTFont, path: Path, flavor: str | None) -> int:
    path.parent.mkdir(parents=True, exist_ok=True)
    font.flavor = flavor
    font.recalcTimestamp = False
    font["head"].modified = font["head"].created
    font.save(path, reorderTables=True)
    return path.stat().st_size


def ranges(codes: Iterable[int]) -> str:
    out: list[list[int]] = []
    for code in sorted(codes):
        if out and code == out[-1][1] + 1:
            out[-1][1] = code
        else:
            out.append([code, code])
    return ",".join(f"U+{a:X}" if a == b else f"U+{a:X}-{b:X}" for a, b in out)


def digest(file: Path) -> str:
    """What the pages add to a font's address, so that browsers keep it for a year and load it once (app/assets.py)."""
    return hashlib.blake2b(file.read_bytes(), digest_size=6).hexdigest()


def face(family: str, style: str, weight: int, src: str, more: str) -> str:
    slant = "font-style:italic;" if style == "italic" else ""
    return f'@font-face{{font-family:"{family}";{slant}font-weight:{weight};src:{src};{more}}}'


def web(package: Path, out: Path) -> None:
    fonts = out / "app/static/fonts"
    rules, stand_ins = [], []
    reference = average(instance(package, "normal", 16, 400)[0])
    total = 0
    for key, (slope, opsz, weight, style) in CUTS.items():
        source, kerns = instance(package, slope, opsz, weight)
        known = {chr(c) for c in source.getBestCmap()} - {chr(c) for c in range(0x300, 0x370)} | {chr(c) for c in MADE}
        base = {c for c in LETTERS + FIGURES + POINTS if c in known} | {chr(c) for c in MADE}
        base -= set(LEFT_OUT.get(key, ""))
        vietnamese = {c for c in VIETNAMESE if c in known} - base
        ext = {c for c in known - base - vietnamese if c.isalpha() and ord(c) not in NOWHERE}
        covered: set[str] = set()
        files = []
        for suffix, characters in (("-ext", ext), ("-vi", vietnamese), ("", base)):
            font = cut(
                source,
                "".join(sorted(characters)),
                "Newsreader",
                style + {"-ext": " Ext", "-vi": " Vi"}.get(suffix, ""),
                features=FEATURES.get(key, ()) if not suffix else (),
                weight=weight,
                upem=source["head"].unitsPerEm,
            )
            font = lighten(font, *OUTLINES[key])
            if not suffix:
                light_kern(font, kerns, 2000, *KERN[key])
            name = f"newsreader-{key}{suffix}.woff2"
            size = save(font, fonts / name, "woff2")
            total += 0 if suffix else size
            files.append(f"{name} {size}")
            got = set(font.getBestCmap())
            assert not (got & covered), "two files claim a character"
            covered |= got
            rules.append(
                face(
                    "Newsreader",
                    slope,
                    weight,
                    f'url(../fonts/{name}?v={digest(fonts / name)}) format("woff2")',
                    f"font-display:swap;unicode-range:{ranges(got)}",
                )
            )
        print("  ".join(files))
        ours = average(source) / reference * NEWSREADER_AVERAGE
        kind = "italic" if slope == "italic" else "bold" if weight >= 600 else "regular"
        for suffix, units, faces in FALLBACKS:
            local, width = faces[kind]
            adjust = ours / (width / units)
            stand_ins.append(
                (
                    suffix,
                    face(
                        f"Newsreader fallback {suffix}",
                        slope,
                        weight,
                        ",".join(f'local("{n}")' for n in local),
                        f"size-adjust:{adjust:.1%};ascent-override:{0.735 / adjust:.1%};"
                        f"descent-override:{0.265 / adjust:.1%};line-gap-override:0%;unicode-range:{STAND_IN_RANGE}",
                    ),
                )
            )
    text = (
        "/* Made by tools/make_fonts.py. Newsreader, SIL Open Font License 1.1 (../fonts/OFL.txt).\n"
        '   Stack: Newsreader,"Newsreader fallback Georgia","Newsreader fallback Noto Serif",'
        '"Newsreader fallback Times" */\n'
    )
    order = [s for s, _, _ in FALLBACKS]
    text += "\n".join(rules + [r for _, r in sorted(stand_ins, key=lambda x: order.index(x[0]))]) + "\n"
    css = out / "app/static/css/fonts.css"
    css.parent.mkdir(parents=True, exist_ok=True)
    css.write_text(text, encoding="utf-8")
    print(f"base files together {total}; fonts.css {len(text)}")
    shutil.copyfile(package / "LICENSE", fonts / "OFL.txt")


def drawn(package: Path, naskh: Path | None, out: Path) -> None:
    fonts = out / "app/fonts"
    for key in ("display", "text"):
        slope, opsz, weight, style = CUTS[key]
        source, kerns = instance(package, slope, opsz, weight)
        every = "".join(chr(c) for c in source.getBestCmap() if not 0x300 <= c < 0x370) + "".join(map(chr, MADE))
        font = cut(source, every, "Newsreader", style, features=("pnum",), weight=weight)
        kern(font, kerns, 2000, 3, 2, 1)
        name = f"Newsreader-{key.capitalize()}.ttf"
        print(name, save(font, fonts / name, None))
    shutil.copyfile(package / "LICENSE", fonts / "OFL-Newsreader.txt")
    if not naskh:
        return
    for weight, style in ((400, "Regular"), (700, "Bold")):
        arabic, latin = (
            TTFont(naskh / "files" / f"noto-naskh-arabic-{part}-{weight}-normal.woff2") for part in ("arabic", "latin")
        )
        absorb(arabic, latin)
        font = reload(arabic)
        options = subset.Options()
        options.layout_features = ["*"]
        options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
        options.recalc_timestamp = False
        chopper = subset.Subsetter(options)
        keep = [c for c in font.getBestCmap() if c < 0x300 or 0x600 <= c < 0x780 or 0x2000 <= c < 0x2100 or c == 0x2212]
        chopper.populate(unicodes=keep)
        chopper.subset(font)
        name = f"NotoNaskhArabic-{style}.ttf"
        print(name, save(font, fonts / name, None))
    shutil.copyfile(naskh / "LICENSE", fonts / "OFL-NotoNaskhArabic.txt")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("newsreader", type=Path, help="folder of @fontsource-variable/newsreader")
    parser.add_argument("--naskh", type=Path, help="folder of @fontsource/noto-naskh-arabic")
    parser.add_argument("--out", type=Path, default=ROOT, help="root to write into (default: this repository)")
    args = parser.parse_args()
    logging.getLogger("fontTools").setLevel(logging.ERROR)
    web(args.newsreader, args.out)
    drawn(args.newsreader, args.naskh, args.out)


if __name__ == "__main__":
    main()
