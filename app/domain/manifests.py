"""Manifests: what a list was that was handed over, in a text that this installation signed and that anybody can check.

A manifest belongs to an export and never changes. It holds numbers, days and the list's fingerprint, and nothing of any signer.
"""

from __future__ import annotations

import datetime as dt
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from app.domain import deadlines
from app.domain.dialects import allow_seconds
from app.domain.ledger import SMALL
from app.domain.refused import NotFound
from app.extensions import db
from app.models import (
    Campaign,
    Consent,
    Delivery,
    Export,
    Manifest,
    Purpose,
    Signature,
    SignatureChange,
    SignatureState,
    SigningKey,
    TextVersion,
)
from app.models.types import table_of

KIND = "undersigned manifest 1"  # the form of the text; another form is another number
SECONDS = 60  # a million signatures are looked through for their first and last day
OUT = (SignatureState.HELD, SignatureState.INVALIDATED)


@dataclass(frozen=True)
class Seal:
    """With what this installation signs, and where its pages are."""

    fingerprint: str  # SHA-256 of the public key as DER, in hexadecimal digits
    public_key: str  # PEM
    sign: Callable[[bytes], bytes]  # Ed25519
    manifest_address: Callable[[str], str]
    campaign_address: Callable[[str], str]


def canonical(said: dict[str, Any]) -> str:
    """One text for the same content, always: RFC 8785 for what stands in a manifest (texts, whole numbers, lists, null)."""
    return json.dumps(said, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))


def find(public_id: str) -> Manifest:
    """The manifest of this address. Raises NotFound."""
    found = db.session.scalar(select(Manifest).where(Manifest.public_id == public_id))
    if found is None or not found.campaign.is_public:
        raise NotFound
    return found


def hand_overs(manifest: Manifest) -> list[Delivery]:
    """The hand-overs of this list that stand, the newest first."""
    of_list = Delivery.of_campaign(manifest.campaign_id).where(Delivery.export_id == manifest.export_id)
    return list(db.session.scalars(of_list))


def keys_used() -> list[SigningKey]:
    """Every key that manifests of this installation were signed with, the newest first."""
    return list(db.session.scalars(select(SigningKey).order_by(SigningKey.first_used_at.desc())))


def _made(campaign: Campaign, export: Export, seal: Seal, now: dt.datetime) -> Manifest:
    """The manifest of an export: the one that there is, or one that is made and signed now, in the caller's transaction."""
    made = db.session.scalar(select(Manifest).where(Manifest.export_id == export.id))
    if made is not None:
        return made
    public_id = secrets.token_urlsafe(16)
    document = canonical(_content(campaign, export, public_id, seal, now))
    _keep_key(seal, now)
    made = Manifest(
        public_id=public_id,
        campaign_id=campaign.id,
        export_id=export.id,
        fingerprint=seal.fingerprint,
        document=document,
        signature=seal.sign(document.encode()),
        made_at=now,
    )
    db.session.add(made)
    db.session.flush()
    return made


def _keep_key(seal: Seal, now: dt.datetime) -> None:
    """Public keys stay when the secret changes, so that what was signed can be checked for good."""
    insert = (postgresql if db.engine.dialect.name == "postgresql" else sqlite).insert
    row = {"fingerprint": seal.fingerprint, "public_key": seal.public_key, "first_used_at": now}
    db.session.execute(insert(table_of(SigningKey)).values(row).on_conflict_do_nothing())


def _content(campaign: Campaign, export: Export, public_id: str, seal: Seal, now: dt.datetime) -> dict[str, Any]:
    words, choice = campaign.published_text, export.choice
    states = [state for state in SignatureState if state != SignatureState.WITHDRAWN]
    return {
        "type": KIND,
        "id": public_id,
        "address": seal.manifest_address(public_id),
        "key": seal.fingerprint,
        "made_at": _moment(now),
        "organisation": campaign.organisation.name,
        "campaign": {
            "address": seal.campaign_address(campaign.slug),
            "ask": words.ask if words else campaign.ask,
            "language": campaign.locale,
        },
        "list": {
            "sha256": export.list_sum,  # of an encrypted file that of the list in it: who was handed it holds the list
            "rows": export.row_count,
            "columns": list(choice["columns"]),
            "made_for": str(export.form),
            "states": [str(state) for state in (states if choice["all_states"] else [SignatureState.CONFIRMED])],
            "supporters_only": bool(choice.get("supporters_only")),
            "taken_at": _moment(_taken_at(export)),
        },
        **_signed(campaign, export),
    }


def _moment(moment: dt.datetime) -> str:
    return f"{moment.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}"


def _taken_at(export: Export) -> dt.datetime:
    return export.finished_at or export.started_at


def _in_list(export: Export) -> list[ColumnElement[bool]]:
    """The condition of a signature that the list asked for, also where it was withdrawn or taken out of the count since."""
    campaign, choice, taken_at = export.campaign, export.choice, _taken_at(export)
    begun = Signature.created_at if choice["all_states"] else Signature.confirmed_at
    asked = [
        Signature.campaign_id == campaign.id,
        begun <= taken_at,
        or_(Signature.withdrawn_at.is_(None), Signature.withdrawn_at > taken_at),
    ]
    if choice.get("signed_from"):
        first = dt.date.fromisoformat(choice["signed_from"])
        asked.append(Signature.created_at >= deadlines.start_of(first, campaign.closes_zone))
    if choice.get("signed_to"):
        last = dt.date.fromisoformat(choice["signed_to"])
        asked.append(Signature.created_at < deadlines.end_of(last, campaign.closes_zone))
    for name, column in (("country", Signature.country), ("channel", Signature.channel)):
        if choice.get(name):
            asked.append(column == choice[name])
    if choice.get("supporters_only"):
        agreed = (Consent.signature_id == Signature.id, Consent.purpose == Purpose.UPDATES)
        held = (Consent.agreed_at <= taken_at, or_(Consent.ended_at.is_(None), Consent.ended_at > taken_at))
        asked.append(exists().where(*agreed, *held))
    return asked


def _signed(campaign: Campaign, export: Export) -> dict[str, Any]:
    """The first and the last day of signing, and the versions of the text that were signed."""
    allow_seconds(SECONDS)
    first, last = func.min(Signature.created_at), func.max(Signature.created_at)
    signed = select(Signature.text_version, first, last).where(*_in_list(export)).group_by(Signature.text_version)
    found = {number: (begin, end) for number, begin, end in db.session.execute(signed)}
    zone = ZoneInfo(campaign.closes_zone)
    versions = select(TextVersion.number, TextVersion.ask, TextVersion.published_at)
    versions = versions.where(TextVersion.campaign_id == campaign.id, TextVersion.number.in_(found))
    days = [moment.astimezone(zone).date() for span in found.values() for moment in span]
    return {
        "period": {"first": str(min(days)), "last": str(max(days)), "zone": campaign.closes_zone} if days else None,
        "text_versions": [
            {"number": number, "ask": ask, "published_on": str(at.astimezone(zone).date())}
            for number, ask, at in db.session.execute(versions.order_by(TextVersion.number))
        ],
    }


def taken_out(manifest: Manifest, now: dt.datetime) -> int:
    """How many signatures of the list were withdrawn since, in months that are over, or are out of the count now; 0 where they are
    so few that the number would point at them, and where the list was chosen by what is forgotten with a signature."""
    export = manifest.export
    if any(export.choice.get(name) for name in ("country", "channel", "supporters_only")):
        return 0  # of whoever is gone it is not known any more
    zone = ZoneInfo(export.campaign.closes_zone)
    month = dt.datetime.combine(now.astimezone(zone).date().replace(day=1), dt.time(), zone)
    withdrawn = (Signature.state == SignatureState.WITHDRAWN, Signature.withdrawn_at < month)
    changed = exists().where(
        SignatureChange.signature_id == Signature.id,
        SignatureChange.changed_at > _taken_at(export),
        SignatureChange.old_state == SignatureState.CONFIRMED,
    )
    number = _number(export, *withdrawn) + _number(export, Signature.state.in_(OUT), changed)
    return number if number >= SMALL else 0


def _number(export: Export, *conditions: ColumnElement[bool]) -> int:
    counted = select(func.count()).select_from(Signature).where(*_in_list(export), *conditions)
    return db.session.scalar(counted) or 0
