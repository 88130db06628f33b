"""The life of a campaign: create, write, publish, close, reopen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import delete

from app.domain import consents, counts, pictures, readiness, slugs
from app.domain.refused import EditedMeanwhile, NotFound, Refused
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

DECISION_MAKERS = 12  # more would bury the sign form

TRANSITIONS: dict[CampaignState, set[CampaignState]] = {
    CampaignState.DRAFT: {CampaignState.PUBLISHED},
    CampaignState.PUBLISHED: {CampaignState.CLOSED},
    CampaignState.CLOSED: {CampaignState.PUBLISHED},
}


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
    return campaign


def _hold(campaign: Campaign) -> None:
    """Read the campaign again and keep others from changing it until this is done."""
    db.session.refresh(campaign, with_for_update=True)


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
    if not kept and campaign.state != CampaignState.DRAFT:
        raise Refused(_("A published campaign needs at least one decision maker."))
    if before is not None and before != [maker.name for maker in campaign.decision_makers]:
        raise EditedMeanwhile(
            _("Somebody else changed the decision makers after you opened this page. Compare, then save again.")
        )
    campaign.decision_makers = [DecisionMaker(position=place, name=name) for place, name in enumerate(kept, start=1)]
    campaign.edited_at = now


@unit_of_work
def set_frame(
    campaign: Campaign,
    *,
    target: int,
    target_reason: str = "",
    closes_at: dt.datetime | None,
    zone: str,
    family_name_required: bool,
    locale: str,
    now: dt.datetime,
) -> None:
    """Set target, closing date and form. A target moved after publication is put on record, and the page shows it.

    Raises Refused for a new closing date that is past: ending a campaign is `close`, which says so.
    """
    _hold(campaign)
    if closes_at is not None and closes_at != campaign.closes_at and closes_at <= now:
        raise Refused(_("The closing date is in the past. Choose a later one, or none."))
    if campaign.state != CampaignState.DRAFT and target != campaign.signature_target:
        moved = TargetChange(
            campaign_id=campaign.id,
            old_target=campaign.signature_target,
            new_target=target,
            reason=target_reason.strip(),
            changed_at=now,
        )
        db.session.add(moved)
    campaign.signature_target = target
    campaign.closes_at = closes_at
    campaign.closes_zone = zone
    campaign.family_name_required = family_name_required
    campaign.locale = locale
    campaign.edited_at = now


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


def missing(campaign: Campaign) -> list[str]:
    """What a campaign still needs before it can be published, each in words."""
    return [gap.words for gap in readiness.gaps(campaign)]


def _changed_state(campaign: Campaign, to: CampaignState) -> None:
    _hold(campaign)
    if to not in TRANSITIONS[campaign.state]:
        raise Refused(_("This campaign was changed meanwhile. Look at it again before you go on."))
    campaign.state = to


def _refuse_unready(campaign: Campaign, reason: str, now: dt.datetime) -> None:
    gaps = missing(campaign)
    if gaps:
        raise Refused(_("Before it can be published, this campaign needs: %(gaps)s.", gaps=", ".join(gaps)))
    if campaign.state == CampaignState.DRAFT:
        if campaign.closes_at is not None and campaign.closes_at <= now:
            raise Refused(_("The closing date is in the past. Choose a later one, or none."))
    elif not campaign.has_unpublished_changes:
        raise Refused(_("Nothing has changed since the last version was published."))
    elif not reason.strip():
        raise Refused(_("Say what changed. It is shown in the public list of versions."))


@unit_of_work
def publish(
    campaign: Campaign,
    *,
    by: Account | None,
    reason: str,
    locales: Iterable[str],
    now: dt.datetime,
    revision: int | None = None,
) -> TextVersion:
    """Make the working copy public: the first time the campaign opens, later a new dated version of its text appears.

    Raises Refused where something is missing, nothing changed, the closing date is past, or a later version has no
    reason; EditedMeanwhile if the words are not those of `revision`, which the person looked at.
    """
    _hold(campaign)
    _refuse_unready(campaign, reason, now)
    _refuse_stale(campaign, revision)
    if campaign.state == CampaignState.DRAFT:
        _changed_state(campaign, CampaignState.PUBLISHED)
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
    campaign.edited_at = now
    return version


@unit_of_work
def close(campaign: Campaign, *, outcome: Outcome | None, outcome_text: str, now: dt.datetime) -> None:
    """End signing, and say how it ended where that is known."""
    _changed_state(campaign, CampaignState.CLOSED)
    campaign.closed_at = now if campaign.closes_at is None else min(now, campaign.closes_at)
    campaign.outcome, campaign.outcome_text = outcome, outcome_text
    campaign.edited_at = now


@unit_of_work
def set_outcome(campaign: Campaign, *, outcome: Outcome | None, outcome_text: str, now: dt.datetime) -> None:
    """Say, later, how a closed campaign ended."""
    _hold(campaign)
    if campaign.state != CampaignState.CLOSED:
        raise Refused(_("Close the campaign first."))
    campaign.outcome, campaign.outcome_text = outcome, outcome_text
    campaign.edited_at = now


@unit_of_work
def reopen(campaign: Campaign, *, closes_at: dt.datetime | None, now: dt.datetime) -> None:
    """Let people sign again, until the new closing date or without one."""
    if closes_at is not None and closes_at <= now:
        raise Refused(_("The closing date is in the past. Choose a later one, or none."))
    _changed_state(campaign, CampaignState.PUBLISHED)
    campaign.closes_at, campaign.closed_at = closes_at, None
    campaign.outcome, campaign.outcome_text = None, ""
    campaign.edited_at = now


@unit_of_work
def discard(campaign: Campaign) -> None:
    """Throw a draft away that was never published."""
    if campaign.state != CampaignState.DRAFT:
        raise Refused(_("Only a draft can be thrown away. Close a published campaign instead."))
    for table in (CampaignSlug, CampaignTally, DecisionMaker):
        db.session.execute(delete(table).where(table.campaign_id == campaign.id))
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
