"""Sending what the outbox holds: one thread claims and composes, a few hand over.

Each mail is marked the moment the listener took it. Between the two a kill makes it go out twice, under the same Message-ID;
so only one mail at a time is in that gap (`Gap`), and a kill repeats one at most.

When the listener is away nothing more is claimed and no row spends an attempt: the whole line waits, ever longer, and one mail
tries. When it is back, the oldest mail goes first.
"""

from __future__ import annotations

import contextlib
import logging
import queue
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from typing import ParamSpec, TypeVar

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from app import clock, links
from app.domain import outbox
from app.extensions import db
from app.mail import compose
from app.mail.folder import IntoFolder
from app.mail.headers import UnsafeHeader
from app.mail.smtp import Away, Connection, Later, Letter, Never, read_url
from app.mail.state import Gap, Hands, Line, Outage, Way

P = ParamSpec("P")
R = TypeVar("R")
BATCH = 20  # mails in hand for each connection
RENEW_SECONDS = outbox.LEASE.total_seconds() / 5
POLL_SECONDS = 0.5
IDLE_SECONDS = 60.0  # a connection that nothing was sent over for so long is closed
DATABASE_SECONDS = 1.0
GRACE_SECONDS = 8.0  # how long a stopping worker waits for the listener's answer

log = logging.getLogger(__name__)


class NotOurs(Exception):
    """The lease ran out or the row is gone: the mail is not ours to send."""


class Delivery:
    """Hands mails over until it is stopped."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.worker = secrets.token_hex(12)
        self.where = read_url(app.config["MAIL_URL"])
        self.ways = max(1, app.config["MAIL_CONNECTIONS"]) if self.where else 1
        self.line, self.hands, self.gap = Line(), Hands(), Gap()
        self.letters: queue.SimpleQueue[Letter | None] = queue.SimpleQueue()
        self.given_back: queue.SimpleQueue[int] = queue.SimpleQueue()
        self.wake = threading.Event()
        self.database = Outage("the database")
        self._trouble = ""  # why nothing could be handed over last
        self._abandon = threading.Event()
        self._threads: list[threading.Thread] = []
        self._renewed_at = time.monotonic()

    # The thread that claims and composes.

    def run(self, stop: threading.Event) -> None:
        """Send until `stop` is set (and `wake`, so that it is noticed at once). Survives a database that is away."""
        self.start()
        try:
            while not stop.is_set():
                if not self._tick_or_note():
                    self.wake.wait(POLL_SECONDS)
                self.wake.clear()
        finally:
            self.stop()

    def _tick_or_note(self) -> bool:
        try:
            return self.tick()
        except SQLAlchemyError as error:
            self._database_away(error)
            return False

    def until_idle(self) -> None:
        """Send what is due now, then return; also when the listener turns out to be away."""
        self.start()
        try:
            while self.tick() or len(self.hands) or not self.given_back.empty():
                self.wake.wait(POLL_SECONDS)
                self.wake.clear()
        finally:
            self.stop()

    def start(self) -> None:
        """Open the ways out."""
        for number in range(self.ways):
            thread = threading.Thread(target=self._hand_over_all, name=f"mail-{number + 1}", daemon=True)
            thread.start()
            self._threads.append(thread)

    def stop(self) -> None:
        """Let the mails on their way arrive, give back the others."""
        with contextlib.suppress(queue.Empty):
            while letter := self.letters.get_nowait():
                self.given_back.put(letter.mail_id)
        for _ in self._threads:
            self.letters.put(None)
        deadline = time.monotonic() + GRACE_SECONDS
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        self._abandon.set()
        with contextlib.suppress(SQLAlchemyError):
            self._release()

    def tick(self) -> bool:
        """Keep the leases, give back what cannot be sent, claim what is due. True if there may be more to do at once."""
        self._release()
        if time.monotonic() - self._renewed_at > RENEW_SECONDS:
            self._renew()
        most = self.ways * BATCH
        if not self.line.may_try or len(self.hands) > (most // 2 if self.line.is_up else 0):
            return False
        is_due = outbox.is_due(clock.now())
        db.session.rollback()
        self.database.back()
        if not is_due:
            return False
        return self._claim(most - len(self.hands) if self.line.is_up else 1)

    def _claim(self, limit: int) -> bool:
        until = time.monotonic() + outbox.LEASE.total_seconds()
        claimed = self.hands.take(outbox.claim(self.worker, limit, clock.now()), until)
        over, failed = list(claimed), {}
        try:
            for mail in compose.loaded(claimed):
                try:
                    letter = compose.letter(self.app, mail, clock.now())
                except SQLAlchemyError:
                    raise
                except Exception as error:  # whatever is wrong with one row must not hold up the others
                    failed[mail.id] = _reason(error)
                    letter = None
                if letter is not None or mail.id in failed:
                    over.remove(mail.id)
                if letter is not None:
                    self.letters.put(letter)
        except SQLAlchemyError:
            self.hands.put_down(*claimed)  # what is queued is then not sent; all are due again when the lease ends
            raise
        finally:
            db.session.rollback()
        self._settle(over, failed)
        return len(claimed) == limit

    def _settle(self, over: list[int], failed: dict[int, str]) -> None:
        """Take off the line what is not sent at all."""
        if over:
            outbox.drop(self.worker, over)
        for mail_id, reason in failed.items():
            log.error("mail %d failed: %s", mail_id, reason)
            outbox.refused(mail_id, self.worker, reason)
        self.hands.put_down(*over, *failed)

    def _renew(self) -> None:
        asked, until = self.hands.held(), time.monotonic() + outbox.LEASE.total_seconds()
        if asked:
            self.hands.renewed(asked, outbox.renew(self.worker, asked, clock.now()), until)
        self._renewed_at = time.monotonic()

    def _release(self) -> None:
        returned: list[int] = []
        with contextlib.suppress(queue.Empty):
            while True:
                returned.append(self.given_back.get_nowait())
        if returned:
            outbox.release(self.worker, returned, clock.now())
            self.hands.put_down(*returned)
            if self._trouble:
                outbox.note(self._trouble, clock.now())

    # The threads that hand over.

    def _hand_over_all(self) -> None:
        with self.app.app_context():
            way = self._way()
            while True:
                try:
                    letter = self.letters.get(timeout=IDLE_SECONDS)
                except queue.Empty:
                    way.close()
                    continue
                if letter is None:
                    break
                self._try(way, letter)
                self.wake.set()
            way.close()

    def _way(self) -> Way:
        if self.where is None:
            return IntoFolder(self.app)
        return Connection(self.where, own_name=links.host(), require_tls=self.app.config["MAIL_REQUIRE_TLS"])

    def _try(self, way: Way, letter: Letter) -> None:
        if not self.hands.may_send(letter.mail_id):
            self.hands.put_down(letter.mail_id)
            return
        if not self.line.may_try:
            self.given_back.put(letter.mail_id)
            return
        try:
            way.hand_over(letter, self._turn(letter))
        except NotOurs:
            log.warning("mail %d is not ours any more", letter.mail_id)
        except Away as trouble:
            self._away(str(trouble))
            self.given_back.put(letter.mail_id)
            return
        except Never as answer:
            self.line.answered()
            log.warning("mail %d refused: %s", letter.mail_id, answer)
            self._surely(outbox.refused, letter.mail_id, self.worker, str(answer))
        except Exception as error:  # a fault of ours too: the mail waits, the thread goes on
            reason = str(error) if isinstance(error, Later) else _reason(error)
            self._put_off(letter, reason, way.is_open)
        self.hands.put_down(letter.mail_id)

    def _put_off(self, letter: Letter, reason: str, still_there: bool) -> None:
        if still_there:
            self.line.put_off()
        else:
            self._away(reason)
        self._surely(outbox.postponed, letter.mail_id, self.worker, reason, clock.now())

    @contextlib.contextmanager
    def _turn(self, letter: Letter) -> Iterator[None]:
        """Entered before the listener may take the mail, left when its row says so."""
        with self.gap():
            if not self.hands.may_send(letter.mail_id):
                raise NotOurs
            yield
            if self._surely(outbox.sent, letter.mail_id, self.worker, clock.now()) is False:
                log.warning("mail %d went out, but its lease had ended; it may go out again", letter.mail_id)
        self.line.worked()
        self._trouble = ""

    def _away(self, reason: str) -> None:
        if self.line.failed():
            log.warning("no mail can be handed over: %s; next try in %.0f s", reason, self.line.pause)
        self._trouble = reason

    def _surely(self, verb: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R | None:
        """Do it, however long the database is away. None if we have to stop before it is back."""
        while True:
            try:
                done = verb(*args, **kwargs)
            except SQLAlchemyError as error:
                self._database_away(error)
                if self._abandon.wait(DATABASE_SECONDS):
                    return None
            else:
                self.database.back()
                return done

    def _database_away(self, error: SQLAlchemyError) -> None:
        with contextlib.suppress(SQLAlchemyError):
            db.session.rollback()
        self.database.away(error)


def _reason(error: Exception) -> str:
    """What may be kept of an exception: our own sentences; of others the kind, since their texts may quote a person."""
    return str(error) if isinstance(error, UnsafeHeader) else f"{type(error).__name__} in our own code"
