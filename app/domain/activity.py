"""The log of an organisation: each verb that changes something writes, in its own transaction, who did what to which thing.

It holds what members did, never who signed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from sqlalchemy import select

from app.domain.folding import fold
from app.domain.transactions import unit_of_work
from app.extensions import db
from app.models import (
    Account,
    Activity,
    Campaign,
    Deed,
    Delivery,
    ExportKey,
    ExportPreset,
    FigureSeries,
    ImportDraft,
    Incident,
    Invitation,
    KeyFigure,
    Membership,
    NewsItem,
    NewsSource,
    Organisation,
    Register,
    Report,
    SignerImport,
    Thing,
    Topic,
    Update,
)
from app.models.activities import THING_LENGTH

ACTING = "acting"  # where the session keeps who is asking
# Drafts save themselves while one types, lists are put in order step by step: one entry stands for all of that within this time.
ONCE_WITHIN = dt.timedelta(minutes=15)
OFTEN = {Deed.WROTE, Deed.ARRANGED}

Subject = tuple[int, Thing, int, str]  # organisation, kind, number, name


def acting(account: Account | None) -> None:
    """Say who is asking. What is done from here on in this session is theirs; None: the command line, or a planned act."""
    db.session.info[ACTING] = (account.id, account.name) if account is not None else None


def _note(
    deed: Deed,
    thing: Any,
    *,
    now: dt.datetime,
    by: Account | None = None,
    by_name: str = "",
    in_log_of: int | None = None,
    **details: str | int,
) -> Activity:
    """Put on record, in the caller's transaction, that this was done to this thing. By whoever is asking, unless `by` says.

    `by_name` is for somebody without an account here: who works from the command line, another organisation. `in_log_of` names
    the organisation whose log it is, where that is not the thing's own.
    """
    if by is not None:
        who: tuple[int | None, str] = (by.id, by.name)
    else:
        who = (None, by_name) if by_name else db.session.info.get(ACTING) or (None, "")
    db.session.flush()
    organisation_id, kind, number, name = _subject(thing)
    name = " ".join(name.split())[:THING_LENGTH]
    entry = Activity(
        organisation_id=in_log_of or organisation_id,
        done_at=now,
        account_id=who[0],
        by_name=who[1],
        deed=deed,
        thing_kind=kind,
        thing_id=number,
        thing=name,
        details=details,
        folded=fold(f"{who[1]} {name}"),
    )
    if deed not in OFTEN or not _is_noted(entry):
        db.session.add(entry)
    return entry


@unit_of_work
def record_taken(organisation: Organisation, *, rows: int, now: dt.datetime) -> int:
    """Somebody takes the log itself out of the house as a file of so many rows. The key of the entry that says so."""
    entry = _note(Deed.TOOK_LOG, organisation, now=now, rows=rows)
    db.session.flush()
    return entry.id


def _is_noted(entry: Activity) -> bool:
    """Whether the newest entry about this thing says the same of the same person, a short while ago."""
    newest = (
        select(Activity.deed, Activity.account_id, Activity.by_name, Activity.done_at)
        .where(Activity.organisation_id == entry.organisation_id)
        .where(Activity.thing_kind == entry.thing_kind, Activity.thing_id == entry.thing_id)
        .order_by(Activity.id.desc())
        .limit(1)
    )
    found = db.session.execute(newest).one_or_none()
    if found is None or tuple(found[:3]) != (entry.deed, entry.account_id, entry.by_name):
        return False
    return bool(entry.done_at - found.done_at < ONCE_WITHIN)


def _subject(thing: Any) -> Subject:
    """To which organisation a thing belongs, of which kind it is, its number, and what it is called."""
    return SUBJECTS[type(thing)](thing)


def _of_topic(topic_id: int, kind: Thing, number: int, name: str) -> Subject:
    topic = db.session.get_one(Topic, topic_id)
    return topic.organisation_id, kind, number, name or topic.title


def _of_update(update: Update) -> Subject:
    campaign = db.session.get_one(Campaign, update.campaign_id)
    return campaign.organisation_id, Thing.UPDATE, update.id, update.title or campaign.ask


def _of_delivery(delivery: Delivery) -> Subject:
    campaign = db.session.get_one(Campaign, delivery.campaign_id)
    return campaign.organisation_id, Thing.DELIVERY, delivery.id, ", ".join(delivery.to) or campaign.ask


def _of_incident(incident: Incident) -> Subject:
    register = db.session.get_one(Register, incident.register_id)
    name = ", ".join(part for part in (incident.happened_on.isoformat(), incident.place) if part)
    return _of_topic(register.topic_id, Thing.INCIDENT, incident.id, name)


def _of_import(draft: ImportDraft) -> Subject:
    register = db.session.get_one(Register, draft.register_id)
    return _of_topic(register.topic_id, Thing.IMPORT, draft.id, register.title)


def _of_signer_import(batch: SignerImport) -> Subject:
    campaign = db.session.get_one(Campaign, batch.campaign_id)
    return campaign.organisation_id, Thing.SIGNER_IMPORT, batch.id, campaign.ask


def _of_member(membership: Membership) -> Subject:
    account = db.session.get_one(Account, membership.account_id)
    return membership.organisation_id, Thing.MEMBER, membership.account_id, account.name


SUBJECTS: dict[type[Any], Callable[[Any], Subject]] = {
    Campaign: lambda one: (one.organisation_id, Thing.CAMPAIGN, one.id, one.ask),
    Topic: lambda one: (one.organisation_id, Thing.TOPIC, one.id, one.title),
    Update: _of_update,
    Delivery: _of_delivery,
    Report: lambda one: (one.organisation_id, Thing.REPORT, one.id, one.title),
    NewsItem: lambda one: (one.organisation_id, Thing.NEWS_ITEM, one.id, one.title),
    NewsSource: lambda one: (one.organisation_id, Thing.NEWS_SOURCE, one.id, one.outlet or one.url),
    KeyFigure: lambda one: _of_topic(one.topic_id, Thing.KEY_FIGURE, one.id, f"{one.number} {one.label}"),
    FigureSeries: lambda one: _of_topic(one.topic_id, Thing.SERIES, one.id, one.title),
    Register: lambda one: _of_topic(one.topic_id, Thing.REGISTER, one.id, one.title),
    Incident: _of_incident,
    ImportDraft: _of_import,
    SignerImport: _of_signer_import,
    Membership: _of_member,
    Invitation: lambda one: (one.organisation_id, Thing.INVITATION, one.id, one.email),
    ExportKey: lambda one: (one.organisation_id, Thing.EXPORT_KEY, one.id, one.name),
    ExportPreset: lambda one: (one.organisation_id, Thing.EXPORT_PRESET, one.id, one.name),
    Organisation: lambda one: (one.id, Thing.ORGANISATION, one.id, one.name),
}
