"""Rows of lists of signers are corrected by hand before they count, and how many were is on record.

Revision 0024, after 0023.
"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade():
    # As words of its own: the check belongs to the column, and SQLite would make the table anew for one of the table.
    op.execute(
        "ALTER TABLE signer_import ADD COLUMN corrections JSON"
        " CONSTRAINT ck_signer_import_corrections_are_forgotten CHECK (state = 'draft' OR corrections IS NULL)"
    )
    op.add_column("signer_import", sa.Column("corrected_count", sa.Integer(), nullable=False, server_default="0"))


def downgrade():
    op.drop_column("signer_import", "corrected_count")
    op.drop_column("signer_import", "corrections")
