"""Which of the usual fields a campaign's sign form has, and which of them may stay empty."""

from __future__ import annotations

import html
import re

from app.extensions import db
from app.models import Campaign, Signature
from tests import desk
from tests.test_public_cost import queries
from tests.test_signing import post

olive = desk.olive


def test_olive_chooses_what_signers_are_asked(olive, client, stored):
    at = olive.drafts()
    assert "Family name" in olive.get(at + "/asked")
    olive.post(at + "/asked", family_name="off", country="asked", postcode="required")
    olive.publishes(at)
    page = client.get(at).text
    assert 'name="family_name"' not in page
    assert re.search(r'<label for="country">Country <span class="opt">', page)
    assert re.search(r'<input[^>]*name="postcode"[^>]* required', page)
    (campaign,) = stored(Campaign)
    answer = post(client, campaign, family_name="Signer", country="", postcode="", given_name="Samira")
    assert answer.status_code == 422
    assert "Write your postcode." in answer.text
    assert 'value="Samira"' in answer.text
    assert post(client, campaign, family_name="Signer", country="", postcode="40126").status_code == 303
    (signature,) = stored(Signature)
    assert (signature.family_name, signature.country, signature.name_key, signature.family_key) == (
        "",
        "",
        "sam",
        "sam",
    )
    assert post(client, campaign, family_name="Late", country="XX", postcode="1").status_code == 422
    post(client, campaign, family_name="Signer", country="IQ", postcode="9")  # while pending the last words count
    (signature,) = stored(Signature)
    assert (signature.family_name, signature.postcode, signature.name_key) == ("", "9", "sam")
    assert "changed what signers are asked" in olive.get("/log")


def test_a_page_opened_before_is_taken_where_nothing_required_is_missing(app, client, make, stored, monkeypatch):
    campaign = make.campaign(asks_country="off")
    assert post(client, campaign, country="IQ", postcode="").status_code == 303
    assert [signature.country for signature in stored(Signature)] == [""]
    with app.app_context():
        db.session.get_one(Campaign, campaign.id).asks_country = "required"
        db.session.commit()
    answer = post(client, campaign, country="", email="late@example.org", show_name="1")
    assert answer.status_code == 422
    page = html.unescape(answer.text)
    assert '<a href="#country">Country: Choose your country.</a>' in page
    assert 'value="late@example.org"' in page
    assert re.search(r'id="show_name"[^>]* checked', page)
    assert len(stored(Signature)) == 1


def test_the_page_of_a_campaign_without_questions_asks_for_none(app, client, make):
    campaign = make.campaign()
    asked = queries(app, client, f"/campaigns/{campaign.slug}")
    assert not [statement for statement in asked if "FROM question" in statement]
