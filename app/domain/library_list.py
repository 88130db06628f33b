"""Lists of publications: an organiser's library and what the public may read, filtered, the newest first, a page at a time."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select, exists, extract, func, or_, select, tuple_
from sqlalchemy.orm import load_only

from app.domain import library
from app.extensions import db
from app.models import Campaign, CampaignState, Report, ReportKind, Topic, TopicState, campaign_report, topic_report
from app.models.reports import folded

PAGE = 50
MOST_WORDS = 6
MOST_CHOICES = 100  # publishers and years offered to choose from
STATES = ("all", "uncited", "gone", "removed")
FIRST_YEAR, LAST_YEAR = 1000, 9999


@dataclass(frozen=True)
class Wanted:
    """What somebody looks for; what is empty does not matter."""

    words: str = ""
    kind: ReportKind | None = None
    publisher: str = ""
    year: int | None = None
    language: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing in particular is looked for."""
        return self == Wanted()


@dataclass(frozen=True)
class Page:
    """Some publications, and the one after which the next page begins, or None."""

    reports: list[Report]
    older: int | None


@dataclass(frozen=True)
class Cited:
    """Campaigns and topics that cite a publication."""

    campaigns: list[Campaign] = field(default_factory=list)
    topics: list[Topic] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.campaigns or self.topics)


@dataclass(frozen=True)
class Choices:
    """What there is to choose from among the public publications."""

    kinds: list[ReportKind]
    publishers: list[str]
    years: list[int]
    languages: list[str]


def of_organisation(organisation_id: int, state: str) -> Select[Report]:
    """The organisation's library in one of `STATES`."""
    own = select(Report).where(Report.organisation_id == organisation_id)
    if state == "removed":
        return own.where(Report.removed_at.is_not(None))
    own = own.where(Report.removed_at.is_(None))
    cited = or_(*(exists().where(table.c.report_id == Report.id) for table in (campaign_report, topic_report)))
    return {"uncited": own.where(~cited), "gone": own.where(Report.gone())}.get(state, own)


def totals(organisation_id: int) -> dict[str, int]:
    """How many publications there are in each of `STATES`."""
    return {state: _count(of_organisation(organisation_id, state)) for state in STATES}


def _count(chosen: Select[Any]) -> int:
    return db.session.scalar(select(func.count()).select_from(chosen.order_by(None).subquery())) or 0


def matching(chosen: Select[Report], wanted: Wanted) -> Select[Report]:
    """Those of `chosen` that fit. Each word stands somewhere in title, publisher, authors or claim; `%` and `_` mean themselves."""
    for word in folded(wanted.words).split()[:MOST_WORDS]:
        chosen = chosen.where(Report.search_key.contains(word, autoescape=True))
    if wanted.kind:
        chosen = chosen.where(Report.kind == wanted.kind)
    if wanted.publisher:
        chosen = chosen.where(Report.publisher == wanted.publisher)
    if wanted.year and FIRST_YEAR <= wanted.year <= LAST_YEAR:
        first, last = dt.date(wanted.year, 1, 1), dt.date(wanted.year, 12, 31)
        chosen = chosen.where(Report.published_on.between(first, last))
    if wanted.language:
        chosen = chosen.where(Report.language == wanted.language)
    return chosen


def page(chosen: Select[Report], *, after: int | None = None) -> Page:
    """The first of `chosen`, or those after the publication with the key `after`."""
    if after is not None:
        known = chosen.order_by(None).with_only_columns(Report.published_on, Report.id)  # or its date could be guessed
        edge = db.session.execute(known.where(Report.id == after)).one_or_none()
        if edge is not None:
            chosen = chosen.where(tuple_(Report.published_on, Report.id) < tuple_(*edge))
    newest = chosen.order_by(None).order_by(Report.published_on.desc(), Report.id.desc()).limit(PAGE + 1)
    found = list(db.session.scalars(newest))
    return Page(found[:PAGE], found[PAGE - 1].id if len(found) > PAGE else None)


def cited_at(report_ids: Iterable[int], *, public: bool = False) -> dict[int, Cited]:
    """Where publications are cited, in two queries however many they are; with `public` only what anybody may read."""
    wanted = list(report_ids)
    found: dict[int, Cited] = defaultdict(Cited)
    campaigns = (
        select(campaign_report.c.report_id, Campaign)
        .join(Campaign, Campaign.id == campaign_report.c.campaign_id)
        .options(load_only(Campaign.slug, Campaign.ask, Campaign.state, Campaign.locale, Campaign.current_version))
        .where(campaign_report.c.report_id.in_(wanted))
        .order_by(Campaign.id)
    )
    topics = (
        select(topic_report.c.report_id, Topic)
        .join(Topic, Topic.id == topic_report.c.topic_id)
        .options(load_only(Topic.slug, Topic.title, Topic.state, Topic.locale))
        .where(topic_report.c.report_id.in_(wanted))
        .order_by(Topic.title, Topic.id)
    )
    if public:
        campaigns = campaigns.where(Campaign.is_public)
        topics = topics.where(Topic.state == TopicState.PUBLISHED)
    for number, campaign in db.session.execute(campaigns):
        found[number].campaigns.append(campaign)
    for number, topic in db.session.execute(topics):
        found[number].topics.append(topic)
    return found


def places(organisation_id: int) -> Cited:
    """All campaigns and topics of an organisation where a publication can be cited, the last edited first."""
    campaigns = (
        select(Campaign)
        .options(load_only(Campaign.slug, Campaign.ask, Campaign.state, Campaign.locale))
        .where(Campaign.organisation_id == organisation_id, Campaign.state != CampaignState.TEMPLATE)
        .order_by(Campaign.edited_at.desc(), Campaign.id.desc())
    )
    topics = (
        select(Topic)
        .options(load_only(Topic.slug, Topic.title, Topic.state, Topic.locale))
        .where(Topic.organisation_id == organisation_id)
        .order_by(Topic.title, Topic.id)
    )
    return Cited(list(db.session.scalars(campaigns)), list(db.session.scalars(topics)))


def titles(organisation_id: int) -> dict[tuple[str, dt.date], dict[str, int]]:
    """By title, folded, and date of everything in the library: the links that it has, each with the number of its publication."""
    kept = select(Report.title, Report.published_on, Report.url, Report.id).where(
        Report.organisation_id == organisation_id, Report.removed_at.is_(None)
    )
    found: dict[tuple[str, dt.date], dict[str, int]] = {}
    for title, date, url, number in db.session.execute(kept.order_by(Report.id)):
        found.setdefault((folded(title), date), {}).setdefault(url, number)
    return found


def choices() -> Choices:
    """The kinds, publishers, years and languages of public publications."""

    def several(column: Any) -> list[Any]:
        chosen = library.public().order_by(None).with_only_columns(column).distinct().order_by(column)
        return list(db.session.scalars(chosen.limit(MOST_CHOICES)))

    present = set(several(Report.kind))
    years = [int(year) for year in several(extract("year", Report.published_on))]
    return Choices(
        kinds=[kind for kind in ReportKind if kind in present],
        publishers=several(Report.publisher),
        years=years[::-1],
        languages=[language for language in several(Report.language) if language],
    )


def total(wanted: Wanted) -> int:
    """How many public publications fit."""
    return _count(matching(library.public(), wanted).with_only_columns(Report.id))
