"""Olive writes a campaign with a browser: all of it, with scripts and without, with a bad connection and at a colleague's side."""

from __future__ import annotations

import io
import re

import pytest
from PIL import Image
from playwright.sync_api import expect

from app.models import Campaign
from tests.factories import PASSWORD

pytestmark = pytest.mark.browser

ASK = "Open the archive of the 1991 burials"


@pytest.fixture
def tigris(make):
    organisation = make.organisation(name="Tigris Rights Desk", slug="tigris")
    make.account("editor", organisation, email="olive@example.org")
    return organisation


def sign_in(page, live):
    page.goto(f"{live}/desk/tigris/campaigns")
    page.get_by_label("E-mail").fill("olive@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def press(page, name):
    page.get_by_role("button", name=name, exact=True).click()


def follow(page, name):
    page.get_by_role("link", name=name, exact=True).click()


def picture():
    out = io.BytesIO()
    Image.new("RGB", (1200, 700), "#884422").save(out, "JPEG")
    return {"name": "cellar.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


def write_all_of_it(page, by_script=False):
    """From the empty list to the page that asks whether to publish."""
    follow(page, "Create the first campaign")
    page.get_by_label("Ask").fill(ASK)
    press(page, "Create the draft")
    page.get_by_label("Summary").fill("Families wait for the dead of 1991.")
    page.get_by_label("Text", exact=True).fill("The archive is kept in a cellar.\n\n## What we ask\n\n1. Open it.")
    press(page, "Save and continue")
    page.get_by_label("Picture", exact=True).set_input_files(picture())
    page.get_by_label("Description").fill("A cellar with shelves.")
    page.get_by_label("Credit").fill("Sam")
    press(page, "Save and continue")
    page.get_by_label("Decision maker").fill("The Minister of Justice")
    press(page, "Add")
    page.get_by_label("One more").fill("The Council of Representatives")
    press(page, "Add")
    if by_script:
        expect(page.get_by_label("One more")).to_be_focused()
    press(page, "Move up: The Council of Representatives")
    press(page, "Save and continue")
    page.get_by_label("Target").fill("5,000")
    page.get_by_label("Last day").fill("2099-04-30")
    page.get_by_label("Time zone").select_option("Asia/Baghdad")
    for _part in ("target and dates", "what signers are asked", "thank-you page"):
        press(page, "Save and continue")
    follow(page, "Add a report")
    page.get_by_label("Title").fill("Graves without names")
    page.get_by_label("Publisher").fill("Example Watch")
    page.get_by_label("Published").fill("31 January 2016")
    page.get_by_label("Link").fill("https://reports.example.org/1")
    press(page, "Save")
    follow(page, "Continue")
    follow(page, "Add a news item")
    page.get_by_label("Title").fill("The archive stays shut")
    page.get_by_label("Outlet").fill("The Example Post")
    page.get_by_label("Published on").fill("2016-09-06")
    page.get_by_label("Link").fill("https://news.example.org/1")
    press(page, "Save")
    follow(page, "Continue")


def see_it_in_public(page, live):
    page.goto(f"{live}/campaigns/open-the-archive-of-the-1991-burials")
    expect(page.get_by_role("heading", level=1)).to_have_text(ASK)
    text = page.locator("body").inner_text()
    for words in (
        "Families wait",
        "kept in a cellar",
        "Target 5,000",
        "30 April 2099",
        "Graves without names",
        "The archive stays shut",
    ):
        assert words in text
    assert text.index("The Council of Representatives") < text.index("The Minister of Justice")
    assert page.get_by_alt_text("A cellar with shelves.").evaluate("image => image.complete && image.naturalWidth > 0")


def test_olive_goes_from_signing_in_to_a_public_page(page, live, tigris):
    sign_in(page, live)
    write_all_of_it(page, by_script=True)
    follow(page, "Look at the page first")
    assert "Nobody can sign here." in page.locator("body").inner_text()
    expect(page.get_by_role("button", name="Add my name")).to_be_disabled()
    follow(page, "Publish…")
    press(page, "Publish now")
    expect(page.get_by_role("status").first).to_contain_text("Everybody can sign")
    see_it_in_public(page, live)


def test_olive_does_the_same_without_javascript(chromium, live, tigris):
    context = chromium.new_context(java_script_enabled=False, viewport={"width": 360, "height": 780})
    page = context.new_page()
    sign_in(page, live)
    write_all_of_it(page)
    press(page, "Publish now")
    see_it_in_public(page, live)
    context.close()


@pytest.fixture
def draft(page, live, tigris, make):
    """Olive in the editor of a draft."""
    campaign = make.campaign(tigris, published=False, ask=ASK)
    sign_in(page, live)
    page.goto(f"{live}/desk/tigris/campaigns/{campaign.slug}/words")
    return campaign


def said(page):
    return page.locator("[data-saved]")


def test_what_olive_types_is_saved_and_shown_beside_it(page, draft, stored):
    page.get_by_label("Ask").fill("Open it <b>now</b>")
    text = page.get_by_label("Text", exact=True)
    text.fill("One\n\nTwo")
    text.evaluate("field => field.setSelectionRange(5, 8)")
    press(page, "Heading")
    expect(text).to_have_value("One\n\n## Two")
    text.evaluate("field => field.setSelectionRange(0, 3)")
    text.press("Control+b")
    expect(text).to_have_value("**One**\n\n## Two")
    preview = page.get_by_role("region", name="Preview")
    expect(preview.get_by_role("heading", name="Two")).to_be_visible()
    expect(preview.locator("strong", has_text="One")).to_be_visible()
    expect(preview.locator("[data-show=ask]")).to_have_text("Open it <b>now</b>")
    expect(said(page)).to_have_text(re.compile("Draft saved at"))
    expect(page.locator("[data-consequence]")).to_contain_text("Ready.")
    assert stored(Campaign)[0].text == "**One**\n\n## Two"


def test_the_preview_shows_the_page_as_on_a_phone_and_as_on_a_desk(page, draft):
    letter, foot = page.locator(".preview-letter"), page.locator(".preview-foot")
    assert foot.bounding_box()["y"] > letter.bounding_box()["y"] + letter.bounding_box()["height"] - 1
    page.get_by_label("Wide").check()
    assert foot.bounding_box()["x"] > letter.bounding_box()["x"] + letter.bounding_box()["width"]
    body = page.locator(".preview-body").bounding_box()
    assert foot.bounding_box()["x"] + foot.bounding_box()["width"] <= body["x"] + body["width"] + 1


def test_a_lost_connection_loses_no_word(page, draft, stored):
    page.context.set_offline(True)
    page.get_by_label("Summary").fill("Written on a train.")
    expect(said(page)).to_have_text(re.compile("no connection"))
    page.get_by_label("Summary").fill("Written on a train, in a tunnel.")
    page.context.set_offline(False)
    expect(said(page)).to_have_text(re.compile("Draft saved at"), timeout=15_000)
    expect(page.locator("[name=revision]")).to_have_value(
        "3", timeout=15_000
    )  # first what was on its way, then the rest
    assert stored(Campaign)[0].summary == "Written on a train, in a tunnel."


def test_leaving_asks_only_while_something_is_not_saved(page, draft, live):
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.get_by_label("Summary").press_sequentially("a")
    page.goto(f"{live}/desk/tigris/campaigns")
    assert asked == ["beforeunload"]
    page.goto(f"{live}/desk/tigris/campaigns/{draft.slug}/words")
    page.get_by_label("Summary").press_sequentially("b")
    expect(said(page)).to_have_text(re.compile("Draft saved at"))
    page.goto(f"{live}/desk/tigris/campaigns")
    assert asked == ["beforeunload"]


def test_a_colleague_saves_first_and_olive_sees_both_texts(page, draft, stored):
    theirs = page.context.new_page()
    theirs.goto(page.url)
    theirs.get_by_label("Summary").fill("Mona's summary")
    press(theirs, "Save draft")
    page.get_by_label("Summary").fill("Olive's summary")
    expect(said(page)).to_have_text(re.compile("Somebody else saved"))
    press(page, "Save draft")
    expect(page.get_by_role("alert")).to_contain_text("Two people wrote at once")
    expect(page.locator(".theirs")).to_contain_text("Mona's summary")
    expect(page.get_by_label("Summary")).to_have_value("Olive's summary")
    page.get_by_label("Summary").press_sequentially("!")
    page.wait_for_timeout(2500)  # nothing replaces Mona's words by itself
    assert stored(Campaign)[0].summary == "Mona's summary"
    press(page, "Save draft")
    expect(page.get_by_role("status").first).to_have_text("Saved.")


def test_a_file_too_large_is_said_before_it_is_sent(page, draft, live):
    page.goto(f"{live}/desk/tigris/campaigns/{draft.slug}/picture")
    page.get_by_label("Picture", exact=True).set_input_files(
        {"name": "big.jpg", "mimeType": "image/jpeg", "buffer": b"0" * 5_300_000}
    )
    assert "larger than 5 MB" in page.locator("#file").evaluate("field => field.validationMessage")
