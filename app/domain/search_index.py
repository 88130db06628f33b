"""Keeps what the search knows in step with what is stored: whatever a transaction changed gets its entry anew before it ends.

The session says what was changed, so no verb has to think of it. Rows that a statement inserts past the session are found by
looking which things have no entry. The worker looks once an hour whether anything is missing or left over (`complete`, `tidy`).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import delete, event, exists, insert, select
from sqlalchemy import inspect as state_of
from sqlalchemy.orm import ORMExecuteState, Session, SessionTransaction, UOWTransaction

from app.domain import search_engines, search_kinds
from app.domain.search_words import words_of
from app.domain.transactions import unit_of_work
from app.extensions import db
from app.models import DecisionMaker, Incident
from app.models.search import SearchEntry, SearchKind, number_of

OWN, REGISTER, TITLE = "§own", "§r", "¶"  # marks before or instead of words; no word has such a sign
BATCH = 500
TOUCHED, LACKING = (
    "search_touched",
    "search_lacking",
)  # what a transaction changed, and of which kinds it inserted unseen rows
KIND_OF = {source.model: kind for kind, source in search_kinds.SOURCES.items()}


@event.listens_for(db.session, "after_flush")
def _note_changes(session: Session, _context: UOWTransaction) -> None:
    for thing in (*session.new, *session.dirty, *session.deleted):
        model = type(thing)
        if model is DecisionMaker:
            _touch(session, SearchKind.CAMPAIGN, thing.campaign_id)
        elif (kind := KIND_OF.get(model)) and (thing not in session.dirty or _says_something_else(kind, thing)):
            _touch(session, kind, thing.id)


def _says_something_else(kind: SearchKind, thing: Any) -> bool:
    attributes = state_of(thing).attrs
    return any(attributes[name].history.has_changes() for name in search_kinds.of(kind).columns)


def _touch(session: Session, kind: SearchKind, thing_id: int) -> None:
    session.info.setdefault(TOUCHED, {}).setdefault(kind, set()).add(thing_id)


@event.listens_for(db.session, "do_orm_execute")
def _note_inserts(state: ORMExecuteState) -> None:
    """Registers take many incidents by one statement, of which the session sees no rows."""
    if state.is_insert and state.bind_mapper is not None and state.bind_mapper.class_ is Incident:
        state.session.info.setdefault(LACKING, set()).add(SearchKind.INCIDENT)


@event.listens_for(db.session, "after_soft_rollback")
def _forget_changes(session: Session, ended: SessionTransaction) -> None:
    if ended.nested:  # what was changed before a savepoint stays changed
        return
    session.info.pop(TOUCHED, None)
    session.info.pop(LACKING, None)


@event.listens_for(db.session, "before_commit")
def _keep_up(session: Session) -> None:
    if session.in_nested_transaction():
        return
    if session.new or session.dirty or session.deleted:
        session.flush()
    touched, lacking = session.info.pop(TOUCHED, {}), session.info.pop(LACKING, ())
    for kind in sorted(lacking):
        while ids := _without_entry(kind):
            _enter(kind, ids)
    for kind in sorted(touched):
        _enter(kind, sorted(touched[kind]))


def _enter(kind: SearchKind, ids: Iterable[int]) -> None:
    """New entries for these things, instead of those that they have; none for what is gone."""
    source, wanted = search_kinds.of(kind), list(ids)
    for start in range(0, len(wanted), BATCH):
        some = wanted[start : start + BATCH]
        db.session.execute(delete(SearchEntry).where(SearchEntry.kind == kind, SearchEntry.thing_id.in_(some)))
        rows = select(source.model).options(*source.options).where(source.model.id.in_(some), source.has_entry())
        # In a session of its own, so that what the verb holds in hand stays as it is.
        with Session(db.session.connection(), join_transaction_mode="rollback_only") as reading:
            said = [_said(kind, thing) for thing in reading.scalars(rows)]
        if said:
            db.session.execute(insert(SearchEntry), [entry for entry, _words in said])
            search_engines._write([(entry["number"], words) for entry, words in said])


def _said(kind: SearchKind, thing: Any) -> tuple[dict[str, Any], Iterable[str]]:
    said, register = search_kinds.of(kind).said(thing), getattr(thing, "register_id", None)
    number = number_of(kind, thing.id, said.date)
    titles = words_of(said.title)
    area = OWN if register is None else f"{REGISTER}{register}"
    words = (area, *(f"{TITLE}{word}" for word in titles), *(titles | words_of(*said.text)))
    return {"kind": kind, "thing_id": thing.id, "number": number, "register_id": register}, words


def _without_entry(kind: SearchKind) -> list[int]:
    source = search_kinds.of(kind)
    entry = exists().where(SearchEntry.kind == kind, SearchEntry.thing_id == source.model.id)
    lacking = select(source.model.id).where(source.has_entry(), ~entry).order_by(source.model.id).limit(BATCH)
    return list(db.session.scalars(lacking))


@unit_of_work
def complete() -> int:
    """Enter some of what has no entry, for example after an upgrade. Returns how many; call again while it is not zero."""
    for kind in SearchKind:
        if ids := _without_entry(kind):
            _enter(kind, ids)
            return len(ids)
    return 0


@unit_of_work
def tidy() -> int:
    """Delete some entries of things that are gone. Returns how many; call again while it is not zero."""
    for kind, source in search_kinds.SOURCES.items():
        thing = exists().where(source.model.id == SearchEntry.thing_id, source.has_entry())
        gone = select(SearchEntry.thing_id).where(SearchEntry.kind == kind, ~thing).limit(BATCH)
        if ids := list(db.session.scalars(gone)):
            db.session.execute(delete(SearchEntry).where(SearchEntry.kind == kind, SearchEntry.thing_id.in_(ids)))
            return len(ids)
    return 0


@unit_of_work
def empty() -> int:
    """Delete some of all entries, to begin anew with `complete`. Returns how many; call again while it is not zero."""
    numbers = list(db.session.scalars(select(SearchEntry.number).limit(BATCH)))
    db.session.execute(delete(SearchEntry).where(SearchEntry.number.in_(numbers)))
    return len(numbers)


@unit_of_work
def overwrite_deleted() -> None:
    """Leave nothing in the file of words that nothing has any more, such as a name that was taken out (PRI-05)."""
    search_engines._overwrite_deleted()
