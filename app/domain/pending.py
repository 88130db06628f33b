"""The hot path: keep a pending signature and have its mailbox asked, in two statements.

Made once for each database and then only given values: to build and cache them anew for every signature cost four times what
the database takes. The statements decide which campaign can be signed, which mailbox refused, which version was signed, and
whether the mailbox may get another mail. Which campaign can be signed is also said by `Campaign.is_open`, for pages, and by
`signing._known`, for the sentence that a refused signer reads: change all three together.
"""

from __future__ import annotations

import datetime as dt
import functools
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    FromClause,
    Integer,
    ScalarSelect,
    and_,
    bindparam,
    case,
    cast,
    func,
    insert,
    literal,
    or_,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite

from app.domain.outbox import UNASKED, Budget, Mailbox
from app.extensions import db
from app.models import (
    Campaign,
    CampaignSlug,
    CampaignState,
    Mail,
    MailKind,
    MailState,
    Refusal,
    Signature,
    SignatureState,
)
from app.models.types import table_of

if TYPE_CHECKING:
    from app.domain.signing import Person

REFUSALS_LAST = dt.timedelta(days=90)
REFUSALS_EVERYWHERE = 2  # after so many, no campaign writes there (MAIL-03)


@dataclass(frozen=True)
class Statements:
    """What is executed for each signature."""

    keep: Any
    ask: Any


def keep(slug: str, written: dict[str, Any], mailbox: Mailbox, now: dt.datetime) -> int | None:
    """Insert the pending signature; its id. None where there is nothing to sign, the mailbox refused, or it stands there already.

    On PostgreSQL this also takes the mailbox's lock, so that its mail budget is counted by one transaction at a time; on
    SQLite there is only one writer anyway.
    """
    values = {
        **written,
        "public_id": secrets.token_urlsafe(16),
        "email_key": mailbox.key,
        "slug": slug,
        "now": now,
        "refusals_since": now - REFUSALS_LAST,
    }
    if db.engine.dialect.name == "postgresql":
        values["lock"] = int.from_bytes(mailbox.key[:8], "big", signed=True)
    return db.session.connection().execute(_statements(db.engine.dialect.name).keep, values).scalar()


def ask(kind: MailKind, signature_id: int, mailbox: Mailbox, person: Person, budget: Budget, now: dt.datetime) -> None:
    """Write the mail's row, unless that would be more than a stranger may make us send to this mailbox (MAIL-01)."""
    values = {
        "kind": kind,
        "message_id": secrets.token_hex(16),
        "recipient": mailbox.address,
        "recipient_key": mailbox.key,
        "locale": person.locale,
        "signature_id": signature_id,
        "now": now,
        "an_hour_ago": now - dt.timedelta(hours=1),
        "a_day_ago": now - dt.timedelta(days=1),
        "this_signature_since": now - budget.per_campaign,
        "per_hour": budget.per_hour,
        "per_day": budget.per_day,
    }
    db.session.connection().execute(_statements(db.engine.dialect.name).ask, values)


@functools.cache
def _statements(dialect: str) -> Statements:
    return Statements(keep=_keep_statement(dialect), ask=_ask_statement(dialect))


def _given(column: Column[Any] | Any, dialect: str, name: str | None = None) -> ColumnElement[Any]:
    """A value handed over at execution, of a column's type. PostgreSQL wants the type said in a SELECT; SQLite's CAST would
    turn a moment into a number."""
    value = bindparam(name or column.key, type_=column.type)
    return cast(value, column.type) if dialect == "postgresql" else value


WRITTEN = ("email", "given_name", "family_name", "name_key", "country", "postcode", "show_name", "locale", "channel")


def _keep_statement(dialect: str) -> Any:
    table, campaign = table_of(Signature).c, table_of(Campaign).c
    version = bindparam("text_version", type_=Integer)
    columns: dict[str, ColumnElement[Any]] = {
        "campaign_id": campaign.id,
        "state": _constant(table.state, SignatureState.PENDING, dialect),
        "public_id": _given(table.public_id, dialect),
        "email_key": _given(table.email_key, dialect),
        "text_version": case((version.between(1, campaign.current_version), version), else_=campaign.current_version),
        "created_at": _given(table.created_at, dialect, "now"),
        **{name: _given(table[name], dialect) for name in WRITTEN},
    }
    source = select(*columns.values()).select_from(_campaigns(dialect)).where(_can_be_signed(), _not_refused())
    upsert = (postgresql if dialect == "postgresql" else sqlite).insert(table_of(Signature))
    return (
        upsert.from_select(list(columns), source)
        .on_conflict_do_nothing(index_elements=["campaign_id", "email_key"])
        .returning(table.id)
    )


def _constant(column: Any, word: str, dialect: str) -> ColumnElement[Any]:
    value = literal(word, column.type)
    return cast(value, column.type) if dialect == "postgresql" else value


def _campaigns(dialect: str) -> FromClause:
    joined = table_of(Campaign).join(
        table_of(CampaignSlug), table_of(CampaignSlug).c.campaign_id == table_of(Campaign).c.id
    )
    if dialect != "postgresql":
        return joined
    lock = (
        select(func.pg_advisory_xact_lock(bindparam("lock", type_=BigInteger)).label("taken"))
        .cte("lock")
        .prefix_with("MATERIALIZED")
    )
    return joined.join(lock, literal(True))


def _can_be_signed() -> ColumnElement[bool]:
    campaign, now = table_of(Campaign).c, bindparam("now", type_=table_of(Signature).c.created_at.type)
    return and_(
        table_of(CampaignSlug).c.slug == bindparam("slug"),
        campaign.state == CampaignState.PUBLISHED,
        or_(campaign.closes_at.is_(None), campaign.closes_at > now),
    )


def _not_refused() -> ColumnElement[bool]:
    refusal = table_of(Refusal).c
    recent = and_(refusal.email_key == bindparam("email_key"), refusal.refused_at > bindparam("refusals_since"))
    here = select(func.count()).where(recent, refusal.campaign_id == table_of(Campaign).c.id).scalar_subquery()
    anywhere = select(func.count()).where(recent).scalar_subquery()
    return and_(here == 0, anywhere < REFUSALS_EVERYWHERE)


def _ask_statement(dialect: str) -> Any:
    mail, signature = table_of(Mail).c, table_of(Signature).c
    kind = bindparam("kind", type_=mail.kind.type)
    now = _given(mail.created_at, dialect, "now")
    columns: dict[str, ColumnElement[Any]] = {
        "state": _constant(mail.state, MailState.QUEUED, dialect),
        "due_at": now,
        "created_at": now,
        "attempt_count": literal(0, Integer),
        "error": literal("", mail.error.type),
        "campaign_id": signature.campaign_id,
        "signature_id": signature.id,
        **{
            name: _given(mail[name], dialect) for name in ("kind", "message_id", "recipient", "recipient_key", "locale")
        },
    }
    earlier = table_of(Mail).alias("earlier").c
    within = and_(
        _sent(earlier, "a_day_ago") < bindparam("per_day", type_=Integer),
        _sent(earlier, "an_hour_ago") < bindparam("per_hour", type_=Integer),
        # The same mail about the same signature: whoever withdrew and signs again waits for another one.
        _sent(earlier, "this_signature_since", earlier.signature_id == signature.id, earlier.kind == kind) == 0,
    )
    source = select(*columns.values()).where(signature.id == bindparam("signature_id", type_=BigInteger), within)
    return insert(table_of(Mail)).from_select(list(columns), source)


def _sent(earlier: Any, since: str, *more: ColumnElement[bool]) -> ScalarSelect[int]:
    """How many mails that a stranger can set off went to this mailbox since then."""
    recent = earlier.created_at > bindparam(since, type_=earlier.created_at.type)
    asked = earlier.kind.in_([literal(kind, earlier.kind.type) for kind in UNASKED])
    return (
        select(func.count())
        .where(
            earlier.recipient_key == bindparam("recipient_key", type_=earlier.recipient_key.type), recent, asked, *more
        )
        .correlate(table_of(Signature))
        .scalar_subquery()
    )
