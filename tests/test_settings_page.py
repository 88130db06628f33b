"""Olive settles what her organisation says about itself and how it looks."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from app import colours
from app.models import ConsentWording, Organisation, Picture
from tests import desk

olive = desk.olive
PROFILE = {
    "name": "Tigris Desk",
    "about": "We read archives.",
    "contact_email": "desk@example.org",
    "website": "https://example.org",
    "signal_colour": "#1F3AC7",
}


def mark(ink=(20, 30, 60, 255)):
    """Letters on nothing, as most marks are."""
    picture, out = Image.new("RGBA", (200, 80), (0, 0, 0, 0)), io.BytesIO()
    picture.paste(ink, (10, 10, 30, 70))
    picture.save(out, "PNG")
    return io.BytesIO(out.getvalue()), "mark.png"


def test_olive_settles_name_words_and_colour(olive, client, make, stored):
    campaign = make.campaign(olive.organisation)
    olive.post("/settings", **{**PROFILE, "signal_colour": "#8A1C5B"})
    (saved,) = stored(Organisation)
    assert (saved.name, saved.signal_colour) == ("Tigris Desk", "#8a1c5b")
    page = client.get(f"/campaigns/{campaign.slug}").text
    assert "Tigris Desk" in page
    assert "desk@example.org" in page


def test_a_new_name_makes_a_new_wording_that_signers_agree_to(olive, make, stored):
    make.campaign(olive.organisation)
    before = stored(ConsentWording)
    olive.post("/settings", **{**PROFILE, "name": olive.organisation.name})
    assert len(stored(ConsentWording)) == len(before)
    olive.post("/settings", **PROFILE)
    newest = [w for w in stored(ConsentWording) if w.version == 2]
    assert len(newest) == len(before)
    assert all("Tigris Desk" in w.text for w in newest)


def test_a_colour_too_pale_is_refused_with_the_nearest_that_can_be_read(olive, stored):
    page = olive.post("/settings", status=422, **{**PROFILE, "signal_colour": "#ffd200"}).text
    fit = colours.fit_for_light("#ffd200")
    assert "is too pale" in page
    assert fit in page
    assert 'value="Tigris Desk"' in page
    olive.post("/settings", **{**PROFILE, "signal_colour": fit})
    assert stored(Organisation)[0].signal_colour == fit


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", " \u200b "),
        ("name", "x" * 121),
        ("contact_email", "not an address"),
        ("website", "javascript:alert(1)"),
        ("signal_colour", "red;}"),
        ("about", "x" * 601),
    ],
)
def test_olive_is_told_what_cannot_be_kept(olive, stored, field, value):
    before = stored(Organisation)[0].name
    assert 'role="alert"' in olive.post("/settings", status=422, **{**PROFILE, field: value}).text
    assert stored(Organisation)[0].name == before


def test_olive_puts_up_a_mark_and_takes_it_down(olive, client, make, stored):
    campaign = make.campaign(olive.organisation)
    olive.post("/settings", mark=mark(), **PROFILE)
    name = stored(Organisation)[0].mark_name
    assert f"/pictures/{name}-small.webp" in client.get(f"/campaigns/{campaign.slug}").text
    assert client.get(f"/pictures/{name}-small.webp").status_code == 200
    olive.post("/settings", mark=mark(), **PROFILE)
    assert len(stored(Picture)) == 1
    olive.post("/settings", without_mark="1", **PROFILE)
    assert not stored(Picture)
    assert stored(Organisation)[0].mark_name == ""
    assert "not a JPEG" in olive.post("/settings", status=415, mark=(io.BytesIO(b"<svg/>"), "mark.svg"), **PROFILE).text


@pytest.mark.parametrize("ink", [(255, 255, 255, 255), (240, 240, 230, 255), (0, 0, 0, 0)])
def test_a_mark_that_light_paper_swallows_is_refused(olive, stored, ink):
    answer = olive.post("/settings", status=422, mark=mark(ink), **PROFILE)
    assert "cannot be seen on light paper" in answer.text
    assert not stored(Picture)


@pytest.mark.parametrize("role", ["editor", "data_officer", "viewer"])
def test_only_owners_settle_the_organisation(client, make, sign_in, role):
    organisation = make.organisation()
    sign_in(client, make.account(role, organisation))
    assert client.get(f"/desk/{organisation.slug}/settings").status_code == 403
    assert client.post(f"/desk/{organisation.slug}/settings", data=PROFILE).status_code == 403


def test_oscar_finds_nothing_of_another_organisation(client, make, sign_in):
    campaign = make.campaign(make.organisation(slug="olives"), published=False)
    sign_in(client, make.account("owner", make.organisation(slug="oscars")))
    for base in ("/desk/olives", "/desk/oscars"):
        for path in ("words", "picture", "target", "publish", "preview", "reports"):
            assert client.get(f"{base}/campaigns/{campaign.slug}/{path}").status_code == 404
        assert client.post(f"{base}/campaigns/{campaign.slug}/publish").status_code == 404
