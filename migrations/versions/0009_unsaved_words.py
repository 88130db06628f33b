"""Words typed into forms of the desk are kept before they are saved.

Revision 0009, after 0008.
"""

import sqlalchemy as sa
from alembic import op

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "unsaved_words",
        sa.Column("id", KEY, nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("address", sa.String(300), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_unsaved_words_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unsaved_words")),
        sa.UniqueConstraint("account_id", "address", name=op.f("uq_unsaved_words_account_id_address")),
    )
    op.create_index("ix_unsaved_words_kept_at", "unsaved_words", ["kept_at"])


def downgrade():
    op.drop_table("unsaved_words")
