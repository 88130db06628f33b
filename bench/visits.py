"""What the measures of register and search share: an address timed as a browser has it, invented words, a topic to fill."""

from __future__ import annotations

import datetime as dt
import http.client
import random
import time
from contextlib import closing
from typing import Any

LETTERS = ("b", "d", "f", "gh", "h", "k", "l", "m", "n", "r", "s", "sh", "t", "z")


def timed(port: int, path: str, *, first: bool = False) -> tuple[float, int]:
    """Milliseconds until the answer is there, or its first byte; and how many bytes."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
        begun = time.perf_counter()
        connection.request("GET", path)
        answer = connection.getresponse()
        size = len(answer.read(1) if first else answer.read())
        took = (time.perf_counter() - begun) * 1000
        answer.read()  # to its end: a long file that is left in the middle is somebody's turn for a while
    if answer.status != 200:
        raise SystemExit(f"{path} answers {answer.status}")
    return took, size


def words(rng: random.Random) -> list[str]:
    """3,000 words that mean nothing."""
    return ["".join(rng.choice(LETTERS) + rng.choice("aiu") for _ in range(rng.randint(2, 4))) for _ in range(3000)]


def topic(title: str, now: dt.datetime) -> Any:
    """A public topic of an invented organisation, in a database that holds nothing else; inside an app's context."""
    from app.demo import content
    from app.domain import topics
    from app.extensions import db
    from app.models import Organisation

    organisation = Organisation(**content.ORGANISATION, is_demo=True, created_at=now)
    db.session.add(organisation)
    db.session.commit()
    made = topics.create(organisation.id, topics.Words(title, "Invented.", ""), locale="en", now=now)
    topics.publish(made, now=now)
    return made
