"""Signing in by the provider of the organisation: there, back, and once the question whose account this is.

The way there is a page that leads on by itself and not a redirect. So no redirect of ours leaves the house (WEB-08), the policy lets no
form go elsewhere, and a provider that asks another provider works as well. Coming back is the one GET that signs somebody
in, since providers know no other; it counts once, and only in the browser that went there.
"""

from __future__ import annotations

import hmac
from dataclasses import asdict
from typing import Any

from flask import Blueprint, abort, flash, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_security import auth_required, current_user, login_user, verify_password
from sqlalchemy import select

from app import clock, links, mailboxes
from app.accounts import guard, oidc, sessions, tools
from app.accounts.oidc import NotProven, Proven, Provider, ProviderAway
from app.accounts.words import WORDS
from app.domain import account_events, accounts, provider_bindings
from app.domain.refused import Refused
from app.extensions import db, security
from app.forms.accounts import OwnAccountForm
from app.models import Account, EventKind
from app.security import PRIVATE
from app.views import access

bp = Blueprint("provider", __name__, url_prefix="/account/provider")

GONE = "provider"  # the session keeps of who went there: state, nonce and verifier
WAITS = "provider_waits"  # and of who came back and is not connected yet: as whom
WITHIN = 600  # seconds for each


def _provider() -> Provider:
    found = oidc.present()
    if found is None:
        abort(404)
    return found


def _kept(key: str) -> dict[str, Any] | None:
    """What the session keeps under `key`, while it is young enough."""
    kept = session.get(key)
    fresh = isinstance(kept, dict) and clock.now().timestamp() < kept["at"] + WITHIN
    return kept if fresh else None


def _keep(key: str, **values: Any) -> None:
    session[key] = {**values, "at": clock.now().timestamp()}


def _back_to_sign_in(sentence: str, onward: str = "") -> ResponseReturnValue:
    """The usual page with its password form, and why the provider did not help."""
    flash(sentence, "error")
    return redirect(url_for("security.login", next=onward or None), 303)


def _callback() -> str:
    return links.to("provider.come_back")


@bp.post("")
@guard.limited("POST")
def start() -> ResponseReturnValue:
    """Lead to the provider."""
    provider, onward = _provider(), request.form.get("next", "")
    if current_user.is_authenticated:
        return redirect(url_for("account.page"), 303)
    onward = onward if guard.is_local(onward) else ""
    try:
        way = provider.way_there(_callback())
    except ProviderAway:
        return _back_to_sign_in(_away(), onward)
    kept = asdict(way)
    url = kept.pop("url")
    session.pop(WAITS, None)
    _keep(GONE, **kept, next=onward)
    return render_template("accounts/provider_start.html", url=url)


def _unproven() -> str:
    return _(
        "What %(provider)s answered could not be checked. Sign in with your password, or try again.",
        provider=oidc.name(),
    )


def _away() -> str:
    return _(
        "%(provider)s does not answer. Sign in with your password, or try again in a minute.", provider=oidc.name()
    )


@bp.get("/callback")
@guard.limited("GET")
def come_back() -> ResponseReturnValue:
    """Back from the provider: signed in, asked whose account it is, or told why not."""
    provider = _provider()
    if current_user.is_authenticated:
        return redirect(url_for("account.page"), 303)
    gone = _kept(GONE)
    session.pop(GONE, None)  # it counts once
    state, code = request.args.get("state", ""), request.args.get("code", "")
    if gone is None or not hmac.compare_digest(state.encode(), gone["state"].encode()):
        return _back_to_sign_in(_("That took too long, or was used already. Start again here."))
    if request.args.get("iss", provider.issuer) != provider.issuer or not code:
        said = _("%(provider)s did not let you in. Sign in with your password, or try again.", provider=oidc.name())
        return _back_to_sign_in(said, gone["next"])
    try:
        proven = provider.proven(code, gone["nonce"], gone["verifier"], _callback())
        return _arrived(provider, proven, gone["next"])
    except ProviderAway:
        return _back_to_sign_in(_away(), gone["next"])
    except NotProven:
        return _back_to_sign_in(_unproven(), gone["next"])
    except Refused as refusal:
        return _back_to_sign_in(refusal.sentence, gone["next"])


def _arrived(provider: Provider, proven: Proven, onward: str) -> ResponseReturnValue:
    """Somebody is who the provider says. Raises Refused where that opens nothing here."""
    account = provider_bindings.account_of(provider.issuer, proven.subject)
    if account is not None:
        return _enter(_open(account), onward)
    account = _open(_by_address(proven))
    if provider_bindings.of(account.id, provider.issuer) is not None:
        raise provider_bindings.taken()
    if account.password is None and not account.has_second_step:
        return _connected(account, provider, proven.subject, onward)
    _keep(WAITS, subject=proven.subject, account=account.id, uniquifier=account.fs_uniquifier, next=onward)
    return redirect(url_for("provider.whose"), 303)


def _by_address(proven: Proven) -> Account:
    """The account of the address that the provider has verified. Accounts are never made here; people are invited."""
    if not proven.email:
        raise Refused(
            _(
                "%(provider)s does not say that it has checked your mail address, so it cannot be connected.",
                provider=oidc.name(),
            )
        )
    address = tools.same_address(proven.email)
    account = db.session.scalar(accounts.by_email(address)) if address else None
    if account is None:
        said = _(
            "There is no account here with the mail address that %(provider)s gives. Ask an owner of your organisation to invite you.",
            provider=oidc.name(),
        )
        raise Refused(said)
    return account


def _open(account: Account) -> Account:
    if not account.active:
        sentence, _kind = WORDS["DISABLED_ACCOUNT"]
        raise Refused(_(sentence))
    return account


def _connected(account: Account, provider: Provider, subject: str, onward: str) -> ResponseReturnValue:
    account_id, mailbox = account.id, mailboxes.read(account.email)
    provider_bindings.bind(account_id, provider.issuer, subject, sessions.device(), mailbox, now=clock.now())
    flash(
        _("Your account is connected with %(provider)s. From now on you can sign in by it.", provider=oidc.name()),
        "success",
    )
    return _enter(db.session.get_one(Account, account_id), onward)


def _enter(account: Account, onward: str) -> ResponseReturnValue:
    """Signed in, or asked for the second step first, as after a password."""
    step: ResponseReturnValue | None = security.two_factor_plugins.tf_enter(account, False, "provider", onward or None)
    if step is not None:
        return step
    login_user(account, authn_via=["provider"])
    return redirect(onward or PRIVATE[0], 303)


def _waiting() -> tuple[dict[str, Any], Account] | None:
    """Who came back and is not connected yet, and the account that they would be connected with."""
    kept = _kept(WAITS)
    if kept is None or current_user.is_authenticated:
        return None
    same = Account.id == kept["account"], Account.fs_uniquifier == kept["uniquifier"], Account.active
    account = db.session.scalar(select(Account).where(*same))
    return None if account is None else (kept, account)


def _waiting_id() -> object:
    return (_kept(WAITS) or {}).get("account")


def _too_late() -> ResponseReturnValue:
    session.pop(WAITS, None)
    return _back_to_sign_in(_("That took too long. Start again here."))


@bp.get("/connect")
def whose() -> ResponseReturnValue:
    """Ask for the password once, so that no provider takes over an account that somebody has."""
    _provider()
    if current_user.is_authenticated:
        return redirect(url_for("account.page"), 303)
    waiting = _waiting()
    return _too_late() if waiting is None else _connect_page(OwnAccountForm(formdata=None), waiting[1])


def _connect_page(form: OwnAccountForm, account: Account) -> str:
    return render_template("accounts/provider_connect.html", form=form, email=account.email)


@bp.post("/connect")
@guard.limited("POST")
@guard.limited_for(_waiting_id)
def connect() -> ResponseReturnValue:
    """The password is right: the account is connected, and signed in."""
    provider = _provider()
    waiting = _waiting()
    if waiting is None:
        return _too_late()
    kept, account = waiting
    form = OwnAccountForm()
    if form.validate():
        typed = security.password_util.normalize(form.password.data or "")
        if account.password is not None and verify_password(typed, account.password):
            session.pop(WAITS, None)
            return _connected(account, provider, kept["subject"], kept["next"])
        account_events.record_failure(account.id, EventKind.FAILED, sessions.device(), now=clock.now())
        form.password.errors = [_("This is not your password. Write it again.")]
    return make_response(_connect_page(form, account), 422)


@bp.post("/disconnect")
@auth_required("session")
def disconnect() -> ResponseReturnValue:
    """Nobody signs in to this account by the provider any more; asked of who has just shown that it is them (AUTH-05)."""
    _provider()
    if not access.is_fresh():
        flash(_("Show once more that it is you, then disconnect it again."), "info")
        return redirect(url_for("security.verify", next=url_for("account.page")), 303)
    account, said = access.account(), _("%(provider)s is disconnected.", provider=oidc.name())
    provider_bindings.remove(account.id, sessions.device(), mailboxes.read(account.email), now=clock.now())
    flash(said, "success")
    return redirect(url_for("account.page"), 303)
