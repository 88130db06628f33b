"""A campaign is paused and goes on; one that is over is archived and brought back."""

from __future__ import annotations

import datetime as dt
import html
import json
import re

import pytest

from app.models import Campaign, Mail, Pause, Signature
from tests import desk, mailing, standing
from tests.test_signing import count, link, post

olive = desk.olive
NOON = dt.datetime(2026, 11, 1, 12, tzinfo=dt.UTC)
SECOND, GRACE = dt.timedelta(seconds=1), dt.timedelta(hours=24)


@pytest.fixture
def paused(olive, make, clock):
    """Opened an hour ago, paused now; it closes in ten days."""
    clock.set(NOON - dt.timedelta(hours=1))
    campaign = make.campaign(olive.organisation, slug="water", closes_at=NOON + dt.timedelta(days=10))
    make.signature(campaign)
    clock.set(NOON)
    olive.post("/campaigns/water/pause", reason="We check the list < 3 days.")
    return campaign


def read(client, address="/campaigns/water", status=200):
    answer = client.get(address)
    assert answer.status_code == status
    return html.unescape(answer.text)


def test_the_page_of_a_paused_campaign_says_why_and_shows_the_count_and_no_form(client, paused):
    page = read(client)
    assert "We check the list < 3 days." in page
    assert "We check the list &lt; 3 days." in client.get("/campaigns/water").text
    assert "Paused since 1 November 2026" in page
    assert 'name="given_name"' not in page
    assert "Add my name" not in page
    assert "<b data-number>1</b>" in page
    assert "<dt>Closes</dt><dd>11 November 2026" in page
    assert "See other campaigns" in page
    assert client.get("/campaigns/water/count.json").json["signatures"] == 1
    data = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)[1])
    assert "creativeWorkStatus" not in data


def test_lists_show_a_paused_campaign_after_those_that_can_be_signed(client, make, paused, clock):
    clock.forward(days=-30)
    make.campaign(ask="An older campaign that is open")
    clock.forward(days=30)
    page = read(client, "/")
    assert page.index("An older campaign") < page.index(paused.ask)
    assert "Paused" in page


def test_whoever_signs_while_it_is_paused_reads_why_and_nothing_is_stored(client, paused, stored):
    answer = post(client, paused, email="late@example.org")
    assert answer.status_code == 409
    page = html.unescape(answer.text)
    assert "Nothing of what you sent was stored." in page
    assert "We check the list < 3 days." in page
    assert not stored(Signature, email="late@example.org")
    assert not stored(Mail)
    assert "We check the list" in read(client, "/campaigns/water/sign")


def test_what_was_signed_before_the_pause_is_confirmed_for_the_time_of_grace(app, client, make, paused, clock):
    """SIG-10, for a pause: -1 s, 0, + grace, + grace + 1 s; and again once it goes on."""
    clock.set(NOON - SECOND)
    first, second, third = (make.signature(paused, "pending") for _ in range(3))
    clock.set(NOON)
    assert client.post(f"/confirm/{link(app, first)}").status_code == 303
    second_link, third_link = link(app, second), link(app, third)
    clock.set(NOON + GRACE)
    assert client.post(f"/confirm/{second_link}").status_code == 303
    clock.forward(seconds=1)
    refused = client.post(f"/confirm/{third_link}")
    assert refused.status_code == 409
    assert "can be confirmed when it goes on" in refused.text
    assert "This campaign is paused" in read(client, f"/confirm/{third_link}")
    assert count(client, paused) == 3


def test_after_the_pause_everything_is_as_before_and_the_closing_date_has_not_moved(
    app, client, make, olive, paused, clock
):
    waiting = link(app, make.signature(paused, "pending", created_at=NOON))
    clock.set(NOON + dt.timedelta(days=3))
    assert "The closing date is still 11 November 2026" in olive.get("/campaigns/water/resume")
    olive.post("/campaigns/water/resume")
    assert 'name="given_name"' in read(client)
    assert "We check the list" not in read(client)
    assert post(client, paused, email="new@example.org").status_code == 303
    assert client.post(f"/confirm/{waiting}").status_code == 303


def test_a_pause_stays_in_the_timeline_and_both_its_ends_in_the_log(client, olive, paused, clock, stored):
    at = "/campaigns/water/timeline"
    assert "Signing is paused since 1 November 2026" in read(client, at)
    clock.set(NOON + dt.timedelta(days=3))
    olive.post("/campaigns/water/resume")
    page = read(client, at)
    assert "Signing was paused from 1 November 2026 to 4 November 2026" in page
    assert "Signing was paused from 1 November 2026 to 4 November 2026" in read(client)
    assert "We check the list" not in page  # the reason stood on the page while it lasted
    log = olive.get("/log")
    assert log.index("let go on") < log.index("paused")
    clock.forward(hours=1)
    olive.post("/campaigns/water/pause", reason="Once more.")
    clock.forward(hours=1)
    olive.post("/campaigns/water/close", outcome="", outcome_text="")
    assert "Signing was paused on 4 November 2026" in read(client, at)
    assert [pause.ended_at for pause in stored(Pause)] == [NOON + dt.timedelta(days=3), clock.now()]


def test_the_closing_date_comes_during_a_pause_too(client, olive, paused, stored, clock):
    clock.set(paused.closes_at - SECOND)
    assert "Signing is paused" in read(client)
    clock.set(paused.closes_at)
    page = read(client)
    assert "Signing is paused" not in page
    assert "can no longer be signed" in page
    assert post(client, paused).status_code == 410
    assert "Its closing date passed during the pause." in olive.post("/campaigns/water/resume", status=409).text
    olive.post("/campaigns/water/target", signature_target="1000", closes_on="2026-12-01", zone="UTC", locale="en")
    olive.post("/campaigns/water/resume")
    assert stored(Campaign)[0].state == "published"


def test_olive_says_why_with_other_words_and_never_without(client, olive, paused):
    assert "Say why." in olive.post("/campaigns/water/pause", status=409, reason=" ").text
    olive.post("/campaigns/water/pause", reason="We talk with the ministry.")
    assert "We talk with the ministry." in read(client)
    assert "We talk with the ministry." in olive.get("/campaigns/water")


def test_mails_to_confirm_say_how_long_that_is_possible_during_a_pause(app, make, paused, clock, smtp):
    app.config["MAIL_URL"] = smtp.url
    mailing.queue_confirmations(app, paused, 1)
    mailing.deliver(app)
    (mail,) = smtp.messages
    assert "deleted after one day" in mailing.text(mail)


def test_an_archived_campaign_can_be_read_by_whoever_has_its_address(client, make, olive):
    campaign = make.campaign(olive.organisation, slug="won", closed=True, outcome="won", outcome_text="They said yes.")
    make.signature(campaign)
    posted = make.update(campaign)
    olive.post("/campaigns/won/archive")
    page = read(client, "/campaigns/won")
    assert '<meta name="robots" content="noindex">' in page
    assert "This campaign is archived" in page
    assert "They said yes." in page
    assert 'name="given_name"' not in page
    for path in ("/versions", "/timeline", "/feed.atom", "/share.png", f"/updates/{posted.public_id}"):
        assert client.get(f"/campaigns/won{path}").status_code == 200, path
    assert "They said yes." in read(client, "/campaigns/won/timeline")
    assert client.get("/campaigns/won/count.json").json["signatures"] == 1
    assert post(client, campaign).status_code == 410
    assert "Archived on" in olive.get("/campaigns/won")


def test_olive_brings_an_archived_campaign_back(client, make, olive):
    campaign = standing.campaign(make, "archived", olive.organisation)
    assert campaign.ask not in olive.get("/campaigns")
    olive.post(f"/campaigns/{campaign.slug}/bring-back")
    assert campaign.ask in olive.get("/campaigns")
    assert campaign.ask in read(client, "/")
    assert "noindex" not in read(client, f"/campaigns/{campaign.slug}")


def test_a_campaign_that_its_date_ended_is_archived_as_closed_on_that_date(make, olive, stored, clock):
    campaign = standing.over(make, olive.organisation)
    page = olive.post(f"/campaigns/{campaign.slug}/pause", 409, reason="Robots sign.").text
    assert "is closed and can no longer be signed" in page
    olive.post(f"/campaigns/{campaign.slug}/archive")
    (archived,) = stored(Campaign)
    assert (archived.state, archived.closed_at) == ("archived", campaign.closes_at)


def test_the_database_refuses_a_pause_without_its_moment(app, make):
    from sqlalchemy import text
    from sqlalchemy.exc import IntegrityError

    from app.extensions import db

    make.campaign()
    with app.app_context():
        with pytest.raises(IntegrityError):
            db.session.execute(text("UPDATE campaign SET state = 'paused'"))
        db.session.rollback()
