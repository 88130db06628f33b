"""A public verb is one unit of work: it begins, does everything, and commits, or nothing of it happened."""

from __future__ import annotations

import contextlib
import functools
import threading
from collections.abc import Callable, Iterator
from typing import ParamSpec, TypeVar

from sqlalchemy.exc import DBAPIError

from app.extensions import BEGIN, db

P = ParamSpec("P")
R = TypeVar("R")

ATTEMPTS = 3
# PostgreSQL: serialization failure, deadlock detected, what a row speaks of is gone since it was read.
PASSING = {"40001", "40P01", "23503"}

# SQLite has one writer. Threads of one process that wait here wake in turn; waiting in SQLite they would poll and starve.
_writer = threading.Lock()


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
            session.connection(execution_options={BEGIN: "BEGIN IMMEDIATE"})
            result = verb(*args, **kwargs)
            session.commit()
        except BaseException:
            session.rollback()
            raise
        return result


@contextlib.contextmanager
def _turn_to_write() -> Iterator[None]:
    if db.engine.dialect.name != "sqlite":
        yield
        return
    with _writer:
        yield
