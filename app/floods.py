"""The limits at the doors of the sign form and the search: so many a minute from one network, then 429 (RATE-06). And the turns of
those who read long files, few at a time.

Counted in each process, in a dictionary that is thrown away every minute. Flask-Limiter guards the doors where people sign in;
here, where each microsecond is paid by everybody who signs in a rush, it took a sixth of the whole request. The limits that
matter for signing, one signature and few mails for each mailbox, are in the database.
"""

from __future__ import annotations

import math
import threading
import time
from collections import Counter
from collections.abc import Callable

from flask import Flask, abort, current_app
from werkzeug.exceptions import TooManyRequests

from app.extensions import client_address, wider_network

WINDOW_SECONDS = 60
WIDER = 10  # times the limit, for a whole /48 (RATE-02)
LONG_SHARE = 4  # one thread in so many may hand out long files
MOST_TURNS = 2  # long files on their way to one network


class Door:
    """Counts who came in the present minute."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._window = 0
        self._came: dict[str, int] = {}

    def count(self, who: str) -> int:
        """How often `who` came in this minute, this time included."""
        window = int(time.monotonic() // WINDOW_SECONDS)
        with self._lock:
            if window != self._window:
                self._window, self._came = window, {}
            self._came[who] = times = self._came.get(who, 0) + 1
            return times

    @staticmethod
    def opens_in() -> float:
        """Seconds until the next minute, which counts anew."""
        return WINDOW_SECONDS - time.monotonic() % WINDOW_SECONDS

    def forget(self) -> None:
        """Nobody came; tests begin with that."""
        with self._lock:
            self._came = {}


class Turns:
    """Who is being handed a long file. It takes a thread for as long as its reader likes, and pages need some too."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._taken: Counter[str] = Counter()

    def take(self, who: str, most: int) -> Callable[[], None] | None:
        """What ends the turn of `who`, once however often it is called; None where all `most` turns are taken, or theirs."""
        with self._lock:
            if self._taken.total() >= most or self._taken[who] >= MOST_TURNS:
                return None
            self._taken[who] += 1
        left = [who]

        def end() -> None:
            with self._lock:
                if left:
                    self._taken -= Counter(left)
                    left.clear()

        return end


def init_app(app: Flask) -> None:
    """Give the app its doors and turns."""
    app.extensions["sign_door"] = Door()
    app.extensions["search_door"] = Door()
    app.extensions["file_turns"] = Turns()


def refuse_flood(door: str = "sign_door", limit: str = "SIGN_LIMIT") -> None:
    """Answer 429, and when to come again, to a network that comes to this door more often in a minute than the setting `limit` says."""
    at, most = current_app.extensions[door], current_app.config[limit]
    if at.count(client_address()) > most or at.count(f"all of {wider_network()}") > most * WIDER:
        raise TooManyRequests(retry_after=math.ceil(at.opens_in()))


def take_turn() -> Callable[[], None]:
    """A turn for a long file, and what ends it. Answers 503 where too many are on their way, all in all or to one network."""
    most = max(1, current_app.config["WEB_THREADS"] // LONG_SHARE)
    end: Callable[[], None] | None = current_app.extensions["file_turns"].take(wider_network(), most)
    return end or abort(503)
