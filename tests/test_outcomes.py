"""What a page asks for once it is known what became of the campaign, and what others read of it then."""

from __future__ import annotations

import datetime as dt
import json
import re
from urllib.parse import unquote

import pytest

from app.models import Outcome
from tests import desk
from tests.test_share_picture import ink, picture

olive = desk.olive
ANSWER = {
    "delivered_on": dt.date(2026, 3, 2),
    "response": "Every result will be published.",
    "response_by": "The Commissioners",
    "response_on": dt.date(2026, 3, 20),
}


def data_of(page):
    return json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)[1])


@pytest.mark.parametrize(
    ("outcome", "word"), [(Outcome.WON, "Won"), (Outcome.PARTLY_WON, "Partly won"), (Outcome.NOT_WON, "Not won")]
)
def test_sam_reads_what_became_of_it_and_passes_that_on(client, make, outcome, word):
    make.campaign(slug="water", ask="Test it", closed=True, outcome=outcome, outcome_text="412 tests.", **ANSWER)
    page = client.get("/campaigns/water").text
    assert "Add my name" not in page
    assert 'href="#response"' in page
    assert "Share the news" in page
    assert "Pass it on" not in page
    assert 'href="/">See other campaigns</a>' in page
    assert f'property="og:description" content="{word}. 412 tests."' in page
    assert f"{word}: Test it" in unquote(re.search(r'href="https://wa\.me/\?text=([^"]*)"', page)[1])
    data = data_of(page)
    assert data["creativeWorkStatus"] == outcome.value
    assert data["mentions"]["text"] == ANSWER["response"]
    assert data["mentions"]["datePublished"] == "2026-03-20"


def test_a_campaign_without_an_outcome_says_so_and_offers_others(client, make):
    make.campaign(slug="water", closed=True)
    page = client.get("/campaigns/water").text
    assert "What becomes of it will be said here." in page
    assert "Share the news" not in page
    assert "See other campaigns" in page
    assert not {"creativeWorkStatus", "mentions"} & set(data_of(page))


def test_an_open_campaign_with_an_answer_still_asks_for_names(client, make):
    make.campaign(slug="water", **ANSWER)
    page = client.get("/campaigns/water").text
    assert "Add my name" in page
    assert "<bdi>The Commissioners</bdi> answered on 20 March 2026" in page
    assert "See other campaigns" not in page
    assert "Every result will be published." in page


def test_lists_show_that_it_was_handed_over_or_answered(client, make):
    organisation = make.organisation(slug="tigris")
    make.campaign(organisation, **ANSWER)
    make.campaign(organisation, delivered_on=dt.date(2026, 2, 1))
    make.campaign(organisation, closed=True, delivered_on=dt.date(2025, 2, 1))
    for address in ("/", "/organisations/tigris"):
        page = client.get(address).text
        for said in ("</bdi> answered on 20 March 2026", "over on 1 February 2026", "over on 1 February 2025"):
            assert page.count(said) == 1, (address, said)


def test_the_picture_that_goes_with_a_link_says_how_it_ended(app, client, make):
    make.campaign(slug="open", signature_target=10)
    make.campaign(slug="won", signature_target=10, closed=True, outcome=Outcome.WON)
    corner = (900, 540, 1190, 620)
    assert ink(picture(client, "open"), corner) == 0
    assert ink(picture(client, "won"), corner) > 100
    assert "share.png?v=0-won" in client.get("/campaigns/won").text
    assert 'share.png?v=0"' in client.get("/campaigns/open").text


def test_olive_finds_the_way_between_outcome_and_answer(olive, make):
    campaign = make.campaign(olive.organisation, closed=True)
    at = f"/campaigns/{campaign.slug}"
    assert f'href="{olive.base}{at}/response"' in olive.get(at + "/outcome")
    assert f'href="{olive.base}{at}/outcome"' in olive.get(at + "/response")


def test_what_others_read_of_an_update_has_no_marks_of_markdown(client, make):
    campaign = make.campaign(make.organisation(name="Tigris Desk"), slug="water")
    post = make.update(
        campaign, "We met", "## First\n\nIt lasted **two hours** & more. See [this](https://a.example/)."
    )
    page = client.get(f"/campaigns/water/updates/{post.public_id}").text
    assert 'property="og:description" content="It lasted two hours &amp; more. See this."' in page
    data = data_of(page)
    assert (data["headline"], data["author"]["name"]) == ("We met", "Tigris Desk")
    assert data["isPartOf"]["url"].endswith("/campaigns/water")


@pytest.mark.sqlite_alone
def test_olive_keeps_her_words_where_there_is_no_outcome_yet(olive, make):
    make.campaign(olive.organisation, slug="water")
    page = olive.post("/campaigns/water/outcome", 409, outcome="won", outcome_text="412 tests.").text
    assert "Close the campaign first." in page
    assert "412 tests." in page
