"""Who and what every test has at hand: the app on both databases, a clock, a mail listener, a browser."""

from __future__ import annotations

import datetime as dt
import functools
import os
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from hypothesis import HealthCheck, settings
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import Delete, TextClause, select, text
from werkzeug.serving import make_server

from app import clock as app_clock
from app import create_app, floods
from app.accounts import ARGON2
from app.extensions import db, limiter
from app.models import Account
from tests import factories
from tests.databases import ENGINES, database
from tests.listener import Listener
from tools import chromium as chromium_here

CHROMIUM_SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
]


# The first text that is drawn makes a table of all letters, which takes seconds on a busy machine and says nothing about the test.
settings.register_profile("tests", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("tests")

# More than a thousand tests sign in; what a hash costs is measured by the few that ask for `hashes_as_shipped`.
CHEAP_HASH = {"argon2__memory_cost": 64, "argon2__time_cost": 1}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Every test that uses the app runs on both databases; those marked `browser` or `sqlite_alone` look at pages and rights, which
    are the same on both."""
    if "engine" in metafunc.fixturenames:
        marked = metafunc.definition.get_closest_marker
        engines = ENGINES[:1] if marked("browser") or marked("sqlite_alone") else ENGINES
        metafunc.parametrize("engine", ENGINES[1:] if marked("postgresql_alone") else engines, scope="session")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Of a test with many cases PostgreSQL gets the first: what differs between databases are statements, and cases share theirs.
    Where each case has a statement of its own, or what it stores is what the test is about, it is marked `every_case`.

    Tests that mostly wait for processes run early; at the end nothing would be left that could use the time."""
    items.sort(key=lambda item: item.get_closest_marker("waits") is None)
    seen: set[str] = set()
    left_out = []
    for item in items:
        name, _bracket, case = item.nodeid.partition("[")
        if "postgresql" not in case or item.get_closest_marker("every_case"):
            continue
        if name in seen:
            left_out.append(item)
        seen.add(name)
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in set(left_out)]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="session")
def engine(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(scope="session")
def compiled_templates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where templates are kept once they are compiled: once for all processes of a run and both databases."""
    own = tmp_path_factory.getbasetemp()
    folder = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "templates"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def migrated(engine: str, compiled_templates: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The app on a migrated database; one for all tests of this process."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    with database(engine, f"tests_{worker}") as url:
        port = free_port()
        app = create_app(
            {
                "MODE": "testing",
                "INSTANCE_PATH": str(tmp_path_factory.mktemp("instance")),
                "DATABASE_URL": url,
                "SECRET_KEY": "a secret for tests, 0123456789 abcdef",
                "EMAIL_PEPPER": "another secret for tests, 9876543210",
                "BASE_URL": f"http://127.0.0.1:{port}",
                "MAIL_URL": "",
                "MAIL_FROM": "Undersigned <post@undersigned.example>",
                "PAGE_SECONDS": 0,
                "SIGN_LIMIT": 1_000_000,
                "PORT": port,
            }
        )
        app.config.update(WTF_CSRF_ENABLED=False, PROPAGATE_EXCEPTIONS=False)
        app.jinja_env.bytecode_cache = FileSystemBytecodeCache(str(compiled_templates))
        app.extensions["security"].pwd_context.update(**CHEAP_HASH)
        with app.app_context():
            upgrade()
        yield app
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


@pytest.fixture
def app(migrated: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """The app, with nothing in its database."""
    monkeypatch.setattr(limiter, "enabled", False)
    monkeypatch.setattr(floods, "WINDOW_SECONDS", 1e9)  # no minute ends in the middle of a test
    with migrated.app_context():
        _empty()
        migrated.extensions["pages"].clear()
        migrated.extensions.pop("numbers", None)  # kept for a minute by a slow machine; keys come again
        for door in ("sign_door", "search_door"):
            migrated.extensions[door].forget()
    config = dict(migrated.config)
    yield migrated
    migrated.config.clear()
    migrated.config.update(config)


def _empty() -> None:
    """Rows are deleted where there are any: a TRUNCATE of every table takes PostgreSQL a tenth of a second for each test."""
    on_postgresql = db.engine.dialect.name == "postgresql"
    deletes, find = _tables(frozenset() if on_postgresql else frozenset({"activity"}))
    found = set(db.session.scalars(find))
    if on_postgresql:  # no trigger, so nothing is looked up for each row that goes
        db.session.execute(text("SET LOCAL session_replication_role = replica"))
        db.session.execute(text("DELETE FROM search_words"))  # which a trigger does otherwise
    for name, delete in deletes.items():
        if name in found:
            db.session.execute(delete)
    if on_postgresql:
        db.session.execute(text("SELECT setval(oid::regclass, 1, false) FROM pg_class WHERE relkind = 'S'"))
    db.session.commit()


@functools.cache
def _tables(kept: frozenset[str]) -> tuple[dict[str, Delete], TextClause]:
    """How each table is emptied, in an order that no reference forbids, and the question which of them hold anything. What is `kept` is
    protected by a trigger, and goes with its organisations."""
    deletes = {table.name: table.delete() for table in reversed(db.metadata.sorted_tables) if table.name not in kept}
    return deletes, text(
        " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM \"{name}\")" for name in deletes)
    )


@pytest.fixture
def hashes_as_shipped(app: Flask) -> Iterator[None]:
    """Passwords cost what they cost in production."""
    context = app.extensions["security"].pwd_context
    factories.password_hash.cache_clear()
    context.update(**{name: ARGON2[name.removeprefix("argon2__")] for name in CHEAP_HASH})
    yield
    context.update(**CHEAP_HASH)
    factories.password_hash.cache_clear()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def make(app: Flask) -> factories.Make:
    return factories.Make(app)


@pytest.fixture
def stored(app: Flask) -> Callable[..., list[Any]]:
    """What the database holds: stored(Signature, state="pending") → detached rows, in the order of their keys."""

    def read(model: Any, **values: Any) -> list[Any]:
        with app.app_context():
            rows = db.session.scalars(select(model).filter_by(**values)).all()
            db.session.expunge_all()
            return sorted(rows, key=lambda row: getattr(row, "id", 0))

    return read


@pytest.fixture
def sign_in(make: factories.Make) -> Callable[..., None]:
    """Sign in through the page, on a device that the account knows, so that no mail about a new one is among those of the test."""

    def through_the_page(client: FlaskClient, account: Account, password: str = factories.PASSWORD) -> None:
        make.known_device(client, account)
        answer = client.post("/account/login", data={"email": account.email, "password": password})
        assert answer.status_code == 302, answer.text

    return through_the_page


class Clock:
    """The app's clock, in the test's hand."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.moment: dt.datetime | None = None
        monkeypatch.setattr(app_clock, "now", self.now)

    def now(self) -> dt.datetime:
        return self.moment or dt.datetime.now(dt.UTC)

    def set(self, moment: dt.datetime) -> None:
        self.moment = moment

    def forward(self, **delta: float) -> None:
        self.moment = self.now() + dt.timedelta(**delta)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


@pytest.fixture
def smtp() -> Iterator[Listener]:
    """A real SMTP listener on this machine."""
    with Listener() as listener:
        yield listener


@pytest.fixture
def live(app: Flask) -> Iterator[str]:
    """The address of a real server that runs the app."""
    server = make_server("127.0.0.1", app.config["PORT"], app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)  # seconds until it sees an end
    thread.start()
    yield app.config["BASE_URL"]
    server.shutdown()
    thread.join()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=30_000)  # milliseconds: a busy machine may take so long
    executable = chromium_here.find()
    if executable is None:
        pytest.fail("Browser tests need Chromium: run `make browser`, or install your system's chromium package.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=CHROMIUM_SWITCHES)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Any) -> Iterator[Any]:
    """A page of a fresh browser, 1280 x 900."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()
