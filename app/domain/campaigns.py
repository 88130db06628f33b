"""The life of a campaign: create, write, publish, close, reopen."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import delete, select

from app.domain import consents, counts
from app.domain.refused import NotFound, Refused
from app.domain.transactions import unit_of_work
from app.extensions import db
from app.models import (
    Account,
    Campaign,
    CampaignSlug,
    CampaignState,
    CampaignTally,
    DecisionMaker,
    Outcome,
    TargetChange,
    TextVersion,
)
from app.models.campaigns import SLUG_LENGTH

RESERVED_SLUGS = {"admin", "static", "api", "embed", "login", "new", "desk", "account", "campaigns"}
DECISION_MAKERS = 12  # more would bury the sign form

TRANSITIONS: dict[CampaignState, set[CampaignState]] = {
    CampaignState.DRAFT: {CampaignState.PUBLISHED},
    CampaignState.PUBLISHED: {CampaignState.CLOSED},
    CampaignState.CLOSED: {CampaignState.PUBLISHED},
}


class EditedMeanwhile(Refused):
    """Somebody else saved after this page was opened; both texts are shown, nothing is lost."""


@dataclass(frozen=True)
class Words:
    """The organiser's working copy."""

    ask: str
    summary: str
    text: str


def slug_from(text: str) -> str:
    """A short address made of the words of an ask; empty where it has no Latin letters or digits."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    return words[:60].rsplit("-", 1)[0] if len(words) > 60 else words


def _free_slug(wanted: str) -> str:
    base = wanted if wanted and wanted not in RESERVED_SLUGS else f"campaign-{wanted}".strip("-")
    taken = set(db.session.scalars(select(CampaignSlug.slug).where(CampaignSlug.slug.startswith(base, autoescape=True))))
    if base not in taken:
        return base
    return next(f"{base}-{n}" for n in range(2, len(taken) + 3) if f"{base}-{n}" not in taken)


@unit_of_work
def create(organisation_id: int, words: Words, *, locale: str, zone: str, now: dt.datetime) -> Campaign:
    """A new draft, with an address made from its ask."""
    campaign = Campaign(
        slug=_free_slug(slug_from(words.ask)),
        organisation_id=organisation_id,
        ask=words.ask,
        summary=words.summary,
        text=words.text,
        locale=locale,
        closes_zone=zone,
        created_at=now,
        edited_at=now,
    )
    db.session.add(campaign)
    db.session.flush()
    db.session.add(CampaignSlug(slug=campaign.slug, campaign_id=campaign.id))
    counts._open_slots(campaign.id)
    return campaign


def _touched(campaign: Campaign, now: dt.datetime) -> None:
    campaign.edited_at = now
    campaign.revision += 1


@unit_of_work
def save_words(campaign: Campaign, words: Words, *, revision: int | None, now: dt.datetime) -> None:
    """Save the working copy. Raises EditedMeanwhile if `revision` is not the one last saved; None saves in any case."""
    if revision is not None and revision != campaign.revision:
        raise EditedMeanwhile(
            _("Somebody else saved this campaign after you opened it. Your words are still here; compare, then save again.")
        )
    if (campaign.ask, campaign.summary, campaign.text) == (words.ask, words.summary, words.text):
        return
    campaign.ask, campaign.summary, campaign.text = words.ask, words.summary, words.text
    _touched(campaign, now)


@unit_of_work
def set_decision_makers(campaign: Campaign, names: Iterable[str], *, now: dt.datetime) -> None:
    """Say who is asked, in this order."""
    kept = [name for name in names if name]
    if len(kept) > DECISION_MAKERS:
        raise Refused(_("Name at most %(number)d decision makers.", number=DECISION_MAKERS))
    campaign.decision_makers = [DecisionMaker(position=place, name=name) for place, name in enumerate(kept, start=1)]
    _touched(campaign, now)


@unit_of_work
def set_frame(
    campaign: Campaign,
    *,
    target: int,
    closes_at: dt.datetime | None,
    zone: str,
    family_name_required: bool,
    locale: str,
    now: dt.datetime,
) -> None:
    """Set target, closing date and form. A target moved after publication is put on record, and the page shows it."""
    if campaign.state != CampaignState.DRAFT and target != campaign.signature_target:
        db.session.add(
            TargetChange(
                campaign_id=campaign.id, old_target=campaign.signature_target, new_target=target, changed_at=now
            )
        )
    campaign.signature_target = target
    campaign.closes_at = closes_at
    campaign.closes_zone = zone
    campaign.family_name_required = family_name_required
    campaign.locale = locale
    _touched(campaign, now)


@unit_of_work
def set_picture(
    campaign: Campaign, *, picture_id: int | None, alt: str, caption: str, credit: str, now: dt.datetime
) -> None:
    """Show this picture, or none."""
    campaign.picture_id = picture_id
    campaign.picture_alt, campaign.picture_caption, campaign.picture_credit = alt, caption, credit
    _touched(campaign, now)


@unit_of_work
def move(campaign: Campaign, slug: str, *, now: dt.datetime) -> None:
    """Give the campaign another address; the earlier ones lead there."""
    if slug in RESERVED_SLUGS or slug != slug_from(slug) or len(slug) > SLUG_LENGTH:
        raise Refused(_("Use small letters a to z, digits and single hyphens for the address."))
    owner = db.session.get(CampaignSlug, slug)
    if owner is not None and owner.campaign_id != campaign.id:
        raise Refused(_("Another campaign has or had this address. Choose another one."))
    if owner is None:
        db.session.add(CampaignSlug(slug=slug, campaign_id=campaign.id))
    campaign.slug = slug
    _touched(campaign, now)


def missing(campaign: Campaign) -> list[str]:
    """What a campaign still needs before it can be published, each in words."""
    gaps = []
    if not campaign.ask.strip():
        gaps.append(_("an ask"))
    if not campaign.summary.strip():
        gaps.append(_("a summary"))
    if not campaign.text.strip():
        gaps.append(_("a text"))
    if not campaign.decision_makers:
        gaps.append(_("at least one decision maker"))
    if campaign.picture_id and not campaign.picture_alt.strip():
        gaps.append(_("a description of the picture for people who cannot see it"))
    return gaps


def _changed_state(campaign: Campaign, to: CampaignState) -> None:
    if to not in TRANSITIONS[campaign.state]:
        raise Refused(_("This campaign was changed meanwhile. Look at it again before you go on."))
    campaign.state = to


@unit_of_work
def publish(
    campaign: Campaign, *, by: Account | None, reason: str, locales: Iterable[str], now: dt.datetime
) -> TextVersion:
    """Make the working copy public: the first time the campaign opens, later a new dated version of its text appears.

    Raises Refused where something is missing, nothing changed, the closing date is past, or a later version has no reason.
    """
    gaps = missing(campaign)
    if gaps:
        raise Refused(_("Before it can be published, this campaign needs: %(gaps)s.", gaps=", ".join(gaps)))
    if campaign.state == CampaignState.DRAFT:
        if campaign.closes_at is not None and campaign.closes_at <= now:
            raise Refused(_("The closing date is in the past. Choose a later one, or none."))
        _changed_state(campaign, CampaignState.PUBLISHED)
        campaign.published_at = now
    elif not campaign.has_unpublished_changes:
        raise Refused(_("Nothing has changed since the last version was published."))
    elif not reason.strip():
        raise Refused(_("Say what changed. It is shown in the public list of versions."))
    version = TextVersion(
        campaign_id=campaign.id,
        number=campaign.current_version + 1,
        ask=campaign.ask,
        summary=campaign.summary,
        text=campaign.text,
        reason=reason.strip(),
        published_at=now,
        published_by_id=by.id if by else None,
    )
    db.session.add(version)
    campaign.current_version = version.number
    consents._keep_wordings(campaign.organisation, locales, now)
    _touched(campaign, now)
    return version


@unit_of_work
def close(campaign: Campaign, *, outcome: Outcome | None, outcome_text: str, now: dt.datetime) -> None:
    """End signing, and say how it ended where that is known."""
    _changed_state(campaign, CampaignState.CLOSED)
    campaign.closed_at = now if campaign.closes_at is None else min(now, campaign.closes_at)
    campaign.outcome, campaign.outcome_text = outcome, outcome_text
    _touched(campaign, now)


@unit_of_work
def set_outcome(campaign: Campaign, *, outcome: Outcome | None, outcome_text: str, now: dt.datetime) -> None:
    """Say, later, how a closed campaign ended."""
    if campaign.state != CampaignState.CLOSED:
        raise Refused(_("Close the campaign first."))
    campaign.outcome, campaign.outcome_text = outcome, outcome_text
    _touched(campaign, now)


@unit_of_work
def reopen(campaign: Campaign, *, closes_at: dt.datetime | None, now: dt.datetime) -> None:
    """Let people sign again, until the new closing date or without one."""
    if closes_at is not None and closes_at <= now:
        raise Refused(_("The closing date is in the past. Choose a later one, or none."))
    _changed_state(campaign, CampaignState.PUBLISHED)
    campaign.closes_at, campaign.closed_at = closes_at, None
    campaign.outcome, campaign.outcome_text = None, ""
    _touched(campaign, now)


@unit_of_work
def discard(campaign: Campaign) -> None:
    """Throw a draft away that was never published."""
    if campaign.state != CampaignState.DRAFT:
        raise Refused(_("Only a draft can be thrown away. Close a published campaign instead."))
    for table in (CampaignSlug, CampaignTally, DecisionMaker):
        db.session.execute(delete(table).where(table.campaign_id == campaign.id))
    db.session.execute(delete(Campaign).where(Campaign.id == campaign.id))


def find(slug: str) -> Campaign:
    """The public campaign at this address or an earlier one of it. Raises NotFound."""
    campaign = db.session.scalar(
        Campaign.public().join(CampaignSlug, CampaignSlug.campaign_id == Campaign.id).where(CampaignSlug.slug == slug)
    )
    if campaign is None:
        raise NotFound
    return campaign
