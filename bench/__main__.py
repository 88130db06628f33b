"""`make bench`: one table, all of it measured in one run on one machine, each figure beside its own floor.

Ratios are what counts: machines differ and are noisy, a figure and its floor see the same noise. SQLite runs with
synchronous=FULL, PostgreSQL with its stock durability. `make bench ROWS=100000` is quicker than the usual 1,000,000.
Then the evidence register and the search at 100,000 incidents, the desk's numbers, and a list of 10,000 signers brought in;
`python -m bench register`, `search`, `numbers` or `imports` measures one of them alone.
"""

from __future__ import annotations

import os
import sqlite3
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import floors, measures, numbers, register, search, seed, servers, signer_imports

ROWS = int(os.environ.get("ROWS", "1000000"))
FEW = 1000
FORMS = {
    "spreadsheet": ("CSV", "4x, 50 MB"),
    "jsonl": ("JSONL", "50 MB"),
    "xlsx": ("XLSX", "300 MB"),
}  # and their goals
PARTS = {"register": register.main, "search": search.main, "numbers": numbers.main, "imports": signer_imports.main}


@dataclass(frozen=True)
class Line:
    """A row of the table."""

    what: str
    figure: str
    detail: str
    floor: str
    ratio: str
    goal: str


@dataclass
class Database:
    """One engine: where it is, how to reach it without the application, and its floors."""

    engine: str
    url: str
    connect: Callable[[], Any]
    inserts: dict[str, Callable[[int], float]]
    copy: Callable[[Path], float]


def main() -> None:
    lines: list[Line] = []
    with tempfile.TemporaryDirectory() as folder:
        with servers.postgresql() as server:
            server.psql("CREATE DATABASE bench")
            lines += run(on_postgresql(server), Path(folder))
        lines += run(on_sqlite(Path(folder)), Path(folder))
    show(lines)
    for part in PARTS.values():
        print()
        part()


def on_postgresql(server: Any) -> Database:
    import psycopg

    uri = server.get_uri("bench")
    return Database(
        "postgresql",
        uri.replace("postgresql://", "postgresql+psycopg://"),
        lambda: psycopg.connect(uri),
        {
            "bare INSERT by pgbench, 64 clients": lambda clients: floors.insert_postgresql(server, "bench", clients, 5),
            "bare INSERT by psycopg, 64 clients": lambda clients: floors.insert_by_driver(server, "bench", clients, 5),
        },
        lambda to: floors.export_postgresql(server, "bench", to),
    )


def on_sqlite(folder: Path) -> Database:
    file = str(folder / "bench.sqlite")
    return Database(
        "sqlite",
        f"sqlite:///{file}",
        lambda: sqlite3.connect(file, timeout=30),
        {"bare INSERT, 64 clients": lambda clients: floors.insert_sqlite(str(folder / "bare.sqlite"), clients, 5)},
        lambda to: floors.export_sqlite(file, to),
    )


def run(database: Database, folder: Path) -> list[Line]:
    """Everything on one database: first with few signatures, then with many."""
    port = servers.free_port()
    env = servers.environment(database.url, port)
    seed.prepare(env)
    _fill(database, 1, FEW)
    empty, post = _empty_routes(database)
    with servers.server("wsgi:app", env) as process:
        few_page, few_sign = measures.page(port, measures.PAGE), measures.sign(port, 1_000_000_000, 64)
        few_16 = measures.sign(port, 1_100_000_000, 16)
        count = measures.page(port, f"{measures.PAGE}/count.json")
        confirmed = measures.confirm(env, port, 3000)
        memory = servers.memory(process)
    rate = measures.mails(env, 2500)
    _fill(database, FEW + 1, ROWS)
    with servers.server("wsgi:app", env):
        many_page, many_sign = measures.page(port, measures.PAGE), measures.sign(port, 1_200_000_000, 64)
    bare, copied = {name: insert(64) for name, insert in database.inserts.items()}, database.copy(folder / "floor.csv")
    files = {form: measures.export(env, folder / f"export-{form}", form) for form in FORMS}
    name = database.engine
    return [
        _beside(f"{name}: campaign page, 16 clients", few_page, "empty route", empty, "0.5"),
        _beside(f"{name}: count.json, 16 clients", count, "empty route", empty, ""),
        _beside(f"{name}: signatures accepted, 64 clients", few_sign, "empty POST route", post, "0.15"),
        *(_beside("  the same", few_sign, floor, rate, "0.08") for floor, rate in bare.items()),
        _beside("  the same", few_sign, "at 16 clients", few_16["per_second"], "0.8"),
        _beside(f"{name}: confirmations, 64 clients, one campaign", confirmed, "empty POST route", post, ""),
        _beside(f"{name}: page at {ROWS:,} signatures", many_page, f"at {FEW:,}", few_page["per_second"], "0.8"),
        _beside(f"{name}: signing at {ROWS:,}", many_sign, f"at {FEW:,}", few_sign["per_second"], "0.8"),
        Line(f"{name}: mails to a local listener", f"{rate:,.0f}/s", "", "", "", "200/s"),
        *(_export_line(name, FORMS[form], exported, copied) for form, exported in files.items()),
        Line(f"{name}: peak memory of a web process", f"{memory} MB", "", "", "", ""),
    ]


def _fill(database: Database, first: int, last: int) -> None:
    connection = database.connect()
    seed.fill(connection, database.engine, first, last)
    connection.close()


def _empty_routes(database: Database) -> tuple[float, float]:
    port = servers.free_port()
    with servers.server("bench.floor:app", servers.environment(database.url, port)):
        get = measures.page(port, "/")
        load = servers.load(port, [servers.post(port, "/", b"")], clients=64, seconds=measures.SECONDS)
        return get["per_second"], measures.checked(load, 303)["per_second"]


def _beside(what: str, result: dict[str, Any], floor_name: str, floor: float, goal: str) -> Line:
    return Line(
        what,
        f"{result['per_second']:,.0f}/s",
        f"p50 {result['p50']:.1f} ms, p99 {result['p99']:.1f} ms",
        f"{floor_name}: {floor:,.0f}/s",
        f"{result['per_second'] / floor:.2f}",
        goal,
    )


def _export_line(name: str, form: tuple[str, str], exported: dict[str, Any], copied: float) -> Line:
    floor = "COPY" if name == "postgresql" else "plain cursor"
    return Line(
        f"{name}: export of {exported['rows']:,} signers, {form[0]}",
        f"{exported['rows'] / exported['seconds']:,.0f} rows/s",
        f"{exported['seconds']:.1f} s, first piece {exported['first'] * 1000:.0f} ms, {exported['memory']:.0f} MB above idle",
        f"{floor}: {copied:.1f} s",
        f"{exported['seconds'] / copied:.1f}x",
        form[1],
    )


def show(lines: list[Line]) -> None:
    """Print the table."""
    head = Line("what", "figure", "", "beside", "ratio", "goal")
    cells = [[line.what, line.figure, line.detail, line.floor, line.ratio, line.goal] for line in (head, *lines)]
    widths = [max(len(row[n]) for row in cells) for n in range(6)]
    for row in cells:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


if __name__ == "__main__":
    PARTS.get("".join(sys.argv[1:]), main)()
