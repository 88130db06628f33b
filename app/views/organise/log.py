"""The desk: what members did, for owners; looked through, and taken as a file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from flask import Response, g, render_template, request, stream_with_context
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import Select

from app import activity_words, clock, signer_file
from app.domain import activity, activity_list
from app.domain import members as members_of
from app.domain.activity_list import Page, Wanted
from app.domain.rights import Right
from app.extensions import db
from app.forms import values
from app.forms.texts import CONTROL, clean
from app.models import Activity, Deed, Thing
from app.views.access import needs
from app.views.organise import bp

LONGEST_SEARCH = 200
ROWS_IN_A_PIECE = 500


@bp.get("/<organisation>/log", endpoint="log")
@needs(Right.MANAGE)
def listed(organisation: str) -> str:
    """Who did what to which thing, and when: everything, or what is looked for."""
    wanted, unread = _wanted()
    chosen = activity_list.matching(g.organisation.id, wanted)
    page = activity_list.page(chosen, before=values.key(request.args.get("before", "")))
    return render_template(
        "organise/log.html",
        section="log",
        page=page,
        wanted=wanted,
        asked=_asked(wanted),
        unread=unread,
        people=_people(page, wanted),
        deeds=sorted(((deed, activity_words.deed_name(deed)) for deed in Deed), key=lambda one: one[1]),
        kinds=sorted(((kind, activity_words.thing_name(kind)) for kind in Thing), key=lambda one: one[1]),
        deed_name=activity_words.deed_name,
        thing_name=activity_words.thing_name,
        details=activity_words.details,
    )


def _people(page: Page, wanted: Wanted) -> list[tuple[int, str]]:
    """Whom one can choose: the members, and who was chosen though they have left."""
    people = [(one.account_id, one.account.name) for one in db.session.scalars(members_of.of(g.organisation.id))]
    chosen = next((one for one in page.entries if one.account_id == wanted.account_id), None)
    if chosen is not None and chosen.account_id is not None and chosen.account_id not in dict(people):
        people.append((chosen.account_id, chosen.by_name))
    return people


def _wanted() -> tuple[Wanted, str]:
    """What is looked for, and what was written for a day and is none."""
    said, unread = request.values, ""
    deed, kind = said.get("deed", ""), said.get("kind", "")
    days: dict[str, dt.date | None] = {}
    for name in ("first", "last"):
        try:
            days[name] = values.day(said[name]) if said.get(name) else None
        except ValueError:
            days[name], unread = None, clean(CONTROL.sub(" ", said[name]))[:LONGEST_SEARCH]
    wanted = Wanted(
        words=clean(CONTROL.sub(" ", said.get("q", "")))[:LONGEST_SEARCH],
        account_id=values.key(said.get("person", "")),
        deed=Deed(deed) if deed in tuple(Deed) else None,
        kind=Thing(kind) if kind in tuple(Thing) else None,
        thing_id=values.key(said.get("thing", "")),
        **days,
    )
    return wanted, unread


def _asked(wanted: Wanted) -> dict[str, Any]:
    """The same as arguments of an address; None for what does not matter."""
    return {
        "q": wanted.words or None,
        "person": wanted.account_id,
        "deed": wanted.deed.value if wanted.deed else None,
        "kind": wanted.kind.value if wanted.kind else None,
        "thing": wanted.thing_id if wanted.kind else None,
        "first": wanted.first.isoformat() if wanted.first else None,
        "last": wanted.last.isoformat() if wanted.last else None,
    }


@bp.post("/<organisation>/log/file")
@needs(Right.MANAGE)
def take_log(organisation: str) -> ResponseReturnValue:
    """What is filtered, as a file for a spreadsheet. That it was taken is in the log before the first byte leaves."""
    chosen = activity_list.matching(g.organisation.id, _wanted()[0])
    last = activity.record_taken(g.organisation, rows=activity_list.count(chosen), now=clock.now())
    response = Response(stream_with_context(_lines(chosen.where(Activity.id < last))), mimetype="text/csv")
    response.headers["Content-Type"] = "text/csv; charset=utf-8; header=present"
    name = f"log-{organisation}-{clock.now():%Y-%m-%d}.csv"
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


def _lines(chosen: Select[Activity]) -> Iterator[bytes]:
    """The file, in pieces: entries never change, so pages by key are one and the same moment."""
    header = ("when_utc", "who", "what", "kind", "thing", "details")
    yield signer_file.BOM + signer_file.lines([header])
    edge: int | None = None
    while True:
        page = activity_list.page(chosen, before=edge, size=ROWS_IN_A_PIECE)
        yield signer_file.lines([_row(entry) for entry in page.entries])
        edge = page.older
        db.session.expunge_all()
        if edge is None:
            return


def _row(entry: Activity) -> tuple[str, ...]:
    return (
        entry.done_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        entry.by_name or _("The site itself"),
        activity_words.deed_name(entry.deed),
        activity_words.thing_name(entry.thing_kind),
        entry.thing,
        "; ".join(activity_words.details(entry)),
    )
