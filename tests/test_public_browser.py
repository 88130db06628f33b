"""Public pages in a real browser: the first view, narrow and wide, left and right, without scripts, and what scripts add."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import expect

from app import pages
from tests.factories import Make

pytestmark = pytest.mark.browser

ASK = "Rein in militias in Iraq and ensure accountability for abuses"
SUMMARY = "Armed groups that answer to no court abduct and kill people, and the state looks away. The government can end this."
TEXT = "They take people away, and nobody is charged.\n\n## What we ask\n\n1. Law.\n2. " + "Truth. " * 200
WIDTHS = (320, 360, 768, 1280, 1920)


@pytest.fixture
def campaign(make: Make) -> Any:
    """A campaign as large as a real one."""
    organisation = make.organisation(name="Tigris Rights Desk", slug="tigris")
    makers = ["The Prime Minister of Iraq", "The Minister of Justice", "The Council of Representatives"]
    shown = make.campaign(
        organisation,
        slug="militias",
        ask=ASK,
        summary=SUMMARY,
        text=TEXT,
        decision_makers=makers,
        signature_target=5000,
    )
    for name in ("Rana Haddad", "Piotr Zieliński", "Tomás Arce"):
        given, family = name.split()
        make.signature(shown, given_name=given, family_name=family, show_name=True)
    make.report(shown)
    make.news(shown, content_warning="violence against children")
    return shown


@pytest.mark.parametrize("lang", ["en", "ar"])
def test_sam_finds_the_button_in_the_first_view(campaign: Any, live: str, page: Any, lang: str) -> None:
    page.goto(f"{live}/campaigns/militias?lang={lang}")
    box = page.locator(".foot-rail .btn-sign").bounding_box()
    assert box["y"] > 0
    assert box["y"] + box["height"] <= 900


@pytest.mark.parametrize("lang", ["en", "ar"])
def test_no_page_scrolls_sideways(campaign: Any, live: str, page: Any, lang: str) -> None:
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        for path in (
            "/",
            "/campaigns/militias",
            "/campaigns/militias/sign",
            "/campaigns/militias/versions",
            "/privacy",
        ):
            page.goto(f"{live}{path}?lang={lang}")
            over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert over <= 0, f"{path} at {width}"


def test_the_campaign_page_is_light_and_asks_nobody_else(campaign: Any, live: str, page: Any) -> None:
    weights: dict[str, int] = {}

    def weigh(response: Any) -> None:
        if "/pictures/" not in response.url:
            sizes = response.request.sizes()
            weights[response.url] = sizes["responseBodySize"]

    page.on("requestfinished", lambda request: weigh(request.response()))
    page.goto(f"{live}/campaigns/militias", wait_until="networkidle")
    assert all(url.startswith(live) for url in weights)
    assert any(url.endswith("militias") for url in weights)
    assert sum(weights.values()) < 60 * 1000, weights
    fonts = [url.partition("?")[0] for url in weights if ".woff2" in url]
    assert len(fonts) == len(set(fonts)), "a font is loaded twice"


def test_the_count_refreshes_by_itself(app: Flask, make: Make, campaign: Any, live: str, page: Any) -> None:
    page.clock.install()
    page.goto(f"{live}/campaigns/militias")
    assert page.locator("[data-number]").inner_text() == "3"
    make.signature(campaign)
    with app.app_context():
        pages.forget()
    with page.expect_response("**/count.json"):
        page.clock.run_for(16_000)
    expect(page.locator("[data-number]")).to_have_text("4")
    assert page.locator("progress").first.get_attribute("value") == "4"
    assert page.locator("[data-rest]").inner_text() == "4,996 to go"
    assert page.locator("[data-say]").inner_text() == ""


def test_the_count_refreshes_in_arabic_figures(app: Flask, make: Make, campaign: Any, live: str, page: Any) -> None:
    page.clock.install()
    page.goto(f"{live}/campaigns/militias?lang=ar")
    assert page.locator("[data-number]").inner_text() == "٣"
    make.signature(campaign)
    with app.app_context():
        pages.forget()
    page.clock.run_for(16_000)
    expect(page.locator("[data-number]")).to_have_text("٤")
    assert "٤٬٩٩٦" in page.locator("[data-rest]").inner_text()


def test_a_screen_reader_reads_the_progress(campaign: Any, live: str, page: Any) -> None:
    page.goto(f"{live}/campaigns/militias")
    bar = page.get_by_role("progressbar", name=re.compile(r"^3\s+signatures\s*confirmed by mail\s+Target 5,000$"))
    assert bar.count() == 1


def test_sam_signs_without_scripts(campaign: Any, live: str, chromium: Any) -> None:
    context = chromium.new_context(java_script_enabled=False, viewport={"width": 360, "height": 640})
    page = context.new_page()
    page.goto(f"{live}/campaigns/militias")
    page.get_by_role("link", name="Add my name").click()
    page.get_by_role("textbox", name="Given name").fill("Sam")
    page.get_by_role("textbox", name="Family name").fill("Signer")
    page.get_by_label("E-mail").fill("sam@example.org")
    page.get_by_label("Country").select_option("IQ")
    page.get_by_role("button", name="Add my name").click()
    expect(page.locator("h1")).to_have_text("Now look in your inbox")
    assert context.cookies() == []
    context.close()


def test_sam_is_led_to_what_is_wrong(campaign: Any, live: str, page: Any) -> None:
    page.goto(f"{live}/campaigns/militias/sign")
    page.evaluate("document.querySelector('form').noValidate = true")
    page.get_by_role("textbox", name="Given name").fill("Sam")
    page.get_by_role("button", name="Add my name").click()
    expect(page).to_have_title(re.compile("^Error: "))
    expect(page.locator(".summary")).to_be_focused()
    page.get_by_role("link", name="E-mail: Write your e-mail address.").click()
    expect(page.get_by_label("E-mail")).to_be_focused()
    assert page.get_by_role("textbox", name="Given name").input_value() == "Sam"


def test_sam_copies_the_link_with_its_channel(campaign: Any, live: str, chromium: Any) -> None:
    context = chromium.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(f"{live}/campaigns/militias")
    page.get_by_role("button", name="Copy the link").click()
    page.get_by_role("button", name="Copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == f"{live}/campaigns/militias?via=link"
    context.close()


def test_nothing_breaks_the_policy(campaign: Any, live: str, page: Any) -> None:
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    for path in ("/", "/campaigns/militias", "/campaigns/militias/sign", "/privacy", "/organisations/tigris"):
        page.goto(f"{live}{path}")
    assert complaints == []


def test_bold_words_are_set_in_the_bold_cut(make: Make, live: str, page: Any) -> None:
    make.campaign(slug="bold", text="And **nobody** is charged.")
    page.goto(f"{live}/campaigns/bold", wait_until="networkidle")
    assert page.evaluate("getComputedStyle(document.querySelector('.prose strong')).fontWeight") == "700"
    assert page.evaluate("[...document.fonts].some(f => f.weight === '700' && f.status === 'loaded')")


def test_a_sheet_of_paper_shows_the_letter_without_the_form(campaign: Any, live: str, page: Any) -> None:
    page.emulate_media(media="print", color_scheme="dark")
    page.goto(f"{live}/campaigns/militias")
    assert not page.locator(".form").is_visible()
    assert not page.locator(".share").is_visible()
    assert page.locator(".ask").is_visible()
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
