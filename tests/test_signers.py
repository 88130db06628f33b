"""An organiser finds signers by any mix of filters, a page at a time, and sees all that is kept about one."""

from __future__ import annotations

import datetime as dt
import html
import re

import pytest
from sqlalchemy import event

from app.domain import signers
from app.domain.signers import Wanted
from app.extensions import db
from app.models import Activity, Consent, ConsentWording, Deed, Mail, Role, Signature
from tests import desk as desks
from tests.test_dashboard import cells
from tests.test_exports import many

NOON = dt.datetime(2026, 11, 22, 12, 0, tzinfo=dt.UTC)
olive = desks.olive
PEOPLE = (
    {"given_name": "Leila", "family_name": "Marchetti", "country": "IT", "email": "leila@press.example.org"},
    {"given_name": "Åsa", "family_name": "Şahin", "country": "DE", "postcode": "10115", "channel": "mail"},
    {"given_name": "رنا", "family_name": "حدّاد", "country": "IQ", "created_at": NOON - dt.timedelta(days=40)},
    {"given_name": "A_b", "family_name": "100%", "country": "FR", "state": "pending", "postcode": "1a"},
)


@pytest.fixture
def campaign(make, olive, clock):
    clock.set(NOON)
    campaign = make.campaign(olive.organisation)
    for person in PEOPLE:
        make.signature(campaign, **person)
    make.signature(make.campaign(olive.organisation), given_name="Leila", family_name="Elsewhere", country="IT")
    return campaign


def named_in(page):
    names = ("Leila", "Åsa", "رنا", "A_b")
    return [next(name for name in names if name in row) for row in cells(page)]


FILTERS = (
    ({"name": "leila"}, ["Leila"]),
    ({"name": "LEILA march"}, ["Leila"]),
    ({"name": "marchetti leila"}, ["Leila"]),
    ({"name": "sahin"}, ["Åsa"]),
    ({"name": "asa"}, ["Åsa"]),
    ({"name": "حداد"}, ["رنا"]),
    ({"name": "eila"}, []),
    ({"name": "100%25"}, ["A_b"]),
    ({"name": "%25"}, []),
    ({"name": "a_"}, ["A_b"]),
    ({"country": "DE"}, ["Åsa"]),
    ({"postcode": "101"}, ["Åsa"]),
    ({"postcode": "1A"}, ["A_b"]),
    ({"domain": "press.example.org"}, ["Leila"]),
    ({"domain": "@PRESS.example.org"}, ["Leila"]),
    ({"domain": "example.org"}, ["A_b", "رنا", "Åsa"]),
    ({"state": "pending"}, ["A_b"]),
    ({"channel": "mail"}, ["Åsa"]),
    ({"until": "2026-11-01"}, ["رنا"]),
    ({"since": "2026-11-22", "state": "confirmed"}, ["Åsa", "Leila"]),
    ({"name": "l", "country": "DE"}, []),
    ({"consent": "yes"}, []),
    ({"consent": "no", "country": "IT"}, ["Leila"]),
)


def test_olive_finds_signers_by_any_mix_of_filters(olive, campaign):
    for filters, found in FILTERS:
        page = olive.get(f"/campaigns/{campaign.slug}/signatures?" + "&".join(f"{n}={v}" for n, v in filters.items()))
        assert named_in(page) == found, filters
        assert f"{len(found)} signature" in page, filters


@pytest.mark.parametrize("wrong", ["country=XX", "since=soon", "state=withdrawn", "name=sam@example.org", "domain=a@b"])
def test_what_is_not_understood_is_said_and_filters_nothing(olive, campaign, wrong):
    page = olive.get(f"/campaigns/{campaign.slug}/signatures?{wrong}")
    assert "thing to correct" in page
    assert len(cells(page)) == len(PEOPLE)


def test_a_mailbox_leads_to_the_record_and_stands_in_no_address(olive, campaign, stored):
    to = olive.post(f"/campaigns/{campaign.slug}/signatures/find", mailbox=" Leila+news@press.example.org").location
    assert re.fullmatch(rf"{olive.base}/campaigns/{campaign.slug}/signers/[\w-]{{22}}", to)
    assert "leila@press.example.org" in olive.get(to.removeprefix(olive.base))
    nobody = olive.post(f"/campaigns/{campaign.slug}/signatures/find", 200, mailbox="nobody@example.org").text
    assert "Nobody signed this campaign from that mailbox" in nobody
    olive.post(f"/campaigns/{campaign.slug}/signatures/find", 422, mailbox="leila")
    olive.post(f"/campaigns/{campaign.slug}/signatures/find", 422)


def test_lists_show_no_mail_address(olive, campaign):
    assert "@" not in re.sub(
        r"pattern=\"[^\"]*\"|what stands after the @", "", olive.get(f"/campaigns/{campaign.slug}/signatures")
    )


def test_one_page_has_all_that_is_kept(app, olive, campaign, stored):
    leila = next(signature for signature in stored(Signature) if signature.family_name == "Marchetti")
    wording = next(w for w in stored(ConsentWording, organisation_id=olive.organisation.id) if w.locale == "en")
    with app.app_context():
        consent = {"signature_id": leila.id, "purpose": "updates", "wording_id": wording.id, "agreed_at": NOON}
        db.session.add(Consent(**consent))
        db.session.commit()
    why = {"reason": "duplicate", "note": "Also as Leyla", "expected": "1"}
    olive.post(f"/campaigns/{campaign.slug}/acts", kind="invalidate", id=leila.public_id, **why)
    page = olive.get(f"/campaigns/{campaign.slug}/signers/{leila.public_id}")
    for said in ("Marchetti", "leila@press.example.org", "Italy", "Version 1", campaign.ask, wording.text, "Asked"):
        assert said in page or said == "Asked"
    for said in ("signed more than once", "Also as Leyla", "Confirmed → Invalidated", "Olive"):
        assert said in page


@pytest.mark.parametrize("role", [Role.EDITOR, Role.VIEWER])
def test_editors_and_viewers_see_nobody(client, make, sign_in, olive, campaign, stored, role):
    """ROLE-02."""
    one = stored(Signature)[0]
    client.get("/account/logout")
    somebody = client.application.test_client()
    sign_in(somebody, make.account(role, olive.organisation))
    base = f"{olive.base}/campaigns/{campaign.slug}"
    for path in ("/signatures", f"/signers/{one.public_id}", "/acts"):
        answer = somebody.get(base + path)
        assert answer.status_code == 403
        assert "Leila" not in html.unescape(answer.text)
    assert somebody.post(f"{base}/signatures/find", data={"mailbox": one.email}).status_code == 403
    assert "Leila" not in html.unescape(somebody.get(base).text)


def test_records_of_another_campaign_and_withdrawn_ones_are_not_found(make, olive, campaign, stored):
    elsewhere = make.signature(make.campaign())
    olive.get(f"/campaigns/{campaign.slug}/signers/{elsewhere.public_id}", 404)
    withdrawn = make.signature(campaign, "withdrawn", email_key=None)
    olive.get(f"/campaigns/{campaign.slug}/signers/{withdrawn.public_id}", 404)


def test_a_look_that_takes_long_says_how_far_it_came_and_goes_on(app, make, monkeypatch):
    campaign = make.campaign()
    rare = make.signature(campaign, country="IS")
    for _ in range(9):
        make.signature(campaign, country="IQ")
    monkeypatch.setattr(signers, "STRETCH", 4)
    monkeypatch.setattr(signers, "LOOK_SECONDS", -1)
    with app.app_context():
        wanted, before, looks = Wanted(country="IS"), None, 0
        while True:
            page = signers.page(campaign.id, wanted, before=before, size=5)
            looks += 1
            if page.signatures or page.older is None:
                break
            assert page.unfinished
            before = page.older
        assert [signature.id for signature in page.signatures] == [rare.id]
        assert looks == 3
        assert not signers.count(campaign.id, wanted).exact
        back = signers.page(campaign.id, Wanted(country="IQ"), after=rare.id, size=2)
        assert [signature.id for signature in back.signatures] == [rare.id + 2, rare.id + 1]


def test_a_name_is_looked_up_in_an_index_on_both_databases(app, make, monkeypatch):
    monkeypatch.setattr(signers, "STRETCH", 100)
    campaign = make.campaign()
    make.signature(campaign, given_name="Leila", family_name="Marchetti")
    many(app, campaign, 3000)
    asked = []

    def note(_connection, _cursor, statement, parameters, _context, _many):
        asked.append((statement, parameters))

    with app.app_context():
        sqlite = db.engine.dialect.name == "sqlite"
        with db.engine.begin() as connection:
            connection.exec_driver_sql("ANALYZE")
        event.listen(db.engine, "before_cursor_execute", note)
        assert len(signers.page(campaign.id, Wanted(name="marchetti")).signatures) == 1
        event.remove(db.engine, "before_cursor_execute", note)
        statement, given = next((s, p) for s, p in asked if "name_key >=" in s)
        explain = "EXPLAIN QUERY PLAN" if sqlite else "EXPLAIN"
        with db.engine.connect() as connection:
            plan = " ".join(str(row) for row in connection.exec_driver_sql(f"{explain} {statement}", given))
    for index in ("ix_signature_campaign_id_name_key", "ix_signature_campaign_id_family_key"):
        assert index in plan, plan


def test_whoever_lost_the_mail_gets_the_link_once_the_campaign_is_over(app, client, make, olive, stored, clock):
    """MAIL-01, MAIL-03: to the address that signed, and not again within the hour."""
    clock.set(NOON)
    app.config["MAILBOX_MAILS_PER_HOUR"] = 1
    over = make.campaign(olive.organisation, state="closed")
    sam, pending, paper = make.signature(over), make.signature(over, "pending"), make.signature(over, origin="paper")
    at = f"/campaigns/{over.slug}/signers/"
    assert "Send the link" in olive.get(at + sam.public_id)
    assert "Send the link" not in olive.get(at + pending.public_id) + olive.get(at + paper.public_id)
    olive.post(f"{at}nobody/link", 404)
    for who, told in (
        (pending, "Only whoever signed and confirmed here"),
        (paper, "Only whoever signed and confirmed here"),
        (sam, "The link to the signature is on its way"),
        (sam, "This mailbox gets no more mails for now"),
    ):
        olive.post(f"{at}{who.public_id}/link")
        assert told in olive.get(at + who.public_id)
    (mail,) = stored(Mail)
    assert (mail.kind.value, mail.signature_id, mail.recipient) == ("already_signed", sam.id, sam.email)
    assert [entry.deed.value for entry in stored(Activity) if entry.deed == Deed.SENT_LINK] == ["sent_link"]
