"""Choices that an organisation keeps under a name, for all its campaigns and members who export."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from flask_babel import gettext as _
from sqlalchemy import func, select

from app.domain import activity
from app.domain.export_choice import Choice
from app.domain.refused import NotFound, Refused
from app.domain.transactions import unit_of_work
from app.extensions import db
from app.models import Account, Deed, ExportPreset, Organisation

MOST = 50  # of one organisation


@unit_of_work
def keep(organisation: Organisation, name: str, choice: Choice, *, by: Account, now: dt.datetime) -> ExportPreset:
    """Keep a choice under a name; what was kept under it before is replaced. Raises Refused for more than fifty."""
    own = ExportPreset.of_organisation(organisation.id)
    preset = db.session.scalar(own.where(ExportPreset.name == name).with_for_update())
    kept = replace(choice, since=None).record()  # which export was the last one is different each time
    if preset is None:
        number = db.session.scalar(select(func.count()).select_from(own.order_by(None).subquery())) or 0
        if number >= MOST:
            raise Refused(_("Remove a preset first: more than %(number)d cannot be kept.", number=MOST))
        preset = ExportPreset(organisation_id=organisation.id, name=name, choice=kept, made_by=by.name, created_at=now)
        db.session.add(preset)
        activity._note(Deed.CREATED, preset, now=now, by=by)
    else:
        preset.choice, preset.made_by, preset.created_at = kept, by.name, now
        activity._note(Deed.CHANGED, preset, now=now, by=by)
    return preset


@unit_of_work
def remove(preset: ExportPreset, *, now: dt.datetime) -> None:
    """Forget a preset. Exports that were made with it stay on record as they are."""
    db.session.refresh(preset, with_for_update=True)
    activity._note(Deed.REMOVED, preset, now=now)
    db.session.delete(preset)


def own(organisation_id: int, number: int) -> ExportPreset:
    """The organisation's preset of this number. Raises NotFound."""
    preset = db.session.get(ExportPreset, number)
    if preset is None or preset.organisation_id != organisation_id:
        raise NotFound
    return preset


def of(organisation_id: int) -> list[ExportPreset]:
    """The organisation's presets, by name."""
    return list(db.session.scalars(ExportPreset.of_organisation(organisation_id)))
