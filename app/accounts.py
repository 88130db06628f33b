"""Accounts: sign-in, reset by mail, second factors, through Flask-Security; its mails go to our outbox."""

from __future__ import annotations

from flask import Flask
from flask_security import MailUtil, SQLAlchemyUserDatastore

from app.extensions import db, security
from app.models import Account, WebAuthn

datastore = SQLAlchemyUserDatastore(db, Account, None, WebAuthn)


class OutboxMail(MailUtil):
    """Puts Flask-Security's mails into the outbox."""


def init_app(app: Flask) -> None:
    """Configure Flask-Security."""
    app.config.update(
        SECURITY_PASSWORD_SALT=app.config["SECRET_KEY"],
        SECURITY_URL_PREFIX="/account",
        SECURITY_PASSWORD_HASH="argon2",
    )
    security.init_app(app, datastore, mail_util_cls=OutboxMail)
    security.principal.identity_loaders.clear()  # it would ask for a session on every page; rights are our own
