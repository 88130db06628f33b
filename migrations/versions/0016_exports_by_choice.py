"""Exports are written by the worker where they are large, know which signatures they held, and choices are kept under names.

Revision 0016, after 0015.
"""

import sqlalchemy as sa
from alembic import op

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
OLD_MAILS = (
    "'confirm', 'already_signed', 'thanks', 'invitation', 'reset', 'password_changed', 'exported', "
    "'review_asked', 'review_decided', 'not_published', 'milestone', "
    "'new_device', 'second_step', 'address_confirm', 'address_changed'"
)
NEW_MAILS = f"{OLD_MAILS}, 'export_ready'"
OLD_STATES, NEW_STATES = (
    "'started', 'finished', 'aborted'",
    "'started', 'queued', 'running', 'ready', 'finished', 'aborted', 'failed', 'expired'",
)
OLD_FORMS, NEW_FORMS = "'spreadsheet', 'crm'", "'spreadsheet', 'crm', 'xlsx', 'jsonl', 'pdf'"
OPEN = sa.text("state IN ('queued', 'running', 'ready')")
MORE = (
    ("public_id", sa.String(22), None),
    ("locale", sa.String(8), "en"),
    ("lease", sa.String(40), None),
    ("due_at", MOMENT, None),
    ("attempt_count", sa.Integer(), "0"),
    ("file", sa.String(40), ""),
    ("size", sa.BigInteger(), "0"),
    ("ready_at", MOMENT, None),
)

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("export") as batch:
        for name, kind, default in MORE:
            batch.add_column(sa.Column(name, kind, nullable=default is None, server_default=default))
        batch.create_unique_constraint(op.f("uq_export_public_id"), ["public_id"])
    _words("export", "state", NEW_STATES)
    _words("export", "form", NEW_FORMS)
    _words("mail", "kind", NEW_MAILS)
    op.create_index("ix_export_open", "export", ["state", "due_at"], postgresql_where=OPEN, sqlite_where=OPEN)
    op.create_table(
        "export_coverage",
        sa.Column("export_id", KEY, nullable=False),
        sa.Column("signers", sa.LargeBinary(), nullable=False),
        sa.Column("supporters", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["export_id"], ["export.id"], name=op.f("fk_export_coverage_export_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("export_id", name=op.f("pk_export_coverage")),
    )
    op.create_table(
        "export_preset",
        sa.Column("id", KEY, nullable=False),
        sa.Column("organisation_id", KEY, nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("choice", sa.JSON(), nullable=False),
        sa.Column("made_by", sa.String(200), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint("length(name) <= 80", name=op.f("ck_export_preset_name_length")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_export_preset_organisation_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_export_preset")),
        sa.UniqueConstraint("organisation_id", "name", name=op.f("uq_export_preset_organisation_id_name")),
    )


def _words(table, column, words):
    """Let a column hold these words and no others."""
    name = op.f(f"ck_{table}_{column}")
    with op.batch_alter_table(table) as batch:
        batch.drop_constraint(name, type_="check")
        batch.create_check_constraint(name, f"{column} IN ({words})")


def downgrade():
    """Files that nobody took are given up; a workbook's or a paper's record stays as one of a spreadsheet."""
    op.execute("DELETE FROM mail WHERE kind = 'export_ready'")
    op.execute("UPDATE export SET state = 'aborted' WHERE state NOT IN ('started', 'finished', 'aborted')")
    op.execute("UPDATE export SET form = 'crm' WHERE form = 'jsonl'")
    op.execute("UPDATE export SET form = 'spreadsheet' WHERE form IN ('xlsx', 'pdf')")
    op.drop_table("export_preset")
    op.drop_table("export_coverage")
    op.drop_index("ix_export_open", "export")
    _words("mail", "kind", OLD_MAILS)
    _words("export", "form", OLD_FORMS)
    _words("export", "state", OLD_STATES)
    with op.batch_alter_table("export") as batch:
        batch.drop_constraint(op.f("uq_export_public_id"), type_="unique")
        for name, _kind, _default in MORE:
            batch.drop_column(name)
