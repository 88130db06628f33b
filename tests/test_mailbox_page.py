"""The development mailbox: mails are kept where there is no listener, shown on a page, and production has none of it."""

from __future__ import annotations

import pytest

from app import create_app
from tests.mailing import deliver
from tests.test_signing import post

SECRETS = {
    "SECRET_KEY": "0123456789 abcdef, a secret for tests",
    "EMAIL_PEPPER": "9876543210 fedcba, another for tests",
}


@pytest.fixture(autouse=True)
def empty_mailbox(app, monkeypatch, tmp_path):
    monkeypatch.setattr(app, "instance_path", str(tmp_path))


def test_a_developer_reads_the_mail_and_confirms_with_its_link(app, client, make):
    campaign = make.campaign()
    post(client, campaign)
    deliver(app)
    listed = client.get("/mailbox")
    assert "Confirm your signature: " in listed.text
    assert "sam@example.org" in listed.text
    assert not listed.headers.getlist("Set-Cookie")
    address = listed.text.partition('href="/mailbox/')[2].partition('"')[0]
    shown = client.get(f"/mailbox/{address}")
    assert "You asked to put your name under the campaign" in shown.text
    assert f'<a href="{app.config["BASE_URL"]}/confirm/' in shown.text
    assert "frame-src 'self'" in shown.headers["Content-Security-Policy"]
    assert "unsafe-inline" not in shown.headers["Content-Security-Policy"]
    token = shown.text.partition("/confirm/")[2].partition('"')[0]
    assert client.post(f"/confirm/{token}").status_code == 303


def test_a_mails_html_runs_nothing_asks_nobody_and_is_framed_by_us_only(app, client, make):
    post(client, make.campaign())
    deliver(app)
    name = client.get("/mailbox").text.partition('href="/mailbox/')[2].partition('"')[0]
    answer = client.get(f"/mailbox/{name}/html")
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline';")
    assert "frame-ancestors 'self'; sandbox" in policy
    assert "allow-scripts" not in policy
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert '<base target="_top">' in answer.text


@pytest.mark.parametrize("name", ["0" * 32, "..", "..%2f..%2fsecret_key", "x" * 300, "%00", "A" * 32])
def test_there_are_no_other_files_in_the_mailbox(client, name):
    assert client.get(f"/mailbox/{name}").status_code == 404
    assert client.get(f"/mailbox/{name}/html").status_code == 404


def test_the_newest_mail_comes_first_and_old_ones_make_room(app, client, make, monkeypatch):
    from app.mail import folder

    monkeypatch.setattr(folder, "MOST_MAILS", 3)
    for number in range(5):
        post(client, make.campaign(ask=f"Ask number {number}"), email=f"sam{number}@example.org")
        deliver(app)
    page = client.get("/mailbox").text
    asks = [page.find(f"Ask number {number}") for number in range(5)]
    assert asks[0] == asks[1] == -1
    assert asks[4] < asks[3] < asks[2]


@pytest.mark.parametrize(
    "settings",
    [
        {"MODE": "production", "MAIL_URL": "smtp://mail.example.org", "BASE_URL": "https://sign.example.org"},
        {"MODE": "development", "MAIL_URL": "smtp://mail.example.org", "BASE_URL": "https://sign.example.org"},
    ],
)
def test_the_mailbox_does_not_exist_in_production_or_with_a_listener(app, settings):
    other = create_app({**settings, **SECRETS, "DATABASE_URL": app.config["DATABASE_URL"], "DEBUG_SWITCH": False})
    client = other.test_client()
    for path in ("/mailbox", f"/mailbox/{'0' * 32}", f"/mailbox/{'0' * 32}/html"):
        assert client.get(path, base_url="https://sign.example.org").status_code == 404
    assert not [rule for rule in other.url_map.iter_rules() if "mailbox" in rule.rule]


@pytest.mark.browser
def test_the_link_in_the_framed_mail_opens_the_confirm_page(app, client, make, live, page):
    post(client, make.campaign())
    deliver(app)
    page.goto(f"{live}/mailbox")
    page.get_by_role("link", name="Confirm your signature: ").click()
    frame = page.frame_locator("iframe")
    frame.get_by_role("link", name="Confirm my signature").click()
    page.wait_for_url("**/confirm/**")
    page.get_by_role("button", name="Confirm my signature").click()
    page.wait_for_load_state()
    assert "Sam" in page.inner_text("main")
