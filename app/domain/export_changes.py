"""What changed since an export: who came, whose consent changed, and who has to be taken out of where the list went.

Each export keeps, as one bit for each signature, whom it held and who of them could be written to. Both were read in the very
transaction that its rows came from, so they are exactly what left the house. The next one compares them with what it sees itself.
No clock decides: a signature that was confirmed while the last export ran, and was not visible to it, has no bit and comes now.
"""

from __future__ import annotations

import itertools
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import BigInteger, Connection, Integer, Select, cast, delete, func, literal, literal_column, select

from app.domain import exports
from app.domain.dialects import allow_seconds
from app.domain.export_choice import EXTERNAL_ID, Choice
from app.domain.export_columns import plain
from app.extensions import db
from app.models import Campaign, Export, ExportCoverage, ExportState, Signature, SignatureState

IDS_AT_ONCE = 1000
WORD = 32  # signatures whose bits the database puts together: of a million, it hands over thirty thousand numbers
WORD_BYTES = WORD // 8
KEPT = 5  # of one person and campaign
WAITING = (ExportState.STARTED, ExportState.QUEUED, ExportState.RUNNING)  # what may still have to be compared
SECONDS = 60
ADD, UPDATE, REMOVE = "add", "update", "remove"
NEW, CONSENT, NOT_MEANT = "new", "consent", "no_longer_meant"


@dataclass
class Coverage:
    """Whom a file held, and who of them could be written to: bit n stands for the signature of number n."""

    signers: int = 0
    supporters: int = 0


class Meant:
    """Who is meant by a choice, as the transaction sees it that is asked. Asks nothing of this thread's own session."""

    def __init__(self, campaign: Campaign, choice: Choice) -> None:
        self._everybody = _ids(campaign, choice)
        self._supporters = None if choice.supporters_only else _ids(campaign, replace(choice, supporters_only=True))

    def gather(self, connection: Connection) -> Coverage:
        """Everybody, and who of them can be written to."""
        signers = _bits(connection, self._everybody)
        return Coverage(signers, signers if self._supporters is None else _bits(connection, self._supporters))


def _ids(campaign: Campaign, choice: Choice) -> Select[Any]:
    """The numbers of those who are meant, each once: 32 of them to a row, as a number of their own and the bits of those in it."""
    ids: Any = select(Signature.id)
    meant = exports.joined(exports.filtered(ids, campaign, choice), campaign, choice, cells=False).subquery().c.id
    bit = literal(1, BigInteger).op("<<")(cast(meant.op("&")(WORD - 1), Integer))
    word = meant.op(">>")(literal_column(str(WORD.bit_length() - 1)))
    return select(word, func.sum(bit)).group_by(word)


def _bits(connection: Connection, ids: Select[Any]) -> int:
    result = connection.execution_options(stream_results=True).execute(ids)
    bits = bytearray()
    while block := result.fetchmany(10_000):
        needed = (max(word for word, _those in block) + 1) * WORD_BYTES
        bits.extend(bytes(max(0, needed - len(bits))))
        for word, those in block:
            bits[word * WORD_BYTES : (word + 1) * WORD_BYTES] = int(those).to_bytes(WORD_BYTES, "little")
    return int.from_bytes(bits, "little")


def _numbers(bits: int) -> Iterator[int]:
    """The numbers whose bit is set."""
    for place, byte in enumerate(bits.to_bytes((bits.bit_length() + 7) // 8, "little")):
        if byte:
            yield from (place * 8 + n for n in range(8) if byte >> n & 1)


def _packed(bits: int) -> bytes:
    return zlib.compress(bits.to_bytes((bits.bit_length() + 7) // 8, "little"), 1)


def _keep(export_id: int, coverage: Coverage) -> None:
    """Remember what an export held, in the caller's transaction."""
    db.session.add(
        ExportCoverage(export_id=export_id, signers=_packed(coverage.signers), supporters=_packed(coverage.supporters))
    )
    db.session.flush()
    _forget_older(export_id)


def _forget_older(export_id: int) -> None:
    """Forget what all but the newest exports of the same person held. Only those count that were taken whole, since no other is a
    place to go on from; and what somebody waits to have changes told of stays."""
    export = db.session.get_one(Export, export_id, populate_existing=True)
    if export.state != ExportState.FINISHED:
        return
    same = (
        Export.campaign_id == export.campaign_id,
        Export.organisation_id == export.organisation_id,
        Export.account_id == export.account_id,
    )
    kept = select(ExportCoverage.export_id).join(Export, Export.id == ExportCoverage.export_id)
    old = set(
        db.session.scalars(
            kept.where(*same, Export.state == ExportState.FINISHED).order_by(Export.id.desc()).offset(KEPT)
        )
    )
    awaited = db.session.scalars(select(Export.choice).where(*same, Export.state.in_(WAITING)))
    _drop(*(old - {choice.get("since") for choice in awaited}))


def _drop(*export_ids: int) -> None:
    """Forget what these exports held, in the caller's transaction."""
    if export_ids:
        db.session.execute(delete(ExportCoverage).where(ExportCoverage.export_id.in_(export_ids)))


def bases(campaign: Campaign, account_id: int) -> list[Export]:
    """This person's exports of the campaign after which changes can be told, the newest first."""
    own = Export.of_campaign(campaign).where(
        Export.account_id == account_id,
        Export.state == ExportState.FINISHED,
        Export.id.in_(select(ExportCoverage.export_id)),
    )
    return list(db.session.scalars(own.limit(KEPT)))


class Changes:
    """The rows of a list of changes, found in the transaction of whoever reads them."""

    def __init__(self, campaign: Campaign, choice: Choice) -> None:
        self._keys = [plain(key) for key in choice.in_file()]
        self._meant = Meant(campaign, choice)
        whole = select(*exports.cells(campaign, choice)).select_from(Signature)
        self._rows = exports.joined(whole, campaign, replace(choice, supporters_only=False)).order_by(Signature.id)
        kept = db.session.get_one(ExportCoverage, choice.since)
        self._old = Coverage(*(int.from_bytes(zlib.decompress(b), "little") for b in (kept.signers, kept.supporters)))
        self.row_count = 0

    def __call__(self, connection: Connection) -> Iterator[list[Sequence[Any]]]:
        """The rows in blocks: who came, whose consent changed, who is to be taken out."""
        new = self._meant.gather(connection)
        both = new.signers & self._old.signers
        added, removed = new.signers & ~self._old.signers, self._old.signers & ~new.signers
        changed = both & (new.supporters ^ self._old.supporters)
        self.row_count = added.bit_count() + removed.bit_count() + changed.bit_count()
        yield from self._whole(connection, added, (ADD, NEW))
        yield from self._whole(connection, changed, (UPDATE, CONSENT))
        yield from self._gone(connection, removed)

    def _whole(self, connection: Connection, bits: int, first: tuple[str, str]) -> Iterator[list[Sequence[Any]]]:
        for ids in _batches(bits):
            found = connection.execute(self._rows.where(Signature.id.in_(ids)))
            yield [(*first, *row) for row in found]

    def _gone(self, connection: Connection, bits: int) -> Iterator[list[Sequence[Any]]]:
        """Of whom nothing is left, or nothing may be said any more: the number of the signature, and why."""
        asked = select(Signature.public_id, Signature.state)
        for ids in _batches(bits):
            found = connection.execute(asked.where(Signature.id.in_(ids)).order_by(Signature.id))
            yield [self._row(public_id, state) for public_id, state in found]

    def _row(self, public_id: str, state: SignatureState) -> Sequence[Any]:
        why = NOT_MEANT if state == SignatureState.CONFIRMED else str(state)
        return (REMOVE, why, *(public_id if key == EXTERNAL_ID else "" for key in self._keys))


def _batches(bits: int) -> Iterator[list[int]]:
    numbers = _numbers(bits)
    while batch := list(itertools.islice(numbers, IDS_AT_ONCE)):
        yield batch


def found(campaign: Campaign, choice: Choice, limit: int) -> tuple[list[Sequence[Any]], int]:
    """The first changes, and how many there are."""
    allow_seconds(SECONDS)
    changes = Changes(campaign, choice)
    rows = itertools.chain.from_iterable(changes(db.session.connection()))
    return list(itertools.islice(rows, limit)), changes.row_count
