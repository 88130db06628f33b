"""A signer list on its way out of the house: the file and its record, completed together or not at all."""

from __future__ import annotations

import shutil
from collections.abc import Generator, Iterator
from pathlib import Path

from flask import Flask

from app import clock
from app.domain import export_work, exports
from app.export_files import Held
from app.signer_file import File

PIECE = 65_536  # bytes


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
            rows, digest, keep = self._file.row_count, self._file.sha256, self._held.keep
            exports.finish(self._export_id, row_count=rows, sha256=digest, now=clock.now(), keep=keep)
        self._is_recorded = True

    def close(self) -> None:
        """Stop reading. What was not handed over to its end is recorded as aborted."""
        self._pieces.close()
        if self._is_recorded:
            return
        with self._app.app_context():
            exports.abort(self._export_id, row_count=self._file.row_count, now=clock.now())
        self._is_recorded = True


class WaitingFile:
    """The bytes of a file that the worker wrote. Once the last one was taken, the file is deleted and the record says so.

    Whoever is broken off before that can begin again, until the file's time is over.
    """

    def __init__(self, app: Flask, export_id: int, file: Path) -> None:
        self._app, self._export_id, self._file = app, export_id, file

    def __iter__(self) -> Iterator[bytes]:
        with open(self._file, "rb") as waiting:
            while piece := waiting.read(PIECE):
                yield piece
        with self._app.app_context():
            export_work.taken(self._export_id, clock.now())
        shutil.rmtree(self._file.parent, ignore_errors=True)
