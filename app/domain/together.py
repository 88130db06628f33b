"""Many who want the same at the same moment share one unit of work."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import Engine
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app.extensions import db

R = TypeVar("R")
W = TypeVar("W")

AWAY = (OperationalError, InterfaceError, PoolTimeout)  # the database's trouble, whoever asks
HELD_UP = "55P03"  # PostgreSQL: somebody else holds the lock for too long, perhaps that of one row only
MOST_TOGETHER = 64
MOST_IN_A_ROW = 2  # so many who fail one after the other for the database's trouble: the others are not tried any more


class Together(Generic[W, R]):
    """Makes one transaction of what many threads want at the same moment: one commit, and few statements, for all of them.

    Whoever comes first does it. Whoever comes while it is under way waits, and the first of those does the next for all of them;
    so nobody waits for company, and nobody goes on before the commit that has their own wish in it.
    """

    def __init__(self, verb: Callable[[Sequence[W]], Sequence[R]]) -> None:
        """`verb` is a unit of work that does many wishes and gives what came of each, in their order."""
        self._verb = verb
        self._lines: WeakKeyDictionary[Engine, _Line[W, R]] = WeakKeyDictionary()

    def __call__(self, wish: W) -> R:
        """What came of the wish. Raises what the verb raised at it."""
        line = self._lines.setdefault(db.engine, _Line())
        place = line.join(wish)
        place.ready.acquire()
        if not place.is_done:
            places = line.next_ones()
            try:
                self._do(places)
            finally:  # also when this thread is told to end: nobody may wait for it for ever
                for one in places:
                    if not one.is_done:
                        one.end(error=Interrupted())
                line.pass_on()
        if place.error is not None:
            raise place.error
        return place.result

    def _do(self, places: list[_Place[W, R]]) -> None:
        try:
            results = self._verb([place.wish for place in places])
        except Exception as error:
            if len(places) > 1 and _may_be_one(error):
                self._do_each(places)
                return
            for place in places:
                place.end(error=error)
        else:
            for place, result in zip(places, results, strict=True):
                place.end(result)

    def _do_each(self, places: list[_Place[W, R]]) -> None:
        """One of them is at fault, or waits for somebody else's lock; the others must not pay for it."""
        in_a_row, last = 0, None
        for place in places:
            if in_a_row == MOST_IN_A_ROW:  # it was the database after all
                place.end(error=last)
                continue
            self._do([place])
            last = place.error
            in_a_row = in_a_row + 1 if isinstance(last, AWAY) else 0


def _may_be_one(error: Exception) -> bool:
    """Whether one wish alone may be what failed, so that the others are worth trying."""
    return not isinstance(error, AWAY) or getattr(getattr(error, "orig", None), "sqlstate", None) == HELD_UP


class Interrupted(Exception):
    """The thread that did it for everybody had to end. Nothing was acknowledged."""


class _Place(Generic[W, R]):
    """Somebody's place in the line."""

    result: R

    def __init__(self, wish: W) -> None:
        self.wish = wish
        self.error: Exception | None = None
        self.is_done = False
        self.ready = threading.Lock()  # open when it is done, or when it is this one's turn to do it for everybody
        self.ready.acquire()

    def end(self, result: R | None = None, error: Exception | None = None) -> None:
        """It is done."""
        self.result, self.error, self.is_done = result, error, True  # type: ignore[assignment]  # no result with an error
        if self.ready.locked():
            self.ready.release()


class _Line(Generic[W, R]):
    """Who waits for one database, and whether somebody is at it."""

    def __init__(self) -> None:
        self.waiting: deque[_Place[W, R]] = deque()
        self._lock = threading.Lock()
        self._is_busy = False

    def join(self, wish: W) -> _Place[W, R]:
        """A place at the end of the line; ready at once where nobody is at it."""
        place = _Place[W, R](wish)
        with self._lock:
            self.waiting.append(place)
            if not self._is_busy:
                self._is_busy = True
                place.ready.release()
        return place

    def next_ones(self) -> list[_Place[W, R]]:
        """All who wait, or as many as go together, the first in the line first."""
        with self._lock:
            return [self.waiting.popleft() for _ in range(min(len(self.waiting), MOST_TOGETHER))]

    def pass_on(self) -> None:
        """It is the turn of whoever is first now."""
        with self._lock:
            if self.waiting:
                self.waiting[0].ready.release()
            else:
                self._is_busy = False
