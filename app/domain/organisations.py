"""What an organisation says about itself, and how it looks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from app.domain import activity, consents, pictures
from app.domain.pictures import Encoded
from app.domain.transactions import unit_of_work
from app.extensions import db
from app.models import Deed, Organisation


@dataclass(frozen=True)
class Profile:
    """What the settings page asks for."""

    name: str
    about: str
    contact_email: str
    website: str
    signal_colour: str


@unit_of_work
def settle(
    organisation: Organisation,
    profile: Profile,
    *,
    locales: Iterable[str],
    now: dt.datetime,
    mark: Encoded | None = None,
    without_mark: bool = False,
) -> None:
    """Keep name, words and look. Under a new name the consent wording gets a new version: people agree to what they read."""
    db.session.refresh(organisation, with_for_update=True)
    renamed = organisation.name != profile.name
    organisation.name = profile.name
    organisation.about = profile.about
    organisation.contact_email = profile.contact_email
    organisation.website = profile.website
    organisation.signal_colour = profile.signal_colour
    if mark is not None:
        organisation.mark_name = pictures._keep(organisation.id, mark, now).name
    elif without_mark:
        organisation.mark_name = ""
    db.session.flush()
    pictures._forget_unused(organisation.id)
    activity._note(Deed.CHANGED, organisation, now=now)
    if renamed and consents.wording(organisation.id, "") is not None:
        consents._keep_wordings(organisation, locales, now)
