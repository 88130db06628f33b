"""What a campaign still needs before the public may read it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from flask_babel import gettext as _

from app.domain.refused import Refused
from app.models import Campaign


@dataclass(frozen=True)
class Gap:
    """Something that is missing, in words, and the part of the editor where it is written."""

    part: str
    words: str


def gaps(campaign: Campaign) -> list[Gap]:
    """What is missing, in the order in which it is asked for; empty when the campaign can be published."""
    found = []
    if not campaign.ask.strip():
        found.append(Gap("words", _("an ask")))
    if not campaign.summary.strip():
        found.append(Gap("words", _("a summary")))
    if not campaign.text.strip():
        found.append(Gap("words", _("a text")))
    if campaign.picture_id and not campaign.picture_alt.strip():
        found.append(Gap("picture", _("a description of the picture for people who cannot see it")))
    if not campaign.decision_makers:
        found.append(Gap("decision_makers", _("at least one decision maker")))
    return found


def missing(campaign: Campaign) -> list[str]:
    """What a campaign still needs before it can be published, each in words."""
    return [gap.words for gap in gaps(campaign)]


def refuse_gaps(campaign: Campaign) -> None:
    """Raises Refused, with what is missing, where something is."""
    if found := missing(campaign):
        raise Refused(_("Before it can be published, this campaign needs: %(gaps)s.", gaps=", ".join(found)))


def refuse(campaign: Campaign, reason: str, now: dt.datetime) -> None:
    """Raises Refused where a campaign, or a new version of its text for this reason, cannot be published now."""
    refuse_gaps(campaign)
    if campaign.is_unpublished:
        if campaign.closes_at is not None and campaign.closes_at <= now:
            raise Refused(_("The closing date is in the past. Choose a later one, or none."))
    elif not campaign.has_unpublished_changes:
        raise Refused(_("Nothing has changed since the last version was published."))
    elif not reason.strip():
        raise Refused(_("Say what changed. It is shown in the public list of versions."))
