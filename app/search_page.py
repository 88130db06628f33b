"""What the page of the search shows: each thing in the reader's language, with the way to it and the words that were found."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from markupsafe import Markup

from app import highlights, incident_words, links, markdown
from app.domain import search
from app.domain.search import Results
from app.domain.search_words import Query, ask
from app.extensions import db
from app.forms.search import SearchForm
from app.i18n import ask_again, in_language, written_in
from app.models import Campaign, Incident, NewsItem, PartialDate, Report, SearchKind, Topic, Update
from app.news_words import video_of

SEARCHED = ("q", "kind", "topic", "since", "until")  # what an address of the search says
MOST_TOPICS = 200
LAST_PAGE = 10_000  # beyond, strangers only try numbers

# Where a thing is read. A news item has no page of its own, so it is not here.
WAYS: dict[SearchKind, tuple[str, Callable[[Any], dict[str, str]]]] = {
    SearchKind.TOPIC: ("public.topic", lambda topic: {"slug": topic.slug}),
    SearchKind.CAMPAIGN: ("public.campaign", lambda campaign: {"slug": campaign.slug}),
    SearchKind.UPDATE: ("public.update", lambda post: {"slug": post.campaign.slug, "public_id": post.public_id}),
    SearchKind.REPORT: ("public.report", lambda report: {"slug": report.slug}),
    SearchKind.INCIDENT: ("public.incident", lambda one: {"slug": one.register.topic.slug, "public_id": one.public_id}),
}


@dataclass(frozen=True)
class Result:
    """One thing that was found, as the page shows it."""

    kind: SearchKind
    row: Any
    title: Markup
    way: str
    when: PartialDate | dt.datetime
    by: str = ""
    at: str = ""  # the title of the campaign that it belongs to
    excerpt: Markup = Markup("")
    tongue: Markup = Markup("")  # attributes that say in which language it is written
    warning: str = ""


def kind_names() -> dict[SearchKind, str]:
    """The kinds, each by the name of many."""
    return {
        SearchKind.TOPIC: _("Topics"),
        SearchKind.CAMPAIGN: _("Campaigns"),
        SearchKind.UPDATE: _("Updates"),
        SearchKind.REPORT: _("Publications"),
        SearchKind.NEWS: _("News"),
        SearchKind.INCIDENT: _("Incidents"),
    }


def form() -> SearchForm:
    """What is asked for in the address."""
    return SearchForm(kind_names(), db.session.scalars(Topic.public().limit(MOST_TOPICS)))


def context(asked: SearchForm, number: int) -> dict[str, Any]:
    """What the page shows of what was asked for: nothing yet, what has to be corrected, or what was found."""
    ask_again(*SEARCHED)
    shown: dict[str, Any] = {"form": asked, "number": number, "names": kind_names(), "results": None, "found": []}
    if not asked.is_asked or not asked.validate():
        return shown
    wanted = search.Wanted(
        ask(asked.q.data or ""), asked.chosen_kind, asked.chosen_topic, asked.since.first, asked.until.last
    )
    if asked.q.data and not wanted.query.terms:
        return {
            **shown,
            "results": Results([], 0, {}, wanted.query),
        }  # signs alone: nothing was looked for, so nothing is found
    results = search.find(wanted, page=number)
    found = [_result(kind, row, results.query) for kind, row in results.found]
    return {**shown, "results": results, "found": found, "last": -(-results.total // search.PAGE)}


def _result(kind: SearchKind, row: Any, query: Query) -> Result:
    return SHOWN[kind](kind, row, query)


def _way(kind: SearchKind, row: Any) -> str:
    endpoint, values = WAYS[kind]
    return links.page(endpoint, **values(row))


def _topic(kind: SearchKind, topic: Topic, query: Query) -> Result:
    title, text = (
        highlights.marked(topic.title, query),
        highlights.excerpt((topic.summary, markdown.plain(topic.text)), query),
    )
    when, tongue = topic.published_at or topic.created_at, in_language(topic.locale)
    return Result(kind, topic, title, _way(kind, topic), when, excerpt=text, tongue=tongue)


def _campaign(kind: SearchKind, campaign: Campaign, query: Query) -> Result:
    words = campaign.published_text
    assert words is not None
    answers = (campaign.outcome_text, campaign.response)
    text = highlights.excerpt((words.summary, markdown.plain(words.text), *answers), query)
    return Result(
        kind,
        campaign,
        highlights.marked(words.ask, query),
        _way(kind, campaign),
        campaign.published_at or campaign.created_at,
        by=campaign.organisation.name,
        excerpt=text,
        tongue=in_language(campaign.locale),
    )


def _update(kind: SearchKind, post: Update, query: Query) -> Result:
    return Result(
        kind,
        post,
        highlights.marked(post.title, query),
        _way(kind, post),
        post.published_at or post.created_at,
        at=post.campaign.published_text.ask if post.campaign.published_text else "",
        excerpt=highlights.excerpt((markdown.plain(post.text),), query),
        tongue=in_language(post.campaign.locale),
    )


def _report(kind: SearchKind, report: Report, query: Query) -> Result:
    hidden = bool(report.content_warning)
    return Result(
        kind,
        report,
        highlights.marked(report.title, query),
        _way(kind, report),
        report.date,
        by=report.publisher,
        excerpt=Markup("") if hidden else highlights.excerpt((report.summary, report.claim), query),
        tongue=written_in(report.language),
        warning=report.content_warning,
    )


def _item(kind: SearchKind, item: NewsItem, query: Query) -> Result:
    """A link goes out to the article, or to our page that plays the video. What has a warning opens on a press, as everywhere."""
    hidden = bool(item.content_warning)
    return Result(
        kind,
        item,
        highlights.marked(item.title, query),
        links.page("public.play", public_id=item.public_id) if video_of(item) else item.url,
        item.date,
        by=item.outlet,
        excerpt=Markup("") if hidden else highlights.excerpt((item.excerpt, item.author_note), query),
        tongue=written_in(item.language),
        warning=item.content_warning,
    )


def _incident(kind: SearchKind, incident: Incident, query: Query) -> Result:
    return Result(
        kind,
        incident,
        highlights.marked(incident_words.where(incident), query),
        _way(kind, incident),
        incident.date,
        by=_(", ").join(source.name for source in incident.sources),
        excerpt=highlights.excerpt((incident.description,), query),
    )


SHOWN: dict[SearchKind, Callable[[SearchKind, Any, Query], Result]] = {
    SearchKind.TOPIC: _topic,
    SearchKind.CAMPAIGN: _campaign,
    SearchKind.UPDATE: _update,
    SearchKind.REPORT: _report,
    SearchKind.NEWS: _item,
    SearchKind.INCIDENT: _incident,
}
