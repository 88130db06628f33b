"""News pages in every state, wide and narrow, light and dark: nothing that axe finds wrong, nothing that scrolls sideways."""

from __future__ import annotations

import datetime as dt

import pytest

from app.domain import news_import
from app.extensions import db
from app.models import NewsState
from tests import looking
from tests.factories import PASSWORD
from tests.looking import BOTH

looker = looking.looker
pytestmark = pytest.mark.browser
LONG = "A-very-long-word-without-any-end-" * 5


def signed_in(looker, page, account):
    page.goto(f"{looker.base}/account/login")
    page.fill("#email", account.email)
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/**")
    looker.cookies = page.context.cookies()


def opened(page):
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")


def test_news_in_public(make, looker):
    campaign = make.campaign(slug="full")
    words = {"author_note": LONG, "source_line": "United Nations", "disclaimer": LONG, "excerpt": f"One.\n\n{LONG}"}
    make.news(campaign, title=LONG, is_pinned=True, language="en", **words)
    make.news(campaign, title="لا تقدم", outlet="وكالة", language="ar", kind="statement", precision="month")
    make.news(campaign, kind="video", url="https://vimeo.com/76979871", content_warning="Violence", **words)
    for before in (None, opened):
        looker.look("/campaigns/full", before, languages=BOTH)
    assert looker.wrong == []


def test_the_page_of_a_video(make, looker):
    item = make.news(
        make.campaign(slug="full"), kind="video", url="https://vimeo.com/76979871", content_warning="Violence"
    )
    looker.look(f"/news/{item.public_id}/play", languages=BOTH)
    wrong = [found for found in looker.wrong if "player.vimeo.com" not in found and "ERR_" not in found]
    assert wrong == []
    assert any("asks https://player.vimeo.com/video/76979871?dnt=1" in found for found in looker.wrong)


def test_news_at_the_desk(app, make, looker, page):
    organisation = make.organisation(slug="tigris")
    campaign = make.campaign(organisation, slug="full", ask=LONG[:120])
    signed_in(looker, page, make.account("owner", organisation))
    desk = "/desk/tigris"
    for path in ("/news-sources", "/news-sources/new", "/news-sources/waiting"):
        looker.look(desk + path)
    with app.app_context():
        place, now = db.session.get_one(type(campaign), campaign.id), dt.datetime.now(dt.UTC)
        for outlet in ("The Outlet", LONG):
            source = news_import.add_source(place, {"url": "https://outlet.example/" + LONG, "outlet": outlet}, now=now)
        news_import.failed(news_import.claim(now), "no_feed", now=now)
        number = source.id
    item = make.news(campaign, title=LONG, url="https://outlet.example/" + LONG, state=NewsState.WAITING)
    make.news(campaign, title="لا تقدم", excerpt="لا تقدم", state=NewsState.WAITING)
    for path in ("/news-sources", f"/news-sources/{number}", "/news-sources/waiting", f"/news-items/{item.id}"):
        looker.look(desk + path)
    looker.look(f"{desk}/campaigns/full/news/new", opened)
    looker.look(f"{desk}/news-sources/new", wrongly, status=422)
    looker.look(f"{desk}/news-items/{item.id}", wrongly, status=422)
    assert looker.wrong == []


def wrongly(page):
    page.evaluate("document.querySelector('main form.form').noValidate = true")
    page.fill("#outlet", "")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.wait_for_selector(".summary")
