"""Where the site asks for it, somebody else lets a campaign through (MOD-01)."""

from __future__ import annotations

import html
import threading

import pytest

from app.models import Campaign, Mail, MailKind, PublicationPlan, Review, TextVersion
from tests import mailing
from tests.desk import WORDS, Desk


@pytest.fixture
def team(app, make, sign_in):
    """Esra edits; Olive and Omar own the organisation; on a site that reviews campaigns."""
    app.config["REVIEW_CAMPAIGNS"] = True
    organisation = make.organisation()
    people = {}
    for name, role in (("esra", "editor"), ("olive", "owner"), ("omar", "owner")):
        client = app.test_client()
        account = make.account(role, organisation, email=f"{name}@example.org", name=name.title())
        sign_in(client, account)
        people[name] = Desk(client, organisation)
    return people


@pytest.fixture
def asked(team):
    """Esra wrote a campaign and asked for a review; answers where it is."""
    at = team["esra"].drafts()
    team["esra"].post(at + "/review", note="Is the second sentence fair?")
    return at


def revision(page):
    return page.partition('name="revision" value="')[2].partition('"')[0]


def to(stored, kind):
    return sorted(mail.recipient for mail in stored(Mail, kind=kind))


def test_esra_cannot_publish_and_is_led_to_ask(team, client, stored):
    esra, at = team["esra"], team["esra"].drafts()
    page = esra.get(at + "/publish")
    assert "Publish now" not in page
    assert "Ask for a review" in page
    answer = esra.post(at + "/publish", status=403, revision="2")
    assert "Ask for a review" in answer.text
    assert stored(Campaign)[0].state == "draft"
    assert client.get(at).status_code == 404


def test_an_owner_publishes_without_asking_anybody(team, client):
    at = team["olive"].drafts()
    team["olive"].publishes(at)
    assert client.get(at).status_code == 200


def test_whoever_may_review_is_told_and_lets_it_through(app, team, asked, client, stored, smtp):
    app.config["MAIL_URL"] = smtp.url
    assert to(stored, MailKind.REVIEW_ASKED) == ["olive@example.org", "omar@example.org"]
    mailing.deliver(app)
    mail = mailing.text(smtp.messages[0])
    assert "Is the second sentence fair?" in mail
    assert f"/desk/{team['olive'].organisation.slug}{asked}/review" in mail
    assert client.get(asked).status_code == 404
    page = team["olive"].get(asked + "/review")
    assert "Is the second sentence fair?" in page
    team["olive"].post(asked + "/publish", revision=revision(page), review=str(stored(Review)[0].id))
    assert client.get(asked).status_code == 200
    assert (stored(Review)[0].decision, stored(TextVersion)[0].number) == ("published", 1)
    smtp.messages.clear()
    mailing.deliver(app)
    (told,) = smtp.messages
    assert (told["To"], "is public" in mailing.text(told)) == ("esra@example.org", True)


@pytest.fixture
def mona(app, make, sign_in, team):
    """A moderator of the site, member of no organisation."""
    client = app.test_client()
    sign_in(client, make.account(role=None, email="mona@example.org", name="Mona", is_moderator=True))
    return Desk(client, team["olive"].organisation)


def test_mona_finds_what_waits_anywhere_and_decides(app, team, mona, make, client, stored):
    at = team["esra"].drafts()
    assert "Nobody asks for a review" in mona.post(at + "/review/let-through", status=409, revision="2").text
    assert client.get(at).status_code == 404
    team["esra"].post(at + "/review", note="Is the second sentence fair?")
    assert "mona@example.org" in to(stored, MailKind.REVIEW_ASKED)
    assert f'href="{mona.base}{at}/review"' in mona.client.get("/desk").text
    page = mona.get(at + "/review")
    assert "Is the second sentence fair?" in page
    assert "Publish later" not in page
    mona.get(at + "/publish", 403)
    number = str(stored(Review)[0].id)
    mona.post(at + "/review/send-back", review=number, words="Say who says so.")
    team["esra"].post(at + "/review")
    again = str(stored(Review)[1].id)
    page = mona.get(at + "/review")
    mona.post(at + "/review/let-through", status=409, revision=revision(page), review=number)
    mona.post(at + "/review/let-through", revision=revision(page), review=again)
    assert client.get(at).status_code == 200
    assert "There is nothing new to publish" in mona.get(at + "/review")


def test_it_is_sent_back_with_words_and_asked_again(app, team, asked, stored, smtp):
    app.config["MAIL_URL"] = smtp.url
    number = str(stored(Review)[0].id)
    assert "Say what has to change." in team["olive"].post(asked + "/review/send-back", status=409, review=number).text
    later = {"on": "2099-12-01", "at": "9:30", "zone": "UTC", "revision": str(stored(Campaign)[0].revision)}
    team["olive"].post(asked + "/publish/later", **later)
    assert stored(PublicationPlan)
    team["olive"].post(asked + "/review/send-back", review=number, words="Name the source.")
    assert (stored(Campaign)[0].state, stored(PublicationPlan)) == ("draft", [])  # and no job publishes it all the same
    assert "Name the source." in team["esra"].get(asked)
    mailing.deliver(app)
    assert [mail["To"] for mail in smtp.messages] == ["esra@example.org"]  # nobody need look at it any more
    assert "Name the source." in mailing.text(smtp.messages[0])
    team["esra"].post(asked + "/review", note="The source is named.")
    assert [review.decision for review in stored(Review)] == ["sent_back", None]
    assert "Name the source." not in team["esra"].get(asked)


def test_esra_takes_the_question_back(team, asked, stored):
    page = team["esra"].get(asked + "/publish")
    assert "Take the question back" in page
    team["esra"].post(asked + "/review/take-back", review=str(stored(Review)[0].id))
    assert (stored(Campaign)[0].state, stored(Review)[0].decision) == ("draft", "taken_back")


def test_an_editor_cannot_decide(team, asked, stored):
    number = str(stored(Review)[0].id)
    team["esra"].post(asked + "/review/send-back", status=403, review=number, words="I do.")
    team["esra"].post(asked + "/publish", status=403, revision="2", review=number)
    assert (stored(Campaign)[0].state, stored(Review)[0].decision) == ("in_review", None)


def test_words_changed_after_the_reviewer_looked_are_not_let_through(team, asked, stored):
    page = team["olive"].get(asked + "/publish")
    team["esra"].post(asked + "/words", **{**WORDS, "text": "Something else."}, revision=revision(page))
    answer = team["olive"].post(asked + "/publish", status=409, revision=revision(page))
    assert "Somebody else saved this campaign" in answer.text
    assert stored(Campaign)[0].state == "in_review"


def test_a_later_version_waits_while_the_page_stays_as_it_is(team, asked, client, stored):
    team["olive"].publishes(asked)
    team["esra"].post(asked + "/words", **{**WORDS, "text": "A second text."}, revision="2")
    team["esra"].post(asked + "/publish", status=403, revision="3", reason="Better words")
    team["esra"].post(asked + "/review", note="Better words")
    assert stored(Campaign)[0].state == "published"
    assert "A second text." not in client.get(asked).text
    team["omar"].publishes(asked, reason="Better words")
    assert "A second text." in client.get(asked).text
    assert [review.decision for review in stored(Review)] == ["published", "published"]


def test_two_who_decide_at_once_decide_once_and_the_second_is_told(team, asked, stored):
    """MOD-01: nothing is sent twice, and the answer says what the other did."""
    number = str(stored(Review)[0].id)
    page = team["olive"].get(asked + "/publish")
    acts = {
        "olive": ("/publish", {"revision": revision(page), "review": number}),
        "omar": ("/review/send-back", {"review": number, "words": "Not yet."}),
    }
    start, answers = threading.Barrier(2), {}

    def decide(name, path, data):
        start.wait()
        answers[name] = team[name].client.post(team[name].base + asked + path, data=data)

    threads = [threading.Thread(target=decide, args=(name, *act)) for name, act in acts.items()]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert sorted(answer.status_code for answer in answers.values()) == [303, 409]
    (second,) = (answer for answer in answers.values() if answer.status_code == 409)
    assert "This is decided already" in html.unescape(second.text)
    won = "published" if answers["olive"].status_code == 303 else "sent_back"
    assert stored(Review)[0].decision == won
    assert stored(Campaign)[0].state == ("published" if won == "published" else "draft")
    assert len(stored(Mail, kind=MailKind.REVIEW_DECIDED)) == 1
    assert len(stored(TextVersion)) == (won == "published")


def test_whoever_comes_second_reads_who_decided(team, asked, stored):
    number = str(stored(Review)[0].id)
    team["omar"].post(asked + "/review/send-back", review=number, words="Not yet.")
    answer = team["olive"].post(asked + "/publish", status=409, revision="2", review=number)
    assert "Omar sent it back" in answer.text
    assert stored(Campaign)[0].state == "draft"


def test_a_site_that_stops_reviewing_lets_editors_publish_what_waits(app, team, asked, client, stored):
    app.config["REVIEW_CAMPAIGNS"] = False
    team["esra"].publishes(asked)
    assert client.get(asked).status_code == 200
    assert stored(Review)[0].decision == "published"


def test_a_draft_that_was_reviewed_can_be_thrown_away(team, asked, stored):
    team["esra"].post(asked + "/discard", status=409)
    team["omar"].post(asked + "/review/send-back", review=str(stored(Review)[0].id), words="No.")
    team["esra"].post(asked + "/discard")
    assert not stored(Campaign)
    assert not stored(Review)
