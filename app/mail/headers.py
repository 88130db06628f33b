"""The only place that writes headers of mails (MAIL-06).

Python's `email` package takes an encoded word such as `=?UTF-8?Q?=0A?=` at its word and may write a second header for it; and an
address with a comma or an angle bracket is two addresses. So every value is checked here first, and an address is one
address, nothing else.
"""

from __future__ import annotations

import binascii
import datetime as dt
import email.utils
import functools
import re
from dataclasses import dataclass
from email.header import Header
from email.headerregistry import Address

import idna

CRLF = "\r\n"
BREAKING = re.compile("[\x00-\x1f\x7f\x85\u2028\u2029]|=\\?.*\\?=")
LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
DOMAIN = re.compile(r"[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})*")
SENDER = re.compile(r"\s*(?P<name>[^<>]*?)\s*<(?P<address>[^<>]+)>\s*")
LONGEST_LOCAL, LONGEST_NAME, SHORT_NAME = 64, 120, 40


class UnsafeHeader(ValueError):
    """A value that could become another header, or another recipient. The message tells which, never the value."""


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


@functools.lru_cache(maxsize=256)
def sender(setting: str, name: str = "") -> Address:
    """The sender that MAIL_FROM names, under the name of the organisation that writes. Raises UnsafeHeader."""
    parts = SENDER.fullmatch(setting)
    own_name, own_address = (parts["name"].strip('"'), parts["address"]) if parts else ("", setting.strip())
    shown = plain(name or own_name, "sender's name")[:LONGEST_NAME].strip()
    return Address(shown, addr_spec=address(own_address, "sender's address (MAIL_FROM)"))


def return_address(setting: str, message_id: str) -> str:
    """The address to which this one mail comes back (MAIL-11), under the mailbox that MAIL_BOUNCES names. Raises UnsafeHeader."""
    what = "address to which mails come back (MAIL_BOUNCES)"
    local, _, domain = address(setting.strip(), what).rpartition("@")
    if (most := LONGEST_LOCAL - len(message_id) - 1) < len(local):
        raise UnsafeHeader(f"the {what} has more than {most} characters before the @")
    return address(f"{local}+{message_id}@{domain}", what)


def head(envelope: Envelope, now: dt.datetime) -> list[str]:
    """The header lines: these and no others. Raises UnsafeHeader."""
    lines = [
        _sender_line(envelope.sender.display_name, envelope.sender.addr_spec),
        f"To: {address(envelope.recipient, 'recipient')}",
        _line("Subject", plain(envelope.subject, "subject")),
        f"Date: {email.utils.format_datetime(now)}",
        f"Message-ID: <{plain(envelope.message_id, 'Message-ID')}>",
        "Auto-Submitted: auto-generated",  # RFC 3834: holiday notices do not answer
    ]
    if envelope.reply_to:
        lines.insert(2, f"Reply-To: {address(envelope.reply_to, 'address for replies')}")
    return lines


@functools.lru_cache(maxsize=256)
def _sender_line(name: str, addr_spec: str) -> str:
    if name.isascii() and len(name) <= SHORT_NAME:
        return f"From: {Address(name, addr_spec=addr_spec)}"
    return f"{_line('From', name, encode=True)}\r\n <{addr_spec}>"


def _line(name: str, value: str, *, encode: bool = False) -> str:
    """One header. Beyond ASCII the whole value is encoded (RFC 2047): in parts, spaces between them would get lost."""
    if value.isascii() and not encode:
        return f"{name}: {value}"
    return f"{name}: {Header(value, 'utf-8', header_name=name).encode(linesep=CRLF)}"


def message(envelope: Envelope, text: str, html: str, now: dt.datetime) -> bytes:
    """The whole message: its headers, a plain text and its HTML. Raises UnsafeHeader.

    Seven bits on the way: every listener takes it, and no relay changes it, which would break signatures. Written by hand, in
    a tenth of the time that `EmailMessage` takes for the same; `=_` never occurs in quoted-printable, so the boundary is safe.
    """
    boundary = f"=_{envelope.message_id.partition('@')[0]}"
    lines = [
        *head(envelope, now),
        "MIME-Version: 1.0",
        f'Content-Type: multipart/alternative; boundary="{boundary}"',
        "",
        *_part(boundary, "plain", text),
        *_part(boundary, "html", html),
        f"--{boundary}--",
        "",
    ]
    return CRLF.join(lines).encode("ascii")


def _part(boundary: str, kind: str, text: str) -> list[str]:
    body = CRLF.join(text.splitlines()) + CRLF
    return [
        f"--{boundary}",
        f"Content-Type: text/{kind}; charset=utf-8",
        "Content-Transfer-Encoding: quoted-printable",
        "",
        binascii.b2a_qp(body.encode(), istext=True).decode("ascii"),
    ]
