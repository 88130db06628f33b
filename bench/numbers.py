"""`python -m bench numbers`: the desk's pages of numbers with few signatures and with many, on both databases, from the roll-ups.

One visitor, signed in, without a network between: what the pages themselves cost. `ROWS=100000 python -m bench numbers` is quicker.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import secrets
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench import seed, servers

ROWS = int(os.environ.get("ROWS", "1000000"))
FEW, TIMES = 1000, 15
EMAIL, PASSWORD = "olive@example.org", secrets.token_hex(16)
GOAL = 1.5  # times as long for many as for few
PAGES = {
    "overview": "/campaigns/{slug}",
    "one campaign, 30 days": "/campaigns/{slug}/numbers",
    "one campaign, by hour": "/campaigns/{slug}/numbers?period=today",
    "one campaign, all": "/campaigns/{slug}/numbers?period=all",
    "all campaigns": "/numbers",
    "signer list": "/campaigns/{slug}/signatures",
    "signer list, by name": "/campaigns/{slug}/signatures?name=a",
}


def main() -> None:
    """Measure on both databases and print one table."""
    print(f"milliseconds, median of {TIMES}; goal: at most {GOAL}x at {ROWS:,} signatures of what it is at {FEW:,}")
    with tempfile.TemporaryDirectory() as folder:
        file = str(Path(folder) / "numbers.sqlite")
        _measure("sqlite", f"sqlite:///{file}", lambda: sqlite3.connect(file, timeout=30))
    with servers.postgresql() as server:
        import psycopg

        server.psql("CREATE DATABASE bench")
        uri = server.get_uri("bench")
        _measure("postgresql", uri.replace("postgresql://", "postgresql+psycopg://"), lambda: psycopg.connect(uri))


def _measure(engine: str, url: str, connect: Callable[[], Any]) -> None:
    env = servers.environment(url, servers.free_port())
    seed.prepare(env)
    found = []
    for first, last in ((1, FEW), (FEW + 1, ROWS)):
        connection = connect()
        seed.fill(connection, engine, first, last)
        for table in ("signature_tally", "tally_progress"):  # signatures of the past came, which nobody marked
            connection.cursor().execute(f"DELETE FROM {table}")
        connection.commit()
        connection.close()
        command = [sys.executable, "-m", "bench.numbers"]
        done = subprocess.run(command, cwd=servers.ROOT, env=env, capture_output=True, text=True, check=True)
        found.append(json.loads(done.stdout.splitlines()[-1]))
    few, many = found
    for name in few:
        ratio = many[name] / few[name]
        late = "  over the goal" if name in PAGES and ratio > GOAL else ""
        print(f"{engine:11} {name:24} {few[name]:9.1f} {many[name]:9.1f}  {ratio:6.2f}x{late}", flush=True)


def timed() -> dict[str, float]:
    """Sum up what is there, sign in, and time each page, in this process."""
    from app import clock, create_app, jobs
    from app.domain import tallies

    app = create_app()
    app.config.update(WTF_CSRF_ENABLED=False)
    with app.app_context():
        begun = time.perf_counter()
        jobs.sum_up(clock.now())
        found = {"summing all of it up": (time.perf_counter() - begun) * 1000}
        begun = time.perf_counter()
        tallies.due(clock.now())
        found["a look of the worker"] = (time.perf_counter() - begun) * 1000
        desk = _desk(clock.now())
    client = app.test_client()
    client.post("/account/login", data={"email": EMAIL, "password": PASSWORD})
    for name, path in PAGES.items():
        address = f"/desk/{desk}" + path.format(slug=seed.SLUG)
        took = []
        for _ in range(TIMES):
            begun = time.perf_counter()
            answer = client.get(address)
            took.append((time.perf_counter() - begun) * 1000)
            assert answer.status_code == 200, address
        found[name] = statistics.median(took)
    return found


def _desk(now: dt.datetime) -> str:
    """Somebody who owns the organisation; its part of the address."""
    from flask_security import hash_password

    from app.extensions import db
    from app.models import Account, Membership, Organisation, Role

    organisation = db.session.query(Organisation).one()
    db.session.query(Account).delete()
    account = Account(
        email=EMAIL,
        name="Olive",
        password=hash_password(PASSWORD),
        fs_uniquifier=secrets.token_hex(16),
        create_datetime=now,
    )
    db.session.add(account)
    db.session.flush()
    db.session.add(Membership(account_id=account.id, organisation_id=organisation.id, role=Role.OWNER, created_at=now))
    db.session.commit()
    return organisation.slug


if __name__ == "__main__":
    print(json.dumps(timed()))
