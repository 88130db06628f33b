"""What a supporter reads: campaigns in every state, in both languages, without cookies, with what other sites read."""

from __future__ import annotations

import datetime as dt
import html
import json
import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.extensions import db
from app.models import Outcome, Picture, TargetChange
from tests.factories import Make, form

PUBLIC = (
    "/",
    "/privacy",
    "/campaigns/militias",
    "/campaigns/militias/sign",
    "/campaigns/militias/versions",
    "/campaigns/militias/check-inbox",
    "/organisations/tigris",
)


@pytest.fixture
def campaign(make: Make) -> Callable[..., object]:
    """campaign(...) → a campaign of Tigris Rights Desk at /campaigns/militias."""

    def published(**values: object) -> object:
        organisation = make.organisation(name="Tigris Rights Desk", slug="tigris", **values.pop("of", {}))
        return make.campaign(organisation, **{"slug": "militias", "signature_target": 5000, **values})

    return published


def words(page: str) -> str:
    """A page's text as it is read, without markup and runs of spaces."""
    body = page[page.index("<body") :]
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", body)))


def test_sam_can_read_the_count_and_the_target(client: FlaskClient, make: Make, campaign: Callable) -> None:
    shown = campaign()
    make.signature(shown)
    make.signature(shown, show_name=True, given_name="Leïla", family_name="<b>Haddad", country="JO")
    make.signature(shown, state="pending", show_name=True, given_name="Not", family_name="Confirmed")
    page = client.get("/campaigns/militias").text
    assert '<progress value="2" max="5000"' in page
    assert "2 signatures confirmed by mail" in words(page)
    assert "Target 5,000" in words(page)
    assert "4,998 to go" in words(page)
    assert "Leïla &lt;b&gt;Haddad" in page
    assert "Jordan" in words(page)
    assert "Not Confirmed" not in words(page)
    assert "And 1 other. Only people who asked to be named are listed." in words(page)


def test_sam_can_see_whom_it_asks_and_what_it_stands_on(client: FlaskClient, make: Make, campaign: Callable) -> None:
    shown = campaign(decision_makers=["The Prime Minister", "The Council"])
    make.report(shown, kind="press_release", title="A deadly spiral")
    make.report(shown)
    make.news(shown, title="Older", published_on=dt.date(2016, 1, 1))
    make.news(shown, title="Newer", excerpt="Soldiers hit boys.", content_warning="violence against children")
    page = client.get("/campaigns/militias").text
    text = words(page)
    assert text.index("The Prime Minister") < text.index("The Council")
    assert text.index("Report Civilians living") < text.index("Press release A deadly spiral")
    assert text.index("Newer") < text.index("Older")
    hidden = re.search(r"<details>(.*?)</details>", page, re.S)
    assert hidden
    assert "Soldiers hit boys." in hidden[1]
    assert "violence against children" not in hidden[1]


@pytest.mark.parametrize(
    ("outcome", "tag"),
    [(Outcome.WON, "Won"), (Outcome.PARTLY_WON, "Partly won"), (Outcome.NOT_WON, "Not won"), (None, "Closed")],
)
def test_sam_can_read_how_it_ended_and_cannot_sign(
    client: FlaskClient, campaign: Callable, outcome: Outcome | None, tag: str
) -> None:
    campaign(closed=True, outcome=outcome, outcome_text="They answered." if outcome else "")
    for address in ("/campaigns/militias", "/campaigns/militias/sign"):
        page = client.get(address).text
        assert "<form" not in page
        assert tag in words(page)
        assert ("They answered." if outcome else "What becomes of it will be said here.") in words(page)
    assert tag in words(client.get("/").text)


def test_sam_can_see_that_the_target_was_moved(app: Flask, client: FlaskClient, campaign: Callable) -> None:
    shown = campaign()
    assert "5,000, unchanged since opening" in words(client.get("/campaigns/militias").text)
    with app.app_context():
        moved_at = dt.datetime(2026, 11, 3, tzinfo=dt.UTC)
        db.session.add(TargetChange(campaign_id=shown.id, old_target=3000, new_target=5000, changed_at=moved_at))
        db.session.commit()
    assert "changed from 3,000 to 5,000 on 3 November 2026" in words(client.get("/campaigns/militias").text)


def test_public_pages_set_no_cookie_and_name_no_other_host(client: FlaskClient, make: Make, campaign: Callable) -> None:
    make.signature(campaign())
    for address in PUBLIC:
        for query in ("", "?lang=ar"):
            answer = client.get(address + query)
            assert answer.status_code == 200, address
            assert "Set-Cookie" not in answer.headers
            loaded = re.findall(r'<(?:link|script|img|source|iframe)[^>]+(?:href|src|srcset)="([^"]+)"', answer.text)
            alternate = re.findall(r'<link rel="(?:canonical|alternate)"[^>]*href="([^"]+)"', answer.text)
            assert all(address.startswith("/") for address in set(loaded) - set(alternate))
            assert not re.findall(r'<script(?![^>]*src=)(?![^>]*type="application/ld\+json")', answer.text)
            assert answer.text.count("<h1") == 1


def test_the_title_of_each_page_begins_with_its_headline(client: FlaskClient, campaign: Callable) -> None:
    campaign()
    for address in (*PUBLIC, "/nothing", "/confirm/nothing"):
        page = client.get(address).text
        title = re.search(r"<title>(.*?)</title>", page, re.S)
        headline = re.search(r"<h1[^>]*>(.*?)</h1>", page, re.S)
        assert title
        assert headline
        assert title[1].startswith(headline[1]), address


def test_other_sites_can_show_a_card_of_the_campaign(client: FlaskClient, make: Make, campaign: Callable) -> None:
    make.signature(campaign(ask='Stop "it" </script> & now', summary="Because."))
    page = client.get("/campaigns/militias").text
    found = dict(re.findall(r'<meta (?:property|name)="([^"]+)" content="([^"]*)"', page))
    assert html.unescape(found["og:title"]) == 'Stop "it" </script> & now'
    assert found["og:image"].endswith("/campaigns/militias/share.png?v=1")
    assert found["twitter:card"] == "summary_large_image"
    assert "1 signature, target 5,000" in found["og:image:alt"]
    block = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.S)
    assert block
    data = json.loads(block[1])
    assert data["name"] == 'Stop "it" </script> & now'
    assert data["interactionStatistic"]["userInteractionCount"] == 1
    assert 'hreflang="ar"' in page
    assert '<link rel="canonical"' in page


def test_sam_can_read_the_page_in_arabic_and_the_campaign_in_its_own_language(
    client: FlaskClient, campaign: Callable
) -> None:
    campaign()
    page = client.get("/campaigns/militias?lang=ar").text
    assert '<html lang="ar" dir="rtl">' in page
    assert '<h1 lang="en" dir="ltr">' in page
    assert "٥٬٠٠٠" in page
    assert 'action="/campaigns/militias/signatures?lang=ar"' in page
    assert 'href="/campaigns/militias?lang=en" lang="en"' in page


def test_an_arabic_campaign_speaks_arabic_by_itself(client: FlaskClient, campaign: Callable) -> None:
    campaign(locale="ar", ask="اكبحوا جماح الميليشيات")
    page = client.get("/campaigns/militias").text
    assert '<html lang="ar" dir="rtl">' in page
    assert "<h1>اكبحوا" in page
    assert '<h1 lang="ar" dir="rtl">اكبحوا' in client.get("/campaigns/militias?lang=en").text


def test_sam_sees_what_to_correct_and_keeps_what_was_typed(client: FlaskClient, campaign: Callable) -> None:
    campaign()
    answer = client.post(
        "/campaigns/militias/signatures",
        data=form(family_name="", email="leila@gmial.com", country="", postcode="40126", show_name="1"),
        headers={"Sec-Fetch-Site": "same-origin"},
    )
    page = answer.text
    assert answer.status_code == 422
    assert "<title>Error: Rein in" in page
    assert "3 things to correct" in words(page)
    assert '<a href="#family_name">Family name: Write your family name.</a>' in page
    assert '<a href="#country">' in page
    assert re.search(r'id="family_name"[^>]*aria-invalid="true" aria-describedby="family_name-error"', page)
    assert 'value="40126"' in page
    assert re.search(r'id="show_name"[^>]* checked', page)
    assert "E-mail: Did you mean leila@gmail.com? If what you wrote is right, send it again." in words(page)


def test_sam_can_leave_the_family_name_out_where_the_campaign_does_not_ask(
    client: FlaskClient, campaign: Callable
) -> None:
    campaign(asks_family_name="asked")
    field = re.search(r'<label for="family_name">.*?<input[^>]*>', client.get("/campaigns/militias").text, re.S)
    assert field
    assert "(optional)" in field[0]
    assert " required" not in field[0]


def test_a_picture_has_its_words_and_its_size(app: Flask, client: FlaskClient, make: Make) -> None:
    organisation = make.organisation()
    with app.app_context():
        now = dt.datetime.now(dt.UTC)
        picture = Picture(
            name="a" * 22,
            organisation_id=organisation.id,
            width=1600,
            height=900,
            byte_count=2,
            large=b"l",
            small=b"s",
            created_at=now,
        )
        db.session.add(picture)
        db.session.commit()
        number = picture.id
    make.campaign(
        organisation,
        slug="seen",
        picture_id=number,
        picture_alt="A plain.",
        picture_caption="Those left.",
        picture_credit="Studio.",
    )
    page = client.get("/campaigns/seen").text
    tag = re.search(r"<img [^>]+>", page[page.index("<main") :])
    assert tag
    assert 'width="1600" height="900" alt="A plain."' in tag[0]
    assert f"/pictures/{'a' * 22}-small.webp 800w, /pictures/{'a' * 22}-large.webp 1600w" in tag[0]
    assert "lazy" not in tag[0]
    assert "Those left. Studio." in words(page)


def test_errors_need_neither_database_nor_session(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object, **__: object) -> None:
        raise AssertionError("the database was asked")

    monkeypatch.setattr(db.session, "execute", away)
    monkeypatch.setattr(db.session, "scalar", away)
    answer = client.get("/nothing/here")
    assert answer.status_code == 404
    assert "There is nothing at this address" in words(answer.text)


def test_sam_keeps_every_word_when_the_database_is_away(
    app: Flask, client: FlaskClient, campaign: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sqlalchemy.exc import OperationalError

    from app.domain import signing

    def away(*_: object, **__: object) -> None:
        raise OperationalError("INSERT", {}, Exception("gone"))

    campaign()
    monkeypatch.setattr(signing, "sign", away)
    answer = client.post(
        "/campaigns/militias/signatures",
        data=form(given_name="Leïla", postcode="40126", show_name="1", hear_more="1", wording="7"),
        headers={"Sec-Fetch-Site": "same-origin"},
    )
    assert answer.status_code == 503
    for kept in (
        'value="Leïla"',
        'value="Signer"',
        'value="sam@example.org"',
        'value="40126"',
        'value="IQ" selected',
        'name="wording" value="7"',
    ):
        assert kept in answer.text
    assert len(re.findall(r'type="checkbox"[^>]* checked', answer.text)) == 2
    assert "Your signature was not stored." in words(answer.text)


def test_headings_of_a_text_skip_no_level(client: FlaskClient, campaign: Callable) -> None:
    campaign(text="### First\n\n##### Below\n\n# Second\n\n###### Below it")
    page = client.get("/campaigns/militias").text
    prose = page[page.index('class="prose"') :]
    assert re.findall(r"<h(\d)>([^<]+)</h(\d)>", prose)[:4] == [
        ("2", "First", "2"),
        ("3", "Below", "3"),
        ("2", "Second", "2"),
        ("3", "Below it", "3"),
    ]
