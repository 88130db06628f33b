"""The database goes every step forwards and backwards, and arrives at what the models say."""

from __future__ import annotations

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask_migrate import downgrade, upgrade
from sqlalchemy import text

from app.extensions import db
from app.models import CampaignState, Signature
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
            assert db.session.query(Signature).count() == 1
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


def test_a_connection_that_migrated_has_the_limit_of_pages_again(app, engine):
    if engine == "sqlite":
        return
    with app.app_context():
        upgrade()
        assert db.session.execute(text("SHOW statement_timeout")).scalar() == "5s"
