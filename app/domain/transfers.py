"""A campaign changes hands: an owner here offers it, an owner there accepts. Until then nothing moves; afterwards it is theirs at once."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterable
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from app.domain import activity, belongings, counts, notices, rights
from app.domain.notices import Key
from app.domain.refused import Gone, NotFound, Refused
from app.domain.rights import Right
from app.domain.transactions import unit_of_work
from app.extensions import db
from app.models import (
    Account,
    Campaign,
    Deed,
    Delivery,
    ImportState,
    MailKind,
    Organisation,
    Question,
    SignerImport,
    Transfer,
    TransferState,
    Update,
    campaign_news,
    campaign_report,
)

LASTS = dt.timedelta(days=14)
ONE_MAIL_WITHIN = dt.timedelta(days=1)  # however often a campaign is offered to an organisation and taken back again


@dataclass(frozen=True)
class Along:
    """What comes along with a campaign, in numbers that anybody may know who is asked to take it."""

    signatures: int
    updates: int
    reports: int
    news: int
    questions: int
    batches: int
    deliveries: int


def along(campaign: Campaign) -> Along:
    """What comes along with a campaign."""

    def number(counted: Select[int]) -> int:
        return db.session.scalar(counted) or 0

    taken = (SignerImport.campaign_id == campaign.id, SignerImport.state != ImportState.DRAFT)
    return Along(
        signatures=counts.of(campaign.id),
        updates=number(select(func.count()).where(Update.campaign_id == campaign.id, Update.removed_at.is_(None))),
        reports=number(select(func.count()).where(campaign_report.c.campaign_id == campaign.id)),
        news=number(select(func.count()).where(campaign_news.c.campaign_id == campaign.id)),
        questions=number(select(func.count()).select_from(Question.of(campaign.id).order_by(None).subquery())),
        batches=number(select(func.count()).where(*taken)),
        deliveries=number(
            select(func.count()).where(Delivery.campaign_id == campaign.id, Delivery.removed_at.is_(None))
        ),
    )


def waiting(campaign: Campaign, now: dt.datetime) -> Transfer | None:
    """The offer of this campaign that can still be accepted."""
    return db.session.scalar(_open(now).where(Transfer.campaign_id == campaign.id))


def offered_to(organisation_id: int, now: dt.datetime) -> list[Transfer]:
    """What is offered to an organisation, the oldest first."""
    chosen = _open(now).where(Transfer.to_organisation_id == organisation_id).order_by(Transfer.id)
    return list(db.session.scalars(chosen))


def _open(now: dt.datetime) -> Select[Transfer]:
    whole = (
        joinedload(Transfer.campaign),
        joinedload(Transfer.from_organisation),
        joinedload(Transfer.to_organisation),
    )
    return select(Transfer).options(*whole).where(Transfer.state == TransferState.OFFERED, Transfer.expires_at > now)


def own(organisation_id: int, public_id: str, now: dt.datetime) -> Transfer:
    """The offer of this address that waits for this organisation. Raises Gone where it is over, NotFound where there never was one."""
    mine = (Transfer.to_organisation_id == organisation_id, Transfer.public_id == public_id)
    found = db.session.scalar(_open(now).where(*mine))
    if found is None:
        raise _over() if db.session.scalar(select(Transfer.id).where(*mine)) else NotFound
    return found


def accepted(campaign: Campaign) -> list[Transfer]:
    """How the campaign changed hands since it was published, the newest first. Before that nobody had signed."""
    done = select(Transfer).where(Transfer.campaign_id == campaign.id, Transfer.state == TransferState.ACCEPTED)
    if campaign.published_at is not None:
        done = done.where(Transfer.ended_at >= campaign.published_at)
    both = (joinedload(Transfer.from_organisation), joinedload(Transfer.to_organisation))
    return list(db.session.scalars(done.options(*both).order_by(Transfer.id.desc())))


@unit_of_work
def offer(campaign: Campaign, slug: str, *, by: Account, now: dt.datetime, key: Key | None = None) -> Transfer:
    """Offer the campaign to the organisation at this address. It can be taken back, and ends by itself after `LASTS`.

    Its owners are told by mail; `key` makes a mailbox's fingerprint, and without it nobody is told. Raises Refused where there is no
    such organisation, it is one's own, or an offer is open.
    """
    db.session.refresh(campaign, with_for_update=True)
    rights._require(Right.MANAGE, by.id, campaign.organisation_id)
    to = db.session.scalar(Organisation.by_slug(slug))
    if to is None:
        raise Refused(_("There is no organisation at this address. Look at its public page, and copy the address."))
    if to.id == campaign.organisation_id:
        raise Refused(_("This is your own organisation."))
    if (earlier := _last(campaign)) is not None:
        if earlier.is_open(now):
            raise Refused(_("This campaign is offered already. Take that offer back first."))
        _end(earlier, TransferState.EXPIRED, now)
        db.session.flush()
    is_news = not _was_offered(campaign, to, now - ONE_MAIL_WITHIN)
    transfer = Transfer(
        public_id=secrets.token_urlsafe(16),
        campaign_id=campaign.id,
        from_organisation_id=campaign.organisation_id,
        to_organisation_id=to.id,
        offered_by_id=by.id,
        offered_by_name=by.name,
        offered_at=now,
        expires_at=now + LASTS,
    )
    db.session.add(transfer)
    activity._note(Deed.OFFERED, campaign, now=now, organisation=to.name)
    if is_news:
        _tell_owners(MailKind.TRANSFER_OFFERED, to.id, transfer, by, key, now)
    return transfer


def _was_offered(campaign: Campaign, to: Organisation, since: dt.datetime) -> bool:
    earlier = (Transfer.campaign_id == campaign.id, Transfer.to_organisation_id == to.id, Transfer.offered_at > since)
    return db.session.scalar(select(Transfer.id).where(*earlier).limit(1)) is not None


def _tell_owners(
    kind: MailKind, organisation_id: int, transfer: Transfer, by: Account, key: Key | None, now: dt.datetime
) -> None:
    """A mail to each owner of an organisation but the person who did it."""
    if key is not None:
        owners = [one for one in notices.members_with(Right.MANAGE, organisation_id) if one.id != by.id]
        notices._tell(kind, owners, transfer.campaign, key, now, transfer_id=transfer.id)


def _last(campaign: Campaign) -> Transfer | None:
    held = select(Transfer).where(Transfer.campaign_id == campaign.id, Transfer.state == TransferState.OFFERED)
    return db.session.scalar(held.with_for_update())


def _end(transfer: Transfer, state: TransferState, now: dt.datetime) -> None:
    transfer.state, transfer.ended_at = state, now


@unit_of_work
def take_back(campaign: Campaign, *, by: Account, now: dt.datetime) -> None:
    """Offer it no more. Twice is once."""
    db.session.refresh(campaign, with_for_update=True)
    rights._require(Right.MANAGE, by.id, campaign.organisation_id)
    if (transfer := _last(campaign)) is not None:
        _end(transfer, TransferState.TAKEN_BACK, now)
        activity._note(Deed.UNOFFERED, campaign, now=now, organisation=transfer.to_organisation.name)


def _held(transfer: Transfer, by: Account, now: dt.datetime) -> Campaign:
    """The campaign of an offer that is still open, locked. Raises Gone where it is over, NotAllowed for who is no owner there."""
    campaign = db.session.get_one(Campaign, transfer.campaign_id, with_for_update=True, populate_existing=True)
    db.session.get_one(Transfer, transfer.id, with_for_update=True, populate_existing=True)
    rights._require(Right.MANAGE, by.id, transfer.to_organisation_id)
    if not transfer.is_open(now) or campaign.organisation_id != transfer.from_organisation_id:
        raise _over()
    return campaign


def _over() -> Gone:
    return Gone(_("This offer is over: it was taken back, answered, or has run out."))


@unit_of_work
def decline(transfer: Transfer, *, by: Account, now: dt.datetime, key: Key | None = None) -> None:
    """Leave the campaign where it is. Both organisations have it in their log, and the owners who offered it get a mail where `key`
    makes a mailbox's fingerprint. Raises Gone where the offer is over."""
    campaign = _held(transfer, by, now)
    _end(transfer, TransferState.DECLINED, now)
    here, there = transfer.from_organisation, transfer.to_organisation
    activity._note(Deed.DECLINED, campaign, now=now, by_name=there.name)
    activity._note(Deed.DECLINED, campaign, now=now, in_log_of=there.id, organisation=here.name)
    _tell_owners(MailKind.TRANSFER_ANSWERED, here.id, transfer, by, key, now)


@unit_of_work
def accept(
    transfer: Transfer, *, by: Account, locales: Iterable[str], now: dt.datetime, key: Key | None = None
) -> Campaign:
    """Take the campaign over, with what serves it alone; the other organisation cannot open it any more from this moment on.

    The owners who offered it get a mail where `key` makes a mailbox's fingerprint. Raises Gone where the offer is over, also because
    whoever made it may offer no campaign any more.
    """
    campaign = _held(transfer, by, now)
    still = notices.members_with(Right.MANAGE, transfer.from_organisation_id)
    if transfer.offered_by_id not in {owner.id for owner in still}:
        raise _over()
    _end(transfer, TransferState.ACCEPTED, now)
    here, there = transfer.from_organisation, transfer.to_organisation
    activity._note(Deed.HANDED_OVER, campaign, now=now, by_name=there.name, organisation=there.name)
    belongings._move(campaign, there, locales=locales, now=now)
    activity._note(Deed.TOOK_OVER, campaign, now=now, organisation=here.name)
    _tell_owners(MailKind.TRANSFER_ANSWERED, here.id, transfer, by, key, now)
    return campaign
