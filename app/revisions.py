"""Does the database have the revision that this code was written for?"""

from __future__ import annotations

import functools

from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

import config
from app.extensions import db


@functools.cache
def newest() -> str | None:
    """The revision that this code needs."""
    script = Config()
    script.set_main_option("script_location", str(config.ROOT / "migrations"))
    return ScriptDirectory.from_config(script).get_current_head()


def problem() -> str:
    """What is wrong with the database's revision and what to do; empty when it is right."""
    with db.engine.connect() as connection:
        present = MigrationContext.configure(connection).get_current_revision()
    if present == newest():
        return ""
    if present is None:
        return "the database is empty; run: flask db upgrade"
    return f"the database is at revision {present}, this code needs {newest()}; run: flask db upgrade"


def refuse_wrong(app: Flask) -> None:
    """Stop here if the database answers and is at another revision (MIG-02). If it does not answer, `/readyz` says so."""
    with app.app_context():
        try:
            found = problem()
        except SQLAlchemyError:
            return
    if found:
        raise SystemExit(f"Undersigned does not start: {found}")
