"""Writing in the transaction of a page of Flask-Security, which commits by itself at the end."""

from __future__ import annotations

from typing import Any

from app.extensions import BEGIN, db


def begin() -> None:
    """On SQLite, turn the request's reading transaction into a writing one. Left to itself it would fail as soon as anybody
    else wrote since it began, and hashing a password takes long enough for that."""
    current = db.session()
    if db.engine.dialect.name != "sqlite" or current.info.get("writing") is current.get_transaction() is not None:
        return
    connection = current.connection()
    if connection.get_execution_options().get(BEGIN) is None:
        connection.exec_driver_sql("ROLLBACK")  # nothing was written yet, so nothing is lost
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    current.info["writing"] = current.get_transaction()


def itself(model: Any) -> Any:
    """The row behind Flask-Login's proxy."""
    return model._get_current_object() if hasattr(model, "_get_current_object") else model
