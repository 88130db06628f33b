"""How long until there is room again, where only so many are allowed in a period."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Select
from sqlalchemy.orm import InstrumentedAttribute

from app.extensions import db


def _wait(
    these: Select[int], at: InstrumentedAttribute[dt.datetime], most: int, period: dt.timedelta, now: dt.datetime
) -> float:
    """Seconds until fewer than `most` of these lie within `period`, each at its moment `at`; nothing or less where there is room."""
    last = db.session.scalar(these.with_only_columns(at).order_by(at.desc()).offset(most - 1).limit(1))
    return (last + period - now).total_seconds() if last is not None else 0
