"""Olive writes campaigns: the list, a draft, its parts, publishing, closing, opening again."""

from __future__ import annotations

import datetime as dt
import html
import threading

from sqlalchemy import event

from app.extensions import db
from app.models import Campaign, TextVersion
from tests import desk
from tests.desk import WORDS

olive = desk.olive


def test_olive_is_invited_to_create_the_first_campaign(olive):
    assert "Create the first campaign" in olive.get("/campaigns")


def test_olive_goes_from_the_ask_to_a_public_page(olive, client, stored):
    at = olive.drafts()
    assert client.get(at).status_code == 404
    assert "Everybody can sign, without a closing date." in olive.get(at + "/publish")
    olive.publishes(at)
    page = client.get(at)
    assert page.status_code == 200
    assert "Open the archive" in page.text
    assert "The Minister of Justice" in page.text
    (version,) = stored(TextVersion)
    assert (version.number, version.text, version.reason) == (1, WORDS["text"], "")


def test_olive_is_told_what_is_missing_and_cannot_publish_before(olive, stored):
    at = (
        olive.post("/campaigns/new", ask="Open the archive", locale="en")
        .location.removeprefix(olive.base)
        .removesuffix("/words")
    )
    for page in (at + "/words", at + "/picture", at + "/reports"):
        assert "it needs: a summary, a text, at least one decision maker." in olive.get(page)
    assert "needs: a summary" in olive.post(at + "/publish", status=409, revision="1").text
    assert stored(Campaign)[0].state == "draft"


def test_olive_finds_campaigns_by_ask_decision_maker_and_state(olive, make):
    make.campaign(olive.organisation, ask="Rein in militias")
    make.campaign(olive.organisation, ask="Öffnet das Archiv", published=False, decision_makers=["ÉLYSÉE"])
    make.campaign(olive.organisation, ask="Publish the tests", closed=True, outcome="won")
    make.campaign(ask="Somebody else's ask")
    everything = olive.get("/campaigns")
    assert all(word in everything for word in ("Rein in", "Öffnet", "Publish the", "Draft", "Live", "Won"))
    assert "Somebody else" not in everything
    assert "Rein in" in olive.get("/campaigns?state=live")
    assert "Öffnet" not in olive.get("/campaigns?state=live")
    assert "Publish the" in olive.get("/campaigns?state=closed")
    assert "Öffnet" in olive.get("/campaigns?q=öffnet")
    assert "Öffnet" in olive.get("/campaigns?q=élysée")
    assert "Rein in" not in olive.get("/campaigns?q=élysée")
    assert "No campaign here has" in olive.get("/campaigns?q=100%25")


def test_the_list_shows_signatures_of_the_week_and_pending_ones(olive, make, clock):
    clock.set(dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC))
    campaign = make.campaign(olive.organisation, signature_target=5000)
    make.signature(campaign, confirmed_at=clock.now() - dt.timedelta(days=8))
    make.signature(campaign)
    make.signature(campaign, "pending")
    page = olive.get("/campaigns")
    assert 'aria-label="2 of 5,000"' in page
    assert '<td class="num opt">+1</td>\n<td class="num opt">1</td>' in page


def test_the_week_of_the_list_begins_at_midnight_of_the_campaigns_place(olive, make, clock):
    clock.set(dt.datetime(2026, 11, 20, 22, 30, tzinfo=dt.UTC))  # in Baghdad it is the 21st
    campaign = make.campaign(olive.organisation, closes_zone="Asia/Baghdad", signature_target=5000)
    make.signature(campaign, confirmed_at=dt.datetime(2026, 11, 14, 20, 59, tzinfo=dt.UTC))
    make.signature(campaign, confirmed_at=dt.datetime(2026, 11, 14, 21, 1, tzinfo=dt.UTC))
    assert '<td class="num opt">+1</td>' in olive.get("/campaigns")


def test_the_list_asks_the_same_number_of_questions_for_one_campaign_and_for_many(app, olive, make):
    asked = []
    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", count := lambda *_a: asked.append(1))
    make.campaign(olive.organisation)
    asked.clear()
    olive.get("/campaigns")
    one = len(asked)
    for _n in range(6):
        make.campaign(olive.organisation)
    asked.clear()
    olive.get("/campaigns")
    event.remove(engine, "before_cursor_execute", count)
    assert len(asked) == one


def test_olive_pages_through_many_campaigns(olive, make, monkeypatch):
    monkeypatch.setattr("app.domain.campaign_list.PAGE", 2)
    for n in range(5):
        make.campaign(olive.organisation, ask=f"Ask number {n}")
    seen, page = [], olive.get("/campaigns")
    for _turn in range(3):
        seen += [n for n in range(5) if f"Ask number {n}" in page]
        older = page.partition("after=")[2].partition('"')[0]
        page = olive.get(f"/campaigns?after={older}") if older else ""
    assert sorted(seen) == [0, 1, 2, 3, 4]


def test_two_drafts_with_one_ask_made_at_once_get_two_addresses(app, client, make, sign_in, stored):
    organisation = make.organisation()
    account = make.account("editor", organisation)
    clients = [app.test_client() for _n in range(4)]
    [sign_in(c, account) for c in clients]
    post = lambda c: c.post(f"/desk/{organisation.slug}/campaigns/new", data={"ask": "Open it", "locale": "en"})  # noqa: E731 (short)
    threads = [threading.Thread(target=post, args=(c,)) for c in clients]
    [t.start() for t in threads]
    [t.join() for t in threads]
    assert sorted(c.slug for c in stored(Campaign)) == ["open-it", "open-it-2", "open-it-3", "open-it-4"]


def test_a_change_of_a_published_text_is_a_draft_until_it_is_published_with_a_reason(olive, client, make, stored):
    campaign = make.campaign(olive.organisation, ask="First ask")
    make.signature(campaign)
    at = f"/campaigns/{campaign.slug}"
    olive.post(at + "/words", **WORDS, revision=str(campaign.revision))
    assert "First ask" in client.get(at).text
    page = olive.get(at + "/publish")
    assert "Publish version 2" in page
    assert "1 person signed an earlier version" in page
    assert "Say what changed" in olive.post(at + "/publish", status=409, revision=str(campaign.revision + 1)).text
    olive.publishes(at, reason="Agreed with the families.")
    assert "Open the archive" in client.get(at).text
    assert [v.reason for v in sorted(stored(TextVersion), key=lambda v: v.number)] == ["", "Agreed with the families."]


def test_olive_does_not_publish_words_that_somebody_changed_after_she_looked(olive, stored):
    at = olive.drafts()
    olive.post(at + "/words", ask="Changed", summary="s", text="t", revision="2")
    assert "Somebody else saved" in olive.post(at + "/publish", status=409, revision="2").text
    assert stored(Campaign)[0].state == "draft"


def test_two_people_write_at_once_and_nothing_is_lost(olive, stored):
    at = olive.drafts()
    olive.post(at + "/words", ask="Olive's ask", summary="s", text="Olive's text", revision="2")
    answer = olive.post(at + "/words", status=409, ask="Mona's ask", summary="s", text="Mona's text", revision="2")
    page = html.unescape(answer.text)
    assert all(words in page for words in ("Olive's ask", "Olive's text", "Mona's ask", "Mona's text"))
    assert stored(Campaign)[0].text == "Olive's text"
    olive.post(at + "/words", ask="Mona's ask", summary="s", text="Mona's text", revision="3")
    assert stored(Campaign)[0].text == "Mona's text"


def test_a_background_save_answers_in_json_and_sending_it_twice_is_no_conflict(olive):
    at, json = olive.drafts(), {"Accept": "application/json"}
    save = lambda **data: olive.client.post(olive.base + at + "/words", data=data, headers=json)  # noqa: E731 (short)
    for _twice in range(2):
        answer = save(ask="A", summary="B", text="C", revision="2")
        assert (answer.status_code, answer.json["revision"]) == (200, 3)
        assert answer.json["consequence"].startswith("Ready.")
    assert save(ask="Other", summary="B", text="C", revision="2").status_code == 409
    assert save(ask="", summary="B", text="C", revision="3").json["message"].startswith("Write what you ask")


def test_olive_closes_tells_the_outcome_later_and_opens_again(olive, client, make, stored, clock):
    clock.set(dt.datetime(2026, 11, 1, tzinfo=dt.UTC))
    campaign = make.campaign(olive.organisation)
    at = f"/campaigns/{campaign.slug}"
    olive.post(at + "/close", outcome="")
    assert 'name="given_name"' not in client.get(at).text
    olive.post(at + "/close", status=409, outcome="")
    olive.post(at + "/outcome", outcome="partly_won", outcome_text="Half of it.")
    assert "Half of it." in client.get(at).text
    olive.post(at + "/reopen", status=409, closes_on="2026-10-01")
    olive.post(at + "/reopen", closes_on="2026-12-01")
    (again,) = stored(Campaign)
    assert (again.state, again.outcome, again.closes_at) == ("published", None, dt.datetime(2026, 12, 2, tzinfo=dt.UTC))


def test_olive_throws_a_draft_away_but_never_a_published_campaign(olive, make, stored):
    at = olive.drafts()
    olive.post(at + "/discard")
    assert not stored(Campaign)
    published = make.campaign(olive.organisation)
    olive.post(f"/campaigns/{published.slug}/discard", status=409)
    assert stored(Campaign)


def test_olive_finds_the_outcome_and_the_way_back_beside_a_closed_campaign(olive, make):
    closed = make.campaign(olive.organisation, closed=True)
    page = olive.get(f"/campaigns/{closed.slug}")
    assert f"{olive.base}/campaigns/{closed.slug}/outcome" in page
    assert f"{olive.base}/campaigns/{closed.slug}/reopen" in page
    assert "/outcome" not in olive.get(f"/campaigns/{make.campaign(olive.organisation).slug}")


def test_olive_says_how_a_campaign_ended_that_ended_by_its_date(olive, make, clock):
    over = make.campaign(olive.organisation, closes_at=clock.now() + dt.timedelta(days=1))
    clock.forward(days=2)
    olive.comes_back()
    page = olive.get(f"/campaigns/{over.slug}")
    assert "Say how it ended" in page
    assert f"{olive.base}/campaigns/{over.slug}/close" in page


def test_the_closing_date_that_is_still_ahead_is_offered_when_opening_again(olive, make, clock):
    campaign = make.campaign(olive.organisation, closes_at=clock.now() + dt.timedelta(days=30))
    day = (clock.now() + dt.timedelta(days=30, seconds=-1)).date()
    olive.post(f"/campaigns/{campaign.slug}/close", outcome="")
    assert f'value="{day}"' in olive.get(f"/campaigns/{campaign.slug}/reopen")
    clock.forward(days=31)
    olive.comes_back()
    assert f'value="{day}"' not in olive.get(f"/campaigns/{campaign.slug}/reopen")
