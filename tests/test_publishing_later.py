"""A draft is published at a moment, by the worker, if nothing is missing then."""

from __future__ import annotations

import datetime as dt
import html

import pytest

from app import jobs
from app.extensions import db
from app.models import Campaign, Mail, MailKind, Membership, PublicationPlan, TextVersion
from tests import desk, mailing
from tests.desk import WORDS

olive = desk.olive
NOW = dt.datetime(2026, 11, 1, 12, tzinfo=dt.UTC)
MOMENT = dt.datetime(2026, 11, 2, 6, 30, tzinfo=dt.UTC)  # 9:30 in Baghdad
LATER = {"on": "2026-11-02", "at": "9:30", "zone": "Asia/Baghdad"}


@pytest.fixture
def planned(olive, clock):
    """A draft, to be published tomorrow at half past nine in Baghdad; answers where it is."""
    clock.set(NOW)
    at = olive.drafts()
    olive.post(at + "/publish/later", revision="2", **LATER)
    return at


def work(app, clock):
    with app.app_context():
        jobs.publish_planned(clock.now())
        db.session.remove()


def test_it_is_public_from_its_moment_on_and_never_before(app, client, olive, planned, clock, stored):
    assert "will be published on 2 November 2026, 09:30 in Baghdad" in olive.get(planned)
    clock.set(MOMENT - dt.timedelta(seconds=1))
    work(app, clock)
    assert client.get(planned).status_code == 404
    clock.set(MOMENT)
    for _worker in range(2):
        work(app, clock)
    assert client.get(planned).status_code == 200
    (campaign,) = stored(Campaign)
    assert (campaign.state, campaign.published_at) == ("published", MOMENT)
    (version,) = stored(TextVersion)
    assert version.published_by_id is not None
    assert not stored(PublicationPlan)
    assert not stored(Mail)


def test_what_is_written_until_then_goes_out(app, client, olive, planned, clock):
    olive.post(planned + "/words", **{**WORDS, "text": "Written in the night."}, revision="2")
    clock.set(MOMENT)
    work(app, clock)
    assert "Written in the night." in client.get(planned).text


def test_where_something_is_missing_nothing_is_published_and_olive_is_told_once(
    app, client, olive, planned, clock, stored, smtp
):
    app.config["MAIL_URL"] = smtp.url
    olive.post(planned + "/words", ask=WORDS["ask"], summary="", text=WORDS["text"], revision="2")
    clock.set(MOMENT)
    for _worker in range(2):
        work(app, clock)
    assert client.get(planned).status_code == 404
    assert len(stored(Mail, kind=MailKind.NOT_PUBLISHED)) == 1
    mailing.deliver(app)
    (mail,) = smtp.messages
    assert "It needs: a summary." in mailing.text(mail)
    assert "2 November 2026, 09:30" in mailing.text(mail)
    page = olive.get(planned)
    assert "It was to be published on 2 November 2026, 09:30 in Baghdad, and was not. It needs: a summary." in page
    olive.post(planned + "/words", **WORDS, revision="3")
    clock.forward(days=1)
    work(app, clock)
    assert client.get(planned).status_code == 404  # nothing happens by itself any more
    olive.publishes(planned)
    assert "It was to be published" not in olive.get(planned)


def test_olive_takes_it_back_or_chooses_another_moment(app, client, olive, planned, clock):
    olive.post(planned + "/publish/later", revision="2", **{**LATER, "on": "2026-11-03"})
    clock.set(MOMENT)
    work(app, clock)
    assert client.get(planned).status_code == 404
    olive.post(planned + "/publish/later/cancel")
    olive.get(planned)  # which says once what was done
    clock.forward(days=2)
    work(app, clock)
    assert client.get(planned).status_code == 404
    assert "will be published" not in olive.get(planned)


def test_publishing_now_forgets_the_moment(app, olive, planned, clock, stored):
    olive.publishes(planned)
    clock.set(MOMENT)
    work(app, clock)
    assert len(stored(TextVersion)) == 1
    assert not stored(Mail)


@pytest.mark.parametrize(
    ("values", "status", "said"),
    [
        ({"on": "2026-10-31"}, 409, "This moment is past."),
        ({"at": "nine"}, 422, "Write a time of day, such as 9:30."),
        ({"at": "25:00"}, 422, "Write a time of day, such as 9:30."),
        ({"at": ""}, 422, "Write a time of day, such as 9:30."),
        ({"on": ""}, 422, "Choose a day."),
        ({"on": "2027-03-28", "at": "2:30", "zone": "Europe/Berlin"}, 422, "the clocks there go forward"),
        ({"zone": "Mars/Olympus"}, 422, ""),
    ],
)
def test_a_moment_that_cannot_be_is_refused_with_a_sentence(olive, clock, stored, values, status, said):
    clock.set(NOW)
    at = olive.drafts()
    answer = olive.post(at + "/publish/later", status=status, revision="2", **{**LATER, **values})
    assert said in html.unescape(answer.text)
    assert not stored(PublicationPlan)


def test_it_cannot_be_planned_for_after_its_closing_date_or_while_something_is_missing(olive, clock, stored):
    clock.set(NOW)
    at = olive.drafts()
    frame = {"signature_target": "10", "closes_on": "2026-11-01", "zone": "UTC", "locale": "en"}
    olive.post(at + "/target", **frame)
    assert "closes before that" in olive.post(at + "/publish/later", status=409, revision="2", **LATER).text
    olive.post(at + "/words", ask="Open it", summary="", text="", revision="2")
    assert "needs: a summary" in olive.post(at + "/publish/later", status=409, revision="3", **LATER).text
    assert not stored(PublicationPlan)


def test_a_public_campaign_has_no_such_moment(olive, make, stored, clock):
    clock.set(NOW)
    campaign = make.campaign(olive.organisation)
    olive.post(f"/campaigns/{campaign.slug}/publish/later", status=409, revision="1", **LATER)
    assert not stored(PublicationPlan)


def test_whoever_left_the_organisation_publishes_nothing_there(app, client, olive, planned, clock, make, stored):
    boss = make.account("owner", olive.organisation)
    with app.app_context():
        left = db.session.query(Membership).filter(Membership.account_id != boss.id).one()
        db.session.delete(left)
        db.session.commit()
    clock.set(MOMENT)
    work(app, clock)
    assert client.get(planned).status_code == 404
    assert [mail.recipient for mail in stored(Mail)] == [boss.email]


def test_on_a_site_that_reviews_only_the_words_that_were_let_through_go_out(app, client, olive, clock, make, sign_in):
    app.config["REVIEW_CAMPAIGNS"] = True
    clock.set(NOW)
    esra = desk.Desk(app.test_client(), olive.organisation)
    sign_in(esra.client, make.account("editor", olive.organisation))
    at = esra.drafts()
    esra.post(at + "/publish/later", status=403, revision="2", **LATER)
    olive.post(at + "/publish/later", revision="2", **LATER)
    esra.post(at + "/words", **{**WORDS, "text": "Slipped in."}, revision="2")
    clock.set(MOMENT)
    work(app, clock)
    assert client.get(at).status_code == 404
    assert "Its words were changed after they were let through." in olive.get(at)


def test_the_worker_looks_several_times_a_minute():
    (job,) = jobs.PROMISED  # and nothing beside it that could take long
    assert (job.do, job.every <= dt.timedelta(seconds=20)) == (jobs.publish_planned, True)
