"""The only place that writes headers of mails (MAIL-06).

Python's `email` package takes an encoded word such as `=?UTF-8?Q?=0A?=` at its word and may write a second header for it; and an
address with a comma or an angle bracket is two addresses. So every value is checked here first, and an address is one
address, nothing else.
"""

from __future__ import annotations

import datetime as dt
import email.policy
import email.utils
import re
from dataclasses import dataclass
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from typing import Any

import idna

BREAKING = re.compile("[\x00-\x1f\x7f\x85\u2028\u2029]|=\\?.*\\?=")
LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
DOMAIN = re.compile(r"[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})*")
SENDER = re.compile(r"\s*(?P<name>[^<>]*?)\s*<(?P<address>[^<>]+)>\s*")
LONGEST_LOCAL, LONGEST_NAME, SHORT_NAME = 64, 120, 40


class UnsafeHeader(ValueError):
    """A value that could become another header, or another recipient. The message tells which, never the value."""


class Lines(email.policy.EmailPolicy):
    """How header values become lines. Python's own folding drops and adds spaces in long texts beyond ASCII, so those are
    encoded here as a whole (RFC 2047)."""

    def fold_binary(self, name: str, value: Any) -> bytes:
        """One header, as it is sent."""
        if name == "Subject" and not value.isascii():
            return f"{name}: {_encoded(value, name)}\r\n".encode()
        if name == "From" and _is_long(shown := value.addresses[0].display_name):
            return f"{name}: {_encoded(shown, name)}\r\n <{value.addresses[0].addr_spec}>\r\n".encode()
        return bytes(super().fold_binary(name, value))


def _is_long(name: str) -> bool:
    return not name.isascii() or len(name) > SHORT_NAME


def _encoded(text: str, name: str) -> str:
    return Header(str(text), "utf-8", header_name=name).encode(linesep="\r\n")


# Seven bits on the way: every listener takes it, and no relay changes it, which would break signatures.
POLICY = Lines(linesep="\r\n", cte_type="7bit", raise_on_defect=True)


@dataclass(frozen=True)
class Envelope:
    """Who writes to whom, about what; the parts of a message that become headers."""

    sender: Address
    recipient: str
    subject: str
    message_id: str
    reply_to: str = ""


def plain(value: str, what: str) -> str:
    """The value, if it can only ever be part of one header line. Raises UnsafeHeader."""
    if BREAKING.search(value) or any("\ud800" <= letter <= "\udfff" for letter in value):
        raise UnsafeHeader(f"the {what} has characters that no header may carry")
    return value


def address(text: str, what: str = "address") -> str:
    """Exactly one address, its domain as A-labels (RFC 5891). Raises UnsafeHeader for anything else."""
    local, _, domain = plain(text, what).rpartition("@")
    try:
        domain = domain.lower() if domain.isascii() else idna.encode(domain, uts46=True, transitional=False).decode()
    except idna.IDNAError:
        domain = ""
    if len(local) > LONGEST_LOCAL or not LOCAL.fullmatch(local) or not DOMAIN.fullmatch(domain):
        raise UnsafeHeader(f"the {what} is not one address")
    return f"{local}@{domain}"


def sender(setting: str, name: str = "") -> Address:
    """The sender that MAIL_FROM names, under the name of the organisation that writes. Raises UnsafeHeader."""
    parts = SENDER.fullmatch(setting)
    own_name, own_address = (parts["name"].strip('"'), parts["address"]) if parts else ("", setting.strip())
    shown = plain(name or own_name, "sender's name")[:LONGEST_NAME].strip()
    return Address(shown, addr_spec=address(own_address, "sender's address (MAIL_FROM)"))


def message(envelope: Envelope, text: str, html: str, now: dt.datetime) -> EmailMessage:
    """The whole message: these headers and no others, a plain text and its HTML. Raises UnsafeHeader."""
    made = EmailMessage(policy=POLICY)
    made["From"] = envelope.sender
    made["To"] = Address(addr_spec=address(envelope.recipient, "recipient"))
    if envelope.reply_to:
        made["Reply-To"] = Address(addr_spec=address(envelope.reply_to, "address for replies"))
    made["Subject"] = plain(envelope.subject, "subject")
    made["Date"] = email.utils.format_datetime(now)
    made["Message-ID"] = f"<{plain(envelope.message_id, 'Message-ID')}>"
    made["Auto-Submitted"] = "auto-generated"  # RFC 3834: holiday notices do not answer
    made.set_content(text)
    made.add_alternative(html, subtype="html")
    return made
