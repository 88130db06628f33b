"""Why a mail came back, as an organiser reads it."""

from __future__ import annotations

import re

from flask_babel import gettext as _

STATUS = re.compile(r"[45](\.\d{1,3}\.\d{1,3})(?!\S)")


def why(error: str) -> str:
    """Said by the status with which the reason begins (RFC 3463): a mailbox that is unknown, or full, and so on."""
    found = STATUS.match(error)
    if found is None:
        return _("the mail server did not say why")
    said = {
        ".1.1": _("no such mailbox"),
        ".1.6": _("no such mailbox any more"),
        ".1.10": _("no such mailbox"),
        ".1.2": _("no such mail domain"),
        ".2.1": _("the mailbox is closed"),
        ".2.2": _("the mailbox is full"),
        ".4.7": _("the mail server could not be reached in time"),
    }.get(found[1])
    if said is None and found[1].startswith(".7."):
        said = _("refused as spam, or by another rule of the mail server")
    return said or _("the mail server said %(status)s", status=found[0])
