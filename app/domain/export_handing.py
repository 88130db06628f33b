"""How a file that the worker wrote is taken: by one person, once. That it was begun is on record before the first byte leaves.

Whoever is broken off may begin again until the file's time is over, and whether they had all of it by then nobody can know; so the
record keeps that it was begun. While a file is being taken nobody takes it beside: not even its owner, in another window.
"""

from __future__ import annotations

import datetime as dt
import secrets

from flask_babel import gettext as _
from sqlalchemy import or_, update

from app.domain import export_changes, export_work
from app.domain.refused import Refused
from app.domain.transactions import unit_of_work
from app.extensions import db
from app.models import Export, ExportState

HOLDS = dt.timedelta(seconds=60)  # without a sign of whoever takes it; then it may be begun again


@unit_of_work
def begin(export_id: int, now: dt.datetime) -> str:
    """Have the file to oneself from now on, on record. Returns by what it is held. Raises Refused where somebody else has it."""
    held_by = secrets.token_hex(16)
    there = (Export.id == export_id, Export.state == ExportState.READY, Export.due_at > now)
    free = or_(Export.handing_until.is_(None), Export.handing_until <= now)
    said = {"lease": held_by, "handed_at": now, "handed_count": Export.handed_count + 1, "handing_until": now + HOLDS}
    begun = update(Export).where(*there, free).values(**said).returning(Export.id)
    if db.session.scalar(begun.execution_options(synchronize_session=False)) is None:
        raise Refused(_("This file is being taken already, or was. If that broke off, begin again in a minute."))
    return held_by


@unit_of_work
def go_on(export_id: int, held_by: str, now: dt.datetime) -> bool:
    """Hold on to it. False where it is somebody else's by now, or its owner may not have it any more."""
    return _hold(export_id, held_by, now + HOLDS)


@unit_of_work
def let_go(export_id: int, held_by: str) -> None:
    """It was broken off: it may be begun again. Nothing where it was taken whole."""
    _hold(export_id, held_by, None)


def _hold(export_id: int, held_by: str, until: dt.datetime | None) -> bool:
    own = (Export.id == export_id, Export.lease == held_by, Export.state == ExportState.READY)
    held = update(Export).where(*own).values(handing_until=until).returning(Export.id)
    return db.session.scalar(held.execution_options(synchronize_session=False)) is not None


@unit_of_work
def whole(export_id: int, held_by: str, now: dt.datetime) -> bool:
    """The last byte was handed over. False where that was to somebody who did not hold it any more."""
    if not export_work._over(export_id, ExportState.FINISHED, now, held_by):
        return False
    export_changes._forget_older(export_id)
    return True
