"""For organisers: the desk. Every address is /desk/<organisation>/..., every view declares the right it needs."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app import pages
from app.domain import campaign_copies, counts, readiness
from app.domain import reviews as reviewing
from app.domain import topics as topic_life
from app.domain.places import Place
from app.domain.rights import Right
from app.models import Campaign
from app.views import access
from app.views.access import needs
from app.views.organise import places

bp = Blueprint("organise", __name__, url_prefix="/desk")
bp.before_request(access.gate)

# The parts of the editor, in the order in which somebody new is led through them: name, endpoint, title.
PARTS = (
    ("words", "organise.edit_words", _l("Ask and text")),
    ("picture", "organise.edit_picture", _l("Picture")),
    ("decision_makers", "organise.edit_decision_makers", _l("Decision makers")),
    ("frame", "organise.edit_frame", _l("Target and dates")),
    ("asked", "organise.edit_asked", _l("What signers are asked")),
    ("thanks", "organise.edit_thanks", _l("Thank-you page")),
    ("reports", "organise.reports", _l("Reports")),
    ("news", "organise.news", _l("News")),
)
TOPIC_PARTS = (
    ("words", "organise.edit_topic", _l("Title and introduction")),
    ("picture", "organise.edit_picture", _l("Picture")),
    ("figures", "organise.figures", _l("Key figures")),
    ("campaigns", "organise.topic_campaigns", _l("Campaigns")),
    ("reports", "organise.reports", _l("Reports")),
    ("news", "organise.news", _l("News")),
    ("address", "organise.edit_topic_address", _l("Address and language")),
)
# By kind of place: its parts, where it is published, where it is looked at before.
WAYS = {
    places.CAMPAIGNS: (PARTS, "organise.publish", "organise.preview_campaign"),
    places.TOPICS: (TOPIC_PARTS, "organise.publish_topic", "organise.preview_topic"),
}


@bp.context_processor
def desk() -> dict[str, object]:
    """What every page of the desk shows."""
    return {
        "account": access.account(),
        "can": access.can,
        "second_step_note": access.second_step_note,
        "Right": Right,
        "parts": PARTS,
        "topic_parts": TOPIC_PARTS,
        "following": following,
        "desk_link": places.link,
        "gaps": readiness.gaps,
        "topic_gaps": topic_life.gaps,
        "signature_count": counts.of,
        "copied_from": campaign_copies.source,
    }


def following(place: Place, part: str) -> str:
    """The endpoint of the part after this one; after the last, that of publishing."""
    own, publish, _preview = WAYS[places.kind(place)]
    endpoints = [endpoint for _name, endpoint, _title in own]
    names = [name for name, _endpoint, _title in own]
    return [*endpoints[1:], publish][names.index(part)]


def saved(
    place: Place, part: str, at: str | None = None, sentence: str = "", **here: str | None
) -> ResponseReturnValue:
    """Say that it is saved, or another sentence, let the public see it at once, and go where the button said; `at`: to which field
    there. `here`: what the address of the same page has more."""
    pages.forget()
    flash(sentence or _("Saved."))
    own, publish, preview = WAYS[places.kind(place)]
    endpoint = {name: endpoint for name, endpoint, _title in own}[part]
    ways = {"next": following(place, part), "publish": publish, "preview": preview}
    way = ways.get(request.form.get("then", ""))
    return redirect(places.link(place, way or endpoint, _anchor=at, **({} if way else here)), 303)


def restored(place: Place, part: str, at: str | None = None) -> ResponseReturnValue:
    """Say that what was removed is back, and show it."""
    return saved(place, part, at, _("It is back where it stood."))


def removed(sentence: str, undo: str, back: str) -> ResponseReturnValue:
    """Say that something is gone, offer to put it back (`undo`, an address that takes a post), and go `back`."""
    pages.forget()
    flash({"said": sentence, "undo": undo}, "undo")  # type: ignore[arg-type]  # any JSON value; the template knows this one
    return redirect(back, 303)


def done(campaign: Campaign, sentence: str) -> ResponseReturnValue:
    """Say what was done to a campaign, let the public see it at once, and show how the campaign stands."""
    pages.forget()
    flash(sentence)
    return redirect(url_for(".overview", organisation=campaign.organisation.slug, slug=campaign.slug), 303)


@bp.get("")
@needs(None)
def start() -> ResponseReturnValue:
    """The desk of one's organisation, or a choice of several."""
    mine, others = access.organisations(), access.every_organisation()
    if len(mine) == 1 and not others:
        return redirect(url_for("organise.campaigns", organisation=mine[0].slug))
    waiting = reviewing.everywhere() if access.account().is_moderator else []
    return render_template("organise/start.html", organisations=mine, others=others, waiting=waiting)


from app.views.organise import (  # noqa: E402, F401 (they add their routes to bp)
    asking,
    batch_rows,
    campaign_life,
    campaigns,
    confirming,
    copies,
    dashboard,
    deliveries,
    details,
    editor,
    evidence,
    export_keys,
    export_taking,
    exports,
    figures,
    import_rows,
    imports,
    library,
    log,
    members,
    news_sources,
    numbers,
    paste_reports,
    pictures,
    planning,
    publishing,
    registers,
    responses,
    reviews,
    settings,
    signature_sheets,
    signatures,
    signer_acts,
    signer_deletions,
    signer_imports,
    signer_links,
    taken_batches,
    thanking,
    topic_parts,
    topic_publishing,
    topics,
    transfers,
    unsaved,
    updates,
)
