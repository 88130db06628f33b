"""Mails: from a row of the outbox to a message that a listener took.

`subjects` says what each kind of mail is about, `compose` makes the message, `headers` is the only place that writes header
lines, `smtp` speaks to the listener, `delivery` runs it all inside the worker with what `state` knows, and `folder` keeps
mails on this machine where developers have no listener. `reports` reads the mails of servers that could not deliver one.
"""

from __future__ import annotations

from flask import Flask

from app.mail.headers import return_address, sender
from app.mail.smtp import read_url


def init_app(app: Flask) -> None:
    """Stop here if the sender, the address to which mails come back, or the listener cannot be read, so that no mail waits."""
    try:
        sender(app.config["MAIL_FROM"])
        if app.config["MAIL_BOUNCES"]:
            return_address(app.config["MAIL_BOUNCES"], "0" * 32)
        read_url(app.config["MAIL_URL"])
    except ValueError as error:
        raise SystemExit(f"Undersigned does not start: {error}") from error
