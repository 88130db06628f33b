"""Pictures: kept under a random name, forgotten when nothing shows them any more."""

from __future__ import annotations

import datetime as dt
import secrets
from dataclasses import dataclass

from sqlalchemy import delete, select, union_all

from app.domain import activity, meanwhile
from app.domain.transactions import unit_of_work
from app.extensions import db
from app.models import Campaign, Deed, Organisation, Picture, Topic, Update

FIELDS = ("picture_id", "picture_alt", "picture_caption", "picture_credit")


@dataclass(frozen=True)
class Encoded:
    """A picture as it will be served: WebP in two widths, with nothing of the uploaded file in it."""

    width: int
    height: int
    large: bytes
    small: bytes


def _keep(organisation_id: int, encoded: Encoded, now: dt.datetime) -> Picture:
    picture = Picture(
        name=secrets.token_urlsafe(16),
        organisation_id=organisation_id,
        width=encoded.width,
        height=encoded.height,
        byte_count=len(encoded.large) + len(encoded.small),
        large=encoded.large,
        small=encoded.small,
        created_at=now,
    )
    db.session.add(picture)
    db.session.flush()
    return picture


@unit_of_work
def show(
    page: Campaign | Topic | Update,
    *,
    alt: str,
    caption: str,
    credit: str,
    now: dt.datetime,
    picture_id: int | None = None,
    new: Encoded | None = None,
    seen: str | None = None,
) -> None:
    """Show on a page a new picture, the one of `picture_id`, or none; with its words. Earlier ones are forgotten.

    `seen` is its `wording` as whoever writes saw it. Raises EditedMeanwhile if somebody showed or said something else since.
    """
    db.session.refresh(page, with_for_update=True)
    said = {"picture_alt": alt, "picture_caption": caption, "picture_credit": credit}
    meanwhile._refuse(page, said | ({"picture_id": None} if new else {}), FIELDS, seen)
    organisation_id = page.campaign.organisation_id if isinstance(page, Update) else page.organisation_id
    before = page.picture_id
    page.picture_id = _keep(organisation_id, new, now).id if new else picture_id
    page.picture_alt, page.picture_caption, page.picture_credit = alt, caption, credit
    page.edited_at = now
    activity._note(Deed.PICTURED, page, now=now)
    _forget_unused(organisation_id, but=before if page.picture_id else None)


def wording(page: Campaign | Topic | Update) -> str:
    """A digest of its picture and what is said of it."""
    return meanwhile.digest(page, FIELDS)


def _forget_unused(organisation_id: int, but: int | None = None) -> None:
    """Delete the organisation's pictures that nothing shows.

    `but` is spared once: a picture just replaced, which pages kept for a few seconds may still show.
    """
    own = Campaign.organisation_id == organisation_id
    shown = union_all(
        select(Campaign.picture_id).where(own, Campaign.picture_id.is_not(None)),
        select(Topic.picture_id).where(Topic.organisation_id == organisation_id, Topic.picture_id.is_not(None)),
        select(Update.picture_id).join(Campaign).where(own, Update.picture_id.is_not(None)),
    )
    mark = select(Organisation.mark_name).where(Organisation.id == organisation_id)
    unused = delete(Picture).where(
        Picture.organisation_id == organisation_id, Picture.id.not_in(shown), Picture.name.not_in(mark)
    )
    db.session.execute(unused.where(Picture.id != but) if but is not None else unused)
