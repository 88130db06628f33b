"""Sessions are rows, devices are known again, and accounts keep a log of sign-ins.

Revision 0013, after 0012.
"""

import sqlalchemy as sa
from alembic import op

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
OLD_MAILS = (
    "'confirm', 'already_signed', 'thanks', 'invitation', 'reset', 'password_changed', 'exported', "
    "'review_asked', 'review_decided', 'not_published', 'milestone'"
)
NEW_MAILS = f"{OLD_MAILS}, 'new_device', 'second_step', 'address_confirm', 'address_changed'"
EVENTS = (
    "'signed_in', 'new_device', 'failed', 'step_failed', 'password_changed', 'password_reset', 'app_on', 'app_off', "
    "'passkey_added', 'passkey_removed', 'codes_made', 'steps_dropped', 'address_changed', 'address_undone', "
    "'device_out', 'signed_out'"
)

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade():
    _sessions()
    _devices()
    _events()
    _addresses()
    with op.batch_alter_table("mail", schema=None) as batch_op:
        batch_op.add_column(sa.Column("account_event_id", KEY, nullable=True))
        batch_op.create_foreign_key(
            op.f("fk_mail_account_event_id"), "account_event", ["account_event_id"], ["id"], ondelete="CASCADE"
        )
        batch_op.add_column(sa.Column("address_change_id", KEY, nullable=True))
        batch_op.create_foreign_key(
            op.f("fk_mail_address_change_id"), "address_change", ["address_change_id"], ["id"], ondelete="CASCADE"
        )
        batch_op.drop_constraint(op.f("ck_mail_kind"), type_="check")
        batch_op.create_check_constraint(op.f("ck_mail_kind"), f"kind IN ({NEW_MAILS})")


def _sessions():
    op.create_table(
        "account_session",
        sa.Column("id", KEY, nullable=False),
        sa.Column("public_id", sa.String(22), nullable=False),
        sa.Column("key", sa.LargeBinary(32), nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("browser", sa.String(24), nullable=False),
        sa.Column("system", sa.String(24), nullable=False),
        sa.Column("is_strong", sa.Boolean(), nullable=False),
        sa.Column("begun_at", MOMENT, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_account_session_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_session")),
        sa.UniqueConstraint("public_id", name=op.f("uq_account_session_public_id")),
        sa.UniqueConstraint("key", name=op.f("uq_account_session_key")),
    )
    op.create_index(op.f("ix_account_session_account_id"), "account_session", ["account_id"])
    op.create_index(op.f("ix_account_session_begun_at"), "account_session", ["begun_at"])


def _devices():
    op.create_table(
        "account_device",
        sa.Column("id", KEY, nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("key", sa.LargeBinary(32), nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_account_device_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_device")),
        sa.UniqueConstraint("account_id", "key", name=op.f("uq_account_device_account_id_key")),
    )
    op.create_index(op.f("ix_account_device_seen_at"), "account_device", ["seen_at"])


def _events():
    op.create_table(
        "account_event",
        sa.Column("id", KEY, nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("browser", sa.String(24), nullable=False),
        sa.Column("system", sa.String(24), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("happened_at", MOMENT, nullable=False),
        sa.CheckConstraint(f"kind IN ({EVENTS})", name=op.f("ck_account_event_kind")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_account_event_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_event")),
    )
    op.create_index("ix_account_event_account_id", "account_event", ["account_id", "id"])
    op.create_index(op.f("ix_account_event_happened_at"), "account_event", ["happened_at"])


def _addresses():
    op.create_table(
        "address_change",
        sa.Column("id", KEY, nullable=False),
        sa.Column("public_id", sa.String(22), nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("old_email", sa.String(254), nullable=False),
        sa.Column("new_email", sa.String(254), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("confirmed_at", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_address_change_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_address_change")),
        sa.UniqueConstraint("public_id", name=op.f("uq_address_change_public_id")),
    )
    op.create_index(op.f("ix_address_change_account_id"), "address_change", ["account_id"])
    op.create_index(op.f("ix_address_change_asked_at"), "address_change", ["asked_at"])


def downgrade():
    op.execute("DELETE FROM mail WHERE kind IN ('new_device', 'second_step', 'address_confirm', 'address_changed')")
    with op.batch_alter_table("mail", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_mail_kind"), type_="check")
        batch_op.create_check_constraint(op.f("ck_mail_kind"), f"kind IN ({OLD_MAILS})")
        batch_op.drop_constraint(op.f("fk_mail_account_event_id"), type_="foreignkey")
        batch_op.drop_column("account_event_id")
        batch_op.drop_constraint(op.f("fk_mail_address_change_id"), type_="foreignkey")
        batch_op.drop_column("address_change_id")
    op.drop_table("address_change")
    op.drop_table("account_event")
    op.drop_table("account_device")
    op.drop_table("account_session")
