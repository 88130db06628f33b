"""`python -m bench imports`: a list of 10,000 invented signers read, looked at as a dry run, taken and taken back, on both databases.

One person at a time, in the process itself. Rows a second, of the whole list.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench import seed, servers

ROWS = int(os.environ.get("ROWS", "10000"))


def main() -> None:
    """Measure on both databases and print one table."""
    print(f"{ROWS:,} signers of another platform; seconds, and rows a second")
    with tempfile.TemporaryDirectory() as folder:
        measure("sqlite", f"sqlite:///{Path(folder) / 'imports.sqlite'}")
        with servers.postgresql() as server:
            server.psql("CREATE DATABASE bench")
            measure("postgresql", server.get_uri("bench").replace("postgresql://", "postgresql+psycopg://"))


def measure(engine: str, url: str) -> None:
    """In a process of its own, which knows its database from its settings."""
    env = servers.environment(url, servers.free_port())
    seed.prepare(env)
    subprocess.run([sys.executable, "-m", "bench.signer_imports", engine], cwd=servers.ROOT, env=env, check=True)


def content() -> bytes:
    """The list: every third has no mailbox, every tenth proves consent."""
    lines = ["Given name,Family name,E-mail,Country,Postcode,Signed on,Consent,Consent date,Consent wording"]
    for n in range(ROWS):
        mailbox = "" if n % 3 == 0 else f"signer{n}@example.org"
        consent = "yes,2026-05-03,You may write to me about this campaign." if n % 10 == 1 else ",,"
        lines.append(f"Given{n},Family{n % 999},{mailbox},Iraq,{n % 99999},2026-05-03,{consent}")
    return "\n".join(lines).encode()


def timed(engine: str, what: str, work: Callable[[], Any]) -> Any:
    """What comes of it; says how long it took."""
    begun = time.perf_counter()
    result = work()
    took = time.perf_counter() - begun
    print(f"{engine:11} {what:24} {took:8.2f} {ROWS / took:10,.0f}", flush=True)
    return result


def run(engine: str) -> None:
    """The whole way of a batch."""
    from sqlalchemy import select

    from app import clock, create_app, signer_reading
    from app.domain import batch_returns, signer_imports
    from app.domain.signer_imports import Provenance
    from app.extensions import db
    from app.models import Account, ActReason, Campaign, Membership, Role, SourceKind

    with create_app().app_context():
        now = clock.now()
        campaign = db.session.scalars(select(Campaign).order_by(Campaign.id)).first()
        assert campaign is not None
        olive = Account(email="importer@example.org", name="Olive", fs_uniquifier="bench", create_datetime=now)
        db.session.add(olive)
        db.session.flush()
        db.session.add(
            Membership(account_id=olive.id, organisation_id=campaign.organisation_id, role=Role.OWNER, created_at=now)
        )
        db.session.commit()
        said = Provenance(SourceKind.PLATFORM, "Bench", now.date(), now.date(), platform="example.org")
        batch = signer_imports.begin(campaign, said, content(), by=olive, now=now)
        reading = timed(engine, "read", lambda: signer_reading.read(batch, campaign, today=now.date()))
        timed(engine, "dry run", lambda: signer_imports.preview(batch, reading.given))
        seen = batch.revision
        plan = timed(
            engine,
            "taken",
            lambda: signer_imports.take(batch, reading.given, seen=seen, malformed=0, by=olive, now=now),
        )
        assert plan.taken == ROWS, plan.taken
        timed(engine, "taken back", lambda: batch_returns.take_back(batch, ActReason.MISTAKE, "", by=olive, now=now))


if __name__ == "__main__":
    run(sys.argv[1])
