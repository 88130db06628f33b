"""The page of the search in every state: nothing that axe finds wrong, nothing that scrolls sideways."""

from __future__ import annotations

import pytest

from app.extensions import db
from tests import looking, searching
from tests.looking import BOTH
from tests.searching import incident

looker, register_of = looking.looker, searching.register_of
pytestmark = pytest.mark.browser

LONG = "W" * 60 + " militias and what became of the people who lived there"


@pytest.fixture
def full(app, make, register_of):
    """Something of each kind, in long words."""
    organisation = make.organisation(slug="tigris", name="Tigris Rights Desk")
    topic = make.topic(organisation, title=LONG)
    campaign = make.campaign(organisation, ask=LONG, summary="militias " * 30)
    make.campaign(organisation, locale="ar", ask="أخضعوا الميليشيات للقانون", summary="militias ميليشيات")
    make.update(campaign, LONG, "militias " * 200)
    make.report(topic, title=LONG, content_warning="Names of the dead")
    make.report(campaign, title=f"{LONG} 2", summary=LONG, url="https://reports.example.org/2")
    make.news(topic, title=LONG, content_warning="Violence")
    make.news(topic, title=LONG, kind="video", url="https://vimeo.com/76979871", language="de")
    register = register_of(topic)
    with app.app_context():
        db.session.add_all([incident(register, f"{LONG} {n}", country="IQ", sources=("A", "B")) for n in range(45)])
        db.session.commit()


def searched(page, then="#found", **fields):
    """Ask as a person does, in whatever language the page is."""
    for name, value in fields.items():
        page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
        if name in {"kind", "topic"}:
            page.select_option(f"#{name}", value)
        else:
            page.fill(f"#{name}", value)
    with page.expect_navigation():
        page.locator("form.search button").click()
    page.wait_for_selector(then)


def opened(page):
    searched(page, q="militias")
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")


def turned(page):
    searched(page, q="militias")
    with page.expect_navigation():
        page.locator("[rel=next]").click()
    page.wait_for_selector("[rel=prev]")


def test_the_search_as_sam_uses_it(full, looker):
    looker.look("/search", languages=BOTH)
    looker.look("/search", opened, languages=BOTH)
    looker.look("/search", turned)
    looker.look("/search", lambda page: searched(page, q="militias", kind="news"), languages=BOTH)
    looker.look("/search", lambda page: searched(page, q="zebra", kind="news"), languages=BOTH)
    assert looker.wrong == []


def test_the_search_with_something_to_correct(full, looker):
    looker.look("/search", lambda page: searched(page, ".summary", since="soon", until="3/4/15"), BOTH, status=422)
    assert looker.wrong == []
