"""A campaign changes hands: offered by an owner here, accepted by one there, with everything that is truly its own."""

from __future__ import annotations

import datetime as dt

import pytest

from app.domain import library, news_import, pictures, signing, topics, transfers
from app.domain.pictures import Encoded
from app.domain.refused import Gone
from app.domain.tally_reading import Tallies
from app.extensions import db
from app.models import (
    Account,
    Activity,
    Campaign,
    Consent,
    ConsentWording,
    Deed,
    Export,
    NewsItem,
    NewsSource,
    Picture,
    Purpose,
    Report,
    SignerImport,
    Topic,
    Transfer,
    campaign_news,
    campaign_report,
    topic_news,
)
from tests import desk
from tests.factories import PASSWORD

olive = desk.olive
NOW = dt.datetime(2026, 11, 1, 9, tzinfo=dt.UTC)


@pytest.fixture
def campaign(make, olive, clock):
    clock.set(NOW)
    return make.campaign(olive.organisation, slug="rein-in")


@pytest.fixture
def oscar(app, make, sign_in):
    """Oscar, at the desk of another organisation."""
    organisation, client = make.organisation(slug="elsewhere", name="Elsewhere"), app.test_client()
    sign_in(client, make.account("owner", organisation, name="Oscar"))
    return desk.Desk(client, organisation)


def offer(olive, to="elsewhere", status=303, password=PASSWORD):
    return olive.post("/campaigns/rein-in/transfer", status, organisation=to, password=password)


def accept(oscar, stored, status=303, password=PASSWORD):
    return oscar.post(f"/transfers/{stored(Transfer)[-1].public_id}/accept", status, password=password)


def test_olive_offers_and_oscar_accepts_and_the_campaign_is_his_at_once(olive, oscar, campaign, make, stored):
    make.signature(campaign)
    days = {"collected_from": "2026-10-01", "collected_to": "2026-10-31"}
    olive.post("/campaigns/rein-in/imports", kind="paper", collected_by="The circle", are_kept="1", **days)
    assert stored(SignerImport)
    offer(olive, "https://undersigned.example.org/organisations/elsewhere")
    assert "rein-in" in olive.get("/campaigns")
    assert "offers you a campaign" in oscar.get("/campaigns")
    page = oscar.get(f"/transfers/{stored(Transfer)[0].public_id}")
    for words in (olive.organisation.name, "Olive", "1 signature,", "Consent to hear more", campaign.ask):
        assert words in page
    assert accept(oscar, stored).location == "/desk/elsewhere/campaigns/rein-in"
    for path in ("", "/signatures", "/export", "/words", "/transfer"):
        olive.get(f"/campaigns/rein-in{path}", 404)
    assert "rein-in" not in olive.get("/campaigns")
    assert "rein-in" in oscar.get("/campaigns")
    assert "Sam" in oscar.get("/campaigns/rein-in/signatures")
    assert stored(SignerImport) == []  # whoever collected people's names hands them in themselves
    public = olive.client.get("/campaigns/rein-in").text
    assert "Elsewhere" in public
    assert olive.organisation.name not in public
    versions = olive.client.get("/campaigns/rein-in/versions").text
    assert f"went from <bdi>{olive.organisation.name}</bdi> to <bdi>Elsewhere</bdi>" in versions


def test_both_logs_have_it_and_neither_names_a_stranger(olive, oscar, campaign, stored):
    offer(olive)
    accept(oscar, stored)
    logs = {
        one.organisation.id: [
            (entry.deed, entry.by_name, entry.details.get("organisation"))
            for entry in stored(Activity, organisation_id=one.organisation.id)
            if entry.deed in {Deed.OFFERED, Deed.HANDED_OVER, Deed.TOOK_OVER}
        ]
        for one in (olive, oscar)
    }
    assert logs[olive.organisation.id] == [
        ("offered", "Olive 2", "Elsewhere"),
        ("handed_over", "Elsewhere", "Elsewhere"),
    ]
    assert logs[oscar.organisation.id] == [("took_over", "Oscar", olive.organisation.name)]


@pytest.mark.sqlite_alone
@pytest.mark.parametrize("password", ["", "wrong password here"])
def test_the_password_is_asked_for_offering_and_for_accepting(olive, oscar, campaign, stored, password):
    assert "password" in offer(olive, status=422, password=password).text
    assert stored(Transfer) == []
    offer(olive)
    assert "password" in accept(oscar, stored, 422, password).text
    assert stored(Campaign)[0].organisation_id == olive.organisation.id


@pytest.mark.sqlite_alone
def test_only_owners_offer_and_accept(app, olive, oscar, campaign, make, sign_in, stored):
    for role in ("editor", "mailer", "data_officer", "analyst", "viewer"):
        here, there = app.test_client(), app.test_client()
        sign_in(here, make.account(role, olive.organisation))
        sign_in(there, make.account(role, oscar.organisation))
        data = {"organisation": "elsewhere", "password": PASSWORD}
        assert here.post(f"{olive.base}/campaigns/rein-in/transfer", data=data).status_code == 403
        assert there.get(f"{oscar.base}/transfers/x").status_code == 403
    assert stored(Transfer) == []


@pytest.mark.sqlite_alone
@pytest.mark.parametrize(
    ("to", "words"), [("nowhere", "no organisation at this address"), ("", "Write the address"), ("own", "your own")]
)
def test_an_offer_to_nobody_is_refused_in_words(olive, campaign, stored, to, words):
    to = olive.organisation.slug if to == "own" else to
    assert words in offer(olive, to, 422 if not to else 409).text
    assert stored(Transfer) == []


def test_an_offer_is_taken_back_declined_or_runs_out(olive, oscar, campaign, clock, stored):
    offer(olive)
    assert "offered already" in offer(olive, status=409).text
    olive.post("/campaigns/rein-in/transfer/take-back")
    accept(oscar, stored, 410)
    offer(olive)
    oscar.post(f"/transfers/{stored(Transfer)[-1].public_id}/decline")
    accept(oscar, stored, 410)
    offer(olive)
    clock.forward(days=14)
    assert "offers you" not in oscar.get("/campaigns")
    accept(oscar, stored, 410)
    offer(olive)
    assert [one.state for one in stored(Transfer)] == ["taken_back", "declined", "expired", "offered"]
    assert stored(Campaign)[0].organisation_id == olive.organisation.id


@pytest.mark.sqlite_alone
def test_nobody_else_sees_or_answers_an_offer(app, olive, oscar, campaign, make, sign_in, stored):
    """ROLE-03: the same address at every other desk."""
    offer(olive)
    number = stored(Transfer)[0].public_id
    third = make.organisation(slug="third")
    client = app.test_client()
    sign_in(client, make.account("owner", third))
    for where, browser in (("third", client), ("elsewhere", client), (olive.organisation.slug, olive.client)):
        for path, method in (("", "get"), ("/accept", "post"), ("/decline", "post")):
            answer = getattr(browser, method)(f"/desk/{where}/transfers/{number}{path}", data={"password": PASSWORD})
            assert answer.status_code == 404, (where, path)
    assert stored(Transfer)[0].state == "offered"


def test_an_offer_that_ends_while_oscar_reads_it_is_over(app, olive, oscar, campaign, stored):
    offer(olive)
    people = {account.name: account.id for account in stored(Account)}
    with app.test_request_context():
        found = transfers.own(oscar.organisation.id, stored(Transfer)[0].public_id, NOW)
        here, there = (db.session.get_one(Account, people[name]) for name in ("Olive 2", "Oscar"))
        transfers.take_back(db.session.get_one(Campaign, campaign.id), by=here, now=NOW)
        for answer in (transfers.decline, lambda *args, **kwargs: transfers.accept(*args, locales=["en"], **kwargs)):
            with pytest.raises(Gone):
                answer(found, by=there, now=NOW)
    assert stored(Campaign)[0].organisation_id == olive.organisation.id


def test_consent_given_to_olive_does_not_pass_to_oscar(app, olive, oscar, campaign, make, stored):
    signature = make.signature(campaign)
    (given,) = [one for one in stored(ConsentWording) if one.locale == "en"]
    with app.app_context():
        db.session.add(Consent(signature_id=signature.id, purpose=Purpose.UPDATES, wording_id=given.id, agreed_at=NOW))
        db.session.commit()
        assert Tallies([campaign.id]).supporters() == 1
    offer(olive)
    accept(oscar, stored)
    with app.app_context():
        assert Tallies([campaign.id]).supporters() == 0
    (consent,) = stored(Consent)
    assert (consent.wording_id, consent.ended_at) == (given.id, NOW)
    assert "Elsewhere may mail me" in olive.client.get("/campaigns/rein-in").text
    # the form was opened before, and says yes to Olive's words
    with app.app_context():
        signing.choose(signature.public_id, show_name=False, hear_more=True, wording_id=given.id, now=NOW)
        assert Tallies([campaign.id]).supporters() == 0
        (theirs,) = [one for one in stored(ConsentWording, organisation_id=oscar.organisation.id) if one.locale == "en"]
        signing.choose(signature.public_id, show_name=False, hear_more=True, wording_id=theirs.id, now=NOW)
        assert Tallies([campaign.id]).supporters() == 1


def test_publications_move_where_only_this_campaign_cites_them_and_are_copied_otherwise(
    app, olive, oscar, campaign, make, stored
):
    alone = make.report(campaign, title="Cited here alone", url="https://reports.example.org/2")
    shared = make.report(campaign, title="Cited elsewhere, too", url="https://reports.example.org/3")
    gone = make.report(campaign, title="Removed")
    topic = make.topic(olive.organisation)
    with app.app_context():
        library.cite(db.session.get_one(Topic, topic.id), db.session.get_one(Report, shared.id), now=NOW)
        library.remove(db.session.get_one(Report, gone.id), now=NOW)
    offer(olive)
    accept(oscar, stored)
    here, there = (
        {one.title: one for one in stored(Report, organisation_id=desk.organisation.id)} for desk in (olive, oscar)
    )
    assert set(here) == {"Cited elsewhere, too", "Removed"}
    assert set(there) == {"Cited here alone", "Cited elsewhere, too"}
    assert there["Cited here alone"].slug == alone.slug
    assert here["Cited elsewhere, too"].slug == shared.slug != there["Cited elsewhere, too"].slug
    for slug in (alone.slug, shared.slug, there["Cited elsewhere, too"].slug):
        assert olive.client.get(f"/reports/{slug}").status_code == 200, slug
    page = olive.client.get("/campaigns/rein-in").text
    assert page.index("Cited here alone") < page.index("Cited elsewhere, too")
    oscar.get(f"/library/{shared.id}", 404)
    olive.get(f"/library/{alone.id}", 404)
    with app.app_context():
        assert {row.report_id for row in db.session.execute(campaign_report.select())} == {
            one.id for one in there.values()
        }


def test_news_and_their_source_move_and_what_others_show_is_copied(app, olive, oscar, campaign, make, stored):
    own, shared = make.news(campaign, title="Only here"), make.news(campaign, title="On a topic, too")
    topic = make.topic(olive.organisation)
    with app.app_context():
        place = db.session.get_one(Campaign, campaign.id)
        values = {"url": "https://news.example.org/feed", "outlet": "The Example Post"}
        source_id = news_import.add_source(place, values, now=NOW).id
        db.session.execute(topic_news.insert().values(topic_id=topic.id, news_item_id=shared.id))
        read = db.session.get_one(NewsItem, shared.id)
        read.source_id, read.guid = source_id, "a"
        db.session.commit()
    offer(olive)
    accept(oscar, stored)
    assert stored(NewsSource)[0].organisation_id == oscar.organisation.id
    (kept,) = stored(NewsItem, organisation_id=olive.organisation.id)
    assert (kept.id, kept.source_id) == (shared.id, None)
    theirs = {one.title: one for one in stored(NewsItem, organisation_id=oscar.organisation.id)}
    assert theirs["Only here"].id == own.id
    assert (theirs["On a topic, too"].source_id, theirs["On a topic, too"].guid) == (source_id, "a")
    assert theirs["On a topic, too"].public_id != kept.public_id
    with app.app_context():
        shown = {row.news_item_id for row in db.session.execute(campaign_news.select())}
    assert shown == {one.id for one in theirs.values()}


def test_pictures_move_or_are_copied_and_topics_no_longer_gather_it(app, olive, oscar, campaign, make, stored):
    topic = make.topic(olive.organisation)
    encoded = Encoded(width=10, height=10, large=b"large", small=b"small")
    with app.app_context():
        place, about = db.session.get_one(Campaign, campaign.id), db.session.get_one(Topic, topic.id)
        pictures.show(place, alt="A square", caption="", credit="", now=NOW, new=encoded)
        number = place.picture_id
        pictures.show(about, alt="A square", caption="", credit="", now=NOW, picture_id=number)
        topics.gather(about, [campaign.id], now=NOW)
    offer(olive)
    accept(oscar, stored)
    copies = {one.organisation_id: one for one in stored(Picture)}
    assert copies[olive.organisation.id].id == number
    assert stored(Campaign)[0].picture_id == copies[oscar.organisation.id].id
    assert campaign.ask not in olive.client.get(f"/topics/{topic.slug}").text


def test_each_organisation_keeps_the_record_of_its_own_exports(olive, oscar, campaign, make, stored):
    make.signature(campaign)
    data = {"who": "confirmed", "consent": "everybody", "made_for": "crm", "bom": "usual", "password": PASSWORD}
    olive.post("/campaigns/rein-in/export", 200, columns=["given_name"], reason="For the committee", **data)
    offer(olive)
    accept(oscar, stored)
    assert stored(Export)[0].organisation_id == olive.organisation.id
    page = olive.get("/exports")
    assert "For the committee" in page
    assert "handed over since" in page
    assert "For the committee" not in oscar.get("/exports")
    assert "For the committee" not in oscar.get("/campaigns/rein-in/export")


def test_a_draft_changes_hands_without_a_public_word(olive, oscar, make, stored, clock):
    clock.set(NOW)
    make.campaign(olive.organisation, slug="rein-in", published=False)
    offer(olive)
    assert "the public has never seen" in oscar.get(f"/transfers/{stored(Transfer)[0].public_id}")
    accept(oscar, stored)
    clock.forward(days=1)
    oscar.publishes("/campaigns/rein-in")
    assert "went from" not in olive.client.get("/campaigns/rein-in/versions").text
