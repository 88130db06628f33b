"""The hot path: keep pending signatures, and have their mailboxes asked, in one statement each for however many people at once.

Made once for each database and then only given rows (`given`). The statements decide which campaign can be signed, which
mailbox refused, which version was signed, whether all that a campaign requires is there, and whether the mailbox may get another
mail. Which campaign can be signed is also said by `Campaign.is_open`, what one requires by `questions.is_complete`, for pages and for the
sentence that a refused signer reads: change both together.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    Integer,
    ScalarSelect,
    String,
    and_,
    case,
    func,
    insert,
    literal,
    or_,
    select,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.types import TypeEngine

from app.domain import given
from app.domain.answers import GivenAnswer
from app.domain.folding import name_keys
from app.domain.outbox import UNASKED, Budget, Mailbox
from app.extensions import db
from app.models import (
    Asked,
    Campaign,
    CampaignSlug,
    CampaignState,
    Channel,
    Mail,
    MailKind,
    MailState,
    Origin,
    Refusal,
    Signature,
    SignatureState,
)
from app.models.questions import FIELDS
from app.models.types import UTC, table_of

REFUSALS_LAST = dt.timedelta(days=90)
REFUSALS_EVERYWHERE = 2  # after so many, no campaign writes there (MAIL-03)
# The plans of the statements below are kept for as long as a connection lives. One that was made while a table was small would
# read all of it for each signature when thousands have come; so for this transaction, tables are read through their indexes.
# And a mailbox is held for milliseconds: who waits for longer must not hold up those who share the transaction.
LOCK = text(
    "SELECT set_config('lock_timeout', '1s', true), set_config('enable_seqscan', 'off', true), pg_advisory_xact_lock(key)"
    " FROM unnest(CAST(:keys AS bigint[])) AS key"
)


@dataclass(frozen=True)
class Person:
    """What somebody wrote into the sign form, already checked by it. `has_answered`: the campaign's own questions were put, and what was
    answered to them was checked too."""

    given_name: str
    family_name: str
    country: str
    postcode: str
    show_name: bool
    hear_more: bool
    locale: str
    channel: Channel = Channel.DIRECT
    text_version: int = 0
    wording_id: int = 0
    answers: tuple[GivenAnswer, ...] = ()
    has_answered: bool = False


@dataclass(frozen=True)
class Wish:
    """Somebody wants to sign a campaign."""

    slug: str
    person: Person
    mailbox: Mailbox
    budget: Budget
    now: dt.datetime


@dataclass(frozen=True)
class Ask:
    """A mailbox is to be asked about a signature, or told about it."""

    kind: MailKind
    signature_id: int
    address: str
    wish: Wish


def lock_mailboxes(wishes: Sequence[Wish]) -> None:
    """Have these mailboxes to ourselves until the transaction ends, so that a mail budget is counted by one at a time.

    Everybody takes the locks in the same order. On SQLite there is only one writer anyway. What follows in this transaction is
    read through indexes.
    """
    if db.engine.dialect.name == "postgresql":
        keys = {int.from_bytes(wish.mailbox.key[:8], "big", signed=True) for wish in wishes}
        db.session.connection().execute(LOCK, {"keys": sorted(keys)})


def keep(wishes: Sequence[Wish]) -> dict[bytes, int]:
    """Insert the pending signatures, at most one of a mailbox; their ids by the mailbox's key.

    One is missing where there is nothing to sign, where something that the campaign requires is not there, where the mailbox
    refused, or where a signature stands there already.
    """
    rows = (
        {
            **columns(wish.person, wish.mailbox),
            "public_id": secrets.token_urlsafe(16),
            "email_key": wish.mailbox.key,
            "slug": wish.slug,
            "now": wish.now,
            "refusals_since": wish.now - REFUSALS_LAST,
            "given_key": name_keys(wish.person.given_name, "")["name_key"],
            "has_answered": wish.person.has_answered,
        }
        for wish in wishes
    )
    return {row.email_key: row.id for row in given.execute(_keep_statement, rows)}


def ask(asks: Sequence[Ask]) -> int:
    """Write the mails' rows, at most one to a mailbox, unless that would be more than a stranger may make us send there (MAIL-01).
    Answers how many were written."""
    rows = (
        {
            "kind": ask.kind,
            "message_id": secrets.token_hex(16),
            "recipient": ask.address,
            "recipient_key": ask.wish.mailbox.key,
            "locale": ask.wish.person.locale,
            "signature_id": ask.signature_id,
            "now": (now := ask.wish.now),
            "an_hour_ago": now - dt.timedelta(hours=1),
            "a_day_ago": now - dt.timedelta(days=1),
            "this_signature_since": now - ask.wish.budget.per_campaign,
            "per_hour": ask.wish.budget.per_hour,
            "per_day": ask.wish.budget.per_day,
        }
        for ask in asks
    )
    return given.execute(_ask_statement, rows).rowcount if asks else 0


def columns(person: Person, mailbox: Mailbox) -> dict[str, Any]:
    """The columns that the signer's own words fill."""
    return {
        "email": mailbox.address,
        "given_name": person.given_name,
        "family_name": person.family_name,
        **name_keys(person.given_name, person.family_name),
        "country": person.country,
        "postcode": person.postcode,
        "show_name": person.show_name,
        "locale": person.locale,
        "channel": person.channel,
        "text_version": person.text_version,
    }


_NOBODY = Person("", "", "", "", show_name=False, hear_more=False, locale="")
WRITTEN = tuple(
    name for name in columns(_NOBODY, Mailbox("", b"")) if name != "text_version"
)  # which has a rule of its own


def _keep_statement(dialect: str) -> Any:
    table, campaign = table_of(Signature).c, table_of(Campaign).c
    own = {name: table[name].type for name in (*WRITTEN, "public_id", "email_key")}
    more: dict[str, TypeEngine[Any]] = {
        "text_version": Integer(),
        "slug": String(),
        "now": UTC(),
        "refusals_since": UTC(),
    }
    row = given.table(dialect, {**own, **more, "given_key": table.name_key.type, "has_answered": Boolean()}).c
    values: dict[str, ColumnElement[Any]] = {
        "campaign_id": campaign.id,
        "state": literal(SignatureState.PENDING, table.state.type),
        "origin": literal(Origin.ONLINE, table.origin.type),
        "text_version": case(
            (row.text_version.between(1, campaign.current_version), row.text_version), else_=campaign.current_version
        ),
        "created_at": row.now,
        **{name: _if_asked(row, name) for name in own},
    }
    source = select(*values.values()).where(
        _can_be_signed(row), _is_complete(row), not_refused(row.email_key, campaign.id, row.refusals_since)
    )
    upsert = (postgresql if dialect == "postgresql" else sqlite).insert(table_of(Signature))
    return (
        upsert.from_select(list(values), source)
        .on_conflict_do_nothing(index_elements=["campaign_id", "email_key"])
        .returning(table.id, table.email_key)
    )


def _if_asked(row: Any, name: str) -> ColumnElement[Any]:
    """What was written, unless the campaign does not ask for it; without the family name, the whole name is the given one."""
    field = "family_name" if name in {"name_key", "family_key"} else name
    if field not in FIELDS:
        return row[name]  # type: ignore[no-any-return]  # `given.table` makes columns of any type
    is_off = table_of(Campaign).c[f"asks_{field}"] == Asked.OFF
    return case((is_off, literal("") if field == name else row.given_key), else_=row[name])


def _is_complete(row: Any) -> ColumnElement[bool]:
    campaign = table_of(Campaign).c
    fields = [or_(campaign[f"asks_{field}"] != Asked.REQUIRED, row[field] != "") for field in FIELDS]
    return and_(*fields, or_(campaign.has_questions.is_(False), row.has_answered))


def _can_be_signed(row: Any) -> ColumnElement[bool]:
    campaign, slug = table_of(Campaign).c, table_of(CampaignSlug).c
    return and_(
        slug.slug == row.slug,
        slug.campaign_id == campaign.id,
        campaign.state == CampaignState.PUBLISHED,
        or_(campaign.closes_at.is_(None), campaign.closes_at > row.now),
    )


def not_refused(key: Any, campaign_id: Any, since: Any) -> ColumnElement[bool]:
    """The condition of a mailbox that this campaign may write to: "this wasn't me" silences one, twice silences all (MAIL-03)."""
    refusal = table_of(Refusal).c
    recent = and_(refusal.email_key == key, refusal.refused_at > since)
    here = select(func.count()).where(recent, refusal.campaign_id == campaign_id).scalar_subquery()
    anywhere = select(func.count()).where(recent).scalar_subquery()
    return and_(here == 0, anywhere < REFUSALS_EVERYWHERE)


def _ask_statement(dialect: str) -> Any:
    mail, signature = table_of(Mail).c, table_of(Signature).c
    own = {name: mail[name].type for name in ("kind", "message_id", "recipient", "recipient_key", "locale")}
    moments = dict.fromkeys(("now", "an_hour_ago", "a_day_ago", "this_signature_since"), UTC())
    numbers = {"signature_id": BigInteger(), "per_hour": Integer(), "per_day": Integer()}
    row = given.table(dialect, {**own, **moments, **numbers}).c
    values: dict[str, ColumnElement[Any]] = {
        "state": literal(MailState.QUEUED, mail.state.type),
        "due_at": row.now,
        "created_at": row.now,
        "attempt_count": literal(0, Integer),
        "error": literal("", mail.error.type),
        # Looked up one by one: a join would be planned for a hundred rows, and read the whole table of signatures.
        "campaign_id": select(signature.campaign_id).where(signature.id == row.signature_id).scalar_subquery(),
        "signature_id": row.signature_id,
        **{name: row[name] for name in own},
    }
    earlier = table_of(Mail).alias("earlier").c
    within = and_(
        _sent(row, earlier, row.a_day_ago) < row.per_day,
        _sent(row, earlier, row.an_hour_ago) < row.per_hour,
        # The same mail about the same signature: whoever withdrew and signs again waits for another one.
        _sent(
            row, earlier, row.this_signature_since, earlier.signature_id == row.signature_id, earlier.kind == row.kind
        )
        == 0,
    )
    source = select(*values.values()).where(within)
    return insert(table_of(Mail)).from_select(list(values), source)


def _sent(row: Any, earlier: Any, since: Any, *more: ColumnElement[bool]) -> ScalarSelect[int]:
    """How many mails that a stranger can set off went to this mailbox since then."""
    asked = earlier.kind.in_([literal(kind, earlier.kind.type) for kind in UNASKED])
    return (
        select(func.count())
        .where(earlier.recipient_key == row.recipient_key, earlier.created_at > since, asked, *more)
        .correlate(row.recipient_key.table)
        .scalar_subquery()
    )
