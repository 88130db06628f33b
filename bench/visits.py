"""One visitor at a time: an address timed as a browser has it; and invented words to fill pages with."""

from __future__ import annotations

import http.client
import random
import time
from contextlib import closing

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
