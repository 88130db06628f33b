"""A file of rows as it leaves the house: CSV, streamed from the database in constant memory, counted and fingerprinted.

Both databases hand over whole rows of quoted cells, joined here by a byte that no UTF-8 text contains. So a cell's beginning
can be told from everything inside cells, and one expression makes cells harmless that a spreadsheet would calculate (EXP-02).
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Engine, Select

ROWS_IN_A_BLOCK = 500  # about 64 kB
ROW_END = b"\xff"  # stands in no UTF-8 text
ROW_END_TEXT = "\udcff"  # the same byte, as `surrogateescape` writes it
# What is asked of the database, or what makes blocks of rows from a connection.
Rows = Select[Any] | Callable[[Connection], Iterator[list[Sequence[Any]]]]
Blocks = Generator[tuple[int, bytes], None, None]
BOM = b"\xef\xbb\xbf"

# White space, soft hyphen, zero-width marks and the BOM, in UTF-8: what a reader may skip before it looks at a cell.
_SPACE = (
    rb"[\v\f ]|\xc2[\x85\xa0\xad]|\xe1\x9a\x80|\xe1\xa0\x8e|\xe2\x80[\x80-\x8f\xa8-\xaf]|\xe2\x81[\x9f-\xaf]"
    rb"|\xe3\x80\x80|\xef\xbb\xbf"
)
_BLANK = rb"[\t\n\r]|" + _SPACE
# = + - @, and the full-width and small forms of the four signs; at the beginning of a cell also TAB, CR and NUL.
_SIGN = rb"[=+\-@]|\xef\xbc[\x8b\x8d\x9d\xa0]|\xef\xb9[\xa2\xa3\xa6\xab]"
_FORMULA = rb"[\t\r\x00]|" + _SIGN
# With what either can begin. Most quotes are passed over by this look at one byte; without it the rest took a quarter of an export.
_FIRST = rb"[\t\n\v\f\r \x00=+\-@\xc2\xe1\xe2\xe3\xef]"
# A quote that opens a cell, at the start, after a comma or after a row: inside a cell a quote is followed by another one.
_DANGEROUS = re.compile(
    rb'"(?=' + _FIRST + rb")(?=(?:" + _BLANK + rb")*(?:" + _FORMULA + rb'))(?:(?<=\A")|(?<=[,\xff]"))'
)
# Where Windows parts lists by semicolons (Arabic, French, German), Excel does so with every CSV file: the quotes of all cells but the
# first of a row are then letters, and inside of these a semicolon begins a cell and a line end a row. Elsewhere a TAB may.
_INSIDE = re.compile(rb"([;\t\n\r])(?=(?:" + _SPACE + rb'|")*(?:' + _SIGN + rb"))")


def harmless(rows: bytes) -> bytes:
    """The rows with a `'` before whatever a spreadsheet would take for a formula, also one that parts cells elsewhere than at commas."""
    return _INSIDE.sub(rb"\1'", _DANGEROUS.sub(b"\"'", rows))


class File:
    """One file. Iterate over it once to have its bytes; `row_count` and `sha256` tell what was handed over.

    `progress` is called now and then while rows are read, with how many there were. What it raises stops the file.
    `after` is called once all rows were read, in the same transaction: it sees what the rows came from.
    """

    def __init__(self) -> None:
        self._hash = hashlib.sha256()
        self.row_count = 0
        self.progress: Callable[[int], None] | None = None
        self.after: Callable[[Connection], None] | None = None

    def __iter__(self) -> Iterator[bytes]:
        raise NotImplementedError

    @property
    def sha256(self) -> str:
        """The fingerprint of the bytes handed over so far, in hexadecimal digits."""
        return self._hash.hexdigest()

    @property
    def list_sha256(self) -> str:
        """The fingerprint of the list, where the file is not the list itself but encrypted."""
        return ""

    def _read(self, count: int) -> None:
        self.row_count += count
        if self.progress is not None:
            self.progress(self.row_count)

    def _all_read(self, connection: Connection) -> None:
        if self.after is not None:
            self.after(connection)

    def _counted(self, piece: bytes) -> bytes:
        self._hash.update(piece)
        return piece


class SignerFile(File):
    """A list as CSV."""

    def __init__(self, engine: Engine, rows: Rows, header: Sequence[str], *, guarded: bool, bom: bool) -> None:
        super().__init__()
        self._engine, self._rows, self._header = engine, rows, tuple(header)
        self._guarded, self._bom = guarded, bom

    def __iter__(self) -> Iterator[bytes]:
        """The file in pieces of about 64 kB. Everything comes from one moment of the database, however long it takes."""
        with self._engine.connect() as connection, closing(_blocks(connection, self._rows)) as blocks:
            header = (harmless if self._guarded else bytes)(_quoted([self._header])).replace(ROW_END, b"\r\n")
            yield self._counted((BOM if self._bom else b"") + header)
            for count, block in blocks:
                self._read(count)
                yield self._counted(self._written(block))
            self._all_read(connection)

    def _written(self, block: bytes) -> bytes:
        return (harmless(block) if self._guarded else block).replace(ROW_END, b"\r\n")


def _quoted(rows: Sequence[Sequence[Any]]) -> bytes:
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator=ROW_END_TEXT).writerows(rows)
    return out.getvalue().encode("utf-8", "surrogateescape")


def lines(rows: Sequence[Sequence[Any]]) -> bytes:
    """Rows that were made in Python as lines of a CSV file for a spreadsheet, without a cell that it would calculate."""
    return harmless(_quoted(rows)).replace(ROW_END, b"\r\n")


def one_moment(connection: Connection) -> None:
    """Let everything that is read from here on come from one moment, however long it takes."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        connection.exec_driver_sql("SET LOCAL statement_timeout = 0")


def _blocks(connection: Connection, rows: Rows) -> Blocks:
    """Rows of quoted cells, each ended by ROW_END, in blocks; how many and the bytes."""
    one_moment(connection)
    if not isinstance(rows, Select):
        return ((len(block), _quoted(block)) for block in rows(connection))
    return _copied(connection, rows) if connection.dialect.name == "postgresql" else _fetched(connection, rows)


def _fetched(connection: Connection, rows: Select[Any]) -> Blocks:
    """From any database: read through a cursor, quoted here."""
    result = connection.execution_options(stream_results=True).execute(rows)
    while block := result.fetchmany(ROWS_IN_A_BLOCK):
        yield len(block), _quoted(block)


def _copied(connection: Connection, rows: Select[Any]) -> Blocks:
    """From PostgreSQL: quoted there, by COPY. The values of the query are bound by the driver."""
    compiled = rows.compile(connection, compile_kwargs={"render_postcompile": True})
    values = {name: _plain(value) for name, value in compiled.params.items()}
    statement = f"COPY ({compiled}) TO STDOUT WITH (FORMAT csv, FORCE_QUOTE *)".encode()
    block: list[memoryview] = []
    driver: Any = connection.connection.driver_connection  # psycopg's own: only it knows COPY
    with driver.cursor() as cursor, cursor.copy(statement, values) as copy:
        for row in copy:
            block.append(row[:-1])  # without its line end
            if len(block) == ROWS_IN_A_BLOCK:
                yield len(block), ROW_END.join(block) + ROW_END
                block = []
        if block:
            yield len(block), ROW_END.join(block) + ROW_END


def _plain(value: Any) -> Any:
    """A word of an enum as its text: the driver would write the name of it."""
    return str(value) if isinstance(value, StrEnum) else value


def sample(rows: Sequence[Sequence[Any]], *, guarded: bool) -> list[list[str]]:
    """A few rows as their cells will read in the file."""
    block = harmless(_quoted(rows)) if guarded else _quoted(rows)
    return [next(csv.reader(io.StringIO(row.decode(), newline=""))) for row in block.split(ROW_END) if row]
