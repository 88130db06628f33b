"""Members, rights, the log and handing over, in every state: nothing that axe finds."""

from __future__ import annotations

import datetime as dt

import pytest

from app import clock
from app.domain import transfers
from app.extensions import db
from app.models import Account, Campaign
from tests import looking
from tests.factories import PASSWORD
from tests.looking import send

looker = looking.looker
pytestmark = pytest.mark.browser
LONG = "Überlegungen zur Rechenschaftspflicht bewaffneter Gruppen und derer, die sie schützen, "


@pytest.fixture
def olive(make, page, live, looker):
    """Olive's browser, signed in."""
    organisation = make.organisation(slug="tigris")
    account = make.account("owner", organisation, name="Olive")
    page.goto(f"{live}/account/login")
    page.fill("#email", account.email)
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/**")
    looker.cookies = page.context.cookies()
    return organisation


def test_teams_and_their_log(app, make, olive, looker):
    make.account("mailer", olive, name="Mona " + "ma" * 30)
    looker.look("/desk/tigris/log")
    campaign = make.campaign(olive, ask=LONG[:120].strip(), slug="full")
    elsewhere = make.organisation(slug="elsewhere", name=LONG[:110])
    oscar = make.account("owner", elsewhere, name="Oscar")
    given = make.campaign(elsewhere)
    looker.look("/desk/tigris/members")
    looker.look("/desk/tigris/members/rights")
    looker.look("/desk/tigris/log")
    looker.look("/desk/tigris/log?first=nonsense&q=nothing", lambda page: page.wait_for_selector(".notice"))
    looker.look("/desk/tigris/campaigns/full/transfer")
    looker.look(
        "/desk/tigris/campaigns/full/transfer", send("/desk/tigris/campaigns/full/transfer", ".summary"), status=422
    )
    with app.app_context():
        now = clock.now() - dt.timedelta(days=1)
        by = db.session.get_one(Account, oscar.id)
        offer = transfers.offer(db.session.get_one(Campaign, given.id), "tigris", by=by, now=now).public_id
    looker.look("/desk/tigris/campaigns")
    looker.look(f"/desk/tigris/transfers/{offer}")
    assert campaign.slug == "full"
    assert looker.wrong == []
