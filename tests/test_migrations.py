"""The database goes every step forwards and backwards, and arrives at what the models say."""

from __future__ import annotations

import datetime as dt

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask_migrate import downgrade, upgrade
from sqlalchemy import text

from app.extensions import db
from app.models import CampaignState, Signature, SignerAct, WithdrawalTally
from app.models.search import is_modelled
from tests import standing


def test_every_migration_has_a_way_back(app, make, stored):
    organisation = make.organisation()
    make.signature(make.campaign(organisation))
    for state in CampaignState:
        standing.campaign(make, state, organisation)
    with app.app_context():
        db.engine.dispose()
        try:
            downgrade(revision="0001")
            db.engine.dispose()
            assert db.session.query(Signature.id).count() == 1
            db.session.remove()
            downgrade(revision="base")
        finally:
            upgrade()
            db.engine.dispose()
        with db.engine.connect() as connection:
            differences = compare_metadata(
                MigrationContext.configure(connection, opts={"include_name": is_modelled}), db.metadata
            )
    assert differences == []
    assert stored(Signature) == []


def test_names_are_folded_and_the_ledger_begun_for_what_was_there_before(app, make, stored):
    campaign, gone = make.campaign(), dt.datetime(2026, 3, 9, 12, 0, tzinfo=dt.UTC)
    make.signature(campaign, given_name="Åsa", family_name="Şahin")
    make.signature(campaign, given_name="Sam", family_name="Signer")
    make.signature(campaign, "withdrawn", email_key=None, confirmed_at=gone, withdrawn_at=gone)
    make.signature(campaign, "invalidated", confirmed_at=gone)
    with app.app_context():
        db.engine.dispose()
        try:
            downgrade(revision="0008")
            assert db.session.scalar(text("SELECT name_key FROM signature WHERE family_name = 'Şahin'")) == "åsa şahin"
            db.session.remove()
        finally:
            upgrade()
            db.engine.dispose()
    keys = [(signature.name_key, signature.family_key) for signature in stored(Signature)]
    assert keys[:2] == [("asa sahin", "sahin asa"), ("sam signer", "signer sam")]
    assert [(tally.month, tally.withdrawn_count) for tally in stored(WithdrawalTally)] == [(dt.date(2026, 3, 1), 1)]
    assert [(act.delta, act.state) for act in stored(SignerAct)] == [(-1, "done")]


def test_a_connection_that_migrated_has_the_limit_of_pages_again(app, engine):
    if engine == "sqlite":
        return
    with app.app_context():
        upgrade()
        assert db.session.execute(text("SHOW statement_timeout")).scalar() == "5s"
