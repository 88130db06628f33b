"""The life of a campaign: create, write, publish, close, reopen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import delete, update

from app.domain import activity, campaign_states, consents, counts, pictures, readiness, reviewers, reviews, slugs
from app.domain.campaign_states import _hold
from app.domain.meanwhile import _refuse
from app.domain.notices import Key
from app.domain.pauses import _end_pause
from app.domain.refused import EditedMeanwhile, NotFound, Refused
from app.domain.rights import NotAllowed
from app.domain.transactions import unit_of_work
from app.extensions import db
from app.models import (
    Account,
    Campaign,
    CampaignSlug,
    CampaignState,
    CampaignTally,
    DecisionMaker,
    Deed,
    Mail,
    Outcome,
    PublicationPlan,
    Review,
    TargetChange,
    TextVersion,
)

DECISION_MAKERS = 12  # more would bury the sign form
FRAME = ("signature_target", "closes_at", "closes_zone", "locale")


@dataclass(frozen=True)
class Words:
    """The organiser's working copy."""

    ask: str
    summary: str
    text: str


@unit_of_work
def create(organisation_id: int, words: Words, *, locale: str, zone: str, now: dt.datetime) -> Campaign:
    """A new draft, with an address made from its ask."""
    campaign = Campaign(
        organisation_id=organisation_id,
        ask=words.ask,
        summary=words.summary,
        text=words.text,
        locale=locale,
        closes_zone=zone,
        created_at=now,
        edited_at=now,
    )
    slugs._claim(campaign)
    counts._open_slots(campaign.id)
    activity._note(Deed.CREATED, campaign, now=now)
    return campaign


def _refuse_stale(campaign: Campaign, revision: int | None) -> None:
    if revision is not None and revision != campaign.revision:
        raise EditedMeanwhile(
            _("Somebody else saved this campaign after you opened it. Your words are kept; compare, then save again.")
        )


@unit_of_work
def save_words(campaign: Campaign, words: Words, *, revision: int | None, now: dt.datetime) -> int:
    """Save the working copy and answer its new revision.

    Raises EditedMeanwhile if `revision` is not the one last saved and the words differ; None saves in any case.
    """
    _hold(campaign)
    if (campaign.ask, campaign.summary, campaign.text) == (words.ask, words.summary, words.text):
        return campaign.revision
    _refuse_stale(campaign, revision)
    campaign.ask, campaign.summary, campaign.text = words.ask, words.summary, words.text
    campaign.edited_at = now
    campaign.revision += 1
    activity._note(Deed.WROTE, campaign, now=now)
    return campaign.revision


@unit_of_work
def set_decision_makers(
    campaign: Campaign, names: Iterable[str], *, now: dt.datetime, before: list[str] | None = None
) -> None:
    """Say who is asked, in this order. Raises EditedMeanwhile if the names are no longer those of `before`."""
    _hold(campaign)
    kept = [name for name in names if name]
    if len(kept) > DECISION_MAKERS:
        raise Refused(_("Name at most %(number)d decision makers.", number=DECISION_MAKERS))
    if not kept and campaign.is_public:
        raise Refused(_("A published campaign needs at least one decision maker."))
    if before is not None and before != [maker.name for maker in campaign.decision_makers]:
        raise EditedMeanwhile(
            _("Somebody else changed the decision makers after you opened this page. Compare, then save again.")
        )
    campaign.decision_makers = [DecisionMaker(position=place, name=name) for place, name in enumerate(kept, start=1)]
    campaign.edited_at = now
    activity._note(Deed.ADDRESSED, campaign, now=now)


@unit_of_work
def set_frame(
    campaign: Campaign,
    *,
    target: int,
    closes_at: dt.datetime | None,
    zone: str,
    locale: str,
    now: dt.datetime,
    target_reason: str = "",
    seen: str | None = None,
) -> None:
    """Set target, closing date and language. A target moved after publication is put on record, and the page shows it and says why.

    Raises Refused for that without a reason, and for a new closing date that is past: ending a campaign is `close`, which says so;
    EditedMeanwhile where `seen`, the digest of `FRAME` as whoever writes saw it, is out of date.
    """
    _hold(campaign)
    said = {"signature_target": target, "closes_at": closes_at, "closes_zone": zone, "locale": locale}
    _refuse(campaign, said, FRAME, seen)
    if closes_at is not None and closes_at != campaign.closes_at and closes_at <= now:
        raise Refused(_("The closing date is in the past. Choose a later one, or none."))
    if campaign.is_public and target != campaign.signature_target:
        _record_target(campaign, target, target_reason, now)
    campaign.signature_target, campaign.closes_at = target, closes_at
    campaign.closes_zone = zone
    campaign.locale = locale
    if db.session.is_modified(campaign):
        activity._note(Deed.FRAMED, campaign, now=now, target=target)
    campaign.edited_at = now


def _record_target(campaign: Campaign, target: int, reason: str, now: dt.datetime) -> None:
    if not reason.strip():
        raise Refused(_("Say why the target changes. It stands on the page."))
    old = campaign.signature_target
    change = TargetChange(
        campaign_id=campaign.id, old_target=old, new_target=target, changed_at=now, reason=reason.strip()
    )
    db.session.add(change)


@unit_of_work
def move(campaign: Campaign, slug: str, *, now: dt.datetime) -> None:
    """Give the campaign another address; the earlier ones lead there."""
    if not slugs.is_good(slug):
        raise Refused(_("Use small letters a to z, digits and single hyphens for the address."))
    owner = db.session.get(CampaignSlug, slug)
    if owner is not None and owner.campaign_id != campaign.id:
        raise Refused(_("Another campaign has or had this address. Choose another one."))
    if owner is None:
        db.session.add(CampaignSlug(slug=slug, campaign_id=campaign.id))
    campaign.slug = slug
    campaign.edited_at = now
    activity._note(Deed.MOVED, campaign, now=now, address=slug)


def may_publish(campaign: Campaign, by: Account | None, *, asks_review: bool) -> bool:
    """Whether this account may publish without anybody else; `asks_review`: whether the site wants campaigns reviewed."""
    return not asks_review or reviewers.may_review(by, campaign.organisation_id)


@unit_of_work
def publish(
    campaign: Campaign,
    *,
    by: Account | None,
    reason: str,
    locales: Iterable[str],
    now: dt.datetime,
    revision: int | None = None,
    asks_review: bool = False,
    review_id: int | None = None,
    key: Key | None = None,
) -> TextVersion:
    """Make the working copy public: the first time the campaign opens, later a new dated version of its text appears.

    `review_id` names the review that the person decides by this; `key` makes a mailbox's fingerprint, to tell whoever asked.
    Raises Refused where something is missing, nothing changed, the closing date is past, a later version has no reason, or
    the review was decided meanwhile; NotAllowed where somebody else has to look first; EditedMeanwhile if the words are not
    those of `revision`, which the person looked at.
    """
    _hold(campaign)
    if review_id is not None:
        reviews._refuse_decided(campaign, review_id)
    if not may_publish(campaign, by, asks_review=asks_review):
        raise NotAllowed(_("On this site somebody else looks at a campaign before it is published. Ask for a review."))
    return _publish(campaign, by=by, reason=reason, locales=locales, now=now, revision=revision, key=key)


def _publish(
    campaign: Campaign,
    *,
    by: Account | None,
    reason: str,
    locales: Iterable[str],
    now: dt.datetime,
    revision: int | None,
    key: Key | None,
) -> TextVersion:
    """What `publish` does once it is known that `by` may. Refuses before it changes anything. The campaign has to be held."""
    readiness.refuse(campaign, reason, now)
    _refuse_stale(campaign, revision)
    if not campaign.is_public:
        campaign_states._change(campaign, CampaignState.PUBLISHED)
        campaign.published_at = now
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
    reviews._settle(campaign, by=by, key=key, now=now)
    db.session.execute(delete(PublicationPlan).where(PublicationPlan.campaign_id == campaign.id))
    campaign.edited_at = now
    activity._note(Deed.PUBLISHED, campaign, now=now, by=by, version=version.number)
    return version


@unit_of_work
def close(campaign: Campaign, *, outcome: Outcome | None, outcome_text: str, now: dt.datetime) -> None:
    """End signing, and say how it ended where that is known."""
    _close(campaign, now)
    campaign.outcome, campaign.outcome_text = outcome, outcome_text
    campaign.edited_at = now
    activity._note(Deed.CLOSED, campaign, now=now)


def _close(campaign: Campaign, now: dt.datetime) -> None:
    campaign_states._change(campaign, CampaignState.CLOSED, only_from=(CampaignState.PUBLISHED, CampaignState.PAUSED))
    campaign.closed_at = now if campaign.closes_at is None else min(now, campaign.closes_at)
    campaign.paused_at, campaign.pause_reason = None, ""
    _end_pause(campaign, campaign.closed_at)


@unit_of_work
def set_outcome(campaign: Campaign, *, outcome: Outcome | None, outcome_text: str, now: dt.datetime) -> None:
    """Say, later, how a closed campaign ended."""
    _hold(campaign)
    if campaign.state not in {CampaignState.CLOSED, CampaignState.ARCHIVED}:
        raise Refused(_("Close the campaign first."))
    campaign.outcome, campaign.outcome_text = outcome, outcome_text
    campaign.edited_at = now
    activity._note(Deed.OUTCOME, campaign, now=now)


@unit_of_work
def reopen(campaign: Campaign, *, closes_at: dt.datetime | None, now: dt.datetime) -> None:
    """Let people sign again, until the new closing date or without one."""
    if closes_at is not None and closes_at <= now:
        raise Refused(_("The closing date is in the past. Choose a later one, or none."))
    campaign_states._change(campaign, CampaignState.PUBLISHED, only_from=(CampaignState.CLOSED,))
    campaign.closes_at, campaign.closed_at = closes_at, None
    campaign.outcome, campaign.outcome_text = None, ""
    campaign.edited_at = now
    activity._note(Deed.REOPENED, campaign, now=now)


@unit_of_work
def discard(campaign: Campaign, *, now: dt.datetime) -> None:
    """Throw a draft away that was never published, or a template."""
    _hold(campaign)
    if campaign.state not in {CampaignState.DRAFT, CampaignState.TEMPLATE}:
        raise Refused(_("Only a draft can be thrown away. Close a published campaign instead."))
    activity._note(Deed.DISCARDED, campaign, now=now)
    for table in (CampaignSlug, CampaignTally, DecisionMaker, PublicationPlan, Review):
        db.session.execute(delete(table).where(table.campaign_id == campaign.id))
    db.session.execute(update(Mail).where(Mail.campaign_id == campaign.id).values(campaign_id=None))
    organisation_id = campaign.organisation_id
    db.session.execute(delete(Campaign).where(Campaign.id == campaign.id))
    pictures._forget_unused(organisation_id)


def find(slug: str) -> Campaign:
    """The public campaign at this address or an earlier one of it. Raises NotFound."""
    campaign = db.session.scalar(
        Campaign.public().join(CampaignSlug, CampaignSlug.campaign_id == Campaign.id).where(CampaignSlug.slug == slug)
    )
    if campaign is None:
        raise NotFound
    return campaign
