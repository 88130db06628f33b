"""A signer list as a workbook (XLSX), written row by row in constant memory.

Every text is written as a text, so no cell is a formula, a link or a number by mistake. A sheet holds 1,048,576 rows; what is
beyond goes on in the next one, under the same head.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import xlsxwriter
from sqlalchemy import Engine

from app.domain.export_columns import Kind
from app.signer_file import File, Rows, one_moment
from app.signer_rows import blocks, reader

SHEET_ROWS = 1_048_576
NAME = "Signers %d"
PIECE = 65_536  # bytes
DAY_ZERO, DAY_SECONDS = dt.datetime(1899, 12, 30, tzinfo=dt.UTC), 86_400
TEXTS_STAY = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
WIDTHS = {Kind.TEXT: 22, Kind.NUMBER: 12, Kind.MOMENT: 20, Kind.YES_NO: 12}


@contextlib.contextmanager
def folder_of(folder: Path | None) -> Iterator[Path]:
    """A folder for what is written before it is handed over: the given one, or one that is gone afterwards."""
    if folder is not None:
        yield folder
        return
    with tempfile.TemporaryDirectory(prefix="export-") as own:
        yield Path(own)


class WrittenFile(File):
    """A file that has to be written whole before its first byte can leave: on disk, in a folder that nobody else reads."""

    def __init__(self, folder: Path | None) -> None:
        super().__init__()
        self._folder = folder

    def _write(self, to: Path, folder: Path) -> None:
        raise NotImplementedError

    def __iter__(self) -> Iterator[bytes]:
        """The file in pieces, once it was written."""
        with folder_of(self._folder) as folder:
            written = folder / "written"
            try:
                self._write(written, folder)
                with open(written, "rb") as whole:
                    written.unlink()  # it may hold in plain text what is encrypted on its way from here: leave no name to it
                    while piece := whole.read(PIECE):
                        yield self._counted(piece)
            finally:
                written.unlink(missing_ok=True)


class WorkbookFile(WrittenFile):
    """A list as a workbook."""

    def __init__(
        self,
        engine: Engine,
        rows: Rows,
        header: Sequence[str],
        kinds: Sequence[Kind],
        *,
        yes: str,
        folder: Path | None = None,
    ) -> None:
        super().__init__(folder)
        self._engine, self._rows, self._header, self._kinds = engine, rows, tuple(header), tuple(kinds)
        self._values = reader(kinds, yes)

    def _write(self, to: Path, folder: Path) -> None:
        options = {"constant_memory": True, "tmpdir": str(folder), **TEXTS_STAY}
        with xlsxwriter.Workbook(str(to), options) as book, self._engine.connect() as connection:
            one_moment(connection)
            moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
            head = book.add_format({"bold": True, "bottom": 1})
            sheet, place = self._sheet(book, head), 1
            for block in blocks(connection, self._rows):
                for cells in block:
                    if place == SHEET_ROWS:
                        sheet, place = self._sheet(book, head), 1
                    self._row(sheet, place, self._values(cells), moment)
                    place += 1
                self._read(len(block))
            self._all_read(connection)

    def _sheet(self, book: Any, head: Any) -> Any:
        sheet = book.add_worksheet(NAME % (len(book.worksheets()) + 1))
        for n, kind in enumerate(self._kinds):
            sheet.set_column(n, n, WIDTHS[kind])
        sheet.freeze_panes(1, 0)
        for n, name in enumerate(self._header):
            sheet.write_string(0, n, name, head)
        return sheet

    def _row(self, sheet: Any, place: int, values: Sequence[Any], moment: Any) -> None:
        for n, value in enumerate(values):
            kind = self._kinds[n]
            if value is None or value == "":
                continue
            if kind == Kind.TEXT:
                sheet.write_string(place, n, value)
            elif kind == Kind.YES_NO:
                sheet.write_boolean(place, n, value)
            elif kind == Kind.MOMENT:
                since = dt.datetime.fromisoformat(value) - DAY_ZERO
                sheet.write_number(place, n, since.total_seconds() / DAY_SECONDS, moment)
            else:
                sheet.write_number(place, n, value)
