"""The register at size: columns that answer every filter, drafts of imports, addresses of figure series.

Revision 0007, after 0006.
"""

import secrets
import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
BATCH = 1000


def upgrade():
    with op.batch_alter_table("incident") as batch:
        batch.add_column(sa.Column("read_key", sa.LargeBinary(16)))
        batch.add_column(sa.Column("place_key", sa.Text(), nullable=False, server_default=""))
        batch.add_column(sa.Column("source_names", sa.Text(), nullable=False, server_default=""))
    fill()
    with op.batch_alter_table("incident") as batch:
        batch.alter_column("place_key", existing_type=sa.Text(), server_default=None)
        batch.alter_column("source_names", existing_type=sa.Text(), server_default=None)
        batch.create_check_constraint(op.f("ck_incident_place_key_length"), "length(place_key) <= 330")
        batch.create_check_constraint(op.f("ck_incident_source_names_length"), "length(source_names) <= 300")
        batch.create_index("ix_incident_changed", ["register_id", "changed_at"])
    with op.batch_alter_table("incident_source") as batch:
        batch.add_column(sa.Column("url", sa.String(2000), nullable=False, server_default=""))
    with op.batch_alter_table("incident_source") as batch:
        batch.alter_column("url", existing_type=sa.String(2000), server_default=None)
    op.add_column("assessment_change", sa.Column("before_since", sa.Date()))
    give_addresses()
    op.create_table(
        "import_draft",
        sa.Column("id", KEY, nullable=False),
        sa.Column("register_id", KEY, nullable=False),
        sa.Column("is_table", sa.Boolean(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("mapping", sa.JSON(), nullable=True),
        sa.Column("corrections", sa.JSON(), nullable=False),
        sa.Column("assessed_on", sa.Date(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["register_id"], ["register.id"], name=op.f("fk_import_draft_register_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_draft")),
        sa.UniqueConstraint("register_id", name=op.f("uq_import_draft_register_id")),
    )


def give_addresses():
    """A random public address for each series of figures."""
    op.add_column("figure_series", sa.Column("public_id", sa.String(22)))
    connection = op.get_bind()
    series = sa.table("figure_series", sa.column("id"), sa.column("public_id"))
    for number in connection.scalars(sa.select(series.c.id)).all():
        values = {"public_id": secrets.token_urlsafe(16)}
        connection.execute(sa.update(series).where(series.c.id == number).values(**values))
    with op.batch_alter_table("figure_series") as batch:
        batch.alter_column("public_id", existing_type=sa.String(22), nullable=False)
        batch.create_unique_constraint(op.f("uq_figure_series_public_id"), ["public_id"])


def fill():
    """Say once more, in the new columns, what the rows say already."""
    connection = op.get_bind()
    incident = sa.table(
        "incident",
        *(sa.column(name) for name in ("id", "place", "region", "place_key", "source_names")),
    )
    source = sa.table("incident_source", *(sa.column(name) for name in ("incident_id", "position", "name")))
    last = 0
    while rows := connection.execute(
        sa.select(incident).where(incident.c.id > last).order_by(incident.c.id).limit(BATCH)
    ).all():
        for row in rows:
            names = connection.scalars(
                sa.select(source.c.name).where(source.c.incident_id == row.id).order_by(source.c.position)
            )
            values = {"place_key": folded(row.place, row.region), "source_names": "\n".join(names)[:300]}
            connection.execute(sa.update(incident).where(incident.c.id == row.id).values(**values))
        last = rows[-1].id


def folded(place, region):
    """As app/domain/folding.py folded when this was written."""
    text = ", ".join(part for part in (place, region) if part)
    bare = "".join(c for c in unicodedata.normalize("NFKD", text) if unicodedata.category(c) != "Mn")
    return " ".join(bare.casefold().replace("’", "'").split())[:330]


def downgrade():
    op.drop_table("import_draft")
    with op.batch_alter_table("assessment_change") as batch:
        batch.drop_column("before_since")
    with op.batch_alter_table("incident_source") as batch:
        batch.drop_column("url")
    with op.batch_alter_table("figure_series") as batch:
        batch.drop_constraint(op.f("uq_figure_series_public_id"), type_="unique")
        batch.drop_column("public_id")
    with op.batch_alter_table("incident") as batch:
        batch.drop_index("ix_incident_changed")
        for name in ("source_names_length", "place_key_length"):
            batch.drop_constraint(op.f(f"ck_incident_{name}"), type_="check")
        for name in ("source_names", "place_key", "read_key"):
            batch.drop_column(name)
