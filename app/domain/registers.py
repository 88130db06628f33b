"""The evidence register of a topic: open it, say whose it is and what its figures do not say, let the public see it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Select, exists, select
from sqlalchemy.orm import contains_eager

from app.domain import activity, meanwhile
from app.domain.refused import EditedMeanwhile, NotFound
from app.domain.transactions import unit_of_work
from app.extensions import db
from app.models import Deed, Incident, Register, Topic, TopicSlug, TopicState, campaign_topic

TEXTS = (
    "title",
    "introduction",
    "caveats",
    "source",
    "source_url",
    "open_name",
    "credible_name",
    "non_credible_name",
    "reopened_name",
)
FIELDS = (*TEXTS, "is_public")


@unit_of_work
def begin(topic: Topic, *, now: dt.datetime) -> Register:
    """The register of a topic, opened if there was none. Nobody sees it before it is made public."""
    db.session.refresh(topic, with_for_update=True)
    found = db.session.scalar(select(Register).where(Register.topic_id == topic.id))
    if found is not None:
        return found
    register = Register(topic_id=topic.id, title=_("Register of incidents"), created_at=now, edited_at=now)
    db.session.add(register)
    activity._note(Deed.CREATED, register, now=now)
    return register


@unit_of_work
def change(register: Register, values: dict[str, Any], *, seen: str | None, now: dt.datetime) -> None:
    """Say something else of it. `seen` is its `wording` as whoever writes saw it; None changes it in any case.

    Raises EditedMeanwhile if somebody changed what is said meanwhile.
    """
    db.session.refresh(register, with_for_update=True)
    changed = {name: value for name, value in values.items() if name in FIELDS and getattr(register, name) != value}
    if not changed:
        return
    if seen is not None and seen != wording(register):
        raise EditedMeanwhile(
            _("Somebody else changed this register after you opened it. Your words are kept; compare, then save again.")
        )
    for name, value in changed.items():
        setattr(register, name, value)
    _touch(register, now)
    shown = {True: Deed.PUBLISHED, False: Deed.WITHDREW}
    activity._note(shown[changed["is_public"]] if "is_public" in changed else Deed.CHANGED, register, now=now)


def wording(register: Register) -> str:
    """A digest of what it says of itself; its incidents, which change `edited_at` too, leave it as it is."""
    return meanwhile.digest(register, FIELDS)


def _touch(register: Register, now: dt.datetime) -> dt.datetime:
    """What its pages show has changed. The moment that stands for this change, later than every one before: what was counted is
    kept under it, and the incidents that changed carry it (`changed_at`)."""
    register.edited_at = max(now, register.edited_at + dt.timedelta(microseconds=1))
    return register.edited_at


def own(topic: Topic) -> Register:
    """The register of a topic, public or not. Raises NotFound where none was opened."""
    found = db.session.scalar(select(Register).where(Register.topic_id == topic.id))
    if found is None:
        raise NotFound
    return found


def find(slug: str) -> Register:
    """The public register of the public topic at this address or an earlier one of it. Raises NotFound."""
    found = db.session.scalar(public().join(TopicSlug, TopicSlug.topic_id == Topic.id).where(TopicSlug.slug == slug))
    if found is None:
        raise NotFound
    return found


def public() -> Select[Register]:
    """Registers that anybody may read."""
    return (
        select(Register)
        .join(Topic, Topic.id == Register.topic_id)
        .where(Register.is_public, Topic.state == TopicState.PUBLISHED)
    )


def of_campaign(campaign_id: int) -> list[Register]:
    """The public registers of the topics that gather a campaign, and hold something."""
    holds = exists().where(Incident.register_id == Register.id, Incident.removed_at.is_(None))
    gathers = exists().where(campaign_topic.c.topic_id == Topic.id, campaign_topic.c.campaign_id == campaign_id)
    found = public().options(contains_eager(Register.topic).load_only(Topic.slug)).where(gathers, holds)
    return list(db.session.scalars(found.order_by(Register.id)))
