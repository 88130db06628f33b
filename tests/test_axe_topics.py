"""Pages of topics in every state: nothing that axe finds wrong, nothing that scrolls sideways."""

from __future__ import annotations

import datetime as dt

import pytest

from app.domain import key_figures, topics
from app.extensions import db
from app.models import Topic
from tests import looking
from tests.factories import PASSWORD
from tests.looking import BOTH

looker = looking.looker
pytestmark = pytest.mark.browser

LONG = "W" * 60 + " and what became of the people who lived there before it began"
TEXT = (
    f"Words.\n\n## Driven out\n\nPeople flee.\n\n### {'Donaudampfschifffahrt' * 5}\n\nCold.\n\n## النزوح\n\n1. A\n2. B"
)


def fill(app, topic, *campaigns):
    with app.app_context():
        now, found = dt.datetime.now(dt.UTC), db.session.get_one(Topic, topic.id)
        for n, number in enumerate(("1,302", "over 2 million", "9" * 40, "41", "7")):
            values = {
                "number": number,
                "label": LONG if n == 2 else "people",
                "source": "A source",
                "caveat": "At least.",
            }
            url = "https://example.org/" if n % 2 else ""
            key_figures.add(found, {**values, "source_url": url, "as_of": dt.date(2019, 1, 1)}, now=now)
        topics.gather(found, [campaign.id for campaign in campaigns], now=now)


@pytest.fixture
def full(app, make):
    """A topic with everything, in long words, and one with nothing."""
    organisation = make.organisation(slug="tigris", name="Tigris Rights Desk", contact_email="desk@example.org")
    topic = make.topic(organisation, title="Iraq in crisis", summary=LONG, text=TEXT)
    campaigns = [make.campaign(organisation, ask=f"{LONG[:110]} {n}") for n in range(3)]
    fill(app, topic, *campaigns)
    make.report(topic, content_warning="Names of the dead")
    for n in range(32):
        make.news(topic, title=f"{LONG} {n}", content_warning="Violence" if n == 31 else "")
    make.topic(organisation, title="Bare", text="")
    return organisation


def test_topics_as_sam_reads_them(full, looker):
    for path in ("/topics", "/topics/iraq-in-crisis", "/topics/iraq-in-crisis/news", "/topics/iraq-in-crisis/news/2"):
        looker.look(path, languages=BOTH)
    for path in ("/topics/bare", "/topics/bare/news"):
        looker.look(path, languages=BOTH)
    assert looker.wrong == []


def test_the_list_without_a_topic(looker):
    looker.look("/topics", languages=BOTH)
    assert looker.wrong == []


def refused(page):
    page.evaluate("document.querySelectorAll('form.form').forEach(form => { form.noValidate = true })")
    page.locator("form.form").first.evaluate("form => form.requestSubmit()")
    page.wait_for_selector(".summary")


def test_topics_as_olive_writes_them(full, make, looker, page):
    olive = make.account("owner", full)
    make.topic(full, title="Draft", published=False)
    page.goto(f"{looker.base}/account/login")
    page.fill("#email", olive.email)
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/**")
    looker.cookies = page.context.cookies()
    looker.look("/desk/tigris/topics")
    looker.look("/desk/tigris/topics/new")
    looker.look("/desk/tigris/topics/new", refused, status=422)
    at = "/desk/tigris/topics/iraq-in-crisis"
    for part in (
        "words",
        "picture",
        "figures",
        "figures/new",
        "campaigns",
        "reports",
        "reports/library",
    ):
        looker.look(f"{at}/{part}")
    for part in ("news", "news/new", "address", "publish", "take-back", "preview"):
        looker.look(f"{at}/{part}")
    looker.look(f"{at}/figures/new", refused, status=422)
    for part in ("words", "figures", "campaigns", "reports", "news", "publish", "discard", "preview"):
        looker.look(f"/desk/tigris/topics/draft/{part}")
    assert looker.wrong == []
