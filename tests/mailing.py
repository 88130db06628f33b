"""Mails for tests: rows to send, and sending them."""

from __future__ import annotations

import re
import secrets
from email.message import EmailMessage

from flask import Flask

from app import clock, mailboxes
from app.domain import outbox
from app.domain.folding import name_keys
from app.extensions import db
from app.mail.delivery import Delivery
from app.models import Campaign, Channel, MailKind, Signature, SignatureState


def deliver(app: Flask) -> None:
    """Do what the worker does, until nothing is due."""
    with app.app_context():
        Delivery(app).until_idle()


def queue_confirmations(app: Flask, campaign: Campaign, count: int) -> None:
    """`count` people signed, and are to be asked."""
    with app.app_context():
        now = clock.now()
        for number in range(count):
            email = f"sam{number}@example.org"
            signature = Signature(
                public_id=secrets.token_urlsafe(16),
                campaign_id=campaign.id,
                state=SignatureState.PENDING,
                email=email,
                email_key=mailboxes.key(email),
                given_name="Sam",
                family_name=f"Signer {number}",
                **name_keys("Sam", f"Signer {number}"),
                country="IQ",
                postcode="",
                show_name=False,
                locale="en",
                channel=Channel.DIRECT,
                text_version=1,
                created_at=now,
            )
            db.session.add(signature)
            db.session.flush()
            about = {"campaign_id": campaign.id, "signature_id": signature.id}
            outbox._enqueue(MailKind.CONFIRM, mailboxes.read(email), locale="en", now=now, **about)
        db.session.commit()


def text(message: EmailMessage) -> str:
    return str(message.get_body(("plain",)).get_content()).replace("\r\n", "\n")


def html(message: EmailMessage) -> str:
    return str(message.get_body(("html",)).get_content())


def links(message: EmailMessage) -> set[str]:
    """Every address that a mail holds, in text and HTML."""
    return set(re.findall(r"https?://[^\s\"<>]+", text(message) + html(message)))
