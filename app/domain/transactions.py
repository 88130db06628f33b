"""A public verb is one unit of work: it begins, does everything, and commits, or nothing of it happened."""

from __future__ import annotations

import contextlib
import functools
import threading
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from typing import ParamSpec, TypeVar

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as TookTooLong

from app.extensions import BEGIN, BUSY, db

P = ParamSpec("P")
R = TypeVar("R")

ATTEMPTS = 3
# PostgreSQL: serialization failure, deadlock detected, what a row speaks of is gone since it was read, a row like it came meanwhile.
PASSING = {"40001", "40P01", "23503", "23505"}

# SQLite has one writer. Threads of one process that wait here wake in turn; waiting in SQLite they would poll and starve.
_writer = threading.Lock()
_patience: ContextVar[float | None] = ContextVar("patience", default=None)


def unit_of_work(verb: Callable[P, R]) -> Callable[P, R]:
    """Make `verb` one transaction, begun as a writer.

    What the caller read before is read again inside, so a decision is never made on a stale row. What others came in
    between of (`PASSING`) is tried again, `ATTEMPTS` times in all.
    """

    @functools.wraps(verb)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return _once(verb, *args, **kwargs)
            except DBAPIError as error:
                if attempt == ATTEMPTS or getattr(error.orig, "sqlstate", None) not in PASSING:
                    raise
        raise AssertionError("unreachable")

    return run


def _once(verb: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    session = db.session
    session.rollback()  # ends the caller's read, so that nothing read before it is trusted
    with _turn_to_write():
        try:
            session.connection(execution_options={BEGIN: "BEGIN IMMEDIATE", **_patient()})
            result = verb(*args, **kwargs)
            session.commit()
        except BaseException:
            session.rollback()
            raise
        return result


@contextlib.contextmanager
def waiting_at_most(seconds: float) -> Iterator[None]:
    """Let the verbs of this block wait no longer for SQLite's turn to write; where it does not come, they raise a SQLAlchemyError."""
    before = _patience.set(seconds)
    try:
        yield
    finally:
        _patience.reset(before)


def _patient() -> dict[str, float]:
    patience = _patience.get()
    return {} if patience is None else {BUSY: patience}


@contextlib.contextmanager
def _turn_to_write() -> Iterator[None]:
    if db.engine.dialect.name != "sqlite":
        yield
        return
    patience = _patience.get()
    if not _writer.acquire(timeout=-1 if patience is None else patience):
        raise TookTooLong("others write")
    try:
        yield
    finally:
        _writer.release()
