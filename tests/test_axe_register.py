"""The register, its map, its incidents and figures in public, in every state: nothing that axe finds, and the main flow in a browser."""

from __future__ import annotations

import datetime as dt

import pytest

from app import clock
from app.domain import incidents
from app.extensions import db
from app.models import Assessment, Incident
from tests import looking
from tests import registers as registers_at_hand
from tests.looking import BOTH
from tests.registers import entry

looker, register_of = looking.looker, registers_at_hand.register_of
pytestmark = pytest.mark.browser
AT = "/topics/iraq-in-crisis"
LONG = "Überlegungen zur Rechenschaftspflicht bewaffneter Gruppen " * 3


@pytest.fixture
def incident(app, make, register_of):
    """One of a few incidents of a register with everything, on a topic with figures."""
    topic = make.topic(title="Iraq in crisis")
    register = register_of.of(
        topic,
        title="Reports of casualties",
        introduction=LONG,
        caveats=LONG,
        source=LONG,
        source_url="https://example.org",
    )
    register_of.figures(topic, caveat=LONG, source="The Example Mission", source_url="https://example.org")
    (first, *_others) = register_of.add(
        register,
        entry(country="IQ", killed=5, latitude=36.34, longitude=43.12, description=LONG, figures=(("detained", 3),)),
        entry("2017", "القائم", sources=("x" * 119, "y" * 119), assessment="non_credible"),
        entry("2018-03", "w" * 199, region="r" * 119, assessment="reopened", latitude=33.3, longitude=44.4),
        report_ids=[make.report(topic, title=LONG).id],
    )
    with app.app_context():
        there = db.session.get_one(Incident, first.id)
        incidents.assess(there, Assessment.CREDIBLE, on=dt.date(2019, 7, 1), note=LONG, now=clock.now())
    return first


def test_public_pages_of_a_register(looker, incident):
    looker.look(f"{AT}/register", languages=BOTH)
    looker.look(f"{AT}/register/map")
    looker.look(f"{AT}/register/{incident.public_id}", languages=BOTH)
    looker.look(AT)
    looker.look("/", lambda page: page.goto(f"{looker.base}{AT}/register?from=soon&country=ZZ&q=nothing"))
    assert looker.wrong == []


def test_sam_filters_a_register_reads_an_incident_and_copies_its_citation(page, live, incident):
    page.goto(f"{live}{AT}/register")
    page.locator("summary").first.click()
    page.select_option("#assessment", "credible")
    page.fill("#from", "2017-01-01")
    page.keyboard.press("Enter")
    page.wait_for_url("**assessment=credible**")
    assert page.locator(".incidents > li").count() == 1
    assert page.input_value("#from") == "2017-01-01"
    page.locator(".incidents a").click()
    page.wait_for_url(f"**/{incident.public_id}")
    assert "From “Open” to “Credible”" in page.text_content("main")
    page.locator("#citation").click()
    assert page.evaluate("getSelection().toString()").endswith(incident.public_id)
