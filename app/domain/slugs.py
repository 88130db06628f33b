"""Addresses made of words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.extensions import db
from app.models import Campaign, CampaignSlug, Report, Topic, TopicSlug
from app.models.campaigns import SLUG_LENGTH

RESERVED = {"admin", "static", "api", "embed", "login", "new", "desk", "account", "campaigns"}
LONGEST_MADE = 60  # characters of an address made from an ask; people may choose longer ones
ATTEMPTS = 5


def made_from(text: str) -> str:
    """A short address made of the words of an ask; empty where it has no Latin letters or digits."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    return words[:LONGEST_MADE].rsplit("-", 1)[0] if len(words) > LONGEST_MADE else words


def is_good(slug: str) -> bool:
    """Whether an address may be chosen: small letters, digits, single hyphens, and not a word of ours."""
    return bool(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug)) and len(slug) <= SLUG_LENGTH and slug not in RESERVED


def free(wanted: str, among: Any = CampaignSlug.slug, noun: str = "campaign") -> str:
    """`wanted`, or the nearest to it that no campaign has or had; `among` names the column of another noun's addresses."""
    base = wanted if wanted and wanted not in RESERVED else f"{noun}-{wanted}".strip("-")
    taken = set(db.session.scalars(select(among).where(among.startswith(base, autoescape=True))))
    if base not in taken:
        return base
    return next(f"{base}-{n}" for n in range(2, len(taken) + 3) if f"{base}-{n}" not in taken)


def _claim(campaign: Campaign, before: str = "") -> None:
    """Store a new campaign under a free address, with this word before those of its ask."""

    def _store() -> None:
        campaign.slug = free(made_from(f"{before} {campaign.ask}"))
        db.session.add(campaign)
        db.session.flush()
        db.session.add(CampaignSlug(slug=campaign.slug, campaign_id=campaign.id))

    _try_to(_store)


def _claim_topic(topic: Topic) -> None:
    """Store a new topic under a free address."""

    def _store() -> None:
        topic.slug = free(made_from(topic.title), TopicSlug.slug, "topic")
        db.session.add(topic)
        db.session.flush()
        db.session.add(TopicSlug(slug=topic.slug, topic_id=topic.id))

    _try_to(_store)


def _claim_report(report: Report) -> None:
    """Store a new report under a free address, which it keeps for ever."""

    def _store() -> None:
        report.slug = free(made_from(report.title), Report.slug, "report")
        db.session.add(report)
        db.session.flush()

    _try_to(_store)


def _try_to(store: Callable[[], None]) -> None:
    """Two with the same words, in the same moment, get two addresses."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with db.session.begin_nested():
                store()
            return
        except IntegrityError:
            if attempt == ATTEMPTS:
                raise
