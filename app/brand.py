"""An organisation's look on its pages: one colour, in four uses, for light and dark paper."""

from __future__ import annotations

import functools

from app import colours
from app.models.organisations import SIGNAL_COLOUR

SIGNAL_ON_DARK = "#9dabff"  # what our own stylesheet makes of our own colour on dark paper

# Only on screens: on paper the signal is ink.
SHEET = "@media screen{{:root{{{light}}}}}@media screen and (prefers-color-scheme:dark){{:root{{{dark}}}}}"


@functools.lru_cache(256)
def signals(colour: str) -> tuple[str, str]:
    """The colour as it is shown on light and on dark paper. A text that is no colour counts as our own."""
    chosen = colour.lower() if colours.is_colour(colour.lower()) else SIGNAL_COLOUR
    dark = SIGNAL_ON_DARK if chosen == SIGNAL_COLOUR else colours.fit_for_dark(chosen)
    return colours.fit_for_light(chosen), dark


@functools.lru_cache(256)
def sheet(colour: str) -> str:
    """The stylesheet that replaces the signal colour. A text that is no colour changes nothing."""
    light, dark = signals(colour)
    return SHEET.format(
        light=_tokens(light, colours.LIGHT_PAPER, -0.1, 0.09), dark=_tokens(dark, colours.DARK_PAPER, 0.06, 0.16)
    )


def _tokens(signal: str, paper: str, deeper: float, wash: float) -> str:
    tokens = {
        "signal": signal,
        "signal-deep": _readable_like(signal, colours.deeper(signal, deeper)),
        "on-signal": colours.readable_on(signal),
        "signal-wash": colours.mixed(signal, paper, wash),
    }
    return "".join(f"--{name}:{value};" for name, value in tokens.items())


def _readable_like(signal: str, deep: str) -> str:
    """The pressed colour, unless the text on the button could then not be read."""
    return deep if colours.contrast(colours.readable_on(signal), deep) >= colours.READABLE else signal
