"""The extension objects, how constraints are named, and how each database is opened."""

from __future__ import annotations

import sqlite3
import time
from ipaddress import IPv6Address, ip_address
from typing import TYPE_CHECKING, Any

from flask import request
from flask_babel import Babel
from flask_limiter import Limiter
from flask_migrate import Migrate
from flask_security import Security
from flask_sqlalchemy import SQLAlchemy
from flask_wtf.csrf import CSRFProtect
from sqlalchemy import Connection, Engine, MetaData, event
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.pool import ConnectionPoolEntry, Pool

NAMING = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
BUSY_SECONDS = 10
IDLE_SECONDS = 1  # a connection unused for longer is asked whether it is still there, before it is trusted
BEGIN = "sqlite_begin"  # execution option: the statement that opens a transaction on SQLite
BUSY = "sqlite_busy"  # execution option: after how many seconds SQLite gives up its wait for a lock of others


class Base(DeclarativeBase):
    """Every table."""

    metadata = MetaData(naming_convention=NAMING)


db = SQLAlchemy(model_class=Base)
if TYPE_CHECKING:  # Flask-SQLAlchemy makes the class that tables inherit from at run time, where mypy does not see it
    Model = Base
else:
    Model = db.Model
migrate = Migrate()
babel = Babel()
csrf = CSRFProtect()
security = Security()


def client_address() -> str:
    """The caller's network: an IPv4 address, or the /64 of an IPv6 one, which one household or phone can fill by itself."""
    try:
        address = ip_address(request.remote_addr or "0.0.0.0")  # noqa: S104 (a key for a counter, nothing listens)
    except ValueError:
        return "unknown"
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return f"{address.exploded[:19]}::/64"
    return str(address)


def wider_network() -> str:
    """The /48 of an IPv6 caller, of which one customer may have all 65,536 networks; for others the same as `client_address`."""
    address = client_address()
    return f"{address[:14]}::/48" if address.endswith("::/64") else address


class OnlyWhereDeclared(Limiter):
    """The limits of the views that declare one, checked where they are called. There are none for all pages, and to look for
    some before each of them took a tenth of a campaign page's time."""

    def _check_request_limit(self, callable_name: str | None = None, in_middleware: bool = True) -> None:
        if not in_middleware:
            super()._check_request_limit(callable_name, in_middleware)


limiter = OnlyWhereDeclared(key_func=client_address)


@event.listens_for(Engine, "connect")
def open_sqlite(connection: Any, _record: Any) -> None:
    """Durable, strict SQLite: what was acknowledged survives a power cut, what was deleted is overwritten."""
    if not isinstance(connection, sqlite3.Connection):
        return
    connection.isolation_level = None  # the driver begins nothing by itself; see begin_sqlite
    connection.create_function("unhex", 1, bytes.fromhex, deterministic=True)  # SQLite's own since 3.41
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "secure_delete=ON",
        f"busy_timeout={BUSY_SECONDS * 1000}",
        "cache_size=-16000",
    ):
        connection.execute(f"PRAGMA {pragma}")


@event.listens_for(Engine, "begin")
def begin_sqlite(connection: Connection) -> None:
    """Open the transaction: a reader by default, a writer where a unit of work asks for it."""
    if connection.dialect.name != "sqlite":
        return
    options = connection.get_execution_options()
    if BUSY not in options:
        connection.exec_driver_sql(options.get(BEGIN, "BEGIN"))
        return
    connection.exec_driver_sql(f"PRAGMA busy_timeout={int(options[BUSY] * 1000)}")
    try:
        connection.exec_driver_sql(options.get(BEGIN, "BEGIN"))
    finally:
        connection.exec_driver_sql(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}")


@event.listens_for(Pool, "checkin")
def remember_use(_connection: Any, record: ConnectionPoolEntry) -> None:
    """Note when a connection was last used."""
    record.info["used"] = time.monotonic()


@event.listens_for(Pool, "checkout")
def check_idle(connection: Any, record: ConnectionPoolEntry, _proxy: Any) -> None:
    """Ask an idle connection whether it is still there; the pool replaces it if not. A busy one needs no asking."""
    idle = time.monotonic() - record.info.get("used", time.monotonic())
    if idle < IDLE_SECONDS or isinstance(connection, sqlite3.Connection):
        return
    try:
        connection.execute("SELECT 1")
        connection.rollback()
    except Exception as error:
        raise DisconnectionError from error
