"""Signers from paper sheets and other platforms: a batch is handed in, looked at row by row, taken whole, and can be taken back whole.

They count because a named person of the organisation stands for them, not because a mailbox answered; so they are counted apart, get
no mail of ours, and are not named in public. Who proved consent to hear more is written to later as everybody who agreed is.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, func, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from app.domain import activity, consents, counts, imported_rows, ledger, rights
from app.domain.dialects import allow_seconds
from app.domain.imported_rows import Fate, ImportedRow, Plan
from app.domain.refused import EditedMeanwhile, NotFound, Refused
from app.domain.rights import Right
from app.domain.transactions import unit_of_work
from app.extensions import db
from app.models import (
    Account,
    ActKind,
    ActReason,
    Campaign,
    Consent,
    Deed,
    ImportState,
    Origin,
    Purpose,
    Signature,
    SignatureState,
    SignerAct,
    SignerImport,
    SourceKind,
)
from app.models.types import table_of

MOST_ROWS = 10_000
TAKE_SECONDS = 120
CHUNK = 500
DRAFTS_LAST = dt.timedelta(days=14)  # what nobody took by then is forgotten: it holds people's names
FIRST_REVISIONS = 2**30
ORIGINS = {SourceKind.PAPER: Origin.PAPER, SourceKind.PLATFORM: Origin.IMPORTED}


@dataclass(frozen=True)
class Provenance:
    """Where a batch comes from, in the organiser's words; `public_words` is read by everybody."""

    kind: SourceKind
    collected_by: str
    collected_from: dt.date
    collected_to: dt.date
    collected_where: str = ""
    platform: str = ""
    public_words: str = ""
    country: str = ""
    take_alike: bool = False


def _columns(said: Provenance) -> dict[str, Any]:
    if not said.collected_by.strip():
        raise Refused(_("Say who collected the signatures."))
    if said.kind == SourceKind.PLATFORM and not said.platform.strip():
        raise Refused(_("Say on which platform people signed."))
    if said.collected_to < said.collected_from:
        raise Refused(_("Choose a last day that is not before the first."))
    return dict(vars(said))


@unit_of_work
def begin(campaign: Campaign, said: Provenance, content: bytes, *, by: Account, now: dt.datetime) -> SignerImport:
    """Keep what was handed in, to be looked at. It takes the place of an earlier batch that nobody took. Nobody is counted yet.

    Raises Refused where there is no public text yet that people could have signed, or where the provenance is not whole.
    """
    rights._require(Right.ACT, by.id, campaign.organisation_id)
    if campaign.current_version == 0:
        raise Refused(_("Publish the campaign first: a signature needs the text that was signed."))
    columns = _columns(said)
    db.session.refresh(campaign, with_for_update=True)
    own = (SignerImport.campaign_id == campaign.id, SignerImport.state == ImportState.DRAFT)
    db.session.execute(delete(SignerImport).where(*own))
    batch = SignerImport(
        public_id=secrets.token_urlsafe(16),
        campaign_id=campaign.id,
        account_id=by.id,
        done_by=by.name,
        content=content,
        revision=secrets.randbelow(FIRST_REVISIONS) + 1,
        created_at=now,
        edited_at=now,
        **columns,
    )
    db.session.add(batch)
    activity._note(Deed.CREATED, batch, now=now, by=by)
    return batch


@unit_of_work
def rewrite(
    batch: SignerImport,
    *,
    seen: int,
    now: dt.datetime,
    said: Provenance | None = None,
    content: bytes | None = None,
    mapping: dict[str, Any] | None = None,
) -> None:
    """Say something else of a batch that nobody took yet: where it comes from, its rows, or how its columns are read.

    Raises EditedMeanwhile where it is another one than whoever writes saw.
    """
    _hold(batch, ImportState.DRAFT)
    if batch.revision != seen:
        raise EditedMeanwhile(_("Somebody else changed this import meanwhile. Look at it again before you take it."))
    changed = _columns(said) if said is not None else {}
    changed |= {name: value for name, value in (("content", content), ("mapping", mapping)) if value is not None}
    for name, value in changed.items():
        setattr(batch, name, value)
    batch.revision, batch.edited_at = batch.revision + 1, now
    activity._note(Deed.WROTE, batch, now=now)


@unit_of_work
def correct(batch: SignerImport, key: str, said: dict[str, str] | None, *, now: dt.datetime) -> None:
    """Let the row of this key say something else, whole or not; None lets it say again what the list says."""
    _hold(batch, ImportState.DRAFT)
    others = {name: one for name, one in (batch.corrections or {}).items() if name != key}
    batch.corrections = others if said is None else {**others, key: said}
    batch.revision, batch.edited_at = batch.revision + 1, now
    activity._note(Deed.WROTE, batch, now=now)


@unit_of_work
def discard(batch: SignerImport, *, now: dt.datetime) -> None:
    """Throw a batch away that nobody took. Nothing of it stays."""
    _hold(batch, ImportState.DRAFT)
    activity._note(Deed.DISCARDED, batch, now=now)
    db.session.delete(batch)


@unit_of_work
def forget_old(*, now: dt.datetime) -> int:
    """Forget batches that nobody took for two weeks. Returns how many."""
    old = (SignerImport.state == ImportState.DRAFT, SignerImport.edited_at < now - DRAFTS_LAST)
    gone = db.session.scalars(delete(SignerImport).where(*old).returning(SignerImport.id))
    return len(list(gone))


def preview(batch: SignerImport, rows: Sequence[ImportedRow]) -> Plan:
    """What `take` would do with these rows now: a dry run, which changes nothing."""
    return imported_rows.plan(batch.campaign, rows, take_alike=batch.take_alike)


@unit_of_work
def take(
    batch: SignerImport, rows: Sequence[ImportedRow], *, seen: int, malformed: int, by: Account, now: dt.datetime
) -> Plan:
    """Count the rows that are new, all or none, with one dated line in the ledger; and forget what was handed in.

    Raises EditedMeanwhile where the batch was changed since `seen`, Refused where no row is new or there are too many.
    """
    _hold(batch, ImportState.DRAFT)
    campaign = db.session.get_one(Campaign, batch.campaign_id)
    rights._require(Right.ACT, by.id, campaign.organisation_id)
    if batch.revision != seen:
        raise EditedMeanwhile(_("Somebody else changed this import meanwhile. Look at it again before you take it."))
    if len(rows) > MOST_ROWS:
        raise Refused(_("Import at most %(most)d rows at once.", most=MOST_ROWS))
    allow_seconds(TAKE_SECONDS)
    plan = imported_rows.plan(campaign, rows, take_alike=batch.take_alike)
    taken = [row for row, fate in zip(rows, plan.fates, strict=True) if fate == Fate.TAKEN]
    if not taken:
        raise Refused(_("No row would be taken. Nothing was changed."))
    reason = ActReason.PAPER if batch.kind == SourceKind.PAPER else ActReason.PLATFORM
    act = _act(batch, ActKind.IMPORT, reason, by, now)
    inserted = _insert(batch, campaign, taken, now)
    act.changed_count = act.expected_count = act.delta = len(inserted)
    _taken(batch, act, plan, malformed, by, now)
    batch.corrected_count = sum(row.is_corrected for row in taken)
    batch.consent_count = _agree(campaign, taken, inserted, now)
    activity._note(Deed.IMPORTED, batch, now=now, by=by, rows=len(inserted))
    origin = ORIGINS[batch.kind]
    counts._add_to_slots(campaign.id, Counter((counts.slot(number), origin) for number in inserted.values()))
    return plan


def _act(batch: SignerImport, kind: ActKind, reason: ActReason, by: Account, now: dt.datetime) -> SignerAct:
    """The line of the ledger, before it is known how many it is about."""
    words = batch.public_words if kind == ActKind.IMPORT else ""
    return ledger._enter(batch.campaign_id, kind, reason, by=by, now=now, public_words=words)


def _taken(batch: SignerImport, act: SignerAct, plan: Plan, malformed: int, by: Account, now: dt.datetime) -> None:
    content = batch.content or b""
    batch.state, batch.content, batch.mapping, batch.corrections = ImportState.TAKEN, None, None, None
    batch.sha256 = hashlib.sha256(content).hexdigest()
    batch.act_id, batch.taken_at = act.id, now
    batch.account_id, batch.done_by = by.id, by.name
    batch.row_count, batch.taken_count = len(plan.fates) + malformed, act.delta
    batch.duplicate_count, batch.malformed_count = len(plan.fates) - act.delta, malformed


def _insert(batch: SignerImport, campaign: Campaign, rows: Sequence[ImportedRow], now: dt.datetime) -> dict[int, int]:
    """The keys of the new signatures by the numbers of their rows, counted from 0. Who signs at this very moment is left out."""
    common = {
        "campaign_id": campaign.id,
        "state": SignatureState.CONFIRMED,
        "show_name": False,
        "locale": campaign.locale,
        "origin": ORIGINS[batch.kind],
        "import_id": batch.id,
        "text_version": campaign.current_version,
        "confirmed_at": now,
    }
    given = [{**common, **imported_rows.columns(row, batch, now)} for row in rows]
    ids: dict[int, int] = {}
    table = table_of(Signature)
    upsert = (postgresql if db.engine.dialect.name == "postgresql" else sqlite).insert(table)
    for start in range(0, len(given), CHUNK):
        some = given[start : start + CHUNK]
        adding = upsert.on_conflict_do_nothing(index_elements=["campaign_id", "email_key"])
        adding = adding.returning(table.c.id, table.c.public_id)
        by_public_id = {public_id: number for number, public_id in db.session.execute(adding, some)}
        ids |= {
            start + n: by_public_id[one["public_id"]] for n, one in enumerate(some) if one["public_id"] in by_public_id
        }
    return ids


def _agree(campaign: Campaign, rows: Sequence[ImportedRow], ids: dict[int, int], now: dt.datetime) -> int:
    """Record the consents that are proven. How many there are."""
    proven = [(ids[n], row) for n, row in enumerate(rows) if row.has_proven_consent and n in ids]
    kept = consents._kept_elsewhere(campaign.organisation_id, {row.consent_words for _id, row in proven}, now)
    said = [
        {"signature_id": number, "purpose": Purpose.UPDATES, "wording_id": kept[row.consent_words], "agreed_at": agreed}
        for number, row in proven
        if (agreed := imported_rows.moment(row.consent_on)) is not None
    ]
    for start in range(0, len(said), CHUNK):
        db.session.execute(insert(table_of(Consent)), said[start : start + CHUNK])
    return len(said)


def _hold(batch: SignerImport, state: ImportState) -> None:
    """The batch read again; nobody else changes it until this is done. Raises NotFound where it is no longer as it was."""
    found = select(SignerImport).where(SignerImport.id == batch.id).with_for_update()
    held = db.session.scalar(found.execution_options(populate_existing=True))
    if held is None or held.state != state:
        raise NotFound


def draft(campaign_id: int) -> SignerImport | None:
    """The batch of a campaign that is being looked at."""
    return db.session.scalar(SignerImport.of_campaign(campaign_id).where(SignerImport.state == ImportState.DRAFT))


def own(campaign_id: int, public_id: str) -> SignerImport:
    """The batch of this random id. Raises NotFound."""
    found = db.session.scalar(SignerImport.of_campaign(campaign_id).where(SignerImport.public_id == public_id))
    if found is None:
        raise NotFound
    return found


def past(campaign_id: int, *, before: int | None, limit: int) -> list[SignerImport]:
    """A campaign's batches that were taken, the newest first; those before the batch of number `before`."""
    batches = SignerImport.of_campaign(campaign_id).where(SignerImport.state != ImportState.DRAFT)
    return list(
        db.session.scalars((batches if before is None else batches.where(SignerImport.id < before)).limit(limit))
    )


def standing(batch: SignerImport) -> int:
    """How many of its rows are still counted as they came."""
    own = (Signature.campaign_id == batch.campaign_id, Signature.import_id == batch.id)
    apart = (Signature.origin == ORIGINS[batch.kind], Signature.state == SignatureState.CONFIRMED)
    return db.session.scalar(select(func.count()).select_from(Signature).where(*own, *apart)) or 0
