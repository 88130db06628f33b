"""Campaigns wait for a review or for a moment, are paused, archived, copied, and kept as templates; targets move with a reason,
and organisers hear of milestones.

Revision 0010, after 0009. SQLite makes three tables anew, which takes as long as copying them.
"""

import sqlalchemy as sa
from alembic import op

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

STATES = ("draft", "published", "closed")
NEW_STATES = ("draft", "in_review", "published", "paused", "closed", "archived", "template")
KINDS = ("confirm", "already_signed", "thanks", "invitation", "reset", "password_changed", "exported")
NEW_KINDS = (*KINDS, "review_asked", "review_decided", "not_published", "milestone")
RULES = {
    "pause_reason_length": "length(pause_reason) <= 500",
    "template_name_length": "length(template_name) <= 120",
    "paused": "(state = 'paused') = (paused_at IS NOT NULL)",
}


def one_of(column, words):
    listed = ", ".join(f"'{word}'" for word in words)
    return f"{column} IN ({listed})"


def replace_words(table, column, words):
    """Another list of what a column may say."""
    with op.batch_alter_table(table) as changed:
        changed.drop_constraint(op.f(f"ck_{table}_{column}"), type_="check")
        changed.create_check_constraint(op.f(f"ck_{table}_{column}"), one_of(column, words))


def upgrade():
    with op.batch_alter_table("campaign") as campaign:
        campaign.add_column(sa.Column("paused_at", MOMENT))
        campaign.add_column(sa.Column("pause_reason", sa.String(500), nullable=False, server_default=""))
        campaign.add_column(sa.Column("archived_at", MOMENT))
        campaign.add_column(sa.Column("template_name", sa.String(120), nullable=False, server_default=""))
        campaign.add_column(sa.Column("copied_from_id", KEY))
        source = (op.f("fk_campaign_copied_from_id"), "campaign", ["copied_from_id"], ["id"])
        campaign.create_foreign_key(*source, ondelete="SET NULL")
        campaign.create_index(op.f("ix_campaign_copied_from_id"), ["copied_from_id"])
        for name, rule in RULES.items():
            campaign.create_check_constraint(op.f(f"ck_campaign_{name}"), rule)
    replace_words("campaign", "state", NEW_STATES)
    replace_words("mail", "kind", NEW_KINDS)
    with op.batch_alter_table("mail") as mail:
        mail.add_column(sa.Column("milestone_id", KEY))
        mail.create_foreign_key(op.f("fk_mail_milestone_id"), "milestone", ["milestone_id"], ["id"], ondelete="CASCADE")
    with op.batch_alter_table("target_change") as change:
        change.add_column(sa.Column("reason", sa.String(300), nullable=False, server_default=""))
        change.create_check_constraint(op.f("ck_target_change_reason_length"), "length(reason) <= 300")
    create_plans()
    create_reviews()


def create_plans():
    op.create_table(
        "publication_plan",
        sa.Column("campaign_id", KEY, nullable=False),
        sa.Column("publishes_at", MOMENT, nullable=False),
        sa.Column("zone", sa.String(64), nullable=False),
        sa.Column("revision", sa.Integer()),
        sa.Column("planned_by_id", KEY, nullable=False),
        sa.Column("missed_at", MOMENT),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_publication_plan_campaign_id")),
        sa.ForeignKeyConstraint(["planned_by_id"], ["account.id"], name=op.f("fk_publication_plan_planned_by_id")),
        sa.PrimaryKeyConstraint("campaign_id", name=op.f("pk_publication_plan")),
    )
    op.create_index(op.f("ix_publication_plan_publishes_at"), "publication_plan", ["publishes_at"])


def create_reviews():
    op.create_table(
        "review",
        sa.Column("id", KEY, nullable=False),
        sa.Column("campaign_id", KEY, nullable=False),
        sa.Column("asked_by_id", KEY, nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("note", sa.String(1000), nullable=False),
        sa.Column("decision", sa.String(24)),
        sa.Column("decided_by_id", KEY),
        sa.Column("decided_at", MOMENT),
        sa.Column("words", sa.String(1000), nullable=False),
        sa.CheckConstraint(
            one_of("decision", ("published", "sent_back", "taken_back")), name=op.f("ck_review_decision")
        ),
        sa.CheckConstraint("length(note) <= 1000", name=op.f("ck_review_note_length")),
        sa.CheckConstraint("length(words) <= 1000", name=op.f("ck_review_words_length")),
        sa.CheckConstraint("(decision IS NULL) = (decided_at IS NULL)", name=op.f("ck_review_decided")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_review_campaign_id")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["account.id"], name=op.f("fk_review_asked_by_id")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["account.id"], name=op.f("fk_review_decided_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review")),
    )
    op.create_index(op.f("ix_review_campaign_id"), "review", ["campaign_id"])
    undecided = {name: sa.text("decided_at IS NULL") for name in ("postgresql_where", "sqlite_where")}
    op.create_index("ix_review_open", "review", ["campaign_id"], unique=True, **undecided)


def downgrade():
    """Whatever waited is a draft again, and so is a template; what was paused is open, what was archived is closed."""
    op.drop_table("review")
    op.drop_table("publication_plan")
    op.execute("DELETE FROM mail WHERE kind IN ('review_asked', 'review_decided', 'not_published', 'milestone')")
    replace_words("mail", "kind", KINDS)
    with op.batch_alter_table("mail") as mail:
        mail.drop_constraint(op.f("fk_mail_milestone_id"), type_="foreignkey")
        mail.drop_column("milestone_id")
    with op.batch_alter_table("target_change") as change:
        change.drop_constraint(op.f("ck_target_change_reason_length"), type_="check")
        change.drop_column("reason")
    op.execute("UPDATE campaign SET paused_at = NULL, state = 'published' WHERE state = 'paused'")
    op.execute("UPDATE campaign SET state = 'closed' WHERE state = 'archived'")
    op.execute("UPDATE campaign SET state = 'draft' WHERE state IN ('in_review', 'template')")
    replace_words("campaign", "state", STATES)
    with op.batch_alter_table("campaign") as campaign:
        for name in RULES:
            campaign.drop_constraint(op.f(f"ck_campaign_{name}"), type_="check")
        campaign.drop_index(op.f("ix_campaign_copied_from_id"))
        campaign.drop_constraint(op.f("fk_campaign_copied_from_id"), type_="foreignkey")
        for name in ("copied_from_id", "template_name", "archived_at", "pause_reason", "paused_at"):
            campaign.drop_column(name)
