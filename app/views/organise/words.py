"""How numbers stand beside charts."""

from __future__ import annotations

from babel.numbers import format_compact_decimal
from flask_babel import format_decimal, get_locale


def short_number(value: int) -> str:
    """A number beside a chart: 8,000, and from ten thousand on 80K."""
    return format_compact_decimal(value, locale=get_locale() or "en") if value >= 10_000 else str(format_decimal(value))
