"""What changed since the last export: whom to add, whose consent changed, and whom to take out; none is ever lost."""

from __future__ import annotations

import json

import pytest

from app import export_worker
from app.domain import export_changes, exports, signing
from app.domain.exports import Choice
from app.domain.refused import Refused
from app.extensions import db
from app.models import Account, Campaign, Export, ExportCoverage
from tests.test_export_choice import agrees
from tests.test_exports import NOON, olive, rows, take

__all__ = ["olive"]
COLUMNS = ["given_name", "email", "hear_more", "external_id"]


@pytest.fixture
def campaign(make, olive, clock):
    clock.set(NOON)
    return make.campaign(olive, slug="rein-in")


def last(stored):
    return max(one.export_id for one in stored(ExportCoverage))


def test_changes_say_whom_to_add_and_whom_to_take_out(app, client, make, olive, campaign, stored):
    people = {n: make.signature(campaign, given_name=n) for n in ("Stays", "Leaves", "Held", "Fake", "Agrees")}
    assert take(client, olive, campaign, columns=COLUMNS).get_data()
    first = last(stored)
    make.signature(campaign, given_name="New", email="new@example.org")
    with app.app_context():
        signing.withdraw(people["Leaves"].public_id, now=NOON)
        for name, state in (("Held", "held"), ("Fake", "invalidated")):
            change = db.text("UPDATE signature SET state = :state WHERE id = :id")
            db.session.execute(change, {"state": state, "id": people[name].id})
        db.session.commit()
    agrees(app, campaign, people["Agrees"])
    page = client.post(
        f"/desk/{olive.slug}/campaigns/rein-in/export/preview",
        data={"columns": COLUMNS, "since": first, "who": "confirmed"},
    ).text
    assert "Export 5 rows, 6 columns" in page
    assert "new@example.org" not in page
    said = rows(take(client, olive, campaign, columns=COLUMNS, since=str(first), made_for="crm"))
    assert said[0] == ["change", "why", *COLUMNS]
    by_id = {row[5]: row[:5] for row in said[1:]}
    assert by_id.pop(people["Agrees"].public_id)[:3] == ["update", "consent", "Agrees"]
    for name, why in (("Leaves", "withdrawn"), ("Held", "held"), ("Fake", "invalidated")):
        assert by_id.pop(people[name].public_id) == ["remove", why, "", "", ""]
    assert list(by_id.values()) == [["add", "new", "New", "new@example.org", "no"]]
    assert take(client, olive, campaign, columns=COLUMNS, since=str(first + 9)).status_code == 422
    again = take(client, olive, campaign, columns=COLUMNS, since=str(last(stored)), made_for="jsonl")
    assert again.get_data() == b""  # a list of changes is where the next one begins


def test_who_was_not_visible_to_the_last_export_comes_in_the_next(app, client, make, olive, campaign, stored):
    """Confirmed before the export ended, by a transaction that it could not see."""
    make.signature(campaign, given_name="Early")
    answer = take(client, olive, campaign, columns=["given_name"])
    pieces = answer.iter_encoded()
    body = next(pieces) + next(pieces)
    make.signature(campaign, given_name="Between", created_at=NOON, confirmed_at=NOON)
    body += b"".join(pieces)
    assert b"Between" not in body
    answer = take(client, olive, campaign, columns=["given_name"], since=str(last(stored)), made_for="jsonl")
    assert [json.loads(line)["given_name"] for line in answer.get_data().splitlines()] == ["Between"]
    broken = take(client, olive, campaign, columns=["given_name"])
    next(broken.iter_encoded())
    broken.close()
    assert len(stored(ExportCoverage)) == 2  # what was not taken whole is no place to go on from


def test_a_list_of_supporters_takes_out_who_no_longer_agrees(app, client, make, olive, campaign, stored):
    sam = make.signature(campaign, given_name="Sam")
    agrees(app, campaign, sam)
    take(client, olive, campaign, columns=COLUMNS, consent="supporters").get_data()
    with app.app_context():
        signing.choose(sam.public_id, show_name=False, hear_more=False, wording_id=0, now=NOON)
    changes = take(
        client, olive, campaign, columns=COLUMNS, consent="supporters", since=str(last(stored)), made_for="crm"
    )
    assert rows(changes)[1:] == [["remove", "no_longer_meant", "", "", "", sam.public_id]]


def test_only_lists_that_were_taken_count_and_only_those_of_this_organisation(
    app, client, make, olive, campaign, clock, stored, tmp_path, monkeypatch
):
    app.config["INSTANCE_PATH"] = str(tmp_path)
    make.signature(campaign, given_name="Noor")
    take(client, olive, campaign, columns=COLUMNS).get_data()
    first = last(stored)
    for _time in range(6):
        take(client, olive, campaign, columns=COLUMNS, when="later")
        with app.app_context():
            export_worker.write_due(clock.now())
    assert [one.state for one in stored(Export)][1:] == ["ready"] * 6
    make.signature(campaign, given_name="New")
    said = rows(take(client, olive, campaign, columns=COLUMNS, since=str(first), made_for="crm"))
    assert [row[2] for row in said[1:]] == ["New"]
    take(client, olive, campaign, columns=COLUMNS, since=str(first), when="later", made_for="crm")
    waiting = max(one.id for one in stored(Export))
    monkeypatch.setattr(export_changes, "KEPT", 1)
    take(client, olive, campaign, columns=COLUMNS).get_data()
    with app.app_context():
        export_worker.write_due(clock.now())
    (written,) = stored(Export, id=waiting)
    assert written.state == "ready"  # what it begins from was kept, though it is an old one by now
    elsewhere = make.organisation()
    with app.app_context():
        db.session.execute(db.text("UPDATE export SET organisation_id = :id"), {"id": elsewhere.id})
        db.session.commit()
        mine, olives = (
            db.session.get_one(Campaign, campaign.id),
            db.session.get_one(Account, stored(Export)[0].account_id),
        )
        with pytest.raises(Refused, match="that you took yourself"):
            exports._refuse(mine, Choice(since=first), olives)
