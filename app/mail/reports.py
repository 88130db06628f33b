"""What a mail server says of a mail that it took and could not deliver: delivery reports (RFC 3464), and of which mail each speaks.

Anybody can write to the address for mails that come back. So a message counts for nothing unless it is a report and names a mail of ours by
its random name. Only its outermost parts are told apart, and of those only what a report consists of is read, up to some
length: what is nested inside is never opened, so its depth costs nothing. What the server says goes on without addresses.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from email.parser import HeaderParser

from app.mail.smtp import LONGEST_REASON, scrubbed

LARGEST = 1_000_000  # bytes of a message that are looked at
LONGEST_HEAD, LONGEST_PART_HEAD, LONGEST_PART = 32 * 1024, 4 * 1024, 64 * 1024
LONGEST_WORDS, LONGEST_ADDRESS = 1000, 320
MOST_PARTS, MOST_RECIPIENTS = 20, 20
STATUS_TYPES = {"message/delivery-status", "message/global-delivery-status"}
RETURNED_TYPES = {"message/rfc822", "message/global", "text/rfc822-headers", "message/global-headers"}
ARRIVED_AT = ("Delivered-To", "X-Original-To", "Envelope-To", "To")
RECIPIENTS = ("Final-Recipient", "Original-Recipient", "X-Actual-Recipient")
TOKEN = re.compile(r"\+([0-9a-f]{32})@", re.IGNORECASE)
MESSAGE_ID = re.compile(r"<([0-9a-f]{32})@", re.IGNORECASE)
KIND = re.compile(r"\s*[\w-]+\s*;")  # smtp; 550 ...
STATUS = re.compile(r"(?<![\d.])([45])\.(\d{1,3})\.(\d{1,3})(?!\.?\d)")
QUOTED = re.compile(r"\"[^\"]*\"|“[^”]*”|«[^»]*»")


class NotAReport(Exception):
    """Nothing came back by this message; why, in words that name nobody."""


@dataclass(frozen=True)
class Report:
    """A mail came back: which one, by its random name, and why: the status, and what the server said, without addresses."""

    message_id: str
    reason: str


def read(raw: bytes, to: str = "") -> Report:
    """What a message says came back; `to` is the address at which it arrived, where that is known. Raises NotAReport."""
    try:
        return _read(raw[:LARGEST].decode(errors="replace").replace("\r\n", "\n"), to)
    except NotAReport:
        raise
    except Exception as error:  # whatever a stranger wrote: Python's parser raises all sorts of things
        raise NotAReport("it cannot be read") from error


def _read(text: str, to: str) -> Report:
    head, _, body = text.partition("\n\n")
    top = _parsed(head if len(head) <= LONGEST_HEAD else "")
    boundary = top.get_boundary() or ""
    if top.get_content_type() != "multipart/report" or not boundary:
        raise NotAReport("it is no delivery report")
    failure, returned = None, Message()
    for part in _parts(body, boundary):
        if part.get_content_type() in STATUS_TYPES:
            failure = failure or _failure(_text_of(part))
        elif part.get_content_type() in RETURNED_TYPES:
            returned = _parsed(_text_of(part).lstrip("\n").partition("\n\n")[0])
    if failure is None:
        raise NotAReport("it reports no mail as failed")
    name = _name(top, to, returned)
    if not name:
        raise NotAReport("it does not say which mail failed")
    return Report(name, _reason(failure))


def _parsed(head: str) -> Message:
    """The headers, and whatever stands behind them as text."""
    return HeaderParser().parsestr(head)


def _parts(body: str, boundary: str) -> Iterator[Message]:
    """The outermost parts, each cut where it is longer than what is read of it."""
    line = re.compile(rf"^--{re.escape(boundary)}(?:--)?[ \t]*$\n?", re.MULTILINE)
    for piece in line.split(body, MOST_PARTS)[1:]:
        if piece.find("\n\n") <= LONGEST_PART_HEAD:
            yield _parsed(piece[:LONGEST_PART])


def _text_of(part: Message) -> str:
    encoding = str(part.get("Content-Transfer-Encoding", "")).strip().lower()
    if encoding in {"base64", "quoted-printable"}:
        decoded = part.get_payload(decode=True)
        return decoded.decode(errors="replace").replace("\r\n", "\n") if isinstance(decoded, bytes) else ""
    return str(part.get_payload())


def _failure(status: str) -> Message | None:
    """What is said of the first recipient whom the mail did not reach, if there is one."""
    for block in re.split(r"\n[ \t]*(?=\n)", status, maxsplit=MOST_RECIPIENTS)[:MOST_RECIPIENTS]:
        said = _parsed(block.lstrip("\n"))
        if re.match(r"\s*failed\b", str(said.get("Action", "")), re.IGNORECASE):
            return said
    return None


def _name(top: Message, to: str, returned: Message) -> str:
    """The random name of the mail that the report is about; empty where it names none of ours."""
    arrived = [to, *(str(value) for header in ARRIVED_AT for value in top.get_all(header, []))]
    found = next(filter(None, map(TOKEN.search, arrived)), None)
    found = found or MESSAGE_ID.search(str(returned.get("Message-ID", "")))
    return found[1].lower() if found else ""


def _reason(failure: Message) -> str:
    said = str(failure.get("Diagnostic-Code", ""))[: LONGEST_WORDS + 1]
    words = said if len(said) <= LONGEST_WORDS else said.rpartition(" ")[0]  # half an address is not known for one
    kind = KIND.match(words)
    words = QUOTED.sub("(…)", words[kind.end() :] if kind else words)
    named = [str(failure.get(header, "")).rpartition(";")[2].strip()[:LONGEST_ADDRESS] for header in RECIPIENTS]
    return f"{_status(str(failure.get('Status', '')), words)} {scrubbed(words, *named)}".strip()[:LONGEST_REASON]


def _status(said: str, words: str) -> str:
    """The status as the report gives it; where that is missing or says nothing (5.0.0), as the words do."""
    codes = [".".join(found.groups()) for found in map(STATUS.search, (said, words)) if found]
    return next((code for code in codes if not code.endswith(".0.0")), codes[0] if codes else "5.0.0")
