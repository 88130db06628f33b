"""The ways of news through a real browser: a feed becomes an item on the page, and a video is loaded only when it is asked for."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from app import clock, news_fetching
from tests.factories import PASSWORD
from tests.feeds import item, rss
from tests.site import http, running

pytestmark = pytest.mark.browser
PLAYER = "https://player.vimeo.com/video/76979871?dnt=1"


@pytest.fixture
def outlet(app):
    with running() as site:
        app.config["FETCH_ALSO"] = site.opening
        site.pages["/"] = http(b'<!doctype html><link rel="alternate" type="application/rss+xml" href="/feed">')
        site.pages["/feed"] = http(rss([item("Efforts stall"), item("Weather", "https://outlet.example/2")]))
        yield site


def test_olive_adds_a_source_and_publishes_what_it_brings(app, make, live, page, outlet):
    organisation = make.organisation(slug="tigris")
    campaign = make.campaign(organisation, slug="full", ask="Open the archive")
    olive = make.account("owner", organisation)
    page.goto(f"{live}/account/login")
    page.fill("#email", olive.email)
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/**")
    page.click("text=News sources")
    page.click("text=Add a news source")
    page.fill("#url", outlet.url("/"))
    page.fill("#outlet", "The Outlet")
    page.select_option("#place", label=f"Campaign: {campaign.ask}")
    page.click("text=Save")
    expect(page.locator("text=Not fetched yet.")).to_be_visible()
    with app.app_context():
        news_fetching.fetch_due(clock.now())
    page.reload()
    expect(page.locator("text=2 new items.")).to_be_visible()
    page.click("text=Look at what waits")
    page.get_by_label("Efforts stall", exact=True).check()
    page.get_by_role("button", name="Publish what is ticked").click()
    page.get_by_role("button", name="Refuse: Weather").click()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_label("Weather", exact=True)).to_be_visible()
    page.goto(f"{live}/campaigns/full")
    expect(page.get_by_role("link", name="Efforts stall")).to_be_visible()
    assert page.get_by_text("Weather").count() == 0


@pytest.mark.parametrize("has_script", [True, False])
def test_sam_plays_a_video_after_two_presses_and_nothing_is_asked_before(chromium, make, live, has_script):
    make.news(
        make.campaign(slug="full"),
        title="New footage",
        kind="video",
        url="https://vimeo.com/76979871",
        content_warning="Violence",
    )
    # Tall, since a press right after scrolling beside another site's frame goes astray in a driven browser.
    context = chromium.new_context(java_script_enabled=has_script, viewport={"width": 1280, "height": 1400})
    page, elsewhere = context.new_page(), []
    page.on("request", lambda r: elsewhere.append(r.url) if not r.url.startswith(live) else None)
    context.route(
        lambda url: not url.startswith(live),
        lambda route: route.fulfill(body="<p>The player</p>", content_type="text/html"),
    )
    page.goto(f"{live}/campaigns/full")
    expect(page.get_by_text("Violence")).to_be_visible()
    play = page.get_by_role("link", name="Play the video")
    assert play.count() == 0  # closed
    page.get_by_text("Show it").click()
    assert elsewhere == []
    play.click()
    page.wait_for_url("**/play")
    frame = page.frame_locator("iframe")
    frame.get_by_text("The player").wait_for()
    assert elsewhere == [PLAYER]
    page.get_by_role("link", name="Back to the page").click()
    page.wait_for_url("**/campaigns/full#news")
    context.close()


def test_no_other_site_gets_into_the_frame(chromium, make, live):
    item = make.news(make.campaign(), kind="video", url="https://vimeo.com/76979871")
    context = chromium.new_context()
    context.route(
        lambda url: not url.startswith(live), lambda route: route.fulfill(body="<p>x</p>", content_type="text/html")
    )
    page = context.new_page()
    page.goto(f"{live}/news/{item.public_id}/play")
    page.frame_locator("iframe").get_by_text(
        "x"
    ).wait_for()  # a frame that is still on its way says nothing of a second way
    refused = page.evaluate(
        """() => new Promise((resolve, reject) => {
            setTimeout(reject, 30000, "nothing was refused");
            document.addEventListener("securitypolicyviolation", e => resolve([e.blockedURI, e.effectiveDirective]));
            document.querySelector("iframe").src = "https://evil.example/";
        })"""
    )
    assert refused == ["https://evil.example", "frame-src"]
    context.close()
