"""What Olive does at her desk, in words. Test modules take the fixture with `olive = desk.olive`."""

from __future__ import annotations

import html

import pytest

from app.domain import news
from app.models import NewsItem

WORDS = {"ask": "Open the archive", "summary": "Families wait.", "text": "It is kept in a cellar."}


@pytest.fixture
def olive(client, make, sign_in):
    """Olive, signed in at her organisation's desk."""
    organisation = make.organisation()
    account = make.account("owner", organisation)
    sign_in(client, account)
    return Desk(client, organisation, lambda: sign_in(client, account))


class Desk:
    """What Olive does, in words."""

    def __init__(self, client, organisation, comes_back=None):
        """`comes_back`: signs in again, since no session lasts for days."""
        self.client, self.organisation, self.comes_back = client, organisation, comes_back
        self.base = f"/desk/{organisation.slug}"

    def get(self, path, status=200):
        answer = self.client.get(self.base + path)
        assert answer.status_code == status, answer.text
        return html.unescape(answer.text)

    def post(self, path, status=303, **data):
        answer = self.client.post(self.base + path, data=data)
        assert answer.status_code == status, answer.text
        return answer

    def drafts(self, **words):
        """A new draft, through its pages; answers where it is."""
        slug = self.post("/campaigns/new", ask=words.get("ask", WORDS["ask"]), locale="en").location.split("/")[-2]
        self.post(f"/campaigns/{slug}/words", **{**WORDS, **words, "revision": "1"})
        self.post(f"/campaigns/{slug}/decision-makers", name="The Minister of Justice")
        return f"/campaigns/{slug}"

    def publishes(self, at, **data):
        revision = self.get(at + "/publish").partition('name="revision" value="')[2].partition('"')[0]
        return self.post(at + "/publish", revision=revision, **data)


def evidence(place, part):
    """Where the form of a report or news item of a campaign or topic is, with a gap for "new" or its number."""
    where = "campaigns" if hasattr(place, "ask") else "topics"
    if part == "reports":  # publications are kept in the library, whoever cites them
        return f"/library/{{}}?at={where}/{place.slug}"
    return f"/{where}/{place.slug}/{part}/{{}}"


def seen(row):
    """What a form says of the state in which somebody saw a row."""
    if isinstance(row, NewsItem):
        return {"seen": news.wording(row)}
    return {"seen": row.edited_at.isoformat()} if row.edited_at else {}
