"""Hand-overs: the organiser says when, how and to whom the signatures were handed over, and with which list."""

from __future__ import annotations

import datetime as dt
import secrets
from dataclasses import asdict, dataclass

from flask_babel import gettext as _
from sqlalchemy import select

from app.domain import activity, manifests, rights
from app.domain.ledger import SMALL
from app.domain.manifests import Seal
from app.domain.refused import NotFound, Refused
from app.domain.rights import Right
from app.domain.transactions import unit_of_work
from app.extensions import db
from app.models import Account, Campaign, Deed, Delivery, DeliveryCorrection, DeliveryWay, Export, ExportState

MOST = 30  # of a campaign: they all stand on its page
EXPORTS_OFFERED = 50
FOR_THE_DESK = {"desk_note"}


@dataclass(frozen=True)
class Words:
    """What is said of a hand-over."""

    delivered_on: dt.date
    way: DeliveryWay
    way_words: str = ""
    decision_maker: str = ""
    to_name: str = ""
    to_office: str = ""
    public_note: str = ""
    desk_note: str = ""


@unit_of_work
def record(
    campaign: Campaign, words: Words, *, export_id: int | None, by: Account | None, seal: Seal, now: dt.datetime
) -> Delivery:
    """Say that signatures were handed over; with an export there is a manifest of that list from now on.

    Raises Refused for a draft, a day that has not come, and a list that cannot be used; NotAllowed where `by` may not export.
    """
    _hold(campaign, words, now)
    if len(db.session.scalars(Delivery.of_campaign(campaign.id)).all()) >= MOST:
        raise Refused(_("A campaign has at most %(number)d hand-overs. Remove one first.", number=MOST))
    key = f"delivered-{secrets.token_urlsafe(16)}"
    delivery = Delivery(key=key, campaign_id=campaign.id, export_id=None, created_at=now, **asdict(words))
    rows = _use(delivery, campaign, export_id, by, seal, now)
    db.session.add(delivery)
    activity._note(Deed.CREATED, delivery, now=now, by=by, rows=rows)
    return delivery


@unit_of_work
def correct(
    delivery: Delivery,
    words: Words,
    *,
    export_id: int | None,
    by: Account | None,
    seal: Seal,
    revision: int,
    now: dt.datetime,
) -> None:
    """Say it better. What stood there before is kept for the desk. Raises Refused where somebody else corrected it meanwhile."""
    campaign = delivery.campaign
    _hold(campaign, words, now)
    db.session.refresh(delivery)
    if delivery.revision != revision:
        raise Refused(_("Somebody else corrected this after you opened it. Open it again, compare, then save."))
    new = {**asdict(words), "export_id": export_id}
    before = {name: getattr(delivery, name) for name, value in new.items() if getattr(delivery, name) != value}
    if not before:
        return
    rows = _use(delivery, campaign, export_id, by, seal, now)
    for name, value in asdict(words).items():
        setattr(delivery, name, value)
    delivery.revision += 1
    if set(before) - FOR_THE_DESK:
        delivery.corrected_at = now
    entry = activity._note(Deed.CHANGED, delivery, now=now, by=by, rows=rows)
    kept = {name: str(value) if value is not None else "" for name, value in before.items()}
    who = {"account_id": entry.account_id, "corrected_by": entry.by_name}
    db.session.add(DeliveryCorrection(delivery_id=delivery.id, corrected_at=now, before=kept, **who))


@unit_of_work
def remove(delivery: Delivery, *, now: dt.datetime) -> None:
    """Take it off the page. The manifest of its list stays where it is. Twice is once."""
    db.session.refresh(delivery, with_for_update=True)
    if delivery.removed_at is None:
        delivery.removed_at = now
        activity._note(Deed.REMOVED, delivery, now=now)


@unit_of_work
def restore(delivery: Delivery, *, now: dt.datetime) -> None:
    """Put it back on the page. Twice is once."""
    db.session.refresh(delivery, with_for_update=True)
    if delivery.removed_at is not None:
        delivery.removed_at = None
        activity._note(Deed.RESTORED, delivery, now=now)


def _hold(campaign: Campaign, words: Words, now: dt.datetime) -> None:
    """Nobody else records a hand-over of this campaign until this is done."""
    db.session.refresh(campaign, with_for_update=True)
    if not campaign.is_public:
        raise Refused(_("Publish the campaign first. There is nothing to hand over yet."))
    if words.delivered_on > now.date() + dt.timedelta(days=1):  # somewhere it is tomorrow already
        raise Refused(_("This day has not come yet. Write when it happened."))


def _use(
    delivery: Delivery, campaign: Campaign, export_id: int | None, by: Account | None, seal: Seal, now: dt.datetime
) -> int | str:
    """Tie the list to the hand-over and have it sealed. Whoever ties or unties one may export. The number of its rows, for the log."""
    if export_id == delivery.export_id:
        return ""
    if by is not None:
        rights._require(Right.EXPORT, by.id, campaign.organisation_id)
    delivery.export_id = export_id
    if export_id is None:
        return ""
    export = db.session.scalar(Export.of_campaign(campaign).where(Export.id == export_id))
    if export is None:
        raise Refused(_("Choose one of this campaign’s exports."))
    if export.choice.get("since"):
        raise Refused(_("This export tells changes only. Choose one that holds everybody."))
    if export.state != ExportState.FINISHED or not export.sha256:
        raise Refused(_("This export did not get to its end, so nobody has the whole list. Choose another one."))
    if export.row_count < SMALL:
        raise Refused(
            _(
                "This list holds so few people that its public checksum would let others try out who they are. Record the hand-over "
                "without it, or choose a list of %(number)d signers or more.",
                number=SMALL,
            )
        )
    manifests._made(campaign, export, seal, now)
    return export.row_count


def usable(campaign: Campaign) -> list[Export]:
    """The exports of a campaign that can have been handed over and be sealed, the newest first."""
    whole = (Export.state == ExportState.FINISHED, Export.sha256 != "", Export.row_count >= SMALL)
    everybody = Export.choice["since"].as_string().is_(None)
    return list(db.session.scalars(Export.of_campaign(campaign).where(*whole, everybody).limit(EXPORTS_OFFERED)))


def own(campaign: Campaign, number: int, *, removed: bool = False) -> Delivery:
    """The campaign's hand-over with this number; only if `removed` also one that was taken off the page. Raises NotFound."""
    found = db.session.scalar(select(Delivery).where(Delivery.campaign_id == campaign.id, Delivery.id == number))
    if found is None or (found.removed_at is not None and not removed):
        raise NotFound
    return found


def gone(campaign: Campaign) -> list[Delivery]:
    """What was taken off the page, the latest first."""
    own = (Delivery.campaign_id == campaign.id, Delivery.removed_at.is_not(None))
    return list(db.session.scalars(select(Delivery).where(*own).order_by(Delivery.removed_at.desc())))
