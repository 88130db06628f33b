"""What can be found of each kind: which words it has, of which day it is, and which of them anybody may read.

The rules of who may read what are those of each kind's own module; here they are only named.
"""

from __future__ import annotations

import datetime as dt
import functools
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from babel import Locale
from sqlalchemy import ColumnElement, Select, or_, select, true
from sqlalchemy.orm import joinedload, selectinload

from app.domain import library, news, registers, topics, updates
from app.models import (
    Campaign,
    Incident,
    NewsItem,
    PartialDate,
    Precision,
    Register,
    Report,
    Topic,
    Update,
    campaign_report,
    topic_report,
)
from app.models.search import SearchKind

COUNTRIES_IN = ("en", "ar")  # an incident is found by its country's name in these
LINK_TARGET = re.compile(r"(?<=\])\([^)]*\)|<https?:[^>]*>")  # of Markdown: addresses are no words


@dataclass(frozen=True)
class Said:
    """What one thing says."""

    title: str
    text: tuple[str, ...]
    date: PartialDate


@dataclass(frozen=True)
class Source:
    """Where the things of one kind come from."""

    model: Any
    said: Callable[[Any], Said]
    public: Callable[[Topic | None], Select[Any]]  # what anybody may read, of one topic if it is given
    columns: tuple[str, ...]  # a change of these changes its entry
    has_entry: Callable[[], ColumnElement[bool]] = true
    options: tuple[Any, ...] = ()  # what is loaded to say it
    shown_with: tuple[Any, ...] = ()  # what is loaded to show it


def of(kind: SearchKind) -> Source:
    """Where the things of this kind come from."""
    return SOURCES[kind]


def _day(moment: dt.datetime) -> PartialDate:
    return PartialDate(moment.date(), Precision.DAY)


def _markdown(text: str) -> str:
    return LINK_TARGET.sub(" ", text)


def _campaign(campaign: Campaign) -> Said:
    """What the public reads: the newest wording, never the working copy."""
    words = campaign.published_text
    assert words is not None
    makers = " ".join(maker.name for maker in campaign.decision_makers)
    answers = (campaign.response, campaign.response_by, campaign.outcome_text)
    date = _day(campaign.published_at or campaign.created_at)
    return Said(words.ask, (words.summary, _markdown(words.text), makers, *answers), date)


def _campaigns(topic: Topic | None) -> Select[Any]:
    return topics.public_campaigns(topic).order_by(None) if topic else Campaign.listed()


def _topic(topic: Topic) -> Said:
    date = _day(topic.published_at or topic.created_at)
    return Said(topic.title, (topic.summary, _markdown(topic.text)), date)


def _topics(topic: Topic | None) -> Select[Any]:
    return Topic.public().order_by(None).where(Topic.id == topic.id) if topic else Topic.public().order_by(None)


def _update(update: Update) -> Said:
    return Said(update.title, (_markdown(update.text),), _day(update.published_at or update.created_at))


def _updates(topic: Topic | None) -> Select[Any]:
    if topic is None:
        return updates.public()
    return updates.public().where(Update.campaign_id.in_(_campaigns(topic).with_only_columns(Campaign.id)))


def _report(report: Report) -> Said:
    text = (report.publisher, report.authors, report.claim, report.summary)
    return Said(report.title, text, report.date)


def _reports(topic: Topic | None) -> Select[Any]:
    """Those that the topic or one of its public campaigns cites."""
    found = library.public().order_by(None)
    if topic is None:
        return found
    campaigns = _campaigns(topic).with_only_columns(Campaign.id)
    own = select(topic_report.c.report_id).where(topic_report.c.topic_id == topic.id)
    theirs = select(campaign_report.c.report_id).where(campaign_report.c.campaign_id.in_(campaigns))
    return found.where(or_(Report.id.in_(own), Report.id.in_(theirs)))


def _item(item: NewsItem) -> Said:
    text = (item.outlet, item.byline, item.author_note, item.excerpt, item.source_line)
    return Said(item.title, text, item.date)


def _news(topic: Topic | None) -> Select[Any]:
    return news.merged(topic).order_by(None) if topic else news.public(only_listed=True)


def _incident(incident: Incident) -> Said:
    sources = (source.name for source in incident.sources)
    notes = (change.note for change in incident.changes)
    text = (incident.description, *country_names(incident.country), *sources, *notes)
    return Said(f"{incident.place} {incident.region}", text, incident.date)


def public_registers(topic: Topic | None) -> Select[Any]:
    """Registers that anybody may read, of one topic if it is given."""
    return registers.public().where(Register.topic_id == topic.id) if topic else registers.public()


def _incidents(topic: Topic | None) -> Select[Any]:
    ids = public_registers(topic).with_only_columns(Register.id)
    return select(Incident).where(Incident.removed_at.is_(None), Incident.register_id.in_(ids))


@functools.cache
def country_names(code: str) -> tuple[str, ...]:
    """A country's name in each of `COUNTRIES_IN`."""
    return tuple(Locale.parse(locale).territories[code] for locale in COUNTRIES_IN) if code in _codes() else ()


@functools.cache
def _codes() -> frozenset[str]:
    return frozenset.intersection(*(frozenset(Locale.parse(locale).territories) for locale in COUNTRIES_IN))


SOURCES = {
    SearchKind.TOPIC: Source(Topic, _topic, _topics, ("title", "summary", "text", "published_at")),
    SearchKind.CAMPAIGN: Source(
        Campaign,
        _campaign,
        _campaigns,
        ("current_version", "published_at", "response", "response_by", "outcome_text"),
        has_entry=lambda: Campaign.current_version > 0,
        options=(joinedload(Campaign.published_text), selectinload(Campaign.decision_makers)),
        shown_with=(joinedload(Campaign.published_text), joinedload(Campaign.organisation)),
    ),
    SearchKind.UPDATE: Source(
        Update,
        _update,
        _updates,
        ("title", "text", "published_at"),
        shown_with=(joinedload(Update.campaign).joinedload(Campaign.published_text),),
    ),
    SearchKind.REPORT: Source(
        Report,
        _report,
        _reports,
        ("title", "publisher", "authors", "claim", "summary", "published_on", "precision"),
    ),
    SearchKind.NEWS: Source(
        NewsItem,
        _item,
        _news,
        ("title", "outlet", "byline", "author_note", "excerpt", "source_line", "published_on", "precision"),
    ),
    SearchKind.INCIDENT: Source(
        Incident,
        _incident,
        _incidents,
        ("place", "region", "country", "description", "happened_on", "precision", "changed_at", "removed_at"),
        has_entry=lambda: Incident.removed_at.is_(None),
        options=(selectinload(Incident.sources), selectinload(Incident.changes)),
        shown_with=(joinedload(Incident.register).joinedload(Register.topic), selectinload(Incident.sources)),
    ),
}
