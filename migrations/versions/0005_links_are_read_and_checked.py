"""Links are read and checked by the worker; publications can be searched.

Revision 0005, after 0004.
"""

import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

WAITING = sa.text("state = 'waiting'")


def upgrade():
    key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "link_reading",
        sa.Column("id", key, nullable=False),
        sa.Column("organisation_id", key, nullable=False),
        sa.Column("report_id", key, nullable=True),
        sa.Column("host", sa.String(length=255), nullable=True),
        sa.Column("url", sa.String(length=2000), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("trouble", sa.String(length=24), nullable=False),
        sa.Column("details", sa.JSON(), nullable=True),
        sa.Column("lease", sa.String(length=24), nullable=True),
        sa.Column("attempt_count", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(report_id IS NULL) = (host IS NULL)", name=op.f("ck_link_reading_check")),
        sa.CheckConstraint("state IN ('waiting', 'read', 'failed')", name=op.f("ck_link_reading_state")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_link_reading_organisation_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["report_id"], ["report.id"], name=op.f("fk_link_reading_report_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_link_reading")),
        sa.UniqueConstraint("host", name=op.f("uq_link_reading_host")),
        sa.UniqueConstraint("report_id", name=op.f("uq_link_reading_report_id")),
    )
    op.create_index(
        "ix_link_reading_due", "link_reading", ["due_at", "id"], postgresql_where=WAITING, sqlite_where=WAITING
    )
    op.create_index("ix_link_reading_organisation", "link_reading", ["organisation_id", "created_at"])
    op.add_column("report", sa.Column("link_trouble", sa.String(24), nullable=False, server_default=""))
    op.add_column("report", sa.Column("search_key", sa.Text(), nullable=False, server_default=""))
    op.create_index("ix_report_published", "report", ["published_on", "id"])
    fill_search_keys()


def fill_search_keys():
    """As `folded` in app/models/reports.py was when this was written."""
    names = ("title", "publisher", "authors", "claim")
    report = sa.table("report", sa.column("id"), sa.column("search_key"), *(sa.column(name) for name in names))
    for number, *said in op.get_bind().execute(sa.select(report.c.id, *(report.c[name] for name in names))).all():
        plain = unicodedata.normalize("NFKD", "\n".join(text or "" for text in said))
        folded = "".join(c for c in plain if not unicodedata.category(c).startswith("M")).casefold()
        op.execute(report.update().where(report.c.id == number).values(search_key=folded))


def downgrade():
    op.drop_index("ix_report_published", table_name="report")
    with op.batch_alter_table("report") as batch:
        batch.drop_column("search_key")
        batch.drop_column("link_trouble")
    op.drop_table("link_reading")
