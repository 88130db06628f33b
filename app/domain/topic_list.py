"""The desk's list of topics: a fixed number of queries, however many there are."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Table, func, select
from sqlalchemy.orm import defer

from app.domain import topics
from app.extensions import db
from app.models import Topic, campaign_topic, topic_news, topic_report


@dataclass(frozen=True)
class Row:
    """A topic with what it gathers."""

    topic: Topic
    campaign_count: int
    report_count: int
    news_count: int  # its own items, without those of its campaigns


def rows(organisation_id: int) -> list[Row]:
    """The topics of an organisation, those that were edited last first."""
    found = db.session.scalars(topics.of_organisation(organisation_id).options(defer(Topic.text))).all()
    gathered = [_counted(table, organisation_id) for table in (campaign_topic, topic_report, topic_news)]
    return [Row(topic, *(counts.get(topic.id, 0) for counts in gathered)) for topic in found]


def _counted(links: Table, organisation_id: int) -> dict[int, int]:
    own = select(Topic.id).where(Topic.organisation_id == organisation_id)
    counted = select(links.c.topic_id, func.count()).where(links.c.topic_id.in_(own)).group_by(links.c.topic_id)
    return dict(db.session.execute(counted).all())
