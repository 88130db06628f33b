"""All that is stored about one signature, for one page."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.domain import answers
from app.extensions import db
from app.models import Answer, Consent, ConsentWording, Mail, Signature, SignatureChange, SignerAct, TextVersion


@dataclass(frozen=True)
class Record:
    """A signature with the words that were signed, what was agreed to, what was mailed, and what was done to it."""

    signature: Signature
    words: TextVersion | None
    answers: tuple[Answer, ...]
    consents: tuple[tuple[Consent, ConsentWording], ...]
    mails: tuple[Mail, ...]  # of the last 30 days
    changes: tuple[SignatureChange, ...]  # the oldest first, each with its act


def of(signature: Signature) -> Record:
    """The record of a signature."""
    consents = (
        select(Consent, ConsentWording)
        .join(ConsentWording, ConsentWording.id == Consent.wording_id)
        .where(Consent.signature_id == signature.id)
        .order_by(Consent.agreed_at, Consent.id)
    )
    changes = (
        select(SignatureChange)
        .where(SignatureChange.signature_id == signature.id)
        .join(SignerAct)
        .options(joinedload(SignatureChange.act))
        .order_by(SignatureChange.changed_at, SignatureChange.act_id)
    )
    mails = select(Mail).where(Mail.signature_id == signature.id).order_by(Mail.id)
    return Record(
        signature,
        db.session.get(TextVersion, (signature.campaign_id, signature.text_version)),
        tuple(answers.of(signature)),
        tuple((consent, wording) for consent, wording in db.session.execute(consents)),
        tuple(db.session.scalars(mails)),
        tuple(db.session.scalars(changes)),
    )
