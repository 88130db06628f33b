"""The file that a choice asks for: of which format, and under which name it arrives."""

from __future__ import annotations

import unicodedata
from re import compile as pattern
from urllib.parse import quote

from app import clock
from app.domain import exports
from app.domain.export_choice import YES_NO, Choice
from app.extensions import db
from app.models import Campaign, ExportForm
from app.signer_file import File, SignerFile
from app.signer_rows import LinesFile

UNSAFE_IN_NAMES = pattern(r'[\\/:*?"<>|;%]+')
TYPES = {
    "csv": "text/csv; charset=utf-8; header=present",
    "jsonl": "application/jsonl; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
}


def opened(campaign: Campaign, choice: Choice) -> File:
    """The file. Nothing is read before somebody iterates over it."""
    rows, header = exports.rows(campaign, choice), choice.header()
    if choice.form == ExportForm.LINES:
        kinds, yes = exports.kinds(campaign, choice), YES_NO[choice.yes_no][0]
        return LinesFile(db.engine, rows, header, kinds, yes=yes)
    guarded = choice.form == ExportForm.SPREADSHEET
    return SignerFile(db.engine, rows, header, guarded=guarded, bom=choice.bom)


def names(campaign: Campaign, choice: Choice) -> dict[str, str]:
    """The file's name, once in ASCII and once as people write it (RFC 6266). Nothing of the ask can end the name early."""
    made_for = choice.form if choice.form.suffix == "csv" else ""
    words = [word for word in (made_for, choice.layout.replace("_", "-")) if word]
    words += ["changes"] if choice.since is not None else []
    tail = f"{'-'.join([*words, f'{clock.now():%Y-%m-%d}'])}.{choice.form.suffix}"
    visible = "".join(c for c in campaign.ask if unicodedata.category(c)[0] not in "CZ" or c == " ")
    ask = " ".join(UNSAFE_IN_NAMES.sub(" ", visible).split()).strip(". ")[:80] or campaign.slug
    return {"filename": f"signers-{campaign.slug}-{tail}", "filename*": f"UTF-8''{quote(f'{ask} {tail}', safe='')}"}
