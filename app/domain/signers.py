"""Looking for signers: by name, country or postcode, the newest first, a page at a time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, or_, select, union_all

from app.domain.dialects import allow_seconds
from app.extensions import db
from app.models import Signature, SignatureState
from app.models.signatures import name_key

SEARCH_SECONDS = 20
MOST_WORDS = 6
LISTED = (SignatureState.CONFIRMED, SignatureState.PENDING, SignatureState.HELD, SignatureState.INVALIDATED)


@dataclass(frozen=True)
class Word:
    """A word that somebody looks for, and the codes of the countries that it may mean."""

    text: str
    countries: tuple[str, ...] = ()


@dataclass(frozen=True)
class Page:
    """Some signatures, the newest first, and from which key the neighbouring pages go on."""

    signatures: list[Signature]
    newer: int | None
    older: int | None


def page(
    campaign_id: int,
    *,
    words: Iterable[Word] = (),
    states: Iterable[SignatureState] = LISTED,
    before: int | None = None,
    after: int | None = None,
    size: int = 50,
) -> Page:
    """The signatures that match every word: those older than key `before`, newer than key `after`, or the newest.

    Each state is read from its own stretch of the index and stops after a page, so that page 10,000 costs what page 1 does.
    """
    allow_seconds(SEARCH_SECONDS)
    conditions = [Signature.campaign_id == campaign_id, *(_matches(word) for word in list(words)[:MOST_WORDS])]
    upwards = after is not None and before is None
    if before is not None:
        conditions.append(Signature.id < before)
    elif after is not None:
        conditions.append(Signature.id > after)
    order = Signature.id.asc() if upwards else Signature.id.desc()
    stretches = [
        select(Signature.id).where(Signature.state == state, *conditions).order_by(order).limit(size + 1).subquery()
        for state in states
    ]
    keys = union_all(*(select(stretch.c.id) for stretch in stretches)).subquery()
    found = list(
        db.session.scalars(select(Signature).join(keys, keys.c.id == Signature.id).order_by(order).limit(size + 1))
    )
    return _paged(found, size, upwards, is_first=before is None and after is None)


def _paged(found: list[Signature], size: int, upwards: bool, *, is_first: bool) -> Page:
    more, shown = len(found) > size, found[:size]
    if upwards:
        shown.reverse()
    has_newer, has_older = (more, True) if upwards else (not is_first, more)
    return Page(
        shown,
        newer=shown[0].id if shown and has_newer else None,
        older=shown[-1].id if shown and has_older else None,
    )


def _matches(word: Word) -> ColumnElement[bool]:
    """A part of the name, a part of the postcode, or one of the countries. `%` and `_` mean themselves."""
    return or_(
        Signature.name_key.contains(name_key(word.text), autoescape=True),
        func.lower(Signature.postcode).contains(word.text.lower(), autoescape=True),
        Signature.country.in_(word.countries),
    )
