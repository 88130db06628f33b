"""Files that the worker writes: asked for, claimed by lease, written, and forgotten. How they are taken: `export_handing`.

A file is on disk from being written until it was taken whole, for a day at most, and no longer than its owner may have it.
Whoever is killed while writing leaves the row due again; it is begun anew, under another name.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import select, true, update

from app.domain import export_changes, export_keys, exports, outbox
from app.domain.export_choice import Choice
from app.domain.outbox import Mailbox
from app.domain.refused import NotFound, Refused
from app.domain.transactions import unit_of_work
from app.extensions import db
from app.models import Account, Export, ExportState, MailKind

LEASE = dt.timedelta(seconds=90)
KEPT = dt.timedelta(hours=24)
ATTEMPTS = 3
OPEN = (ExportState.QUEUED, ExportState.RUNNING, ExportState.READY)


@dataclass(frozen=True)
class Claimed:
    """An export that is ours to write for a while, and the name of the folder that it is written in."""

    id: int
    worker: str
    folder: str


def is_due(now: dt.datetime) -> bool:
    """Whether an export waits to be written. Reads only, so that an idle worker writes nothing."""
    waiting = (Export.state.in_([ExportState.QUEUED, ExportState.RUNNING]), Export.due_at <= now)
    return db.session.scalar(select(Export.id).where(*waiting).limit(1)) is not None


@unit_of_work
def claim(now: dt.datetime) -> Claimed | None:
    """Lease the export that waits longest. What was tried too often is given up."""
    due = (
        select(Export)
        .where(Export.state.in_([ExportState.QUEUED, ExportState.RUNNING]), Export.due_at <= now)
        .order_by(Export.id)
        .limit(1)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    export = db.session.scalar(due)
    if export is None:
        return None
    export.attempt_count += 1
    export.lease, export.file, export.due_at = secrets.token_hex(16), secrets.token_hex(16), now + LEASE
    export.state, export.row_count = ExportState.RUNNING, 0
    return Claimed(export.id, export.lease, export.file)


@unit_of_work
def renew(claimed: Claimed, *, row_count: int, now: dt.datetime) -> bool:
    """Say how far it came and hold on to it. False where it is somebody else's by now, or nobody may have it any more."""
    export = _held(claimed)
    if export is None or not may_take(export):
        return False
    export.row_count, export.due_at = row_count, now + LEASE
    return True


@unit_of_work
def ready(
    claimed: Claimed,
    *,
    row_count: int,
    sha256: str,
    list_sha256: str,
    size: int,
    key: Callable[[str], bytes],
    keep: Callable[[int], None],
    now: dt.datetime,
) -> bool:
    """The file is whole: it can be taken, and whoever asked for it is told. False where it is not ours any more.

    `keep` writes down whom the file held, in the same transaction.
    """
    export = _held(claimed)
    if export is None or not may_take(export):
        return False
    export.row_count, export.sha256, export.list_sha256, export.size = row_count, sha256, list_sha256, size
    export.state, export.ready_at, export.due_at, export.lease = ExportState.READY, now, now + KEPT, None
    keep(export.id)
    _tell(export, key, now)
    return True


@unit_of_work
def failed(claimed: Claimed, *, key: Callable[[str], bytes], now: dt.datetime) -> None:
    """It could not be written: tried again, three times in all; then whoever asked for it is told."""
    export = _held(claimed)
    if export is None:
        return
    export.lease, export.file = None, ""
    if export.attempt_count < ATTEMPTS:
        export.due_at = now + LEASE
        return
    export.state, export.finished_at, export.due_at = ExportState.FAILED, now, None
    _tell(export, key, now)


def _held(claimed: Claimed) -> Export | None:
    held = select(Export).where(Export.id == claimed.id, Export.lease == claimed.worker)
    return db.session.scalar(held.with_for_update().execution_options(populate_existing=True))


def _tell(export: Export, key: Callable[[str], bytes], now: dt.datetime) -> None:
    account = export.account
    if account is not None and account.active:
        about = {"campaign_id": export.campaign_id, "account_id": account.id, "export_id": export.id}
        mailbox = Mailbox(account.email, key(account.email))
        outbox._enqueue(MailKind.EXPORT_READY, mailbox, locale=account.locale, now=now, **about)


def may_take(export: Export) -> bool:
    """Whether whoever asked for it may still have it: the account works, has the rights, the campaign is still there, and the file
    is encrypted where that has to be."""
    account, campaign = export.account, export.campaign
    if account is None or not account.active or campaign.organisation_id != export.organisation_id:
        return False
    try:
        exports._refuse(campaign, Choice.read(export.choice), account)
        export_keys._refuse_plain(export.organisation_id, export.encrypted_to)
    except Refused:
        return False
    return True


def own(account: Account, organisation_id: int, public_id: str) -> Export:
    """The export that this person asked for. Raises NotFound for anybody else's."""
    export = db.session.scalar(select(Export).where(Export.public_id == public_id))
    if export is None or export.account_id != account.id or export.organisation_id != organisation_id:
        raise NotFound
    return export


def takeable(export: Export, now: dt.datetime) -> bool:
    """Whether the file is there and its owner may have it now."""
    return export.state == ExportState.READY and _lasts(export, now) and may_take(export)


def _lasts(export: Export, now: dt.datetime) -> bool:
    return export.due_at is not None and export.due_at > now


def _over(export_id: int, state: ExportState, now: dt.datetime, lease: str | None = None) -> bool:
    """End it, whoever holds it, or only where `lease` does. False where it had ended, or is somebody else's."""
    held = Export.lease == lease if lease is not None else true()
    ended = (
        update(Export)
        .where(Export.id == export_id, Export.state.in_(OPEN), held)
        .values(state=state, finished_at=now, lease=None, due_at=None, handing_until=None, file="")
        .returning(Export.id)
        .execution_options(synchronize_session=False)
    )
    return db.session.scalar(ended) is not None


@unit_of_work
def expire(now: dt.datetime) -> int:
    """Give up what nobody took within a day, and what its owner may not have any more. Returns how many.

    Of what was begun to be taken it is not known how much arrived, so it is recorded as broken off, not as left alone; and so is
    what a server handed over that was killed.
    """
    found = db.session.scalars(select(Export).where(Export.state.in_(OPEN)).order_by(Export.id).with_for_update())
    late = [one for one in found if not may_take(one) or _is_over(one, now)]
    for export in late:
        was_begun = export.handed_at is not None
        _over(export.id, ExportState.ABORTED if was_begun else ExportState.EXPIRED, now)
        export_changes._drop(export.id)
    _end_killed(now)
    return len(late)


def _is_over(export: Export, now: dt.datetime) -> bool:
    return export.state == ExportState.READY and not _lasts(export, now) and not is_being_taken(export, now)


def is_being_taken(export: Export, now: dt.datetime) -> bool:
    """Whether somebody is receiving the file at this moment."""
    return export.handing_until is not None and export.handing_until > now


def _end_killed(now: dt.datetime) -> None:
    """What has been on its way for a day is not any more."""
    begun = select(Export).where(Export.state == ExportState.STARTED, Export.started_at < now - KEPT)
    for export in db.session.scalars(begun.with_for_update()):
        export.row_count = int(export.choice.get("expected_rows") or 0)
        export.state, export.finished_at = ExportState.ABORTED, now


def folders() -> set[str]:
    """The names of the folders that are in use; any other one is a leftover."""
    return set(db.session.scalars(select(Export.file).where(Export.state.in_(OPEN), Export.file != "")))


def asked_for(claimed: Claimed) -> Export | None:
    """What was asked for. None where nobody may have it any more."""
    export = db.session.get_one(Export, claimed.id)
    return export if may_take(export) else None
