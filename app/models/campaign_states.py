"""Where a campaign can stand, how it can end, and in which states others see it."""

from __future__ import annotations

from enum import StrEnum


class CampaignState(StrEnum):
    """Where a campaign stands. The allowed changes are in `app.domain.campaign_states`."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"  # a draft that somebody who may review has to let through
    PUBLISHED = "published"
    PAUSED = "paused"  # public, and cannot be signed for now
    CLOSED = "closed"
    ARCHIVED = "archived"  # closed, and out of every list; its page stays
    TEMPLATE = "template"  # never public: what new campaigns of its organisation may begin with


# Anybody may read campaigns in these states, and finds those of the second line. What is new is private until it is added here.
PUBLIC = (CampaignState.PUBLISHED, CampaignState.PAUSED, CampaignState.CLOSED, CampaignState.ARCHIVED)
LISTED = (CampaignState.PUBLISHED, CampaignState.PAUSED, CampaignState.CLOSED)


class Outcome(StrEnum):
    """How a campaign ended."""

    WON = "won"
    PARTLY_WON = "partly_won"
    NOT_WON = "not_won"
