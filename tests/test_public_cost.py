"""What a public page costs: the same number of queries however much it shows, and nothing for an address that leads nowhere."""

from __future__ import annotations

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from app.extensions import db
from tests.factories import Make


def queries(app: Flask, client: FlaskClient, address: str) -> list[str]:
    """The statements that one page asks the database."""
    asked: list[str] = []

    def note(_connection, _cursor, statement, *_more):
        asked.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        assert client.get(address).status_code == 200
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return asked


def test_a_stranger_who_makes_addresses_up_leaves_nothing_in_memory(app: Flask, client: FlaskClient) -> None:
    for n in range(20):
        assert client.get(f"/campaigns/made-up-{n}").status_code == 404
    assert not app.extensions["pages"]._making


def test_lists_of_campaigns_ask_as_often_for_many_as_for_few(app: Flask, client: FlaskClient, make: Make) -> None:
    organisation = make.organisation(slug="tigris")
    addresses = ("/", "/organisations/tigris")

    def asked() -> dict[str, int]:
        return {address: len(queries(app, client, address)) for address in addresses}

    for _ in range(2):
        make.campaign(organisation, published=True)
    few = asked()
    for _ in range(6):
        make.campaign(organisation, published=True)
    assert asked() == few
