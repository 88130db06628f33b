"""The answer: the organiser says it, the page shows it and asks for something else."""

from __future__ import annotations

import datetime as dt

import pytest

from app.models import Campaign, Outcome
from tests import desk

olive = desk.olive
ANSWER = {
    "response": "We will put the armed groups under the army's command.",
    "response_by": "The Prime Minister",
    "response_on": "2026-03-20",
    "response_url": "answers.example.org/1",
}


@pytest.fixture(autouse=True)
def in_april(clock):
    clock.set(dt.datetime(2026, 4, 1, 9, tzinfo=dt.UTC))


def test_olive_tells_the_answer_while_people_still_sign(olive, client, make, stored):
    campaign = make.campaign(olive.organisation)
    at = f"/campaigns/{campaign.slug}"
    assert f"{at}/response" in olive.get(at)
    assert "The Prime Minister" in olive.get(at + "/response")
    olive.post(at + "/response", **ANSWER)
    page = client.get(at).text
    assert "We will put the armed groups under the army&#39;s command." in page
    assert "<bdi>The Prime Minister</bdi> answered on 20 March 2026" in page
    assert 'href="https://answers.example.org/1" rel="noreferrer"' in page
    assert "Add my name" in page
    assert "جاء ردّ" in client.get(f"{at}?lang=ar").text
    (kept,) = stored(Campaign)
    assert kept.state == "published"


def test_the_answer_stands_where_the_form_was_once_it_is_over(olive, client, make):
    campaign = make.campaign(olive.organisation, closed=True, outcome=Outcome.PARTLY_WON, outcome_text="Half of it.")
    olive.post(f"/campaigns/{campaign.slug}/response", **ANSWER)
    page = client.get(f"/campaigns/{campaign.slug}").text
    assert "Add my name" not in page
    assert page.count('href="#response"') == 1
    assert "were handed over" not in page
    assert "<bdi>The Prime Minister</bdi> answered on 20 March 2026" in client.get("/").text


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"response": ""}, "Write what they answered, in their words."),
        ({"response_by": ""}, "Write who answered."),
        ({"response_on": ""}, "Choose the day of the answer."),
        ({"response_on": "soon"}, "Choose a day, or write it as 2027-04-30."),
        ({"response_url": "javascript:alert(1)"}, "Begin the link with https://"),
        ({"response": "x" * 1001}, "Use at most 1000 characters."),
        ({"response_by": "x" * 161}, "Use at most 160 characters."),
    ],
)
def test_olive_reads_what_is_missing_and_loses_no_word(olive, make, stored, changed, sentence):
    campaign = make.campaign(olive.organisation)
    page = olive.post(f"/campaigns/{campaign.slug}/response", 422, **{**ANSWER, **changed}).text
    assert sentence in page
    kept = {**ANSWER, **changed}["response_url"]
    assert kept in page
    assert stored(Campaign)[0].response == ""


def test_olive_cannot_tell_of_a_day_that_has_not_come_nor_answer_a_draft(olive, make, stored):
    campaign, draft = make.campaign(olive.organisation), make.campaign(olive.organisation, published=False)
    page = olive.post(f"/campaigns/{campaign.slug}/response", 409, **{**ANSWER, "response_on": "2026-04-03"}).text
    assert "This day has not come yet." in page
    assert "We will put the armed groups" in page
    olive.post(f"/campaigns/{draft.slug}/response", 409, **ANSWER)
    assert {row.response for row in stored(Campaign)} == {""}


def test_olive_takes_an_answer_back(olive, client, make):
    campaign = make.campaign(olive.organisation)
    olive.post(f"/campaigns/{campaign.slug}/response", **ANSWER)
    olive.post(f"/campaigns/{campaign.slug}/response", **dict.fromkeys(ANSWER, ""))
    assert "answered" not in client.get(f"/campaigns/{campaign.slug}").text


def test_olive_finds_from_the_answer_where_to_say_how_it_ended(olive, make):
    make.campaign(olive.organisation, slug="archive")
    assert f'href="{olive.base}/campaigns/archive/close">Close this campaign' in olive.get(
        "/campaigns/archive/response"
    )
