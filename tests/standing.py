"""Campaigns in every state, brought there as people bring them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from app import clock, mailboxes, pages
from app.domain import campaign_copies, campaign_life, campaigns, reviews
from app.extensions import db
from app.models import Account, Campaign, CampaignState, Organisation
from tests.factories import Make

UNSEEN = (CampaignState.DRAFT, CampaignState.IN_REVIEW, CampaignState.TEMPLATE)
REASON = "The list is being checked."


def campaign(make: Make, state: CampaignState, organisation: Organisation, **values: Any) -> Campaign:
    """A campaign of the organisation that stands in this state."""
    states = CampaignState
    made = make.campaign(
        organisation,
        published=state not in UNSEEN,
        closed=state in {states.CLOSED, states.ARCHIVED},
        **values,
    )
    asker = make.account("editor", organisation) if state == states.IN_REVIEW else None
    with make.app.app_context():
        found, now = db.session.get_one(Campaign, made.id), clock.now()
        if state == states.IN_REVIEW and asker:
            by = db.session.get_one(Account, asker.id)
            reviews.ask(found, by=by, note="Please look.", key=mailboxes.key, now=now)
        elif state == states.PAUSED:
            campaign_life.pause(found, reason=REASON, now=now)
        elif state == states.ARCHIVED:
            campaign_life.archive(found, now=now)
        elif state == states.TEMPLATE:
            kept = campaign_copies.save_as_template(found, f"Template {made.id}", now=now)
            campaigns.discard(found, now=now)
            found = kept
        pages.forget()
        return make._kept(db.session.get_one(Campaign, found.id))


def over(make: Make, organisation: Organisation, **values: Any) -> Campaign:
    """A campaign that its closing date ended a minute ago, though nobody said so."""
    return make.campaign(organisation, closes_at=clock.now() - dt.timedelta(minutes=1), **values)
