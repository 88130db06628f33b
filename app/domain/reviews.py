"""Reviews: an editor asks, somebody who may review lets it through or sends it back with words. Decided once (MOD-01).

Letting through is publishing, so `campaigns.publish` does it. A draft waits in a state of its own; a new version of a public text
waits while its page stays as it is.
"""

from __future__ import annotations

import datetime as dt

from flask_babel import gettext as _
from sqlalchemy import Select, select

from app.domain import activity, campaign_states, notices, readiness, reviewers
from app.domain.notices import Key
from app.domain.refused import Refused
from app.domain.rights import NotAllowed
from app.domain.transactions import unit_of_work
from app.extensions import db
from app.models import Account, Campaign, CampaignState, Decision, Deed, MailKind, PublicationPlan, Review


def newest(campaign_id: int) -> Review | None:
    """The last review that was asked for, decided or not."""
    return db.session.scalar(of(campaign_id).limit(1))


def of(campaign_id: int) -> Select[Review]:
    """All reviews of a campaign, the newest first."""
    return select(Review).where(Review.campaign_id == campaign_id).order_by(Review.id.desc())


def waiting(campaign_id: int) -> Review | None:
    """The review that nobody has decided yet."""
    return db.session.scalar(of(campaign_id).where(Review.decided_at.is_(None)))


def everywhere() -> list[Review]:
    """What waits on the whole site, the longest wait first."""
    return list(db.session.scalars(select(Review).where(Review.decided_at.is_(None)).order_by(Review.asked_at)))


@unit_of_work
def ask(campaign: Campaign, *, by: Account, note: str, key: Key, now: dt.datetime) -> None:
    """Have a draft, or what was changed in a public text, looked at. Whoever may review is told by mail.

    Raises Refused where something is missing, where nothing changed, and where a review is wanted already.
    """
    campaign_states._hold(campaign)
    if waiting(campaign.id):
        raise Refused(_("A review was asked for already."))
    readiness.refuse_gaps(campaign)
    if campaign.state == CampaignState.DRAFT:
        campaign_states._change(campaign, CampaignState.IN_REVIEW)
    elif not campaign.is_public or not campaign.has_unpublished_changes:
        raise Refused(_("Nothing has changed since the last version was published."))
    db.session.add(Review(campaign_id=campaign.id, asked_by_id=by.id, asked_at=now, note=note))
    others = [reviewer for reviewer in reviewers.told(campaign.organisation_id) if reviewer.id != by.id]
    notices._tell(MailKind.REVIEW_ASKED, others, campaign, key, now)
    activity._note(Deed.ASKED_REVIEW, campaign, now=now)


@unit_of_work
def take_back(campaign: Campaign, review_id: int, *, by: Account, now: dt.datetime) -> None:
    """Nobody need look any more; it is a draft again. Raises Refused where it was decided meanwhile."""
    _decide(campaign, review_id, Decision.TAKEN_BACK, by=by, words="", now=now)
    activity._note(Deed.UNASKED_REVIEW, campaign, now=now)


@unit_of_work
def send_back(campaign: Campaign, review_id: int, *, by: Account, words: str, key: Key, now: dt.datetime) -> None:
    """Do not let it through, and say why to whoever asked. Raises Refused where somebody decided meanwhile, or without words."""
    if not reviewers.may_review(by, campaign.organisation_id):
        raise NotAllowed(_("You cannot decide this review."))
    if not words.strip():
        raise Refused(_("Say what has to change."))
    review = _decide(campaign, review_id, Decision.SENT_BACK, by=by, words=words, now=now)
    if review.asked_by_id != by.id:
        notices._tell(MailKind.REVIEW_DECIDED, [review.asked_by], campaign, key, now)
    activity._note(Deed.SENT_BACK, campaign, now=now)


def _decide(
    campaign: Campaign, review_id: int, decision: Decision, *, by: Account, words: str, now: dt.datetime
) -> Review:
    """Turn a review down; a draft that waited is a draft again, and no job publishes it."""
    campaign_states._hold(campaign)
    _refuse_decided(campaign, review_id)
    review = db.session.get_one(Review, review_id)
    review.decision, review.decided_by_id, review.decided_at, review.words = decision, by.id, now, words
    if campaign.state == CampaignState.IN_REVIEW:
        campaign_states._change(campaign, CampaignState.DRAFT)
        if plan := db.session.get(PublicationPlan, campaign.id):
            db.session.delete(plan)
    return review


def _refuse_decided(campaign: Campaign, review_id: int) -> None:
    """Whoever looked at a review that another decided meanwhile is told so. The campaign has to be held."""
    review = db.session.get(Review, review_id, populate_existing=True)
    if review is None or review.campaign_id != campaign.id:
        raise Refused(_("There is no such review."))
    who = review.decided_by.name if review.decided_by else ""
    match review.decision:
        case Decision.PUBLISHED:
            raise Refused(_("This is decided already: %(who)s published it.", who=who))
        case Decision.SENT_BACK:
            raise Refused(_("This is decided already: %(who)s sent it back.", who=who))
        case Decision.TAKEN_BACK:
            raise Refused(_("This is decided already: %(who)s took the question back.", who=who))


def _settle(campaign: Campaign, *, by: Account | None, key: Key | None, now: dt.datetime) -> None:
    """It was published: so is the answer to whoever asked for a review."""
    review = waiting(campaign.id)
    if review is None:
        return
    review.decision, review.decided_by_id, review.decided_at = Decision.PUBLISHED, by.id if by else None, now
    if key is not None and (by is None or review.asked_by_id != by.id):
        notices._tell(MailKind.REVIEW_DECIDED, [review.asked_by], campaign, key, now)
