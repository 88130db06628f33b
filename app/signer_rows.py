"""Rows of a signer list as values, read in constant memory from one moment of the database; and a file of them as JSON Lines."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Engine, Select

from app.domain.export_columns import Kind
from app.nesting import nester
from app.signer_file import File, Rows, one_moment

ROWS_AT_ONCE = 1000
Values = list[Any]


def blocks(connection: Connection, rows: Rows) -> Iterator[list[Sequence[Any]]]:
    """The rows in blocks, without holding them all."""
    if not isinstance(rows, Select):
        yield from rows(connection)
        return
    result = connection.execution_options(stream_results=True, max_row_buffer=ROWS_AT_ONCE).execute(rows)
    while block := result.fetchmany(ROWS_AT_ONCE):
        yield list(block)


def reader(kinds: Sequence[Kind], yes: str) -> Callable[[Sequence[Any]], Values]:
    """Makes of the cells of a row, as the database wrote them, values: numbers, true and false, None for no moment."""
    switches = [n for n, kind in enumerate(kinds) if kind == Kind.YES_NO]
    bare = [n for n, kind in enumerate(kinds) if kind in {Kind.MOMENT, Kind.NUMBER}]

    def read(cells: Sequence[Any]) -> Values:
        values = list(cells)
        for n in switches:
            values[n] = None if values[n] == "" else values[n] == yes
        for n in bare:
            values[n] = None if values[n] == "" else values[n]
        return values

    return read


class LinesFile(File):
    """A list as JSON Lines: an object a row, in UTF-8. A dot in a column's name opens an object inside."""

    def __init__(self, engine: Engine, rows: Rows, header: Sequence[str], kinds: Sequence[Kind], *, yes: str) -> None:
        super().__init__()
        self._engine, self._rows = engine, rows
        self._nested, self._values = nester(header), reader(kinds, yes)

    def __iter__(self) -> Iterator[bytes]:
        """The file in pieces; all of it comes from one moment of the database."""
        with self._engine.connect() as connection:
            one_moment(connection)
            for block in blocks(connection, self._rows):
                self._read(len(block))
                yield self._counted(self._written(block))
            self._all_read(connection)

    def _written(self, block: list[Sequence[Any]]) -> bytes:
        encode, nested, values = ENCODER.encode, self._nested, self._values
        return "".join(f"{encode(nested(values(row)))}\n" for row in block).encode()


ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False)
