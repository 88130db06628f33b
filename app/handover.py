"""A signer list on its way out of the house: the file and its record, completed together or not at all."""

from __future__ import annotations

import datetime as dt
import shutil
import time
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

from flask import Flask

from app import clock
from app.domain import export_handing, exports
from app.export_files import Held
from app.signer_file import File

PIECE = 65_536  # bytes
TELL_SECONDS = 10.0  # how often it is said that somebody still takes a file


class HandOver:
    """The bytes of a file whose record stands already.

    Iterating hands them over. The record is completed after the last byte was taken and before the end is told, so whoever
    has a whole file has a whole record. `close` before that marks the record as aborted.
    """

    def __init__(self, app: Flask, export_id: int, opened: tuple[File, Held]) -> None:
        self._app, self._export_id = app, export_id
        self._file, self._held = opened
        self._pieces: Generator[bytes, None, None] = self._handed()
        self._is_recorded = False

    def __iter__(self) -> Iterator[bytes]:
        return self._pieces

    def _handed(self) -> Generator[bytes, None, None]:
        yield from self._file
        self.finish()

    def finish(self) -> None:
        """Complete the record."""
        with self._app.app_context():
            sums = {"sha256": self._file.sha256, "list_sha256": self._file.list_sha256}
            rows, keep = self._file.row_count, self._held.keep
            exports.finish(self._export_id, row_count=rows, **sums, now=clock.now(), keep=keep)
        self._is_recorded = True

    def close(self) -> None:
        """Stop reading. What was not handed over to its end is recorded as aborted."""
        self._pieces.close()
        if self._is_recorded:
            return
        with self._app.app_context():
            exports.abort(self._export_id, row_count=self._file.row_count, now=clock.now())
        self._is_recorded = True


class NotTheirs(Exception):
    """The file is somebody else's to take by now, or its owner may not have it any more: it must not come to its end."""


class WaitingFile:
    """The bytes of a file that the worker wrote, for whoever holds it (`export_handing`). Once the last one was taken, the file is
    deleted and the record says so.

    Whoever is broken off before that can begin again, until the file's time is over. `close` before the end lets it go.
    """

    def __init__(self, app: Flask, export_id: int, held_by: str, file: Path) -> None:
        self._app, self._file = app, file
        self._mine = (export_id, held_by)
        self._pieces: Generator[bytes, None, None] = self._handed()

    def __iter__(self) -> Iterator[bytes]:
        return self._pieces

    def _handed(self) -> Generator[bytes, None, None]:
        told = time.monotonic()
        with open(self._file, "rb") as waiting:
            while piece := waiting.read(PIECE):
                yield piece
                if time.monotonic() - told > TELL_SECONDS:
                    self._tell(export_handing.go_on)
                    told = time.monotonic()
        self._tell(export_handing.whole)
        shutil.rmtree(self._file.parent, ignore_errors=True)

    def _tell(self, verb: Callable[[int, str, dt.datetime], bool]) -> None:
        with self._app.app_context():
            if not verb(*self._mine, clock.now()):
                raise NotTheirs

    def close(self) -> None:
        """Stop reading."""
        self._pieces.close()
        with self._app.app_context():
            export_handing.let_go(*self._mine)
