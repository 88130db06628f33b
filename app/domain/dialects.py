"""What the two databases say differently: moments as text, quarters of an hour, a text in a text, how long a statement may take."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Integer, Text, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.expression import FunctionElement

from app.extensions import db

STEPS = 20_000  # of SQLite's machine between two looks at the clock: about a millisecond


class iso_text(FunctionElement[str]):
    """A moment as ISO 8601 text in UTC: 2026-11-22T14:02:11Z."""

    type = Text()
    inherit_cache = True


@compiles(iso_text, "postgresql")
def _iso_text_postgresql(element: Any, compiler: Any, **options: Any) -> str:
    moment = compiler.process(element.clauses, **options)
    return f"to_char({moment} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"


@compiles(iso_text, "sqlite")
def _iso_text_sqlite(element: Any, compiler: Any, **options: Any) -> str:
    moment = compiler.process(element.clauses, **options)
    return f"replace(substr({moment}, 1, 19), ' ', 'T') || 'Z'"


class quarter_of(FunctionElement[int]):
    """How many quarters of an hour had passed since 1970 at a moment."""

    type = Integer()
    inherit_cache = True


@compiles(quarter_of, "postgresql")
def _quarter_postgresql(element: Any, compiler: Any, **options: Any) -> str:
    return f"CAST(floor(EXTRACT(EPOCH FROM {compiler.process(element.clauses, **options)}) / 900) AS INTEGER)"


@compiles(quarter_of, "sqlite")
def _quarter_sqlite(element: Any, compiler: Any, **options: Any) -> str:
    moment = compiler.process(element.clauses, **options)  # without the part of a second, which strftime would round up
    return f"(CAST(strftime('%s', substr({moment}, 1, 19)) AS INTEGER) / 900)"


class place_in(FunctionElement[int]):
    """Where the second text stands in the first, from 1; 0 where it does not. Unlike with LIKE every sign means itself."""

    type = Integer()
    inherit_cache = True


@compiles(place_in, "postgresql")
def _place_in_postgresql(element: Any, compiler: Any, **options: Any) -> str:
    return f"strpos({', '.join(compiler.process(text, **options) for text in element.clauses)})"


@compiles(place_in, "sqlite")
def _place_in_sqlite(element: Any, compiler: Any, **options: Any) -> str:
    return f"instr({', '.join(compiler.process(text, **options) for text in element.clauses)})"


def allow_seconds(seconds: int) -> None:
    """Let the statements of this transaction take longer than a page's may. Numbers over a million rows need it."""
    if db.engine.dialect.name == "postgresql":
        db.session.execute(text("SELECT set_config('statement_timeout', :limit, true)"), {"limit": f"{seconds}s"})


@contextlib.contextmanager
def within(seconds: float) -> Iterator[None]:
    """Let no statement of this block take longer: it is stopped, and raises an OperationalError that `was_stopped`."""
    if db.engine.dialect.name == "postgresql":
        limit = text("SELECT set_config('statement_timeout', :limit, true)")
        db.session.execute(limit, {"limit": f"{int(seconds * 1000)}ms"})
        yield
        db.session.execute(text("SET LOCAL statement_timeout TO DEFAULT"))
        return
    connection: Any = db.session.connection().connection.dbapi_connection
    end = time.monotonic() + seconds
    connection.set_progress_handler(lambda: time.monotonic() > end, STEPS)
    try:
        yield
    finally:
        connection.set_progress_handler(None, 0)


def was_stopped(error: OperationalError) -> bool:
    """Whether a statement failed because it took longer than it may."""
    return getattr(error.orig, "sqlstate", "") == "57014" or str(error.orig) == "interrupted"
