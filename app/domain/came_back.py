"""Mails that a mail server took and could not deliver after all: their rows say so, and the funnel moves them.

Whoever knows the random name of a mail can say this of that mail and of no other, and only once. Nothing but its row changes: no
signature, and nobody's right to be asked again.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, func, or_, select, text, update
from sqlalchemy.orm import aliased

from app.domain import funnel
from app.domain.outbox import ERROR_LENGTH, FORGET_AFTER
from app.domain.transactions import unit_of_work
from app.extensions import db
from app.models import FunnelTally, Mail, MailKind, MailState, Signature, SignatureState
from app.models.mails import BOUNCED_TO_TALLY, CAME_BACK, IS_SENT

MOST_COUNTED = 1000


class NotYet(Exception):
    """The mail is still being handed over, so it cannot have come back as far as its row knows: say it again later."""


@unit_of_work
def note(message_id: str, reason: str) -> int | None:
    """The mail of this random name came back. Its number; None where nothing changed: no such mail, or it came back already.

    The funnel counts it as failed; where it was counted as accepted before, `count` moves it. Raises NotYet.
    """
    noting = (
        update(Mail)
        .where(Mail.message_id == message_id, text(IS_SENT))
        .values(
            state=MailState.BOUNCED,
            error=reason[:ERROR_LENGTH],
            is_failure_tallied=or_(Mail.is_failure_tallied, ~Mail.is_tallied),
        )
        .returning(Mail.id)
    )
    mail_id = db.session.scalar(noting.execution_options(synchronize_session=False))
    waiting = select(Mail.id).where(Mail.message_id == message_id, text("state = 'queued'")).limit(1)
    if mail_id is None and db.session.scalar(waiting) is not None:
        raise NotYet
    return mail_id


@unit_of_work
def count(now: dt.datetime) -> int:
    """Move mails that came back after they were counted as accepted, one batch. Returns how many; call again while it is not zero."""
    return funnel._count(BOUNCED_TO_TALLY, Mail.is_failure_tallied, functools.partial(_back, now=now), _move)


def _back(row: Row[Any], now: dt.datetime) -> list[str]:
    """Which steps a mail did not come to. Nothing of a mail beyond the first, and nothing once its week may be told by domain."""
    if row.kind != MailKind.CONFIRM or row.before or funnel._is_told(row, now):
        return []
    return ["mailed", "opened"] if row.is_opened_tallied else ["mailed"]


def _move(found: funnel.Found) -> None:
    """From accepted to failed, on the day of asking; among the others, where a domain's numbers were put there meanwhile."""
    for (campaign_id, day, domain), steps in sorted(found.items()):
        mailed, opened = steps["mailed"], steps["opened"]
        tally = FunnelTally
        has_them = (tally.opened_count >= opened, tally.mailed_count - mailed >= tally.opened_count - opened)
        for name in dict.fromkeys((domain, "")):
            moving = (
                update(tally)
                .where(tally.campaign_id == campaign_id, tally.day == day, tally.domain == name, *has_them)
                .values(
                    mailed_count=tally.mailed_count - mailed,
                    failed_count=tally.failed_count + mailed,
                    opened_count=tally.opened_count - opened,
                )
            )
            moved = db.session.execute(moving.returning(tally.day).execution_options(synchronize_session=False))
            if moved.first() is not None:
                break


def last_did(signature_id: Any) -> ColumnElement[bool]:
    """The condition of a signature whose last mail that asked to confirm came back."""
    later = aliased(Mail)
    newer = select(later.id).where(
        later.signature_id == Mail.signature_id, later.kind == MailKind.CONFIRM, later.id > Mail.id
    )
    back = select(Mail.id).where(
        Mail.signature_id == signature_id, Mail.kind == MailKind.CONFIRM, Mail.state == MailState.BOUNCED
    )
    return back.where(~newer.exists()).exists()


def left_out(campaign_id: int, state: SignatureState, wanted: Sequence[ColumnElement[bool]]) -> int:
    """How many signatures of a campaign, in this state and as `wanted`, are left out since their last mail came back."""
    meant = (Signature.campaign_id == campaign_id, Signature.state == state, *wanted)
    return db.session.scalar(select(func.count()).select_from(Signature).where(*meant, last_did(Signature.id))) or 0


def lately(now: dt.datetime) -> int:
    """How many mails of the last 30 days came back, counted up to a thousand and one."""
    some = select(Mail.id).where(text(CAME_BACK), Mail.created_at > now - FORGET_AFTER).limit(MOST_COUNTED + 1)
    return db.session.scalar(select(func.count()).select_from(some.subquery())) or 0
