"""Searching: what somebody looks for, and what of it anybody may read, in the same order on both databases.

First whatever people wrote, then single incidents, of which there may be a hundred thousand; in each what has all the words in its
title first, then the newest. The order needs no weights of a database, so both give the same.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import BigInteger, ColumnElement, and_, func, literal_column, or_, select
from sqlalchemy.exc import OperationalError

from app.domain import dialects, search_kinds
from app.domain.refused import Refused
from app.domain.search_engines import BEGINS, NUMBER, WORDS, Match
from app.domain.search_index import OWN, REGISTER, TITLE
from app.domain.search_words import Query
from app.extensions import db
from app.models import Precision, Register, Topic
from app.models.search import (
    DAY_SHIFT,
    KIND_BITS,
    KIND_NUMBERS,
    KINDS,
    PRECISION_BITS,
    PRECISIONS,
    THING_BITS,
    SearchKind,
    first_number,
    thing_of,
)
from app.models.search import Found as Found

Groups = tuple[tuple[str, ...], ...]  # of words, of which an entry needs one each
PAGE = 20
SECONDS = 2  # that one question may take


def _bits(shift: int, size: int) -> ColumnElement[int]:
    """A part of an entry's number. As plain figures: PostgreSQL groups by an expression only where it stands there the same."""
    part: ColumnElement[int] = literal_column(f"((rowid >> {shift}) & {2**size - 1})", BigInteger)
    return part


thing_bits = _bits(0, THING_BITS)
kind_bits = _bits(THING_BITS, KIND_BITS)
precision_bits = _bits(THING_BITS + KIND_BITS, PRECISION_BITS)


class TakesTooLong(Refused):
    """The database was stopped before it found everything."""

    status = 503


@dataclass(frozen=True)
class Wanted:
    """What somebody looks for; what is empty lets everything through."""

    query: Query = field(default_factory=Query)
    kind: SearchKind | None = None
    topic: Topic | None = None
    since: dt.date | None = None
    until: dt.date | None = None


@dataclass(frozen=True)
class Results:
    """One page of what was found, and how much there is of each kind, whichever of them was asked for."""

    found: list[tuple[SearchKind, Any]]  # the things themselves, loaded
    total: int
    counts: dict[SearchKind, int]
    query: Query  # that found it: where nothing has the last word as it stands, what begins with it is meant


@dataclass(frozen=True)
class Part:
    """A part of the results that is in order of its numbers."""

    match: Match
    conditions: tuple[ColumnElement[bool], ...]

    def count(self) -> int:
        asked = select(func.count()).select_from(WORDS).where(self.match.condition(), *self.conditions)
        return db.session.scalar(asked) or 0

    def numbers(self, offset: int, limit: int) -> list[int]:
        asked = select(NUMBER).where(self.match.condition(), *self.conditions).order_by(NUMBER.desc())
        return list(db.session.scalars(asked.offset(offset).limit(limit)))


def find(wanted: Wanted, *, page: int = 1) -> Results:
    """The page of this number, from 1. Raises TakesTooLong."""
    try:
        with dialects.within(SECONDS):
            wanted, counts = _meant(wanted)
            total = counts[wanted.kind] if wanted.kind else counts.total()
            start = (page - 1) * PAGE
            numbers = list(_numbers(wanted, start, PAGE)) if start < total else []
            return Results(_loaded(numbers), total, _in_order(counts), wanted.query)
    except OperationalError as error:
        db.session.rollback()
        if dialects.was_stopped(error):
            sentence = _("This search takes too long. Look for rarer words, or choose a kind or a topic.")
            raise TakesTooLong(sentence) from None
        raise


def _in_order(counts: Counter[SearchKind]) -> dict[SearchKind, int]:
    return {kind: counts[kind] for kind in SearchKind if counts[kind]}


def _meant(wanted: Wanted) -> tuple[Wanted, Counter[SearchKind]]:
    """What is looked for, and how much there is of each kind: of half a word where nothing is found for it as a whole."""
    counts = _counts(replace(wanted, kind=None))
    if not counts and (query := wanted.query.widened()):
        wanted = replace(wanted, query=query)
        counts = _counts(replace(wanted, kind=None))
    return wanted, counts


def _counts(wanted: Wanted) -> Counter[SearchKind]:
    counts: Counter[SearchKind] = Counter()
    own = _own(wanted, ())
    kinds = (
        select(kind_bits, func.count())
        .select_from(WORDS)
        .where(own.match.condition(), *own.conditions)
        .group_by(kind_bits)
    )
    for number, count in db.session.execute(kinds):
        counts[KINDS[number]] = count
    if incidents := _incidents(wanted, ()):
        counts[SearchKind.INCIDENT] = incidents.count()
    return +counts


def _numbers(wanted: Wanted, start: int, left: int) -> Iterator[int]:
    """The numbers of one page, out of one part after the other."""
    for part in _parts(wanted):
        numbers = part.numbers(start, left)
        yield from numbers
        left -= len(numbers)
        if not left:
            return
        start = 0 if numbers else max(0, start - part.count())


def _parts(wanted: Wanted) -> Iterator[Part]:
    for area in (_own, _incidents):
        if not wanted.query.terms:
            parts = [area(wanted, ())]
        else:
            titles = _title_groups(wanted.query)
            parts = [area(wanted, titles), area(wanted, (), but=titles)]
        yield from (part for part in parts if part is not None)


def _title_groups(query: Query) -> Groups:
    return tuple(tuple(f"{TITLE}{word}" for word in group) for group in _groups(query))


def _groups(query: Query) -> Groups:
    """For each word that is looked for, the kept words that answer it."""
    return tuple((term.word, *([term.beginning + BEGINS] if term.beginning else [])) for term in query.terms)


def _own(wanted: Wanted, titles: Groups, but: Groups = ()) -> Part:
    """What people wrote: everything but incidents."""
    kinds = [kind for kind in SearchKind if kind is not SearchKind.INCIDENT and wanted.kind in {None, kind}]
    visible = [and_(kind_bits == KIND_NUMBERS[kind], thing_bits.in_(_public_ids(kind, wanted.topic))) for kind in kinds]
    match = Match(((OWN,), *_groups(wanted.query), *titles), but)
    return Part(match, (or_(*visible) if visible else NUMBER < 0, *_dates(wanted)))


def _public_ids(kind: SearchKind, topic: Topic | None) -> Any:
    source = search_kinds.of(kind)
    return source.public(topic).with_only_columns(source.model.id)


def _incidents(wanted: Wanted, titles: Groups, but: Groups = ()) -> Part | None:
    """Incidents of public registers; None where there are none to look at."""
    if wanted.kind not in {None, SearchKind.INCIDENT}:
        return None
    ids = search_kinds.public_registers(wanted.topic).with_only_columns(Register.id).order_by(Register.id)
    registers = tuple(f"{REGISTER}{number}" for number in db.session.scalars(ids))
    if not registers:
        return None
    return Part(Match((registers, *_groups(wanted.query), *titles), but), _dates(wanted))


def _dates(wanted: Wanted) -> tuple[ColumnElement[bool], ...]:
    """Of a date of which month or year alone is known, the whole of it counts."""
    found: list[ColumnElement[bool]] = []
    if wanted.since:
        found.append(first_number(Precision.YEAR.begin(wanted.since)) <= NUMBER)
        known = ((PRECISIONS[one], first_number(one.begin(wanted.since))) for one in Precision)
        found.append(or_(*(and_(precision_bits == number, first <= NUMBER) for number, first in known)))
    if wanted.until:
        found.append(first_number(wanted.until) + (1 << DAY_SHIFT) > NUMBER)
    return tuple(found)


def _loaded(numbers: list[int]) -> list[tuple[SearchKind, Any]]:
    """The things themselves, read by the rule of who may read them: what is not public is not there, whatever was kept of it."""
    wanted = [thing_of(number) for number in numbers]
    things: dict[Found, Any] = {}
    for kind in {one.kind for one in wanted}:
        source = search_kinds.of(kind)
        ids = [one.id for one in wanted if one.kind is kind]
        rows = source.public(None).where(source.model.id.in_(ids)).options(*source.shown_with)
        things |= {Found(kind, row.id): row for row in db.session.scalars(rows)}
    return [(one.kind, things[one]) for one in wanted if one in things]
