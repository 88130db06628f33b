"""The evidence library: publications, and where each is cited, in which order."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Select, delete, exists, func, insert, or_, select, update

from app.domain import activity, orders, places, registers, slugs
from app.domain.places import Place
from app.domain.refused import EditedMeanwhile, NotFound, Refused
from app.domain.transactions import unit_of_work
from app.extensions import db
from app.models import (
    Deed,
    Incident,
    Register,
    Report,
    campaign_report,
    incident_report,
    topic_report,
)

REMOVED_KEPT = dt.timedelta(days=30)  # as long a removal can be undone
FORGET_BATCH = 500
MOST_AT_ONCE = 200  # publications that one paste may create


@unit_of_work
def add(organisation_id: int, values: dict[str, Any], *, now: dt.datetime, at: Place | None = None) -> Report:
    """Take a publication into the library, and cite it `at` a campaign or topic, last in its list."""
    report = _added(organisation_id, values, now)
    if at is not None:
        _cite(at, report.id, now)
    return report


@unit_of_work
def add_many(
    organisation_id: int, rows: Sequence[dict[str, Any] | int], *, now: dt.datetime, at: Place | None = None
) -> list[Report]:
    """Take all of them, or none, and cite them in their order. A number stands for a publication that is there already. Raises Refused
    for more than `MOST_AT_ONCE`."""
    if len(rows) > MOST_AT_ONCE:
        raise Refused(_("Add at most %(number)d publications at once.", number=MOST_AT_ONCE))
    reports = [own(organisation_id, row) if isinstance(row, int) else _added(organisation_id, row, now) for row in rows]
    if at is not None:
        for report in reports:
            _cite(at, report.id, now)
    return reports


def _added(organisation_id: int, values: dict[str, Any], now: dt.datetime) -> Report:
    report = Report(organisation_id=organisation_id, created_at=now, edited_at=now, **values)
    slugs._claim_report(report)
    activity._note(Deed.CREATED, report, now=now)
    return report


@unit_of_work
def change(report: Report, values: dict[str, Any], *, now: dt.datetime, seen: dt.datetime | None = None) -> None:
    """Correct what is said of a publication. Its address stays. A new link counts as not yet checked.

    `seen` is when it was last edited as the person saw it. Raises EditedMeanwhile if somebody saved other words since.
    """
    db.session.refresh(report, with_for_update=True)
    if all(getattr(report, name) == value for name, value in values.items()):
        return
    if seen is not None and seen != report.edited_at:
        raise EditedMeanwhile(
            _(
                "Somebody else saved this publication after you opened it. Your words are kept; compare, then save again."
            )
        )
    if values.get("url", report.url) != report.url:
        report.link_checked_at = report.link_gone_since = None
        report.link_trouble = ""
    for name, value in values.items():
        setattr(report, name, value)
    report.edited_at = now
    activity._note(Deed.CHANGED, report, now=now)


@unit_of_work
def remove(report: Report, *, now: dt.datetime) -> None:
    """Take a publication out of sight everywhere. It can be put back for 30 days. Twice is once."""
    db.session.refresh(report, with_for_update=True)
    if report.removed_at is None:
        activity._note(Deed.REMOVED, report, now=now)
    report.removed_at = report.removed_at or now


@unit_of_work
def restore(report: Report, *, now: dt.datetime) -> None:
    """Put a removed publication back where it stood. Twice is once."""
    db.session.refresh(report, with_for_update=True)
    if report.removed_at is not None:
        activity._note(Deed.RESTORED, report, now=now)
    report.removed_at = None


@unit_of_work
def cite(place: Place, report: Report, *, now: dt.datetime, at: int | None = None) -> None:
    """Cite a publication of the same organisation, last in the list or in the place `at`, counted from 0. Twice is once."""
    if report.organisation_id != place.organisation_id:
        raise NotFound
    _cite(place, report.id, now)
    if at is not None:
        _arrange(place, orders.placed(_listed(place), report.id, at), now)


def _cite(place: Place, report_id: int, now: dt.datetime) -> None:
    table, column = places.report_links(place)
    db.session.refresh(place, with_for_update=True)  # one at a time: two must not get the same position
    listed = select(table.c.position).where(column == place.id, table.c.report_id == report_id)
    if db.session.scalar(listed) is None:
        last = db.session.scalar(select(func.max(table.c.position)).where(column == place.id))
        position = 0 if last is None else last + 1
        db.session.execute(insert(table).values({column.name: place.id, "report_id": report_id, "position": position}))
        activity._note(Deed.CITED, db.session.get_one(Report, report_id), now=now, at=places.title(place))
    places._touch(place, now)


@unit_of_work
def cite_elsewhere(report: Report, *, more: Iterable[Place], fewer: Iterable[Place], now: dt.datetime) -> None:
    """Cite a publication at all of `more`, last in their lists, and no longer at `fewer`. Other lists stay as they are."""
    for place in more:
        if report.organisation_id != place.organisation_id:
            raise NotFound
        _cite(place, report.id, now)
    for place in fewer:
        _uncite(place, report.id, now)


@unit_of_work
def uncite(place: Place, report_id: int, *, now: dt.datetime) -> None:
    """Take a publication off this list; it stays in the library. Twice is once."""
    _uncite(place, report_id, now)


def _uncite(place: Place, report_id: int, now: dt.datetime) -> None:
    table, column = places.report_links(place)
    gone = delete(table).where(column == place.id, table.c.report_id == report_id).returning(table.c.report_id)
    if db.session.scalar(gone) is not None:
        activity._note(Deed.UNCITED, db.session.get_one(Report, report_id), now=now, at=places.title(place))
    places._touch(place, now)


@unit_of_work
def arrange(place: Place, report_ids: Iterable[int], *, now: dt.datetime) -> None:
    """Put the list into this order. What is not named keeps its order, after those that are: somebody may have added it meanwhile."""
    db.session.refresh(place, with_for_update=True)
    _arrange(place, report_ids, now)


def _listed(place: Place) -> list[int]:
    table, column = places.report_links(place)
    return list(db.session.scalars(select(table.c.report_id).where(column == place.id).order_by(table.c.position)))


def _arrange(place: Place, report_ids: Iterable[int], now: dt.datetime) -> None:
    table, column = places.report_links(place)
    listed = _listed(place)
    named = [number for number in dict.fromkeys(report_ids) if number in listed]
    for position, number in enumerate([*named, *(n for n in listed if n not in named)]):
        where = (column == place.id, table.c.report_id == number)
        db.session.execute(update(table).where(*where).values(position=position))
    places._touch(place, now)
    activity._note(Deed.ARRANGED, place, now=now)


def moved(place: Place, report_id: int, steps: int) -> list[int]:
    """The order of the place's list with one publication moved down by `steps`, or up where that is negative; for `arrange`."""
    return orders.moved([report.id for report in place.reports], report_id, steps)


@unit_of_work
def forget_removed(*, now: dt.datetime) -> int:
    """Delete what was removed more than 30 days ago, in one batch. Returns how many; call again while it is not zero."""
    old = select(Report.id).where(Report.removed_at < now - REMOVED_KEPT).limit(FORGET_BATCH)
    ids = list(db.session.scalars(old))
    if ids:
        db.session.execute(delete(Report).where(Report.id.in_(ids)))
    return len(ids)


def own(organisation_id: int, number: int) -> Report:
    """The organisation's publication with this number, removed or not. Raises NotFound."""
    report = db.session.get(Report, number)
    if report is None or report.organisation_id != organisation_id:
        raise NotFound
    return report


def cited(place: Place, number: int) -> Report:
    """The publication with this number in the place's list. Raises NotFound."""
    report = next((report for report in place.reports if report.id == number), None)
    if report is None:
        raise NotFound
    return report


def public() -> Select[Report]:
    """Publications that anybody may read about: those that a public campaign or topic cites, or that document an incident of a public
    register. The newest first."""
    linked = places.linked_in_public(Report.id, campaign_report.c.report_id, topic_report.c.report_id)
    by_incident = (
        exists()
        .where(incident_report.c.report_id == Report.id, incident_report.c.incident_id == Incident.id)
        .where(
            Incident.removed_at.is_(None), Incident.register_id.in_(registers.public().with_only_columns(Register.id))
        )
    )
    return Report.kept().where(or_(linked, by_incident))


def find(slug: str) -> Report:
    """The public publication at this address. Raises NotFound."""
    report = db.session.scalar(public().where(Report.slug == slug))
    if report is None:
        raise NotFound
    return report
