"""Our parts for Flask-Security: where its rows, mails, codes and passkeys go."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

from flask import Flask
from flask_babel import gettext as _
from flask_security import MailUtil, MfRecoveryCodesUtil, SQLAlchemyUserDatastore, Totp, WebauthnUtil
from flask_security.mail_util import EmailValidateException
from passlib.exc import UsedTokenError
from passlib.totp import TOTP, AppWallet, TotpMatch
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from app import clock, mailboxes
from app.accounts import notices, writing
from app.accounts.words import CODE_IS_USED, WORDS
from app.domain import accounts, sessions
from app.domain.refused import Refused
from app.extensions import db, security
from app.models import Account, EventKind, MailKind
from app.security import secret_keys

RECOVERY_CODES = 10


class Datastore(SQLAlchemyUserDatastore):
    """Flask-Security's way to our tables. It commits by itself, at the end of the views that change something."""

    def put(self, model: Any) -> Any:
        """Keep a changed row."""
        writing.begin()
        return super().put(writing.itself(model))

    def delete(self, model: Any) -> None:
        """Remove a row."""
        writing.begin()
        super().delete(writing.itself(model))

    def create_webauthn(self, user: Any, *args: Any, **values: Any) -> None:
        """Keep a passkey, and since when."""
        super().create_webauthn(user, *args, create_datetime=clock.now(), **values)

    def set_uniquifier(self, user: Any, uniquifier: str | None = None) -> None:
        """End every session of the account; links for a new password that are under way stop working too."""
        writing.begin()
        sessions._end_all(user.id)
        super().set_uniquifier(user, uniquifier)


class OutboxMail(MailUtil):
    """Puts Flask-Security's mails into the outbox; they are written and their links made when they are sent. Nothing else is mailed."""

    def send_mail(self, template: str, *_unused: Any, **context: Any) -> None:
        """Queue the mail named `template`: to the address of the account, never to the one that was typed (AUTH-07)."""
        user: Account = context["user"]
        mailbox = mailboxes.read(user.email)
        if template == MailKind.RESET:
            accounts.ask_reset(user.id, mailbox, now=clock.now())
        elif template == MailKind.PASSWORD_CHANGED:
            # Committed together with the change, by its view.
            accounts._tell_password_changed(writing.itself(user), mailbox, now=clock.now())

    def normalize(self, email: str) -> str:
        """The address as accounts keep it."""
        try:
            return mailboxes.read(email).address.lower()
        except mailboxes.NotAnAddress as error:
            raise EmailValidateException(WORDS["INVALID_EMAIL_ADDRESS"][0]) from error

    validate = normalize


class OnceTotp(Totp):
    """Codes of authenticator apps: each works once, secrets are kept encrypted under the current key."""

    def __init__(self, secrets: Any, issuer: str) -> None:
        self._totp = TOTP.using(issuer=issuer, wallet=AppWallet(secrets, default_tag=next(iter(secrets))))

    def set_last_counter(self, user: Any, tmatch: TotpMatch) -> None:
        """Mark the code as used. Raises UsedTokenError if it was."""
        writing.begin()
        if not accounts._use_code(user.id, tmatch.counter):
            raise UsedTokenError()


class HashedCodes(MfRecoveryCodesUtil):
    """Recovery codes, kept as keyed digests: shown once, used once."""

    def __init__(self, app: Flask) -> None:
        super().__init__(app)
        self.keys = [key.encode() for key in derived_keys(app, "recovery codes").values()]

    def create_recovery_codes(self, user: Any) -> list[str]:
        """Ten new codes; the earlier ones stop working."""
        codes = security.totp_factory.generate_recovery_codes(RECOVERY_CODES)
        security.datastore.mf_set_recovery_codes(user, [self._digest(code, self.keys[0]) for code in codes])
        notices.record(writing.itself(user), EventKind.CODES_MADE)
        return list(codes)

    def get_recovery_codes(self, user: Any) -> list[str]:
        """None: they are shown when they are made, and cannot be shown again."""
        return []

    def check_recovery_code(self, user: Any, code: str) -> bool:
        """Whether this is one of them."""
        return self._place(user, code) is not None

    def delete_recovery_code(self, user: Any, code: str) -> bool:
        """Use it up. Raises Refused where it was used since it was looked at."""
        writing.begin()
        account = writing.itself(user)
        db.session.refresh(account, ["mf_recovery_codes"], with_for_update=True)  # others may use one in this moment
        place = self._place(account, code)
        if place is None:
            raise Refused(_(CODE_IS_USED))
        return bool(security.datastore.mf_delete_recovery_code(account, place))

    def _place(self, user: Any, code: str) -> int | None:
        kept = security.datastore.mf_get_recovery_codes(user)
        digests = {self._digest(code, key) for key in self.keys}
        return next((place for place, digest in enumerate(kept) if digest in digests), None)

    @staticmethod
    def _digest(code: str, key: bytes) -> str:
        plain = "".join(code.lower().split()).replace("-", "")
        return hmac.new(key, plain.encode(), hashlib.sha256).hexdigest()[:40]


class Passkeys(WebauthnUtil):
    """Passkeys of any kind: in the device, on a phone, on a security key. As the only step, they ask for finger, face or PIN."""

    def authenticator_selection(self, user: Any, usage: str) -> AuthenticatorSelectionCriteria:
        """What a new passkey must be able to do."""
        alone = usage == "first"
        return AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED if alone else ResidentKeyRequirement.DISCOURAGED,
            user_verification=UserVerificationRequirement.REQUIRED
            if alone
            else UserVerificationRequirement.DISCOURAGED,
        )

    def user_verification(self, user: Any, usage: list[str]) -> UserVerificationRequirement:
        """Whether finger, face or PIN is asked for at sign-in."""
        return UserVerificationRequirement.DISCOURAGED if "secondary" in usage else UserVerificationRequirement.REQUIRED


def derived_keys(app: Flask, purpose: str) -> dict[str, str]:
    """A key for one purpose from each secret key, the current one first, by a name that stays the same when keys change."""
    found = {}
    for secret in reversed(secret_keys(app)):
        key = hmac.new(secret.encode(), f"undersigned {purpose}".encode(), hashlib.sha256).hexdigest()
        found["k" + hashlib.sha256(key.encode()).hexdigest()[:10]] = key
    return found


def same_address(identity: str) -> str | None:
    """An address as accounts keep it; None for what is no address."""
    try:
        return mailboxes.read(identity).address.lower()
    except mailboxes.NotAnAddress:
        return None
