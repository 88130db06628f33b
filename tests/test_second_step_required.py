"""Whoever may see signers or take them out shows a second step, where the site requires it (AUTH-03)."""

from __future__ import annotations

import html
import re

import pytest
from flask import Flask

import config
from app import settings
from app.models import Export
from tests.accounts import code, post_sign_in, set_up_app
from tests.factories import PASSWORD
from tests.test_settings import GOOD

pytestmark = pytest.mark.sqlite_alone  # gates and pages; what is stored of second steps is shown by test_second_steps

CLOSED = "are closed to you until you have a second step"
AT = "/desk/tigris/campaigns/archive"
PAGES = [f"{AT}/signatures", f"{AT}/export", "/desk/tigris/exports"]


@pytest.fixture
def desk(app, make):
    app.config["REQUIRE_SECOND_STEP"] = True
    organisation = make.organisation(slug="tigris")
    make.signature(make.campaign(organisation, slug="archive"), given_name="Samira")
    return organisation


@pytest.fixture
def olive(desk, make, client, sign_in):
    olive = make.account(organisation=desk)
    sign_in(client, olive)
    return olive


def make_codes(client):
    page = client.post("/account/mf-recovery-codes", data={"generate_new_codes": "1"}).text
    return re.findall(r"<code>([0-9a-f-]+)</code>", page)


def is_open(client):
    return [client.get(page).status_code for page in PAGES] == [200, 200, 200]


def is_closed(client):
    answers = [client.get(page) for page in PAGES]
    return all(a.status_code == 303 and a.location.startswith("/account/second-step?next=") for a in answers)


def test_olive_without_a_second_step_works_but_sees_no_signer(client, olive):
    assert is_closed(client)
    desk = client.get("/desk/tigris/campaigns")
    assert desk.status_code == 200
    assert CLOSED in desk.text
    why = client.get(client.get(PAGES[0]).location).text
    assert "open only to those who signed in with a second step" in why
    assert 'href="/account/tf-setup"' in why
    assert CLOSED in client.get("/account").text


def test_no_file_leaves_the_house_by_a_post_either(client, olive, stored):
    data = {"form": "spreadsheet", "reason": "Handing over", "password": PASSWORD}
    assert client.post(f"{AT}/export", data=data).location == "/account/second-step"
    assert client.post(f"{AT}/export/preview", data=data).location == "/account/second-step"
    assert stored(Export) == []


def test_app_and_codes_open_it_at_once_and_lead_back(client, olive):
    set_up_app(client)
    assert is_closed(client)  # without codes a lost phone would lock her out
    assert "no recovery codes" in client.get("/account").text or CLOSED in client.get("/account").text
    make_codes(client)
    assert is_open(client)
    assert CLOSED not in client.get("/desk/tigris/campaigns").text
    assert f'href="{PAGES[0]}"' in client.get(f"/account/second-step?next={PAGES[0]}").text


def test_turning_it_off_closes_it_at_once(client, olive):
    set_up_app(client)
    make_codes(client)
    assert is_open(client)
    client.post("/account/tf-setup", data={"setup": "disable"})
    assert is_closed(client)


def test_signing_in_with_the_second_step_or_a_code_on_paper_is_enough(app, client, olive):
    secret = set_up_app(client)
    codes = make_codes(client)
    phone, laptop = app.test_client(), app.test_client()
    for browser in (phone, laptop):
        post_sign_in(browser, olive.email)
    phone.post("/account/tf-validate", data={"code": code(secret, 1)})
    assert is_open(phone)
    laptop.post("/account/mf-recovery", data={"code": codes[0]})
    assert is_open(laptop)


def test_a_session_of_the_password_alone_stays_outside_after_another_set_it_up(app, client, olive, sign_in):
    before = app.test_client()
    sign_in(before, olive)
    set_up_app(client)
    make_codes(client)
    assert is_open(client)
    assert is_closed(before)
    before.post("/account/verify", data={"password": PASSWORD})  # the same thing once more is no second one
    assert is_closed(before)
    page = before.get("/account/second-step?next=/desk/tigris/exports").text
    assert "This time you signed in without it" in page
    onward = html.unescape(re.search(r'name="next" value="([^"]+)"', page)[1])
    assert before.post("/account/logout", data={"next": onward}).location == onward


def test_a_new_password_does_not_take_it_away(client, olive):
    set_up_app(client)
    make_codes(client)
    new = "another stapler on the sill"
    client.post("/account/change", data={"password": PASSWORD, "new_password": new, "new_password_confirm": new})
    assert is_open(client)


def test_an_editor_is_not_asked(client, desk, make, sign_in):
    sign_in(client, make.account("editor", desk))
    assert [client.get(page).status_code for page in PAGES] == [403, 403, 403]
    assert CLOSED not in client.get("/desk/tigris/campaigns").text
    assert CLOSED not in client.get("/account").text


def test_where_it_is_not_required_the_page_says_so(app, client, olive):
    app.config["REQUIRE_SECOND_STEP"] = False
    page = client.get(PAGES[0])
    assert page.status_code == 200
    assert "without asking for a second step" in page.text
    assert "second step" not in client.get("/desk/tigris/campaigns").text


def test_owners_see_who_has_a_second_step(app, client, olive, desk, make, sign_in):
    make.account("editor", desk, name="Omar")
    set_up_app(client)
    page = client.get("/desk/tigris/members").text
    assert page.count("with a second step") == 1
    assert page.count("password only, no second step") == 1
    other = app.test_client()
    sign_in(other, make.account("viewer", desk))
    assert "second step" not in other.get("/desk/tigris/members").text


@pytest.mark.parametrize(
    ("mode", "said", "required"),
    [
        ("production", "", True),
        ("development", "", False),
        ("production", "no", False),
        ("development", "yes", True),
    ],
)
def test_production_requires_it_unless_told_otherwise(tmp_path, mode, said, required):
    app = Flask(__name__, instance_path=str(tmp_path))
    settings.init_app(app, config.load({**GOOD, "MODE": mode, "REQUIRE_SECOND_STEP": said}))
    assert app.config["REQUIRE_SECOND_STEP"] is required


def test_whoever_is_led_away_comes_back_here_and_nowhere_else(client, olive):
    set_up_app(client)
    make_codes(client)
    assert 'href="/desk"' in client.get("/account/second-step?next=//evil.example").text


def test_the_overview_names_nobody_before_the_second_step(app, client, olive):
    page = client.get(AT).text
    assert "Samira" not in page
    app.config["REQUIRE_SECOND_STEP"] = False
    assert "Samira" in client.get(AT).text
