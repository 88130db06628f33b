"""Going to links for organisers: reading what a page says of itself, and looking whether cited links still work.

One thread does nothing but what somebody waits for; two more also check links, so a site that is slow to answer keeps nobody
waiting. Every visit is a leased row (`app/domain/link_readings.py`); what a killed worker had in hand, the next one does.
"""

from __future__ import annotations

import contextlib
import logging
import secrets
import threading
from typing import Any

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from app import clock, page_details
from app.domain import link_readings
from app.domain.link_readings import Visit
from app.extensions import db
from app.fetch import FetchFailed, Trouble, fetch
from app.templating import partial_iso

LOOK_SECONDS, CHECK_SECONDS = 0.5, 5.0  # how often what somebody waits for, and checks, are looked for
AWAY_SECONDS = 5.0  # after the database was away
FINISH_SECONDS = 2.0  # how long a stopping worker waits for a visit; what is not done then is given back
CHECKERS = 2
PAGE_BYTES = 1024 * 1024  # what a page says of itself stands at its beginning
ACCEPT = "text/html, application/xhtml+xml;q=0.9, */*;q=0.5"
# The site answered, only not with what a visitor gets; or we cannot go where a visitor can. None of it says that a link is gone.
STILL_THERE = {Trouble.CLOSED, Trouble.BUSY, Trouble.TOO_LARGE, Trouble.OTHER_KIND, Trouble.DAMAGED}
NOT_OURS_TO_SAY = {Trouble.ADDRESS, Trouble.OURSELVES}

log = logging.getLogger(__name__)


class LinkReader:
    """Goes to links until it is stopped."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.worker = secrets.token_hex(12)
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self, stop: threading.Event) -> None:
        """Begin, in threads of its own."""
        self._stop = stop
        for number in range(1 + CHECKERS):
            thread = threading.Thread(target=self._work, args=(number > 0,), name=f"links-{number + 1}", daemon=True)
            thread.start()
            self._threads.append(thread)

    def finish(self) -> None:
        """Wait a moment for what is under way, and give the rest back."""
        for thread in self._threads:
            thread.join(FINISH_SECONDS / len(self._threads))
        with self.app.app_context(), contextlib.suppress(SQLAlchemyError):
            link_readings.release(self.worker, clock.now())

    def do_due(self) -> int:
        """Visit what is due now, one after the other; how many that were."""
        done = 0
        while self._next(checks=True):
            done += 1
        return done

    def _work(self, checks: bool) -> None:
        with self.app.app_context():
            while not self._stop.is_set():
                pause = CHECK_SECONDS if checks else LOOK_SECONDS
                try:
                    if self._next(checks):
                        continue
                except SQLAlchemyError as error:
                    log.warning("links: the database does not answer (%s)", type(error).__name__)
                    pause = AWAY_SECONDS
                self._stop.wait(pause)

    def _next(self, checks: bool) -> bool:
        try:
            if not link_readings.is_due(clock.now(), checks=checks):
                return False
            visit = link_readings.claim(self.worker, clock.now(), checks=checks)
            if visit is not None:
                self._visit(visit)
            return True
        finally:
            db.session.remove()

    def _visit(self, visit: Visit) -> None:
        db.session.rollback()  # no transaction is open while another site thinks
        if visit.is_check:
            link_readings.checked(visit.id, self.worker, gone(visit.url), clock.now())
            return
        try:
            details = said_by_page(visit.url)
        except FetchFailed as failure:
            link_readings.failed(visit.id, self.worker, failure.trouble, clock.now())
        except Exception as error:  # whatever is wrong with one page must not hold up the others
            log.error("a page could not be read: %s in our own code", type(error).__name__)
            link_readings.failed(visit.id, self.worker, Trouble.DAMAGED, clock.now())
        else:
            link_readings.read(visit.id, self.worker, details, clock.now())


def said_by_page(url: str) -> dict[str, Any]:
    """What the page says of itself, by the names of a publication's fields. Raises FetchFailed."""
    page = fetch(url, accept=ACCEPT, most_bytes=PAGE_BYTES, cut=True)
    details = page_details.read(page.body, page.content_type, page.url)
    return {
        "title": details.title,
        "publisher": details.publisher,
        "published_on": partial_iso(details.published) if details.published else "",
        "summary": details.description,
        "language": details.language.partition("-")[0],
    }


def gone(url: str) -> str:
    """Why a visitor would find nothing at this link; empty where it works, or where we cannot know."""
    try:
        fetch(url, accept="*/*", most_bytes=0)
    except FetchFailed as failure:
        answered_otherwise = failure.trouble is Trouble.BROKEN and failure.answered < 500
        if failure.trouble in STILL_THERE | NOT_OURS_TO_SAY or answered_otherwise:
            return ""
        return str(failure.trouble)
    except Exception as error:
        log.error("a link could not be checked: %s in our own code", type(error).__name__)
    return ""
