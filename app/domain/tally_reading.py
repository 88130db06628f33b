"""Reads the roll-ups: how many confirmed signatures some campaigns had in a time, by country, by channel.

What is summed up comes from the tallies, what is later from its rows, at most some minutes of them. So an answer is right to the
moment, and costs the same for ten million signatures as for ten thousand.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Integer, and_, column, func, or_, select, true, values
from sqlalchemy.sql.expression import CTE

from app.domain.dialects import quarter_of
from app.domain.tallies import A_DAY, in_count, place_of
from app.extensions import db
from app.models import Consent, Signature, SignatureState, SignatureTally, TallyMark, TallyPart, TallyProgress
from app.models.tallies import DAY, QUARTER
from app.models.types import UTC

LONG_AGO = dt.datetime(1970, 1, 2, tzinfo=dt.UTC)


@dataclass(frozen=True)
class Late:
    """Signatures of one quarter of an hour that are not summed up yet."""

    campaign_id: int
    place: int
    country: str
    channel: str
    number: int


class Tallies:
    """The numbers of some campaigns. Made for one page: what is not summed up yet is read once."""

    def __init__(self, campaign_ids: Sequence[int]) -> None:
        self.campaign_ids = list(campaign_ids)
        known = select(TallyProgress.campaign_id, TallyProgress.until_at)
        found = dict(db.session.execute(known.where(TallyProgress.campaign_id.in_(self.campaign_ids))).all())
        self._edges = {number: found.get(number) for number in self.campaign_ids}
        self._late = self._read_late() if self.campaign_ids else []

    def are_marked(self) -> bool:
        """Whether earlier signatures went out of the count, or came back, and the roll-ups do not say so yet."""
        marked = select(TallyMark.id).where(TallyMark.campaign_id.in_(self.campaign_ids)).limit(1)
        return db.session.scalar(marked) is not None

    def spans(self, moments: Sequence[dt.datetime], only: Sequence[int] | None = None) -> dict[int, list[int]]:
        """By campaign: how many signatures were confirmed from each of these moments to the next. All are quarters of an hour."""
        places, wanted = [place_of(moment) for moment in moments], self.campaign_ids if only is None else list(only)
        found = {number: [0] * (len(places) - 1) for number in wanted}
        if not wanted or len(places) < 2:
            return found
        spans = _table("spans", span=Integer(), begins=Integer(), ends=Integer())(
            [(n, begins, ends) for n, (begins, ends) in enumerate(pairwise(places))]
        )
        edges = self._edges_table(wanted)
        tally = SignatureTally
        within = (
            tally.campaign_id == edges.c.campaign_id,
            tally.part == TallyPart.WHOLE,
            tally.minutes == QUARTER,
            tally.place >= spans.c.begins,
            tally.place < spans.c.ends,
            tally.place < edges.c.place,
        )
        summed = select(func.sum(tally.signature_count)).where(*within).scalar_subquery()
        each = select(edges.c.campaign_id, spans.c.span, summed).select_from(edges.join(spans, true()))
        for number, span, total in db.session.execute(each):
            found[number][span] += int(total or 0)
        for late in self._late:
            if late.campaign_id in found:
                _add_late(found[late.campaign_id], places, late)
        return found

    def named(
        self,
        part: TallyPart,
        since: dt.datetime | None,
        until: dt.datetime | None,
        only: Sequence[int] | None = None,
    ) -> dict[int, Counter[str]]:
        """By campaign: how many signatures each country or channel had from one moment to another; None: from the first, to now."""
        wanted = set(self.campaign_ids if only is None else only)
        first = place_of(since) if since else 0
        end = place_of(until) if until else place_of(dt.datetime.max.replace(tzinfo=dt.UTC) - dt.timedelta(days=2))
        found: dict[int, Counter[str]] = defaultdict(Counter)
        edges, tally = self._edges_table(wanted), SignatureTally
        named = (
            select(tally.campaign_id, tally.name, func.sum(tally.signature_count))
            .join(edges, tally.campaign_id == edges.c.campaign_id)
            .where(tally.part == part, _whole_days_and_edges(first, end, edges))
            .group_by(tally.campaign_id, tally.name)
        )
        for number, name, total in db.session.execute(named):
            found[number][name] += int(total)
        for late in self._late:
            if late.campaign_id in wanted and first <= late.place < end and part != TallyPart.SUPPORTER:
                name = {TallyPart.COUNTRY: late.country, TallyPart.CHANNEL: late.channel}.get(part, "")
                found[late.campaign_id][name] += late.number
        return found

    def supporters(self) -> int:
        """How many confirmed signers agreed to hear more."""
        summed = sum(names[""] for names in self.named(TallyPart.SUPPORTER, None, None).values())
        return summed + sum(self._late_supporters(number, since) for number, since in self._edges.items())

    def _late_supporters(self, campaign_id: int, since: dt.datetime | None) -> int:
        late = [] if since is None else [Signature.confirmed_at >= since]
        agreed = (
            select(func.count(func.distinct(Signature.id)))
            .join(Consent)
            .where(*in_count(campaign_id), *late, Consent.is_current())
        )
        return db.session.scalar(agreed) or 0

    def _edges_table(self, wanted: Iterable[int]) -> CTE:
        """Up to which quarter each campaign's tallies are read, though the worker may have gone on since this page began."""
        rows = [(number, place_of(edge) if (edge := self._edges[number]) else 0) for number in wanted]
        return _table("edges", campaign_id=BigInteger(), place=Integer())(rows or [(0, 0)])

    def _read_late(self) -> list[Late]:
        since = _table("since", campaign_id=BigInteger(), begins=UTC())(
            [(number, edge or LONG_AGO) for number, edge in self._edges.items()]
        )
        quarter = quarter_of(Signature.confirmed_at)
        key = (Signature.campaign_id, quarter, Signature.country, Signature.channel)
        late = (
            select(*key, func.count())
            .join(since, Signature.campaign_id == since.c.campaign_id)
            .where(Signature.state == SignatureState.CONFIRMED, Signature.confirmed_at >= since.c.begins)
            .group_by(*key)
        )
        return [Late(*row[:3], str(row[3]), row[4]) for row in db.session.execute(late)]


def _table(name: str, **columns: Any) -> Any:
    """Rows given to a statement, as a table of this name."""

    def of(rows: Sequence[tuple[Any, ...]]) -> CTE:
        return values(*(column(key, kind) for key, kind in columns.items())).data(list(rows)).cte(name)

    return of


def _add_late(found: list[int], places: Sequence[int], late: Late) -> None:
    span = bisect_right(places, late.place) - 1
    if 0 <= span < len(found):
        found[span] += late.number


def _whole_days_and_edges(first: int, end: int, edges: CTE) -> ColumnElement[bool]:
    """The condition of the tallies that add up to a time: whole days of UTC, and quarters of an hour at both ends."""
    tally = SignatureTally
    first_day, last_day = -(-first // A_DAY), end // A_DAY
    if first_day >= last_day:
        return and_(tally.minutes == QUARTER, tally.place >= first, tally.place < end, tally.place < edges.c.place)
    # The day in which the edge lies may hold quarters that were summed up since: those are read as quarters.
    edge_day = edges.c.place.op("/")(A_DAY)
    quarters = or_(tally.place < first_day * A_DAY, tally.place >= last_day * A_DAY, tally.place >= edge_day * A_DAY)
    return or_(
        and_(tally.minutes == DAY, tally.place >= first_day, tally.place < last_day, tally.place < edge_day),
        and_(
            tally.minutes == QUARTER,
            tally.place >= first,
            tally.place < end,
            tally.place < edges.c.place,
            quarters,
        ),
    )
