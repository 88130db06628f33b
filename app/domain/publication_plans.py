"""Publishing at a moment: chosen, taken back, carried out by a job, or missed where something was missing then.

A campaign is never public before its moment, and within half a minute after it: being public means rows (a version of the text, the
consent wording), and looking at a page writes none.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from flask_babel import gettext as _
from sqlalchemy import select

from app.domain import activity, campaign_states, campaigns, notices, readiness, reviewers, rights
from app.domain.notices import Key
from app.domain.refused import Refused
from app.domain.rights import NotAllowed, Right
from app.domain.transactions import unit_of_work
from app.extensions import db
from app.models import Account, Campaign, Deed, MailKind, PublicationPlan


def of(campaign: Campaign) -> PublicationPlan | None:
    """When the campaign is to be published, or should have been."""
    return db.session.get(PublicationPlan, campaign.id)


@unit_of_work
def plan(
    campaign: Campaign,
    publishes_at: dt.datetime,
    *,
    zone: str,
    by: Account,
    revision: int | None,
    asks_review: bool,
    now: dt.datetime,
) -> None:
    """Have a draft published at a moment; one that was chosen before is replaced. It can be written on until then.

    On a site that reviews campaigns, only the words of `revision` go out: what is changed later waits for whoever may review.
    Raises Refused where something is missing, or the moment is past or not before the closing date.
    """
    campaign_states._hold(campaign)
    if not campaign.is_unpublished:
        raise Refused(_("This campaign was changed meanwhile. Look at it again before you go on."))
    if not campaigns.may_publish(campaign, by, asks_review=asks_review):
        raise NotAllowed(_("On this site somebody else looks at a campaign before it is published. Ask for a review."))
    readiness.refuse(campaign, "", now)
    campaigns._refuse_stale(campaign, revision)
    if publishes_at <= now:
        raise Refused(_("This moment is past. Choose a later one, or publish now."))
    if campaign.closes_at is not None and campaign.closes_at <= publishes_at:
        raise Refused(_("The campaign closes before that. Choose an earlier moment, or another closing date."))
    row = db.session.get(PublicationPlan, campaign.id) or PublicationPlan(campaign_id=campaign.id)
    row.publishes_at, row.zone, row.planned_by_id, row.missed_at = publishes_at, zone, by.id, None
    row.revision = campaign.revision if asks_review else None
    db.session.add(row)
    activity._note(Deed.PLANNED, campaign, now=now, day=publishes_at.date().isoformat())


@unit_of_work
def cancel(campaign: Campaign, *, now: dt.datetime) -> None:
    """Publish it at no moment; it stays a draft. Twice is once."""
    campaign_states._hold(campaign)
    if row := db.session.get(PublicationPlan, campaign.id):
        db.session.delete(row)
        activity._note(Deed.UNPLANNED, campaign, now=now)


def due(now: dt.datetime) -> list[int]:
    """The campaigns whose moment has come."""
    coming = PublicationPlan.missed_at.is_(None), PublicationPlan.publishes_at <= now
    return list(db.session.scalars(select(PublicationPlan.campaign_id).where(*coming).order_by("publishes_at")))


@unit_of_work
def carry_out(
    campaign_id: int, *, locales: Iterable[str], asks_review: bool, key: Key, now: dt.datetime
) -> bool | None:
    """Publish a campaign whose moment has come, if nothing is missing; otherwise tell the organisers by mail. Twice is once.

    Answers whether it was published; None where there is nothing to do any more.
    """
    campaign = db.session.get(Campaign, campaign_id, with_for_update=True, populate_existing=True)
    row = db.session.get(PublicationPlan, campaign_id, populate_existing=True)
    if campaign is None or row is None or row.missed_at is not None or row.publishes_at > now:
        return None
    planner = row.planned_by
    try:
        _refuse_former_member(campaign, planner)
        if not campaigns.may_publish(campaign, planner, asks_review=asks_review):
            raise NotAllowed(
                _("On this site somebody else looks at a campaign before it is published. Ask for a review.")
            )
        campaigns._publish(campaign, by=planner, reason="", locales=locales, now=now, revision=row.revision, key=key)
    except Refused:
        row.missed_at = now
        people = notices.members_with(Right.EDIT, campaign.organisation_id)
        answerable = {planner.id, *(account.id for account in reviewers.told(campaign.organisation_id))}
        told = [account for account in people if account.id in answerable]
        notices._tell(MailKind.NOT_PUBLISHED, told, campaign, key, now)
        return False
    return True


def _refuse_former_member(campaign: Campaign, planner: Account) -> None:
    if not planner.active or Right.EDIT not in rights.of(planner, campaign.organisation_id):
        raise NotAllowed(_("Your role in this organisation does not allow that any more."))
