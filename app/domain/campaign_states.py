"""The states of a campaign: which may follow which, and the one function that asks."""

from __future__ import annotations

from collections.abc import Collection

from flask_babel import gettext as _

from app.domain.refused import Refused
from app.extensions import db
from app.models import Campaign, CampaignState

TRANSITIONS: dict[CampaignState, set[CampaignState]] = {
    CampaignState.DRAFT: {CampaignState.IN_REVIEW, CampaignState.PUBLISHED},
    CampaignState.IN_REVIEW: {CampaignState.DRAFT, CampaignState.PUBLISHED},
    CampaignState.PUBLISHED: {CampaignState.PAUSED, CampaignState.CLOSED},
    CampaignState.PAUSED: {CampaignState.PUBLISHED, CampaignState.CLOSED},
    CampaignState.CLOSED: {CampaignState.PUBLISHED, CampaignState.ARCHIVED},
    CampaignState.ARCHIVED: {CampaignState.CLOSED},
    CampaignState.TEMPLATE: set(),
}


def _hold(campaign: Campaign) -> None:
    """Read the campaign again and keep others from changing it until this is done."""
    db.session.refresh(campaign, with_for_update=True)


def _change(
    campaign: Campaign, to: CampaignState, *, only_from: Collection[CampaignState] = tuple(CampaignState)
) -> None:
    """Hold the campaign and move it to another state. Raises Refused where `TRANSITIONS` has no such way from where it is now,
    or where it is in none of the states that this act begins with: several acts lead to one state."""
    _hold(campaign)
    if to not in TRANSITIONS[campaign.state] or campaign.state not in only_from:
        raise Refused(_("This campaign was changed meanwhile. Look at it again before you go on."))
    campaign.state = to
