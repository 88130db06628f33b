"""Whoever confirms means what the page showed, and nothing that somebody typed since."""

from __future__ import annotations

import datetime as dt
import html
import re

import pytest

from app import clock, mailboxes, tokens
from app.domain import questions, signer_imports
from app.domain.imported_rows import ImportedRow
from app.domain.questions import Words
from app.domain.signer_imports import Provenance
from app.extensions import db
from app.models import Account, Answer, Campaign, QuestionKind, Signature, SourceKind
from tests.test_signing import post


@pytest.fixture
def campaign(make):
    return make.campaign(slug="rein-in")


def page_of(client, signature):
    with client.application.app_context():
        address = f"/confirm/{tokens.issue(tokens.Purpose.CONFIRM, signature.public_id)}"
    page = html.unescape(client.get(address).text)
    return address, page, re.search('name="seen" value="([0-9a-f]+)"', page)[1]


def test_what_somebody_typed_after_sam_looked_is_shown_before_it_counts(client, campaign, stored):
    post(client, campaign)
    address, page, seen = page_of(client, stored(Signature)[0])
    assert "without your name" in page
    post(client, campaign, show_name="y", hear_more="y")
    answer = client.post(address, data={"seen": seen})
    assert answer.status_code == 409
    assert "Something else was written with your address" in answer.text
    assert "Visitors will see your name and country" in answer.text
    assert stored(Signature)[0].state == "pending"
    _address, _page, seen = page_of(client, stored(Signature)[0])
    assert client.post(address, data={"seen": seen}).status_code == 303
    assert stored(Signature)[0].state == "confirmed"


def test_sam_from_paper_reads_the_answers_that_wait_and_no_others_are_kept(app, client, make, campaign, stored):
    olive = make.account()
    with app.app_context():
        own = db.session.get_one(Campaign, campaign.id)
        make.membership(olive, own.organisation)
        why = questions.add(own, QuestionKind.LINE, Words("en", "Why?"), is_required=False, now=clock.now()).id
        by, day = db.session.get_one(Account, olive.id), dt.date(2026, 5, 3)
        batch = signer_imports.begin(
            own, Provenance(SourceKind.PAPER, "Circle", day, day), b"x", by=by, now=clock.now()
        )
        row = ImportedRow(1, "Sam", "Paper", "IQ", mailbox=mailboxes.read("sam@example.org"))
        signer_imports.take(batch, [row], seen=batch.revision, malformed=0, by=by, now=clock.now())
    asked = {"questions": f"{why}.1"}
    post(client, campaign, **asked, **{f"q-{why}": "For my son"})
    address, page, seen = page_of(client, stored(Signature)[0])
    assert "For my son" in page
    post(client, campaign, **asked, **{f"q-{why}": "A stranger's words"})
    answer = client.post(address, data={"seen": seen})
    assert (answer.status_code, "A stranger's words" in html.unescape(answer.text)) == (409, True)
    assert stored(Answer) == []
    _address, _page, seen = page_of(client, stored(Signature)[0])
    client.post(address, data={"seen": seen})
    assert [one.value for one in stored(Answer)] == ["A stranger's words"]
    client.post(f"{address}/refuse")
    assert stored(Signature)[0].state == "confirmed"
