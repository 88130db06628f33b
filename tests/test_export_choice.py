"""A list holds the columns that were chosen, in their order and under their names; choices are kept as presets."""

from __future__ import annotations

import json

import pytest

from app.domain import questions
from app.domain.export_layouts import LAYOUTS
from app.domain.questions import Words
from app.extensions import db
from app.models import Campaign, Consent, ConsentWording, Export, ExportPreset, Role
from app.nesting import conflict
from tests.test_exports import NOON, chosen, olive, rows, take

__all__ = ["olive"]


def agrees(app, campaign, signature):
    with app.app_context():
        wording = db.session.query(ConsentWording).filter_by(organisation_id=campaign.organisation_id).first()
        consent = Consent(signature_id=signature.id, purpose="updates", wording_id=wording.id, agreed_at=NOON)
        db.session.add(consent)
        db.session.commit()


@pytest.fixture
def campaign(app, make, olive):
    campaign = make.campaign(olive, slug="rein-in", ask="Rein in")
    person = {"country": "IQ", "postcode": "10011", "created_at": NOON, "channel": "mail"}
    noor = make.signature(campaign, given_name="Noor", family_name="al-Jabiri", email="noor@example.org", **person)
    make.signature(campaign, given_name="Ingrid", email="ingrid@example.org", country="SE", created_at=NOON)
    agrees(app, campaign, noor)
    return campaign


def named(*pairs):
    return {"columns": [key for key, _name in pairs], "order": [k for k, _n in pairs], "names": [n for _k, n in pairs]}


def test_columns_come_in_the_order_and_under_the_names_that_were_chosen(client, olive, campaign, stored):
    order = named(("country", ""), ("given_name", " First  name "), ("external_id", ""))
    answer = take(client, olive, campaign, country="SE", **order)
    (header, row) = rows(answer)
    assert header == ["country", "First name", "external_id"]
    assert row[:2] == ["SE", "Ingrid"]
    (export,) = stored(Export)
    assert export.choice["columns"] == header
    assert export.choice["country"] == "SE"


def test_buttons_put_columns_in_order_and_the_names_go_along(client, olive, campaign):
    order = named(("country", "Land"), ("given_name", ""), ("postcode", "ZIP"))
    address = f"/desk/{olive.slug}/campaigns/{campaign.slug}/export/preview"
    page = client.post(address, data=chosen(**order, move="up given_name")).text
    assert page.index('id="column-given_name"') < page.index('id="column-country"') < page.index('id="column-postcode"')
    assert '<th scope="col">given_name</th><th scope="col">Land</th><th scope="col">ZIP</th>' in page
    assert 'name="names" value="Land"' in page


@pytest.mark.parametrize(
    ("pairs", "made_for", "says"),
    [
        ([("country", "x"), ("postcode", "x")], "crm", "Two columns are called “x”"),
        ([("country", "a"), ("postcode", "a.b")], "jsonl", "“a” cannot hold a value and other columns"),
        ([("country", "x" * 101)], "crm", "at most 100 characters"),
        ([("country#2", ""), ("email_key#2", "y")], "crm", "columns"),
    ],
)
def test_what_a_file_cannot_hold_is_said_at_the_columns(client, olive, campaign, stored, pairs, made_for, says):
    answer = take(client, olive, campaign, made_for=made_for, **named(*pairs))
    assert answer.status_code == 422
    assert says in answer.text
    assert stored(Export) == []


def test_json_lines_know_numbers_and_yes_and_no_and_open_objects_at_dots(client, olive, campaign):
    pairs = named(
        ("given_name", "person.name"), ("hear_more", "person.opt_in"), ("text_version", ""), ("agreed_at", "at")
    )
    answer = take(client, olive, campaign, made_for="jsonl", **pairs)
    assert [json.loads(line) for line in answer.get_data().splitlines()] == [
        {"person": {"name": "Noor", "opt_in": True}, "text_version": 1, "at": "2026-11-22T12:00:00Z"},
        {"person": {"name": "Ingrid", "opt_in": False}, "text_version": 1, "at": None},
    ]
    assert "jsonl" in answer.headers["Content-Disposition"]


def test_every_layout_can_be_taken_and_says_what_was_agreed_to(client, olive, campaign):
    for layout in LAYOUTS.values():
        page = client.get(f"/desk/{olive.slug}/campaigns/{campaign.slug}/export?preset={layout.key}").text
        assert f'value="{layout.key}" selected' in page
        who = "supporters" if layout.mails else "everybody"
        assert f'<option value="{who}" selected>' in page
        taken = take(
            client,
            olive,
            campaign,
            layout=layout.key,
            consent=who,
            made_for=layout.form.value,
            yes_no=layout.yes_no,
            **named(*layout.fields),
        )
        assert taken.status_code == 200, layout.key
        header = json.loads(taken.get_data().splitlines()[0]) if layout.key == "osdi" else rows(taken)[0]
        assert {"opt_in", "opt_in_at", "consent_text_version", "source", "external_id"} <= set(header), layout.key
        assert len(taken.get_data().splitlines()) == (2 if layout.mails or layout.key == "osdi" else 3)
        assert conflict([name for _key, name in layout.fields]) == "" or layout.key != "osdi"
        if layout.mails:
            refused = take(client, olive, campaign, layout=layout.key, **named(*layout.fields))
            assert f"{layout.name} mails whoever is in it" in refused.text


@pytest.mark.sqlite_alone
def test_a_preset_with_a_question_of_another_campaign_names_it(app, client, make, olive, campaign, stored):
    other = make.campaign(olive, slug="other")
    with app.app_context():
        own = db.session.get_one(Campaign, other.id)
        key = f"question:{questions.add(own, 'line', Words('en', 'Which bus?'), is_required=False, now=NOON).id}"
    at = f"/desk/{olive.slug}/campaigns"
    client.post(f"{at}/other/export/presets", data=chosen(preset="Buses", **named(("given_name", ""), (key, ""))))
    (preset,) = stored(ExportPreset)
    page = client.get(f"{at}/rein-in/export?preset=kept-{preset.id}").text
    assert "“Which bus?”, a question of another campaign." in page
    lists = client.get(f"/desk/{olive.slug}/exports").text
    assert "“Which bus?”, a question of another campaign" in lists
    assert key not in page + lists


def test_a_preset_is_kept_for_the_organisation_and_gives_nobody_more_than_their_rights(
    app, client, make, olive, campaign, sign_in, stored
):
    at = f"/desk/{olive.slug}/campaigns/{campaign.slug}/export"
    choice = chosen(made_for="crm", preset="Monthly", **named(("email", "Mail"), ("given_name", ""), ("country", "C")))
    kept = client.post(f"{at}/presets", data=choice)
    assert kept.status_code == 303
    assert client.post(f"{at}/presets", data={**choice, "preset": ""}).status_code == 422
    (preset,) = stored(ExportPreset)
    assert 'name="names" value="Mail"' in client.get(kept.location).text
    assert "Monthly" in client.get(f"/desk/{olive.slug}/exports").text
    mona = make.account(Role.ANALYST, olive)
    with app.app_context():
        db.session.execute(db.text("UPDATE membership SET may_export = true WHERE account_id = :n"), {"n": mona.id})
        db.session.commit()
    browser = app.test_client()
    sign_in(browser, mona)
    page = browser.get(kept.location).text
    assert "Left out, since your rights or this campaign do not have them: E-mail, Given name, Country." in page
    assert 'value="email"' not in page
    elsewhere = make.organisation()
    sign_in(client, make.account(Role.OWNER, elsewhere))
    assert client.post(f"/desk/{elsewhere.slug}/exports/presets/{preset.id}/remove").status_code == 404
    browser.post(f"/desk/{olive.slug}/exports/presets/{preset.id}/remove")
    assert stored(ExportPreset) == []


def test_a_columns_name_calculates_nothing_either(client, olive, campaign):
    data = {"columns": ["country"], "order": ["country"], "names": ['=HYPERLINK("https://example.org","x")']}
    file = take(client, olive, campaign, **data).text
    assert file.splitlines()[0].lstrip("\ufeff").startswith("\"'=HYPERLINK")
