"""Links that the worker goes to, one visit a row, claimed by lease like mails: what is killed half way is done by the next."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from flask_babel import gettext as _
from sqlalchemy import Select, delete, exists, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite

from app.domain import lately
from app.domain.refused import NotFound, TooOften
from app.domain.transactions import unit_of_work
from app.extensions import db
from app.models import LinkReading, LinkState, Report, campaign_report, topic_report
from app.models.types import table_of

LEASE = dt.timedelta(seconds=30)  # longer than a fetch and the reading of a page may take together
MOST_ATTEMPTS = 3  # a page that takes the worker down with it is left alone after so many
AN_HOUR, MOST_AN_HOUR = dt.timedelta(hours=1), 120  # readings for one organisation: we are nobody's crawler
FORGET_AFTER = dt.timedelta(days=1)
FORGET_BATCH = 500
HOST_PAUSE = dt.timedelta(minutes=5)  # between two checks at one host
CHECK_EVERY = dt.timedelta(days=7)
CHECK_AGAIN = dt.timedelta(hours=24)  # after a first failure; so the second is on another day
MOST_WEIGHED = 20_000  # publications looked through for those to check next
MOST_AT_ONCE = 30  # checks that wait at the same time


@dataclass(frozen=True)
class Visit:
    """What a worker took upon itself."""

    id: int
    url: str
    is_check: bool


def host_of(url: str) -> str:
    """The host of a link in small letters; empty where there is none."""
    try:
        return (urlsplit(url).hostname or "").lower()[:255]
    except ValueError:
        return ""


@unit_of_work
def ask(organisation_id: int, url: str, *, now: dt.datetime) -> LinkReading:
    """Have the worker read what the page at `url` says of itself. Raises TooOften for too many in an hour."""
    own = (LinkReading.organisation_id == organisation_id, LinkReading.report_id.is_(None))
    wait = lately._wait(select(LinkReading.id).where(*own), LinkReading.created_at, MOST_AN_HOUR, AN_HOUR, now)
    if wait > 0:
        raise TooOften(wait, _("Many pages were read in the last hour. Write what this one says yourself, or wait."))
    reading = LinkReading(organisation_id=organisation_id, url=url, due_at=now, created_at=now)
    db.session.add(reading)
    db.session.flush()
    return reading


def own(organisation_id: int, number: int | None) -> LinkReading:
    """The organisation's reading with this number. Raises NotFound."""
    reading = db.session.get(LinkReading, number) if number is not None else None
    if reading is None or reading.organisation_id != organisation_id or reading.report_id is not None:
        raise NotFound
    return reading


def _due(now: dt.datetime, checks: bool) -> Select[LinkReading]:
    waiting = select(LinkReading).where(LinkReading.state == LinkState.WAITING, LinkReading.due_at <= now)
    waiting = waiting if checks else waiting.where(LinkReading.report_id.is_(None))
    return waiting.order_by(LinkReading.report_id.is_not(None), LinkReading.due_at, LinkReading.id).limit(1)


def is_due(now: dt.datetime, *, checks: bool = True) -> bool:
    """Whether a link waits to be visited now. Reads only, so that an idle worker writes nothing."""
    return db.session.scalar(_due(now, checks).with_only_columns(LinkReading.id)) is not None


@unit_of_work
def claim(worker: str, now: dt.datetime, *, checks: bool = True) -> Visit | None:
    """Lease one due visit to `worker`, what somebody waits for first, and without `checks` nothing else. Two workers never get
    the same one."""
    reading = db.session.scalar(_due(now, checks).with_for_update(skip_locked=True))
    if reading is None:
        return None
    if reading.attempt_count >= MOST_ATTEMPTS:
        reading.state, reading.lease, reading.done_at = LinkState.FAILED, None, now
        if reading.report_id is not None:
            db.session.execute(update(Report).where(Report.id == reading.report_id).values(link_checked_at=now))
        return None
    reading.lease, reading.due_at = worker, now + LEASE
    reading.attempt_count += 1
    return Visit(reading.id, reading.url, reading.report_id is not None)


@unit_of_work
def read(visit_id: int, worker: str, details: dict[str, Any], now: dt.datetime) -> bool:
    """Keep what the page says. False if the lease was lost meanwhile."""
    return _end(visit_id, worker, now, state=LinkState.READ, details=details) is not None


@unit_of_work
def failed(visit_id: int, worker: str, trouble: str, now: dt.datetime) -> bool:
    """Nothing could be read, for this reason. False if the lease was lost meanwhile."""
    return _end(visit_id, worker, now, state=LinkState.FAILED, trouble=trouble) is not None


@unit_of_work
def checked(visit_id: int, worker: str, trouble: str, now: dt.datetime) -> bool:
    """Note that a link works, or, with a `trouble`, that nothing was found. False if the lease was lost meanwhile."""
    state = LinkState.FAILED if trouble else LinkState.READ
    visit = _end(visit_id, worker, now, state=state, trouble=trouble)
    if visit is None:
        return False
    noted = {"link_checked_at": now, "link_trouble": trouble}
    since = func.coalesce(Report.link_gone_since, now.date()) if trouble else None
    db.session.execute(  # every publication with this link; one that has another one by now is not yet checked
        update(Report)
        .where(Report.url == visit.url)
        .values(**noted, link_gone_since=since)
        .execution_options(synchronize_session=False)
    )
    return True


def _end(visit_id: int, worker: str, now: dt.datetime, **values: Any) -> LinkReading | None:
    ended = (
        update(LinkReading)
        .where(LinkReading.id == visit_id, LinkReading.lease == worker, LinkReading.state == LinkState.WAITING)
        .values(lease=None, done_at=now, **values)
        .returning(LinkReading)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    return db.session.scalar(ended)


@unit_of_work
def release(worker: str, now: dt.datetime) -> None:
    """Give back what a worker that stops has not done: due at once, and not counted as tried."""
    db.session.execute(
        update(LinkReading)
        .where(LinkReading.lease == worker, LinkReading.state == LinkState.WAITING)
        .values(lease=None, due_at=now, attempt_count=LinkReading.attempt_count - 1)
        .execution_options(synchronize_session=False)
    )


@unit_of_work
def plan_checks(now: dt.datetime) -> int:
    """Have the links of cited publications checked: each once a week, after a failure on the next day, at each host one at a
    time with a pause between them. Returns how many were planned. Twice is once.
    """
    db.session.execute(
        delete(LinkReading).where(LinkReading.host.is_not(None), LinkReading.done_at <= now - HOST_PAUSE)
    )
    taken = set(db.session.scalars(select(LinkReading.host).where(LinkReading.host.is_not(None))))
    planned = 0
    for report in db.session.execute(_to_check(now)):
        host = host_of(report.url)
        if not host or host in taken:
            continue
        if len(taken) >= MOST_AT_ONCE:
            break
        taken.add(host)
        planned += _plan(report, host, now)
    return planned


def _to_check(now: dt.datetime) -> Any:
    """Publications whose links are to be checked, those never looked at first, then the longest ago."""
    cited = [exists().where(table.c.report_id == Report.id) for table in (campaign_report, topic_report)]
    never = Report.link_checked_at.is_(None)
    long_ago = Report.link_checked_at <= now - CHECK_EVERY
    failed_once = (Report.link_gone_since >= now.date() - CHECK_EVERY) & (Report.link_checked_at <= now - CHECK_AGAIN)
    return (
        select(Report.id, Report.organisation_id, Report.url)
        .where(Report.removed_at.is_(None), or_(*cited), or_(never, long_ago, failed_once))
        .order_by(never.desc(), Report.link_checked_at, Report.id)
        .limit(MOST_WEIGHED)
    )


def _plan(report: Any, host: str, now: dt.datetime) -> int:
    """Two workers may plan at the same moment; the host's place goes to one of them."""
    insert = insert_postgresql if db.engine.dialect.name == "postgresql" else insert_sqlite
    planned = (
        insert(table_of(LinkReading))
        .values(
            organisation_id=report.organisation_id,
            report_id=report.id,
            host=host,
            url=report.url,
            state=LinkState.WAITING,
            trouble="",
            attempt_count=0,
            due_at=now,
            created_at=now,
        )
        .on_conflict_do_nothing()
        .returning(LinkReading.id)
    )
    return 0 if db.session.scalar(planned) is None else 1


@unit_of_work
def forget_old(*, now: dt.datetime) -> int:
    """Delete what was read more than a day ago, in one batch. Returns how many; call again while it is not zero."""
    old = select(LinkReading.id).where(LinkReading.created_at < now - FORGET_AFTER, LinkReading.done_at.is_not(None))
    ids = list(db.session.scalars(old.limit(FORGET_BATCH)))
    if ids:
        db.session.execute(delete(LinkReading).where(LinkReading.id.in_(ids)))
    return len(ids)
