"""The library at the desk and the evidence in public, in every state: nothing that axe finds, and the main flow in a browser."""

from __future__ import annotations

import datetime as dt
import threading

import pytest

from app.domain import library
from app.extensions import db
from app.link_reader import LinkReader
from app.models import Report
from tests import looking
from tests.factories import PASSWORD
from tests.looking import BOTH
from tests.site import http, running
from tests.test_library_paste import COMMON, LIST
from tests.test_link_readings import PAGE
from tests.test_report_pages import FULL

looker = looking.looker
pytestmark = pytest.mark.browser
DESK = "/desk/tigris/library"


@pytest.fixture
def olive(make, page, live):
    """Olive's browser, signed in."""
    organisation = make.organisation(slug="tigris")
    account = make.account("owner", organisation)
    page.goto(f"{live}/account/login")
    page.fill("#email", account.email)
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/**")
    return organisation


@pytest.fixture
def shelf(app, make, olive):
    campaign, topic = make.campaign(olive, slug="full"), make.topic(olive)
    make.report(campaign, **FULL)
    long = "Überlegungen zur Rechenschaftspflicht bewaffneter Gruppen, " * 4
    gone = make.report(topic, title=long, url="https://example.org/" + "x" * 300)
    removed = make.report(campaign, title="Removed")
    with app.app_context():
        report = db.session.get_one(Report, gone.id)
        report.link_gone_since, report.link_checked_at = dt.date(2026, 5, 3), dt.datetime(2026, 5, 9, tzinfo=dt.UTC)
        report.link_trouble = "away"
        db.session.commit()
        library.remove(db.session.get_one(Report, removed.id), now=dt.datetime.now(dt.UTC))
    return gone


def test_public_pages_of_the_evidence(looker, shelf):
    looker.look("/reports", languages=BOTH)
    looker.look("/reports/graves-without-names", languages=BOTH)
    looker.look(f"/reports/{shelf.slug}", languages=BOTH)
    looker.look("/campaigns/full", languages=BOTH)
    looker.look("/", lambda page: page.goto(f"{looker.base}/reports?q=nothing&kind=video"))
    assert looker.wrong == []


def test_an_empty_list_of_evidence(looker, app):
    looker.look("/reports", languages=BOTH)
    assert looker.wrong == []


def test_pages_of_the_library(looker, shelf, page):
    looker.cookies = page.context.cookies()
    for path in ("", "/new", "/paste", "/1", f"/{shelf.id}", "/3", "/1/remove"):
        looker.look(DESK + path)
    for state in ("gone", "removed", "uncited"):
        looker.look("/", lambda page, state=state: page.goto(f"{looker.base}{DESK}?state={state}"))
    assert looker.wrong == []


def test_an_empty_library(looker, olive, page):
    looker.cookies = page.context.cookies()
    looker.look(DESK)
    assert looker.wrong == []


def pasted(looker, **wrong):
    def before(page):
        page.goto(f"{looker.base}{DESK}/paste")
        page.fill("#text", LIST)
        page.fill("#publisher", COMMON["publisher"])
        page.click("text=Read the list")
        page.wait_for_selector("#rows")
        for field, value in wrong.items():
            page.fill(f"#{field}", value)
        if wrong:
            page.click(".btn-ink:has-text('Add what is ticked')")
            page.wait_for_selector(".summary")

    return before


def wrongly(page, base):
    page.goto(f"{base}{DESK}/new")
    page.fill("#published_on", "3/4/15")
    page.evaluate("document.querySelector('form[data-library]').noValidate = true")
    page.click(".btn-ink:has-text('Save')")
    page.wait_for_selector(".summary")


def test_forms_of_the_library_with_errors(looker, shelf, page):
    looker.cookies = page.context.cookies()
    looker.look(DESK, pasted(looker))
    looker.look(DESK, pasted(looker, **{"row1-title": " ", "row2-published_on": "3/4/15"}), status=422)
    looker.look(DESK, lambda page: wrongly(page, looker.base), status=422)
    assert looker.wrong == []


def test_olive_pastes_a_link_writes_on_and_finds_the_rest_filled_in(app, olive, make, page, live):
    campaign = make.campaign(olive, slug="full")
    stop, reader = threading.Event(), LinkReader(app)
    with running() as site:
        app.config["FETCH_ALSO"] = site.opening
        site.pages["/graves"] = http(PAGE)
        page.goto(f"{live}{DESK}/new")
        page.fill("#url", site.url("/graves"))
        page.click("text=Read the page")
        page.wait_for_selector("#reading[data-waiting]")
        page.fill("#publisher", "My own words")
        reader.start(stop)
        page.wait_for_selector("#reading:has-text('The page was read')", timeout=10_000)
        stop.set()
    reader.finish()
    assert page.input_value("#title") == "Graves without names"
    assert page.input_value("#publisher") == "My own words"
    assert page.input_value("#language") == "en"
    page.select_option("#kind", "press_release")
    page.click(".btn-ink:has-text('Save')")
    page.wait_for_url(f"**{DESK}/1#cited")
    page.check(f"#campaign-{campaign.id}")
    page.click("text=Save where it is cited")
    page.wait_for_selector(".said")
    page.goto(f"{live}/campaigns/full")
    page.click("text=About this report")
    assert page.inner_text("h1") == "Graves without names"
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.click("text=Copy the citation")
    page.wait_for_selector("button:has-text('Citation copied')")
    assert page.evaluate("navigator.clipboard.readText()").startswith(
        "“Graves without names.” My own words, 9 June 2015."
    )


def test_olive_adds_a_list_without_a_script(olive, make, page, live, chromium):
    context = chromium.new_context(java_script_enabled=False, viewport={"width": 360, "height": 800})
    context.add_cookies(page.context.cookies())
    plain = context.new_page()
    plain.goto(f"{live}{DESK}/paste")
    plain.fill("#text", LIST)
    plain.fill("#publisher", COMMON["publisher"])
    plain.fill("#url", COMMON["url"])
    plain.click("text=Read the list")
    plain.fill("#row5-published_on", "4 March 2014")
    plain.uncheck("#row7-take")
    plain.click(".btn-ink:has-text('Add what is ticked')")
    assert "7 publications added." in plain.inner_text(".said")
    assert "Our adviser writes from the country" in plain.input_value("#text")
    plain.goto(f"{live}{DESK}?q=spiralling")
    assert plain.locator(".library tbody tr").count() == 1
    context.close()
