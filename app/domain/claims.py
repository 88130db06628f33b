"""An imported signature becomes its signer's own: they sign online with the same mailbox, and confirm. It counts once all the while.

Until the mailbox answers, what was typed waits beside the imported signature and changes nothing of it.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm.attributes import set_committed_value

from app.domain import answers, consents, counts, outbox, pending, tallies
from app.domain.answers import GivenAnswer
from app.domain.consents import Agreed
from app.domain.folding import name_keys
from app.domain.outbox import Mailbox
from app.domain.pending import Ask, Person, Wish
from app.extensions import db
from app.models import (
    Answer,
    Channel,
    MailKind,
    Origin,
    Question,
    QuestionWording,
    Signature,
    SignatureClaim,
    SignatureState,
    SignerAct,
    SignerImport,
)
from app.models.types import table_of


def _keep(signature_id: int, current_version: int, wish: Wish) -> list[Ask]:
    """Keep what somebody wrote, and ask the mailbox; the latest words win. Where the imported signature was taken back at this very
    moment, theirs is a new one, like any other."""
    if not _holds(signature_id):
        return _sign_anew(wish)
    _forget(signature_id)
    person = wish.person
    version = person.text_version if 1 <= person.text_version <= current_version else current_version
    said = {**asdict(person), "channel": person.channel.value, "text_version": version, "email": wish.mailbox.address}
    del said["has_answered"]  # which was asked before
    db.session.execute(insert(SignatureClaim).values(signature_id=signature_id, said=said, created_at=wish.now))
    return [Ask(MailKind.CONFIRM, signature_id, wish.mailbox.address, wish)]


def _holds(signature_id: int) -> bool:
    """Whether it counts still as it was imported. Nobody takes it back, or makes it theirs, until this is done: what is kept beside it
    would be forgotten by nobody."""
    imported = (Signature.state == SignatureState.CONFIRMED, Signature.origin != Origin.ONLINE)
    held = select(Signature.id).where(Signature.id == signature_id, *imported)
    return db.session.scalar(held.with_for_update(read=True, key_share=True)) is not None


def _sign_anew(wish: Wish) -> list[Ask]:
    signature_id = pending.keep([wish]).get(wish.mailbox.key)
    if signature_id is None:  # they made it theirs at this very moment
        return []
    if wish.person.hear_more:
        consents._agree([Agreed(signature_id, wish.person.wording_id, wish.now)])
    answers._keep(answers.of_signature(signature_id, wish.person.answers))
    return [Ask(MailKind.CONFIRM, signature_id, wish.mailbox.address, wish)]


def person(claim: SignatureClaim) -> Person:
    """Who somebody said to be."""
    said = {name: value for name, value in claim.said.items() if name not in {"email", "answers"}}
    return Person(**{**said, "channel": Channel(said["channel"])}, answers=_answers(claim.said))


def _answers(said: dict[str, Any]) -> tuple[GivenAnswer, ...]:
    return tuple(GivenAnswer(**answer) for answer in said.get("answers", ()))


def answers_of(claim: SignatureClaim, campaign_id: int) -> list[Answer]:
    """What somebody answered, each with the words that were asked; what would not be kept is not among it."""
    found = []
    for said in _answers(claim.said):
        question = db.session.get(Question, said.question_id)
        wording = db.session.get(QuestionWording, (said.question_id, said.version))
        if question is None or wording is None or question.removed_at or question.campaign_id != campaign_id:
            continue
        answer = Answer(question_id=said.question_id, version=said.version, value=said.value)
        set_committed_value(answer, "question", question)
        set_committed_value(answer, "wording", wording)
        found.append(answer)
    return found


def _forget(signature_id: int) -> None:
    db.session.execute(delete(table_of(SignatureClaim)).where(table_of(SignatureClaim).c.signature_id == signature_id))


def _forget_old(before: dt.datetime) -> None:
    """What nobody confirmed in time."""
    claim = table_of(SignatureClaim)
    db.session.execute(delete(claim).where(claim.c.created_at < before))


def _make_theirs(signature: Signature, now: dt.datetime) -> None:
    """The mailbox answered. What it wrote takes the place of what was imported; the one signature counts once, as an online one,
    and the line of the batch in the ledger has one less."""
    claim, before = signature.claim, signature.confirmed_at
    assert claim is not None
    if not _become_online(signature, claim, now):
        return
    tallies._mark(signature.campaign_id, [before])
    answers._forget(signature.id)
    answers._keep(answers.of_signature(signature.id, _answers(claim.said)))
    consents._end(signature, now)
    if claim.said["hear_more"]:
        consents._agree([Agreed(signature.id, claim.said["wording_id"], claim.created_at)])
    mailbox = Mailbox(claim.said["email"], signature.email_key or b"")
    about = {"campaign_id": signature.campaign_id, "signature_id": signature.id}
    outbox._enqueue(MailKind.THANKS, mailbox, locale=claim.said["locale"], now=now, **about)
    own = db.session.get(SignerImport, signature.import_id) if signature.import_id else None
    if own is not None and own.act_id is not None:
        less = update(SignerAct).where(SignerAct.id == own.act_id).values(delta=SignerAct.delta - 1)
        db.session.execute(less.execution_options(synchronize_session=False))
    _forget(signature.id)
    if signature.state == SignatureState.CONFIRMED:
        slot = counts.slot(signature.id)
        counts._add_to_slots(signature.campaign_id, {(slot, signature.origin): -1, (slot, Origin.ONLINE): +1})


def _set_free(batch_id: int) -> set[int]:
    """Those of a batch that count, while somebody signed online as well and has still to confirm: their batch is gone, and they wait
    like everybody who signed here. The caller holds the signatures, and takes them out of the count."""
    claim = SignatureClaim
    found = select(claim.signature_id, claim.said, claim.created_at).join(Signature)
    own = (Signature.import_id == batch_id, Signature.state == SignatureState.CONFIRMED)
    freed = db.session.execute(found.where(*own, Signature.origin != Origin.ONLINE)).all()
    for number, said, signed_at in freed:
        row = update(Signature).where(Signature.id == number).execution_options(synchronize_session=False)
        db.session.execute(row.values(state=SignatureState.HELD))  # the way back to waiting leads through it
        waits = {"state": SignatureState.PENDING, "confirmed_at": None, "import_id": None}
        db.session.execute(row.values(**_online(said, signed_at), **waits))
        consents._forget(number)
        answers._keep(answers.of_signature(number, _answers(said)))
        if said["hear_more"]:
            consents._agree([Agreed(number, said["wording_id"], signed_at)])
        _forget(number)
    return {number for number, _said, _at in freed}


def _online(said: dict[str, Any], signed_at: dt.datetime) -> dict[str, Any]:
    """What somebody wrote, as the columns of a signature of their own."""
    written = {name: value for name, value in said.items() if name not in {"hear_more", "wording_id", "answers"}}
    written |= {"origin": Origin.ONLINE, "channel": Channel(said["channel"]), "created_at": signed_at}
    return written | name_keys(said["given_name"], said["family_name"])


def _become_online(signature: Signature, claim: SignatureClaim, now: dt.datetime) -> bool:
    """Whether it was imported until now: twice is once, and what somebody took out of the count meanwhile stays out."""
    said = {**_online(claim.said, claim.created_at), "confirmed_at": now}
    own = (Signature.id == signature.id, Signature.state == signature.state, Signature.origin == signature.origin)
    changed = update(Signature).where(*own).values(**said).returning(Signature.id)
    return db.session.scalar(changed.execution_options(synchronize_session=False)) is not None
