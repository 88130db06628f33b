"""Counts worth marking on a campaign's way, each recorded once.

Revision 0006, after 0005.
"""

import sqlalchemy as sa
from alembic import op

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "milestone",
        sa.Column("id", KEY, nullable=False),
        sa.Column("campaign_id", KEY, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("target", sa.Integer(), nullable=False),
        sa.Column("reached_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('target', 'halfway', 'round', 'passed')", name=op.f("ck_milestone_kind")),
        sa.CheckConstraint("number > 0", name=op.f("ck_milestone_number")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_milestone_campaign_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_milestone")),
        sa.UniqueConstraint("campaign_id", "number", name=op.f("uq_milestone_campaign_id_number")),
    )


def downgrade():
    op.drop_table("milestone")
