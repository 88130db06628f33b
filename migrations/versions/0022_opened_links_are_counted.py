"""The funnel counts opened links, and the index on confirmed signatures goes without the moment of signing, which no page reads by it.

Revision 0022, after 0021.
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

OPENED = sa.text("is_opened AND is_tallied AND NOT is_opened_tallied")
CONFIRMED = sa.text("state = 'confirmed'")


def upgrade():
    """Opened links are counted from now on, also of mails that were handed over before."""
    op.add_column("mail", sa.Column("is_opened", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("mail", sa.Column("is_opened_tallied", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_index("ix_mail_opened", "mail", ["id"], postgresql_where=OPENED, sqlite_where=OPENED)
    op.add_column("funnel_tally", sa.Column("opened_count", sa.Integer(), nullable=False, server_default="0"))
    _index_confirmed("campaign_id", "confirmed_at", "state")


def _index_confirmed(*columns):
    op.drop_index("ix_signature_confirmed", table_name="signature")
    op.create_index(
        "ix_signature_confirmed", "signature", list(columns), postgresql_where=CONFIRMED, sqlite_where=CONFIRMED
    )


def downgrade():
    _index_confirmed("campaign_id", "confirmed_at", "created_at", "state")
    op.drop_column("funnel_tally", "opened_count")
    op.drop_index("ix_mail_opened", table_name="mail")
    op.drop_column("mail", "is_opened_tallied")
    op.drop_column("mail", "is_opened")
