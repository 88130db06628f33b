"""Updates: the organiser's dated posts on a campaign. Written as drafts, published, corrected, taken back."""

from __future__ import annotations

import datetime as dt
import secrets
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import Select, delete, select

from app.domain import activity, pictures
from app.domain.refused import EditedMeanwhile, NotFound, Refused
from app.domain.transactions import unit_of_work
from app.extensions import db
from app.models import Campaign, Deed, Update, UpdateState

REMOVED_KEPT = dt.timedelta(days=30)  # as long a removal can be undone
FORGET_BATCH = 500


@dataclass(frozen=True)
class Words:
    """What an update says."""

    title: str
    text: str


@unit_of_work
def create(campaign: Campaign, *, by: int | None, now: dt.datetime) -> Update:
    """An empty draft, written by the account of number `by`."""
    update = Update(
        public_id=secrets.token_urlsafe(16), campaign_id=campaign.id, written_by_id=by, created_at=now, edited_at=now
    )
    db.session.add(update)
    activity._note(Deed.CREATED, update, now=now)
    return update


def _hold(update: Update) -> None:
    """Read the update again and keep others from changing it until this is done."""
    db.session.refresh(update, with_for_update=True)


@unit_of_work
def save_words(update: Update, words: Words, *, revision: int | None, now: dt.datetime) -> int:
    """Save what it says; its new revision. A published update says it to the public at once.

    Raises EditedMeanwhile if `revision` is not the one last saved and the words differ; Refused where a published one would
    lose its title or text.
    """
    _hold(update)
    if (update.title, update.text) == (words.title, words.text):
        return update.revision
    if revision is not None and revision != update.revision:
        raise EditedMeanwhile(
            _("Somebody else saved this update after you opened it. Your words are kept; compare, then save again.")
        )
    if update.state == UpdateState.PUBLISHED and not (words.title and words.text):
        raise Refused(_("A published update needs a title and a text. Remove it instead."))
    update.title, update.text = words.title, words.text
    update.revision += 1
    update.edited_at = now
    activity._note(Deed.WROTE, update, now=now)
    return update.revision


@unit_of_work
def publish(update: Update, *, now: dt.datetime) -> None:
    """Let the public read it. Twice is once. Raises Refused where something is missing or the campaign is a draft."""
    _hold(update)
    if not update.campaign.is_public:
        raise Refused(_("Publish the campaign first; then its updates."))
    if not (update.title and update.text):
        raise Refused(_("An update needs a title and a text."))
    if update.picture_id and not update.picture_alt:
        raise Refused(_("Describe the picture for people who cannot see it."))
    if update.state != UpdateState.PUBLISHED:
        activity._note(Deed.PUBLISHED, update, now=now)
    update.state = UpdateState.PUBLISHED
    update.published_at = update.published_at or now
    update.edited_at = now


@unit_of_work
def remove(update: Update, *, now: dt.datetime) -> None:
    """Take an update out of sight. It can be put back for 30 days. Twice is once."""
    _hold(update)
    if update.removed_at is None:
        activity._note(Deed.REMOVED, update, now=now)
    update.removed_at = update.removed_at or now


@unit_of_work
def restore(update: Update, *, now: dt.datetime) -> None:
    """Put a removed update back as it was. Twice is once."""
    _hold(update)
    if update.removed_at is not None:
        activity._note(Deed.RESTORED, update, now=now)
    update.removed_at = None


@unit_of_work
def forget_removed(*, now: dt.datetime) -> int:
    """Delete what was removed more than 30 days ago, in one batch. Returns how many; call again while it is not zero."""
    old = select(Update.id, Campaign.organisation_id).join(Campaign).where(Update.removed_at < now - REMOVED_KEPT)
    rows = db.session.execute(old.limit(FORGET_BATCH)).all()
    if rows:
        db.session.execute(delete(Update).where(Update.id.in_([row.id for row in rows])))
        for organisation_id in {row.organisation_id for row in rows}:
            pictures._forget_unused(organisation_id)
    return len(rows)


def of(campaign: Campaign) -> Select[Update]:
    """All updates of a campaign that were not removed, as the desk lists them: drafts first, then the newest."""
    newest = (Update.published_at.is_(None).desc(), Update.published_at.desc(), Update.id.desc())
    return select(Update).where(Update.campaign_id == campaign.id, Update.removed_at.is_(None)).order_by(*newest)


def own(campaign: Campaign, public_id: str) -> Update:
    """The campaign's update at this address, also a draft or a removed one. Raises NotFound."""
    update = db.session.scalar(select(Update).where(Update.campaign_id == campaign.id, Update.public_id == public_id))
    if update is None:
        raise NotFound
    return update


def public() -> Select[Update]:
    """Updates that anybody finds, of all listed campaigns."""
    shown = (Update.state == UpdateState.PUBLISHED, Update.removed_at.is_(None))
    return select(Update).join(Campaign).where(Campaign.is_listed, *shown)


def find(campaign: Campaign, public_id: str) -> Update:
    """The public update at this address. Raises NotFound."""
    update = db.session.scalar(Update.public(campaign.id).where(Update.public_id == public_id))
    if update is None:
        raise NotFound
    return update
