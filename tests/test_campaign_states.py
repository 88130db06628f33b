"""Which state may follow which, by whom; and what the public sees of a campaign in each of them."""

from __future__ import annotations

import threading

import pytest

from app import clock
from app.domain import topics
from app.domain.campaign_states import TRANSITIONS
from app.extensions import db
from app.models import Campaign, CampaignState, Review, Role, TextVersion, Topic
from app.models.campaign_states import LISTED, PUBLIC
from tests import searching, standing
from tests.test_signing import post

found = searching.found
DRAFT, IN_REVIEW, PUBLISHED, PAUSED, CLOSED, ARCHIVED, TEMPLATE = CampaignState
# What can be pressed on the desk: what is sent, and which states it leads from and to.
ACTS = {
    "publish": ({"revision": "1"}, {DRAFT: PUBLISHED, IN_REVIEW: PUBLISHED}),
    "review": ({"note": "Please"}, {DRAFT: IN_REVIEW}),
    "review/take-back": ({}, {IN_REVIEW: DRAFT}),
    "review/send-back": ({"words": "Shorter."}, {IN_REVIEW: DRAFT}),
    "pause": ({"reason": "We talk."}, {PUBLISHED: PAUSED, PAUSED: PAUSED}),
    "resume": ({}, {PAUSED: PUBLISHED}),
    "close": ({"outcome": ""}, {PUBLISHED: CLOSED, PAUSED: CLOSED}),
    "reopen": ({"closes_on": ""}, {CLOSED: PUBLISHED}),
    "archive": ({}, {CLOSED: ARCHIVED}),
    "bring-back": ({}, {ARCHIVED: CLOSED}),
}


def at(organisation, campaign, act):
    return f"/desk/{organisation.slug}/campaigns/{campaign.slug}/{act}"


def review_of(stored, campaign):
    reviews = stored(Review, campaign_id=campaign.id)
    return {"review": str(reviews[-1].id)} if reviews else {}


def test_the_acts_of_the_desk_are_all_that_the_table_allows_and_nothing_else():
    led = {(old, new) for _data, ways in ACTS.values() for old, new in ways.items() if old != new}
    assert led == {(old, new) for old, news in TRANSITIONS.items() for new in news}
    assert set(TRANSITIONS) == set(CampaignState)


@pytest.mark.parametrize("state", CampaignState)
def test_every_act_leads_where_the_table_says_and_is_refused_elsewhere(client, make, sign_in, stored, state):
    organisation = make.organisation()
    sign_in(client, make.account("owner", organisation))
    for act, (data, ways) in ACTS.items():
        campaign = standing.campaign(make, state, organisation)
        versions = len(stored(TextVersion, campaign_id=campaign.id))
        answer = client.post(at(organisation, campaign, act), data=data | review_of(stored, campaign))
        (now,) = stored(Campaign, id=campaign.id)
        assert answer.status_code == (303 if state in ways else 409), f"{act} from {state}"
        assert now.state == ways.get(state, state), f"{act} from {state}"
        was_published = act == "publish" and state in ways
        assert len(stored(TextVersion, campaign_id=campaign.id)) == versions + was_published, f"{act} from {state}"


@pytest.mark.sqlite_alone
def test_only_who_may_edit_moves_a_campaign(app, make, sign_in, stored):
    """Each act, from a state where it works, as each role."""
    organisation = make.organisation()
    for role in (Role.EDITOR, Role.DATA_OFFICER, Role.VIEWER):
        client = app.test_client()
        sign_in(client, make.account(role, organisation))
        for act, (data, ways) in ACTS.items():
            old, new = next(iter(ways.items()))
            campaign = standing.campaign(make, old, organisation)
            answer = client.post(at(organisation, campaign, act), data=data | review_of(stored, campaign))
            may = role == Role.EDITOR and act != "review/send-back"  # which takes somebody who may review
            assert answer.status_code == (303 if may else 403), f"{act} as {role}"
            assert stored(Campaign, id=campaign.id)[0].state == (new if may else old), f"{act} as {role}"


@pytest.mark.every_case
@pytest.mark.parametrize(
    ("state", "act"), [(DRAFT, "publish"), (PUBLISHED, "close"), (PAUSED, "resume"), (CLOSED, "archive")]
)
def test_two_who_press_the_same_button_at_once_do_it_once(app, make, sign_in, stored, state, act):
    organisation = make.organisation()
    campaign = standing.campaign(make, state, organisation)
    clients = [app.test_client() for _ in range(2)]
    for client in clients:
        sign_in(client, make.account("editor", organisation))
    start, answers = threading.Barrier(2), []

    def press(client):
        start.wait()
        answers.append(client.post(at(organisation, campaign, act), data=ACTS[act][0]).status_code)

    threads = [threading.Thread(target=press, args=(client,)) for client in clients]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert sorted(answers) == [303, 409]
    assert stored(Campaign)[0].state == ACTS[act][1][state]
    assert len(stored(TextVersion)) == 1


@pytest.mark.sqlite_alone
def test_what_is_not_public_answers_exactly_as_if_it_did_not_exist(client, make):
    """SIG-11: in every state that is not public, at every address, the same 404."""
    organisation = make.organisation()
    pages = (
        "",
        "/versions",
        "/count.json",
        "/share.png",
        "/timeline",
        "/updates",
        "/sign",
        "/check-inbox",
        "/feed.atom",
    )
    nowhere = {page: client.get(f"/campaigns/nowhere{page}").text for page in pages}
    known = standing.campaign(make, PUBLISHED, organisation)
    assert all(client.get(f"/campaigns/{known.slug}{page}").status_code == 200 for page in pages)
    unknown = post(client, Campaign(slug="nowhere"))
    for state in standing.UNSEEN:
        campaign = standing.campaign(make, state, organisation)
        for page in pages:
            answer = client.get(f"/campaigns/{campaign.slug}{page}")
            assert answer.status_code == 404, f"{state} {page}"
            assert answer.text.replace(campaign.slug, "nowhere") == nowhere[page], f"{state} {page}"
        signed = post(client, campaign)
        assert (signed.status_code, unknown.status_code) == (404, 404), state
        assert signed.text.replace(campaign.slug, "nowhere") == unknown.text, state


def test_lists_topics_search_and_feeds_show_what_is_listed_and_nothing_else(app, client, make, found):
    organisation = make.organisation(slug="tigris")
    asks = {state: f"Zebra{state.value.replace('_', '')} now" for state in CampaignState}
    made = {state: standing.campaign(make, state, organisation, ask=ask) for state, ask in asks.items()}
    topic = make.topic(organisation, title="Iraq in crisis")
    gather(app, topic, [campaign for state, campaign in made.items() if state != TEMPLATE])
    for address in ("/", "/organisations/tigris", "/topics/iraq-in-crisis", "/feed.atom"):
        page = client.get(address)
        assert page.status_code == 200, address
        for state, ask in asks.items():
            assert (ask in page.text) == (state in LISTED), f"{address} {state}"
    for state, ask in asks.items():
        assert found(ask.split()[0]) == ([ask] if state in LISTED else []), state
        answer = client.get(f"/campaigns/{made[state].slug}")
        assert answer.status_code == (200 if state in PUBLIC else 404), state
        assert ('name="given_name"' in answer.text) == (state == PUBLISHED), state


def gather(app, topic, campaigns):

    with app.app_context():
        topics.gather(db.session.get_one(Topic, topic.id), [campaign.id for campaign in campaigns], now=clock.now())


@pytest.mark.sqlite_alone
def test_the_desks_list_has_each_campaign_where_somebody_looks_for_it(client, make, sign_in):
    organisation = make.organisation()
    sign_in(client, make.account("owner", organisation))
    made = {state: standing.campaign(make, state, organisation, ask=f"Ask {state.value}.") for state in CampaignState}
    made["over"] = standing.over(make, organisation, ask="Ask over.")
    tabs = {
        "all": {DRAFT, IN_REVIEW, PUBLISHED, PAUSED, CLOSED, "over"},
        "live": {PUBLISHED},
        "paused": {PAUSED},
        "drafts": {DRAFT, IN_REVIEW},
        "in_review": {IN_REVIEW},
        "closed": {CLOSED, "over"},
        "archived": {ARCHIVED},
    }
    for tab, expected in tabs.items():
        page = client.get(f"/desk/{organisation.slug}/campaigns?state={tab}").text
        assert {state for state in made if f">Ask {state}.</a>" in page} == expected, tab


@pytest.mark.sqlite_alone
def test_tabs_for_rare_states_stand_there_only_where_they_are_needed(client, make, sign_in):
    organisation = make.organisation()
    sign_in(client, make.account("owner", organisation))
    make.campaign(organisation)
    page = client.get(f"/desk/{organisation.slug}/campaigns").text
    assert "state=closed" in page
    assert not [name for name in ("paused", "in_review", "archived") if f"state={name}" in page]
    standing.campaign(make, ARCHIVED, organisation)
    assert "state=archived" in client.get(f"/desk/{organisation.slug}/campaigns").text
