"""Campaigns say which fields their sign form has, ask questions of their own, and thank in their own words.

Revision 0015, after 0014. SQLite makes the table of campaigns anew.
"""

import sqlalchemy as sa
from alembic import op

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
FIELDS = ("family_name", "country", "postcode")

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade():
    """What was optional stays optional."""
    with op.batch_alter_table("campaign") as campaign:
        for field, usual in zip(FIELDS, ("required", "required", "asked"), strict=True):
            campaign.add_column(sa.Column(f"asks_{field}", sa.String(24), nullable=False, server_default=usual))
            rule = f"asks_{field} IN ('off', 'asked', 'required')"
            campaign.create_check_constraint(op.f(f"ck_campaign_asks_{field}"), rule)
        campaign.add_column(sa.Column("has_questions", sa.Boolean(), nullable=False, server_default=sa.false()))
        campaign.add_column(sa.Column("next_campaign_id", KEY))
        following = (op.f("fk_campaign_next_campaign_id"), "campaign", ["next_campaign_id"], ["id"])
        campaign.create_foreign_key(*following, ondelete="SET NULL")
        campaign.create_index(op.f("ix_campaign_next_campaign_id"), ["next_campaign_id"])
    op.execute("UPDATE campaign SET asks_family_name = 'asked' WHERE NOT family_name_required")
    with op.batch_alter_table("campaign") as campaign:
        campaign.drop_column("family_name_required")
    create_questions()
    create_answers()
    create_thanks()


def create_questions():
    op.create_table(
        "question",
        sa.Column("id", KEY, nullable=False),
        sa.Column("campaign_id", KEY, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("is_required", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("edited_at", MOMENT, nullable=False),
        sa.Column("closed_at", MOMENT),
        sa.Column("removed_at", MOMENT),
        sa.CheckConstraint("kind IN ('line', 'text', 'choice', 'box')", name=op.f("ck_question_kind")),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_question_campaign_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question")),
    )
    op.create_index(op.f("ix_question_campaign_id"), "question", ["campaign_id"])
    op.create_table(
        "question_wording",
        sa.Column("question_id", KEY, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("locale", sa.String(8), nullable=False),
        sa.Column("label", sa.String(200), nullable=False),
        sa.Column("help", sa.String(500), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("translations", sa.JSON(), nullable=False),
        sa.Column("written_at", MOMENT, nullable=False),
        sa.CheckConstraint("length(label) <= 200", name=op.f("ck_question_wording_label_length")),
        sa.CheckConstraint("length(help) <= 500", name=op.f("ck_question_wording_help_length")),
        sa.ForeignKeyConstraint(
            ["question_id"], ["question.id"], name=op.f("fk_question_wording_question_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("question_id", "version", name=op.f("pk_question_wording")),
    )


def create_answers():
    op.create_table(
        "answer",
        sa.Column("signature_id", KEY, nullable=False),
        sa.Column("question_id", KEY, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.CheckConstraint("length(value) <= 2000", name=op.f("ck_answer_value_length")),
        sa.ForeignKeyConstraint(
            ["signature_id"], ["signature.id"], name=op.f("fk_answer_signature_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["question_id"], ["question.id"], name=op.f("fk_answer_question_id")),
        sa.ForeignKeyConstraint(
            ["question_id", "version"],
            ["question_wording.question_id", "question_wording.version"],
            name=op.f("fk_answer_question_id_version"),
        ),
        sa.PrimaryKeyConstraint("signature_id", "question_id", name=op.f("pk_answer")),
    )
    op.create_index("ix_answer_question_id", "answer", ["question_id"])


def create_thanks():
    op.create_table(
        "thank_you",
        sa.Column("campaign_id", KEY, nullable=False),
        sa.Column("locale", sa.String(8), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("mail_subject", sa.String(150), nullable=False),
        sa.Column("mail_text", sa.Text(), nullable=False),
        sa.Column("whatsapp", sa.String(500), nullable=False),
        sa.Column("x", sa.String(500), nullable=False),
        sa.Column("mastodon", sa.String(500), nullable=False),
        sa.Column("bluesky", sa.String(500), nullable=False),
        sa.CheckConstraint("length(text) <= 4000", name=op.f("ck_thank_you_text_length")),
        sa.CheckConstraint("length(mail_text) <= 2000", name=op.f("ck_thank_you_mail_text_length")),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_thank_you_campaign_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("campaign_id", "locale", name=op.f("pk_thank_you")),
    )


def downgrade():
    """Answers are lost; a family name that was not asked for is optional."""
    for table in ("thank_you", "answer", "question_wording", "question"):
        op.drop_table(table)
    with op.batch_alter_table("campaign") as campaign:
        campaign.add_column(sa.Column("family_name_required", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.execute("UPDATE campaign SET family_name_required = (asks_family_name = 'required')")
    with op.batch_alter_table("campaign") as campaign:
        campaign.drop_index(op.f("ix_campaign_next_campaign_id"))
        campaign.drop_constraint(op.f("fk_campaign_next_campaign_id"), type_="foreignkey")
        for field in FIELDS:
            campaign.drop_constraint(op.f(f"ck_campaign_asks_{field}"), type_="check")
            campaign.drop_column(f"asks_{field}")
        campaign.drop_column("has_questions")
        campaign.drop_column("next_campaign_id")
