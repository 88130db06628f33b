"""A register at the desk in its main states: nothing that axe finds wrong, nothing that scrolls sideways."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import looking
from tests import registers as registers_at_hand
from tests.factories import PASSWORD
from tests.registers import entry

looker = looking.looker
register_of = registers_at_hand.register_of
pytestmark = pytest.mark.browser
LONG = "A-very-long-word-without-any-end-" * 3
PASTED = (Path(__file__).parent / "pasted/register.txt").read_text()


@pytest.fixture
def at(make, looker, page, register_of):
    """The desk of a topic with incidents and figures of all kinds, where Olive is signed in."""
    organisation = make.organisation(slug="tigris")
    topic = make.topic(organisation)
    make.report(topic, title="W" * 300)  # offered to each incident
    register = register_of.of(topic)
    own = {"sources": (LONG,), "description": LONG, "figures": ((LONG[:60], None), ("detained", 3)), "country": "IQ"}
    register_of.add(register, entry(place="القائم", region=LONG, **own), entry("2017", LONG, assessment="reopened"))
    register_of.figures(topic, title=LONG, source=LONG, caveat=LONG)
    page.goto(f"{looker.base}/account/login")
    page.fill("#email", make.account("owner", organisation).email)
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/**")
    looker.cookies = page.context.cookies()
    return f"/desk/tigris/topics/{topic.slug}"


def wrongly(page):
    page.evaluate("document.querySelector('main form.form').noValidate = true")
    page.fill("#date", "3/4/2017")
    page.fill("#killed", LONG)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.wait_for_selector(".summary")


def test_a_register_at_the_desk(at, looker, page):
    page.goto(f"{looker.base}{at}/register")
    incident = page.locator(".rowlink").first.get_attribute("href")
    page.goto(f"{looker.base}{at}/series")
    figures = page.locator(".rowlink").first.get_attribute("href")
    for path in (f"{at}/register", f"{at}/register/settings", figures):
        looker.look(path)
    looker.look(incident, wrongly, status=422)
    assert looker.wrong == []


def test_an_import_at_the_desk(at, looker, page):
    page.goto(f"{looker.base}{at}/register/import")
    page.fill("#text", PASTED + f"\n{LONG * 20}\n")
    page.click("text=Show what is read")
    page.wait_for_selector(".rows")
    looker.look(f"{at}/register/import", lambda page: page.evaluate("document.querySelector('details').open = true"))
    looker.look(f"{at}/register/import/discard")
    assert looker.wrong == []
