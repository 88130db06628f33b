"""Every page in every state, in English and Arabic, light and dark, narrow and wide: nothing that axe finds wrong, nothing that
scrolls sideways, no request to another host, no error in the console."""

from __future__ import annotations

import datetime as dt
import io

import pytest
from PIL import Image
from sqlalchemy.exc import OperationalError

from app import tokens
from app.models import Outcome
from tests import looking
from tests.factories import PASSWORD, form
from tests.looking import BOTH, send

looker = looking.looker
pytestmark = pytest.mark.browser

LONG = "Rein in militias in Iraq and ensure accountability for abuses, wherever and by whomever they were committed"


def fill_wrongly(page):
    page.evaluate("document.querySelector('form.form').noValidate = true")
    page.fill("#email", "leila@")
    page.click("form.form .btn-sign")
    page.wait_for_selector(".summary")


def test_supporters_pages(app, make, looker):
    organisation = make.organisation(name="Tigris Rights Desk", contact_email="desk@example.org")
    full = make.campaign(organisation, ask=LONG, slug="full", closes_at=dt.datetime(2030, 1, 1, tzinfo=dt.UTC))
    make.report(full)
    make.news(full, content_warning="Violence")
    for _ in range(3):
        make.signature(full, "confirmed", given_name="Małgorzata", family_name="Wójcik-Dąbrowska", show_name=True)
    make.campaign(organisation, slug="bare")
    make.campaign(organisation, slug="won", closed=True, outcome=Outcome.WON, outcome_text="The ministry agreed.")
    make.campaign(make.organisation(signal_colour="#b0231a"), slug="other-colour", closed=True)
    pending, confirmed = make.signature(full, "pending"), make.signature(full, "confirmed", show_name=True)
    with app.app_context():
        confirm = tokens.issue(tokens.Purpose.CONFIRM, pending.public_id)
        thanks = tokens.issue(tokens.Purpose.CONFIRM, confirmed.public_id)
        manage = tokens.issue(tokens.Purpose.MANAGE, confirmed.public_id)
    for path in ("/", "/campaigns/full", "/campaigns/bare", "/campaigns/won", "/campaigns/other-colour"):
        looker.look(path, languages=BOTH)
    for path in ("/campaigns/full/sign", "/campaigns/full/check-inbox", "/campaigns/full/versions", "/privacy"):
        looker.look(path, languages=BOTH)
    looker.look(f"/organisations/{organisation.slug}", languages=BOTH)
    looker.look("/campaigns/full/sign", fill_wrongly, languages=BOTH, status=422)
    for path in (f"/confirm/{confirm}", f"/confirm/{thanks}", f"/manage/{manage}"):
        looker.look(path, languages=BOTH)
    assert looker.wrong == []


def test_campaigns_that_are_over(make, looker):
    over = {"closed": None, "won": Outcome.WON, "lost": Outcome.NOT_WON, "partly": Outcome.PARTLY_WON}
    for slug, outcome in over.items():
        text = "The ministry agreed to a part of it." if outcome else ""
        campaign = make.campaign(slug=slug, ask=LONG, closed=True, outcome=outcome, outcome_text=text)
        make.signature(campaign, show_name=True)
    make.campaign(slug="by-date", closes_at=dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
    for slug in (*over, "by-date"):
        looker.look(f"/campaigns/{slug}", languages=BOTH)
    looker.look("/campaigns/closed/sign", languages=BOTH)
    looker.look("/", languages=BOTH)
    assert looker.wrong == []


def mark():
    """An organisation's mark: dark letters on nothing, as most are."""
    picture, out = Image.new("RGBA", (900, 240), (0, 0, 0, 0)), io.BytesIO()
    picture.paste((10, 20, 40, 255), (20, 20, 220, 220))
    picture.save(out, "PNG")
    return io.BytesIO(out.getvalue()), "mark.png"


def test_pages_of_an_organisation_with_its_own_mark_and_colour(client, make, sign_in, looker):
    organisation = make.organisation(slug="tigris", name="Tigris Rights Desk")
    sign_in(client, make.account("owner", organisation))
    look = {"name": organisation.name, "signal_colour": "#8a1c5b", "mark": mark()}
    assert client.post("/desk/tigris/settings", data=look).status_code == 303
    make.campaign(organisation, slug="full", ask=LONG)
    for path in ("/campaigns/full", "/organisations/tigris", "/campaigns/full/check-inbox"):
        looker.look(path, languages=BOTH)
    assert looker.wrong == []


def test_what_becomes_of_a_signature(app, make, looker):
    campaign = make.campaign(make.organisation(contact_email="desk@example.org"), slug="full", ask=LONG)
    pending, confirmed = make.signature(campaign, "pending"), make.signature(campaign)
    with app.app_context():
        confirm = tokens.issue(tokens.Purpose.CONFIRM, pending.public_id)
        manage = tokens.issue(tokens.Purpose.MANAGE, confirmed.public_id)
    looker.look("/", send(f"/confirm/{confirm}/refuse"), languages=BOTH)
    looker.look("/", send(f"/manage/{manage}"), languages=BOTH)
    looker.look("/", send(f"/manage/{manage}/withdraw"), languages=BOTH)
    looker.look(f"/manage/{manage}", languages=BOTH)
    assert looker.wrong == []


def test_pages_for_what_went_wrong(looker, make):
    make.campaign()
    looker.look("/nothing-here", languages=BOTH, status=404)
    looker.look("/confirm/not-a-link", languages=BOTH, status=410)
    assert looker.wrong == []


def test_the_page_for_too_many_attempts(app, looker, make):
    make.campaign(slug="full")
    app.config["SIGN_LIMIT"] = 0
    looker.look("/", send("/campaigns/full/signatures", **form()), languages=BOTH, status=429)
    assert looker.wrong == []


def test_pages_while_the_database_is_away(looker, make, monkeypatch):
    make.campaign(slug="full")

    def away(*_words, **_more):
        raise OperationalError("SELECT", {}, Exception("away"))

    monkeypatch.setattr("app.domain.signing.sign", away)
    for more in ({}, {"show_name": "1", "hear_more": "1"}):
        looker.look("/", send("/campaigns/full/signatures", ".btn-sign", **form(**more)), languages=BOTH, status=503)
    monkeypatch.setattr("app.domain.campaigns.find", away)
    looker.look("/campaigns/full", languages=BOTH, status=503)
    assert looker.wrong == []


def test_organisers_pages(app, make, looker, page):
    organisation = make.organisation(slug="tigris")
    olive = make.account("owner", organisation)
    campaign = make.campaign(organisation, slug="full", ask=LONG)
    make.campaign(organisation, slug="draft", published=False)
    make.report(campaign)
    make.news(campaign)
    for n in range(8):
        make.signature(campaign, "confirmed" if n else "pending")
    page.goto(f"{looker.base}/account/login")
    page.fill("#email", olive.email)
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/**")
    looker.cookies = page.context.cookies()
    desk = "/desk/tigris"
    for path in ("/campaigns", "/campaigns/new", "/members", "/settings", "/exports"):
        looker.look(desk + path)
    for path in (
        "",
        "/signatures",
        "/export",
        "/words",
        "/picture",
        "/decision-makers",
        "/target",
        "/reports",
        "/news",
        "/publish",
    ):
        looker.look(f"{desk}/campaigns/full{path}")
    for path in ("/words", "/publish", "/preview"):
        looker.look(f"{desk}/campaigns/draft{path}")
    looker.look("/account")
    assert looker.wrong == []


def test_a_fault_would_be_found(looker, page):
    page.set_content('<main style="width:200vw"><h1>Page</h1><img src="data:,x"></main>')
    looker.check(page, "here")
    assert any("image-alt" in found for found in looker.wrong)
    assert any("sideways" in found for found in looker.wrong)
