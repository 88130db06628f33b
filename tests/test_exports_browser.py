"""Olive takes a list out of the house with a browser, with scripts and without."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.factories import PASSWORD

pytestmark = pytest.mark.browser


@pytest.fixture
def campaign(make):
    desk = make.organisation(name="Tigris Rights Desk", slug="tigris")
    make.account("owner", desk, name="Olive", email="olive@example.org")
    campaign = make.campaign(desk, slug="militias")
    make.signature(campaign, given_name="=1+1", family_name="al-Jabiri", email="noor@example.org")
    make.signature(campaign, "pending", given_name="Ingrid")
    return campaign


def open_export(page, live):
    page.goto(f"{live}/account/login")
    page.get_by_label("E-mail").fill("olive@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.goto(f"{live}/desk/tigris/campaigns/militias")
    page.get_by_role("link", name="Export", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Export signers")


def is_first_look(route, missed):
    return route.request.resource_type == "fetch" and not missed


def taken(download):
    return list(csv.reader(Path(download.path()).read_text("utf-8-sig").splitlines()))


def test_the_first_rows_follow_the_choice_and_the_file_is_what_was_shown(page, live, campaign):
    open_export(page, live)
    shown = page.locator("#first-rows tbody")
    assert shown.inner_text().split()[0] == "'=1+1"
    page.locator("#column-email").check()
    shown.get_by_text("•••@•••").wait_for()  # a preview is not on record, so it tells no address
    page.get_by_label("All states").check()
    page.get_by_role("button", name="Export 2 rows, 9 columns").wait_for()
    page.get_by_label("Reason").fill("Hand-over")
    page.get_by_label("Your password again").fill(PASSWORD)
    missed = []
    page.route(
        "**/militias/export",
        lambda route: missed.append(route.abort()) if is_first_look(route, missed) else route.fallback(),
    )
    with page.expect_download() as waited:
        page.get_by_role("button", name="Export 2 rows").click()
    assert waited.value.suggested_filename.endswith(".csv")
    rows = taken(waited.value)
    assert [row[0] for row in rows[1:]] == ["'=1+1", "Ingrid"]
    page.locator("#past-exports").get_by_text("Hand-over").wait_for()  # though the first look for it failed
    expect(page.locator("#past-exports")).to_contain_text("Olive, 2 rows")
    expect(page.locator("#said")).to_contain_text("is on record")
    assert missed
    assert page.get_by_label("Your password again").input_value() == ""


def test_a_wrong_password_keeps_what_was_chosen(page, live, campaign):
    open_export(page, live)
    page.locator("#column-channel").check()
    page.get_by_label("Reason").fill("Hand-over")
    page.get_by_label("Your password again").fill("wrong battery horse")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Your password again: This is not your password. Write it again.").click()
    expect(page.get_by_label("Your password again")).to_be_focused()
    assert page.locator("#column-channel").is_checked()
    assert page.get_by_label("Reason").input_value() == "Hand-over"
    page.get_by_label("Your password again").fill(PASSWORD)
    with page.expect_download():
        page.keyboard.press("Enter")
    page.locator(".summary").wait_for(state="detached")
    assert page.locator(".err").count() == 0
    expect(page).to_have_title(re.compile("^Export signers –"))


def test_without_scripts_a_button_shows_the_rows_and_enter_exports(chromium, live, campaign):
    context = chromium.new_context(java_script_enabled=False, viewport={"width": 360, "height": 740})
    page = context.new_page()
    open_export(page, live)
    page.get_by_label("A CRM").check()
    page.get_by_role("button", name="Show them as chosen now").click()
    assert page.locator("#first-rows tbody").inner_text().split()[0] == "=1+1"
    assert page.get_by_label("A CRM").is_checked()
    page.get_by_label("Reason").fill("Hand-over")
    page.get_by_label("Your password again").fill(PASSWORD)
    with page.expect_download() as waited:
        page.keyboard.press("Enter")
    assert taken(waited.value)[1][0] == "=1+1"
    context.close()
