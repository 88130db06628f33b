"""A key figure that was removed stays for a while, so that its removal can be undone.

Revision 0004, after 0003.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("key_figure", sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True))


def downgrade():
    op.execute("DELETE FROM key_figure WHERE removed_at IS NOT NULL")  # else they would be shown again
    with op.batch_alter_table("key_figure") as table:
        table.drop_column("removed_at")
