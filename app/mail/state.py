"""What a sending worker knows: is the listener there, which mails does it hold, who is about to hand one over."""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Protocol

from app.mail.smtp import Letter

PATIENCE_SECONDS = 10.0  # longer than any listener thinks that is well
SAY_SECONDS = 30.0
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0
MOST_REFUSALS = 20  # mails put off one after the other before it counts as the listener's state

log = logging.getLogger(__name__)


class Way(Protocol):
    """How mails leave: over SMTP, or into the folder."""

    @property
    def is_open(self) -> bool: ...
    def hand_over(self, letter: Letter, turn: AbstractContextManager[None]) -> None: ...
    def close(self) -> None: ...


class Line:
    """Whether the listener can be reached. After a failure everybody waits, each time twice as long; then one mail tries."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._until = 0.0
        self._refusals = 0
        self.pause = 0.0

    @property
    def is_up(self) -> bool:
        """Whether mails go through, as far as is known."""
        return self.pause == 0.0

    @property
    def may_try(self) -> bool:
        """Whether a mail may be tried now."""
        return time.monotonic() >= self._until

    def failed(self) -> bool:
        """Nothing could be handed over. True for the first to notice; several connections may notice the same failure."""
        with self._lock:
            if not self.may_try:
                return False
            self.pause = min(max(self.pause * 2, FIRST_PAUSE), LONGEST_PAUSE)
            self._until = time.monotonic() + self.pause
            return True

    def put_off(self) -> None:
        """One mail was put off. After many in a row it is the listener's state, not the mails'."""
        self._refusals += 1
        if self._refusals >= MOST_REFUSALS:
            self.failed()
        else:
            self.answered()

    def answered(self) -> None:
        """The listener is there."""
        with self._lock:
            self.pause = self._until = 0.0

    def worked(self) -> None:
        """The listener took a mail."""
        self._refusals = 0
        if not self.is_up:
            self.answered()


class Outage:
    """Something that should answer does not: said once, and again every now and then, until it does."""

    def __init__(self, what: str) -> None:
        self.what = what
        self._said_at: float | None = None
        self._told = False

    def away(self, error: Exception) -> None:
        """It did not answer. Only the kind of error is logged; its text may quote what was asked."""
        if self._said_at is None or time.monotonic() - self._said_at > SAY_SECONDS:
            self._said_at, self._told = time.monotonic(), True
            log.warning("%s does not answer (%s); trying again until it does", self.what, type(error).__name__)

    def back(self) -> None:
        """It answered."""
        if self._told:
            self._told = False
            log.warning("%s answers again", self.what)


class Hands:
    """The mails that this worker holds: claimed, not yet finished."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: dict[int, float] = {}  # until when the lease surely holds, on this machine's own clock

    def __len__(self) -> int:
        return len(self._held)

    def take(self, mail_ids: list[int], until: float) -> list[int]:
        """Hold these; those held already are left out."""
        with self._lock:
            fresh = [mail_id for mail_id in mail_ids if mail_id not in self._held]
            self._held.update(dict.fromkeys(fresh, until))
            return fresh

    def put_down(self, *mail_ids: int) -> None:
        """These are finished, or nobody's business here any more."""
        with self._lock:
            for mail_id in mail_ids:
                self._held.pop(mail_id, None)

    def held(self) -> list[int]:
        """All that are held."""
        with self._lock:
            return list(self._held)

    def renewed(self, asked: list[int], kept: set[int], until: float) -> None:
        """Of the leases asked for, these hold on; the others are somebody else's, or gone."""
        with self._lock:
            for mail_id in asked:
                if mail_id in self._held:
                    self._held[mail_id] = until if mail_id in kept else 0.0

    def may_send(self, mail_id: int) -> bool:
        """Whether the lease still holds."""
        return time.monotonic() < self._held.get(mail_id, 0.0)


class Gap:
    """The moment between the listener's taking a mail and its mark. One mail at a time is in it, so that a kill repeats one at most
    (REL-04). A listener that hangs on one mail does not hold up the others for ever: after a while they go on beside it.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()

    @contextlib.contextmanager
    def __call__(self) -> Iterator[None]:
        mine = self._lock.acquire(timeout=PATIENCE_SECONDS)
        try:
            yield
        finally:
            if mine:
                self._lock.release()
