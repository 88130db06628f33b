"""Hand-overs: who says what was handed over to whom, what everybody reads of it, and what stays on record."""

from __future__ import annotations

import datetime as dt

import pytest
from flask_migrate import downgrade, upgrade

from app import manifest_keys
from app.domain import deliveries
from app.domain.export_choice import Choice
from app.domain.rights import NotAllowed
from app.extensions import db
from app.models import Account, Activity, Campaign, Delivery, DeliveryCorrection, DeliveryWay, Manifest, Role
from tests import desk, handed
from tests.test_public_cost import queries

olive = desk.olive
SAID = {
    "delivered_on": "2026-03-02",
    "way": "in_person",
    "way_words": "in the entrance hall",
    "decision_maker": "The Prime Minister",
    "to_name": "N. Karim",
    "to_office": "Office of petitions",
    "public_note": "Four boxes, against a receipt.",
    "desk_note": "Receipt 77 is in the safe.",
    "export": "",
}


@pytest.fixture(autouse=True)
def in_april(clock):
    clock.set(dt.datetime(2026, 4, 1, 9, tzinfo=dt.UTC))


@pytest.fixture
def campaign(olive, make):
    return make.campaign(olive.organisation, slug="archive")


def number(stored):
    return stored(Delivery)[-1].id


def test_olive_records_a_hand_over_with_its_list_and_everybody_reads_it(app, olive, campaign, make, client, stored):
    other = make.campaign()
    with app.app_context():
        for _n in range(4):
            make.signature(campaign)
        few, _content = handed.taken(campaign)
        make.signature(campaign)
        export_id, _content = handed.taken(campaign)
        broken, _content = handed.taken(campaign, finished=False)
        foreign, _content = handed.taken(other)
    with app.app_context(), pytest.MonkeyPatch.context() as patch:
        handed.taken(campaign, Choice(since=export_id))  # of changes: no list to hand over, and in the place of none
        patch.setattr(deliveries, "EXPORTS_OFFERED", 1)
        assert [one.id for one in deliveries.usable(db.session.get_one(Campaign, campaign.id))] == [export_id]
    assert "None yet." in olive.get("/campaigns/archive/deliveries")
    form = olive.get("/campaigns/archive/deliveries/new")
    assert "for a spreadsheet, rows: " in form.partition(f'<option value="{export_id}">')[2].partition("</option>")[0]
    assert f'<option value="{broken}">' not in form
    assert f'<option value="{foreign}">' not in form
    assert f'<option value="{few}">' not in form  # of so few anybody could try out who they are
    for wrong in (few, broken, foreign, 10**9):
        olive.post("/campaigns/archive/deliveries/new", 422, **{**SAID, "export": str(wrong)})
    olive.post("/campaigns/archive/deliveries/new", **{**SAID, "export": str(export_id)})
    (manifest,) = stored(Manifest)
    listed = olive.get("/campaigns/archive/deliveries")
    assert "Receipt 77" in listed
    assert f"/manifests/{manifest.public_id}" in listed
    page = client.get("/campaigns/archive").text
    assert "The signatures were handed over on 2 March 2026." in page
    line = "In person (\u2068in the entrance hall\u2069), to \u2068The Prime Minister\u2069, \u2068N. Karim\u2069, "
    assert line in page
    assert page.count(f'href="/manifests/{manifest.public_id}"') == 2  # where it stands, and where it is told
    assert page.count("Four boxes, against a receipt.") == 2
    assert "Receipt 77" not in page
    feed = client.get("/campaigns/archive/feed.atom").text
    assert f"{app.config['BASE_URL']}/manifests/{manifest.public_id}" in feed
    assert "Receipt 77" not in feed
    assert [(e.deed, e.thing_kind, e.details.get("rows")) for e in stored(Activity)][-1] == ("created", "delivery", 5)


def test_olive_corrects_it_and_what_stood_there_stays_on_record(olive, campaign, client, stored):
    olive.post("/campaigns/archive/deliveries/new", **SAID)
    at = f"/campaigns/archive/deliveries/{number(stored)}"
    assert 'value="2026-03-02"' in olive.get(at)
    olive.post(at, **{**SAID, "desk_note": "Receipt 78.", "revision": "1"})
    assert stored(Delivery)[0].corrected_at is None  # nothing that the public reads
    olive.post(at, **{**SAID, "to_name": "R. Saleh", "way": "post", "revision": "2"})
    page = client.get("/campaigns/archive").text
    assert "R. Saleh" in page
    assert "N. Karim" not in page
    assert "Corrected on 1 April 2026." in page
    assert [one.before for one in stored(DeliveryCorrection)] == [
        {"desk_note": "Receipt 77 is in the safe."},
        {"way": "in_person", "to_name": "N. Karim", "desk_note": "Receipt 78."},
    ]
    listed = olive.get("/campaigns/archive/deliveries")
    assert "Corrected 2 times" in listed
    assert "Who took it: <bdi>N. Karim</bdi>" in listed
    assert "Somebody else corrected this" in olive.post(at, 409, **SAID, revision="1").text
    olive.post(at, **{**SAID, "to_name": "R. Saleh", "way": "post", "revision": "3"})
    assert len(stored(DeliveryCorrection)) == 2  # the same again is no correction


def test_olive_takes_it_off_the_page_and_puts_it_back(olive, campaign, client, stored):
    for day in ("2026-03-02", "2026-03-09"):
        olive.post("/campaigns/archive/deliveries/new", **{**SAID, "delivered_on": day})
    at = f"/campaigns/archive/deliveries/{number(stored)}"
    olive.post(at + "/remove")
    assert "The hand-over is off the page." in (shown := olive.get("/campaigns/archive/deliveries"))
    assert f'action="{olive.base}{at}/restore"' in shown
    page = client.get("/campaigns/archive").text
    assert "9 March 2026" not in page
    assert "Handed over on 2 March 2026" in page  # the latest one that stands
    olive.get(at, 404)
    olive.post(at + "/restore")
    page = client.get("/campaigns/archive").text
    assert page.index("handed over on 9 March 2026") < page.index("handed over on 2 March 2026")
    deeds = [entry.deed for entry in stored(Activity) if entry.thing_kind == "delivery"]
    assert deeds == ["created", "created", "removed", "restored"]


@pytest.mark.parametrize(
    ("changed", "status", "sentence"),
    [
        ({"delivered_on": ""}, 422, "Choose the day on which it was handed over."),
        ({"way": ""}, 422, "Choose how it was handed over."),
        ({"way": "other", "way_words": ""}, 422, "Write in which way."),
        (dict.fromkeys(("decision_maker", "to_name", "to_office"), ""), 422, "or write who took it"),
        ({"decision_maker": "Somebody else's minister"}, 422, "Not a valid choice"),
        ({"public_note": "x" * 1001}, 422, "Use at most 1000 characters."),
        ({"delivered_on": "2026-04-03"}, 409, "This day has not come yet."),
    ],
)
def test_olive_reads_what_is_missing_and_loses_no_word(olive, campaign, stored, changed, status, sentence):
    page = olive.post("/campaigns/archive/deliveries/new", status, **{**SAID, **changed}).text
    assert sentence in page
    assert "Receipt 77 is in the safe." in page
    assert stored(Delivery) == []


def test_an_editor_says_it_and_only_who_may_export_names_the_list(app, olive, campaign, clock, make, sign_in, stored):
    for _n in range(5):
        make.signature(campaign)
    with app.app_context():
        export_id, _content = handed.taken(campaign)
    at = "/campaigns/archive/deliveries/new"

    def somebody(role, name="Mona"):
        client = app.test_client()
        sign_in(client, make.account(role, olive.organisation, name=name))
        return desk.Desk(client, olive.organisation)

    editor, officer = somebody(Role.EDITOR, "Esra"), somebody(Role.DATA_OFFICER)
    assert f'<option value="{export_id}"' not in editor.get(at)
    editor.post(at, **{**SAID, "export": str(export_id)})
    assert stored(Delivery)[0].export_id is None
    with app.test_request_context():
        words = deliveries.Words(dt.date(2026, 3, 2), DeliveryWay.IN_PERSON)
        by, mine = stored(Account, name="Esra")[0], db.session.get_one(Campaign, campaign.id)
        given = {"export_id": export_id, "by": by, "seal": manifest_keys.seal(), "now": clock.now()}
        with pytest.raises(NotAllowed):  # nor by another way than the form
            deliveries.record(mine, words, **given)
    draft = make.campaign(olive.organisation, published=False)
    editor.post(f"/campaigns/{draft.slug}/deliveries/new", 409, **SAID)
    at = at.replace("new", str(number(stored)))
    officer.post(at, **{**SAID, "export": str(export_id), "revision": "1"})
    editor.post(at, **{**SAID, "to_name": "R. Saleh", "revision": "2"})
    assert (stored(Delivery)[0].export_id, stored(Delivery)[0].to_name) == (export_id, "R. Saleh")
    somebody(Role.ANALYST).get("/campaigns/archive/deliveries", 403)


def test_another_campaigns_hand_over_is_not_there(olive, campaign, make, stored):
    olive.post("/campaigns/archive/deliveries/new", **SAID)
    other = make.campaign(olive.organisation)
    for act in ("", "/remove", "/restore"):
        olive.post(f"/campaigns/{other.slug}/deliveries/{number(stored)}{act}", 404, **SAID)
    assert stored(Delivery)[0].removed_at is None


def test_a_page_asks_once_for_any_number_of_hand_overs(app, olive, campaign, client):
    costs = []
    for _ in range(2):
        for day in range(1, 4):
            olive.post("/campaigns/archive/deliveries/new", **{**SAID, "delivered_on": f"2026-03-0{day}"})
        costs.append(len(queries(app, client, "/campaigns/archive")))
    assert costs[0] == costs[1]


def test_the_day_that_was_kept_before_becomes_a_hand_over(app, make, client, stored):
    make.campaign(slug="archive", delivered_on=dt.date(2026, 3, 2))
    make.campaign()
    with app.app_context():
        db.engine.dispose()
        try:
            downgrade(revision="0013")
        finally:
            upgrade()
            db.engine.dispose()
    (kept,) = stored(Delivery)
    assert (kept.key, kept.delivered_on, kept.way) == ("delivered", dt.date(2026, 3, 2), None)
    assert "The signatures were handed over on 2 March 2026." in client.get("/campaigns/archive").text
