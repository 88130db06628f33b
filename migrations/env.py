"""How migrations reach the database: through the app's own engine, one transaction each."""

from alembic import context
from flask import current_app

from app.models.search import is_modelled
from app.models.types import UTC, Word

database = current_app.extensions["migrate"].db


def render_item(kind, thing, autogen_context):
    """Write our own column types as what the database sees, so that a migration never depends on today's code."""
    if kind == "type" and isinstance(thing, UTC):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(thing, Word):
        return "sa.String(length=24)"
    if kind == "type" and type(thing).__module__.startswith("flask_security"):
        return "sa.Text()"
    return False


def run() -> None:
    """Bring the database to the revision asked for."""
    options = {
        **current_app.extensions["migrate"].configure_args,
        "render_item": render_item,
        "include_name": is_modelled,
    }
    with database.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SET statement_timeout = 0")  # a page must be quick, a migration need not
            connection.commit()
        hold_references(connection, on=False)
        context.configure(
            connection=connection,
            target_metadata=database.metadata,
            transaction_per_migration=True,
            **options,
        )
        with context.begin_transaction():
            context.run_migrations()
        hold_references(connection, on=True)
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("RESET statement_timeout")  # the connection goes back to the pool, for pages
            connection.commit()


def hold_references(connection, on) -> None:
    """SQLite changes a table by making it anew. Meanwhile rows that refer to it must not be deleted with the old one; afterwards
    none may refer to nothing."""
    if connection.dialect.name != "sqlite":
        return
    sqlite = connection.connection.driver_connection  # by itself: inside a transaction the switch does nothing
    sqlite.execute(f"PRAGMA foreign_keys={'ON' if on else 'OFF'}")
    if on and (lost := sqlite.execute("PRAGMA foreign_key_check").fetchall()):
        raise SystemExit(f"the migration left rows that refer to nothing: {lost[:5]}")


run()
