"""What the search knows, and the words of it: FTS5 on SQLite, a tsvector under a GIN index on PostgreSQL.

Both are empty at first; the worker fills them within minutes of its start, `flask search rebuild` at once.
Revision 0008, after 0006.
"""

import sqlalchemy as sa
from alembic import op

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

revision = "0008"
down_revision = "0006"
branch_labels = None
depends_on = None

# Words come folded and apart, so neither database may do anything to them but cut at spaces: `ascii` leaves whatever is not ASCII
# as it is, and array_to_tsvector takes texts without a parser. Narrow rows (toast_tuple_target) keep counting quick.
ON_SQLITE = (
    "CREATE VIRTUAL TABLE search_words USING fts5(words, tokenize = 'ascii', detail = 'none', columnsize = 0)",
    "CREATE TRIGGER search_entry_forgets AFTER DELETE ON search_entry"
    " BEGIN DELETE FROM search_words WHERE rowid = old.number; END",
)
ON_POSTGRESQL = (
    "CREATE TABLE search_words (rowid BIGINT PRIMARY KEY REFERENCES search_entry (number) ON DELETE CASCADE, words TSVECTOR NOT NULL)"
    " WITH (toast_tuple_target = 128)",
    "CREATE INDEX ix_search_words ON search_words USING gin (words)",
)


def upgrade():
    op.create_table(
        "search_entry",
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("thing_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("register_id", KEY, nullable=True),
        sa.CheckConstraint(
            "kind IN ('topic', 'campaign', 'update', 'report', 'news', 'incident')", name=op.f("ck_search_entry_kind")
        ),
        sa.ForeignKeyConstraint(
            ["register_id"], ["register.id"], name=op.f("fk_search_entry_register_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("kind", "thing_id", name=op.f("pk_search_entry")),
        sa.UniqueConstraint("number", name=op.f("uq_search_entry_number")),
    )
    op.create_index(op.f("ix_search_entry_register_id"), "search_entry", ["register_id"])
    for statement in ON_SQLITE if op.get_bind().dialect.name == "sqlite" else ON_POSTGRESQL:
        op.execute(statement)


def downgrade():
    op.drop_table("search_words")
    op.drop_table("search_entry")
