"""Exports: a signer list leaves the house as a recorded act of a named person.

The record is committed before the first byte, and completed after the last; whoever owns the organisation is told by mail.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Callable
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, func, select, update

from app.domain import activity, deadlines, export_alarm, export_keys, export_layouts, outbox, rights
from app.domain.dialects import allow_seconds
from app.domain.export_choice import YES_NO, Choice
from app.domain.export_columns import Kind, Needs, columns_of, plain
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
    Role,
    Signature,
    SignatureState,
)

COUNT_SECONDS = 30
MOST_ON_PAPER = 50_000  # signers; a minute of the worker, and 1,300 pages
PREVIEW_ROWS = 10


def _refuse(campaign: Campaign, choice: Choice, by: Account) -> None:
    """Nobody takes out of the house what they may not see in it (ROLE-02), and no program mails who did not agree to it."""
    known = columns_of(campaign)
    if any(plain(key) not in known for key in choice.in_file()):
        raise Refused(_("A question of this list was removed. Choose the columns again."))
    columns = [known[plain(key)] for key in choice.in_file()]
    by_country = {Right.SEE_SIGNERS} if choice.country else set()  # whoever is left then is from there
    for right in {Right.EXPORT, *by_country, *(column.right for column in columns if column.right is not None)}:
        rights._require(right, by.id, campaign.organisation_id)
    if export_layouts.mails(choice) and not choice.supporters_only:
        raise Refused(_("This program mails whoever is in it: take only those who agreed to hear more."))
    if choice.since is not None:
        base = db.session.get(Export, choice.since)
        own = (by.id, campaign.id, campaign.organisation_id, ExportState.FINISHED)
        if base is None or (base.account_id, base.campaign_id, base.organisation_id, base.state) != own:
            raise Refused(_("Changes can be told since an export that you took yourself, and whole."))


def rows(campaign: Campaign, choice: Choice) -> Select[Any]:
    """The rows of the file, by state and in the order of signing: as the index has them, so that nothing is sorted first."""
    chosen = select(*cells(campaign, choice)).order_by(Signature.state, Signature.id)
    return joined(filtered(chosen, campaign, choice), campaign, choice)


def cells(campaign: Campaign, choice: Choice) -> list[ColumnElement[Any]]:
    """What the database is asked for each signature."""
    known, yes_no = columns_of(campaign), YES_NO[choice.yes_no]
    return [known[plain(key)].written(yes_no).label(f"c{n}") for n, key in enumerate(choice.in_file())]


def kinds(campaign: Campaign, choice: Choice) -> list[Kind]:
    """Of which kind each column of the file is."""
    known = columns_of(campaign)
    first = [Kind.TEXT, Kind.TEXT] if choice.since is not None else []
    return first + [known[plain(key)].kind for key in choice.in_file()]


def joined(chosen: Select[Any], campaign: Campaign, choice: Choice, *, cells: bool = True) -> Select[Any]:
    """The query with the consents that its rows, and where asked for its cells, speak of. No signature is in it twice: one consent of
    hers is current at most, and `export_changes` counts on it."""
    known = columns_of(campaign)
    needs = {known[plain(key)].needs for key in choice.in_file()} if cells else set()
    current = (Consent.signature_id == Signature.id) & Consent.is_current()
    if choice.supporters_only:
        chosen = chosen.join(Consent, current)
    elif needs - {None}:
        chosen = chosen.outerjoin(Consent, current)
    if Needs.WORDING in needs:
        chosen = chosen.outerjoin(ConsentWording, ConsentWording.id == Consent.wording_id)
    return chosen


def filtered(chosen: Select[Any], campaign: Campaign, choice: Choice) -> Select[Any]:
    """A signature that was withdrawn is in no export; one that is not confirmed only where all states are asked for."""
    confirmed, kept = Signature.state == SignatureState.CONFIRMED, Signature.state != SignatureState.WITHDRAWN
    chosen = chosen.select_from(Signature).where(Signature.campaign_id == campaign.id)
    chosen = chosen.where(kept if choice.all_states else confirmed)
    if choice.signed_from:
        chosen = chosen.where(Signature.created_at >= deadlines.start_of(choice.signed_from, campaign.closes_zone))
    if choice.signed_to:
        chosen = chosen.where(Signature.created_at < deadlines.end_of(choice.signed_to, campaign.closes_zone))
    if choice.country:
        chosen = chosen.where(Signature.country == choice.country)
    if choice.channel:
        chosen = chosen.where(Signature.channel == choice.channel)
    return chosen


def summary(campaign: Campaign, choice: Choice) -> Select[Any]:
    """How many rows the file has, and when the first and the last of them signed."""
    asked: Any = select(func.count(), func.min(Signature.created_at), func.max(Signature.created_at))
    return joined(filtered(asked, campaign, choice), campaign, choice, cells=False)


def count(campaign: Campaign, choice: Choice) -> int:
    """How many rows the file will have."""
    allow_seconds(COUNT_SECONDS)
    return (
        db.session.scalar(joined(filtered(select(func.count()), campaign, choice), campaign, choice, cells=False)) or 0
    )


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
    encrypt: bool | None = None,
    locale: str = "en",
    later: bool = False,
    unusual: int = 0,
) -> Export:
    """Put on record who takes what and why, and have the other owners told. `key` makes a mailbox's fingerprint; `later` has
    the worker write the file, for a reader of the language `locale`; `encrypt`: to the organisation's keys, or not, None: where there
    are some. Where within a day `unusual` rows leave the organisation, all owners are warned, also the one who takes them.

    Raises Refused where there is no reason, NotAllowed where `by` may not take these columns.
    """
    if by is not None:
        _refuse(campaign, choice, by)
    _refuse_unclear(campaign, choice, reason, expected_rows)
    export = Export(
        campaign_id=campaign.id,
        organisation_id=campaign.organisation_id,
        account_id=by.id if by else None,
        taken_by=taken_by,
        reason=reason.strip(),
        form=choice.form,
        choice={**choice.record(), "expected_rows": expected_rows},
        encrypted_to=export_keys._for_export(campaign.organisation_id, encrypt),
        started_at=now,
        locale=locale,
    )
    if later:
        export.state, export.public_id, export.due_at = ExportState.QUEUED, secrets.token_urlsafe(16), now
    export.day_rows = export_alarm._passed(export, expected_rows, unusual, now) if unusual else None
    return _put_on_record(export, campaign, by, key, now)


def _put_on_record(
    export: Export, campaign: Campaign, by: Account | None, key: Callable[[str], bytes], now: dt.datetime
) -> Export:
    db.session.add(export)
    rows, who = export.choice["expected_rows"], export.taken_by
    entry = activity._note(Deed.TOOK_LIST, campaign, now=now, by=by, by_name=who, rows=rows, form=export.form)
    if export.encrypted_to:
        entry.details = {**entry.details, "encrypted_to": export.readers}
    if export.day_rows is not None:
        entry.details = {**entry.details, "day_rows": export.day_rows}
    _tell_owners(export, None if export.day_rows else by, key, now)
    return export


def _tell_owners(export: Export, besides: Account | None, key: Callable[[str], bytes], now: dt.datetime) -> None:
    for owner in _owners(export.organisation_id, besides=besides):
        about = {"campaign_id": export.campaign_id, "account_id": owner.id, "export_id": export.id}
        outbox._enqueue(
            MailKind.EXPORTED, Mailbox(owner.email, key(owner.email)), locale=owner.locale, now=now, **about
        )


def _refuse_unclear(campaign: Campaign, choice: Choice, reason: str, expected_rows: int) -> None:
    if not campaign.current_version:
        raise Refused(_("Nobody can have signed yet: this campaign was never public."))
    if not reason.strip():
        raise Refused(_("Say why the list is taken. It stays on record."))
    if choice.form == ExportForm.PAPER and expected_rows > MOST_ON_PAPER:
        raise Refused(
            _("A PDF holds at most %(number)d signers. Choose a shorter span, or another format.", number=MOST_ON_PAPER)
        )


def _owners(organisation_id: int, *, besides: Account | None) -> list[Account]:
    owners = (
        select(Account)
        .join(Membership, Membership.account_id == Account.id)
        .where(Membership.organisation_id == organisation_id, Membership.role == Role.OWNER, Account.active)
        .order_by(Account.id)
    )
    return [owner for owner in db.session.scalars(owners) if besides is None or owner.id != besides.id]


@unit_of_work
def finish(
    export_id: int,
    *,
    row_count: int,
    sha256: str,
    now: dt.datetime,
    list_sha256: str = "",
    keep: Callable[[int], None] | None = None,
) -> None:
    """The last byte was handed over: complete the record with the rows and the file's fingerprint; of an encrypted file also with
    that of the list in it.

    `keep` writes down, in the same transaction, whom the file held.
    """
    _end(export_id, ExportState.FINISHED, now, row_count=row_count, sha256=sha256, list_sha256=list_sha256)
    if keep is not None:
        keep(export_id)


@unit_of_work
def abort(export_id: int, *, row_count: int, now: dt.datetime) -> None:
    """The file did not get to its end. At most `row_count` rows left the house. A finished export stays finished."""
    _end(export_id, ExportState.ABORTED, now, row_count=row_count)


def _end(export_id: int, state: ExportState, now: dt.datetime, **said: str | int) -> None:
    db.session.execute(
        update(Export)
        .where(Export.id == export_id, Export.state == ExportState.STARTED)
        .values(state=state, finished_at=now, **said)
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
