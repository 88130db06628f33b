"""What the settings allow to be mailed to one mailbox, and until when a signature can be confirmed."""

from __future__ import annotations

import datetime as dt

from flask import current_app

from app.domain.outbox import Budget
from app.domain.signer_batches import Mailing


def budget() -> Budget:
    """How many mails a stranger can make us send to one mailbox."""
    config = current_app.config
    return Budget(
        per_hour=config["MAILBOX_MAILS_PER_HOUR"],
        per_day=config["MAILBOX_MAILS_PER_DAY"],
        per_campaign=dt.timedelta(minutes=config["MAILBOX_MINUTES_PER_CAMPAIGN"]),
    )


def grace() -> dt.timedelta:
    """How long after closing a signature given in time can still be confirmed."""
    return dt.timedelta(hours=current_app.config["CONFIRM_GRACE_HOURS"])


def mailing() -> Mailing:
    """Both, for confirmations that an organiser has sent once more."""
    return Mailing(budget(), grace())
