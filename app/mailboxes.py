"""Mailboxes: what counts as an address, which addresses are one mailbox, and its keyed fingerprint.

An address is checked by email-validator, mail goes to the address as typed, and the fingerprint is taken
of a canonical form, so that `laura+x@` and `Laura@` are one mailbox. Provider rules serve uniqueness and mail budgets only,
never sign-in.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata

from email_validator import EmailNotValidError, validate_email
from flask import current_app

from app.domain.outbox import Mailbox

INVISIBLE_ENDS = " \t\r\n\u200b\ufeff\u00a0"
ENCODED_WORD = re.compile(r"=\?.*\?=")
ALIASES = {"googlemail.com": "gmail.com"}
DOTLESS = {"gmail.com"}  # providers that ignore dots before the @
LONGEST = 254


class NotAnAddress(ValueError):
    """The text is no mailbox we can write to."""


def read(text: str) -> Mailbox:
    """The mailbox that somebody typed. Raises NotAnAddress."""
    return Mailbox(address := _checked(text), key(address))


def key(address: str) -> bytes:
    """The fingerprint of the mailbox behind an address, 32 bytes: HMAC-SHA-256 of its canonical form under the pepper (SIG-01)."""
    pepper = current_app.config["EMAIL_PEPPER"].encode()
    return hmac.new(pepper, canonical(address).encode(), hashlib.sha256).digest()


def _checked(text: str) -> str:
    typed = text.strip(INVISIBLE_ENDS)
    if len(typed) > LONGEST or ENCODED_WORD.search(typed) or unicodedata.normalize("NFKC", typed).count("@") != 1:
        raise NotAnAddress
    local, _, _domain = typed.partition("@")
    if not local.isascii():  # delivery needs SMTPUTF8, which few listeners have; and look-alikes are other people
        raise NotAnAddress
    try:
        checked = validate_email(typed, check_deliverability=False, allow_smtputf8=False, strict=True)
    except (EmailNotValidError, UnicodeError) as error:
        raise NotAnAddress from error
    if checked.ascii_email is None or len(checked.ascii_email) > LONGEST or "_" in checked.ascii_domain:
        raise NotAnAddress
    return f"{local}@{_domain}" if _domain.isascii() else f"{local}@{checked.ascii_domain}"


def canonical(address: str) -> str:
    """The one form of all addresses of a mailbox: lower case, A-label domain, without `+tag`; Gmail also without dots."""
    local, _, domain = address.lower().rpartition("@")
    domain = ALIASES.get(domain, domain)
    local = local.partition("+")[0] or local
    if domain in DOTLESS:
        local = local.replace(".", "")
    return f"{local}@{domain}"
