"""What a campaign still needs before the public may read it."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _

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
