"""Many rows given to one statement, as one JSON text that the database reads as a table.

So one statement serves one person or fifty, on both databases, and is prepared once: a statement with a place for each value
of each row would be another one for every number of rows. Its constants are written into it, not sent along each time; there are
sixty in the longest, and to hand them on was a tenth of what a signature costs.
"""

from __future__ import annotations

import datetime as dt
import functools
import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sqlalchemy import (
    CursorResult,
    FromClause,
    LargeBinary,
    Text,
    TextClause,
    bindparam,
    cast,
    column,
    func,
    literal_column,
    select,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.types import TypeEngine

from app.extensions import db

ROWS = "rows"  # the one parameter


def table(dialect: str, types: Mapping[str, TypeEngine[Any]]) -> FromClause:
    """The rows as a table, with these columns."""
    rows = literal_column(f":{ROWS}", Text())
    if dialect == "postgresql":
        columns = [column(name, kind) for name, kind in types.items()]
        read = func.json_to_recordset(cast(rows, postgresql.JSON)).table_valued(*columns, name="given")
        return read.render_derived(name="given", with_types=True)
    each = func.json_each(rows).table_valued("value", name="each")
    return select(*(_from_json(each.c.value, name, kind) for name, kind in types.items())).subquery("given")


def _from_json(value: Any, name: str, kind: TypeEngine[Any]) -> Any:
    """One value of a row on SQLite, where JSON has no bytes and a CAST would turn a moment into a number."""
    read = func.json_extract(value, f"$.{name}", type_=kind)
    return (func.unhex(read, type_=kind) if isinstance(kind, LargeBinary) else read).label(name)


def execute(statement: Callable[[str], Any], rows: Iterable[Mapping[str, Any]]) -> CursorResult[Any]:
    """Execute with these rows what `statement` makes for a dialect."""
    dialect = db.engine.dialect.name
    given = json.dumps(list(rows), default=lambda value: _plain(dialect, value))
    return db.session.connection().execute(_written(statement, dialect), {ROWS: given})


@functools.cache
def _written(statement: Callable[[str], Any], dialect: str) -> TextClause:
    """The statement as text, with nothing left open but the rows; no word of a stranger is in it. It names every column that is filled:
    a default of the model would be worked out when it is executed, and here it is only text."""
    kind = {"postgresql": postgresql, "sqlite": sqlite}[dialect]
    made = statement(dialect).compile(dialect=kind.dialect(paramstyle="named"), compile_kwargs={"literal_binds": True})
    return text(str(made)).bindparams(bindparam(ROWS, type_=Text)).execution_options(preserve_rowcount=True)


def _plain(dialect: str, value: bytes | dt.datetime) -> str:
    """Bytes and moments as the database reads them."""
    if isinstance(value, bytes):
        return f"\\x{value.hex()}" if dialect == "postgresql" else value.hex()
    moment = value.astimezone(dt.UTC)
    return str(moment if dialect == "postgresql" else moment.replace(tzinfo=None).isoformat(" ", "microseconds"))
