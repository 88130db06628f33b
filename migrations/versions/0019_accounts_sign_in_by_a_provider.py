"""Accounts are connected with who somebody is at a sign-in provider.

Revision 0019, after 0018.
"""

import sqlalchemy as sa
from alembic import op

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
OLD_EVENTS = (
    "'signed_in', 'new_device', 'failed', 'step_failed', 'password_changed', 'password_reset', 'app_on', 'app_off', "
    "'passkey_added', 'passkey_removed', 'codes_made', 'steps_dropped', 'address_changed', 'address_undone', "
    "'device_out', 'signed_out'"
)
NEW_EVENTS = f"{OLD_EVENTS}, 'provider_bound', 'provider_removed'"

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "provider_binding",
        sa.Column("id", KEY, nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("issuer", sa.String(255), nullable=False),
        sa.Column("subject", sa.String(255), nullable=False),
        sa.Column("bound_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_provider_binding_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_binding")),
        sa.UniqueConstraint("issuer", "subject", name=op.f("uq_provider_binding_issuer_subject")),
        sa.UniqueConstraint("account_id", "issuer", name=op.f("uq_provider_binding_account_id_issuer")),
    )
    _events(NEW_EVENTS)


def _events(kinds):
    with op.batch_alter_table("account_event", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_account_event_kind"), type_="check")
        batch_op.create_check_constraint(op.f("ck_account_event_kind"), f"kind IN ({kinds})")


def downgrade():
    op.execute(
        "DELETE FROM mail WHERE account_event_id IN "
        "(SELECT id FROM account_event WHERE kind IN ('provider_bound', 'provider_removed'))"
    )
    op.execute("DELETE FROM account_event WHERE kind IN ('provider_bound', 'provider_removed')")
    _events(OLD_EVENTS)
    op.drop_table("provider_binding")
