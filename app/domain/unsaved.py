"""Words typed into a form of the desk and not saved yet: kept for the one who typed them, until the form is saved."""

from __future__ import annotations

import datetime as dt

from flask_babel import gettext as _
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite

from app.domain.refused import Refused
from app.domain.transactions import unit_of_work
from app.extensions import db
from app.models import UnsavedWords
from app.models.unsaved import ADDRESS_LENGTH

MOST_SIGNS = 250_000  # of all fields of one form; a table of figures, or two hundred rows of a pasted list
MOST_FORMS = 50  # of one account; the one that was kept longest ago gives way
FORGET_AFTER = dt.timedelta(days=30)
FORGET_BATCH = 500

Fields = list[tuple[str, str]]


class TooMuch(Refused):
    """More than is kept of a form."""

    status = 413


def of(account_id: int, address: str) -> UnsavedWords | None:
    """What this account typed into the form of this address, if it was not saved."""
    return db.session.scalar(select(UnsavedWords).filter_by(account_id=account_id, address=address))


@unit_of_work
def keep(account_id: int, address: str, fields: Fields, *, now: dt.datetime) -> None:
    """Keep what stands in a form now, instead of what was kept of it before. Raises TooMuch."""
    if len(address) > ADDRESS_LENGTH or sum(len(name) + len(value) for name, value in fields) > MOST_SIGNS:
        raise TooMuch(_("This is too long to be kept while you write. Save it."))
    insert = insert_postgresql if db.engine.dialect.name == "postgresql" else insert_sqlite
    row = {"account_id": account_id, "address": address, "fields": fields, "kept_at": now}
    kept = insert(UnsavedWords).values(row)
    db.session.execute(
        kept.on_conflict_do_update(
            index_elements=["account_id", "address"], set_={"fields": kept.excluded.fields, "kept_at": now}
        )
    )
    mine = select(UnsavedWords.id).filter_by(account_id=account_id)
    last = mine.order_by(UnsavedWords.kept_at.desc(), UnsavedWords.id.desc()).limit(MOST_FORMS)
    db.session.execute(delete(UnsavedWords).where(UnsavedWords.account_id == account_id, UnsavedWords.id.not_in(last)))


@unit_of_work
def drop(account_id: int, address: str) -> None:
    """Forget them: they are saved, or not wanted."""
    db.session.execute(delete(UnsavedWords).filter_by(account_id=account_id, address=address))


@unit_of_work
def forget_old(*, now: dt.datetime) -> int:
    """Delete what was kept more than 30 days ago, in one batch. Returns how many; call again while it is not zero."""
    old = select(UnsavedWords.id).where(UnsavedWords.kept_at < now - FORGET_AFTER).limit(FORGET_BATCH)
    ids = list(db.session.scalars(old))
    if ids:
        db.session.execute(delete(UnsavedWords).where(UnsavedWords.id.in_(ids)))
    return len(ids)
