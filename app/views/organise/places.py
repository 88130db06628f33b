"""The desk: what campaigns and topics have in common. Both are places where pictures, reports and news stand.

The addresses of those pages name the kind of place: /desk/<organisation>/campaigns/<slug>/reports, .../topics/<slug>/reports.
"""

from __future__ import annotations

from typing import Any

from flask import current_app, render_template, request, url_for

from app.domain.places import Place
from app.models import Campaign
from app.views import access

CAMPAIGNS, TOPICS = "campaigns", "topics"
WHERE = f"/<organisation>/<any({CAMPAIGNS}, {TOPICS}):where>/<slug>"
TO_THE_TOP = 10_000  # steps: more than any list has rows
FRAMES = {CAMPAIGNS: "organise/edit.html", TOPICS: "organise/edit_topic.html"}


def of(where: str, slug: str) -> Place:
    """The organisation's campaign or topic of this address. Raises NotFound for anybody else's."""
    return access.topic(slug) if where == TOPICS else access.campaign(slug)


def kind(place: Place) -> str:
    """The word of the address that names the kind of place."""
    return CAMPAIGNS if isinstance(place, Campaign) else TOPICS


def link(place: Place, endpoint: str, **values: Any) -> str:
    """The address of a page of this campaign's or topic's editor."""
    if current_app.url_map.is_endpoint_expecting(endpoint, "where"):
        values["where"] = kind(place)
    return url_for(endpoint, organisation=place.organisation.slug, slug=place.slug, **values)


def shown(template: str, place: Place, **more: Any) -> str:
    """A page of the editor, in the frame of a campaign or of a topic."""
    where = kind(place)
    own = {"campaign": place} if where == CAMPAIGNS else {"topic": place}
    return render_template(template, place=place, where=where, frame=FRAMES[where], **own, **more)


def steps() -> int:
    """Where a row is moved to: the buttons of `desk.mover`."""
    return {"up": -1, "top": -TO_THE_TOP}.get(request.form.get("to", ""), 1)
