"""The organisation's library, to choose from: page by page, all of it or what has these words."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select, tuple_

from app.extensions import db
from app.models import Report

PAGE = 50


@dataclass(frozen=True)
class Page:
    """One page of the list. `older` is the publication after which the next page begins, or None."""

    reports: list[Report]
    older: int | None


def _matching(organisation_id: int, words: str) -> list[int]:
    """Publications whose title, publisher or authors contain these words. Compared here: SQLite folds the case of ASCII only."""
    rows = db.session.execute(
        select(Report.id, Report.title, Report.publisher, Report.authors).where(
            Report.organisation_id == organisation_id, Report.removed_at.is_(None)
        )
    )
    wanted = words.casefold()
    return [number for number, *texts in rows if any(wanted in text.casefold() for text in texts)]


def page(organisation_id: int, *, words: str, after: int | None) -> Page:
    """The publications of an organisation that were not removed, the newest first."""
    chosen = Report.kept().where(Report.organisation_id == organisation_id).limit(PAGE + 1)
    if words:
        chosen = chosen.where(Report.id.in_(_matching(organisation_id, words)))
    if after is not None:
        edge = select(Report.published_on, Report.id).where(
            Report.id == after, Report.organisation_id == organisation_id
        )
        last = db.session.execute(edge).one_or_none()
        if last is not None:
            chosen = chosen.where(tuple_(Report.published_on, Report.id) < tuple_(*last))
    found = list(db.session.scalars(chosen))
    return Page(found[:PAGE], found[PAGE - 1].id if len(found) > PAGE else None)
