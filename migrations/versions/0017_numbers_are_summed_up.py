"""Confirmed signatures are summed up by quarters of an hour and by days, and confirmation mails by days and domains.

The worker fills the first for what is there.

Revision 0017, after 0016.
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
COUNTS = ("asked", "again", "mailed", "failed", "confirmed", "confirmed_again")
TO_TALLY = sa.text("NOT is_tallied AND state <> 'queued' AND kind IN ('confirm', 'thanks')")


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
    create_funnel()


def create_funnel():
    """The funnel begins with the mails from now on: those of before are counted for nobody."""
    op.create_table(
        "funnel_tally",
        sa.Column("campaign_id", KEY, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("domain", sa.String(190), nullable=False),
        *(sa.Column(f"{name}_count", sa.Integer(), nullable=False) for name in COUNTS),
        of_campaign("funnel_tally"),
        sa.PrimaryKeyConstraint("campaign_id", "day", "domain", name=op.f("pk_funnel_tally")),
    )
    op.add_column("mail", sa.Column("is_tallied", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute("UPDATE mail SET is_tallied = true")
    op.create_index("ix_mail_to_tally", "mail", ["id"], postgresql_where=TO_TALLY, sqlite_where=TO_TALLY)


def of_campaign(table):
    name = op.f(f"fk_{table}_campaign_id")
    return sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=name, ondelete="CASCADE")


def downgrade():
    op.drop_index("ix_mail_to_tally", table_name="mail")
    op.drop_column("mail", "is_tallied")
    op.drop_table("funnel_tally")
    op.drop_table("tally_mark")
    op.drop_table("tally_progress")
    op.drop_table("signature_tally")
