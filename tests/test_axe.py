"""Every page in every state, in English and Arabic, light and dark, narrow and wide: nothing that axe finds wrong, nothing that
scrolls sideways, no request to another host, no error in the console."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import axe_playwright_python
import pytest

from app import tokens
from app.models import Outcome
from tests.factories import PASSWORD

pytestmark = pytest.mark.browser

AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js").read_text()
FOUND = "axe.run().then(r => r.violations.map(v => v.id + ': ' + v.nodes.map(n => n.target).join(' | ')))"
WIDTHS = (320, 1280)
LONG = "Rein in militias in Iraq and ensure accountability for abuses, wherever and by whomever they were committed"


class Looker:
    """Opens an address in every way and notes what is wrong."""

    def __init__(self, chromium, base):
        self.chromium, self.base, self.cookies, self.wrong = chromium, base, [], []

    def look(self, address, before=None, languages=("en",)):
        for scheme in ("light", "dark"):
            context = self.chromium.new_context(color_scheme=scheme, viewport={"width": WIDTHS[1], "height": 900})
            context.add_cookies(self.cookies)
            page = context.new_page()
            page.on("request", lambda r: self._note_host(r.url))
            page.on("console", lambda m: self.wrong.append(f"{address}: {m.text}") if m.type == "error" else None)
            for language in languages:
                page.goto(self.base + address + ("?lang=ar" if language == "ar" else ""))
                if before:
                    before(page)
                for width in WIDTHS:
                    page.set_viewport_size({"width": width, "height": 900})
                    self._check(page, f"{address} {language} {scheme} {width}")
            context.close()

    def _note_host(self, url):
        if url.startswith("http") and not url.startswith(self.base):
            self.wrong.append(f"asks {url}")

    def _check(self, page, where):
        page.evaluate(AXE)
        self.wrong += [f"{where}: {found}" for found in page.evaluate(FOUND)]
        over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if over > 0:
            self.wrong.append(f"{where}: scrolls sideways by {over} px")


@pytest.fixture
def looker(chromium, live):
    return Looker(chromium, live)


def fill_wrongly(page):
    page.set_viewport_size({"width": 1280, "height": 900})
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
    both = ("en", "ar")
    for path in ("/", "/campaigns/full", "/campaigns/bare", "/campaigns/won", "/campaigns/other-colour"):
        looker.look(path, languages=both)
    for path in ("/campaigns/full/sign", "/campaigns/full/check-inbox", "/campaigns/full/versions", "/privacy"):
        looker.look(path, languages=both)
    looker.look(f"/organisations/{organisation.slug}", languages=both)
    looker.look("/campaigns/full/sign", fill_wrongly, languages=both)
    for path in (f"/confirm/{confirm}", f"/confirm/{thanks}", f"/manage/{manage}"):
        looker.look(path, languages=both)
    wrong = [w for w in looker.wrong if "422" not in w]
    assert wrong == []


def test_pages_for_what_went_wrong(looker, make):
    make.campaign()
    looker.look("/nothing-here", languages=("en", "ar"))
    looker.look("/confirm/not-a-link", languages=("en", "ar"))
    assert [w for w in looker.wrong if "404" not in w and "410" not in w] == []


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
    looker._check(page, "here")
    assert any("image-alt" in found for found in looker.wrong)
    assert any("sideways" in found for found in looker.wrong)
