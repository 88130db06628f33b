"""Exports every signer of the campaign as the desk does, into a file; prints seconds, time to the first piece, rows and memory.

python -m bench.export FILE [spreadsheet, jsonl, xlsx] [encrypted]
"""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path

import pyrage
from sqlalchemy import select

from app import create_app, export_files
from app.domain.export_choice import Choice
from app.extensions import db
from app.models import Campaign, Export, ExportForm


def resident() -> float:
    """MB in memory now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20


def to_nobody() -> list[dict[str, str]]:
    """A key whose secret half is thrown away, where the file is to be encrypted."""
    key = str(pyrage.x25519.Identity.generate().to_public())
    return [{"name": "Nobody", "key": key}] if "encrypted" in sys.argv else []


def main() -> None:
    app = create_app()
    with app.app_context():
        campaign = db.session.scalars(select(Campaign)).one()
        form = ExportForm(sys.argv[2] if len(sys.argv) > 2 else "spreadsheet")
        export = Export(campaign=campaign, form=form, choice=Choice(form=form).record(), encrypted_to=to_nobody())
        file, _held = export_files.opened(export, Path(sys.argv[1]).parent)
        db.session.rollback()
        idle, first, started = resident(), 0.0, time.perf_counter()
        with open(sys.argv[1], "wb") as out:
            for piece in file:
                first = first or time.perf_counter() - started
                out.write(piece)
        took = time.perf_counter() - started
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": took, "first": first, "rows": file.row_count, "memory": peak - idle}))


if __name__ == "__main__":
    main()
