"""What members do is on record; roles mailer and analyst, single grants, moderators and operators; campaigns change hands.

Revision 0012, after 0011.
"""

import sqlalchemy as sa
from alembic import op

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

GRANTS = ("may_see_names", "may_see_addresses", "may_export")
ROLES = ("owner", "editor", "data_officer", "viewer")
MORE_ROLES = ("owner", "editor", "mailer", "data_officer", "analyst", "viewer")
KEPT = ("id", "organisation_id", "done_at", "by_name", "deed", "thing_kind", "thing_id", "thing", "folded")
REFUSED = "the log is only added to"
CHANGED = " OR ".join(f"NEW.{name} <> OLD.{name}" for name in KEPT)
STAYS = f"NEW.account_id IS NOT NULL OR {CHANGED} OR NEW.details <> OLD.details"
REFUSE = f"BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END"
ON_SQLITE = (
    f"CREATE TRIGGER activity_stays BEFORE UPDATE ON activity WHEN {STAYS} {REFUSE}",
    "CREATE TRIGGER activity_is_kept BEFORE DELETE ON activity"  # noqa: S608 (names of ours)
    f" WHEN EXISTS (SELECT 1 FROM organisation WHERE id = OLD.organisation_id) {REFUSE}",
)
ON_POSTGRESQL = (
    "CREATE FUNCTION keep_activity() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"  # noqa: S608 (names of ours)
    f" IF TG_OP = 'UPDATE' THEN IF NEW.account_id IS NULL AND NOT ({CHANGED}"
    " OR NEW.details::text <> OLD.details::text) THEN RETURN NEW; END IF;"
    " ELSIF TG_OP = 'DELETE' THEN"
    " IF NOT EXISTS (SELECT 1 FROM organisation WHERE id = OLD.organisation_id) THEN RETURN OLD; END IF; END IF;"
    f" RAISE EXCEPTION '{REFUSED}' USING ERRCODE = 'check_violation'; END $$",
    "CREATE TRIGGER activity_stays BEFORE UPDATE OR DELETE ON activity FOR EACH ROW EXECUTE FUNCTION keep_activity()",
    "CREATE TRIGGER activity_is_kept BEFORE TRUNCATE ON activity FOR EACH STATEMENT EXECUTE FUNCTION keep_activity()",
)


def upgrade():
    _log()
    _roles(MORE_ROLES)
    for table in (
        "membership",
        "invitation",
    ):  # viewers saw the numbers until now; nobody loses something by an upgrade
        op.execute(f"UPDATE {table} SET role = 'analyst' WHERE role = 'viewer'")  # noqa: S608 (names of ours)
    for name in GRANTS:
        op.add_column("membership", sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false()))
    for name in ("is_moderator", "is_operator"):
        op.add_column("account", sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false()))
    _transfers()
    _exports_of_their_organisation()


def _log():
    op.create_table(
        "activity",
        sa.Column("id", KEY, nullable=False),
        sa.Column("organisation_id", KEY, nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", KEY, nullable=True),
        sa.Column("by_name", sa.String(120), nullable=False),
        sa.Column("deed", sa.String(24), nullable=False),
        sa.Column("thing_kind", sa.String(24), nullable=False),
        sa.Column("thing_id", sa.BigInteger(), nullable=False),
        sa.Column("thing", sa.String(200), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.CheckConstraint("length(thing) <= 200", name=op.f("ck_activity_thing_length")),
        sa.CheckConstraint("length(by_name) <= 120", name=op.f("ck_activity_by_name_length")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_activity_organisation_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_activity_account_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity")),
    )
    op.create_index("ix_activity_page", "activity", ["organisation_id", "done_at", "id"])
    op.create_index("ix_activity_thing", "activity", ["organisation_id", "thing_kind", "thing_id", "id"])
    op.create_index("ix_activity_account_id", "activity", ["account_id"])
    for statement in ON_SQLITE if op.get_bind().dialect.name == "sqlite" else ON_POSTGRESQL:
        op.execute(statement)


def _roles(roles):
    """Let both tables take these roles."""
    listed = ", ".join(f"'{role}'" for role in roles)
    for table in ("membership", "invitation"):
        with op.batch_alter_table(table) as batch:
            batch.drop_constraint(op.f(f"ck_{table}_role"), type_="check")
            batch.create_check_constraint(op.f(f"ck_{table}_role"), f"role IN ({listed})")


def _transfers():
    op.create_table(
        "transfer",
        sa.Column("id", KEY, nullable=False),
        sa.Column("public_id", sa.String(22), nullable=False),
        sa.Column("campaign_id", KEY, nullable=False),
        sa.Column("from_organisation_id", KEY, nullable=False),
        sa.Column("to_organisation_id", KEY, nullable=False),
        sa.Column("offered_by_id", KEY, nullable=True),
        sa.Column("offered_by_name", sa.String(120), nullable=False),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('offered', 'accepted', 'declined', 'taken_back', 'expired')", name=op.f("ck_transfer_state")
        ),
        sa.CheckConstraint("from_organisation_id <> to_organisation_id", name=op.f("ck_transfer_two_organisations")),
        sa.CheckConstraint("(state = 'offered') = (ended_at IS NULL)", name=op.f("ck_transfer_ended")),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_transfer_campaign_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["from_organisation_id"], ["organisation.id"], name=op.f("fk_transfer_from_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["to_organisation_id"], ["organisation.id"], name=op.f("fk_transfer_to_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["offered_by_id"], ["account.id"], name=op.f("fk_transfer_offered_by_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transfer")),
        sa.UniqueConstraint("public_id", name=op.f("uq_transfer_public_id")),
    )
    is_open = sa.text("state = 'offered'")
    op.create_index(
        "ix_transfer_open", "transfer", ["campaign_id"], unique=True, sqlite_where=is_open, postgresql_where=is_open
    )
    op.create_index(op.f("ix_transfer_from_organisation_id"), "transfer", ["from_organisation_id"])
    op.create_index(op.f("ix_transfer_to_organisation_id"), "transfer", ["to_organisation_id"])


def _exports_of_their_organisation():
    """An export belongs to the organisation whose member took it, also when the campaign goes elsewhere later."""
    op.add_column("export", sa.Column("organisation_id", KEY, nullable=True))
    op.execute(
        "UPDATE export SET organisation_id ="
        " (SELECT organisation_id FROM campaign WHERE campaign.id = export.campaign_id)"
    )
    with op.batch_alter_table("export") as batch:
        batch.alter_column("organisation_id", existing_type=KEY, nullable=False)
        batch.create_foreign_key(op.f("fk_export_organisation_id"), "organisation", ["organisation_id"], ["id"])
    op.create_index(op.f("ix_export_organisation_id"), "export", ["organisation_id", "id"])


def downgrade():
    op.drop_index(op.f("ix_export_organisation_id"), "export")
    with op.batch_alter_table("export") as batch:
        batch.drop_constraint(op.f("fk_export_organisation_id"), type_="foreignkey")
        batch.drop_column("organisation_id")
    op.drop_table("transfer")
    for table, names in (("account", ("is_moderator", "is_operator")), ("membership", GRANTS)):
        with op.batch_alter_table(table) as batch:
            for name in names:
                batch.drop_column(name)
    for table in ("membership", "invitation"):
        op.execute(f"UPDATE {table} SET role = 'viewer' WHERE role IN ('mailer', 'analyst')")  # noqa: S608 (names of ours)
    _roles(ROLES)
    op.drop_table("activity")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION keep_activity()")
