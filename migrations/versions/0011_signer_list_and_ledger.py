"""Signers are found by what their names begin with; acts on signatures, their history, and the ledger of the count.

Revision 0011, after 0010.
"""

import datetime as dt
import re
import secrets
import unicodedata
from collections import Counter
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
RUNNING = sa.text("state = 'running'")
BATCH, KEY_LENGTH = 2000, 200
KINDS = "'resend', 'hold', 'release', 'invalidate', 'restore'"
REASONS = "'duplicate', 'automated', 'made_up', 'asked', 'doubtful', 'genuine', 'mistake', 'other'"
STATES = "'pending', 'confirmed', 'held', 'withdrawn', 'invalidated'"

# Which state a signature may change to; the same table as TRANSITIONS in app/domain/signing.py, held equal by a test.
JUMPS = {
    "pending": ("confirmed", "held", "invalidated", "withdrawn"),
    "held": ("confirmed", "pending", "invalidated", "withdrawn"),
    "confirmed": ("held", "invalidated", "withdrawn"),
    "invalidated": ("confirmed", "pending", "held", "withdrawn"),
}
JUMPS_BEFORE = {
    "pending": ("confirmed", "held", "withdrawn"),
    "held": ("confirmed", "invalidated", "withdrawn"),
    "confirmed": ("invalidated", "withdrawn"),
    "invalidated": ("confirmed", "withdrawn"),
}


def upgrade():
    guard_states(JUMPS)
    op.add_column("signature", sa.Column("family_key", sa.Text(), nullable=False, server_default=""))
    compare_bytewise("C")
    fill_keys(folded)
    op.create_index("ix_signature_campaign_id_name_key", "signature", ["campaign_id", "name_key"])
    op.create_index("ix_signature_campaign_id_family_key", "signature", ["campaign_id", "family_key"])
    create_acts()
    create_changes()
    begin_ledger()


def create_acts():
    op.create_table(
        "signer_act",
        sa.Column("id", KEY, nullable=False),
        sa.Column("public_id", sa.String(22), nullable=False),
        sa.Column("campaign_id", KEY, nullable=False),
        sa.Column("account_id", KEY, nullable=True),
        sa.Column("done_by", sa.String(200), nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("reason", sa.String(24), nullable=True),
        sa.Column("public_words", sa.String(200), nullable=False),
        sa.Column("note", sa.String(300), nullable=False),
        sa.Column("choice", sa.JSON(), nullable=False),
        sa.Column("undoes_id", KEY, nullable=True),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("expected_count", sa.Integer(), nullable=False),
        sa.Column("last_id", KEY, nullable=False),
        sa.Column("until_id", KEY, nullable=False),
        sa.Column("changed_count", sa.Integer(), nullable=False),
        sa.Column("held_back_count", sa.Integer(), nullable=False),
        sa.Column("delta", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(f"kind IN ({KINDS})", name=op.f("ck_signer_act_kind")),
        sa.CheckConstraint(f"reason IN ({REASONS})", name=op.f("ck_signer_act_reason")),
        sa.CheckConstraint("state IN ('running', 'done', 'cancelled')", name=op.f("ck_signer_act_state")),
        sa.CheckConstraint("length(public_words) <= 200", name=op.f("ck_signer_act_public_words_length")),
        sa.CheckConstraint("length(note) <= 300", name=op.f("ck_signer_act_note_length")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_signer_act_account_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_signer_act_campaign_id")),
        sa.ForeignKeyConstraint(["undoes_id"], ["signer_act.id"], name=op.f("fk_signer_act_undoes_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signer_act")),
        sa.UniqueConstraint("public_id", name=op.f("uq_signer_act_public_id")),
    )
    op.create_index("ix_signer_act_campaign_id_id", "signer_act", ["campaign_id", "id"])
    op.create_index("ix_signer_act_running", "signer_act", ["id"], postgresql_where=RUNNING, sqlite_where=RUNNING)


def create_changes():
    op.create_table(
        "signature_change",
        sa.Column("act_id", KEY, nullable=False),
        sa.Column("signature_id", KEY, nullable=False),
        sa.Column("old_state", sa.String(24), nullable=False),
        sa.Column("new_state", sa.String(24), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(f"old_state IN ({STATES})", name=op.f("ck_signature_change_old_state")),
        sa.CheckConstraint(f"new_state IN ({STATES})", name=op.f("ck_signature_change_new_state")),
        sa.ForeignKeyConstraint(["act_id"], ["signer_act.id"], name=op.f("fk_signature_change_act_id")),
        sa.ForeignKeyConstraint(
            ["signature_id"], ["signature.id"], name=op.f("fk_signature_change_signature_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("act_id", "signature_id", name=op.f("pk_signature_change")),
    )
    op.create_index("ix_signature_change_signature_id", "signature_change", ["signature_id"])
    op.create_table(
        "withdrawal_tally",
        sa.Column("campaign_id", KEY, nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("withdrawn_count", sa.Integer(), nullable=False),
        sa.CheckConstraint("withdrawn_count > 0", name=op.f("ck_withdrawal_tally_withdrawn_count")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_withdrawal_tally_campaign_id")),
        sa.PrimaryKeyConstraint("campaign_id", "month", name=op.f("pk_withdrawal_tally")),
    )


def begin_ledger():
    """What was taken back or taken out before there was a ledger: withdrawals by month, everything else as one line."""
    moment = sa.DateTime(timezone=True)
    signature = sa.table(
        "signature", sa.column("campaign_id"), sa.column("state"), sa.column("confirmed_at"), sa.column("withdrawn_at", moment)
    )  # fmt: skip
    campaign = sa.table("campaign", sa.column("id"), sa.column("closes_zone"))
    was_counted = signature.c.confirmed_at.is_not(None)
    left = (
        sa.select(signature.c.campaign_id, campaign.c.closes_zone, signature.c.withdrawn_at)
        .join(campaign, campaign.c.id == signature.c.campaign_id)
        .where(signature.c.state == "withdrawn", was_counted, signature.c.withdrawn_at.is_not(None))
    )
    connection, months = op.get_bind(), Counter()
    for campaign_id, zone, at in connection.execute(left):
        moment_there = (at.replace(tzinfo=dt.UTC) if at.tzinfo is None else at).astimezone(ZoneInfo(zone))
        months[campaign_id, moment_there.date().replace(day=1)] += 1
    tally = sa.table(
        "withdrawal_tally", sa.column("campaign_id"), sa.column("month", sa.Date()), sa.column("withdrawn_count")
    )
    for (campaign_id, month), number in months.items():
        connection.execute(tally.insert().values(campaign_id=campaign_id, month=month, withdrawn_count=number))
    out = (
        sa.select(signature.c.campaign_id, sa.func.count())
        .where(signature.c.state.in_(["invalidated", "held"]), was_counted)
        .group_by(signature.c.campaign_id)
    )
    for campaign_id, number in connection.execute(out).all():
        write_line(campaign_id, number)


def write_line(campaign_id, number):
    numbers = ("expected_count", "last_id", "until_id", "changed_count", "held_back_count", "delta")
    words = ("public_id", "campaign_id", "done_by", "kind", "reason", "public_words", "note", "state")
    act = sa.table(
        "signer_act",
        *(sa.column(name) for name in (*numbers, *words)),
        sa.column("choice", sa.JSON()),
        *(sa.column(name, sa.DateTime(timezone=True)) for name in ("started_at", "finished_at")),
    )
    now = dt.datetime.now(dt.UTC)
    if op.get_bind().dialect.name == "sqlite":
        now = now.replace(tzinfo=None)
    values = dict.fromkeys(numbers, 0) | {"changed_count": number, "expected_count": number, "delta": -number}
    values |= {"public_id": secrets.token_urlsafe(16), "campaign_id": campaign_id, "done_by": "", "choice": {}}
    values |= {"kind": "invalidate", "reason": "other", "public_words": "", "note": "", "state": "done"}
    op.execute(act.insert().values(**values, started_at=now, finished_at=now))


def folded(given, family):
    """The two keys as `name_keys` in app/domain/folding.py made them when this was written."""

    def fold(text):
        alike = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "ʾ": "'", "ʿ": "'", "`": "'", "\u0640": None})
        alike |= str.maketrans({"“": '"', "”": '"'})
        apart = unicodedata.normalize("NFKD", text.translate(alike))
        return " ".join("".join(c for c in apart if unicodedata.category(c) != "Mn").casefold().split())[:KEY_LENGTH]

    return {"name_key": fold(f"{given} {family}"), "family_key": fold(f"{family} {given}")}


def composed(given, family):
    """The one key that there was before."""
    key = unicodedata.normalize("NFC", f"{given} {family}").casefold()
    return {"name_key": unicodedata.normalize("NFC", key).strip()}


def fill_keys(make):
    """Plain names by the database itself, all others one by one."""
    connection = op.get_bind()
    if make is folded:
        reversed_name = f"substr(lower(trim(family_name || ' ' || given_name)), 1, {KEY_LENGTH})"
        op.execute(f"UPDATE signature SET family_key = {reversed_name}")  # noqa: S608 (our own words)
    signature = sa.table(
        "signature", *(sa.column(name) for name in ("id", "given_name", "family_name", "name_key", "family_key"))
    )
    columns, last = (signature.c.id, signature.c.given_name, signature.c.family_name), 0
    while rows := connection.execute(
        sa.select(*columns).where(signature.c.id > last).order_by(signature.c.id).limit(BATCH)
    ).all():
        last = rows[-1].id
        for number, given, family in rows:
            name = f"{given} {family}"
            if not name.isascii() or re.search(r"\s\s|`", name) or len(name) > KEY_LENGTH:
                connection.execute(signature.update().where(signature.c.id == number).values(**make(given, family)))


def compare_bytewise(collation):
    if op.get_bind().dialect.name == "postgresql":
        for column in ("name_key", "family_key"):
            op.execute(f'ALTER TABLE signature ALTER COLUMN {column} TYPE text COLLATE "{collation}"')


def allowed_sql(jumps):
    """The table as a condition on OLD and NEW."""
    each = [
        f"(OLD.state = '{old}' AND NEW.state IN ({', '.join(repr(new) for new in news)}))"
        for old, news in jumps.items()
    ]
    return " OR ".join(["OLD.state = NEW.state", *each])


def guard_states(jumps):
    """Make the database itself refuse a jump that the table does not allow (SIG-05)."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER signature_state")
        op.execute(
            "CREATE TRIGGER signature_state BEFORE UPDATE OF state ON signature "
            f"WHEN NOT ({allowed_sql(jumps)}) BEGIN SELECT RAISE(ABORT, 'signature state cannot change like that'); END"
        )
        return
    op.execute("DROP TRIGGER signature_state ON signature")
    op.execute(
        "CREATE TRIGGER signature_state BEFORE UPDATE OF state ON signature FOR EACH ROW "
        f"WHEN (NOT ({allowed_sql(jumps)})) EXECUTE FUNCTION refuse_signature_state()"
    )


def downgrade():
    op.drop_table("withdrawal_tally")
    op.drop_table("signature_change")
    op.drop_table("signer_act")
    op.drop_index("ix_signature_campaign_id_family_key", table_name="signature")
    op.drop_index("ix_signature_campaign_id_name_key", table_name="signature")
    fill_keys(composed)
    compare_bytewise("default")
    op.drop_column("signature", "family_key")  # not in a batch, which would lose the trigger
    guard_states(JUMPS_BEFORE)
