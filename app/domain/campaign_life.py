"""What happens to a campaign between its publication and its end, and after it: pause and resume, archive and bring back."""

from __future__ import annotations

import datetime as dt

from flask_babel import gettext as _

from app.domain import activity, campaign_states, campaigns, pauses
from app.domain.refused import Refused
from app.domain.transactions import unit_of_work
from app.extensions import db
from app.models import Campaign, CampaignState, Deed


@unit_of_work
def pause(campaign: Campaign, *, reason: str, now: dt.datetime) -> None:
    """Let nobody sign for now. The page stays, with the count, and says why. The closing date stays what it is.

    Raises Refused without a reason, and for a campaign that its closing date has ended.
    """
    _refuse_silence(reason)
    campaign_states._hold(campaign)
    if campaign.is_over(now):
        raise Refused(_("This campaign is closed and can no longer be signed."))
    campaign_states._change(campaign, CampaignState.PAUSED)
    campaign.paused_at, campaign.pause_reason = now, reason.strip()
    campaign.edited_at = now
    pauses._begin_pause(campaign, now)
    activity._note(Deed.PAUSED, campaign, now=now)


@unit_of_work
def explain(campaign: Campaign, *, reason: str, now: dt.datetime) -> None:
    """Say with other words why it is paused."""
    _refuse_silence(reason)
    campaign_states._hold(campaign)
    if campaign.state != CampaignState.PAUSED:
        raise Refused(_("This campaign was changed meanwhile. Look at it again before you go on."))
    campaign.pause_reason = reason.strip()
    campaign.edited_at = now
    activity._note(Deed.EXPLAINED, campaign, now=now)


def _refuse_silence(reason: str) -> None:
    if not reason.strip():
        raise Refused(_("Say why. It stands on the page."))


@unit_of_work
def resume(campaign: Campaign, *, now: dt.datetime) -> None:
    """Let people sign again, until the closing date that it has. Raises Refused where that date has passed meanwhile."""
    campaign_states._hold(campaign)
    if campaign.state == CampaignState.PAUSED and campaign.is_over(now):
        raise Refused(_("Its closing date passed during the pause. Give it a later one first, or close it."))
    campaign_states._change(campaign, CampaignState.PUBLISHED, only_from=(CampaignState.PAUSED,))
    campaign.paused_at, campaign.pause_reason = None, ""
    campaign.edited_at = now
    pauses._end_pause(campaign, now)
    activity._note(Deed.RESUMED, campaign, now=now)


@unit_of_work
def archive(campaign: Campaign, *, now: dt.datetime) -> None:
    """Take a campaign that is over out of every list. Its page stays at its address; it can be brought back.

    One that its date ended is closed by this. Raises Refused for one that can be signed, or is only paused.
    """
    campaign_states._hold(campaign)
    if campaign.state != CampaignState.CLOSED:
        if not campaign.is_over(now):
            raise Refused(_("Close the campaign first."))
        campaigns._close(campaign, now)
        db.session.flush()
    campaign_states._change(campaign, CampaignState.ARCHIVED)
    campaign.archived_at = campaign.edited_at = now
    activity._note(Deed.ARCHIVED, campaign, now=now)


@unit_of_work
def bring_back(campaign: Campaign, *, now: dt.datetime) -> None:
    """Put an archived campaign back into the lists, closed as it was."""
    campaign_states._change(campaign, CampaignState.CLOSED, only_from=(CampaignState.ARCHIVED,))
    campaign.archived_at, campaign.edited_at = None, now
    activity._note(Deed.BROUGHT_BACK, campaign, now=now)
