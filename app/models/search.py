"""What the search knows: one entry for each thing that can be found. Its words stand in a table of each database's own kind.

`search_words` is an FTS5 table on SQLite and a `tsvector` under a GIN index on PostgreSQL; SQLAlchemy has no type for either, so
migration 0008 makes it and `app/domain/search_engines.py` asks it. Its `rowid` is an entry's `number`.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.extensions import Model
from app.models.types import PartialDate, Precision, Word, one_of

THING_BITS, KIND_BITS, PRECISION_BITS = 34, 4, 2
DAY_SHIFT = THING_BITS + KIND_BITS + PRECISION_BITS
PRECISIONS = {Precision.YEAR: 1, Precision.MONTH: 2, Precision.DAY: 3}


class SearchKind(StrEnum):
    """What can be found, in the order in which pages name it."""

    TOPIC = "topic"
    CAMPAIGN = "campaign"
    UPDATE = "update"
    REPORT = "report"
    NEWS = "news"
    INCIDENT = "incident"


KIND_NUMBERS = {kind: number for number, kind in enumerate(SearchKind, start=1)}
KINDS = {number: kind for kind, number in KIND_NUMBERS.items()}


@dataclass(frozen=True)
class Found:
    """One thing that was found."""

    kind: SearchKind
    id: int


def number_of(kind: SearchKind, thing_id: int, date: PartialDate) -> int:
    """An entry's number: its day, how much of that is known, its kind, its key, from the highest bits down.

    So the newest have the highest numbers, and a search that goes by numbers alone needs to look at no other table.
    """
    day = (date.on.toordinal() << PRECISION_BITS) | PRECISIONS[date.precision]
    return (((day << KIND_BITS) | KIND_NUMBERS[kind]) << THING_BITS) | thing_id


def thing_of(number: int) -> Found:
    """What an entry's number stands for."""
    return Found(KINDS[(number >> THING_BITS) & (2**KIND_BITS - 1)], number & (2**THING_BITS - 1))


def first_number(day: dt.date) -> int:
    """Where the numbers of a day begin."""
    return day.toordinal() << DAY_SHIFT


class SearchEntry(Model):
    """Something that the search finds, and under which number its words stand.

    Whether the public may see it is not kept here: that is asked of the thing itself at each search.
    """

    __tablename__ = "search_entry"
    __table_args__ = (one_of("kind", SearchKind),)

    kind: Mapped[SearchKind] = mapped_column(Word(SearchKind), primary_key=True)
    thing_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(BigInteger, unique=True)
    register_id: Mapped[int | None] = mapped_column(  # of an incident, so that its entry goes with its register
        ForeignKey("register.id", ondelete="CASCADE"), index=True
    )


def is_modelled(name: str | None, kind: str, _parents: object) -> bool:
    """Whether Alembic compares it with the models: all but the tables that a database's full-text search makes."""
    return kind != "table" or not (name or "").startswith("search_words")
