"""Speaking to the SMTP listener: where it is, how it is trusted, one mail at a time over a connection that is kept."""

from __future__ import annotations

import contextlib
import re
import smtplib
import socket
import ssl
from contextlib import AbstractContextManager
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import unquote, urlsplit

CONNECT_SECONDS, ANSWER_SECONDS, TAKE_SECONDS = 10, 30, 120
MAILS_PER_CONNECTION = 100
PORTS = {"smtp": 25, "smtps": 465}
NOT_THE_RECIPIENT = {530, 534, 535, 538}  # codes about us: sign-in wanted, failed, or wanted over TLS
ADDRESS = re.compile(r"[^\s<>]+@[^\s<>]+")
LONGEST_REASON = 200


class Away(Exception):
    """The listener cannot take any mail now; no mail is at fault."""


class Later(Exception):
    """The listener does not take this mail now."""


class Never(Exception):
    """The listener will not take this mail at all."""


@dataclass(frozen=True)
class Letter:
    """A composed mail, ready to be handed over."""

    mail_id: int
    message_id: str
    sender: str
    recipient: str
    body: bytes


@dataclass(frozen=True)
class Where:
    """The listener that MAIL_URL names."""

    host: str
    port: int
    tls_from_start: bool = False
    username: str = ""
    password: str = ""

    @property
    def is_here(self) -> bool:
        """Whether it runs on this machine, so that nobody stands between."""
        if self.host == "localhost":
            return True
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return False


def read_url(url: str) -> Where | None:
    """The listener of a MAIL_URL, None for an empty one. Raises ValueError for what cannot be read, without repeating it."""
    if not url:
        return None
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        port, parts = None, urlsplit("")
    if parts.scheme not in PORTS or not parts.hostname:
        raise ValueError("MAIL_URL cannot be read. Write it as smtp://[user:password@]host:port or smtps://...")
    return Where(
        host=parts.hostname,
        port=port or PORTS[parts.scheme],
        tls_from_start=parts.scheme == "smtps",
        username=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
    )


def scrubbed(text: str | bytes, *recipients: str) -> str:
    """What a listener said, in one line, without addresses: it goes into logs and onto operators' screens (LOG-01)."""
    if isinstance(text, bytes):
        text = text.decode(errors="replace")
    for recipient in recipients:
        for part in (recipient, recipient.rpartition("@")[0]):
            if len(part) > 1:
                text = re.sub(re.escape(part), "(address)", text, flags=re.IGNORECASE)
    line = "".join(letter if letter.isprintable() else " " for letter in ADDRESS.sub("(address)", text))
    return " ".join(line.split())[:LONGEST_REASON]


class Connection:
    """One connection to the listener. Opened when a mail needs it, kept for the next, renewed now and then."""

    def __init__(self, where: Where, *, own_name: str, require_tls: bool) -> None:
        self.where, self.own_name, self.require_tls = where, own_name, require_tls
        self._smtp: smtplib.SMTP | None = None
        self._sent = 0

    @property
    def is_open(self) -> bool:
        """Whether the listener is reached, as far as is known."""
        return self._smtp is not None

    def open(self) -> None:
        """Reach the listener, unless it is reached already. Raises Away."""
        if self._smtp is not None:
            return
        try:
            self._smtp = self._connect()
        except smtplib.SMTPResponseException as error:
            raise Away(_reason(error.smtp_code, error.smtp_error)) from error
        except ssl.SSLError as error:
            raise Away(
                f"no trusted TLS: {scrubbed(getattr(error, 'verify_message', '') or str(error.reason))}"
            ) from error
        except (OSError, smtplib.SMTPException) as error:
            raise Away(
                f"no connection: {scrubbed(getattr(error, 'strerror', None) or type(error).__name__)}"
            ) from error
        self._sent = 0

    def _connect(self) -> smtplib.SMTP:
        here = self.where.is_here and not self.require_tls
        context = ssl._create_unverified_context() if here else ssl.create_default_context()  # noqa: S323 (this machine only)
        host, port, own = self.where.host, self.where.port, self.own_name
        if self.where.tls_from_start:
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(host, port, own, timeout=CONNECT_SECONDS, context=context)
        else:
            smtp = smtplib.SMTP(host, port, own, timeout=CONNECT_SECONDS)
        try:
            self._greet(smtp, context)
        except BaseException:
            smtp.close()
            raise
        if smtp.sock is not None:
            smtp.sock.settimeout(ANSWER_SECONDS)
            smtp.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # the last dot would wait 40 ms for company
        return smtp

    def _greet(self, smtp: smtplib.SMTP, context: ssl.SSLContext) -> None:
        smtp.ehlo_or_helo_if_needed()
        encrypted = self.where.tls_from_start
        if not encrypted and smtp.has_extn("starttls"):
            smtp.starttls(context=context)
            smtp.ehlo_or_helo_if_needed()
            encrypted = True
        if self.require_tls and not encrypted:
            raise Away("the listener offers no TLS, and MAIL_REQUIRE_TLS is on")
        if self.where.username:
            if not encrypted and not self.where.is_here:
                raise Away("the listener offers no TLS, and the password is not sent in clear")
            smtp.login(self.where.username, self.where.password)

    def hand_over(self, letter: Letter, turn: AbstractContextManager[None]) -> None:
        """Give one mail to the listener. Returns once it was taken; raises Later, Never, or Away before anything was at stake.

        `turn` is entered before the last line is sent, that is, before the listener may have taken the mail.
        """
        try:
            self._begin(letter)
            with turn:
                self._finish(letter)
        except (Later, Never):
            self._clean()
            raise
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            raise Later(
                f"the connection broke: {scrubbed(getattr(error, 'strerror', None) or type(error).__name__)}"
            ) from error
        except BaseException:
            self.close()
            raise
        self._sent += 1
        if self._sent >= MAILS_PER_CONNECTION:
            self.close()

    def _begin(self, letter: Letter) -> None:
        """Say all but the last line. A kept connection may have been closed from the other end: then once more, on a new one."""
        was_open = self._smtp is not None
        self.open()
        try:
            self._say(letter)
        except (OSError, smtplib.SMTPServerDisconnected):
            self.close()
            if not was_open:
                raise
            self.open()
            self._say(letter)

    def _say(self, letter: Letter) -> None:
        smtp = self._open_smtp()
        code, answer = smtp.docmd("MAIL", f"FROM:<{letter.sender}>")
        if code // 100 != 2:  # the sender is ours, so whatever is wrong with it is no reason to give the mail up
            raise Away(_reason(code, answer)) if code in NOT_THE_RECIPIENT else self._later(code, answer)
        code, answer = smtp.docmd("RCPT", f"TO:<{letter.recipient}>")
        if code // 100 != 2:
            raise self._said(code, answer, letter)
        code, answer = smtp.docmd("DATA")
        if code != 354:
            raise self._said(code, answer, letter)
        smtp.send(_stuffed(letter.body))

    def _finish(self, letter: Letter) -> None:
        """Send the last line, a dot: from here on the listener may have taken the mail."""
        smtp = self._open_smtp()
        if smtp.sock is not None:  # hanging up while a listener decides makes it deliver twice (RFC 5321, 4.5.3.2.6)
            smtp.sock.settimeout(TAKE_SECONDS)
        smtp.send(b".\r\n")
        code, answer = smtp.getreply()
        if smtp.sock is not None:
            smtp.sock.settimeout(ANSWER_SECONDS)
        if code // 100 != 2:
            raise self._said(code, answer, letter)

    def _said(self, code: int, answer: bytes, letter: Letter) -> Exception:
        if 500 <= code <= 599 and code not in NOT_THE_RECIPIENT:
            return Never(_reason(code, answer, letter.recipient))
        return self._later(code, answer, letter.recipient)

    def _later(self, code: int, answer: bytes, recipient: str = "") -> Later:
        if code == 421:
            self.close()  # it says goodbye
        return Later(_reason(code, answer, recipient))

    def _open_smtp(self) -> smtplib.SMTP:
        if self._smtp is None:
            raise smtplib.SMTPServerDisconnected
        return self._smtp

    def _clean(self) -> None:
        """Leave nothing of this mail behind for the next one."""
        if self._smtp is None:
            return
        try:
            if self._smtp.docmd("RSET")[0] != 250:
                self.close()
        except (OSError, smtplib.SMTPException):
            self.close()

    def close(self) -> None:
        """Say goodbye, if anybody is there."""
        smtp, self._smtp = self._smtp, None
        if smtp is None:
            return
        with contextlib.suppress(OSError, smtplib.SMTPException):
            if smtp.sock is not None:
                smtp.sock.settimeout(1)
            smtp.quit()
        smtp.close()


def _reason(code: int, answer: str | bytes, recipient: str = "") -> str:
    return f"the listener answers {code} {scrubbed(answer, recipient)}"


def _stuffed(body: bytes) -> bytes:
    """The message as DATA takes it, but for the dot that ends it: lines that begin with one get a second (RFC 5321, 4.5.2)."""
    ended = body if body.endswith(b"\r\n") else body + b"\r\n"
    return re.sub(rb"(?m)^\.", b"..", ended)
