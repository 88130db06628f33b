"""The numbers of one campaign and of all: nothing that axe finds wrong, nothing that scrolls sideways, words of twelve pixels."""

from __future__ import annotations

import datetime as dt

import pytest

from app.domain import funnel
from app.extensions import db
from app.models import Channel, FunnelTally
from tests import looking
from tests.factories import PASSWORD

looker = looking.looker
pytestmark = pytest.mark.browser

SMALLEST = """Math.min(...[...document.querySelectorAll('svg.chart text')].filter(t => t.getClientRects().length).map(
    t => parseFloat(getComputedStyle(t).fontSize) * t.ownerSVGElement.getBoundingClientRect().width / 720))"""


@pytest.fixture
def olive(app, make):
    organisation = make.organisation(slug="tigris")
    campaign = make.campaign(
        organisation, slug="full", ask="W" * 60, published_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    )
    now = dt.datetime.now(dt.UTC)
    for n in range(12):
        at = now - dt.timedelta(days=n, hours=n)
        make.signature(campaign, confirmed_at=at, country=("IQ", "DE", "US")[n % 3], channel=list(Channel)[n % 9])
    make.signature(make.campaign(organisation, slug="other", ask="أوقفوا الميليشيات"))
    with app.app_context():
        counts = {f"{name}_count": 7 for name in funnel.COUNTS}
        db.session.add(FunnelTally(campaign_id=campaign.id, day=now.date(), domain=f"{'w' * 60}.example.org", **counts))
        db.session.commit()
    return make.account("analyst", organisation)


def test_the_pages_of_numbers(olive, looker, page):
    page.goto(f"{looker.base}/account/login")
    page.fill("#email", olive.email)
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/**")
    looker.cookies = page.context.cookies()
    looker.look("/desk/tigris/numbers")
    looker.look("/desk/tigris/campaigns/full/numbers")
    assert looker.wrong == []
    page.set_viewport_size({"width": 360, "height": 800})
    for address in ("/desk/tigris/numbers", "/desk/tigris/campaigns/full/numbers", "/desk/tigris/campaigns/full"):
        page.goto(looker.base + address)
        assert page.evaluate(SMALLEST) >= 12, address
