"""Topics, the evidence library, imported news, the register of incidents, figures, updates, responses.

Revision 0003, after 0002.
"""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "topic",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("organisation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("locale", sa.String(length=8), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("summary", sa.String(length=400), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("picture_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("picture_alt", sa.String(length=500), nullable=False),
        sa.Column("picture_caption", sa.String(length=500), nullable=False),
        sa.Column("picture_credit", sa.String(length=200), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('draft', 'published')", name=op.f("ck_topic_state")),
        sa.CheckConstraint("length(summary) <= 400", name=op.f("ck_topic_summary_length")),
        sa.CheckConstraint("length(text) <= 40000", name=op.f("ck_topic_text_length")),
        sa.CheckConstraint("length(title) <= 120", name=op.f("ck_topic_title_length")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_topic_organisation_id")),
        sa.ForeignKeyConstraint(["picture_id"], ["picture.id"], name=op.f("fk_topic_picture_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_topic")),
        sa.UniqueConstraint("slug", name=op.f("uq_topic_slug")),
    )
    with op.batch_alter_table("topic", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_topic_organisation_id"), ["organisation_id"], unique=False)

    op.create_table(
        "campaign_topic",
        sa.Column("topic_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("campaign_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_campaign_topic_campaign_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["topic_id"], ["topic.id"], name=op.f("fk_campaign_topic_topic_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("topic_id", "campaign_id", name=op.f("pk_campaign_topic")),
    )
    with op.batch_alter_table("campaign_topic", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_campaign_topic_campaign_id"), ["campaign_id"], unique=False)

    op.create_table(
        "campaign_update",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("campaign_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("picture_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("picture_alt", sa.String(length=500), nullable=False),
        sa.Column("picture_caption", sa.String(length=500), nullable=False),
        sa.Column("picture_credit", sa.String(length=200), nullable=False),
        sa.Column("written_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('draft', 'published')", name=op.f("ck_campaign_update_state")),
        sa.CheckConstraint("length(text) <= 20000", name=op.f("ck_campaign_update_text_length")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_campaign_update_campaign_id")),
        sa.ForeignKeyConstraint(["picture_id"], ["picture.id"], name=op.f("fk_campaign_update_picture_id")),
        sa.ForeignKeyConstraint(["written_by_id"], ["account.id"], name=op.f("fk_campaign_update_written_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_update")),
        sa.UniqueConstraint("public_id", name=op.f("uq_campaign_update_public_id")),
    )
    with op.batch_alter_table("campaign_update", schema=None) as batch_op:
        batch_op.create_index("ix_campaign_update_published", ["campaign_id", "published_at"], unique=False)

    op.create_table(
        "figure_series",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("topic_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("source_url", sa.String(length=2000), nullable=False),
        sa.Column("caveat", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("length(caveat) <= 2000", name=op.f("ck_figure_series_caveat_length")),
        sa.ForeignKeyConstraint(["topic_id"], ["topic.id"], name=op.f("fk_figure_series_topic_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_figure_series")),
    )
    with op.batch_alter_table("figure_series", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_figure_series_topic_id"), ["topic_id"], unique=False)

    op.create_table(
        "key_figure",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("topic_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("source_url", sa.String(length=2000), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("precision", sa.String(length=24), nullable=False),
        sa.Column("caveat", sa.String(length=300), nullable=False),
        sa.CheckConstraint("precision IN ('year', 'month', 'day')", name=op.f("ck_key_figure_precision")),
        sa.ForeignKeyConstraint(["topic_id"], ["topic.id"], name=op.f("fk_key_figure_topic_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_key_figure")),
    )
    with op.batch_alter_table("key_figure", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_key_figure_topic_id"), ["topic_id"], unique=False)

    op.create_table(
        "news_source",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("organisation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("topic_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("campaign_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("url", sa.String(length=2000), nullable=False),
        sa.Column("feed_url", sa.String(length=2000), nullable=False),
        sa.Column("outlet", sa.String(length=200), nullable=False),
        sa.Column("include", sa.String(length=600), nullable=False),
        sa.Column("exclude", sa.String(length=600), nullable=False),
        sa.Column("excerpt_length", sa.Integer(), nullable=False),
        sa.Column("disclaimer", sa.String(length=400), nullable=False),
        sa.Column("publishes_at_once", sa.Boolean(), nullable=False),
        sa.Column("etag", sa.String(length=200), nullable=False),
        sa.Column("last_modified", sa.String(length=60), nullable=False),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease", sa.String(length=40), nullable=True),
        sa.Column("failure_count", sa.Integer(), nullable=False),
        sa.Column("result", sa.String(length=300), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(topic_id IS NULL) <> (campaign_id IS NULL)", name=op.f("ck_news_source_one_owner")),
        sa.CheckConstraint("excerpt_length BETWEEN 0 AND 2000", name=op.f("ck_news_source_excerpt_length")),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_news_source_campaign_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_news_source_organisation_id")),
        sa.ForeignKeyConstraint(["topic_id"], ["topic.id"], name=op.f("fk_news_source_topic_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_news_source")),
    )
    with op.batch_alter_table("news_source", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_news_source_due_at"), ["due_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_news_source_organisation_id"), ["organisation_id"], unique=False)

    op.create_table(
        "register",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("topic_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("introduction", sa.Text(), nullable=False),
        sa.Column("caveats", sa.Text(), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("source_url", sa.String(length=2000), nullable=False),
        sa.Column("open_name", sa.String(length=60), nullable=False),
        sa.Column("credible_name", sa.String(length=60), nullable=False),
        sa.Column("non_credible_name", sa.String(length=60), nullable=False),
        sa.Column("reopened_name", sa.String(length=60), nullable=False),
        sa.Column("is_public", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(caveats) <= 4000", name=op.f("ck_register_caveats_length")),
        sa.CheckConstraint("length(introduction) <= 4000", name=op.f("ck_register_introduction_length")),
        sa.ForeignKeyConstraint(["topic_id"], ["topic.id"], name=op.f("fk_register_topic_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register")),
        sa.UniqueConstraint("topic_id", name=op.f("uq_register_topic_id")),
    )
    op.create_table(
        "topic_report",
        sa.Column("topic_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("report_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["report_id"], ["report.id"], name=op.f("fk_topic_report_report_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["topic_id"], ["topic.id"], name=op.f("fk_topic_report_topic_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("topic_id", "report_id", name=op.f("pk_topic_report")),
    )
    with op.batch_alter_table("topic_report", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_topic_report_report_id"), ["report_id"], unique=False)

    op.create_table(
        "topic_slug",
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("topic_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["topic_id"], ["topic.id"], name=op.f("fk_topic_slug_topic_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_topic_slug")),
    )
    with op.batch_alter_table("topic_slug", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_topic_slug_topic_id"), ["topic_id"], unique=False)

    op.create_table(
        "figure",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("series_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("place", sa.String(length=120), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("value", sa.Integer(), nullable=True),
        sa.CheckConstraint("value >= 0", name=op.f("ck_figure_value")),
        sa.ForeignKeyConstraint(
            ["series_id"], ["figure_series.id"], name=op.f("fk_figure_series_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_figure")),
        sa.UniqueConstraint("series_id", "month", "place", "name", name=op.f("uq_figure_series_id_month_place_name")),
    )
    op.create_table(
        "incident",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("public_id", sa.String(length=22), nullable=False),
        sa.Column("register_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("same_key", sa.LargeBinary(length=16), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("precision", sa.String(length=24), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("region", sa.String(length=120), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("latitude", sa.Numeric(precision=8, scale=5, asdecimal=False), nullable=True),
        sa.Column("longitude", sa.Numeric(precision=8, scale=5, asdecimal=False), nullable=True),
        sa.Column("assessment", sa.String(length=24), nullable=False),
        sa.Column("assessed_on", sa.Date(), nullable=True),
        sa.Column("killed_count", sa.Integer(), nullable=True),
        sa.Column("injured_count", sa.Integer(), nullable=True),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("first_reported_on", sa.Date(), nullable=True),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "assessment IN ('open', 'credible', 'non_credible', 'reopened')", name=op.f("ck_incident_assessment")
        ),
        sa.CheckConstraint("precision IN ('year', 'month', 'day')", name=op.f("ck_incident_precision")),
        sa.CheckConstraint("(latitude IS NULL) = (longitude IS NULL)", name=op.f("ck_incident_coordinates")),
        sa.CheckConstraint("killed_count >= 0 AND injured_count >= 0", name=op.f("ck_incident_counts")),
        sa.CheckConstraint(
            "latitude BETWEEN -90 AND 90 AND longitude BETWEEN -180 AND 180", name=op.f("ck_incident_on_earth")
        ),
        sa.CheckConstraint("length(description) <= 4000", name=op.f("ck_incident_description_length")),
        sa.ForeignKeyConstraint(
            ["register_id"], ["register.id"], name=op.f("fk_incident_register_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident")),
        sa.UniqueConstraint("public_id", name=op.f("uq_incident_public_id")),
        sa.UniqueConstraint("register_id", "same_key", name=op.f("uq_incident_register_id_same_key")),
    )
    with op.batch_alter_table("incident", schema=None) as batch_op:
        batch_op.create_index(
            "ix_incident_assessment", ["register_id", "assessment", "happened_on", "id"], unique=False
        )
        batch_op.create_index("ix_incident_happened", ["register_id", "happened_on", "id"], unique=False)

    op.create_table(
        "assessment_change",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("incident_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("before", sa.String(length=24), nullable=False),
        sa.Column("after", sa.String(length=24), nullable=False),
        sa.Column("changed_on", sa.Date(), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "after IN ('open', 'credible', 'non_credible', 'reopened')", name=op.f("ck_assessment_change_after")
        ),
        sa.CheckConstraint(
            "before IN ('open', 'credible', 'non_credible', 'reopened')", name=op.f("ck_assessment_change_before")
        ),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incident.id"], name=op.f("fk_assessment_change_incident_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment_change")),
    )
    with op.batch_alter_table("assessment_change", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_assessment_change_incident_id"), ["incident_id"], unique=False)

    op.create_table(
        "incident_figure",
        sa.Column("incident_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("value", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incident.id"], name=op.f("fk_incident_figure_incident_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("incident_id", "position", name=op.f("pk_incident_figure")),
    )
    op.create_table(
        "incident_report",
        sa.Column("incident_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("report_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incident.id"], name=op.f("fk_incident_report_incident_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["report_id"], ["report.id"], name=op.f("fk_incident_report_report_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("incident_id", "report_id", name=op.f("pk_incident_report")),
    )
    with op.batch_alter_table("incident_report", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_incident_report_report_id"), ["report_id"], unique=False)

    op.create_table(
        "incident_source",
        sa.Column("incident_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incident.id"], name=op.f("fk_incident_source_incident_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("incident_id", "position", name=op.f("pk_incident_source")),
    )
    with op.batch_alter_table("incident_source", schema=None) as batch_op:
        batch_op.create_index("ix_incident_source_name", ["name", "incident_id"], unique=False)

    op.create_table(
        "topic_news",
        sa.Column("topic_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("news_item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["news_item_id"], ["news_item.id"], name=op.f("fk_topic_news_news_item_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["topic_id"], ["topic.id"], name=op.f("fk_topic_news_topic_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("topic_id", "news_item_id", name=op.f("pk_topic_news")),
    )
    with op.batch_alter_table("topic_news", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_topic_news_news_item_id"), ["news_item_id"], unique=False)

    for name, kind in (
        ("response", sa.String(1000)),
        ("response_by", sa.String(160)),
        ("response_url", sa.String(2000)),
    ):
        op.add_column("campaign", sa.Column(name, kind, nullable=False, server_default=""))
    op.add_column("campaign", sa.Column("response_on", sa.Date()))
    op.add_column("campaign", sa.Column("delivered_on", sa.Date()))
    op.add_column("campaign_report", sa.Column("position", sa.Integer(), nullable=False, server_default="0"))
    widen_reports()
    widen_news()


def texts(*columns):
    """Columns of text that are empty in the rows that stand there."""
    return [sa.Column(name, sa.String(length), nullable=False, server_default="") for name, length in columns]


def precision():
    """How much of a date is known; of those that are there already, the day."""
    return sa.Column("precision", sa.String(24), nullable=False, server_default="day")


REPORT_TEXTS = (("authors", 300), ("language", 8), ("content_warning", 200), ("claim", 300))
NEWS_TEXTS = (("guid", 64), ("author_note", 600), ("language", 8), ("source_line", 200), ("disclaimer", 400))
NEWS_KINDS = "'press_release', 'article', 'video', 'testimony'"
KINDS = f"'report', {NEWS_KINDS}"


def widen_reports():
    """Reports become publications of their own: an address, a precision, an order under each campaign."""
    with op.batch_alter_table("report") as batch:
        for column in (
            *texts(*REPORT_TEXTS),
            precision(),
            sa.Column("slug", sa.String(80)),
            sa.Column("summary", sa.Text(), nullable=False, server_default=""),
            sa.Column("page_count", sa.Integer()),
            sa.Column("link_checked_at", sa.DateTime(timezone=True)),
            sa.Column("link_gone_since", sa.Date()),
            sa.Column("edited_at", sa.DateTime(timezone=True)),
            sa.Column("removed_at", sa.DateTime(timezone=True)),
        ):
            batch.add_column(column)
    op.execute("UPDATE report SET slug = 'report-' || id, edited_at = created_at")
    op.execute(
        "UPDATE campaign_report SET position = (SELECT count(*) FROM campaign_report AS other "
        "JOIN report AS theirs ON theirs.id = other.report_id JOIN report AS mine ON mine.id = campaign_report.report_id "
        "WHERE other.campaign_id = campaign_report.campaign_id AND (theirs.published_on > mine.published_on "
        "OR (theirs.published_on = mine.published_on AND theirs.id > mine.id)))"
    )
    with op.batch_alter_table("report") as batch:
        batch.alter_column("slug", existing_type=sa.String(80), nullable=False)
        batch.alter_column("edited_at", existing_type=sa.DateTime(timezone=True), nullable=False)
        batch.create_unique_constraint(op.f("uq_report_slug"), ["slug"])
        batch.drop_constraint(op.f("ck_report_kind"), type_="check")
        batch.create_check_constraint(op.f("ck_report_kind"), f"kind IN ({KINDS}, 'data')")
        batch.create_check_constraint(op.f("ck_report_precision"), "precision IN ('year', 'month', 'day')")
        batch.create_check_constraint(op.f("ck_report_page_count"), "page_count > 0")
        batch.create_check_constraint(op.f("ck_report_summary_length"), "length(summary) <= 2000")


def widen_news():
    """News items get a kind, a state and the source that they were imported from."""
    key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    with op.batch_alter_table("news_item") as batch:
        for column in (
            *texts(*NEWS_TEXTS),
            precision(),
            sa.Column("public_id", sa.String(22)),
            sa.Column("source_id", key),
            sa.Column("kind", sa.String(24), nullable=False, server_default="article"),
            sa.Column("state", sa.String(24), nullable=False, server_default="published"),
            sa.Column("is_pinned", sa.Boolean(), nullable=False, server_default=sa.false()),
            sa.Column("edited_at", sa.DateTime(timezone=True)),
            sa.Column("removed_at", sa.DateTime(timezone=True)),
        ):
            batch.add_column(column)
    item = sa.table("news_item", sa.column("id"), sa.column("public_id"))
    for (number,) in op.get_bind().execute(sa.select(item.c.id)).all():
        op.execute(item.update().where(item.c.id == number).values(public_id=secrets.token_urlsafe(16)))
    op.execute("UPDATE news_item SET edited_at = created_at, excerpt = substr(excerpt, 1, 2000)")
    with op.batch_alter_table("news_item") as batch:
        batch.alter_column("public_id", existing_type=sa.String(22), nullable=False)
        batch.create_unique_constraint(op.f("uq_news_item_public_id"), ["public_id"])
        batch.create_foreign_key(
            op.f("fk_news_item_source_id"), "news_source", ["source_id"], ["id"], ondelete="SET NULL"
        )
        batch.create_check_constraint(op.f("ck_news_item_kind"), f"kind IN ({NEWS_KINDS}, 'statement')")
        batch.create_check_constraint(op.f("ck_news_item_state"), "state IN ('waiting', 'published', 'refused')")
        batch.create_check_constraint(op.f("ck_news_item_precision"), "precision IN ('year', 'month', 'day')")
        batch.create_check_constraint(op.f("ck_news_item_excerpt_length"), "length(excerpt) <= 2000")
        batch.create_index(
            "ix_news_item_guid",
            ["source_id", "guid"],
            unique=True,
            postgresql_where=sa.text("source_id IS NOT NULL"),
            sqlite_where=sa.text("source_id IS NOT NULL"),
        )


def narrow_news():
    """Back to articles; what was not public goes."""
    op.execute("DELETE FROM news_item WHERE state <> 'published' OR removed_at IS NOT NULL")
    with op.batch_alter_table("news_item") as batch:
        batch.drop_index("ix_news_item_guid")
        batch.drop_constraint(op.f("fk_news_item_source_id"), type_="foreignkey")
        batch.drop_constraint(op.f("uq_news_item_public_id"), type_="unique")
        for name in ("kind", "state", "precision", "excerpt_length"):
            batch.drop_constraint(op.f(f"ck_news_item_{name}"), type_="check")
        for name in ("public_id", "source_id", "kind", "state", "precision", "is_pinned", "edited_at", "removed_at"):
            batch.drop_column(name)
        for name, _length in NEWS_TEXTS:
            batch.drop_column(name)


def narrow_reports():
    """Back to what stands under campaigns; what was removed goes, data are called reports."""
    op.execute("DELETE FROM report WHERE removed_at IS NOT NULL")
    op.execute("UPDATE report SET kind = 'report' WHERE kind = 'data'")
    with op.batch_alter_table("report") as batch:
        batch.drop_constraint(op.f("uq_report_slug"), type_="unique")
        for name in ("kind", "precision", "page_count", "summary_length"):
            batch.drop_constraint(op.f(f"ck_report_{name}"), type_="check")
        batch.create_check_constraint(op.f("ck_report_kind"), f"kind IN ({KINDS})")
        for name in ("slug", "precision", "summary", "page_count", "link_checked_at", "link_gone_since", "edited_at"):
            batch.drop_column(name)
        for name, _length in REPORT_TEXTS:
            batch.drop_column(name)
        batch.drop_column("removed_at")


def downgrade():
    narrow_news()
    narrow_reports()
    with op.batch_alter_table("campaign_report") as batch:
        batch.drop_column("position")
    with op.batch_alter_table("campaign") as batch:
        for name in ("response", "response_by", "response_url", "response_on", "delivered_on"):
            batch.drop_column(name)
    with op.batch_alter_table("topic_news", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_topic_news_news_item_id"))

    op.drop_table("topic_news")
    with op.batch_alter_table("incident_source", schema=None) as batch_op:
        batch_op.drop_index("ix_incident_source_name")

    op.drop_table("incident_source")
    with op.batch_alter_table("incident_report", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_incident_report_report_id"))

    op.drop_table("incident_report")
    op.drop_table("incident_figure")
    with op.batch_alter_table("assessment_change", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_assessment_change_incident_id"))

    op.drop_table("assessment_change")
    with op.batch_alter_table("incident", schema=None) as batch_op:
        batch_op.drop_index("ix_incident_happened")
        batch_op.drop_index("ix_incident_assessment")

    op.drop_table("incident")
    op.drop_table("figure")
    with op.batch_alter_table("topic_slug", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_topic_slug_topic_id"))

    op.drop_table("topic_slug")
    with op.batch_alter_table("topic_report", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_topic_report_report_id"))

    op.drop_table("topic_report")
    op.drop_table("register")
    with op.batch_alter_table("news_source", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_news_source_organisation_id"))
        batch_op.drop_index(batch_op.f("ix_news_source_due_at"))

    op.drop_table("news_source")
    with op.batch_alter_table("key_figure", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_key_figure_topic_id"))

    op.drop_table("key_figure")
    with op.batch_alter_table("figure_series", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_figure_series_topic_id"))

    op.drop_table("figure_series")
    with op.batch_alter_table("campaign_update", schema=None) as batch_op:
        batch_op.drop_index("ix_campaign_update_published")

    op.drop_table("campaign_update")
    with op.batch_alter_table("campaign_topic", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_campaign_topic_campaign_id"))

    op.drop_table("campaign_topic")
    with op.batch_alter_table("topic", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_topic_organisation_id"))

    op.drop_table("topic")
