"""Colours: how far they stand apart, and the nearest ones that can be read. WCAG 2.2's measure throughout.

An organisation chooses one signal colour; pages use what `fit_for_light` and `fit_for_dark` make of it.
"""

from __future__ import annotations

import colorsys
import functools
import re

LIGHT_PAPER, DARK_PAPER = "#fbfaf8", "#131417"
WHITE, NIGHT = "#ffffff", "#0b1033"
READABLE = 4.5  # contrast of text, WCAG 1.4.3
STEPS = 200

_SHAPE = re.compile(r"#[0-9a-f]{6}")


def is_colour(text: str) -> bool:
    """Whether the text is a colour as we keep it: # and six lower-case hexadecimal digits."""
    return _SHAPE.fullmatch(text) is not None


def contrast(a: str, b: str) -> float:
    """How far two colours stand apart, from 1 (the same) to 21 (black and white)."""
    high, low = sorted((_luminance(a), _luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def fit_for_light(colour: str) -> str:
    """The colour, darkened as far as it must be to be read on light paper."""
    return _moved(colour, LIGHT_PAPER, -1)


def fit_for_dark(colour: str) -> str:
    """The colour, lightened as far as it must be to be read on dark paper."""
    return _moved(colour, DARK_PAPER, +1)


@functools.lru_cache(256)
def readable_on(colour: str) -> str:
    """White or nearly black, whichever is easier to read on this colour."""
    return max(WHITE, NIGHT, key=lambda text: contrast(text, colour))


def mixed(colour: str, ground: str, share: float) -> str:
    """`share` (0 to 1) of the colour laid over a ground."""
    return _text([share * c + (1 - share) * g for c, g in zip(_parts(colour), _parts(ground), strict=True)])


def deeper(colour: str, by: float) -> str:
    """The colour darker (negative) or lighter by a part of the whole range of lightness, hue and saturation kept."""
    hue, lightness, saturation = colorsys.rgb_to_hls(*_parts(colour))
    return _text(list(colorsys.hls_to_rgb(hue, min(1.0, max(0.0, lightness + by)), saturation)))


def _moved(colour: str, ground: str, way: int) -> str:
    candidates = (deeper(colour, way * step / STEPS) for step in range(STEPS + 1))
    return next(c for c in candidates if _is_fit(c, ground))


def _is_fit(colour: str, ground: str) -> bool:
    return contrast(colour, ground) >= READABLE and contrast(readable_on(colour), colour) >= READABLE


def _parts(colour: str) -> list[float]:
    if not is_colour(colour.lower()):
        raise ValueError(colour)
    return [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]


def _text(parts: list[float]) -> str:
    return "#" + "".join(f"{round(part * 255):02x}" for part in parts)


def _luminance(colour: str) -> float:
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in _parts(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
