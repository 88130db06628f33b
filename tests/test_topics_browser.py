"""Olive makes a topic with a browser, with scripts and without; Sam finds the way through its page."""

from __future__ import annotations

import io
import re

import pytest
from PIL import Image
from playwright.sync_api import expect

from app.models import Topic
from tests.factories import PASSWORD

pytestmark = pytest.mark.browser


@pytest.fixture
def tigris(make):
    organisation = make.organisation(name="Tigris Rights Desk", slug="tigris")
    make.account("editor", organisation, email="olive@example.org")
    return organisation


def sign_in(page, live):
    page.goto(f"{live}/desk/tigris/topics")
    page.get_by_label("E-mail").fill("olive@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    press(page, "Sign in")


def press(page, name):
    page.get_by_role("button", name=name, exact=True).click()


def follow(page, name):
    page.get_by_role("link", name=name, exact=True).click()


def picture():
    out = io.BytesIO()
    Image.new("RGB", (1200, 700), "#884422").save(out, "JPEG")
    return {"name": "city.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


def add_figure(page, number, as_of):
    follow(page, "Add a figure")
    page.get_by_label("Number").fill(number)
    page.get_by_label("What it counts").fill("civilians killed")
    page.get_by_label("Source", exact=True).fill("The coalition")
    page.get_by_label("As of").fill(as_of)
    press(page, "Save")


def make_all_of_it(page, scripts):
    """From the empty list to the page that asks whether to publish."""
    follow(page, "Create the first topic")
    page.get_by_label("Title").fill("Iraq in crisis")
    press(page, "Create the draft")
    page.get_by_label("Summary").fill("What happens to civilians.")
    page.get_by_label("Introduction", exact=True).fill("## Driven out\n\nPeople flee.\n\n### Camps\n\nCold.")
    press(page, "Save and continue")
    page.get_by_label("Picture", exact=True).set_input_files(picture())
    page.get_by_label("Description").fill("A city at night.")
    press(page, "Save and continue")
    add_figure(page, "1,302", "31 May 2019")
    add_figure(page, "34,502", "April 2019")
    press(page, "Move up: 34,502")
    if scripts:  # the next key stands where the last one was
        expect(page.get_by_role("button", name="Move down: 34,502")).to_be_focused()
    press(page, "Remove: 1,302")
    press(page, "Undo")
    expect(page.locator("ol.record li")).to_have_count(2)
    follow(page, "Continue")
    page.get_by_label("A campaign", exact=True).select_option("Rein in militias")
    press(page, "Add")
    follow(page, "Continue")
    follow(page, "Cite from the library")
    press(page, "Cite: A deadly spiral")
    follow(page, "Continue")
    follow(page, "Add a news item")
    page.get_by_label("Title").fill("The count ends")
    page.get_by_label("Outlet").fill("The Example Post")
    page.get_by_label("Published on").fill("2019-01-03")
    page.get_by_label("Link").fill("https://news.example.org/1")
    press(page, "Save")
    follow(page, "Continue")  # to address and language
    follow(page, "Continue")


def see_it_in_public(page, live):
    page.goto(f"{live}/")
    follow(page, "Topics")
    follow(page, "Iraq in crisis")
    expect(page.get_by_role("heading", level=1)).to_have_text("Iraq in crisis")
    text = page.locator("main").inner_text()
    for words in ("What happens", "as of April 2019", "Rein in militias", "A deadly spiral", "The count ends"):
        assert words in text
    assert text.index("34,502") < text.index("1,302")
    page.get_by_role("navigation", name="On this page").get_by_role("link", name="Camps").click()
    expect(page).to_have_url(re.compile("#s-camps$"))
    expect(page.get_by_role("heading", name="Camps")).to_be_in_viewport()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_olive_makes_a_topic_and_sam_finds_his_way(chromium, live, tigris, make, scripts):
    make.report(make.campaign(tigris, ask="Rein in militias"), title="A deadly spiral")
    size = {"width": 1280, "height": 900} if scripts else {"width": 360, "height": 780}
    context = chromium.new_context(java_script_enabled=scripts, viewport=size)
    page = context.new_page()
    sign_in(page, live)
    make_all_of_it(page, scripts)
    press(page, "Publish now")
    expect(page.get_by_role("status").first).to_contain_text("Everybody can read it at")
    see_it_in_public(page, live)
    context.close()


def test_what_olive_types_into_a_draft_is_saved_and_shown_beside_it(page, live, tigris, make, stored):
    topic = make.topic(tigris, title="Iraq in crisis", published=False)
    sign_in(page, live)
    page.goto(f"{live}/desk/tigris/topics/{topic.slug}/words")
    page.get_by_label("Title").fill("Iraq <b>now</b>")
    text = page.get_by_label("Introduction", exact=True)
    text.fill("Driven out")
    press(page, "Heading")
    preview = page.get_by_role("region", name="Preview")
    expect(preview.get_by_role("heading", name="Driven out")).to_be_visible()
    expect(preview.locator("[data-show=title]")).to_have_text("Iraq <b>now</b>")
    expect(page.locator("[data-saved]")).to_have_text(re.compile("Draft saved at"))
    assert (stored(Topic)[0].title, stored(Topic)[0].text) == ("Iraq <b>now</b>", "## Driven out")


def test_a_public_topic_changes_only_when_olive_says_so(page, live, tigris, make, stored):
    topic = make.topic(tigris, title="Iraq in crisis")
    sign_in(page, live)
    page.goto(f"{live}/desk/tigris/topics/{topic.slug}/words")
    page.get_by_label("Summary").press_sequentially(" Half a sen")
    expect(page.get_by_text("not saved yet")).to_be_visible()
    assert stored(Topic)[0].summary == "What happens to civilians."
    page.reload()  # no question is asked: the words are kept
    follow(page, "Go on with it")
    press(page, "Save")
    assert "Half a sen" in stored(Topic)[0].summary


def test_the_outline_stays_in_sight_beside_a_long_text(page, live, make):
    make.topic(title="Iraq", text="\n\n".join(f"## Part {n}\n\n{'Words. ' * 300}" for n in range(6)))
    page.goto(f"{live}/topics/iraq")
    outline = page.get_by_role("navigation", name="On this page")
    page.get_by_role("heading", name="Part 5").scroll_into_view_if_needed()
    expect(outline).to_be_in_viewport()
    page.set_viewport_size({"width": 360, "height": 780})
    assert page.evaluate("document.documentElement.scrollWidth") == 360


def test_the_part_that_is_open_is_in_sight_on_a_phone(page, live, tigris, make):
    make.topic(tigris, title="Iraq")
    sign_in(page, live)
    page.set_viewport_size({"width": 360, "height": 800})
    for language in ("en", "ar"):
        page.goto(f"{live}/desk/tigris/topics/iraq/address?lang={language}")
        expect(page.locator(".tabs [aria-current]")).to_be_in_viewport(ratio=1)
