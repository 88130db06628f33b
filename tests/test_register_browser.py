"""Olive pastes a list into a topic's register with a browser, with scripts and without; Sam reads it."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests import registers
from tests.factories import PASSWORD

register_of = registers.register_of

pytestmark = pytest.mark.browser
LIST = """Credible reports:
Apr. 9, 2016, near Mosul, Iraq, via Airwars report. Five civilians were killed and nine others wounded.
Open reports:
Nov. 12, 2018, near Hajin, via social media report
"""


def press(page, name):
    page.get_by_role("button", name=name, exact=True).click()


def follow(page, name):
    page.get_by_role("link", name=name, exact=True).click()


def sign_in(page, live):
    page.goto(f"{live}/desk")
    page.get_by_label("E-mail").fill("olive@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    press(page, "Sign in")


def paste_the_list(page):
    follow(page, "Import")
    page.get_by_label("List").fill(LIST)
    page.get_by_label("Assessed so since").fill("2019-05-31")
    press(page, "Show what is read")


def correct_what_is_doubtful(page):
    """Of two rows, the one without a country is shown first."""
    expect(page.locator(".rows tbody tr")).to_have_count(1)
    expect(page.locator(".rows")).to_contain_text("There is no country.")
    follow(page, "Correct: line 4")
    page.get_by_label("Country").select_option("SY")
    page.get_by_label("Killed").fill("many")
    press(page, "Take it like this")
    expect(page.get_by_role("alert")).to_contain_text("Write a whole number")
    page.get_by_label("Killed").fill("")
    press(page, "Take it like this")
    expect(page.locator(".rows tbody tr")).to_have_count(2)
    press(page, "Take 2 rows")
    expect(page.get_by_role("status").first).to_contain_text("2 new")


def remove_one_and_put_it_back(page):
    press(page, "Remove: Hajin, 12 November 2018")
    expect(page.locator(".list tbody tr")).to_have_count(1)
    press(page, "Undo")
    expect(page.locator(".list tbody tr")).to_have_count(2)


def assess_anew(page):
    follow(page, "Hajin, Syria")
    follow(page, "Assess it anew…")
    page.get_by_label("Assessment").select_option("non_credible")
    page.get_by_label("Since").fill("2019-07-31")
    page.get_by_label("Why").fill("Nobody flew there.")
    press(page, "Save")


def let_everybody_read_it(page):
    follow(page, "What the register says")
    page.get_by_label("What the figures do not say").fill("An absolute minimum.")
    page.get_by_label("Everybody may read it").check()
    press(page, "Save")


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_olive_pastes_a_register_and_sam_reads_it(chromium, live, make, scripts):
    organisation = make.organisation(slug="tigris")
    make.account("editor", organisation, email="olive@example.org")
    topic = make.topic(organisation)
    size = {"width": 1280, "height": 900} if scripts else {"width": 360, "height": 780}
    context = chromium.new_context(java_script_enabled=scripts, viewport=size)
    page = context.new_page()
    sign_in(page, live)
    page.goto(f"{live}/desk/tigris/topics/{topic.slug}/words")
    page.get_by_role("navigation", name="Parts").get_by_role("link", name="Register").click()
    press(page, "Open a register")
    paste_the_list(page)
    correct_what_is_doubtful(page)
    remove_one_and_put_it_back(page)
    assess_anew(page)
    let_everybody_read_it(page)
    follow(page, "See the public page")
    for words in ("An absolute minimum.", "Mosul, Iraq", "5 killed", "9 injured", "Hajin, Syria", "Non-credible"):
        expect(page.locator("main")).to_contain_text(words)
    follow(page, "Hajin, Syria")
    expect(page.locator("main")).to_contain_text("Nobody flew there.")
    context.close()


def test_a_sheet_of_paper_has_every_place_of_the_map(register_of, live, page):
    """On a screen the table scrolls in its frame; paper does not scroll."""
    topic = register_of.make.topic()
    register_of.add(register_of.of(topic), *(registers.entry(place=f"Place {n}", country="IQ") for n in range(20)))
    page.emulate_media(media="print")
    page.goto(f"{live}/topics/{topic.slug}/register/map")
    kept = page.locator(".scroll").evaluate("e => [e.scrollHeight - e.clientHeight, e.scrollWidth - e.clientWidth]")
    assert kept == [0, 0]
