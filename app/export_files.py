"""The file that a choice asks for: of which format, and under which name it arrives."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from pathlib import Path
from re import compile as pattern
from urllib.parse import quote

from flask import Response, current_app
from sqlalchemy import Connection

from app import clock, encryption, export_words
from app.domain import export_changes, exports
from app.domain.export_changes import Changes, Coverage, Meant
from app.domain.export_choice import YES_NO, Choice
from app.encryption import EncryptedFile
from app.extensions import db
from app.models import Campaign, Export, ExportForm
from app.signer_file import File, Rows, SignerFile
from app.signer_paper import PaperFile
from app.signer_rows import LinesFile
from app.signer_workbook import WorkbookFile

UNSAFE_IN_NAMES = pattern(r'[\\/:*?"<>|;%]+')
TYPES = {
    "csv": "text/csv; charset=utf-8; header=present",
    "jsonl": "application/jsonl; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
}


# Formats of which the whole file stands on the disk before any of it leaves, and how many times slower they are written; all
# others leave row by row.
WRITTEN_FIRST = {ExportForm.WORKBOOK: 10, ExportForm.PAPER: 20}


def at_once(choice: Choice, row_count: int, *, wanted: bool = False) -> bool:
    """Whether a file of so many rows is handed over at once; a larger one is written by the worker. `wanted`: at once however
    large it is, where its format leaves row by row."""
    slower = WRITTEN_FIRST.get(choice.form)
    if wanted and slower is None:
        return True
    return row_count <= int(current_app.config["EXPORT_AT_ONCE"]) // (slower or 1)


class Held:
    """Remembers whom a file held: found in the transaction of its rows, written down when it has left or can be taken."""

    def __init__(self, campaign: Campaign, choice: Choice) -> None:
        # Of signatures that were never confirmed nothing may be left to tell later.
        self._meant = None if choice.all_states else Meant(campaign, choice)
        self._coverage: Coverage | None = None

    def __call__(self, connection: Connection) -> None:
        """Look, once all rows were read."""
        if self._meant is not None:
            self._coverage = self._meant.gather(connection)

    def keep(self, export_id: int) -> None:
        """Write it down, in the transaction that completes the record."""
        if self._coverage is not None:
            export_changes._keep(export_id, self._coverage)


def opened(export: Export, folder: Path | None = None) -> tuple[File, Held]:
    """The file that an export asks for, encrypted as its record says, and who is in it. Nothing is read before somebody iterates over
    it. What has to be written on disk before goes into `folder`."""
    campaign, choice = export.campaign, Choice.read(export.choice)
    file, held = _of_its_format(campaign, choice, folder), Held(campaign, choice)
    if export.encrypted_to:
        file = EncryptedFile(file, [one["key"] for one in export.encrypted_to])
    file.after = held
    return file, held


def _of_its_format(campaign: Campaign, choice: Choice, folder: Path | None) -> File:
    header, kinds, yes = choice.header(), exports.kinds(campaign, choice), YES_NO[choice.yes_no][0]
    rows: Rows = exports.rows(campaign, choice) if choice.since is None else Changes(campaign, choice)
    if choice.form == ExportForm.LINES:
        return LinesFile(db.engine, rows, header, kinds, yes=yes)
    if choice.form == ExportForm.WORKBOOK:
        return WorkbookFile(db.engine, rows, header, kinds, yes=yes, folder=folder)
    if choice.form == ExportForm.PAPER:
        words = export_words.paper(campaign, choice, kinds, f"{clock.now():%Y-%m-%d}")
        whole = exports.rows(campaign, choice)
        return PaperFile(db.engine, whole, exports.summary(campaign, choice), kinds, words, folder=folder)
    guarded = choice.form == ExportForm.SPREADSHEET
    return SignerFile(db.engine, rows, header, guarded=guarded, bom=choice.bom)


def names(export: Export) -> dict[str, str]:
    """The file's name, once in ASCII and once as people write it (RFC 6266). Nothing of the ask can end the name early."""
    campaign, choice = export.campaign, Choice.read(export.choice)
    made_for = choice.form if choice.form.suffix == "csv" else ""
    words = [word for word in (made_for, choice.layout.replace("_", "-")) if word]
    words += ["changes"] if choice.since is not None else []
    tail = f"{'-'.join([*words, f'{clock.now():%Y-%m-%d}'])}.{choice.form.suffix}"
    tail += f".{encryption.SUFFIX}" if export.encrypted_to else ""
    visible = "".join(c for c in campaign.ask if unicodedata.category(c)[0] not in "CZ" or c == " ")
    ask = " ".join(UNSAFE_IN_NAMES.sub(" ", visible).split()).strip(". ")[:80] or campaign.slug
    return {"filename": f"signers-{campaign.slug}-{tail}", "filename*": f"UTF-8''{quote(f'{ask} {tail}', safe='')}"}


def answer(pieces: Iterable[bytes], export: Export) -> Response:
    """The answer that is a file."""
    response = Response(pieces)
    response.headers["Content-Type"] = encryption.TYPE if export.encrypted_to else TYPES[export.form.suffix]
    response.headers["X-Accel-Buffering"] = "no"  # so that a reader who goes away is noticed
    response.headers.set("Content-Disposition", "attachment", **names(export))
    return response
