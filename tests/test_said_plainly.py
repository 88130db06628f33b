"""Whoever signs reads what visitors see, who else sees what, and how to go back, where it matters to them."""

from __future__ import annotations

import html
import re

import pytest

from app import tokens
from tests import mailing
from tests.factories import form
from tests.test_signing import link, post

LISTS = (
    "took out or handed over a list before, your name is still in it. Ask there to have it taken out: desk@example.org"
)
ELSEWHERE = {"Origin": "https://elsewhere.example"}
MANAGE = tokens.Purpose.MANAGE


def words(page: str) -> str:
    """What a page says, without its marks."""
    main = page.partition("<main")[2] or page
    return " ".join(html.unescape(re.sub(r"<[^>]+>", "", main)).split())


@pytest.mark.sqlite_alone
def test_the_thank_you_says_whether_visitors_see_the_name(app, client, make, smtp):
    app.config["MAIL_URL"] = smtp.url
    campaign = make.campaign()
    for show, said in (
        ({}, "Visitors do not see your name"),
        ({"show_name": "y"}, "Visitors of the campaign’s page see your name"),
    ):
        post(client, campaign, email=f"sam{len(show)}@example.org", **show)
        mailing.deliver(app)
        asked = smtp.messages[-1]
        (confirm,) = {one for one in mailing.links(asked) if "/confirm/" in one}
        assert "no visitor sees it" in mailing.text(asked)
        assert said in words(client.post(confirm, follow_redirects=True).text)
        mailing.deliver(app)
        for part in (mailing.text, mailing.html):
            assert said in words(part(smtp.messages[-1]))
            assert "your name is now under" not in part(smtp.messages[-1])


@pytest.mark.sqlite_alone
def test_whoever_withdraws_knows_before_and_after_what_it_does_not_reach(app, client, make):
    campaign = make.campaign(make.organisation(contact_email="desk@example.org"))
    signature = make.signature(campaign)
    address = f"/manage/{link(app, signature, MANAGE)}"
    before = words(client.get(address).text)
    assert LISTS in before
    assert "This cannot be undone; you can sign again." in before
    over = make.signature(make.campaign(state="closed"))
    once_over = words(client.get(f"/manage/{link(app, over, MANAGE)}").text)
    assert "This cannot be undone, and the campaign can no longer be signed." in once_over
    assert "does not count" not in before
    after = words(client.post(f"{address}/withdraw", follow_redirects=True).text)
    assert LISTS in after
    assert "country, postcode and answers are deleted here" in after
    for state, why in (
        ("held", "it is being looked at"),
        ("invalidated", "it was taken out of the count. If you think"),
    ):
        uncounted = make.signature(campaign, state)
        for purpose in (MANAGE, tokens.Purpose.CONFIRM) if state == "invalidated" else (MANAGE,):
            assert why in words(client.get(f"/{purpose}/{link(app, uncounted, purpose)}").text)


@pytest.mark.sqlite_alone
def test_nobody_is_promised_that_the_organisation_sees_nothing(app, client, make):
    """Those who may see the list see also who has not confirmed yet, and addresses."""
    campaign = make.campaign()
    page = words(client.get("/privacy").text)
    assert "those who may see the list see that it waits" in page
    assert "what you answered where a campaign asks" in page
    assert "so have backups" in page
    assert "the mail names the campaign. Visitors never see it." in client.get(f"/campaigns/{campaign.slug}").text
    pending = make.signature(campaign, "pending")
    refuse = f"/confirm/{link(app, pending)}/refuse"
    assert "Confirm my signature" in client.get(refuse).text  # looking changes nothing
    assert "no visitor saw it" in client.post(refuse).text
    assert "no visitor saw it" in client.get(refuse).text  # a telephone opens its old tabs again


@pytest.mark.sqlite_alone
def test_who_is_refused_at_the_door_is_told_that_nothing_was_stored(app, client, make):
    campaign = make.campaign()
    elsewhere = client.post(f"/campaigns/{campaign.slug}/signatures", data=form(), headers=ELSEWHERE)
    assert elsewhere.status_code == 403
    assert "Open the campaign here, and sign there" in words(elsewhere.text)
    app.config["SIGN_LIMIT"] = 0
    busy = post(client, campaign)
    assert (busy.status_code, "Nothing was stored." in words(busy.text)) == (429, True)
