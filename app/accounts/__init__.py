"""Accounts: sign-in, reset by mail, second factors, through Flask-Security; its mails go to our outbox.

Keys: what an authenticator app shares with us is kept encrypted, recovery codes are kept as keyed digests; both keys come from
SECRET_KEY. When that changes, put the old one into SECRET_KEY_FALLBACKS and leave it there as long as people use what they set
up under it; without it they need a recovery by an operator (`flask accounts drop-second-factors`).
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import Flask
from flask_security import Security
from itsdangerous import URLSafeTimedSerializer

from app import clock
from app.accounts import guard, notices, oidc, sessions, tools
from app.accounts.words import WORDS
from app.extensions import db, security
from app.forms import accounts as forms
from app.models import Account, MailKind, WebAuthn
from app.passwords import Passwords
from app.security import PRIVATE, secret_keys

ARGON2 = {"type": "ID", "time_cost": 2, "memory_cost": 19 * 1024, "parallelism": 1}  # 19 MiB; OWASP's first choice
FIVE_MINUTES = dt.timedelta(minutes=5)
FORMS: dict[str, Any] = {
    "login_form": forms.SignInForm,
    "verify_form": forms.AgainForm,
    "forgot_password_form": forms.ForgottenForm,
    "reset_password_form": forms.NewPasswordForm,
    "change_password_form": forms.ChangePassword,
    "two_factor_setup_form": forms.SetUpForm,
    "two_factor_rescue_form": forms.RescueForm,
    "two_factor_verify_code_form": forms.CodeForm,
    "mf_recovery_form": forms.RecoveryForm,
    "wan_register_form": forms.PasskeyForm,
    "wan_signin_form": forms.PasskeySignInForm,
    "wan_signin_response_form": forms.PasskeyAnswerForm,
}
PARTS: dict[str, Any] = {
    "mail_util_cls": tools.OutboxMail,
    "password_util_cls": Passwords,
    "totp_cls": tools.OnceTotp,
    "mf_recovery_codes_util_cls": tools.HashedCodes,
    "webauthn_util_cls": tools.Passkeys,
}


def init_app(app: Flask) -> None:
    """Configure Flask-Security, then take away what is not ours: its API, its tokens, its remembering."""
    app.config.update({f"SECURITY_{name}": value for name, value in options(app).items()})
    app.config["WTF_CSRF_SSL_STRICT"] = False  # token pages send no referrer; token and `own_pages_only` do the work
    Security.__init__(security, **PARTS)  # it takes these only when it is made, which is before there are any
    no_roles: Any = None  # rights belong to a membership
    security.init_app(app, tools.Datastore(db, Account, no_roles, WebAuthn), **FORMS)
    security.principal.identity_loaders.clear()  # it would ask for a session on every page; rights are our own
    security.login_manager.request_loader(lambda _request: None)  # nobody signs in by a token in an address or header
    security.want_json(lambda _request: False)
    security.reset_serializer = URLSafeTimedSerializer(secret_keys(app), salt="undersigned reset")
    sessions.init_app(app)
    notices.init_app(app)
    guard.init_app(app)
    app.jinja_env.globals["provider_name"] = oidc.name


def options(app: Flask) -> dict[str, Any]:
    """What Flask-Security is told, without its prefix."""
    return {
        **{f"MSG_{key}": words for key, words in WORDS.items()},
        "I18N_DOMAIN": "messages",
        "I18N_DIRNAME": [f"{app.root_path}/translations"],
        "URL_PREFIX": PRIVATE[1],
        "STATIC_FOLDER": None,
        "CLI_USERS_NAME": False,
        "CLI_ROLES_NAME": False,
        "DATETIME_FACTORY": lambda: clock.now(),
        "API_ENABLED_METHODS": ["session"],
        "RETURN_GENERIC_RESPONSES": True,
        "JOIN_USER_ROLES": False,  # an account has none; see `rights`
        "USER_IDENTITY_ATTRIBUTES": [{"email": {"mapper": tools.same_address, "case_insensitive": False}}],
        "POST_LOGIN_VIEW": PRIVATE[0],
        "POST_LOGOUT_VIEW": "/",
        "POST_CHANGE_VIEW": "account.page",
        "POST_VERIFY_VIEW": "account.page",
        **passwords_and_mails(app),
        **second_steps(app),
    }


def passwords_and_mails(app: Flask) -> dict[str, Any]:
    """How passwords are kept, changed and told about. Mails go by the name of our kind; nothing of theirs is rendered."""
    return {
        "PASSWORD_HASH": "argon2",
        "PASSWORD_SALT": app.config["SECRET_KEY"],  # asked for, not used: argon2 brings its own
        "PASSWORD_SINGLE_HASH": {"argon2"},  # else it is used after all, and a new SECRET_KEY locks everybody out
        "PASSWORD_HASH_PASSLIB_OPTIONS": {f"argon2__{name}": value for name, value in ARGON2.items()},
        # In reset links, of an argon2 hash; a slow one would tell who has an account.
        "HASHING_SCHEMES": ["hex_sha256"],
        "RECOVERABLE": True,
        "RESET_PASSWORD_WITHIN": dt.timedelta(hours=1),
        "CHANGEABLE": True,
        "EMAIL_PLAINTEXT": False,
        "EMAIL_HTML": False,
        "EMAIL_SENDER": "",
        "EMAIL_TEMPLATE_PASSWORD_RESET": MailKind.RESET,
        "EMAIL_TEMPLATE_PASSWORD_RESET_NOTICE": MailKind.PASSWORD_CHANGED,
        "EMAIL_TEMPLATE_PASSWORD_CHANGE_NOTICE": MailKind.PASSWORD_CHANGED,
    }


def second_steps(app: Flask) -> dict[str, Any]:
    """A second step for who wants one: app or passkey, and codes on paper. The password is asked again before it changes (AUTH-05)."""
    return {
        "FRESHNESS": FIVE_MINUTES,
        "FRESHNESS_GRACE_PERIOD": dt.timedelta(0),  # no look at a page makes it last longer
        "TWO_FACTOR": True,
        "TWO_FACTOR_ENABLED_METHODS": ["authenticator"],
        "TWO_FACTOR_RESCUE_EMAIL": False,
        "TWO_FACTOR_AUTHENTICATOR_VALIDITY": 30,  # seconds either way: one step
        "TWO_FACTOR_POST_SETUP_VIEW": "account.page",
        "TOTP_SECRETS": tools.derived_keys(app, "totp"),
        "TOTP_ISSUER": "Undersigned",
        "MULTI_FACTOR_RECOVERY_CODES": True,
        "WEBAUTHN": True,
        "WAN_RP_NAME": "Undersigned",
        "WAN_ALLOW_USER_HINTS": False,  # the list of somebody's passkeys would say that there is an account
        "WAN_POST_REGISTER_VIEW": "account.page",
    }
