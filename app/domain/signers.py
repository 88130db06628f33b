"""Looking for signers: by what a name begins with, mail domain, place, day, state, channel and consent, a page at a time.

Page 10,000 costs what page 1 does, and no question is read to its end at any price. A name is looked up in an index. Everything
else is read along the order of signing, a stretch at a time, for about a second; whoever asks for what is rarer than that is
told how far the look went, and goes on from there.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, union_all

from app.domain import answers
from app.domain.dialects import allow_seconds
from app.domain.folding import KEY_LENGTH, fold
from app.extensions import db
from app.models import Channel, Consent, Origin, Signature, SignatureChange, SignatureState, SignerAct

SEARCH_SECONDS = 20  # for a statement, so that a stretch on a busy machine is not cut off
LOOK_SECONDS = 1.0  # for a page, after which it says how far it came
STRETCH = 20_000  # signatures of one state that are read at once
MOST_COUNTED = 1_000  # a list says "more than" beyond
HIGHEST = "\U0010ffff"
LISTED = (SignatureState.CONFIRMED, SignatureState.PENDING, SignatureState.HELD, SignatureState.INVALIDATED)


@dataclass(frozen=True)
class Wanted:
    """Which signatures of a campaign somebody looks for; what is empty filters nothing. Withdrawn ones are never found."""

    name: str = ""  # what it begins with, from either end
    domain: str = ""
    country: str = ""
    postcode: str = ""  # what it begins with
    signed_since: dt.datetime | None = None
    signed_until: dt.datetime | None = None  # not included
    state: SignatureState | None = None
    channel: Channel | None = None
    origin: Origin | None = None
    consent: bool | None = None  # whether they agreed to hear more
    answers: tuple[tuple[int, str], ...] = ()  # question and answer, all of them
    act_id: int | None = None  # changed by this act, and not since
    public_ids: tuple[str, ...] = ()  # these alone

    @property
    def states(self) -> tuple[SignatureState, ...]:
        """The states in which to look."""
        return (self.state,) if self.state else LISTED

    @property
    def asks(self) -> bool:
        """Whether anything but the state is asked for."""
        return replace(self, state=None) != Wanted()

    def record(self) -> dict[str, Any]:
        """The same as JSON."""
        said = {name: value for name, value in asdict(self).items() if value not in ("", None, ())}
        return {name: value.isoformat() if isinstance(value, dt.datetime) else value for name, value in said.items()}

    @staticmethod
    def read(record: Mapping[str, Any]) -> Wanted:
        """What `record` wrote."""
        said = dict(record)
        for name in ("signed_since", "signed_until"):
            said[name] = dt.datetime.fromisoformat(said[name]) if said.get(name) else None
        said["state"] = SignatureState(said["state"]) if said.get("state") else None
        said["channel"] = Channel(said["channel"]) if said.get("channel") else None
        said["origin"] = Origin(said["origin"]) if said.get("origin") else None
        said["public_ids"] = tuple(said.get("public_ids", ()))
        said["answers"] = tuple((number, answer) for number, answer in said.get("answers", ()))
        return Wanted(**said)

    def without_person(self) -> Wanted:
        """The same without what may name somebody."""
        return replace(self, name="", postcode="")


@dataclass(frozen=True)
class Page:
    """Some signatures, the newest first, and from which key the neighbouring pages go on."""

    signatures: list[Signature]
    newer: int | None
    older: int | None
    unfinished: bool = False  # the look ended before the page was full: there may be more beyond


def page(
    campaign_id: int,
    wanted: Wanted = Wanted(),  # noqa: B008 (frozen)
    *,
    before: int | None = None,
    after: int | None = None,
    size: int = 50,
) -> Page:
    """The signatures that match: those older than key `before`, newer than key `after`, or the newest."""
    allow_seconds(SEARCH_SECONDS)
    upwards = after is not None and before is None
    ids, came_to = _look(campaign_id, wanted, after if upwards else before, upwards, size + 1)
    order = Signature.id.asc() if upwards else Signature.id.desc()
    shown = list(db.session.scalars(select(Signature).where(Signature.id.in_(ids[:size])).order_by(order)))
    if upwards:
        shown.reverse()
    more = len(ids) > size or came_to is not None
    has_newer, has_older = (more, True) if upwards else (before is not None, more)
    cut = came_to if len(ids) <= size else None
    newest, oldest = (shown[0].id, shown[-1].id) if shown else (before, after)
    if upwards:
        newest = cut or newest
    else:
        oldest = cut or oldest
    return Page(shown, newest if has_newer else None, oldest if has_older else None, unfinished=cut is not None)


def _look(
    campaign_id: int, wanted: Wanted, edge: int | None, upwards: bool, number: int
) -> tuple[list[int], int | None]:
    """The next keys that match, and, where the time was over before there were enough, the key up to which was looked."""
    found: list[int] = []
    for ids, came_to in _stretches(campaign_id, wanted, edge, upwards, number):
        found += ids
        if len(found) >= number or came_to is None:
            return found[:number], None
        edge = came_to
    return found, edge


def _stretches(
    campaign_id: int, wanted: Wanted, edge: int | None, upwards: bool, number: int
) -> Iterator[tuple[list[int], int | None]]:
    """Stretch by stretch what matches, and where the next one begins; for about a second. A name is looked for in the first stretch,
    where common ones fill a page, and then in its index, which has few of the others."""
    end = time.monotonic() + LOOK_SECONDS
    while True:
        reach = None if _is_listed(wanted) or not wanted.asks else _reach(campaign_id, wanted.states, edge, upwards)
        yield _ids(campaign_id, wanted, edge, reach, upwards, number), reach
        if reach is None or time.monotonic() > end:
            return
        edge = reach
        if wanted.name:
            yield _named(campaign_id, wanted, edge, upwards, number), None
            return


def _is_listed(wanted: Wanted) -> bool:
    """Whether it is known which signatures are meant at most, so that they are read one by one."""
    return bool(wanted.public_ids) or wanted.act_id is not None


def _is_walked(wanted: Wanted) -> bool:
    """Whether what is asked for is found by no index: lists, names and states are."""
    return wanted.asks and not wanted.name and not _is_listed(wanted)


def _reach(campaign_id: int, states: tuple[SignatureState, ...], edge: int | None, upwards: bool) -> int | None:
    """How far a stretch goes: no state has more than `STRETCH` signatures in it. None where it goes to the end."""
    order = Signature.id.asc() if upwards else Signature.id.desc()
    ends = []
    for state in states:
        own = [Signature.campaign_id == campaign_id, Signature.state == state, *_beyond(edge, upwards)]
        step = select(Signature.id).where(*own).order_by(order).offset(STRETCH - 1).limit(1)
        if (end := db.session.scalar(step)) is not None:
            ends.append(end)
    return (min if upwards else max)(ends, default=None)


def _beyond(edge: int | None, upwards: bool) -> list[ColumnElement[bool]]:
    return [] if edge is None else [Signature.id > edge if upwards else Signature.id < edge]


def _ids(
    campaign_id: int, wanted: Wanted, edge: int | None, reach: int | None, upwards: bool, number: int
) -> list[int]:
    """Matching keys between `edge` and `reach`, in order. Each state is read from its own stretch of an index and stops by itself."""
    shared = [Signature.campaign_id == campaign_id, *_beyond(edge, upwards), *_plain(wanted)]
    if reach is not None:
        shared.append(Signature.id <= reach if upwards else Signature.id >= reach)
    if wanted.name:
        shared.append(or_(*_begins(wanted.name, by_index=False)))
    return _merged([[*shared, Signature.state == state] for state in wanted.states], upwards, number)


def _named(campaign_id: int, wanted: Wanted, edge: int | None, upwards: bool, number: int) -> list[int]:
    """The same by the indexes of names, to the end. Keys are reckoned with, so that no database walks along them instead."""
    key = Signature.id + 0
    shared = [Signature.campaign_id == campaign_id, Signature.state.in_(wanted.states), *_plain(wanted)]
    if edge is not None:
        shared.append(key > edge if upwards else key < edge)
    return _merged([[*shared, begins] for begins in _begins(wanted.name)], upwards, number, key)


def _merged(parts: list[list[ColumnElement[bool]]], upwards: bool, number: int, key: Any = Signature.id) -> list[int]:
    order = key.asc() if upwards else key.desc()
    stretches = [select(Signature.id).where(*part).order_by(order).limit(number).subquery() for part in parts]
    found = union_all(*(select(stretch.c.id) for stretch in stretches)).subquery().c.id
    merged = select(found).distinct().order_by(found.asc() if upwards else found.desc()).limit(number)
    return list(db.session.scalars(merged))


def conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    """What is asked for, as conditions on `Signature`."""
    named = [or_(*_begins(wanted.name))] if wanted.name else []
    return [Signature.state.in_(wanted.states), *named, *_plain(wanted)]


def _begins(name: str, by_index: bool = True) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """The whole name begins so, or the family name does. As two bounds, which both databases look up in an index; or do not, where
    something is put behind the column."""
    start = fold(name)[:KEY_LENGTH]
    both = [key if by_index else key + "" for key in (Signature.name_key, Signature.family_key)]
    first, second = (and_(key >= start, key < start + HIGHEST) for key in both)
    return first, second


def _plain(wanted: Wanted) -> list[ColumnElement[bool]]:
    """Everything but name and state."""
    asked: dict[str, Callable[[Any], ColumnElement[bool]]] = {
        "domain": lambda said: func.lower(Signature.email).endswith(f"@{said.lower().lstrip('@')}", autoescape=True),
        "country": lambda said: Signature.country == said,
        "postcode": lambda said: func.lower(Signature.postcode).startswith(said.lower(), autoescape=True),
        "signed_since": lambda said: Signature.created_at >= said,
        "signed_until": lambda said: Signature.created_at < said,
        "channel": lambda said: Signature.channel == said,
        "origin": lambda said: Signature.origin == said,
        "public_ids": lambda said: Signature.public_id.in_(said),
    }
    found = [condition(getattr(wanted, name)) for name, condition in asked.items() if getattr(wanted, name)]
    if wanted.consent is not None:
        agreed = exists().where(Consent.signature_id == Signature.id, Consent.is_current())
        found.append(agreed if wanted.consent else ~agreed)
    found += [answers.answered(number, answer) for number, answer in wanted.answers]
    if wanted.act_id is not None:
        found.append(_changed_by(wanted.act_id))
    return found


def _changed_by(act_id: int) -> ColumnElement[bool]:
    """This act changed it, and it still stands where the act put it."""
    change = SignatureChange
    stands = exists().where(
        change.act_id == act_id, change.signature_id == Signature.id, change.new_state == Signature.state
    )
    return and_(Signature.id.in_(select(change.signature_id).where(change.act_id == act_id)), stands)


@dataclass(frozen=True)
class Matches:
    """How many match: exactly, or at least so many."""

    number: int
    exact: bool


def count(campaign_id: int, wanted: Wanted) -> Matches:
    """How many match, as far as can be said within a second and up to a thousand."""
    allow_seconds(SEARCH_SECONDS)
    ids, came_to = _look(campaign_id, wanted, None, False, MOST_COUNTED + 1)
    return Matches(min(len(ids), MOST_COUNTED), exact=len(ids) <= MOST_COUNTED and came_to is None)


def count_by_state(campaign_id: int, wanted: Wanted) -> dict[SignatureState, int]:
    """How many match in each state, exactly: for somebody who is about to change them all."""
    allow_seconds(SEARCH_SECONDS)
    by_state = (
        select(Signature.state, func.count())
        .where(Signature.campaign_id == campaign_id, *conditions(wanted))
        .group_by(Signature.state)
    )
    return dict(db.session.execute(by_state).all())


def one(campaign_id: int, public_id: str) -> Signature | None:
    """The signature of this random id, unless it was withdrawn."""
    return db.session.scalar(_kept(campaign_id).where(Signature.public_id == public_id))


def of_mailbox(campaign_id: int, key: bytes) -> Signature | None:
    """The signature that was given from this mailbox."""
    return db.session.scalar(_kept(campaign_id).where(Signature.email_key == key))


def _kept(campaign_id: int) -> Select[Signature]:
    return select(Signature).where(Signature.campaign_id == campaign_id, Signature.state != SignatureState.WITHDRAWN)


def act(campaign_id: int, public_id: str) -> SignerAct | None:
    """The act of this random id on this campaign's signatures."""
    return db.session.scalar(SignerAct.of_campaign(campaign_id).where(SignerAct.public_id == public_id))
