"""What stands in the feeds of a campaign, of a topic and of the site: news, and what the campaigns themselves
said and went through: texts, updates, milestones, the handing over, the answer, the outcome.

`_gathered` is the one place that puts them together; whatever else belongs into a feed is added there as an `Entry`.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import Select, func, select
from sqlalchemy.orm import contains_eager

from app import clock, links, markdown, news_words, timeline_words
from app.domain import news, timeline, topics
from app.domain.timeline import EntryKind
from app.extensions import db
from app.feeds import FORMS, MOST_ENTRIES, Entry, Feed
from app.models import (
    Campaign,
    NewsItem,
    Precision,
    TextVersion,
    Topic,
    Update,
    UpdateState,
    campaign_news,
)
from app.templating import number, partial_day

OURS = uuid.UUID(
    "5d0a3c7e-4b0f-4f0e-9a56-7f6f0d2f5c11"
)  # names of Undersigned; never to be changed, or all entries are new
NOON = dt.time(12, tzinfo=dt.UTC)  # of a day without a time: the same day nearly everywhere


def of_campaign(campaign: Campaign) -> Feed:
    """Of one public campaign."""
    words = campaign.published_text
    return Feed(
        id=_urn("feed", _name(campaign)),
        title=words.ask if words else campaign.ask,
        about=words.summary if words else campaign.summary,
        link=links.to("public.campaign", slug=campaign.slug),
        author=campaign.organisation.name,
        language=_tag(campaign.locale),
        since=campaign.published_at or campaign.created_at,
        entries=_gathered(news.public().where(NewsItem.id.in_(_of(campaign))), [campaign.id]),
        addresses=_addresses("public.campaign_feed", slug=campaign.slug),
    )


def of_topic(topic: Topic) -> Feed:
    """Of one public topic, with what the campaigns under it have."""
    return Feed(
        id=_urn("feed", f"topic/{topic.id}/{topic.created_at.isoformat()}"),
        title=topic.title,
        about=topic.summary,
        link=links.to("public.topic", slug=topic.slug),
        author=topic.organisation.name,
        language=_tag(topic.locale),
        since=topic.published_at or topic.created_at,
        entries=_gathered(
            news.merged(topic), [campaign.id for campaign in db.session.scalars(topics.public_campaigns(topic))]
        ),
        addresses=_addresses("public.topic_feed", slug=topic.slug),
    )


def of_site() -> Feed:
    """Of all that is public here."""
    first = db.session.scalar(select(func.min(Campaign.published_at)))
    return Feed(
        id=_urn("feed", current_app.config["BASE_URL"]),
        title=_("Campaigns and news"),
        about=_("Everything new on %(site)s.", site=links.host()),
        link=links.to("public.home"),
        author="Undersigned",
        language=_tag(current_app.config["LANGUAGES"][0]),
        since=first or dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
        entries=_gathered(news.public(only_listed=True), None),
        addresses=_addresses("public.site_feed"),
    )


def _of(campaign: Campaign) -> Select[int]:
    return select(campaign_news.c.news_item_id).where(campaign_news.c.campaign_id == campaign.id)


def _gathered(items: Select[NewsItem], campaigns: list[int] | None) -> tuple[Entry, ...]:
    """The last changed of these items and campaigns, of all campaigns where there is None."""
    once: dict[tuple[str, str], Entry] = {}  # an article that a topic and its campaign both have is one
    found = [*_news(items), *_versions(campaigns), *_updates(campaigns), *_went_through(campaigns)]
    for entry in sorted(found, key=lambda entry: (entry.updated, entry.published, entry.id), reverse=True):
        once.setdefault((entry.link, entry.title.casefold()) if entry.is_elsewhere else ("", entry.id), entry)
    return tuple(once.values())[:MOST_ENTRIES]


def _news(items: Select[NewsItem]) -> Iterator[Entry]:
    last = func.coalesce(NewsItem.edited_at, NewsItem.created_at)
    newest = items.order_by(None).order_by(last.desc(), NewsItem.id.desc())
    for item in db.session.scalars(newest.limit(MOST_ENTRIES)):
        yield _of_news(item)


def _of_news(item: NewsItem) -> Entry:
    updated = max(item.created_at, item.edited_at or item.created_at)
    video = news_words.video_of(item)
    when = "" if item.precision == Precision.DAY else f", {partial_day(item.date)}"
    source = _("Source: %(source)s", source=item.source_line) if item.source_line else ""
    return Entry(
        id=_urn("news", item.public_id),
        kind=item.kind.value,
        kind_name=news_words.kind_name(item.kind),
        title=item.title,
        link=links.to("public.play", public_id=item.public_id) if video else item.url,
        is_elsewhere=video is None,
        published=min(dt.datetime.combine(item.published_on, NOON), updated),
        updated=updated,
        paragraphs=(f"{item.outlet}{when}", *item.excerpt.split("\n\n"), item.author_note, source, item.disclaimer),
        author=item.byline or item.outlet,
        language=item.language,
        warning=item.content_warning,
    )


def _versions(numbers: list[int] | None) -> Iterator[Entry]:
    """A campaign's publication, and every other wording that it had."""
    versions = select(TextVersion).join(TextVersion.campaign)
    versions = versions.options(contains_eager(TextVersion.campaign).joinedload(Campaign.organisation))
    versions = versions.where(Campaign.is_listed if numbers is None else TextVersion.campaign_id.in_(numbers))
    for version in db.session.scalars(versions.order_by(TextVersion.published_at.desc()).limit(MOST_ENTRIES)):
        yield _of_version(version)


def _of_version(version: TextVersion) -> Entry:
    campaign, is_first = version.campaign, version.number == 1
    title = version.ask
    if not is_first:
        title = _("Version %(number)s of the text: %(ask)s", number=number(version.number), ask=version.ask)
    return Entry(
        id=_urn("version", f"{_name(campaign)}/{version.number}"),
        kind="campaign" if is_first else "version",
        kind_name=_("New campaign") if is_first else _("New version of the text"),
        title=title,
        link=links.to("public.campaign" if is_first else "public.versions", slug=campaign.slug),
        published=version.published_at,
        updated=version.published_at,
        paragraphs=(version.summary,) if is_first else (version.reason, version.summary),
        author=campaign.organisation.name,
        language=_tag(campaign.locale),
    )


def _updates(numbers: list[int] | None) -> Iterator[Entry]:
    """What the organisers wrote since."""
    shown = select(Update).join(Campaign, Campaign.id == Update.campaign_id)
    shown = shown.where(Update.state == UpdateState.PUBLISHED, Update.removed_at.is_(None))
    shown = shown.options(contains_eager(Update.campaign).joinedload(Campaign.organisation))
    shown = shown.where(Campaign.is_listed if numbers is None else Update.campaign_id.in_(numbers))
    for update in db.session.scalars(shown.order_by(Update.published_at.desc()).limit(MOST_ENTRIES)):
        yield _of_update(update)


def _of_update(update: Update) -> Entry:
    campaign, published = update.campaign, update.published_at or update.created_at
    return Entry(
        id=_urn("update", update.public_id),
        kind="update",
        kind_name=_("Update"),
        title=update.title,
        link=links.to("public.update", slug=campaign.slug, public_id=update.public_id),
        published=published,
        updated=max(published, update.edited_at),
        markup=markdown.render(update.text),
        author=campaign.organisation.name,
        language=_tag(campaign.locale),
    )


def _went_through(numbers: list[int] | None) -> Iterator[Entry]:
    """What campaigns reached, what was answered, how they ended: as their timelines tell it."""
    kinds = (EntryKind.MILESTONE, EntryKind.DELIVERED, EntryKind.ANSWERED, EntryKind.ENDED)
    for entry in timeline.entries(numbers, now=clock.now(), limit=MOST_ENTRIES, kinds=kinds):
        yield _of_timeline(entry)


def _of_timeline(entry: timeline.Entry) -> Entry:
    campaign, words = entry.campaign, entry.campaign.published_text
    said = (timeline_words.note(entry), *entry.text.split("\n\n"), *_check(entry))
    moment = entry.when if isinstance(entry.when, dt.datetime) else dt.datetime.combine(entry.when.on, NOON)
    return Entry(
        id=_urn(entry.kind.value, f"{_name(campaign)}/{entry.key}"),
        kind=entry.kind.value,
        kind_name=timeline_words.kind_name(entry.kind),
        title=f"{timeline_words.title(entry)}: {words.ask if words else campaign.ask}",
        link=timeline_words.public_link(entry),
        published=moment,
        updated=max(moment, entry.changed_at or moment),
        paragraphs=said if any(said) else (words.summary if words else campaign.summary,),
        author=entry.author or campaign.organisation.name,
        language=_tag(campaign.locale),
    )


def _check(entry: timeline.Entry) -> list[str]:
    at = timeline_words.check_link(entry)
    return [_("Whoever has the list can check it: %(address)s", address=at)] if at else []


def _name(campaign: Campaign) -> str:
    """A campaign as nothing else is called, here or on another installation; its address can change."""
    return f"campaign/{campaign.id}/{campaign.created_at.isoformat()}"


def _urn(kind: str, name: str) -> str:
    return uuid.uuid5(OURS, f"{kind}/{name}").urn


def _addresses(endpoint: str, **values: str) -> dict[str, str]:
    return {form: links.to(endpoint, form=form, **values) for form in FORMS}


def _tag(locale: str) -> str:
    return locale.replace("_", "-")
