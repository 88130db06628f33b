"""The count of confirmed signatures: kept with each confirmation, checked against the rows, repaired."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Row, func, insert, select, update

from app.domain import dialects
from app.domain.transactions import unit_of_work
from app.extensions import db
from app.models import Campaign, CampaignTally, Origin, Signature, SignatureState
from app.models.campaign_numbers import TALLY_SLOTS
from app.models.types import table_of

RECOUNT_SECONDS = 60
PARTS = {
    Origin.PAPER: "paper_count",
    Origin.IMPORTED: "imported_count",
}  # who did not sign here is counted apart as well


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


@dataclass(frozen=True)
class Count:
    """How many signatures are confirmed, and how many of them on paper and on other platforms."""

    total: int
    paper: int
    imported: int

    @property
    def online(self) -> int:
        """Those who signed here."""
        return self.total - self.paper - self.imported

    @property
    def is_mixed(self) -> bool:
        """Whether somebody signed elsewhere."""
        return bool(self.paper or self.imported)


def parts(campaign_id: int) -> Count:
    """The same with its parts, by one statement as well."""
    tally = CampaignTally
    sums = select(*map(func.sum, (tally.confirmed_count, tally.paper_count, tally.imported_count)))
    return Count(*(number or 0 for number in db.session.execute(sums.where(tally.campaign_id == campaign_id)).one()))


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


def _add(campaign_id: int, signature_id: int, change: int, origin: Origin = Origin.ONLINE) -> None:
    """Move the count by `change`, in the transaction that changes the signature. One statement, so nothing is lost."""
    _add_to_slots(campaign_id, {(slot(signature_id), origin): change})


def slot(signature_id: int) -> int:
    """The part of its campaign's count to which a signature belongs."""
    return signature_id % TALLY_SLOTS


def _add_to_slots(campaign_id: int, changes: Mapping[tuple[int, Origin], int]) -> None:
    """Move the count by many signatures at once, by their slots and origins: one statement for each slot, in one order, so that nobody
    waits in a circle."""
    tally = table_of(CampaignTally)
    moved: defaultdict[int, Counter[str]] = defaultdict(Counter)
    for (number, origin), change in changes.items():
        moved[number]["confirmed_count"] += change
        if origin in PARTS:
            moved[number][PARTS[origin]] += change
    for number, by_column in sorted(moved.items()):
        values = {name: tally.c[name] + change for name, change in by_column.items() if change}
        if values:
            own = (tally.c.campaign_id == campaign_id, tally.c.slot == number)
            db.session.execute(update(tally).where(*own).values(**values))


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
    elsewhere = _elsewhere_by_slot(campaign_id)
    counted = {n: (rows.get(n, 0), *(elsewhere.get((n, origin), 0) for origin in PARTS)) for n in range(TALLY_SLOTS)}
    if all(slots.get(n, (0, 0, 0)) == numbers for n, numbers in counted.items()):
        return None
    if fix:
        _set_slots(campaign_id, counted)
    slug = db.session.scalar(select(Campaign.slug).where(Campaign.id == campaign_id)) or ""
    return Drift(slug, sum(numbers[0] for numbers in slots.values()), sum(rows.values()))


def _locked_slots(campaign_id: int) -> dict[int, tuple[int, ...]]:
    """Of each slot the whole, and its parts in the order of PARTS."""
    tally = CampaignTally
    slots = (
        select(tally.slot, tally.confirmed_count, *(getattr(tally, name) for name in PARTS.values()))
        .where(tally.campaign_id == campaign_id)
        .order_by(tally.slot)
        .with_for_update()
    )
    return {row[0]: tuple(row[1:]) for row in db.session.execute(slots)}


def _elsewhere_by_slot(campaign_id: int) -> dict[tuple[int, Origin], int]:
    slot = Signature.id % TALLY_SLOTS
    apart = (Signature.origin != Origin.ONLINE, Signature.state == SignatureState.CONFIRMED)
    found = select(slot, Signature.origin, func.count()).where(Signature.campaign_id == campaign_id, *apart)
    return {(row[0], row[1]): row[2] for row in db.session.execute(found.group_by(slot, Signature.origin))}


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


def _set_slots(campaign_id: int, counted: dict[int, tuple[int, ...]]) -> None:
    for slot, (confirmed, paper, imported) in counted.items():
        numbers = {"confirmed_count": confirmed, "paper_count": paper, "imported_count": imported}
        db.session.merge(CampaignTally(campaign_id=campaign_id, slot=slot, **numbers))
    db.session.flush()
