"""One backup of the database, while everything runs: `.venv/bin/python deploy/backup.py FOLDER [--keep 30]`.

SQLite is copied by its own backup call, PostgreSQL by pg_dump; both are one moment of the database. A file gets its name when
it is whole. The settings with their secrets are not in it: keep `.env` elsewhere, docs/operating.md says why.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from sqlalchemy.engine import URL, make_url

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import config  # noqa: E402 (found only now)


def main() -> int:
    """Write one file, delete the oldest ones beyond `--keep`. Returns the exit status."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--keep", type=int, default=30, help="how many to keep (default: 30)")
    chosen = arguments.parse_args()
    url = make_url(config.database_url(config.load()))
    os.umask(0o077)
    chosen.folder.mkdir(parents=True, exist_ok=True)
    ending = "sqlite" if url.get_backend_name() == "sqlite" else "pgdump"
    file = chosen.folder / f"undersigned-{dt.datetime.now(dt.UTC):%Y%m%d-%H%M%S}.{ending}"
    half = file.with_suffix(f".{ending}.half")
    try:
        (copy_sqlite if ending == "sqlite" else dump_postgresql)(url, half)
        half.replace(file)
    finally:
        half.unlink(missing_ok=True)
    for old in sorted(chosen.folder.glob(f"undersigned-*.{ending}"))[: -chosen.keep]:
        old.unlink()
    print(f"{file} ({file.stat().st_size:,} bytes)")
    return 0


def copy_sqlite(url: URL, to: Path) -> None:
    """All of the database, in one file that needs no other beside it."""
    source = Path(url.database or "").resolve(strict=True)
    with closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as database, closing(sqlite3.connect(to)) as copy:
        database.backup(copy)
        found = copy.execute("PRAGMA integrity_check").fetchone()[0]
        if found != "ok":
            raise SystemExit(f"The copy is damaged, and so perhaps the database: {found}")


def dump_postgresql(url: URL, to: Path) -> None:
    """What pg_restore reads. The password goes through the environment, where other people of the machine do not see it."""
    named = {
        "PGHOST": url.host or url.query.get("host"),
        "PGPORT": url.port,
        "PGUSER": url.username,
        "PGPASSWORD": url.password,
    }
    environment = {**os.environ, **{name: str(value) for name, value in named.items() if value}}
    command = ["pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={to}", str(url.database)]
    subprocess.run(command, env=environment, check=True)


if __name__ == "__main__":
    sys.exit(main())
