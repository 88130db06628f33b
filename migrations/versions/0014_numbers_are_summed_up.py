"""Confirmed signatures are summed up by quarters of an hour and by days; the worker fills this for what is there.

Revision 0014, after 0013.
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade():
    op.create_table(
        "signature_tally",
        sa.Column("campaign_id", KEY, nullable=False),
        sa.Column("part", sa.String(24), nullable=False),
        sa.Column("minutes", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(24), nullable=False),
        sa.Column("signature_count", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "part IN ('whole', 'country', 'channel', 'supporter')", name=op.f("ck_signature_tally_part")
        ),
        sa.CheckConstraint("minutes IN (15, 1440)", name=op.f("ck_signature_tally_minutes")),
        sa.CheckConstraint("signature_count > 0", name=op.f("ck_signature_tally_signature_count")),
        of_campaign("signature_tally"),
        sa.PrimaryKeyConstraint("campaign_id", "part", "minutes", "place", "name", name=op.f("pk_signature_tally")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "tally_progress",
        sa.Column("campaign_id", KEY, nullable=False),
        sa.Column("until_at", MOMENT, nullable=False),
        of_campaign("tally_progress"),
        sa.PrimaryKeyConstraint("campaign_id", name=op.f("pk_tally_progress")),
    )
    op.create_table(
        "tally_mark",
        sa.Column("id", KEY, nullable=False),
        sa.Column("campaign_id", KEY, nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        of_campaign("tally_mark"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tally_mark")),
    )
    op.create_index(op.f("ix_tally_mark_campaign_id"), "tally_mark", ["campaign_id"])


def of_campaign(table):
    name = op.f(f"fk_{table}_campaign_id")
    return sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=name, ondelete="CASCADE")


def downgrade():
    op.drop_table("tally_mark")
    op.drop_table("tally_progress")
    op.drop_table("signature_tally")
