"""What the demonstration shows of news: a video with its warning, an item on top, one that waits. Facts are real, words are ours.

There is no news source in it: nothing of the demonstration goes out to the internet by itself."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select

from app.domain import news
from app.domain.places import Place
from app.extensions import db
from app.models import Campaign, NewsItem, NewsKind, NewsState, Precision

VIDEO = "https://www.youtube.com/watch?v=giTxudGNgpU"
ANTIWAR_NOTE = "Jason Ditz is senior editor of Antiwar.com and has worked on foreign policy for twenty years."
UN_MISSION = "UN mission: 41 civilians killed in Iraq in November 2018"
WAITING = {
    "title": "Which dilemmas Iraq’s militias leave the state with",
    "outlet": "Brookings Institution",
    "byline": "Ranj Alaaldin",
    "published_on": dt.date(2018, 1, 1),
    "precision": Precision.YEAR,
    "excerpt": "The author holds that the armed group of 2014 was a symptom: of weak institutions, of corrupt and divisive government, and "
    "of what followed the invasion of 2003.",
    "url": "https://www.brookings.edu/",
    "source_line": "Brookings Institution",
    "state": NewsState.WAITING,
}


def load(campaign: Campaign, now: dt.datetime) -> None:
    """Say more of the items that the campaign has, and let one more wait."""
    for item in db.session.scalars(select(NewsItem).where(NewsItem.organisation_id == campaign.organisation_id)).all():
        more = _more(item)
        if more:
            news.change(item, {**more, "language": "en"}, now=item.created_at)
    news.add(_place(campaign), WAITING, now=now)


def _place(campaign: Campaign) -> Place:
    return db.session.get_one(Campaign, campaign.id)


def _more(item: NewsItem) -> dict[str, object]:
    if item.url == VIDEO:
        return {"kind": NewsKind.VIDEO}
    if item.outlet == "Antiwar.com":
        return {"author_note": ANTIWAR_NOTE}
    if item.title == UN_MISSION:
        return {"source_line": "United Nations", "is_pinned": True, "kind": NewsKind.STATEMENT}
    return {}
