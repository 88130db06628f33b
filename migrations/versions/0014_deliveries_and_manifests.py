"""Hand-overs are rows, several for a campaign; manifests say, signed, which list was handed over.

Revision 0014, after 0013.
"""

import sqlalchemy as sa
from alembic import op

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
WAYS = "'in_person', 'post', 'mail', 'portal', 'other'"
LENGTHS = {
    "way_words": 120,
    "decision_maker": 160,
    "to_name": 160,
    "to_office": 160,
    "public_note": 1000,
    "desk_note": 1000,
}

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade():
    _deliveries()
    _corrections()
    _manifests()
    # The one day that a campaign had. Feeds go on calling it by the same name.
    op.execute(
        "INSERT INTO delivery (key, campaign_id, delivered_on, way_words, decision_maker, to_name, to_office, public_note, "
        "desk_note, revision, created_at) SELECT 'delivered', id, delivered_on, '', '', '', '', '', '', 1, edited_at "
        "FROM campaign WHERE delivered_on IS NOT NULL"
    )
    op.drop_column("campaign", "delivered_on")


def _deliveries():
    op.create_table(
        "delivery",
        sa.Column("id", KEY, nullable=False),
        sa.Column("key", sa.String(40), nullable=False),
        sa.Column("campaign_id", KEY, nullable=False),
        sa.Column("delivered_on", sa.Date(), nullable=False),
        sa.Column("way", sa.String(24), nullable=True),
        *(sa.Column(name, sa.String(length), nullable=False) for name, length in LENGTHS.items()),
        sa.Column("export_id", KEY, nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("corrected_at", MOMENT, nullable=True),
        sa.Column("removed_at", MOMENT, nullable=True),
        sa.CheckConstraint(f"way IN ({WAYS})", name=op.f("ck_delivery_way")),
        *(
            sa.CheckConstraint(f"length({name}) <= {length}", name=op.f(f"ck_delivery_{name}_length"))
            for name, length in LENGTHS.items()
        ),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_delivery_campaign_id")),
        sa.ForeignKeyConstraint(["export_id"], ["export.id"], name=op.f("fk_delivery_export_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
        sa.UniqueConstraint("campaign_id", "key", name=op.f("uq_delivery_campaign_id_key")),
    )
    op.create_index("ix_delivery_export_id", "delivery", ["export_id"])


def _corrections():
    op.create_table(
        "delivery_correction",
        sa.Column("id", KEY, nullable=False),
        sa.Column("delivery_id", KEY, nullable=False),
        sa.Column("account_id", KEY, nullable=True),
        sa.Column("corrected_by", sa.String(120), nullable=False),
        sa.Column("corrected_at", MOMENT, nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["delivery.id"], name=op.f("fk_delivery_correction_delivery_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_delivery_correction_account_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_correction")),
    )
    op.create_index(op.f("ix_delivery_correction_delivery_id"), "delivery_correction", ["delivery_id"])


def _manifests():
    op.create_table(
        "signing_key",
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("public_key", sa.Text(), nullable=False),
        sa.Column("first_used_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("fingerprint", name=op.f("pk_signing_key")),
    )
    op.create_table(
        "manifest",
        sa.Column("id", KEY, nullable=False),
        sa.Column("public_id", sa.String(22), nullable=False),
        sa.Column("campaign_id", KEY, nullable=False),
        sa.Column("export_id", KEY, nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("signature", sa.LargeBinary(64), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_manifest_campaign_id")),
        sa.ForeignKeyConstraint(["export_id"], ["export.id"], name=op.f("fk_manifest_export_id")),
        sa.ForeignKeyConstraint(["fingerprint"], ["signing_key.fingerprint"], name=op.f("fk_manifest_fingerprint")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_manifest")),
        sa.UniqueConstraint("public_id", name=op.f("uq_manifest_public_id")),
        sa.UniqueConstraint("export_id", name=op.f("uq_manifest_export_id")),
    )
    op.create_index(op.f("ix_manifest_campaign_id"), "manifest", ["campaign_id"])


def downgrade():
    op.add_column("campaign", sa.Column("delivered_on", sa.Date()))
    op.execute(
        "UPDATE campaign SET delivered_on = (SELECT max(delivery.delivered_on) FROM delivery "
        "WHERE delivery.campaign_id = campaign.id AND delivery.removed_at IS NULL)"
    )
    for table in ("manifest", "signing_key", "delivery_correction", "delivery"):
        op.drop_table(table)
