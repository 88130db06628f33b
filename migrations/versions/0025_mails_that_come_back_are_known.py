"""Mails that a server took and sent back are known as such, and the funnel counts them so.

Revision 0025, after 0024.
"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

OLD_STATES = "'queued', 'sent', 'failed'"
NEW_STATES = f"{OLD_STATES}, 'bounced'"
OLD_OPENED = "is_opened AND is_tallied AND NOT is_opened_tallied"
NEW_OPENED = f"{OLD_OPENED} AND state <> 'bounced'"
INDEXES = (
    ("ix_mail_sent", "message_id", "state = 'sent'"),
    ("ix_mail_came_back", "created_at", "state = 'bounced'"),
    ("ix_mail_bounced", "id", "state = 'bounced' AND is_tallied AND NOT is_failure_tallied"),
)


def upgrade():
    """Also mails that went out before can come back: by their Message-ID."""
    op.add_column("mail", sa.Column("is_failure_tallied", sa.Boolean(), nullable=False, server_default=sa.false()))
    _states(NEW_STATES)
    _index_opened(NEW_OPENED)
    for name, column, where in INDEXES:
        _index(name, column, where)


def _states(words):
    with op.batch_alter_table("mail") as batch:
        batch.drop_constraint(op.f("ck_mail_state"), type_="check")
        batch.create_check_constraint(op.f("ck_mail_state"), f"state IN ({words})")


def _index_opened(where):
    op.drop_index("ix_mail_opened", table_name="mail")
    _index("ix_mail_opened", "id", where)


def _index(name, column, where):
    op.create_index(name, "mail", [column], postgresql_where=sa.text(where), sqlite_where=sa.text(where))


def downgrade():
    """What came back was taken by its server, which is all that is known then. The numbers of the funnel stay."""
    op.execute("UPDATE mail SET state = 'sent', error = '' WHERE state = 'bounced'")
    for name, _column, _where in INDEXES:
        op.drop_index(name, table_name="mail")
    _index_opened(OLD_OPENED)
    _states(OLD_STATES)
    op.drop_column("mail", "is_failure_tallied")
