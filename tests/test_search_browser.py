"""The way of whoever searches, in a real browser, with scripts and without."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("has_script", [True, False])
def test_sam_finds_a_campaign_by_half_a_word_and_narrows_it_down_by_keyboard(chromium, make, live, has_script):
    campaign = make.campaign(ask="Rein in militias", slug="rein-in")
    make.news(campaign, title="Militias fail", excerpt="The militia’s men")
    make.topic(title="Iraq in crisis")
    context = chromium.new_context(java_script_enabled=has_script, viewport={"width": 360, "height": 740})
    page = context.new_page()
    page.goto(f"{live}/campaigns/rein-in")
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Search").click()
    page.wait_for_url("**/search")
    page.get_by_role("searchbox", name="Words").fill("milit")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=milit**")
    expect(page.get_by_role("heading", name="2 results")).to_be_visible()
    expect(page.get_by_text("No text has all of these as whole words.")).to_be_visible()
    assert page.locator("h3 mark").all_inner_texts() == ["militias", "Militias"]
    page.get_by_role("navigation", name="Kinds of what was found").get_by_role("link", name="News").click()
    page.wait_for_url("**kind=news**")
    assert page.locator("h3").all_inner_texts() == ["Militias fail"]
    expect(page.get_by_label("Kind", exact=True)).to_be_visible()  # what narrows it down stays in sight
    page.get_by_label("Kind", exact=True).select_option("Topics")
    page.get_by_role("searchbox").fill("iraq")
    page.keyboard.press("Enter")
    page.wait_for_url("**kind=topic**")
    page.get_by_role("link", name="Iraq in crisis").click()
    page.wait_for_url("**/topics/iraq-in-crisis")
    page.go_back()
    assert page.get_by_role("searchbox").input_value() == "iraq"
    context.close()
