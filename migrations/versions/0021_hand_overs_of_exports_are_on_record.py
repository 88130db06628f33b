"""Exports know when their hand-over was begun, by whom they are being taken, and when unusually much left in a day.

Revision 0021, after 0020.
"""

import sqlalchemy as sa
from alembic import op

MOMENT = sa.DateTime(timezone=True)

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("export", sa.Column("handed_at", MOMENT, nullable=True))
    op.add_column("export", sa.Column("handed_count", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("export", sa.Column("handing_until", MOMENT, nullable=True))
    op.add_column("export", sa.Column("day_rows", sa.BigInteger(), nullable=True))


def downgrade():
    with op.batch_alter_table("export") as batch:
        for name in ("day_rows", "handing_until", "handed_count", "handed_at"):
            batch.drop_column(name)
