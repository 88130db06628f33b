"""Where evidence and news stand: under a campaign or on a topic. Both link to the same rows; this says by which tables."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import Column, ColumnElement, Table, exists, or_
from sqlalchemy.orm import InstrumentedAttribute

from app.models import (
    Campaign,
    Topic,
    TopicState,
    campaign_news,
    campaign_report,
    topic_news,
    topic_report,
)

Place = Campaign | Topic


def title(place: Place) -> str:
    """What the place is called: a campaign's ask, a topic's title."""
    return place.ask if isinstance(place, Campaign) else place.title


def report_links(place: Place) -> tuple[Table, Column[Any]]:
    """The table that links reports to such a place, and its column that names the place."""
    table = campaign_report if isinstance(place, Campaign) else topic_report
    return table, table.c.campaign_id if isinstance(place, Campaign) else table.c.topic_id


def news_links(place: Place) -> tuple[Table, Column[Any]]:
    """The same for news items."""
    table = campaign_news if isinstance(place, Campaign) else topic_news
    return table, table.c.campaign_id if isinstance(place, Campaign) else table.c.topic_id


def linked_in_public(
    thing: ColumnElement[int] | InstrumentedAttribute[int],
    by_campaign: Column[int],
    by_topic: Column[int],
    *,
    only_listed: bool = False,
) -> ColumnElement[bool]:
    """Whether a public campaign or topic links to a thing; by the columns that name the thing in the two tables of links.

    `only_listed`: an archived campaign, which can be read and is not found, does not count.
    """
    return or_(
        exists()
        .where(by_campaign == thing, by_campaign.table.c.campaign_id == Campaign.id)
        .where(Campaign.is_listed if only_listed else Campaign.is_public),
        exists()
        .where(by_topic == thing, by_topic.table.c.topic_id == Topic.id)
        .where(Topic.state == TopicState.PUBLISHED),
    )


def _touch(place: Place, now: dt.datetime) -> None:
    """What the page shows has changed."""
    place.edited_at = now
