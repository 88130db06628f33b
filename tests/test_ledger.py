"""About the numbers: everybody can follow what the count is made of, and nobody can be read off it."""

from __future__ import annotations

import datetime as dt
import html
import re

import pytest
from sqlalchemy import func, select

from app.domain import counts, ledger, signing
from app.extensions import db
from app.models import Campaign, Signature
from tests import desk as desks
from tests.test_milestones import look
from tests.test_signer_acts import does

NOVEMBER = dt.datetime(2026, 11, 22, 12, 0, tzinfo=dt.UTC)
olive = desks.olive


@pytest.fixture
def campaign(make, olive, clock):
    clock.set(NOVEMBER - dt.timedelta(days=60))
    return make.campaign(olive.organisation)


def page(client, campaign):
    answer = client.get(f"/campaigns/{campaign.slug}/numbers")
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", answer.text)))


def shown(client, campaign):
    return client.get(f"/campaigns/{campaign.slug}/numbers.json").json


def adds_up(app, numbers, campaign):
    """The count, from what the page shows; and the confirmations that it shows, from the rows."""
    withdrawn = sum(month["number"] for month in numbers["withdrawn"])
    changes = sum(change["delta"] for change in numbers["changes"]) + numbers["earlier_changes"]
    assert numbers["signatures"] == numbers["confirmed"] + changes - withdrawn
    with app.app_context():
        assert numbers["signatures"] == counts.of(campaign.id)
        proven = select(func.count()).where(Signature.campaign_id == campaign.id, Signature.confirmed_at.is_not(None))
        assert numbers["confirmed"] + numbers.get("this_month", 0) == db.session.scalar(proven)


def withdraw(app, signature, clock):
    with app.app_context():
        signing.withdraw(signature.public_id, now=clock.now())


def test_the_lines_add_up_to_the_count(app, client, make, olive, campaign, clock):
    made = [make.signature(campaign) for _ in range(20)]
    withdraw(app, made[0], clock)
    withdraw(app, made[1], clock)
    clock.set(NOVEMBER)
    does(olive, campaign, "invalidate", *made[2:10], make.signature(campaign, "pending"))
    does(olive, campaign, "restore", *made[2:7], reason="mistake")
    does(olive, campaign, "hold", made[12], reason="doubtful")
    withdraw(app, made[12], clock)  # held, so it was taken out already
    numbers = shown(client, campaign)
    adds_up(app, numbers, campaign)
    assert (numbers["signatures"], numbers["confirmed"]) == (14, 20)
    assert [change["delta"] for change in numbers["changes"]] == [-1, 5, -8]
    assert numbers["withdrawn"] == [{"month": "2026-09", "number": 2}]
    text = page(client, campaign)
    for said in ("14 signatures on 22 November 2026", "22 November 2026 −8", "Counted again", "September 2026 −2"):
        assert said in text


def test_an_act_on_many_is_one_line_with_its_reason_and_words(client, make, olive, campaign, clock):
    does(olive, campaign, "invalidate", *(make.signature(campaign) for _ in range(5)))
    (line,) = shown(client, campaign)["changes"]
    assert line == {
        "on": "2026-09-23",
        "delta": -5,
        "act": "invalidate",
        "reason": "automated",
        "words": "A program signed.",
    }
    text = page(client, campaign)
    assert "Signed by a program, not by people. A program signed." in text
    for hidden in ("Olive", "Seen by Sam", "Signer", "12:00 −5"):
        assert hidden not in text


def test_an_act_on_a_few_points_at_nobody(client, make, olive, campaign):
    does(olive, campaign, "invalidate", make.signature(campaign), reason="asked", public_words="A senator left")
    (line,) = shown(client, campaign)["changes"]
    assert (line["delta"], line["reason"], line["words"]) == (-1, None, "")
    text = page(client, campaign)
    assert "−1" in text
    assert "senator" not in text
    assert "asked for it" not in text


def test_withdrawals_of_the_running_month_are_not_told_apart(app, client, make, campaign, clock):
    clock.set(NOVEMBER)
    made = [make.signature(campaign) for _ in range(3)]
    withdraw(app, made[0], clock)
    numbers = shown(client, campaign)
    assert (numbers["signatures"], numbers["confirmed"], numbers["withdrawn"]) == (2, 2, [])
    assert "Taken back" not in page(client, campaign)
    clock.set(NOVEMBER + dt.timedelta(days=20))
    assert shown(client, campaign)["withdrawn"] == [{"month": "2026-11", "number": 1}]
    adds_up(app, shown(client, campaign), campaign)


def test_an_act_without_effect_on_the_count_is_no_line(client, make, olive, campaign):
    does(olive, campaign, "invalidate", make.signature(campaign, "pending"))
    assert shown(client, campaign)["changes"] == []
    assert "None: every change" in page(client, campaign)


def test_older_lines_are_summed_up(app, client, make, olive, campaign, monkeypatch):
    monkeypatch.setattr(ledger, "MOST_LINES", 2)
    for _ in range(3):
        does(olive, campaign, "invalidate", make.signature(campaign))
    numbers = shown(client, campaign)
    assert ([change["delta"] for change in numbers["changes"]], numbers["earlier_changes"]) == ([-1, -1], -1)
    adds_up(app, numbers, campaign)
    assert "Before that, all together −1" in page(client, campaign)


def test_a_milestone_stays_when_signatures_are_taken_out(app, client, make, olive, campaign, clock):
    """SIG-12."""
    with app.app_context():
        db.session.get(Campaign, campaign.id).signature_target = 2
        db.session.commit()
    made = [make.signature(campaign) for _ in range(2)]
    look(app)
    does(olive, campaign, "invalidate", *made)
    look(app)
    assert "23 September 2026: 2 signatures" in page(client, campaign)
    does(olive, campaign, "restore", *made, reason="mistake")
    look(app)
    assert [mark["number"] for mark in shown(client, campaign)["milestones"]] == [2]


def test_the_page_is_led_to_from_the_count_and_drafts_have_none(client, make, campaign):
    assert f"/campaigns/{campaign.slug}/numbers" in client.get(f"/campaigns/{campaign.slug}").text
    draft = make.campaign(published=False)
    for part in ("numbers", "numbers.json"):
        assert client.get(f"/campaigns/{draft.slug}/{part}").status_code == 404
    answer = client.get(f"/campaigns/{campaign.slug}/numbers.json")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "public" in answer.headers["Cache-Control"]
    assert "Set-Cookie" not in answer.headers


def test_a_target_that_moved_says_when_and_why(client, olive, campaign):
    frame = {"zone": "UTC", "locale": "en", "signature_target": "2,000", "target_reason": "The committee asks for more"}
    olive.post(f"/campaigns/{campaign.slug}/target", **frame)
    assert "23 September 2026: changed from 1,000 to 2,000 The committee asks for more" in page(client, campaign)
    assert shown(client, campaign)["target_changes"] == [
        {"on": "2026-09-23", "from": 1000, "to": 2000, "reason": "The committee asks for more"}
    ]
