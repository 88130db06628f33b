"""The desk's list of topics: a fixed number of queries, however many there are."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, Table, and_, func, select, true
from sqlalchemy.orm import defer

from app.domain import topics
from app.extensions import db
from app.models import Campaign, NewsItem, Report, Topic, campaign_topic, topic_news, topic_report


@dataclass(frozen=True)
class Row:
    """A topic with what it gathers: what was removed, waits or was refused is not counted."""

    topic: Topic
    campaign_count: int
    report_count: int
    news_count: int  # its own items, without those of its campaigns


def rows(organisation_id: int) -> list[Row]:
    """The topics of an organisation, those that were edited last first."""
    found = db.session.scalars(topics.of_organisation(organisation_id).options(defer(Topic.text))).all()
    own = select(Topic.id).where(Topic.organisation_id == organisation_id)
    gathered = [
        _counted(campaign_topic, Campaign, true(), own),
        _counted(topic_report, Report, Report.removed_at.is_(None), own),
        _counted(topic_news, NewsItem, and_(NewsItem.is_shown), own),
    ]
    return [Row(topic, *(counts.get(topic.id, 0) for counts in gathered)) for topic in found]


def _counted(
    links: Table, of: type[Campaign | NewsItem | Report], seen: ColumnElement[bool], own: Select[int]
) -> dict[int, int]:
    counted = select(links.c.topic_id, func.count()).select_from(links).join(of)
    counted = counted.where(links.c.topic_id.in_(own), seen).group_by(links.c.topic_id)
    return dict(db.session.execute(counted).all())
