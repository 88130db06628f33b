"""The life of an incident in a register: enter, correct, assess anew, remove, put back."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterable, Sequence

from flask_babel import gettext as _
from sqlalchemy import delete, insert, select

from app.domain import activity, registers
from app.domain.entries import Entry, base_key, columns, problem
from app.domain.refused import EditedMeanwhile, NotFound, Refused
from app.domain.transactions import unit_of_work
from app.extensions import db
from app.models import (
    Assessment,
    AssessmentChange,
    Deed,
    Incident,
    IncidentFigure,
    IncidentSource,
    Register,
    Report,
    Topic,
    incident_report,
)

MOST_ALIKE = 255  # incidents of one day, place and source in a register


@unit_of_work
def add(
    register: Register, entry: Entry, *, report_ids: Iterable[int] = (), on: dt.date | None = None, now: dt.datetime
) -> Incident:
    """Enter an incident that was assessed so `on` a day. Raises Refused for what is no whole entry."""
    db.session.refresh(register, with_for_update=True)
    _refuse(entry)
    moment = registers._touch(register, now)
    (number,) = _inserted(register, [(entry, _free_key(register, entry), None)], on, moment)
    incident = db.session.get_one(Incident, number)
    _document(register, incident, report_ids)
    activity._note(Deed.CREATED, incident, now=now)
    return incident


def _refuse(entry: Entry) -> None:
    if said := problem(entry):
        raise Refused(said)


def _free_key(register: Register, entry: Entry) -> bytes:
    base = base_key(entry)
    candidates = [base + bytes([ordinal]) for ordinal in range(MOST_ALIKE + 1)]
    known = select(Incident.same_key).where(Incident.register_id == register.id, Incident.same_key.in_(candidates))
    taken = set(db.session.scalars(known))
    free = next((key for key in candidates if key not in taken), None)
    if free is None:
        raise Refused(_("There are too many incidents of this day, place and source."))
    return free


def _inserted(
    register: Register,
    rows: Sequence[tuple[Entry, bytes, bytes | None]],
    on: dt.date | None,
    now: dt.datetime,
) -> list[int]:
    """The keys of new incidents, with their sources and figures; each row is an entry, its `same_key` and its `read_key`."""
    common = {"register_id": register.id, "created_at": now, "changed_at": now}
    values = [
        {
            **columns(entry),
            **common,
            "public_id": secrets.token_urlsafe(16),
            "same_key": key,
            "read_key": read,
            "assessment": entry.assessment,
            "assessed_on": on,
        }
        for entry, key, read in rows
    ]
    statement = insert(Incident).returning(Incident.id, sort_by_parameter_order=True)
    numbers = list(db.session.scalars(statement, values)) if values else []
    _parts([(number, entry) for number, (entry, _key, _read) in zip(numbers, rows, strict=True)])
    return numbers


def _parts(said: Sequence[tuple[int, Entry]]) -> None:
    """The sources and named figures of incidents that have none yet."""
    sources = [
        {"incident_id": number, "position": n, "name": name, "url": dict(entry.links).get(name, "")}
        for number, entry in said
        for n, name in enumerate(entry.sources)
    ]
    figures = [
        {"incident_id": number, "position": n, "name": name, "value": value}
        for number, entry in said
        for n, (name, value) in enumerate(entry.figures)
    ]
    for model, rows in ((IncidentSource, sources), (IncidentFigure, figures)):
        if rows:
            db.session.execute(insert(model), rows)


@unit_of_work
def change(
    incident: Incident,
    entry: Entry,
    *,
    report_ids: Iterable[int] | None = None,
    seen: dt.datetime | None = None,
    now: dt.datetime,
) -> None:
    """Correct what is said of an incident, all but its assessment. `seen` is when it had last changed as whoever writes saw it.

    Raises EditedMeanwhile where somebody changed it meanwhile, and Refused for what is no whole entry.
    """
    register = _held(incident)
    _refuse(entry)
    if seen is not None and seen != incident.changed_at:
        raise EditedMeanwhile(
            _(
                "Somebody else changed this incident after you opened it. What you wrote is kept; compare, then save again."
            )
        )
    if incident.read_key is None and base_key(entry) != incident.same_key[:-1]:
        incident.same_key = _free_key(register, entry)  # an imported one keeps the key of its row, which may come again
    _say(incident, entry, registers._touch(register, now))
    activity._note(Deed.CHANGED, incident, now=now)
    if report_ids is not None:
        _document(register, incident, report_ids)


def _held(incident: Incident) -> Register:
    """The register, and the incident read again; nobody else changes either until this is done."""
    register = db.session.get_one(Register, incident.register_id, with_for_update=True, populate_existing=True)
    db.session.refresh(incident)
    return register


def _say(incident: Incident, entry: Entry, moment: dt.datetime) -> None:
    for name, value in columns(entry).items():
        setattr(incident, name, value)
    for model in (IncidentSource, IncidentFigure):
        db.session.execute(delete(model).where(model.incident_id == incident.id))
    _parts([(incident.id, entry)])
    db.session.expire(incident, ["sources", "figures"])
    incident.changed_at = moment


@unit_of_work
def assess(incident: Incident, after: Assessment, *, on: dt.date, note: str = "", now: dt.datetime) -> None:
    """Say what is thought of it since a day; the earlier assessment stays on record. The same again changes nothing.

    Raises Refused for a day before the one since which it is assessed as it is.
    """
    register = _held(incident)
    since = incident.assessed_on
    if since is not None and on < since:
        raise Refused(_("It was assessed on %(day)s already. Choose that day or a later one.", day=since.isoformat()))
    if incident.assessment != after:
        _assess(incident, after, on, note, registers._touch(register, now))
        activity._note(Deed.ASSESSED, incident, now=now, assessment=after)


def _assess(incident: Incident, after: Assessment, on: dt.date, note: str, moment: dt.datetime) -> None:
    db.session.add(
        AssessmentChange(
            incident_id=incident.id,
            before=incident.assessment,
            before_since=incident.assessed_on,
            after=after,
            changed_on=on,
            note=note,
            noted_at=moment,
        )
    )
    incident.assessment, incident.assessed_on = after, on
    incident.changed_at = moment


def _document(register: Register, incident: Incident, report_ids: Iterable[int]) -> None:
    """Say which publications document it. Raises NotFound for one of another organisation."""
    wanted = list(dict.fromkeys(report_ids))
    organisation = select(Topic.organisation_id).where(Topic.id == register.topic_id).scalar_subquery()
    own_ones = set(
        db.session.scalars(select(Report.id).where(Report.id.in_(wanted), Report.organisation_id == organisation))
    )
    if own_ones != set(wanted):
        raise NotFound
    db.session.execute(delete(incident_report).where(incident_report.c.incident_id == incident.id))
    if wanted:
        rows = [{"incident_id": incident.id, "report_id": number} for number in wanted]
        db.session.execute(insert(incident_report), rows)


@unit_of_work
def remove(incident: Incident, *, now: dt.datetime) -> None:
    """Take it out of sight; it can be put back, and no import brings it back. Twice is once."""
    register = _held(incident)
    if incident.removed_at is None:
        activity._note(Deed.REMOVED, incident, now=now)
    incident.removed_at = incident.removed_at or now
    incident.changed_at = registers._touch(register, now)


@unit_of_work
def restore(incident: Incident, *, now: dt.datetime) -> None:
    """Put a removed incident back. Twice is once."""
    register = _held(incident)
    if incident.removed_at is not None:
        activity._note(Deed.RESTORED, incident, now=now)
    incident.removed_at = None
    incident.changed_at = registers._touch(register, now)


def own(register: Register, number: int) -> Incident:
    """The incident of a register with this number, removed or not. Raises NotFound."""
    incident = db.session.get(Incident, number)
    if incident is None or incident.register_id != register.id:
        raise NotFound
    return incident


def find(register: Register, public_id: str) -> Incident:
    """The incident at this public address. Raises NotFound."""
    incident = db.session.scalar(Incident.kept(register.id).where(Incident.public_id == public_id))
    if incident is None:
        raise NotFound
    return incident
