"""Campaigns in the states that others than writers meet: nothing that axe finds wrong, nothing that scrolls sideways."""

from __future__ import annotations

import datetime as dt

import pytest

from app import clock
from app.domain import publication_plans, reviews
from app.extensions import db
from app.models import Account, Campaign, CampaignState
from tests import looking, standing
from tests.factories import PASSWORD
from tests.looking import BOTH
from tests.test_signing import link

looker = looking.looker
pytestmark = pytest.mark.browser

LONG = "W" * 60 + " and what became of the people who lived there before it began"


@pytest.fixture
def tigris(make):
    return make.organisation(slug="tigris", name="Tigris Rights Desk")


def signed_in(make, tigris, looker, page, role):
    account = make.account(role, tigris, name=f"{role} {'W' * 50}")
    page.goto(f"{looker.base}/account/login")
    page.fill("#email", account.email)
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/**")
    looker.cookies = page.context.cookies()
    return account


def test_paused_and_archived_campaigns_as_sam_reads_them(app, make, tigris, looker):
    paused = standing.campaign(make, CampaignState.PAUSED, tigris, slug="paused", ask=LONG[:110])
    standing.campaign(make, CampaignState.ARCHIVED, tigris, slug="archived", ask=LONG[:110])
    waiting = make.signature(paused, "pending", family_name="W" * 60)
    for path in ("/campaigns/paused", "/campaigns/archived"):
        looker.look(path, languages=BOTH)
    looker.look("/campaigns/paused/sign")
    with app.app_context():
        db.session.get_one(Campaign, paused.id).paused_at -= dt.timedelta(days=2)
        db.session.commit()
    looker.look(f"/confirm/{link(app, waiting)}")
    assert looker.wrong == []


def test_what_olive_does_with_campaigns_in_every_state(app, make, tigris, looker, page):
    account = signed_in(make, tigris, looker, page, "owner")
    for state in CampaignState:
        standing.campaign(make, state, tigris, slug=state.value.replace("_", "-"), ask=LONG[:110])
    with app.app_context():
        draft = db.session.scalar(db.select(Campaign).where(Campaign.slug == "draft"))
        by, now = db.session.get_one(Account, account.id), clock.now()
        publication_plans.plan(
            draft, now + dt.timedelta(days=1), zone="Asia/Baghdad", by=by, revision=None, asks_review=False, now=now
        )
    at = "/desk/tigris/campaigns"
    for path in ("draft", "paused", "archived", "draft/publish", "draft/publish/later", "in-review/publish"):
        looker.look(f"{at}/{path}")
    for path in ("published/pause", "paused/resume", "closed/archive", "closed/copy", "closed/template"):
        looker.look(f"{at}/{path}")
    for path in (at, f"{at}/new", "/desk/tigris/templates"):
        looker.look(path)
    looker.look(f"{at}/draft/publish/later", looking.press("text=Publish it then", ".said"), status=200)
    assert looker.wrong == []


def test_what_esra_sees_where_somebody_else_publishes(app, make, tigris, looker, page):
    app.config["REVIEW_CAMPAIGNS"] = True
    signed_in(make, tigris, looker, page, "editor")
    make.campaign(tigris, slug="draft", published=False, ask=LONG[:110])
    back = standing.campaign(make, CampaignState.IN_REVIEW, tigris, slug="back", ask=LONG[:110])
    looker.look("/desk/tigris/campaigns/draft/publish")
    looker.look("/desk/tigris/campaigns/back/publish")
    owner = make.account("owner", tigris)
    with app.app_context():
        review, by = reviews.newest(back.id), db.session.get_one(Account, owner.id)
        campaign = db.session.get_one(Campaign, back.id)
        reviews.send_back(campaign, review.id, by=by, words=f"{LONG} {LONG}", key=lambda _: b"k" * 32, now=clock.now())
    looker.look("/desk/tigris/campaigns/back")
    assert looker.wrong == []
