"""Updates, what happened, and how it ended, in every state: nothing that axe finds wrong, nothing that scrolls sideways."""

from __future__ import annotations

import datetime as dt

import pytest

from app.domain import campaigns
from app.domain.campaigns import Words
from app.extensions import db
from app.models import Campaign, Outcome
from tests import handed, looking
from tests.factories import PASSWORD
from tests.looking import BOTH
from tests.test_milestones import look

looker = looking.looker
pytestmark = pytest.mark.browser

LONG = "W" * 60 + " and what became of the people who lived there before it began"
ANSWER = {
    "delivered_on": dt.date(2026, 3, 2),
    "response": f"{LONG} {LONG}",
    "response_by": LONG[:110],
    "response_on": dt.date(2026, 3, 20),
    "response_url": "https://answers.example.org/1",
}


@pytest.fixture
def tigris(app, make):
    """A campaign with everything that can happen, in long words; one that is lost; one where nothing happened."""
    organisation = make.organisation(slug="tigris", name="Tigris Rights Desk", contact_email="desk@example.org")
    campaign = make.campaign(organisation, slug="full", ask="Open it", signature_target=2, **ANSWER)
    for n in range(40):
        make.news(campaign, title=f"{LONG} {n}", content_warning="Violence" if n == 39 else "", is_pinned=n == 38)
    make.update(campaign, LONG, f"## {LONG}\n\n{LONG}\n\n1. النزوح")
    make.update(campaign, "عنوان", "كلمات")
    for _ in range(2):
        make.signature(campaign)
    look(app)
    with app.app_context():
        mine, now = db.session.get_one(Campaign, campaign.id), dt.datetime.now(dt.UTC)
        campaigns.save_words(mine, Words("Open it now", "All", "Words."), revision=None, now=now)
        campaigns.publish(mine, by=None, reason=LONG, locales=["en"], now=now)
    make.campaign(
        organisation, slug="lost", closed=True, outcome=Outcome.NOT_WON, outcome_text=LONG, **ANSWER, locale="ar"
    )
    make.campaign(organisation, slug="bare")
    return organisation


def db_campaign(app, slug):
    with app.app_context():
        return db.session.scalar(Campaign.public().where(Campaign.slug == slug))


def test_what_happened_as_sam_reads_it(app, tigris, make, looker):
    with app.app_context():
        public_id = make.update(db.session.scalar(Campaign.public().where(Campaign.slug == "lost"))).public_id
    for path in ("/campaigns/full", "/campaigns/full/timeline", "/campaigns/full/timeline/page/2"):
        looker.look(path, languages=BOTH)
    for path in ("/campaigns/full/updates", "/campaigns/lost", "/campaigns/lost/timeline", "/campaigns/bare/timeline"):
        looker.look(path, languages=BOTH)
    bare = db_campaign(app, "bare")
    for _n in range(5):
        make.signature(bare)
    manifest, _delivery = handed.over(app, bare, public_note=LONG)
    for path in (f"/manifests/{manifest.public_id}", "/manifests/keys"):
        looker.look(path, languages=BOTH)
    for path in (f"/campaigns/lost/updates/{public_id}", "/campaigns/bare/updates"):
        looker.look(path, languages=BOTH)
    assert looker.wrong == []


def without_text(page):
    page.get_by_role("button", name="Publish", exact=True).click()
    page.wait_for_selector(".summary")


def test_updates_and_answers_as_olive_writes_them(app, tigris, make, stored, looker, page):
    olive = make.account("owner", tigris)
    page.goto(f"{looker.base}/account/login")
    page.fill("#email", olive.email)
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/**")
    page.goto(f"{looker.base}/desk/tigris/campaigns/full/updates")
    page.get_by_role("button", name="Write an update").click()
    page.wait_for_url("**/updates/*")
    draft = page.url.removeprefix(looker.base)
    looker.cookies = page.context.cookies()
    for path in (
        "full/updates",
        "bare/updates",
        "full/response",
        "lost/response",
        "lost/outcome",
        "full/preview",
        "full/deliveries",
        "full/deliveries/new",
    ):
        looker.look(f"/desk/tigris/campaigns/{path}")
    looker.look(draft)
    looker.look(draft, without_text, status=409)
    looker.look(f"{draft}/picture")
    with app.app_context():
        campaign = db.session.scalar(Campaign.public().where(Campaign.slug == "full"))
        public = f"/desk/tigris/campaigns/full/updates/{make.update(campaign).public_id}"
    looker.look(public)
    assert looker.wrong == []
