"""Targets stay honest: they move with a reason, the desk says what is to be expected, organisers hear of milestones once each."""

from __future__ import annotations

import datetime as dt
import html
import threading
from collections import Counter

import pytest

from app.domain import signing
from app.extensions import db
from app.models import Campaign, Mail, MailKind, Milestone, TargetChange
from tests import desk, mailing
from tests.test_milestones import look

olive = desk.olive
NOW = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)
FRAME = {"closes_on": "", "zone": "UTC", "locale": "en"}


def test_olive_moves_the_target_of_a_public_campaign_with_a_reason_that_its_page_shows(
    olive, client, make, stored, clock
):
    clock.set(NOW)
    campaign = make.campaign(olive.organisation, signature_target=100)
    at = f"/campaigns/{campaign.slug}"
    refused = olive.post(at + "/target", status=422, signature_target="200", **FRAME)
    assert "Say why the target changes." in refused.text
    assert not stored(TargetChange)
    olive.post(at + "/target", signature_target="200", target_reason="More came than we < hoped.", **FRAME)
    assert "changed from 100 to 200 on 22 November 2026" in client.get(at).text
    assert "More came than we < hoped." in html.unescape(client.get(at).text)
    olive.post(at + "/target", signature_target="200", **FRAME)
    assert len(stored(TargetChange)) == 1


def test_the_target_of_a_draft_moves_without_one(olive, make, stored):
    draft = make.campaign(olive.organisation, published=False)
    assert "Why the target changes" not in olive.get(f"/campaigns/{draft.slug}/target")
    olive.post(f"/campaigns/{draft.slug}/target", signature_target="200", **FRAME)
    assert (stored(Campaign)[0].signature_target, stored(TargetChange)) == (200, [])


@pytest.mark.parametrize(
    ("target", "closes_on", "signed", "said"),
    [
        (54, None, 14, "the target is reached on 12 December 2026."),  # two a day: forty more take twenty days
        (54, dt.date(2026, 12, 12), 14, "the target is reached on 12 December 2026."),
        (54, dt.date(2026, 12, 11), 14, "it will have 52 signatures when it closes"),
        (14, None, 14, ""),
        (54, None, 0, ""),
        (100_000_000, None, 14, ""),
    ],
)
def test_the_desk_says_where_the_pace_of_this_week_leads(olive, make, clock, target, closes_on, signed, said):
    clock.set(NOW - dt.timedelta(days=30))
    closes_at = closes_on and dt.datetime.combine(closes_on + dt.timedelta(days=1), dt.time(), dt.UTC)
    campaign = make.campaign(olive.organisation, signature_target=target, closes_at=closes_at)
    for n in range(signed):
        make.signature(campaign, confirmed_at=NOW - dt.timedelta(days=n % 7))
    clock.set(NOW)
    page = olive.get(f"/campaigns/{campaign.slug}")
    assert ("At the pace of the last seven days" in page) == bool(said)
    assert said in page


def test_a_paused_campaign_has_no_pace(olive, make, clock):
    clock.set(NOW)
    campaign = make.campaign(olive.organisation, signature_target=50)
    make.signature(campaign)
    assert "At the pace" in olive.get(f"/campaigns/{campaign.slug}")
    olive.post(f"/campaigns/{campaign.slug}/pause", reason="We talk.")
    assert "At the pace" not in olive.get(f"/campaigns/{campaign.slug}")


def test_organisers_hear_of_the_highest_number_that_was_reached_and_data_officers_do_not(
    app, make, clock, stored, smtp
):
    app.config["MAIL_URL"] = smtp.url
    clock.set(NOW)
    organisation = make.organisation()
    for role in ("owner", "editor", "data_officer", "viewer"):
        make.account(role, organisation, email=f"{role}@example.org")
    campaign = make.campaign(organisation, ask="Open it", signature_target=20)
    for _ in range(21):
        make.signature(campaign)
    for _ in range(2):
        look(app, NOW)
    mailing.deliver(app)
    assert {mail["To"] for mail in smtp.messages} == {"owner@example.org", "editor@example.org"}
    assert len(smtp.messages) == 2
    assert smtp.messages[0]["Subject"] == "Target reached: Open it"
    assert "has reached 20 signatures; its target is 20." in mailing.text(smtp.messages[0])


def test_what_was_reached_long_ago_is_no_news(app, make, stored):
    organisation = make.organisation()
    make.account("owner", organisation)
    campaign = make.campaign(organisation, signature_target=4)
    for _ in range(4):
        make.signature(campaign, confirmed_at=NOW - dt.timedelta(days=2))
    look(app, NOW)
    assert len(stored(Milestone)) == 1
    assert not stored(Mail)


def test_twenty_who_confirm_at_once_make_one_mail_for_a_milestone(app, make, stored):
    """SIG-12, and not again after somebody withdrew and others signed."""
    organisation = make.organisation()
    make.account("owner", organisation)
    campaign = make.campaign(organisation, signature_target=20)
    pending = [make.signature(campaign, "pending") for _ in range(20)]
    start = threading.Barrier(23)

    def confirm(public_id):
        start.wait()
        with app.app_context():
            signing.confirm(public_id, grace=dt.timedelta(hours=1), now=dt.datetime.now(dt.UTC))
            db.session.remove()

    def watch():
        start.wait()
        for _ in range(5):
            look(app)

    threads = [threading.Thread(target=confirm, args=(one.public_id,)) for one in pending]
    threads += [threading.Thread(target=watch) for _ in range(3)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    look(app)
    with app.app_context():
        signing.withdraw(pending[0].public_id, now=dt.datetime.now(dt.UTC))
    look(app)
    make.signature(campaign)
    look(app)
    told = Counter(mail.milestone_id for mail in stored(Mail, kind=MailKind.MILESTONE))
    (target,) = stored(Milestone, number=20)
    assert told[target.id] == 1
    assert set(told.values()) == {1}
