"""The worker's part of exports: writes the files that were asked for, and takes those away that nobody may have any more."""

from __future__ import annotations

import datetime as dt
import logging
import os
import shutil
import time
from pathlib import Path

from flask import current_app
from flask_babel import force_locale

from app import clock, export_files, mailboxes
from app.domain import export_work
from app.domain.export_work import Claimed
from app.extensions import db
from app.models import Export
from app.signer_file import File

NAME = "file"
TELL_SECONDS = 2.0  # how often progress is written down

log = logging.getLogger(__name__)


class Lost(Exception):
    """The export is somebody else's by now, or nobody's."""


def place() -> Path:
    """The folder of all files that wait; nobody else on this machine may look into it."""
    folder = Path(current_app.config["INSTANCE_PATH"]) / "exports"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def path(export: Export) -> Path:
    """Where the file of an export is."""
    return place() / export.file / NAME


def write_due(_now: dt.datetime) -> None:
    """Write what was asked for, one after the other."""
    if current_app.config["EXPORTS_DISABLED"]:
        return
    while export_work.is_due(clock.now()) and (claimed := export_work.claim(clock.now())) is not None:
        folder = place() / claimed.folder
        try:
            _write(claimed, folder)
        except Lost:
            shutil.rmtree(folder, ignore_errors=True)
        except Exception as error:  # the texts of exceptions may quote a person; the kind is enough
            log.error("export %d: %s", claimed.id, type(error).__name__)
            shutil.rmtree(folder, ignore_errors=True)
            db.session.rollback()
            export_work.failed(claimed, key=mailboxes.key, now=clock.now())


def _write(claimed: Claimed, folder: Path) -> None:
    export = export_work.asked_for(claimed)
    if export is None:
        raise Lost
    folder.mkdir(mode=0o700)
    with force_locale(export.locale):
        file, held = export_files.opened(export, folder)
        file.progress = _Telling(claimed)
        size = _save(file, folder / NAME)
    is_ours = export_work.ready(
        claimed,
        row_count=file.row_count,
        sha256=file.sha256,
        list_sha256=file.list_sha256,
        size=size,
        key=mailboxes.key,
        keep=held.keep,
        now=clock.now(),
    )
    if not is_ours:
        raise Lost


def _save(file: File, to: Path) -> int:
    with open(to, "xb", opener=_private) as out:
        for piece in file:
            out.write(piece)
        return out.tell()


def _private(name: str, flags: int) -> int:
    return os.open(name, flags, 0o600)


class _Telling:
    """Writes down how far an export came, every few seconds, and keeps it ours."""

    def __init__(self, claimed: Claimed) -> None:
        self._claimed, self._told = claimed, time.monotonic()

    def __call__(self, rows: int) -> None:
        if time.monotonic() - self._told < TELL_SECONDS:
            return
        self._told = time.monotonic()
        if not export_work.renew(self._claimed, row_count=rows, now=clock.now()):
            raise Lost


def clear(now: dt.datetime) -> None:
    """Give up what nobody took in time or may have any more, and delete every file that no export speaks of."""
    if number := export_work.expire(now):
        log.info("%d exports were not taken", number)
    there = [folder for folder in place().iterdir() if folder.is_dir()]
    used = export_work.folders()  # after the look at the disk: a name is committed before its folder is made
    for folder in there:
        if folder.name not in used:
            shutil.rmtree(folder, ignore_errors=True)
