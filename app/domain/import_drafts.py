"""An import on its way: kept as it was handed in, so that it can be looked at, corrected and taken, today or tomorrow."""

from __future__ import annotations

import datetime as dt
import secrets
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.exc import InvalidRequestError

from app.domain import activity
from app.domain.refused import EditedMeanwhile, NotFound
from app.domain.transactions import unit_of_work
from app.extensions import db
from app.models import Deed, ImportDraft, Register

FIRST_REVISIONS = 2**30  # each import begins at another one, so that nobody takes one for another that they looked at


@unit_of_work
def begin(register: Register, content: bytes, *, is_table: bool, assessed_on: dt.date, now: dt.datetime) -> ImportDraft:
    """Keep what was handed in. Raises EditedMeanwhile where another import is not finished: its corrections are somebody's work."""
    db.session.refresh(register, with_for_update=True)
    if of(register) is not None:
        raise EditedMeanwhile(
            _(
                "Another import was begun meanwhile. Take it or throw it away first; yours is kept here until you leave this page."
            )
        )
    draft = ImportDraft(
        register_id=register.id,
        content=content,
        is_table=is_table,
        corrections={},
        assessed_on=assessed_on,
        revision=secrets.randbelow(FIRST_REVISIONS) + 1,
        created_at=now,
        edited_at=now,
    )
    db.session.add(draft)
    activity._note(Deed.CREATED, draft, now=now)
    return draft


@unit_of_work
def rewrite(draft: ImportDraft, content: bytes, *, assessed_on: dt.date, seen: int | None, now: dt.datetime) -> None:
    """Read another text, or since another day. Corrections of rows that stay as they are stay, too.

    `seen` is its revision as whoever writes saw it. Raises EditedMeanwhile where it is another one now.
    """
    _hold(draft)
    if draft.revision != seen:
        raise EditedMeanwhile(
            _("Somebody else changed this import after you opened it. Your text is kept; compare, then read it again.")
        )
    draft.content, draft.assessed_on = content, assessed_on
    _changed(draft, now)
    activity._note(Deed.WROTE, draft, now=now)


@unit_of_work
def read_with(draft: ImportDraft, mapping: dict[str, Any], *, now: dt.datetime) -> None:
    """Read its table in another way. Rows read otherwise are other rows, so that corrections of them end."""
    _hold(draft)
    draft.mapping = mapping
    _changed(draft, now)
    activity._note(Deed.WROTE, draft, now=now)


@unit_of_work
def correct(draft: ImportDraft, key: str, values: dict[str, Any] | None, *, now: dt.datetime) -> None:
    """Let the row of this key say something else: `{"entry": ...}`, or `{"is_out": True}` for one that is left out, or
    `{"is_out": False}` for one that is taken in spite of a doubt. None takes a correction back."""
    _hold(draft)
    others = {name: said for name, said in draft.corrections.items() if name != key}
    draft.corrections = others if values is None else {**others, key: values}
    _changed(draft, now)
    activity._note(Deed.WROTE, draft, now=now)


@unit_of_work
def finish(draft: ImportDraft, left: bytes, *, seen: int, now: dt.datetime) -> None:
    """What was read of the revision `seen` is in the register: keep what is left, or nothing. Where somebody changed it since, or
    another import took its place, that stays as it is; rows that are in the register already change nothing when taken again."""
    try:
        _hold(draft)
    except NotFound:
        return
    if draft.revision != seen:
        return
    if left.strip():
        draft.content, draft.corrections = left, {}
        _changed(draft, now)
    else:
        db.session.delete(draft)


@unit_of_work
def discard(draft: ImportDraft, *, now: dt.datetime) -> None:
    """Throw it away. The register stays as it is."""
    _hold(draft)
    activity._note(Deed.DISCARDED, draft, now=now)
    db.session.delete(draft)


def _hold(draft: ImportDraft) -> None:
    """The import read again; nobody else changes it until this is done. Raises NotFound where it was taken or thrown away."""
    try:
        db.session.refresh(draft, with_for_update=True)
    except InvalidRequestError:
        raise NotFound from None


def _changed(draft: ImportDraft, now: dt.datetime) -> None:
    draft.revision += 1
    draft.edited_at = now


def of(register: Register) -> ImportDraft | None:
    """The import of a register that was not finished."""
    return db.session.scalar(select(ImportDraft).where(ImportDraft.register_id == register.id))


def own(register: Register) -> ImportDraft:
    """The same. Raises NotFound where there is none."""
    draft = of(register)
    if draft is None:
        raise NotFound
    return draft
