"""What a topic's page shows. The public page and the desk's preview show it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import g, redirect, request, url_for
from werkzeug.wrappers import Response as Redirect

from app import figure_tables, links, markdown, register_page
from app.campaign_page import CARD
from app.domain import counts, news, topics
from app.domain.refused import NotFound
from app.extensions import db
from app.models import Campaign, NewsItem, Topic
from app.templating import iso

NEWS_SHOWN = 30  # on the topic's page, and on each page of its own
LAST_PAGE = 10_000  # beyond, strangers only try numbers


def find(slug: str) -> Topic | Redirect:
    """The public topic of this address, or the way from an earlier address to the present one."""
    topic = topics.find(slug)
    if topic.slug != slug:
        assert request.endpoint
        values: dict[str, Any] = {**(request.view_args or {}), "slug": topic.slug, "lang": request.args.get("lang")}
        return redirect(url_for(request.endpoint, **values), 301)
    g.locale = topic.locale
    return topic


def context(topic: Topic) -> dict[str, Any]:
    """All that the page shows, in a fixed number of queries."""
    campaigns = db.session.scalars(topics.public_campaigns(topic).options(*CARD)).all()
    items = db.session.scalars(news.merged(topic).limit(NEWS_SHOWN + 1)).all()
    document = markdown.document(topic.text)
    link = links.to("public.topic", slug=topic.slug)
    return {
        "topic": topic,
        "introduction": document.html,
        "outline": document.outline,
        "campaigns": campaigns,
        "counts": counts.of_all([campaign.id for campaign in campaigns]),
        "glance": register_page.glance(topic.register),
        "series": figure_tables.of_topic(topic),
        "items": items[:NEWS_SHOWN],
        "has_more": len(items) > NEWS_SHOWN,
        "link": link,
        "shares": links.shares(link, topic.title),
        "data": structured_data(topic, campaigns, link),
    }


def news_page(topic: Topic, number: int) -> dict[str, Any]:
    """One page of a topic's news. Raises NotFound where there is none, but for the first."""
    if not 1 <= number <= LAST_PAGE:
        raise NotFound
    wanted = news.merged(topic).limit(NEWS_SHOWN + 1).offset((number - 1) * NEWS_SHOWN)
    items: Sequence[NewsItem] = db.session.scalars(wanted).all()
    if not items and number > 1:
        raise NotFound
    return {"topic": topic, "items": items[:NEWS_SHOWN], "number": number, "has_more": len(items) > NEWS_SHOWN}


def structured_data(topic: Topic, campaigns: Sequence[Campaign], link: str) -> dict[str, Any]:
    """What search engines may know of a topic (JSON-LD, schema.org): the same as everybody reads."""
    parts = [
        {
            "@type": "WebPage",
            "name": campaign.published_text.ask if campaign.published_text else campaign.ask,
            "url": links.to("public.campaign", slug=campaign.slug),
        }
        for campaign in campaigns
    ]
    return {
        "@context": "https://schema.org",
        "@type": "CollectionPage",
        "name": topic.title,
        "description": topic.summary,
        "url": link,
        "inLanguage": topic.locale,
        "datePublished": iso(topic.published_at or topic.created_at),
        "dateModified": iso(topic.edited_at),
        "publisher": {
            "@type": "Organization",
            "name": topic.organisation.name,
            "url": links.to("public.organisation", slug=topic.organisation.slug),
        },
        "primaryImageOfPage": {"@type": "ImageObject", "url": links.to("public.topic_share", slug=topic.slug)},
        "hasPart": parts,
    }
