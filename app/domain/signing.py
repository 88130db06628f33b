"""Signing: sign, confirm, refuse, choose, withdraw. The hot path of `sign` is in `pending`; everything else is written the clear way."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum

from flask_babel import gettext as _
from sqlalchemy import Row, Select, delete, insert, select, update
from sqlalchemy.orm import load_only

from app.domain import (
    answers,
    claims,
    consents,
    counts,
    forgetting,
    ledger,
    outbox,
    pending,
    questions,
    shown,
    signature_states,
    tallies,
)
from app.domain.consents import Agreed
from app.domain.outbox import Budget, Mailbox
from app.domain.pending import Ask, Person, Wish
from app.domain.refused import EditedMeanwhile, Gone, Incomplete, NotFound, Paused, Refused
from app.domain.together import Together
from app.domain.transactions import unit_of_work
from app.extensions import db
from app.models import (
    Campaign,
    CampaignSlug,
    MailKind,
    Origin,
    Refusal,
    Signature,
    SignatureState,
)
from app.models.questions import FIELDS

_REQUIRES = (*(getattr(Campaign, f"asks_{name}") for name in FIELDS), Campaign.has_questions)


class Result(StrEnum):
    """What came of somebody's wish to sign. `TAKEN` says nothing about what was there before (ENU-01)."""

    TAKEN = "taken"
    NOT_FOUND = "not found"
    CLOSED = "closed"
    PAUSED = "paused"
    INCOMPLETE = "incomplete"


def sign(slug: str, person: Person, mailbox: Mailbox, *, budget: Budget, now: dt.datetime) -> None:
    """Keep a signature, unconfirmed, and have the mailbox asked, in one transaction with others who sign at this moment.

    Raises NotFound where there is no public campaign, Gone where it can no longer be signed, Paused where not for now, and
    Incomplete where the campaign requires what is not there.
    """
    result = _together(Wish(slug, person, mailbox, budget, now))
    if result == Result.NOT_FOUND:
        raise NotFound
    if result == Result.INCOMPLETE:
        raise Incomplete(_("This campaign asks for more. Nothing was stored."))
    if result == Result.PAUSED:
        raise Paused(_("Signing is paused at present. Nothing was stored. Come back when it goes on."))
    if result == Result.CLOSED:
        raise Gone(_("This campaign is closed and can no longer be signed."))


@unit_of_work
def sign_all(wishes: Sequence[Wish]) -> list[Result]:
    """What `sign` does, for many at once; what came of each."""
    pending.lock_mailboxes(wishes)
    came = dict.fromkeys(range(len(wishes)), Result.TAKEN)
    for turn in _turns(wishes):
        kept = pending.keep([wishes[n] for n in turn])
        asks, agreed, answered = [], [], []
        for n in turn:
            wish = wishes[n]
            signature_id = kept.get(wish.mailbox.key)
            if signature_id is None:
                came[n], again = _sign_again(wish)
                asks += again
                continue
            asks.append(Ask(MailKind.CONFIRM, signature_id, wish.mailbox.address, wish))
            if wish.person.hear_more:
                agreed.append(Agreed(signature_id, wish.person.wording_id, wish.now))
            answered += answers.of_signature(signature_id, wish.person.answers)
        consents._agree(agreed)
        answers._keep(answered)
        pending.ask(asks)
    return list(came.values())


_together = Together(sign_all)


def _turns(wishes: Sequence[Wish]) -> list[list[int]]:
    """The numbers of the wishes in groups: the first wish of every mailbox, then the second ones, and so on."""
    came: Counter[bytes] = Counter()
    turns: defaultdict[int, list[int]] = defaultdict(list)
    for n, wish in enumerate(wishes):
        turns[came[wish.mailbox.key]].append(n)
        came[wish.mailbox.key] += 1
    return list(turns.values())


def _sign_again(wish: Wish) -> tuple[Result, list[Ask]]:
    """Nothing was inserted: tell why, or deal with the signature that stands there, unless the mailbox is to be left alone."""
    campaign = db.session.scalar(
        Campaign.public()
        .join(CampaignSlug, CampaignSlug.campaign_id == Campaign.id)
        .where(CampaignSlug.slug == wish.slug)
        .options(load_only(Campaign.state, Campaign.closes_at, Campaign.current_version, *_REQUIRES))
    )
    if campaign is None:
        return Result.NOT_FOUND, []
    if not campaign.is_open(wish.now):
        return Result.CLOSED if campaign.is_over(wish.now) else Result.PAUSED, []
    if not questions.is_complete(campaign, wish.person):
        return Result.INCOMPLETE, []
    known = _known(campaign, wish)
    if known is None:
        return Result.TAKEN, []
    if known.state == SignatureState.CONFIRMED and known.origin != Origin.ONLINE:  # the mailbox never answered
        wish = replace(wish, person=questions.as_asked(campaign, wish.person))
        return Result.TAKEN, claims._keep(known.id, campaign.current_version, wish)
    if known.state == SignatureState.CONFIRMED:  # never to a spelling that a stranger chose
        return Result.TAKEN, [Ask(MailKind.ALREADY_SIGNED, known.id, known.email or wish.mailbox.address, wish)]
    _rewrite_pending(known.id, campaign, wish)
    return Result.TAKEN, [Ask(MailKind.CONFIRM, known.id, wish.mailbox.address, wish)]


def _known(campaign: Campaign, wish: Wish) -> Row[int, SignatureState, str | None, Origin] | None:
    """The signature that stands there already, pending or confirmed, unless its mailbox is to be left alone."""
    return db.session.execute(
        select(Signature.id, Signature.state, Signature.email, Signature.origin).where(
            Signature.campaign_id == campaign.id,
            Signature.email_key == wish.mailbox.key,
            Signature.state.in_([SignatureState.PENDING, SignatureState.CONFIRMED]),
            pending.not_refused(Signature.email_key, Signature.campaign_id, wish.now - pending.REFUSALS_LAST),
        )
    ).one_or_none()


def _rewrite_pending(signature_id: int, campaign: Campaign, wish: Wish) -> None:
    """While nothing is confirmed, the last words typed count: the confirm page shows them before anything is public."""
    person = questions.as_asked(campaign, wish.person)
    written = {**pending.columns(person, wish.mailbox), "created_at": wish.now}
    if not 1 <= person.text_version <= campaign.current_version:
        written["text_version"] = campaign.current_version
    changed = db.session.scalar(
        update(Signature)
        .where(Signature.id == signature_id, Signature.state == SignatureState.PENDING)
        .values(**written)
        .returning(Signature.id)
        .execution_options(synchronize_session=False)
    )
    if changed:
        consents._forget(signature_id)
        answers._forget(signature_id)
        answers._keep(answers.of_signature(signature_id, person.answers))
        if wish.person.hear_more:
            consents._agree([Agreed(signature_id, wish.person.wording_id, wish.now)])


def by_public_id(public_id: str) -> Select[Signature]:
    """The signature that a mail link speaks of."""
    return select(Signature).where(Signature.public_id == public_id)


def _loaded(public_id: str) -> Signature:
    signature = db.session.scalar(by_public_id(public_id).with_for_update())
    if signature is None:
        raise Gone(_("This signature is no longer kept."))
    return signature


def may_confirm(campaign: Campaign, grace: dt.timedelta, now: dt.datetime) -> bool:
    """Whether signatures given in time, before the end or before a pause, can still be confirmed (SIG-10)."""
    stopped = campaign.stopped_at
    return campaign.is_public and (stopped is None or now <= stopped + grace)


def days_to_confirm(campaign: Campaign, most: int, grace: dt.timedelta, now: dt.datetime) -> int:
    """Whole days that a new signer has: `most`, fewer where the campaign closes earlier. Never more than is kept, at least one."""
    stopped = campaign.stopped_at
    return most if stopped is None else min(most, max(1, (stopped + grace - now).days))


@unit_of_work
def confirm(public_id: str, *, grace: dt.timedelta, now: dt.datetime, seen: str = "") -> None:
    """The signer proves the mailbox: from now on the signature counts. Twice is once. `seen`: the `shown.fingerprint` of the page.

    Raises EditedMeanwhile where something else was written since; Gone where it is no longer kept, or where the campaign closed longer
    ago than `grace`; Paused where it was paused so.
    """
    signature = db.session.scalar(by_public_id(public_id).with_for_update())
    if signature is None or signature.state == SignatureState.WITHDRAWN:
        raise Gone(_("This signature is no longer kept."))
    if signature_states.awaits_proof(signature) and not may_confirm(signature.campaign, grace, now):
        if not signature.campaign.is_over(now):
            raise Paused(_("Signing is paused at present. Your signature can be confirmed when it goes on."))
        raise Gone(_("This campaign has closed, and signatures can no longer be confirmed."))
    if seen and signature_states.awaits_proof(signature) and seen != shown.fingerprint(signature):
        raise EditedMeanwhile(
            _("Something else was written with your address since you opened this page. Look again, then confirm.")
        )
    if signature_states.is_claimed(signature):
        claims._make_theirs(signature, now)
        return
    changed = db.session.scalar(
        update(Signature)
        .where(Signature.id == signature.id, Signature.state == SignatureState.PENDING)
        .values(state=SignatureState.CONFIRMED, confirmed_at=now)
        .returning(Signature.id)
        .execution_options(synchronize_session=False)
    )
    if changed is None:
        signature_states._note_proof(signature.id, now)
        return
    mailbox = Mailbox(signature.email or "", signature.email_key or b"")
    outbox._enqueue(
        MailKind.THANKS,
        mailbox,
        locale=signature.locale,
        now=now,
        campaign_id=signature.campaign_id,
        signature_id=signature.id,
    )
    counts._add(signature.campaign_id, signature.id, +1)  # last: its lock is the one that others wait for


@unit_of_work
def refuse(public_id: str, *, now: dt.datetime) -> None:
    """ "This wasn't me": the unconfirmed signature is removed, and this campaign stops writing to the mailbox. Twice is once."""
    signature = db.session.scalar(by_public_id(public_id).with_for_update())
    if signature is None or signature_states.is_imported_alone(signature):
        return
    if not signature_states.awaits_proof(signature):
        raise Refused(
            _("This signature was confirmed already. You can take it back with the link in the mail that followed.")
        )
    db.session.execute(
        insert(Refusal).values(email_key=signature.email_key, campaign_id=signature.campaign_id, refused_at=now)
    )
    forgetting._mails_of(signature.id)
    if signature_states.is_claimed(signature):  # the imported signature stays: whoever signed on paper did not do this
        claims._forget(signature.id)
        return
    db.session.execute(delete(Signature).where(Signature.id == signature.id))


@unit_of_work
def choose(public_id: str, *, show_name: bool, hear_more: bool, wording_id: int, now: dt.datetime) -> None:
    """The signer changes whether the name is shown and whether to hear more."""
    signature = _loaded(public_id)
    if signature.state == SignatureState.WITHDRAWN:
        raise Gone(_("This signature is no longer kept."))
    signature.show_name = show_name
    if hear_more != signature.hears_more:
        consents._change(signature, hear_more, wording_id, now)
        tallies._mark(signature.campaign_id, [signature.confirmed_at])


@unit_of_work
def withdraw(public_id: str, *, now: dt.datetime) -> None:
    """The signer takes the signature back: out of the count, and everything that says who it was is removed. Twice is once."""
    signature = _loaded(public_id)
    if signature.state == SignatureState.WITHDRAWN:
        return
    counted = signature.state == SignatureState.CONFIRMED
    signature_states._move(signature, SignatureState.WITHDRAWN)
    signature.withdrawn_at = now
    signature.email = signature.email_key = None
    signature.given_name = signature.family_name = signature.name_key = signature.family_key = ""
    signature.postcode = signature.country = ""
    signature.show_name = False
    consents._end(signature, now)
    answers._forget(signature.id)
    claims._forget(signature.id)
    forgetting._mails_of(signature.id)
    db.session.flush()
    if counted:
        ledger._withdrawn(signature.campaign, now)
        tallies._mark(signature.campaign_id, [signature.confirmed_at])
        counts._add(signature.campaign_id, signature.id, -1, signature.origin)
