"""Consent to hear more: the wording shown, kept by version, and who agreed to which."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import BigInteger, delete, exists, func, insert, literal, select, update

from app.domain import given
from app.extensions import db
from app.models import Campaign, Consent, ConsentWording, Organisation, Purpose, Signature
from app.models.types import table_of

ELSEWHERE = "x"  # the language of words that people agreed to on other platforms: kept as a proof, shown nowhere


def wording(organisation_id: int, locale: str) -> ConsentWording | None:
    """The wording shown now, in `locale` or else in any language kept."""
    return db.session.scalar(
        select(ConsentWording)
        .where(
            ConsentWording.organisation_id == organisation_id,
            ConsentWording.purpose == Purpose.UPDATES,
            ConsentWording.locale != ELSEWHERE,
        )
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


@dataclass(frozen=True)
class Agreed:
    """A signer agreed to hear more, under the wording that the form showed; where it showed none that is known, under the newest."""

    signature_id: int
    wording_id: int
    agreed_at: dt.datetime


def _agree(agreed: Sequence[Agreed]) -> None:
    """Record consents, in one statement. Where an organisation has no wording nothing was shown, so nothing was agreed to."""
    if agreed:
        given.execute(_agree_statement, map(asdict, agreed))


def _agree_statement(dialect: str) -> Any:
    consent, signature, campaign = table_of(Consent).c, table_of(Signature).c, table_of(Campaign).c
    moment = consent.agreed_at.type
    rows = given.table(dialect, {"signature_id": BigInteger(), "wording_id": BigInteger(), "agreed_at": moment})
    row, own = rows.c, signature.id == rows.c.signature_id
    owner = select(campaign.organisation_id).where(campaign.id == signature.campaign_id, own)
    wording = table_of(ConsentWording).c
    kept = select(wording.id).where(
        wording.organisation_id == owner.correlate(rows).scalar_subquery(),
        wording.purpose == Purpose.UPDATES,
        wording.locale != ELSEWHERE,
    )
    newest = kept.order_by(wording.version.desc(), wording.id).limit(1)
    locale = select(signature.locale).where(own).correlate(rows).scalar_subquery()
    shown = func.coalesce(  # which is the newest, `wording` says for pages: change both together
        kept.where(wording.id == row.wording_id).scalar_subquery(),
        newest.where(wording.locale == locale).scalar_subquery(),
        newest.scalar_subquery(),
    )
    # A form that somebody opened before the campaign changed hands showed the words of another organisation: nothing was agreed
    # with the one that has it now.
    others = wording.id == row.wording_id, wording.organisation_id != owner.correlate(rows).scalar_subquery()
    found = select(row.signature_id, literal(Purpose.UPDATES, consent.purpose.type), shown, row.agreed_at)
    found = found.where(shown.is_not(None), ~exists().where(*others).correlate(rows))
    names = ["signature_id", "purpose", "wording_id", "agreed_at"]
    return insert(table_of(Consent)).from_select(names, found)


def versions(organisation_id: int) -> dict[str, dt.date]:
    """The wordings that an organisation showed here, as exports and signature sheets name them, "en 1"; and since which day (UTC)."""
    own = select(ConsentWording.locale, ConsentWording.version, ConsentWording.created_at).where(
        ConsentWording.organisation_id == organisation_id, ConsentWording.locale != ELSEWHERE
    )
    return {f"{locale} {version}": since.date() for locale, version, since in db.session.execute(own)}


def _kept_elsewhere(organisation_id: int, texts: Iterable[str], now: dt.datetime) -> dict[str, int]:
    """The wordings that people agreed to elsewhere, by their text: one of the organisation's own, named as exports name them ("en 1")
    or in full, or a new one that no form here ever shows."""
    own = select(ConsentWording).where(
        ConsentWording.organisation_id == organisation_id, ConsentWording.purpose == Purpose.UPDATES
    )
    kept = list(db.session.scalars(own.order_by(ConsentWording.id)))
    found = {one.text: one.id for one in kept} | {f"{one.locale} {one.version}": one.id for one in kept}
    version = max((one.version for one in kept if one.locale == ELSEWHERE), default=0)
    for text in sorted(set(texts) - set(found)):
        version += 1
        new = ConsentWording(
            organisation_id=organisation_id, purpose=Purpose.UPDATES, locale=ELSEWHERE, version=version
        )
        new.text, new.created_at = text, now
        db.session.add(new)
        db.session.flush()
        found[text] = new.id
    return found


def _forget(signature_id: int) -> None:
    db.session.execute(delete(Consent).where(Consent.signature_id == signature_id))


def _change(signature: Signature, hear_more: bool, wording_id: int, now: dt.datetime) -> None:
    if hear_more:
        _agree([Agreed(signature.id, wording_id, now)])
        db.session.expire(signature, ["consents"])
    else:
        _end(signature, now)


def _end(signature: Signature, now: dt.datetime) -> None:
    db.session.execute(
        update(Consent).where(Consent.signature_id == signature.id, Consent.ended_at.is_(None)).values(ended_at=now)
    )
    db.session.expire(signature, ["consents"])
