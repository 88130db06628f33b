"""`python -m bench register`: a register of 100,000 invented incidents on both databases, each page and filter timed as a visitor has it.

No page is kept (PAGE_SECONDS=0), one visitor at a time, the project's own server. Each figure stands beside the answer that asks
the database one empty question. `ROWS=10000 python -m bench register` is quicker.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import random
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from bench import servers, visits

ROWS = int(os.environ.get("ROWS", "100000"))
TIMES = int(os.environ.get("TIMES", "40"))
GOAL = 100  # milliseconds, for the list and each filter
SLUG = "bench"
AT = f"/topics/{SLUG}/register"
QUESTION = "/readyz"
COLUMNS = (
    "id", "public_id", "register_id", "same_key", "happened_on", "precision", "place", "region", "country",
    "place_key", "latitude", "longitude", "assessment", "killed_count", "injured_count", "description", "source_names",
    "search_text", "created_at", "changed_at",
)  # fmt: skip
PAGES = {
    "the whole": "",
    "oldest first": "sort=oldest",
    "by place": "sort=place",
    "by assessment": "sort=assessment",
    "last changed": "sort=changed",
    "credible": "assessment=credible",
    "open": "assessment=open",
    "a common source": "source=Airwars+report",
    "a rare source": "source=Rare+report",
    "a country": "country=SY",
    "a part of a place": "place=al-",
    "a rare place": "place=only-once",
    "ten years": "from=2010-02-01&to=2020-02-01",
    "one month": "from=2015-02-01&to=2015-02-28",
    "a word that all have": "q=report",
    "a word that some have": "q=market",
    "a word that one has": "q=only-once",
    "a word that none has": "q=zzzzz",
    "% and _": "q=%25_",
    "two words, open, Syria": "q=market+road&assessment=open&country=SY",
    "map, the whole": "/map",
    "map of a country": "/map?country=SY",
}


def main() -> None:
    """Measure on both databases and print one table."""
    print(f"{ROWS:,} incidents; milliseconds, p50 and p99 of {TIMES}; goal: p50 under {GOAL}")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "register.sqlite"
        measure("sqlite", f"sqlite:///{file}", lambda rows: _fill_sqlite(file, rows))
        with servers.postgresql() as server:
            server.psql("CREATE DATABASE bench")
            uri = server.get_uri("bench")
            url = uri.replace("postgresql://", "postgresql+psycopg://")
            measure("postgresql", url, lambda rows: _fill_postgresql(uri, rows))


def measure(engine: str, url: str, fill: Any) -> None:
    """Fill one database and time every page."""
    port = servers.free_port()
    env = servers.environment(url, port, PAGE_SECONDS="0")
    subprocess.run([sys.executable, "-m", "bench.register"], cwd=servers.ROOT, env=env, check=True)
    fill(list(incidents()))
    with servers.server("wsgi:app", env):
        floor = [visits.timed(port, QUESTION)[0] for _ in range(TIMES)]
        _show(engine, "an empty question", floor, statistics.median(floor), False)
        for name, asked in PAGES.items():
            path = f"{AT}{asked}" if asked.startswith("/") else f"{AT}?{asked}" if asked else AT
            visits.timed(port, path)  # the first one reads files and counts what is kept
            _show(engine, name, [visits.timed(port, path)[0] for _ in range(TIMES)], statistics.median(floor))
        for name in ("csv", "json"):
            first = [visits.timed(port, f"{AT}.{name}", first=True)[0] for _ in range(5)]
            _show(engine, f"{name}, first byte", first, statistics.median(floor), False)
            whole, size = visits.timed(port, f"{AT}.{name}")
            print(f"{engine:11} {name + ', all of it':28} {whole:8.0f}        {size / 1e6:.0f} MB")


def _show(engine: str, name: str, found: list[float], floor: float, has_goal: bool = True) -> None:
    half, most = statistics.median(found), sorted(found)[int(len(found) * 0.99)]
    late = "  over the goal" if has_goal and half > GOAL else ""
    print(f"{engine:11} {name:28} {half:8.1f} {most:8.1f}  {half / floor:6.1f}x{late}", flush=True)


def incidents() -> Iterator[tuple[Any, ...]]:
    """Invented incidents, the same each time: 1,500 places in two countries, 40 sources, fifteen years, a sentence each."""
    rng = random.Random(4)
    made = visits.words(rng)
    words = [*made, "market", "road", "house", "convoy", "bridge", "school", "night", "morning"]
    places = [rng.choice(("al-", "Tell ", "Abu ", "")) + rng.choice(made).title() for _ in range(1500)]
    where = [
        (rng.uniform(30, 37), rng.uniform(37, 47), rng.choice(("Idlib", "Raqqah", "Ninewa", "Anbar", "")))
        for _ in places
    ]
    sources = ["Airwars report", "self-report", *(f"{rng.choice(made).title()} report" for _ in range(38))]
    now = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    for n in range(1, ROWS + 1):
        at = rng.randrange(len(places))
        place = "Only-once" if n == ROWS // 2 else places[at]
        latitude, longitude, region = where[at]
        on = dt.date(2009, 1, 1) + dt.timedelta(days=rng.randrange(5800))
        source = "Rare report" if n % (ROWS // 4) == 7 else rng.choices(sources, [400, 200, *([10] * 38)])[0]
        said = " ".join(rng.choices(words, k=30)) if n % 3 == 0 else ""
        said = f"{said} near the market" if n % 50 == 0 else said
        killed = rng.choice((None, 0, 1, 2, 5))
        digest = hashlib.blake2b(str(n).encode(), digest_size=15).digest() + b"\x00"
        key = f"{place}, {region}".casefold().strip(", ")
        text = "\n".join(part for part in (place, region, said, source) if part).casefold()
        assessment = rng.choices(("open", "credible", "non_credible", "reopened"), (70, 10, 17, 3))[0]
        yield (
            n, f"{n:022}", 1, digest, on.isoformat(), "day", place, region,
            "IQ" if longitude > 42 else "SY", key, round(latitude, 5), round(longitude, 5), assessment, killed, None, said,
            source, text, now, now - dt.timedelta(seconds=rng.randrange(10**7)),
        )  # fmt: skip


def _fill_sqlite(file: Path, rows: list[tuple[Any, ...]]) -> None:
    import sqlite3

    marks = ", ".join("?" for _ in COLUMNS)
    texts = [
        tuple(v.strftime("%Y-%m-%d %H:%M:%S.%f") if isinstance(v, dt.datetime) else v for v in row) for row in rows
    ]
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.executemany(f"INSERT INTO incident ({', '.join(COLUMNS)}) VALUES ({marks})", texts)  # noqa: S608 (our own names)
        connection.executemany(
            "INSERT INTO incident_source (incident_id, position, name, url) VALUES (?, 0, ?, '')",
            [(row[0], row[16]) for row in rows],
        )


def _fill_postgresql(uri: str, rows: list[tuple[Any, ...]]) -> None:
    import psycopg

    with psycopg.connect(uri, autocommit=True) as connection:
        with connection.cursor().copy(f"COPY incident ({', '.join(COLUMNS)}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        with connection.cursor().copy("COPY incident_source (incident_id, position, name, url) FROM STDIN") as copy:
            for row in rows:
                copy.write_row((row[0], 0, row[16], ""))
        connection.execute("VACUUM ANALYZE")


def prepare() -> None:
    """Migrate, and open an empty public register; in a process of its own."""
    from flask_migrate import upgrade

    from app import clock, create_app
    from app.domain import registers

    app = create_app()
    with app.app_context():
        upgrade()
        now = clock.now()
        topic = visits.topic(SLUG, now)
        register = registers.begin(topic, now=now)
        registers.change(register, {"is_public": True}, seen=None, now=now)


if __name__ == "__main__":
    prepare()
