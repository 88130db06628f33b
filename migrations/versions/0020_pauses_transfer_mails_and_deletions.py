"""Pauses are on record, owners are told of transfers by mail, and a single imported signer can be deleted.

Revision 0020, after 0019.
"""

import sqlalchemy as sa
from alembic import op

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
OLD_MAILS = (
    "'confirm', 'already_signed', 'thanks', 'invitation', 'reset', 'password_changed', 'exported', 'export_ready', "
    "'review_asked', 'review_decided', 'not_published', 'milestone', 'new_device', 'second_step', 'address_confirm', "
    "'address_changed'"
)
NEW_MAILS = f"{OLD_MAILS}, 'transfer_offered', 'transfer_answered'"
OLD_ACTS = "'resend', 'hold', 'release', 'invalidate', 'restore', 'import', 'take_back'"
NEW_ACTS = f"{OLD_ACTS}, 'delete'"

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade():
    _pauses()
    with op.batch_alter_table("mail") as batch:
        batch.add_column(sa.Column("transfer_id", KEY, nullable=True))
        batch.create_foreign_key(op.f("fk_mail_transfer_id"), "transfer", ["transfer_id"], ["id"], ondelete="CASCADE")
    _words("mail", NEW_MAILS)
    _words("signer_act", NEW_ACTS)


def _words(table, kinds):
    with op.batch_alter_table(table) as batch:
        batch.drop_constraint(op.f(f"ck_{table}_kind"), type_="check")
        batch.create_check_constraint(op.f(f"ck_{table}_kind"), f"kind IN ({kinds})")


def _pauses():
    op.create_table(
        "pause",
        sa.Column("campaign_id", KEY, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("paused_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.CheckConstraint("ended_at IS NULL OR ended_at >= paused_at", name=op.f("ck_pause_ends_after_it_begins")),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_pause_campaign_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("campaign_id", "number", name=op.f("pk_pause")),
    )
    # Earlier ones, as the logs of organisations tell them; and those that began before there were logs and last still.
    op.execute(
        "INSERT INTO pause (campaign_id, number, paused_at, ended_at) "
        "SELECT begun.thing_id, ROW_NUMBER() OVER (PARTITION BY begun.thing_id ORDER BY begun.id), begun.done_at, "
        "(SELECT MIN(later.done_at) FROM activity AS later WHERE later.thing_kind = 'campaign' "
        "AND later.thing_id = begun.thing_id AND later.id > begun.id AND later.deed IN ('resumed', 'closed', 'archived')) "
        "FROM activity AS begun JOIN campaign ON campaign.id = begun.thing_id "
        "WHERE begun.thing_kind = 'campaign' AND begun.deed = 'paused'"
    )
    op.execute(
        "INSERT INTO pause (campaign_id, number, paused_at) SELECT id, 1, paused_at FROM campaign "
        "WHERE state = 'paused' AND id NOT IN (SELECT campaign_id FROM pause)"
    )


def downgrade():
    """Who was deleted stays so; the line of the change is that of an invalidation."""
    op.execute("UPDATE signer_act SET kind = 'invalidate' WHERE kind = 'delete'")
    _words("signer_act", OLD_ACTS)
    op.execute("DELETE FROM mail WHERE kind IN ('transfer_offered', 'transfer_answered')")
    _words("mail", OLD_MAILS)
    with op.batch_alter_table("mail") as batch:
        batch.drop_constraint(op.f("fk_mail_transfer_id"), type_="foreignkey")
        batch.drop_column("transfer_id")
    op.drop_table("pause")
