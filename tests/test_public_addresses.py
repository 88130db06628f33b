"""Addresses of public pages: earlier ones lead on, the language stays, inventions are dropped."""

from __future__ import annotations

from flask import Flask
from flask.testing import FlaskClient

from app import links
from app.extensions import db
from app.models import CampaignSlug
from tests.factories import Make


def test_an_earlier_address_leads_on_whatever_it_carries(app: Flask, client: FlaskClient, make: Make) -> None:
    shown = make.campaign(slug="militias")
    with app.app_context():
        db.session.add(CampaignSlug(slug="earlier", campaign_id=shown.id))
        db.session.commit()
    answer = client.get("/campaigns/earlier?lang=ar&via=x&slug=y&endpoint=z&_external=1&_scheme=javascript")
    assert answer.status_code == 301
    assert answer.headers["Location"] == "/campaigns/militias?lang=ar&via=x"


def test_sam_opens_the_address_of_a_sent_form_again_and_finds_the_form(client: FlaskClient, make: Make) -> None:
    make.campaign(slug="militias")
    answer = client.get("/campaigns/militias/signatures")
    assert answer.status_code == 200
    assert 'name="given_name"' in answer.text
    assert client.get("/campaigns/none/signatures").status_code == 404


def test_a_made_up_channel_is_not_kept_on_the_page(client: FlaskClient, make: Make) -> None:
    make.campaign(slug="militias")
    assert 'name="via" value="mastodon"' in client.get("/campaigns/militias?via=mastodon").text
    assert "somebody" not in client.get("/campaigns/militias?via=somebody").text


def test_links_stay_in_the_language_that_sam_chose(app: Flask) -> None:
    with app.test_request_context("/?lang=ar"):
        assert links.page("public.privacy") == "/privacy?lang=ar"
    with app.test_request_context("/"):
        assert links.page("public.privacy") == "/privacy"
