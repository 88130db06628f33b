"""The worker: sends mails, goes to links, and does what is due every minute, hour or night.

Any number of workers may run. Mails, visits to links and news sources are leased, so no two do the same one. The other jobs of the
table below are not: each deletes what is too old, records what the database takes only once, only looks, or plans, so doing it
twice, at once or one after the other, is the same as doing it once. What waits for other sites, may take minutes, or was promised for
a moment has a thread of its own.
"""

from __future__ import annotations

import datetime as dt
import logging
import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass
from types import FrameType

from flask import Flask, current_app
from sqlalchemy.exc import SQLAlchemyError

from app import clock, export_worker, limits, mailboxes, news_fetching, recount
from app.accounts import sessions as sign_ins
from app.domain import (
    account_events,
    address_changes,
    came_back,
    counts,
    forgetting,
    funnel,
    library,
    link_readings,
    milestones,
    news,
    news_import,
    outbox,
    publication_plans,
    questions,
    search_index,
    sessions,
    signer_acts,
    signer_imports,
    tallies,
    unsaved,
    updates,
)
from app.extensions import db
from app.link_reader import LinkReader
from app.mail.delivery import Delivery

LOOK_SECONDS = 20.0  # how often the table is looked at
FINISH_SECONDS = 5.0  # how long a stopping worker waits for a job; its batch is then undone, and done at the next start
NIGHT = dt.timedelta(hours=3)  # daily jobs begin at three o'clock UTC

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Job:
    """Something that is done again and again."""

    name: str
    every: dt.timedelta
    do: Callable[[dt.datetime], None]

    def turn(self, now: dt.datetime) -> int:
        """Which of its turns `now` belongs to; it is done once in each."""
        return int((now - NIGHT).timestamp() // self.every.total_seconds())


def forget_unconfirmed(now: dt.datetime) -> None:
    """Delete signatures that nobody confirmed in time (MAIL-04)."""
    age = dt.timedelta(days=current_app.config["CONFIRM_DAYS"])
    _all_batches("unconfirmed signatures", lambda: forgetting.forget_unconfirmed(older_than=age, now=now))


def forget_refusals(now: dt.datetime) -> None:
    """Delete refusals of more than 90 days ago: they no longer count, and are somebody's fingerprint."""
    _all_batches("old refusals", lambda: forgetting.forget_refusals(now=now))


def forget_old_mails(now: dt.datetime) -> None:
    """Delete the rows of mails of more than 30 days ago."""
    _all_batches("old mails", lambda: outbox.forget_old(now))


def forget_removed(now: dt.datetime) -> None:
    """Delete what organisers removed, or typed and did not save, more than 30 days ago."""
    for what, forget in (
        ("removed reports", library.forget_removed),
        ("removed news sources", news_import.forget_removed),
        ("removed news items", news.forget_removed),
        ("removed updates", updates.forget_removed),
        ("removed questions", questions.forget_removed),
        ("unsaved words", unsaved.forget_old),
        ("imports of signers that nobody took", signer_imports.forget_old),
    ):
        _all_batches(what, lambda forget=forget: forget(now=now))  # type: ignore[misc]  # bound at once, not when called


def forget_sign_ins(now: dt.datetime) -> None:
    """Delete sessions that are over, devices unseen for 400 days, and what happened to accounts more than a year ago."""
    _all_batches("old sessions and devices", lambda: sessions.forget_old(sign_ins.lasts(), now=now))
    _all_batches("old changes of addresses", lambda: address_changes.forget_old(now=now))
    _all_batches("old lines in the logs of accounts", lambda: account_events.forget_old(now=now))


def mark_milestones(now: dt.datetime) -> None:
    """Record which campaigns reached a number worth marking, and tell their organisers (SIG-12)."""
    for campaign_id in milestones.due():
        if marked := milestones.mark(campaign_id, now=now, key=mailboxes.key):
            log.info("campaign %d reached %d milestones", campaign_id, marked)


def publish_planned(now: dt.datetime) -> None:
    """Publish the campaigns whose moment has come, or tell their organisers what was missing."""
    for campaign_id in publication_plans.due(now):
        config = current_app.config
        locales, asks_review = config["LANGUAGES"], config["REVIEW_CAMPAIGNS"]
        published = publication_plans.carry_out(
            campaign_id, locales=locales, asks_review=asks_review, key=mailboxes.key, now=now
        )
        if published is not None:
            log.info("campaign %d %s", campaign_id, "was published at its moment" if published else "was not published")


def verify_counts(_now: dt.datetime) -> None:
    """Recount every campaign, and say which count is not what its rows say."""
    for drift in recount.everything(fix=False):
        log.error(
            "the count of %s is wrong: stored %d, confirmed rows %d; run: flask counts verify --fix",
            drift.slug,
            drift.stored,
            drift.rows,
        )
    for found in recount.roll_ups(fix=False):
        log.error("the roll-ups of %s are wrong in %d times; run: flask counts verify --fix", found.slug, found.wrong)


def sum_up(now: dt.datetime) -> None:
    """Bring the roll-ups of campaigns up to date; after an upgrade they are filled, a week of signatures at a time."""
    for campaign_id in tallies.due(now):
        while tallies.settle(campaign_id, now=now):
            pass


def count_mails(now: dt.datetime) -> None:
    """Count in the funnel which mails were handed over, given up, sent back, opened, or thanked for a confirmation."""
    while funnel.count_mails() or funnel.count_opened(now) or came_back.count(now):
        pass


def put_small_domains_together(now: dt.datetime) -> None:
    """Forget mail domains that so few had on a day that they could name a person."""
    for campaign_id in counts.campaign_ids():
        while funnel.put_small_together(campaign_id, now=now):
            pass


def plan_link_checks(now: dt.datetime) -> None:
    """Have the links of cited publications looked at, a few at a time; `LinkReader` goes there."""
    link_readings.plan_checks(now)


def forget_old_links(now: dt.datetime) -> None:
    """Delete what was read of linked pages more than a day ago."""
    _all_batches("readings of links", lambda: link_readings.forget_old(now=now))


def keep_search_whole(_now: dt.datetime) -> None:
    """Enter what the search does not know, which after an upgrade is everything, and delete what is gone, also from the file."""
    _all_batches("things that the search lacked", search_index.complete, did="entered")
    _all_batches("entries of the search that were left over", search_index.tidy)
    search_index.overwrite_deleted()


def go_on_with_acts(_now: dt.datetime) -> None:
    """Do what organisers asked to be done to many signatures, batch by batch, until it is done or somebody stops it."""
    for act_id in signer_acts.running():
        while signer_acts.go_on(act_id, limits.mailing(), now=clock.now()):
            pass


# Not behind a count of everything: people were told the minute.
PROMISED = (Job("publish planned campaigns", dt.timedelta(seconds=LOOK_SECONDS), publish_planned),)
JOBS = (
    Job("clear exports", dt.timedelta(minutes=1), export_worker.clear),
    Job("mark milestones", dt.timedelta(minutes=1), mark_milestones),
    Job("sum signatures up", dt.timedelta(minutes=1), sum_up),
    Job("count mails in the funnel", dt.timedelta(minutes=1), count_mails),
    Job("put small mail domains together", dt.timedelta(days=1), put_small_domains_together),
    Job("forget unconfirmed signatures", dt.timedelta(hours=1), forget_unconfirmed),
    Job("forget old refusals", dt.timedelta(days=1), forget_refusals),
    Job("forget old mails", dt.timedelta(hours=6), forget_old_mails),
    Job("forget what was removed", dt.timedelta(days=1), forget_removed),
    Job("forget old sign-ins", dt.timedelta(hours=1), forget_sign_ins),
    Job("verify counts", dt.timedelta(days=1), verify_counts),
    Job("plan checks of links", dt.timedelta(minutes=5), plan_link_checks),
    Job("keep the search whole", dt.timedelta(hours=1), keep_search_whole),
    Job("forget readings of links", dt.timedelta(hours=6), forget_old_links),
)
ELSEWHERE = (
    Job("fetch news", dt.timedelta(seconds=LOOK_SECONDS), news_fetching.fetch_due),
)  # these wait for other sites
FILES = (Job("write exports", dt.timedelta(seconds=LOOK_SECONDS), export_worker.write_due),)
LONG = (Job("go on with acts on signatures", dt.timedelta(seconds=LOOK_SECONDS), go_on_with_acts),)


def _all_batches(what: str, do: Callable[[], int], did: str = "forgot") -> None:
    total = 0
    while done := do():
        total += done
    if total:
        log.info("%s %d %s", did, total, what)


class Table:
    """The jobs, and in which of its turns each was last done. At the start each is done once."""

    def __init__(self, jobs: tuple[Job, ...] = JOBS) -> None:
        self.jobs = jobs
        self._done: dict[str, int] = {}

    def do_due(self, now: dt.datetime) -> None:
        """Do what is due. A job that fails is tried again at the next look, and holds up no other."""
        for job in self.jobs:
            turn = job.turn(now)
            if self._done.get(job.name) == turn:
                continue
            try:
                job.do(now)
            except Exception as error:  # the texts of exceptions may quote a person; the kind is enough
                _say_failed(job, error)
            else:
                self._done[job.name] = turn
            finally:
                db.session.remove()


def _say_failed(job: Job, error: Exception) -> None:
    if isinstance(error, SQLAlchemyError):
        log.warning("%s: the database does not answer (%s)", job.name, type(error).__name__)
    else:
        log.error("%s: %s in our own code", job.name, type(error).__name__)


def _do_jobs(app: Flask, stop: threading.Event, some: tuple[Job, ...]) -> None:
    table = Table(some)
    with app.app_context():
        while not stop.is_set():
            table.do_due(clock.now())
            stop.wait(LOOK_SECONDS)


def run(app: Flask) -> None:
    """Work until SIGTERM or SIGINT; then finish what is in hand and return."""
    delivery, links, stop = Delivery(app), LinkReader(app), threading.Event()

    def ask_to_stop(_signal: int, _frame: FrameType | None) -> None:
        stop.set()
        delivery.wake.set()

    signal.signal(signal.SIGTERM, ask_to_stop)
    signal.signal(signal.SIGINT, ask_to_stop)
    doing = [
        threading.Thread(target=_do_jobs, args=(app, stop, some), daemon=True)
        for some in (PROMISED, JOBS, ELSEWHERE, LONG, FILES)
    ]
    for thread in doing:
        thread.start()
    links.start(stop)
    with app.app_context():
        delivery.run(stop)
    for thread in doing:
        thread.join(FINISH_SECONDS / len(doing))
    links.finish()
