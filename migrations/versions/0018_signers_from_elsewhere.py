"""Signers from paper sheets and other platforms: batches, where a signature comes from, and counts of them apart.

Revision 0018, after 0017.
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WORDS = ("collected_by", "collected_where", "platform", "public_words")
KINDS = "'resend', 'hold', 'release', 'invalidate', 'restore'"
REASONS = "'duplicate', 'automated', 'made_up', 'asked', 'doubtful', 'genuine', 'mistake', 'other'"
PARTS = "paper_count >= 0 AND imported_count >= 0 AND paper_count + imported_count <= confirmed_count"
ELSEWHERE = sa.text("origin <> 'online'")


def upgrade():
    _acts(f"{KINDS}, 'import', 'take_back'", f"{REASONS}, 'paper', 'platform'")
    _imports()
    # Never in a batch, which would copy the table and lose its trigger.
    op.execute(
        "ALTER TABLE signature ADD COLUMN origin VARCHAR(24) NOT NULL DEFAULT 'online'"
        " CONSTRAINT ck_signature_origin CHECK (origin IN ('online', 'paper', 'imported'))"
    )
    kind = "BIGINT" if op.get_bind().dialect.name == "postgresql" else "INTEGER"
    op.execute(
        f"ALTER TABLE signature ADD COLUMN import_id {kind} CONSTRAINT fk_signature_import_id REFERENCES signer_import (id)"
    )
    op.create_index(
        "ix_signature_elsewhere",
        "signature",
        ["campaign_id", "origin", "state", "import_id"],
        postgresql_where=ELSEWHERE,
        sqlite_where=ELSEWHERE,
    )
    op.create_table(
        "signature_claim",
        sa.Column("signature_id", KEY, nullable=False),
        sa.Column("said", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["signature_id"], ["signature.id"], name=op.f("fk_signature_claim_signature_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("signature_id", name=op.f("pk_signature_claim")),
    )
    op.create_index(op.f("ix_signature_claim_created_at"), "signature_claim", ["created_at"])
    with op.batch_alter_table("campaign_tally") as batch:
        batch.add_column(sa.Column("paper_count", sa.Integer(), nullable=False, server_default="0"))
        batch.add_column(sa.Column("imported_count", sa.Integer(), nullable=False, server_default="0"))
        batch.create_check_constraint(op.f("ck_campaign_tally_parts"), PARTS)


def _imports():
    moment, words = sa.DateTime(timezone=True), sa.String(200)
    counts = ("row_count", "taken_count", "duplicate_count", "malformed_count", "consent_count")
    op.create_table(
        "signer_import",
        sa.Column("id", KEY, nullable=False),
        sa.Column("public_id", sa.String(22), nullable=False),
        sa.Column("campaign_id", KEY, nullable=False),
        sa.Column("account_id", KEY, nullable=True),
        sa.Column("done_by", words, nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("state", sa.String(24), nullable=False),
        *(sa.Column(name, words, nullable=False) for name in WORDS),
        *(sa.Column(name, sa.Date(), nullable=False) for name in ("collected_from", "collected_to")),
        sa.Column("country", sa.String(2), nullable=False),
        sa.Column("take_alike", sa.Boolean(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("mapping", sa.JSON(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in counts),
        sa.Column("act_id", KEY, nullable=True),
        *(sa.Column(name, moment, nullable=False) for name in ("created_at", "edited_at")),
        *(sa.Column(name, moment, nullable=True) for name in ("taken_at", "taken_back_at")),
        sa.CheckConstraint("kind IN ('paper', 'platform')", name=op.f("ck_signer_import_kind")),
        sa.CheckConstraint("state IN ('draft', 'taken', 'taken_back')", name=op.f("ck_signer_import_state")),
        sa.CheckConstraint(
            "(state = 'draft') = (content IS NOT NULL)", name=op.f("ck_signer_import_content_is_forgotten")
        ),
        *(sa.CheckConstraint(f"length({n}) <= 200", name=op.f(f"ck_signer_import_{n}_length")) for n in WORDS),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_signer_import_account_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_signer_import_campaign_id")),
        sa.ForeignKeyConstraint(["act_id"], ["signer_act.id"], name=op.f("fk_signer_import_act_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signer_import")),
        sa.UniqueConstraint("public_id", name=op.f("uq_signer_import_public_id")),
    )
    op.create_index("ix_signer_import_campaign_id_id", "signer_import", ["campaign_id", "id"])
    draft = sa.text("state = 'draft'")
    op.create_index(
        "ix_signer_import_draft",
        "signer_import",
        ["campaign_id"],
        unique=True,
        postgresql_where=draft,
        sqlite_where=draft,
    )


def _acts(kinds, reasons):
    with op.batch_alter_table("signer_act") as batch:
        for column, words in (("kind", kinds), ("reason", reasons)):
            batch.drop_constraint(op.f(f"ck_signer_act_{column}"), type_="check")
            batch.create_check_constraint(op.f(f"ck_signer_act_{column}"), f"{column} IN ({words})")


def downgrade():
    """Who signed elsewhere stays, as a signature like others: whoever goes back keeps the count. Their batches are forgotten."""
    with op.batch_alter_table("campaign_tally") as batch:
        batch.drop_constraint(op.f("ck_campaign_tally_parts"), type_="check")
        batch.drop_column("imported_count")
        batch.drop_column("paper_count")
    op.drop_table("signature_claim")
    op.drop_index("ix_signature_elsewhere", "signature")
    for column in ("import_id", "origin"):
        op.execute(f"ALTER TABLE signature DROP COLUMN {column}")
    op.drop_table("signer_import")
    op.execute("UPDATE signature SET channel = 'direct' WHERE channel = 'paper'")
    # What was taken back adds up to nothing with what came in; what remains of batches joins the confirmations.
    op.execute("DELETE FROM signer_act WHERE kind IN ('import', 'take_back')")
    _acts(KINDS, REASONS)
