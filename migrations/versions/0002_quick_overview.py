"""Indexes from which the overview of a campaign is counted, on SQLite too.

Revision 0002. The one index that 0001 made for this did not hold `state` and `created_at`, so SQLite fetched each of a
million rows, and sorted them by country. On PostgreSQL, making both takes a second or two for a million signatures;
until then nobody can sign.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

CONFIRMED = {name: sa.text("state = 'confirmed'") for name in ("postgresql_where", "sqlite_where")}


def upgrade():
    op.drop_index("ix_signature_confirmed", table_name="signature")
    columns = ["campaign_id", "confirmed_at", "created_at", "state"]
    op.create_index("ix_signature_confirmed", "signature", columns, **CONFIRMED)
    op.create_index("ix_signature_sources", "signature", ["campaign_id", "country", "channel", "state"], **CONFIRMED)


def downgrade():
    op.drop_index("ix_signature_sources", table_name="signature")
    op.drop_index("ix_signature_confirmed", table_name="signature")
    columns = ["campaign_id", "confirmed_at", "country", "channel"]
    op.create_index("ix_signature_confirmed", "signature", columns, **CONFIRMED)
