"""Consent to hear more: the wording shown, kept by version, and who agreed to which."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import delete, func, insert, select, update

from app.extensions import db
from app.models import Campaign, Consent, ConsentWording, Organisation, Purpose, Signature, SignatureState
from app.models.types import table_of


def wording(organisation_id: int, locale: str) -> ConsentWording | None:
    """The wording shown now, in `locale` or else in any language kept."""
    return db.session.scalar(
        select(ConsentWording)
        .where(ConsentWording.organisation_id == organisation_id, ConsentWording.purpose == Purpose.UPDATES)
        .order_by((ConsentWording.locale == locale).desc(), ConsentWording.version.desc(), ConsentWording.id)
        .limit(1)
    )


def _keep_wordings(organisation: Organisation, locales: Iterable[str], now: dt.datetime) -> None:
    """Write a new version wherever the words that would be shown differ from the newest ones kept."""
    for locale in locales:
        with force_locale(locale):
            words = _(
                "%(organisation)s may mail me news of this campaign, at most twice a month. Every mail has a link to stop.",
                organisation=organisation.name,
            )
        newest = wording(organisation.id, locale)
        known = newest is not None and newest.locale == locale
        if newest is not None and known and newest.text == words:
            continue
        version = newest.version + 1 if newest is not None and known else 1
        db.session.add(
            ConsentWording(
                organisation_id=organisation.id,
                purpose=Purpose.UPDATES,
                locale=locale,
                version=version,
                text=words,
                created_at=now,
            )
        )
        db.session.flush()


def _agree(signature_id: int, wording_id: int, locale: str, now: dt.datetime) -> None:
    """Record that a signer agreed to hear more, under the wording that the form showed."""
    owner = (
        select(Campaign.organisation_id)
        .join(Signature, Signature.campaign_id == Campaign.id)
        .where(Signature.id == signature_id)
        .scalar_subquery()
    )
    shown = db.session.scalar(
        select(ConsentWording.id).where(ConsentWording.id == wording_id, ConsentWording.organisation_id == owner)
    )
    if shown is None:
        newest = wording(db.session.scalar(select(owner)) or 0, locale)
        if newest is None:
            return  # nothing was shown, so nothing was agreed to
        shown = newest.id
    db.session.execute(
        insert(table_of(Consent)).values(
            signature_id=signature_id, purpose=Purpose.UPDATES, wording_id=shown, agreed_at=now
        )
    )


def _forget(signature_id: int) -> None:
    db.session.execute(delete(Consent).where(Consent.signature_id == signature_id))


def _change(signature: Signature, hear_more: bool, wording_id: int, now: dt.datetime) -> None:
    if hear_more:
        _agree(signature.id, wording_id, signature.locale, now)
        db.session.expire(signature, ["consents"])
    else:
        _end(signature, now)


def _end(signature: Signature, now: dt.datetime) -> None:
    db.session.execute(
        update(Consent).where(Consent.signature_id == signature.id, Consent.ended_at.is_(None)).values(ended_at=now)
    )
    db.session.expire(signature, ["consents"])


def supporters_of(campaign_id: int) -> int:
    """How many confirmed signers agreed to hear more."""
    return (
        db.session.scalar(
            select(func.count(func.distinct(Signature.id)))
            .join(Consent)
            .where(
                Signature.campaign_id == campaign_id,
                Signature.state == SignatureState.CONFIRMED,
                Consent.ended_at.is_(None),
            )
        )
        or 0
    )
