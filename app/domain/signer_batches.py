"""One batch of an act on signatures, in the transaction of its caller: the states, their history, the count, the mails."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, select, update

from app.domain import counts, outbox, pending, signature_states, signing, tallies
from app.domain.outbox import Budget, Mailbox
from app.domain.pending import Ask, Person, Wish
from app.extensions import db
from app.models import ActKind, MailKind, Origin, Signature, SignatureChange, SignatureState, SignerAct
from app.models.types import table_of

TAKES_OUT = (ActKind.HOLD, ActKind.INVALIDATE)


@dataclass(frozen=True)
class Mailing:
    """What sending confirmations again depends on: the limits of mailboxes, and how long after closing one may confirm."""

    budget: Budget
    grace: dt.timedelta


def _change(act: SignerAct, rows: Sequence[Signature], now: dt.datetime) -> None:
    before = _states_before(act, rows)
    moves: defaultdict[tuple[SignatureState, SignatureState], list[Signature]] = defaultdict(list)
    for row in rows:
        moves[row.state, _new_state(act, row, before.get(row.id))].append(row)
    slots: Counter[tuple[int, Origin]] = Counter()
    for (old, new), moved in moves.items():
        step = (new == SignatureState.CONFIRMED) - (old == SignatureState.CONFIRMED)
        first = _never_counted(moved) if new == SignatureState.CONFIRMED else []
        _move(act, moved, old, new, now)
        _thank(act.campaign_id, first, now)
        for row in moved:
            slots[counts.slot(row.id), row.origin] += step
        # To count for the first time is a confirmation, and no correction.
        act.delta += step * (len(moved) - len(first))
        if step:
            tallies._mark(act.campaign_id, [row.confirmed_at for row in moved])
    act.changed_count += len(rows)
    counts._add_to_slots(act.campaign_id, slots)  # last: others wait for these locks


def _states_before(act: SignerAct, rows: Sequence[Signature]) -> dict[int, SignatureState]:
    """In which state each signature was before it was last taken out; nothing for what takes out."""
    if act.kind in TAKES_OUT or not rows:
        return {}
    change = SignatureChange
    found = select(change.signature_id, change.old_state).where(change.signature_id.in_([row.id for row in rows]))
    if act.undoes_id is not None:
        found = found.where(change.act_id == act.undoes_id)
    return dict(db.session.execute(found.order_by(change.changed_at, change.act_id)).all())


def _new_state(act: SignerAct, row: Signature, before: SignatureState | None) -> SignatureState:
    """Held or invalidated; or back: to held where an undone act found it held, else counted if the mailbox was ever proven."""
    if act.kind == ActKind.HOLD:
        return SignatureState.HELD
    if act.kind == ActKind.INVALIDATE:
        return SignatureState.INVALIDATED
    if act.undoes_id is not None and act.kind == ActKind.RESTORE and before == SignatureState.HELD:
        return SignatureState.HELD
    return SignatureState.CONFIRMED if row.confirmed_at else SignatureState.PENDING


def _move(
    act: SignerAct, moved: Collection[Signature], old: SignatureState, new: SignatureState, now: dt.datetime
) -> None:
    signature_states.require(old, new)
    ids = [row.id for row in moved]
    table = table_of(Signature)
    db.session.execute(update(table).where(table.c.id.in_(ids)).values(state=new))
    rows: list[dict[str, Any]] = [
        {"act_id": act.id, "signature_id": number, "old_state": old, "new_state": new, "changed_at": now}
        for number in ids
    ]
    db.session.execute(insert(table_of(SignatureChange)), rows)


def _never_counted(rows: Collection[Signature]) -> list[Signature]:
    """Those whose mailbox was proven while somebody held the signature: they never counted before."""
    change = SignatureChange
    ids = change.signature_id.in_([row.id for row in rows])
    left = db.session.execute(select(change.signature_id, change.old_state).where(ids)).all()
    counted = {number for number, state in left if state == SignatureState.CONFIRMED}
    waited = {number for number, state in left if state == SignatureState.PENDING}
    return [row for row in rows if row.id in waited - counted]


def _thank(campaign_id: int, rows: Collection[Signature], now: dt.datetime) -> None:
    """The mail that follows a confirmation, with the way back to the signature."""
    for row in rows:
        about = {"campaign_id": campaign_id, "signature_id": row.id}
        mailbox = Mailbox(row.email or "", row.email_key or b"")
        outbox._enqueue(MailKind.THANKS, mailbox, locale=row.locale, now=now, **about)


def _resend(act: SignerAct, rows: Sequence[Signature], mailing: Mailing, now: dt.datetime) -> None:
    """Ask the mailboxes once more, within the limits of each (MAIL-01); those that had enough are counted as held back."""
    if rows and not signing.may_confirm(act.campaign, mailing.grace, now):
        act.held_back_count += len(rows)
        return
    wishes = [_wish(row, mailing.budget, now) for row in rows]
    if wishes:
        pending.lock_mailboxes(wishes)
    asks = [Ask(MailKind.CONFIRM, row.id, wish.mailbox.address, wish) for row, wish in zip(rows, wishes, strict=True)]
    sent = pending.ask(asks)
    act.changed_count += sent
    act.held_back_count += len(asks) - sent


def _wish(row: Signature, budget: Budget, now: dt.datetime) -> Wish:
    person = Person(
        row.given_name, row.family_name, row.country, row.postcode, row.show_name, False, row.locale, row.channel
    )
    return Wish("", person, Mailbox(row.email or "", row.email_key or b""), budget, now)
