"""An organisation's colour, fitted so that everybody can read what is written in it and on it."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from app import brand, colours
from tests.factories import Make


def test_an_organisation_signs_in_its_own_colour(client: FlaskClient, make: Make) -> None:
    make.campaign(make.organisation(slug="tigris", signal_colour="#ffd000"), slug="militias")
    assert '/organisations/tigris/brand.css?v=ffd000"' in client.get("/campaigns/militias").text
    answer = client.get("/organisations/tigris/brand.css")
    assert answer.mimetype == "text/css"
    assert "public" in answer.headers["Cache-Control"]
    signals = re.findall(r"--signal:(#\w{6});--signal-deep:(#\w{6});--on-signal:(#\w{6})", answer.text)
    for (signal, deep, text), paper in zip(signals, (colours.LIGHT_PAPER, colours.DARK_PAPER), strict=True):
        assert colours.contrast(signal, paper) >= 4.5
        assert colours.contrast(text, signal) >= 4.5
        assert colours.contrast(text, deep) >= 4.5


def test_the_colour_of_the_house_needs_no_stylesheet(client: FlaskClient, make: Make) -> None:
    make.campaign(slug="militias")
    assert "brand.css" not in client.get("/campaigns/militias").text


@pytest.mark.parametrize(
    "colour", ["#000000", "#ffffff", "#808080", "#ff0000", "#ffff00", "#00ffff", "#1f3ac7", "#777777"]
)
def test_every_colour_can_be_made_readable(colour: str) -> None:
    for fitted, paper in (
        (colours.fit_for_light(colour), colours.LIGHT_PAPER),
        (colours.fit_for_dark(colour), colours.DARK_PAPER),
    ):
        assert colours.contrast(fitted, paper) >= 4.5
        assert colours.contrast(colours.readable_on(fitted), fitted) >= 4.5


def test_contrast_is_that_of_the_standard() -> None:
    assert round(colours.contrast("#000000", "#ffffff"), 2) == 21.0
    assert round(colours.contrast("#777777", "#ffffff"), 2) == 4.48


def test_what_is_no_colour_changes_no_stylesheet() -> None:
    assert "}" not in brand.sheet("red;}body{display:none").split("--signal:")[1][:7]
    assert brand.sheet("red;}body{display:none") == brand.sheet("#1f3ac7")
