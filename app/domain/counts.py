"""The count of confirmed signatures: kept with each confirmation, checked against the rows, repaired."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Row, func, insert, select, update

from app.domain import dialects
from app.domain.transactions import unit_of_work
from app.extensions import db
from app.models import Campaign, CampaignTally, Signature, SignatureState
from app.models.campaign_numbers import TALLY_SLOTS
from app.models.types import table_of

RECOUNT_SECONDS = 60


@dataclass(frozen=True)
class Drift:
    """A campaign whose stored count differs from its confirmed rows."""

    slug: str
    stored: int
    rows: int


def of(campaign_id: int) -> int:
    """How many signatures of this campaign are confirmed."""
    total = select(func.sum(CampaignTally.confirmed_count)).where(CampaignTally.campaign_id == campaign_id)
    return db.session.scalar(total) or 0


def of_all(campaign_ids: list[int]) -> dict[int, int]:
    """The same for several campaigns at once."""
    totals = (
        select(CampaignTally.campaign_id, func.sum(CampaignTally.confirmed_count))
        .where(CampaignTally.campaign_id.in_(campaign_ids))
        .group_by(CampaignTally.campaign_id)
    )
    found: dict[int, int] = dict(db.session.execute(totals).all())
    return {campaign_id: found.get(campaign_id, 0) for campaign_id in campaign_ids}


def _open_slots(campaign_id: int) -> None:
    """Give a new campaign its count, zero."""
    rows = [{"campaign_id": campaign_id, "slot": slot, "confirmed_count": 0} for slot in range(TALLY_SLOTS)]
    db.session.execute(insert(table_of(CampaignTally)), rows)


def _add(campaign_id: int, signature_id: int, change: int) -> None:
    """Move the count by `change`, in the transaction that changes the signature. One statement, so nothing is lost."""
    tally = table_of(CampaignTally)
    db.session.execute(
        update(tally)
        .where(tally.c.campaign_id == campaign_id, tally.c.slot == slot(signature_id))
        .values(confirmed_count=tally.c.confirmed_count + change)
    )


def slot(signature_id: int) -> int:
    """The part of its campaign's count to which a signature belongs."""
    return signature_id % TALLY_SLOTS


def _add_to_slots(campaign_id: int, changes: Mapping[int, int]) -> None:
    """Move the count by many signatures at once: one statement for each slot, in one order, so that nobody waits in a circle."""
    tally = table_of(CampaignTally)
    for number, change in sorted(changes.items()):
        if change:
            db.session.execute(
                update(tally)
                .where(tally.c.campaign_id == campaign_id, tally.c.slot == number)
                .values(confirmed_count=tally.c.confirmed_count + change)
            )


def campaign_ids() -> list[int]:
    """Every campaign, in the order of its making."""
    return list(db.session.scalars(select(Campaign.id).order_by(Campaign.id)))


@unit_of_work
def verify(campaign_id: int, *, fix: bool) -> Drift | None:
    """Recount one campaign; None if its count is right. With `fix` it is right afterwards.

    Safe while people sign: confirming locks its slot after its signature, and here the slots are locked before the rows
    are counted, so a confirmation is either in both or in neither.
    """
    dialects.allow_seconds(RECOUNT_SECONDS)
    slots = _locked_slots(campaign_id)
    rows = _rows_by_slot(campaign_id)
    if all(slots.get(slot, 0) == rows.get(slot, 0) for slot in range(TALLY_SLOTS)):
        return None
    if fix:
        _set_slots(campaign_id, rows)
    slug = db.session.scalar(select(Campaign.slug).where(Campaign.id == campaign_id)) or ""
    return Drift(slug, sum(slots.values()), sum(rows.values()))


def _locked_slots(campaign_id: int) -> dict[int, int]:
    slots = (
        select(CampaignTally.slot, CampaignTally.confirmed_count)
        .where(CampaignTally.campaign_id == campaign_id)
        .order_by(CampaignTally.slot)
        .with_for_update()
    )
    return _pairs(db.session.execute(slots).all())


def _rows_by_slot(campaign_id: int) -> dict[int, int]:
    slot = Signature.id % TALLY_SLOTS
    confirmed = (
        select(slot, func.count())
        .where(Signature.campaign_id == campaign_id, Signature.state == SignatureState.CONFIRMED)
        .group_by(slot)
    )
    return _pairs(db.session.execute(confirmed).all())


def _pairs(rows: Sequence[Row[int, int]]) -> dict[int, int]:
    return {row[0]: row[1] for row in rows}


def _set_slots(campaign_id: int, rows: dict[int, int]) -> None:
    for slot in range(TALLY_SLOTS):
        db.session.merge(CampaignTally(campaign_id=campaign_id, slot=slot, confirmed_count=rows.get(slot, 0)))
    db.session.flush()
