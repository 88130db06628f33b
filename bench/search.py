"""`python -m bench search`: 100,000 invented incidents and 5,000 news items on both databases, each search timed as a visitor has it.

One visitor at a time, the project's own server, nothing kept. `ROWS=10000 python -m bench search` is quicker.
"""

from __future__ import annotations

import datetime as dt
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench import servers, visits

ROWS = int(os.environ.get("ROWS", "100000"))
ITEMS = ROWS // 20
TIMES = int(os.environ.get("TIMES", "20"))
GOAL = 100  # milliseconds
BATCH = 5000
ASKED = {
    "a word that all have": "q=report",
    "two words that most have": "q=airwars+report",
    "a word that half have": "q=syria",
    "a word that some have": "q=market",
    "two of them": "q=market+road",
    "half a word": "q=marke",
    "a word that none has": "q=zzzzz",
    "% and _": "q=%25_",
    "incidents only": "q=report&kind=incident",
    "news only": "q=market&kind=news",
    "of one topic": "q=market&topic=bench",
    "of one year": "q=report&since=2012&until=2012",
    "all of a month": "since=June+2015&until=June+2015",
    "the last of many pages": f"q=report&page={ROWS // 20}",
}


def main() -> None:
    """Measure on both databases and print one table."""
    print(f"{ROWS:,} incidents, {ITEMS:,} news items; milliseconds, p50 and p99 of {TIMES}; goal: p50 under {GOAL}")
    with tempfile.TemporaryDirectory() as folder:
        measure("sqlite", f"sqlite:///{Path(folder) / 'search.sqlite'}")
        with servers.postgresql() as server:
            server.psql("CREATE DATABASE bench")
            measure("postgresql", server.get_uri("bench").replace("postgresql://", "postgresql+psycopg://"))


def measure(engine: str, url: str) -> None:
    """Fill one database and time every question."""
    port = servers.free_port()
    env = servers.environment(url, port, PAGE_SECONDS="0", SEARCH_LIMIT="1000000")
    subprocess.run([sys.executable, "-m", "bench.search", "prepare"], cwd=servers.ROOT, env=env, check=True)
    with servers.server("wsgi:app", env):
        for name, asked in ASKED.items():
            visits.timed(port, f"/search?{asked}")
            found = sorted(visits.timed(port, f"/search?{asked}")[0] for _ in range(TIMES))
            half = statistics.median(found)
            late = "  over the goal" if half > GOAL else ""
            print(f"{engine:11} {name:28} {half:8.1f} {found[int(TIMES * 0.99)]:8.1f}{late}", flush=True)


def _incidents(register_id: int, now: dt.datetime) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    rng = random.Random(4)
    words = [*visits.words(rng), "market", "road", "house", "convoy", "bridge", "school"]
    for n in range(1, ROWS + 1):
        row = {
            "id": n,
            "public_id": f"{n:022}",
            "register_id": register_id,
            "same_key": n.to_bytes(16, "big"),
            "happened_on": dt.date(2009, 1, 1) + dt.timedelta(days=rng.randrange(5800)),
            "precision": "day",
            "place": rng.choice(words).title(),
            "country": rng.choice(("IQ", "SY")),
            "description": " ".join(rng.choices(words, k=30)) if n % 3 == 0 else "",
            "created_at": now,
            "changed_at": now,
        }
        yield row, {"incident_id": n, "position": 0, "name": "Airwars report" if n % 3 else "self-report"}


def _items(organisation_id: int, now: dt.datetime) -> Iterator[dict[str, Any]]:
    rng = random.Random(5)
    words = [*visits.words(rng), "market", "road", "report"]
    for n in range(1, ITEMS + 1):
        yield {
            "id": n,
            "public_id": f"{n:022}",
            "organisation_id": organisation_id,
            "title": " ".join(rng.choices(words, k=8)),
            "outlet": "The Example Post",
            "published_on": dt.date(2009, 1, 1) + dt.timedelta(days=rng.randrange(5800)),
            "excerpt": " ".join(rng.choices(words, k=40)),
            "url": "https://news.example.org/",
            "created_at": now,
        }


def prepare() -> None:
    """Migrate, fill, and let the search read it; in a process of its own."""
    from flask_migrate import upgrade
    from sqlalchemy import insert, text

    from app import clock, create_app
    from app.domain import search_index
    from app.extensions import db
    from app.models import Incident, IncidentSource, NewsItem, Register, topic_news
    from app.models.types import table_of

    app = create_app()
    with app.app_context():
        upgrade()
        now = clock.now()
        topic = visits.topic("Bench", now)
        register = Register(topic_id=topic.id, title="Invented", is_public=True, created_at=now, edited_at=now)
        db.session.add(register)
        db.session.commit()
        pairs, items = list(_incidents(register.id, now)), list(_items(topic.organisation_id, now))
        for start in range(0, ROWS, BATCH):
            some = pairs[start : start + BATCH]
            db.session.execute(insert(table_of(Incident)), [{"assessment": "open", **row} for row, _source in some])
            db.session.execute(insert(table_of(IncidentSource)), [source for _row, source in some])
        db.session.execute(insert(table_of(NewsItem)), items)
        db.session.execute(insert(topic_news), [{"topic_id": topic.id, "news_item_id": item["id"]} for item in items])
        db.session.commit()
        begun = time.perf_counter()
        while search_index.complete():
            pass
        print(f"{db.engine.dialect.name:11} read in {time.perf_counter() - begun:.0f} s")
        if db.engine.dialect.name == "postgresql":
            db.session.execute(text("ANALYZE"))
            db.session.commit()


if __name__ == "__main__":
    prepare() if sys.argv[1:] == ["prepare"] else main()
