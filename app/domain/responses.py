"""What became of a campaign besides its outcome: the decision maker answered."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass

from flask_babel import gettext as _

from app.domain import activity, meanwhile
from app.domain.refused import Refused
from app.domain.transactions import unit_of_work
from app.extensions import db
from app.models import Campaign, Deed

FIELDS = ("response", "response_by", "response_on", "response_url")


@dataclass(frozen=True)
class Response:
    """The decision maker's own words, who said them, when and where they can be read."""

    response: str = ""
    response_by: str = ""
    response_on: dt.date | None = None
    response_url: str = ""


@unit_of_work
def record(campaign: Campaign, response: Response, *, now: dt.datetime, seen: str | None = None) -> None:
    """Say what was answered, while the campaign is open or after its end.

    Ends nothing: an answer can be no. Raises Refused for a draft, and for a day that has not come; EditedMeanwhile where somebody
    recorded another one since whoever writes saw the `wording` that is `seen`.
    """
    db.session.refresh(campaign, with_for_update=True)
    if not campaign.is_public:
        raise Refused(_("Publish the campaign first. Nobody can answer what nobody has read."))
    tomorrow = now.date() + dt.timedelta(days=1)  # somewhere it is tomorrow already
    if response.response_on is not None and response.response_on > tomorrow:
        raise Refused(_("This day has not come yet. Write when it happened."))
    meanwhile._refuse(campaign, asdict(response), FIELDS, seen)
    for name in FIELDS:
        setattr(campaign, name, getattr(response, name))
    if db.session.is_modified(campaign):
        activity._note(Deed.ANSWERED, campaign, now=now)
    campaign.edited_at = now


def wording(campaign: Campaign) -> str:
    """A digest of what was answered."""
    return meanwhile.digest(campaign, FIELDS)
