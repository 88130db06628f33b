"""Exports: a signer list leaves the house as a recorded act of a named person.

The record is committed before the first byte, and completed after the last; whoever owns the organisation is told by mail.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection
from dataclasses import asdict, dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, String, case, cast, func, literal, select, update

from app.domain import activity, deadlines, outbox, rights
from app.domain.dialects import allow_seconds, iso_text
from app.domain.outbox import Mailbox
from app.domain.refused import Refused
from app.domain.rights import Right
from app.domain.transactions import unit_of_work
from app.extensions import db
from app.models import (
    Account,
    Campaign,
    Consent,
    ConsentWording,
    Deed,
    Export,
    ExportForm,
    ExportState,
    MailKind,
    Membership,
    Purpose,
    Role,
    Signature,
    SignatureState,
)

COUNT_SECONDS = 30
PREVIEW_ROWS = 5

# What may be chosen, in the order of the file. No mail address unless asked for (EXP-04).
COLUMNS = (
    "given_name",
    "family_name",
    "country",
    "postcode",
    "signed_at",
    "text_version",
    "email",
    "show_name",
    "consent",
    "channel",
    "origin",
    "state",
)
USUAL = COLUMNS[:6]
# What of a signer only those may take who may see it.
SHOWS: dict[str, Right] = {
    "given_name": Right.SEE_SIGNERS,
    "family_name": Right.SEE_SIGNERS,
    "email": Right.SEE_ADDRESSES,
}


@dataclass(frozen=True)
class Choice:
    """Which signers, which columns, made for what. Dates are days in the campaign's zone, both included."""

    columns: tuple[str, ...] = USUAL
    all_states: bool = False
    signed_from: dt.date | None = None
    signed_to: dt.date | None = None
    supporters_only: bool = False
    form: ExportForm = ExportForm.SPREADSHEET
    bom: bool = True

    def header(self) -> tuple[str, ...]:
        """The names of the columns as they stand in the file."""
        chosen = {*self.columns, *(("state",) if self.all_states else ())}
        names: list[str] = []
        for column in COLUMNS:
            if column == "consent" and column in chosen:
                names += ("hear_more", "agreed_at", "consent_wording")
            elif column == "consent" and "email" in chosen:
                names.append("hear_more")  # an address never leaves without saying whether it may be written to
            elif column in chosen:
                names.append(column)
        return tuple(names)

    def record(self) -> dict[str, Any]:
        """The choice as it is kept with the export."""
        days = {"signed_from": self.signed_from, "signed_to": self.signed_to}
        return {
            **asdict(self),
            "columns": list(self.header()),
            **{name: day.isoformat() if day else None for name, day in days.items()},
        }


def _yes_no(condition: ColumnElement[bool]) -> ColumnElement[str]:
    return case((condition, literal("yes", String())), else_=literal("no", String()))


CELLS: dict[str, ColumnElement[Any]] = {
    "given_name": Signature.given_name.expression,
    "family_name": Signature.family_name.expression,
    "country": Signature.country.expression,
    "postcode": Signature.postcode.expression,
    "signed_at": iso_text(Signature.created_at),
    "text_version": Signature.text_version.expression,
    "email": func.coalesce(Signature.email, ""),
    "show_name": _yes_no(Signature.show_name.expression),
    "hear_more": _yes_no(Consent.id.is_not(None)),
    "agreed_at": func.coalesce(iso_text(Consent.agreed_at), ""),
    "consent_wording": func.coalesce(ConsentWording.locale + " " + cast(ConsentWording.version, String), ""),
    "channel": cast(Signature.channel, String),
    "origin": cast(Signature.origin, String),
    "state": cast(Signature.state, String),
}


def columns_for(held: Collection[Right]) -> tuple[str, ...]:
    """The columns that somebody with these rights may take, in the order of the file."""
    return tuple(column for column in COLUMNS if column not in SHOWS or SHOWS[column] in held)


def _refuse_unseen(campaign: Campaign, choice: Choice, by: Account) -> None:
    """Nobody takes out of the house what they may not see in it (ROLE-02)."""
    for right in {Right.EXPORT, *(SHOWS[column] for column in choice.columns if column in SHOWS)}:
        rights._require(right, by.id, campaign.organisation_id)


def rows(campaign: Campaign, choice: Choice) -> Select[Any]:
    """The rows of the file, by state and in the order of signing: as the index has them, so that nothing is sorted first."""
    header = choice.header()
    chosen = select(*(CELLS[name].label(name) for name in header)).order_by(Signature.state, Signature.id)
    return _joined(_filtered(chosen, campaign, choice), header, choice)


def _joined(chosen: Select[Any], header: tuple[str, ...], choice: Choice) -> Select[Any]:
    current = (Consent.signature_id == Signature.id) & (Consent.purpose == Purpose.UPDATES) & Consent.ended_at.is_(None)
    if choice.supporters_only:
        chosen = chosen.join(Consent, current)
    elif "hear_more" in header:
        chosen = chosen.outerjoin(Consent, current)
    if "consent_wording" in header:
        chosen = chosen.outerjoin(ConsentWording, ConsentWording.id == Consent.wording_id)
    return chosen


def _filtered(chosen: Select[Any], campaign: Campaign, choice: Choice) -> Select[Any]:
    """A signature that was withdrawn is in no export; one that is not confirmed only where all states are asked for."""
    confirmed, kept = Signature.state == SignatureState.CONFIRMED, Signature.state != SignatureState.WITHDRAWN
    chosen = chosen.select_from(Signature).where(Signature.campaign_id == campaign.id)
    chosen = chosen.where(kept if choice.all_states else confirmed)
    if choice.signed_from:
        chosen = chosen.where(Signature.created_at >= deadlines.start_of(choice.signed_from, campaign.closes_zone))
    if choice.signed_to:
        chosen = chosen.where(Signature.created_at < deadlines.end_of(choice.signed_to, campaign.closes_zone))
    return chosen


def count(campaign: Campaign, choice: Choice) -> int:
    """How many rows the file will have."""
    allow_seconds(COUNT_SECONDS)
    return db.session.scalar(_joined(_filtered(select(func.count()), campaign, choice), (), choice)) or 0


def first(campaign: Campaign, choice: Choice) -> list[tuple[str, ...]]:
    """The first rows of the file."""
    return [tuple(row) for row in db.session.execute(rows(campaign, choice).limit(PREVIEW_ROWS))]


@unit_of_work
def start(
    campaign: Campaign,
    choice: Choice,
    *,
    by: Account | None,
    taken_by: str,
    reason: str,
    expected_rows: int,
    key: Callable[[str], bytes],
    now: dt.datetime,
) -> Export:
    """Put on record who takes what and why, and have the other owners told. `key` makes a mailbox's fingerprint.

    Raises Refused where there is no reason, NotAllowed where `by` may not take these columns.
    """
    if by is not None:
        _refuse_unseen(campaign, choice, by)
    if not reason.strip():
        raise Refused(_("Say why the list is taken. It stays on record."))
    export = Export(
        campaign_id=campaign.id,
        organisation_id=campaign.organisation_id,
        account_id=by.id if by else None,
        taken_by=taken_by,
        reason=reason.strip(),
        form=choice.form,
        choice={**choice.record(), "expected_rows": expected_rows},
        started_at=now,
    )
    db.session.add(export)
    activity._note(Deed.TOOK_LIST, campaign, now=now, by=by, by_name=taken_by, rows=expected_rows, form=choice.form)
    for owner in _owners(campaign.organisation_id, besides=by):
        mailbox = Mailbox(owner.email, key(owner.email))
        about = {"campaign_id": campaign.id, "account_id": owner.id, "export_id": export.id}
        outbox._enqueue(MailKind.EXPORTED, mailbox, locale=owner.locale, now=now, **about)
    return export


def _owners(organisation_id: int, *, besides: Account | None) -> list[Account]:
    owners = (
        select(Account)
        .join(Membership, Membership.account_id == Account.id)
        .where(Membership.organisation_id == organisation_id, Membership.role == Role.OWNER, Account.active)
        .order_by(Account.id)
    )
    return [owner for owner in db.session.scalars(owners) if besides is None or owner.id != besides.id]


@unit_of_work
def finish(export_id: int, *, row_count: int, sha256: str, now: dt.datetime) -> None:
    """The last byte was handed over: complete the record with the rows and the file's fingerprint."""
    _end(export_id, ExportState.FINISHED, row_count, sha256, now)


@unit_of_work
def abort(export_id: int, *, row_count: int, now: dt.datetime) -> None:
    """The file did not get to its end. At most `row_count` rows left the house. A finished export stays finished."""
    _end(export_id, ExportState.ABORTED, row_count, "", now)


def _end(export_id: int, state: ExportState, row_count: int, sha256: str, now: dt.datetime) -> None:
    db.session.execute(
        update(Export)
        .where(Export.id == export_id, Export.state == ExportState.STARTED)
        .values(state=state, row_count=row_count, sha256=sha256, finished_at=now)
        .execution_options(synchronize_session=False)
    )


def past(campaign: Campaign, limit: int) -> list[Export]:
    """A campaign's exports, the newest first."""
    return list(db.session.scalars(Export.of_campaign(campaign).limit(limit)))


def past_of_organisation(organisation_id: int, *, before: int | None, limit: int) -> list[Export]:
    """An organisation's exports, the newest first; those before the export of number `before`."""
    exports = select(Export).where(Export.organisation_id == organisation_id)
    if before is not None:
        exports = exports.where(Export.id < before)
    return list(db.session.scalars(exports.order_by(Export.id.desc()).limit(limit)))
