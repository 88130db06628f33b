"""The life of a topic: create, write, publish, gather campaigns."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import Select, delete, insert, select

from app.domain import activity, pictures, slugs
from app.domain.readiness import Gap
from app.domain.refused import EditedMeanwhile, NotFound, Refused
from app.domain.transactions import unit_of_work
from app.extensions import db
from app.models import Campaign, CampaignState, Deed, Topic, TopicSlug, TopicState, campaign_topic


@dataclass(frozen=True)
class Words:
    """What a topic says."""

    title: str
    summary: str
    text: str


@unit_of_work
def create(organisation_id: int, words: Words, *, locale: str, now: dt.datetime) -> Topic:
    """A new draft, with an address made from its title."""
    topic = Topic(
        organisation_id=organisation_id,
        title=words.title,
        summary=words.summary,
        text=words.text,
        locale=locale,
        created_at=now,
        edited_at=now,
    )
    slugs._claim_topic(topic)
    activity._note(Deed.CREATED, topic, now=now)
    return topic


def _hold(topic: Topic) -> None:
    """Read the topic again and keep others from changing it until this is done."""
    db.session.refresh(topic, with_for_update=True)


@unit_of_work
def save_words(topic: Topic, words: Words, *, revision: int | None, now: dt.datetime) -> int:
    """Save what it says; its new revision. A published topic says it to the public at once.

    Raises EditedMeanwhile if `revision` is not the one last saved and the words differ; None saves in any case.
    """
    _hold(topic)
    if (topic.title, topic.summary, topic.text) == (words.title, words.summary, words.text):
        return topic.revision
    if revision is not None and revision != topic.revision:
        raise EditedMeanwhile(
            _("Somebody else saved this topic after you opened it. Your words are kept; compare, then save again.")
        )
    topic.title, topic.summary, topic.text = words.title, words.summary, words.text
    topic.revision += 1
    topic.edited_at = now
    activity._note(Deed.WROTE, topic, now=now)
    return topic.revision


@unit_of_work
def set_language(topic: Topic, locale: str, *, now: dt.datetime) -> None:
    """Say in which language it is written."""
    _hold(topic)
    if topic.locale != locale:
        activity._note(Deed.CHANGED, topic, now=now)
    topic.locale, topic.edited_at = locale, now


@unit_of_work
def gather(topic: Topic, campaign_ids: Iterable[int], *, now: dt.datetime) -> None:
    """Say which campaigns of the organisation it gathers, in this order. Raises NotFound for one of another organisation."""
    _hold(topic)
    wanted = list(dict.fromkeys(campaign_ids))
    own = set(
        db.session.scalars(
            select(Campaign.id).where(Campaign.organisation_id == topic.organisation_id, Campaign.id.in_(wanted))
        )
    )
    if own != set(wanted):
        raise NotFound
    db.session.execute(delete(campaign_topic).where(campaign_topic.c.topic_id == topic.id))
    rows = [{"topic_id": topic.id, "campaign_id": number, "position": n} for n, number in enumerate(wanted)]
    if rows:
        db.session.execute(insert(campaign_topic), rows)
    topic.edited_at = now
    activity._note(Deed.GATHERED, topic, now=now, count=len(rows))


@unit_of_work
def move(topic: Topic, slug: str, *, now: dt.datetime) -> None:
    """Give the topic another address; the earlier ones lead there."""
    if not slugs.is_good(slug):
        raise Refused(_("Use small letters a to z, digits and single hyphens for the address."))
    owner = db.session.get(TopicSlug, slug)
    if owner is not None and owner.topic_id != topic.id:
        raise Refused(_("Another topic has or had this address. Choose another one."))
    if owner is None:
        db.session.add(TopicSlug(slug=slug, topic_id=topic.id))
    topic.slug, topic.edited_at = slug, now
    activity._note(Deed.MOVED, topic, now=now, address=slug)


def gaps(topic: Topic) -> list[Gap]:
    """What a topic still needs before it can be published, and the part of the editor where it is written."""
    found = []
    if not topic.title.strip():
        found.append(Gap("words", _("a title")))
    if not topic.summary.strip():
        found.append(Gap("words", _("a summary")))
    if topic.picture_id and not topic.picture_alt.strip():
        found.append(Gap("picture", _("a description of the picture for people who cannot see it")))
    return found


@unit_of_work
def publish(topic: Topic, *, now: dt.datetime) -> None:
    """Let the public read it. Raises Refused where something is missing. Twice is once."""
    _hold(topic)
    missing = [gap.words for gap in gaps(topic)]
    if missing:
        raise Refused(_("Before it can be published, this topic needs: %(gaps)s.", gaps=", ".join(missing)))
    if topic.state != TopicState.PUBLISHED:
        activity._note(Deed.PUBLISHED, topic, now=now)
    topic.state = TopicState.PUBLISHED
    topic.published_at = topic.published_at or now
    topic.edited_at = now


@unit_of_work
def withdraw(topic: Topic, *, now: dt.datetime) -> None:
    """Take it out of the public's sight; everything stays, and it can be published again. Twice is once."""
    _hold(topic)
    if topic.state != TopicState.DRAFT:
        activity._note(Deed.WITHDREW, topic, now=now)
    topic.state, topic.edited_at = TopicState.DRAFT, now


@unit_of_work
def discard(topic: Topic, *, now: dt.datetime) -> None:
    """Throw a draft away that was never published. Its campaigns, reports and news stay."""
    _hold(topic)
    if topic.published_at is not None:
        raise Refused(_("Only a draft that was never public can be thrown away."))
    activity._note(Deed.DISCARDED, topic, now=now)
    organisation_id = topic.organisation_id
    db.session.execute(delete(Topic).where(Topic.id == topic.id))
    pictures._forget_unused(organisation_id)


def find(slug: str) -> Topic:
    """The public topic at this address or an earlier one of it. Raises NotFound."""
    topic = db.session.scalar(
        Topic.public().join(TopicSlug, TopicSlug.topic_id == Topic.id).where(TopicSlug.slug == slug)
    )
    if topic is None:
        raise NotFound
    return topic


def own(organisation_id: int, slug: str) -> Topic:
    """The organisation's topic at this address or an earlier one of it, public or not. Raises NotFound."""
    topic = db.session.scalar(
        select(Topic)
        .join(TopicSlug, TopicSlug.topic_id == Topic.id)
        .where(TopicSlug.slug == slug, Topic.organisation_id == organisation_id)
    )
    if topic is None:
        raise NotFound
    return topic


def public_campaigns(topic: Topic) -> Select[Campaign]:
    """The campaigns that it gathers and anybody finds, in its order."""
    return (
        Campaign.listed()
        .join(campaign_topic, campaign_topic.c.campaign_id == Campaign.id)
        .where(campaign_topic.c.topic_id == topic.id)
        .order_by(campaign_topic.c.position)
    )


def others(topic: Topic) -> Select[Campaign]:
    """The organisation's campaigns that it does not gather, those that were edited last first."""
    gathered = select(campaign_topic.c.campaign_id).where(campaign_topic.c.topic_id == topic.id)
    return (
        select(Campaign)
        .where(
            Campaign.organisation_id == topic.organisation_id,
            Campaign.id.not_in(gathered),
            Campaign.state.not_in((CampaignState.TEMPLATE, CampaignState.ARCHIVED)),
        )
        .order_by(Campaign.edited_at.desc(), Campaign.id.desc())
    )


def of_organisation(organisation_id: int) -> Select[Topic]:
    """All topics of an organisation, public or not, those that were edited last first."""
    own = select(Topic).where(Topic.organisation_id == organisation_id)
    return own.order_by(Topic.edited_at.desc(), Topic.id.desc())
