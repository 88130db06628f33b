"""For everybody with an account: one's own page, and the invitations by which one gets an account at all.

Signing in, passwords, authenticator app and passkeys are Flask-Security's views under the same prefix; see `app/accounts/`.
"""

from __future__ import annotations

from flask import Blueprint, current_app, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_security import auth_required, current_user, hash_password, login_user, logout_user

from app import account_words, clock, devices, tokens
from app.accounts import guard, oidc, proof, sessions
from app.domain import account_events, accounts, invitations, provider_bindings, rights
from app.domain import sessions as account_sessions
from app.domain.rights import NotAllowed
from app.extensions import db, limiter, security
from app.forms.accounts import AcceptForm, NameForm
from app.models import Account, AccountSession, Invitation, Membership, ProviderBinding
from app.tokens import Purpose
from app.views import access

bp = Blueprint("account", __name__, url_prefix="/account")


@bp.get("")
@auth_required("session")
def page() -> str:
    """Who one is here, how one signs in, and where one belongs."""
    return _page(NameForm(obj=access.account()))


def _page(form: NameForm) -> str:
    account = access.account()
    memberships = sorted(account.memberships, key=lambda one: one.organisation.name.casefold())
    return render_template(
        "accounts/page.html",
        form=form,
        account=account,
        memberships=memberships,
        sessions=_sessions(),
        binding=_binding(account),
        misses_second_step=_misses_second_step(memberships),
        role_name=rights.role_name,
        site_roles=[rights.site_role_name(role) for role in rights.site_roles(account)],
    )


def _binding(account: Account) -> ProviderBinding | None:
    asked = oidc.present()
    return provider_bindings.of(account.id, asked.issuer) if asked is not None else None


@bp.post("/name")
@auth_required("session")
def rename() -> ResponseReturnValue:
    """Change the name that other members see."""
    form = NameForm()
    if not form.validate():
        return _page(form), 422
    accounts.rename(access.account().id, form.name.data or "")
    flash(_("Your name is changed."), "success")
    return redirect(url_for("account.page"), 303)


@bp.post("/sign-out-everywhere")
@auth_required("session")
def end_sessions() -> ResponseReturnValue:
    """Sign out here and on every other device."""
    account_id = access.account().id
    logout_user()
    accounts.end_sessions(account_id, sessions.device(), now=clock.now())
    flash(_("You are signed out everywhere."), "success")
    return redirect(url_for("security.login"), 303)


@bp.get("/sign-ins")
@auth_required("session")
def sign_ins() -> str:
    """Where one is signed in, and what happened around signing in."""
    account_id, here = access.account().id, sessions.present()
    return render_template(
        "accounts/sign_ins.html",
        here=here,
        others=[one for one in _sessions() if here is None or one.id != here.id],
        events=account_events.recent(account_id),
        device=devices.title,
        said=account_words.event,
        idle=current_app.config["SESSION_IDLE_MINUTES"],
        longest=current_app.config["SESSION_HOURS"],
    )


def _sessions() -> list[AccountSession]:
    return account_sessions.of(access.account().id, sessions.lasts(), now=clock.now())


@bp.post("/sign-ins/<public_id>/end")
@auth_required("session")
def end_session(public_id: str) -> ResponseReturnValue:
    """Sign out on one other device."""
    account_sessions.end_one(access.account().id, public_id, sessions.device(), now=clock.now())
    flash(_("That device is signed out."), "success")
    return redirect(url_for("account.sign_ins"), 303)


@bp.post("/sign-ins/end-others")
@auth_required("session")
def end_other_sessions() -> ResponseReturnValue:
    """Sign out everywhere but here."""
    here = sessions.present()
    account_sessions.end_others(access.account().id, here.id if here else 0, sessions.device(), now=clock.now())
    flash(_("Every other device is signed out."), "success")
    return redirect(url_for("account.sign_ins"), 303)


@bp.get("/second-step")
@auth_required("session")
def second_step() -> str:
    """Why signers' data wants a second step, what of it is there, and what is missing."""
    onward = request.args.get("next", "")
    return render_template(
        "accounts/second_step.html",
        standing=proof.standing(access.account()),
        required=proof.is_required(),
        onward=onward if guard.is_local(onward) else url_for("organise.start"),
        here=request.full_path.rstrip("?"),
    )


def _misses_second_step(memberships: list[Membership]) -> bool:
    reaches = any(rights.of_member(one) & rights.BEHIND_SECOND_STEP for one in memberships)
    return reaches and proof.is_required() and not proof.standing(access.account()).is_enough


def _invitation(token: str) -> Invitation:
    """The open invitation that a link speaks of. Raises Gone, with one sentence for every link that does not work."""
    try:
        public_id = tokens.read(Purpose.INVITE, token, days=None)  # the row knows until when; see `invitations.LASTS`
    except tokens.BadToken:
        raise invitations.dead_link() from None
    invitation = db.session.scalar(invitations.by_public_id(public_id))
    if invitation is None or not invitation.is_open(clock.now()):
        raise invitations.dead_link()
    return invitation


def _known(invitation: Invitation) -> Account | None:
    return db.session.scalar(accounts.by_email(invitation.email))


@bp.get("/invitations/<token>")
def invitation(token: str) -> str:
    """Who asks, for what, and one button. Looking changes nothing."""
    found = _invitation(token)
    return _invitation_page(found, token, AcceptForm(formdata=None))


def _invitation_page(invitation: Invitation, token: str, form: AcceptForm) -> str:
    mine = current_user.is_authenticated and current_user.email == invitation.email
    earlier = invitations.replaced(invitation)
    return render_template(
        "accounts/invitation.html",
        invitation=invitation,
        replaces=account_words.replaces(earlier.role, invitation.role) if earlier else "",
        token=token,
        form=form,
        mine=mine,
        known=_known(invitation) is not None,
        role=rights.role_name(invitation.role),
        may=rights.in_words(invitation.role),
    )


@bp.post("/invitations/<token>")
@limiter.limit(lambda: current_app.config["LOGIN_LIMIT"])
def accept_invitation(token: str) -> ResponseReturnValue:
    """Join: with the account that one is signed in to, or with a new one, which is then signed in."""
    found = _invitation(token)
    if current_user.is_authenticated:
        invitations.accept_as(found.public_id, access.account().id, now=clock.now())
        return redirect(url_for("organise.start"), 303)
    if _known(found) is not None:
        raise NotAllowed(_("There is an account with this address. Sign in with it, then open the invitation again."))
    form = AcceptForm()
    form.email = found.email
    if not form.validate():
        return make_response(_invitation_page(found, token, form), 422)
    hashed = hash_password(security.password_util.normalize(form.password.data or ""))
    account = invitations.accept_as_new(
        found.public_id, form.name.data or "", hashed, locale=str(get_locale()), now=clock.now()
    )
    login_user(account, authn_via=["invitation"])
    return redirect(url_for("organise.start"), 303)
