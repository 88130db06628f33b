"""The desk: a review is asked for, taken back, or answered with words. Letting through is publishing."""

from __future__ import annotations

from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock, mailboxes
from app.domain import reviews
from app.domain.refused import Refused
from app.domain.rights import Right
from app.forms.campaign_life import AskReviewForm, DecideForm
from app.views import access
from app.views.access import needs
from app.views.organise import bp, done
from app.views.organise.publishing import publish_as_seen, publish_page


@bp.get("/<organisation>/campaigns/<slug>/review")
@needs(Right.REVIEW)
def review(organisation: str, slug: str) -> str:
    """What waits to be looked at, for whoever decides, also a moderator of the site."""
    return publish_page(access.campaign(slug))


@bp.post("/<organisation>/campaigns/<slug>/review/let-through")
@needs(Right.REVIEW)
def let_through(organisation: str, slug: str) -> ResponseReturnValue:
    """It is public; whoever asked is told. Without a review that waits there is nothing to let through."""
    return publish_as_seen(access.campaign(slug), DecideForm().read_review())


@bp.post("/<organisation>/campaigns/<slug>/review")
@needs(Right.EDIT)
def ask_review(organisation: str, slug: str) -> ResponseReturnValue:
    """Whoever may review is asked to look."""
    campaign, form = access.campaign(slug), AskReviewForm()
    if not form.validate():
        return publish_page(campaign, ask=form), 422
    try:
        reviews.ask(campaign, by=access.account(), note=form.note.data or "", key=mailboxes.key, now=clock.now())
    except Refused as refused:
        return publish_page(campaign, ask=form, sentence=refused.sentence), refused.status
    return done(campaign, _("Asked for a review. You get a mail when it is decided."))


@bp.post("/<organisation>/campaigns/<slug>/review/take-back")
@needs(Right.EDIT)
def take_review_back(organisation: str, slug: str) -> ResponseReturnValue:
    """Nobody need look any more."""
    campaign, form = access.campaign(slug), DecideForm()
    try:
        reviews.take_back(campaign, form.read_review(), by=access.account(), now=clock.now())
    except Refused as refused:
        return publish_page(campaign, sentence=refused.sentence), refused.status
    return done(campaign, _("Taken back. Nobody is asked to look any more."))


@bp.post("/<organisation>/campaigns/<slug>/review/send-back")
@needs(Right.REVIEW)
def send_review_back(organisation: str, slug: str) -> ResponseReturnValue:
    """It is not published; whoever asked reads why."""
    campaign, form = access.campaign(slug), DecideForm()
    if not form.validate():
        return publish_page(campaign, decide=form), 422
    try:
        by, words = access.account(), form.words.data or ""
        reviews.send_back(campaign, form.read_review(), by=by, words=words, key=mailboxes.key, now=clock.now())
    except Refused as refused:
        return publish_page(campaign, decide=form, sentence=refused.sentence), refused.status
    return done(campaign, _("Sent back, with your words."))
