"""When so many signers leave an organisation within a day that its owners are warned, whoever takes them (EXP-07)."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select

from app.extensions import db
from app.models import Export, ExportState, Organisation

WITHIN = dt.timedelta(hours=24)
STAYED = (ExportState.FAILED, ExportState.EXPIRED)  # nothing of these left


def _passed(export: Export, rows: int, unusual: int, now: dt.datetime) -> int | None:
    """How many rows leave the organisation within a day, with this export's, where it is the one that passes `unusual`, or as many
    once more; else None. Who exports at the same moment waits, so that two halves are not overlooked."""
    db.session.execute(select(Organisation.id).where(Organisation.id == export.organisation_id).with_for_update())
    lately = (Export.organisation_id == export.organisation_id, Export.started_at > now - WITHIN)
    taken = select(Export.state, Export.row_count, Export.choice).where(*lately, Export.state.not_in(STAYED))
    before = sum(
        number if state == ExportState.ABORTED else max(number, int(choice.get("expected_rows") or 0))
        for state, number, choice in db.session.execute(taken)
    )
    return before + rows if (before + rows) // unusual > before // unusual else None
