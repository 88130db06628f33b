"""For organisers: the desk. Every address is /desk/<organisation>/..., every view declares the right it needs."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app import pages
from app.domain import counts, readiness
from app.domain.rights import Right
from app.models import Campaign
from app.views import access
from app.views.access import needs

bp = Blueprint("organise", __name__, url_prefix="/desk")
bp.before_request(access.gate)

# The parts of the editor, in the order in which somebody new is led through them: name, endpoint, title.
PARTS = (
    ("words", "organise.edit_words", _l("Ask and text")),
    ("picture", "organise.edit_picture", _l("Picture")),
    ("decision_makers", "organise.edit_decision_makers", _l("Decision makers")),
    ("frame", "organise.edit_frame", _l("Target and dates")),
    ("reports", "organise.reports", _l("Reports")),
    ("news", "organise.news", _l("News")),
)


@bp.context_processor
def desk() -> dict[str, object]:
    """What every page of the desk shows."""
    return {
        "account": access.account(),
        "can": access.can,
        "Right": Right,
        "parts": PARTS,
        "gaps": readiness.gaps,
        "signature_count": counts.of,
    }


def saved(campaign: Campaign, part: str, at: str | None = None) -> ResponseReturnValue:
    """Say that it is saved, let the public see it at once, and go where the button said; `at`: to which field there."""
    pages.forget()
    flash(_("Saved."))
    names = [name for name, _endpoint, _title in PARTS]
    endpoint = {name: endpoint for name, endpoint, _title in PARTS}[part]
    then = request.form.get("then", "")
    if then == "next":
        following = names.index(part) + 1
        then, endpoint = ("", PARTS[following][1]) if following < len(PARTS) else ("publish", "")
    endpoint = {"publish": "organise.publish", "preview": "organise.preview_campaign"}.get(then, endpoint)
    return redirect(url_for(endpoint, organisation=campaign.organisation.slug, slug=campaign.slug, _anchor=at), 303)


def removed(sentence: str, undo: str, back: str) -> ResponseReturnValue:
    """Say that something is gone, offer to put it back (`undo`, an address that takes a post), and go `back`."""
    pages.forget()
    flash({"said": sentence, "undo": undo}, "undo")  # type: ignore[arg-type]  # any JSON value; the template knows this one
    return redirect(back, 303)


@bp.get("")
@needs(None)
def start() -> ResponseReturnValue:
    """The desk of one's organisation, or a choice of several."""
    mine = access.organisations()
    if len(mine) == 1:
        return redirect(url_for("organise.campaigns", organisation=mine[0].slug))
    return render_template("organise/start.html", organisations=mine)


from app.views.organise import (  # noqa: E402, F401 (they add their routes to bp)
    campaigns,
    dashboard,
    details,
    editor,
    evidence,
    exports,
    members,
    pictures,
    publishing,
    responses,
    settings,
    signatures,
)
