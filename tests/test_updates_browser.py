"""Olive writes an update with a browser, with scripts and without; Sam finds it among what happened, and the way to sign."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from app.models import Update
from tests.factories import PASSWORD
from tests.test_topics_browser import picture, press

pytestmark = pytest.mark.browser


@pytest.fixture
def campaign(make):
    organisation = make.organisation(name="Tigris Rights Desk", slug="tigris")
    make.account("editor", organisation, email="olive@example.org")
    campaign = make.campaign(organisation, slug="archive", ask="Open the archive")
    make.news(campaign, title="Somebody wrote")
    return campaign


def sign_in(page, live):
    page.goto(f"{live}/desk/tigris/campaigns/archive/updates")
    page.get_by_label("E-mail").fill("olive@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    press(page, "Sign in")


def write(page):
    """From the empty list to a published update with a picture."""
    press(page, "Write an update")
    page.get_by_label("Title").fill("We met the committee")
    page.get_by_label("Text", exact=True).fill("It lasted **two hours**.")
    press(page, "Save, then the picture")
    page.get_by_label("Picture", exact=True).set_input_files(picture())
    page.get_by_label("Description").fill("A long table.")
    press(page, "Save")
    press(page, "Publish")
    expect(page.get_by_role("status").first).to_contain_text("Published.")


def take_back_and_undo(page):
    page.get_by_role("link", name="Updates", exact=True).click()
    press(page, "Remove: We met the committee")
    expect(page.get_by_role("link", name="We met the committee")).to_have_count(0)
    press(page, "Undo")
    expect(page.get_by_role("link", name="We met the committee")).to_be_visible()


def find_it(page, live):
    page.goto(f"{live}/campaigns/archive")
    story = page.get_by_role("region", name="What happened so far")
    said = [re.sub(r"\s+", " ", text) for text in story.locator("article").all_inner_texts()]
    assert [next(kind for kind in ("Update", "News") if kind in text) for text in said] == ["Update", "News"]
    story.get_by_role("link", name="We met the committee").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("We met the committee")
    expect(page.get_by_role("img", name="A long table.")).to_be_visible()
    expect(page.get_by_role("link", name="E-mail", exact=True)).to_have_attribute("href", re.compile("^mailto:"))
    page.get_by_role("link", name="Add my name").click()
    expect(page.get_by_role("heading", name="We, the undersigned")).to_be_in_viewport()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_olive_writes_an_update_and_sam_finds_it_and_the_way_to_sign(chromium, live, campaign, scripts):
    size = {"width": 1280, "height": 900} if scripts else {"width": 360, "height": 780}
    context = chromium.new_context(java_script_enabled=scripts, viewport=size)
    page = context.new_page()
    sign_in(page, live)
    write(page)
    take_back_and_undo(page)
    find_it(page, live)
    context.close()


def test_what_olive_types_into_a_draft_is_saved_and_shown_beside_it(page, live, campaign, stored):
    sign_in(page, live)
    press(page, "Write an update")
    page.wait_for_url("**/updates/*")
    page.wait_for_load_state("load")  # the scripts listen
    page.get_by_label("Title").fill("We <b>met</b>")
    page.get_by_label("Text", exact=True).fill("It lasted **long**.")
    preview = page.get_by_role("region", name="Preview")
    expect(preview.locator("strong")).to_have_text("long")
    expect(preview.locator("[data-show=title]")).to_have_text("We <b>met</b>")
    expect(page.locator("[data-saved]")).to_have_text(re.compile("Draft saved at"))
    assert (stored(Update)[0].title, stored(Update)[0].text) == ("We <b>met</b>", "It lasted **long**.")
