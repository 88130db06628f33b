"""Acts on signatures: send the confirmation again, hold, release, invalidate, restore; one or many, in batches, and back again.

A batch is one transaction: the states, a row of history for each, the count, and what the public ledger says of the act. So
whoever stops an act half way, or kills the worker, finds all of these right. Two people, or two workers, take turns at the row
of the act and at the rows of the signatures.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, func, select

from app.domain import activity, came_back, pending, rights, signer_batches, signers
from app.domain.dialects import allow_seconds
from app.domain.refused import Refused
from app.domain.rights import Right
from app.domain.signer_batches import TAKES_OUT, Mailing
from app.domain.signers import Wanted
from app.domain.transactions import unit_of_work
from app.extensions import db
from app.models import (
    Account,
    ActKind,
    ActReason,
    ActState,
    Campaign,
    Deed,
    Signature,
    SignatureState,
    SignerAct,
)

BATCH = 500
BATCH_SECONDS = 30
MANY = 20  # taking more than this out of the count asks for the password
# In which states an act finds something to do. Where it leads is said by `signer_batches`, and allowed by `signature_states`.
FROM: dict[ActKind, tuple[SignatureState, ...]] = {
    ActKind.RESEND: (SignatureState.PENDING,),
    ActKind.HOLD: (SignatureState.CONFIRMED, SignatureState.PENDING),
    ActKind.RELEASE: (SignatureState.HELD,),
    ActKind.INVALIDATE: (SignatureState.CONFIRMED, SignatureState.PENDING, SignatureState.HELD),
    ActKind.RESTORE: (SignatureState.INVALIDATED,),
}  # batches are brought in by `signer_imports` and taken back by `batch_returns`
UNDONE_BY = {ActKind.HOLD: ActKind.RELEASE, ActKind.INVALIDATE: ActKind.RESTORE}
REASONS: dict[ActKind, tuple[ActReason, ...]] = {
    ActKind.RESEND: (),
    ActKind.HOLD: (ActReason.DOUBTFUL, ActReason.AUTOMATED, ActReason.DUPLICATE, ActReason.OTHER),
    ActKind.INVALIDATE: (
        ActReason.AUTOMATED,
        ActReason.MADE_UP,
        ActReason.DUPLICATE,
        ActReason.ASKED,
        ActReason.OTHER,
    ),
    ActKind.RELEASE: (ActReason.GENUINE, ActReason.MISTAKE, ActReason.OTHER),
    ActKind.RESTORE: (ActReason.GENUINE, ActReason.MISTAKE, ActReason.ASKED, ActReason.OTHER),
}


@dataclass(frozen=True)
class Why:
    """The reason of an act: one of the list and words for the public, and a note that stays at the desk."""

    reason: ActReason | None = None
    public_words: str = ""
    note: str = ""


@dataclass(frozen=True)
class DryRun:
    """What an act would do: how many it would change, by their state now, and how many it would leave alone; `came_back`: how many more,
    since their last mail came back."""

    changed: dict[SignatureState, int]
    left_alone: int
    came_back: int = 0

    @property
    def number(self) -> int:
        """How many would be changed."""
        return sum(self.changed.values())

    def takes_many_out(self, kind: ActKind) -> bool:
        """Whether so much is taken out that the person has to show who it is."""
        return kind in TAKES_OUT and self.number > MANY


def dry_run(campaign_id: int, kind: ActKind, wanted: Wanted) -> DryRun:
    """What would happen, counted exactly. Nothing is changed."""
    found = signers.count_by_state(campaign_id, wanted)
    changed = {state: number for state, number in found.items() if state in FROM[kind]}
    left_alone = sum(found.values()) - sum(changed.values())
    back = 0
    if changed and _leaves_out_who_came_back(kind, wanted):
        waiting = {state: came_back.left_out(campaign_id, state, signers.conditions(wanted)) for state in changed}
        back = sum(waiting.values())
        changed = {state: left for state, number in changed.items() if (left := number - waiting[state]) > 0}
    return DryRun(changed, left_alone, back)


def _leaves_out_who_came_back(kind: ActKind, wanted: Wanted) -> bool:
    """Asking many again leaves out those whose last mail came back: it would come back once more, and mail servers count that against
    the sender. Whoever asks one alone has seen its record."""
    return kind == ActKind.RESEND and len(wanted.public_ids) != 1


@unit_of_work
def start(
    campaign: Campaign, kind: ActKind, wanted: Wanted, why: Why, *, expected: int, by: Account, now: dt.datetime
) -> SignerAct:
    """Put an act on record; `go_on` does it. Who signs from now on is not meant.

    Raises Refused without a reason from the list, or where more would be changed than the `expected` number that was shown.
    """
    if REASONS[kind] and why.reason not in REASONS[kind]:
        raise Refused(_("Choose a reason. The public reads it beside the change of the count."))
    if dry_run(campaign.id, kind, wanted).number > expected:
        raise Refused(_("Meanwhile there are more signatures that match. Look at the number again."))
    act = SignerAct(
        public_id=secrets.token_urlsafe(16),
        campaign_id=campaign.id,
        account_id=by.id,
        done_by=by.name,
        kind=kind,
        reason=why.reason,
        public_words=why.public_words.strip(),
        note=why.note.strip(),
        choice=wanted.record(),
        undoes_id=wanted.act_id,
        expected_count=expected,
        until_id=db.session.scalar(select(func.max(Signature.id))) or 0,
        started_at=now,
    )
    db.session.add(act)
    activity._note(Deed.ACTED, campaign, now=now, by=by, act=kind)
    return act


@unit_of_work
def cancel(campaign_id: int, public_id: str, *, now: dt.datetime) -> None:
    """Stop an act that is running. What it did so far stays, counted and on record. Twice is once."""
    found = SignerAct.of_campaign(campaign_id).where(SignerAct.public_id == public_id)
    act = db.session.scalar(found.with_for_update())
    if act is not None and act.state == ActState.RUNNING:
        _stop(act, now)


def _stop(act: SignerAct, now: dt.datetime) -> None:
    _end(act, ActState.CANCELLED, now)
    activity._note(Deed.STOPPED, db.session.get_one(Campaign, act.campaign_id), now=now, act=act.kind)


def _may_go_on(act: SignerAct) -> bool:
    """Whether whoever began it may still act there: is neither shut out nor in another part, nor was the campaign handed over."""
    doer = db.session.get(Account, act.account_id, populate_existing=True) if act.account_id is not None else None
    owner_id = db.session.get_one(Campaign, act.campaign_id, populate_existing=True).organisation_id
    return doer is not None and doer.active and Right.ACT in rights.of(doer, owner_id)


def _end(act: SignerAct, state: ActState, now: dt.datetime) -> None:
    act.state, act.finished_at = state, now
    act.choice = Wanted.read(act.choice).without_person().record()


def running() -> list[int]:
    """The acts that are not done yet, in the order of their beginning."""
    return list(
        db.session.scalars(select(SignerAct.id).where(SignerAct.state == ActState.RUNNING).order_by(SignerAct.id))
    )


@unit_of_work
def go_on(act_id: int, mailing: Mailing, *, now: dt.datetime) -> bool:
    """Do the next batch of an act. Whether there is more to do. It is stopped where whoever began it may act there no more."""
    act = db.session.get(SignerAct, act_id, with_for_update=True, populate_existing=True)
    if act is None or act.state != ActState.RUNNING:
        return False
    if not _may_go_on(act):
        _stop(act, now)
        return False
    allow_seconds(BATCH_SECONDS)
    meant = _meant(act)
    reach = signers._reach(act.campaign_id, meant.states, act.last_id, upwards=True) if meant.is_walked else None
    rows = _locked(act, meant, min(reach or act.until_id, act.until_id)) if meant.states else []
    if act.kind == ActKind.RESEND:
        signer_batches._resend(act, rows, mailing, now)
    else:
        signer_batches._change(act, rows, now)
    if len(rows) == BATCH:
        act.last_id = rows[-1].id
    elif reach is not None and reach < act.until_id:
        act.last_id = reach
    else:
        act.last_id = act.until_id
        _end(act, ActState.DONE, now)
    return act.state == ActState.RUNNING


@dataclass(frozen=True)
class _Meant:
    """Where a batch looks: the conditions of its rows, the states that have something to do, and whether no index finds them."""

    states: tuple[SignatureState, ...]
    conditions: Sequence[ColumnElement[bool]]
    is_walked: bool


def _meant(act: SignerAct) -> _Meant:
    wanted = Wanted.read(act.choice)
    states = tuple(state for state in FROM[act.kind] if wanted.state in {None, state})
    conditions = [*signers.conditions(wanted), Signature.state.in_(states)]
    if act.kind == ActKind.RESEND and states:
        conditions.append(_may_be_asked(act.started_at))
        if _leaves_out_who_came_back(act.kind, wanted):
            conditions.append(~came_back.last_did(Signature.id))
    return _Meant(states, conditions, bool(states) and signers._is_walked(wanted))


def _may_be_asked(now: dt.datetime) -> ColumnElement[bool]:
    """Mailboxes that said "this wasn't me" are left alone, whoever asks (MAIL-03)."""
    return pending.not_refused(Signature.email_key, Signature.campaign_id, now - pending.REFUSALS_LAST)


def _locked(act: SignerAct, meant: _Meant, reach: int) -> list[Signature]:
    """The next signatures of an act, held until its batch is done, in one order for everybody."""
    within = (Signature.id > act.last_id, Signature.id <= reach, Signature.campaign_id == act.campaign_id)
    rows = (
        select(Signature)
        .where(*within, *meant.conditions)
        .order_by(Signature.id)
        .limit(BATCH)
        .with_for_update(of=Signature)
        .execution_options(populate_existing=True)
    )
    return list(db.session.scalars(rows))


def undoing(act: SignerAct) -> tuple[ActKind, Wanted] | None:
    """The act that takes this one back: for what it changed and nobody changed since. None where there is no such act."""
    kind = UNDONE_BY.get(act.kind)
    return (kind, replace(Wanted(), act_id=act.id)) if kind and act.state != ActState.RUNNING else None


def past(campaign_id: int, *, before: int | None, limit: int) -> list[SignerAct]:
    """A campaign's acts, the newest first; those before the act of number `before`."""
    acts = SignerAct.of_campaign(campaign_id)
    return list(db.session.scalars((acts if before is None else acts.where(SignerAct.id < before)).limit(limit)))
