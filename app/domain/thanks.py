"""The thank-you page of a campaign: words of its own in each language, what goes along when it is shared, a campaign to sign next."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from dataclasses import asdict, dataclass

from flask_babel import gettext as _
from sqlalchemy import Select, select

from app.domain import activity
from app.domain.campaign_states import _hold
from app.domain.refused import EditedMeanwhile, Refused
from app.domain.transactions import unit_of_work
from app.extensions import db
from app.models import Campaign, Deed, ThankYou

MOST_OFFERED = 200  # campaigns to choose the next one from


@dataclass(frozen=True)
class Words:
    """What is said in one language. What is empty is said as every campaign says it."""

    text: str = ""
    mail_subject: str = ""
    mail_text: str = ""
    whatsapp: str = ""
    x: str = ""
    mastodon: str = ""
    bluesky: str = ""


@dataclass(frozen=True)
class Said:
    """What somebody reads: each part in their language, or in that of the campaign."""

    words: Words
    locale: str  # of the text


@unit_of_work
def save(campaign: Campaign, locale: str, words: Words, *, next_id: int | None, seen: str, now: dt.datetime) -> None:
    """Say it like this in one language, and offer this campaign next. `seen`: the `fingerprint` of what somebody had before them.

    Raises EditedMeanwhile where it is another one by now, Refused for a campaign that cannot be signed next.
    """
    _hold(campaign)
    if seen != fingerprint(campaign, locale):
        raise EditedMeanwhile(_("Somebody else changed this page after you opened it. Compare, then save again."))
    if next_id not in {None, campaign.next_campaign_id, *db.session.scalars(_others(campaign, now))}:
        raise Refused(_("This campaign cannot be signed at present. Choose another one."))
    kept = db.session.get(ThankYou, (campaign.id, locale))
    if _read(kept) == words and next_id == campaign.next_campaign_id:
        return
    if words == Words():
        if kept is not None:
            db.session.delete(kept)
    elif kept is None:
        db.session.add(ThankYou(campaign_id=campaign.id, locale=locale, **asdict(words)))
    else:
        for name, value in asdict(words).items():
            setattr(kept, name, value)
    campaign.next_campaign_id, campaign.edited_at = next_id, now
    activity._note(Deed.THANKED, campaign, now=now)


def _read(kept: ThankYou | None) -> Words:
    return Words(**{name: getattr(kept, name) for name in asdict(Words())}) if kept else Words()


def words(campaign: Campaign, locale: str) -> Words:
    """What is written in one language."""
    return _read(db.session.get(ThankYou, (campaign.id, locale)))


def fingerprint(campaign: Campaign, locale: str) -> str:
    """What stands for all that is said in a language and offered next."""
    stands = json.dumps([asdict(words(campaign, locale)), campaign.next_campaign_id])
    return hashlib.sha256(stands.encode()).hexdigest()[:16]


def said(campaign: Campaign, locale: str) -> Said:
    """What somebody reads in a language. One query."""
    found = select(ThankYou).where(ThankYou.campaign_id == campaign.id, ThankYou.locale.in_([locale, campaign.locale]))
    kept = {row.locale: row for row in db.session.scalars(found)}
    own, original = asdict(_read(kept.get(locale))), asdict(_read(kept.get(campaign.locale)))
    merged = {name: own[name] or original[name] for name in own}
    return Said(Words(**merged), locale if own["text"] else campaign.locale)


def following(campaign: Campaign, now: dt.datetime) -> Campaign | None:
    """The campaign to sign next, while it can be signed and is of the same organisation."""
    if campaign.next_campaign_id is None:
        return None
    own = (Campaign.id == campaign.next_campaign_id, Campaign.organisation_id == campaign.organisation_id)
    return db.session.scalar(select(Campaign).where(*own, Campaign.open_at(now)))


def offered(campaign: Campaign, now: dt.datetime) -> list[Campaign]:
    """The organisation's campaigns that can be signed next, and the one that was chosen, whatever became of it."""
    chosen = Campaign.id == campaign.next_campaign_id
    known = Campaign.id.in_(_others(campaign, now)) | (chosen & (Campaign.organisation_id == campaign.organisation_id))
    return list(db.session.scalars(select(Campaign).where(known).order_by(Campaign.ask, Campaign.id)))


def _others(campaign: Campaign, now: dt.datetime) -> Select[int]:
    own = (Campaign.organisation_id == campaign.organisation_id, Campaign.id != campaign.id, Campaign.open_at(now))
    return select(Campaign.id).where(*own).order_by(Campaign.published_at.desc()).limit(MOST_OFFERED)


def _copy(from_id: int, to_id: int) -> None:
    """The other campaign thanks in the same words."""
    for kept in db.session.scalars(select(ThankYou).where(ThankYou.campaign_id == from_id)).all():
        db.session.add(ThankYou(campaign_id=to_id, locale=kept.locale, **asdict(_read(kept))))
