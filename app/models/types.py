"""Column types that behave the same on SQLite and PostgreSQL."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, DateTime, Dialect, Integer, String, Table, Text
from sqlalchemy.types import TypeDecorator

# A 64-bit key; SQLite numbers rows by itself only where the type is exactly INTEGER.
BigKey = BigInteger().with_variant(Integer(), "sqlite")

# A text that is compared byte by byte, as SQLite does by itself: so an index finds what begins with something.
Bytewise = Text().with_variant(Text(collation="C"), "postgresql")


class Precision(StrEnum):
    """How much of a date is known."""

    YEAR = "year"
    MONTH = "month"
    DAY = "day"

    def begin(self, day: dt.date) -> dt.date:
        """The first day of what is known where only so much of a day is."""
        if self is Precision.DAY:
            return day
        return day.replace(day=1) if self is Precision.MONTH else day.replace(month=1, day=1)


@dataclass(frozen=True)
class PartialDate:
    """A date as far as it is known: `on` is the first day of the month or year where only that is known."""

    on: dt.date
    precision: Precision


class UTC(TypeDecorator[dt.datetime]):
    """A moment. Goes in with a zone, is kept as UTC, comes out as UTC with its zone, on both databases."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs its time zone")
        value = value.astimezone(dt.UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)


class Word(TypeDecorator[Any]):
    """One word of an enum, stored as its text; `one_of` makes the database refuse every other word."""

    impl = String(24)
    cache_ok = True

    def __init__(self, words: type[StrEnum]) -> None:
        super().__init__()
        self.words = words

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else str(self.words(value))

    def process_result_value(self, value: str | None, dialect: Dialect) -> StrEnum | None:
        return None if value is None else self.words(value)


def one_of(column: str, words: type[StrEnum]) -> CheckConstraint:
    """The database's own copy of the rule that `column` holds one of `words`."""
    listed = ", ".join(f"'{word}'" for word in words)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


def longest(column: str, length: int) -> CheckConstraint:
    """SQLite does not hold texts to their length; this makes both databases refuse the same ones."""
    return CheckConstraint(f"length({column}) <= {length}", name=f"{column}_length")


def table_of(model: Any) -> Table:
    """The table of a model, for statements that load no objects."""
    found: Table = model.__table__
    return found
