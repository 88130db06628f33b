"""The pauses of a campaign on record, for its timeline: each begins and ends in the transaction of whoever pauses, resumes or closes."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import func, select, update

from app.extensions import db
from app.models import Campaign, Pause


def _begin_pause(campaign: Campaign, now: dt.datetime) -> None:
    """One more, from now on. The campaign has to be held."""
    last = select(func.max(Pause.number)).where(Pause.campaign_id == campaign.id)
    db.session.add(Pause(campaign_id=campaign.id, number=(db.session.scalar(last) or 0) + 1, paused_at=now))


def _end_pause(campaign: Campaign, at: dt.datetime) -> None:
    """The one that lasts is over, if there is one."""
    lasts = (Pause.campaign_id == campaign.id, Pause.ended_at.is_(None))
    ended = update(Pause).where(*lasts, Pause.paused_at <= at).values(ended_at=at)
    db.session.execute(ended.execution_options(synchronize_session=False))
