"""How acts on signatures, and their reasons, are said: at the desk and on the page about a campaign's numbers."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask_babel import gettext as _

from app.domain.counts import Count
from app.domain.ledger import Ledger, Line
from app.models import ActKind, ActReason, Campaign
from app.templating import number


def reason(why: ActReason) -> str:
    """A reason, as it stands in the list and beside the change of the count."""
    return {
        ActReason.DUPLICATE: _("The same person signed more than once"),
        ActReason.AUTOMATED: _("Signed by a program, not by people"),
        ActReason.MADE_UP: _("Made-up names or mailboxes"),
        ActReason.ASKED: _("The people concerned asked for it"),
        ActReason.DOUBTFUL: _("Doubtful, and being looked at"),
        ActReason.GENUINE: _("Looked at and found genuine"),
        ActReason.MISTAKE: _("Taken out by mistake"),
        ActReason.OTHER: _("Another reason"),
        ActReason.PAPER: _("Signed on paper"),
        ActReason.PLATFORM: _("Signed on another platform"),
    }[why]


def what(kind: ActKind) -> str:
    """What was done, as a line of a list."""
    return {
        ActKind.RESEND: _("Confirmation sent again"),
        ActKind.HOLD: _("Held"),
        ActKind.RELEASE: _("Released"),
        ActKind.INVALIDATE: _("Invalidated"),
        ActKind.RESTORE: _("Restored"),
        ActKind.IMPORT: _("Brought in"),
        ActKind.TAKE_BACK: _("Brought in, and taken back"),
        ActKind.DELETE: _("Deleted for good"),
    }[kind]


def public_what(line: Line) -> str:
    """What happened to the count, in the words of a reader."""
    if line.kind == ActKind.HOLD:
        return _("Set aside, to be looked at")
    if line.kind == ActKind.IMPORT:
        return _("Brought in by the organiser: people who did not sign here")
    if line.kind == ActKind.TAKE_BACK:
        return _("Taken out of the count: a whole batch that had been brought in")
    return _("Counted again") if line.delta > 0 else _("Taken out of the count")


def parts(count: Count) -> dict[str, int]:
    """How many signed here and elsewhere; nothing where everybody signed here."""
    if not count.is_mixed:
        return {}
    elsewhere = {"paper": count.paper, "imported": count.imported}
    return {"online": count.online, **{name: number for name, number in elsewhere.items() if number}}


def in_words(count: Count) -> str:
    """The same beside the number: "214 online, 57 on paper"."""
    if not count.is_mixed:
        return ""
    said = [
        _("%(number)s online", number=number(count.online)),
        _("%(number)s on paper", number=number(count.paper)) if count.paper else "",
        _("%(number)s on other platforms", number=number(count.imported)) if count.imported else "",
    ]
    return _(", ").join(part for part in said if part)


def for_machines(ledger: Ledger, campaign: Campaign, now: dt.datetime) -> dict[str, Any]:
    """The ledger as JSON: the same numbers, days and words as on the page."""
    return {
        "as_of": f"{now:%Y-%m-%dT%H:%M:%SZ}",
        "signatures": ledger.count.total,
        **parts(ledger.count),
        "confirmed": ledger.confirmed,
        "changes": [
            {
                "on": line.on.isoformat(),
                "delta": line.delta,
                "act": line.kind.value,
                "reason": line.reason.value if line.reason else None,
                "words": line.words,
            }
            for line in ledger.lines
        ],
        "earlier_changes": ledger.earlier,
        "withdrawn": [{"month": f"{month:%Y-%m}", "number": number} for month, number in ledger.withdrawn],
        "target": campaign.signature_target,
        "target_changes": [
            {
                "on": f"{change.changed_at:%Y-%m-%d}",
                "from": change.old_target,
                "to": change.new_target,
                "reason": change.reason,
            }
            for change in ledger.target_changes
        ],
        "milestones": [
            {"on": f"{mark.reached_at:%Y-%m-%d}", "number": mark.number, "kind": mark.kind.value}
            for mark in ledger.milestones
        ],
    }
