"""Organisations have keys that their exports are encrypted to; an export says to which it was, and what list the file holds.

Revision 0023, after 0022.
"""

import sqlalchemy as sa
from alembic import op

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "export_key",
        sa.Column("id", KEY, nullable=False),
        sa.Column("organisation_id", KEY, nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("key", sa.String(120), nullable=False),
        sa.Column("added_by", sa.String(200), nullable=False),
        sa.Column("added_at", MOMENT, nullable=False),
        sa.CheckConstraint("length(name) <= 80", name=op.f("ck_export_key_name_length")),
        sa.CheckConstraint("length(key) <= 120", name=op.f("ck_export_key_key_length")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_export_key_organisation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_export_key")),
        sa.UniqueConstraint("organisation_id", "name", name=op.f("uq_export_key_organisation_id_name")),
        sa.UniqueConstraint("organisation_id", "key", name=op.f("uq_export_key_organisation_id_key")),
    )
    required = sa.Column("requires_encryption", sa.Boolean(), nullable=False, server_default=sa.false())
    op.add_column("organisation", required)
    op.add_column("export", sa.Column("encrypted_to", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("export", sa.Column("list_sha256", sa.String(64), nullable=False, server_default=""))


def downgrade():
    with op.batch_alter_table("export") as batch:
        batch.drop_column("list_sha256")
        batch.drop_column("encrypted_to")
    op.drop_column("organisation", "requires_encryption")  # a table made anew would break the trigger that looks at it
    op.drop_table("export_key")
