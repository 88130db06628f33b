"""Another mail address for one's account: asked for, confirmed at the new one, undone from the old one."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_security import auth_required

from app import clock, mailboxes, tokens
from app.accounts import sessions
from app.domain import address_changes
from app.domain.refused import Refused
from app.forms.accounts import AddressForm
from app.models import AddressChange
from app.tokens import Purpose
from app.views import access

bp = Blueprint("addresses", __name__, url_prefix="/account/address")


def _change(purpose: Purpose, token: str) -> AddressChange:
    """The change that a link speaks of, while it can still happen. Raises Gone, with one sentence for every dead link."""
    try:
        public_id = tokens.read(purpose, token, days=None)  # the row knows until when
    except tokens.BadToken:
        raise address_changes.dead_link() from None
    found, now = address_changes.by_public_id(public_id), clock.now()
    works = address_changes.can_be_confirmed if purpose == Purpose.ADDRESS else address_changes.can_be_undone
    if found is None or not works(found, now):
        raise address_changes.dead_link()
    return found


@bp.get("")
@auth_required("session")
def ask() -> ResponseReturnValue:
    """The form for another address, for who has just shown that it is them (AUTH-05)."""
    if not access.is_fresh():
        return redirect(url_for("security.verify", next=url_for("addresses.ask")))
    return render_template("accounts/address.html", form=AddressForm(), account=access.account())


@bp.post("")
@auth_required("session")
def ask_for() -> ResponseReturnValue:
    """Have a link sent to the new address. Says the same whether or not that has an account (ENU-03)."""
    if not access.is_fresh():
        return redirect(url_for("security.verify", next=url_for("addresses.ask")))
    form, account = AddressForm(), access.account()
    if form.validate():
        try:
            address_changes.ask(account.id, form.mailbox, now=clock.now())
        except Refused as refusal:
            form.email.errors = [refusal.sentence]
        else:
            said = _(
                "A mail with a link is on its way to the new address, if it can be used. Open it within a day, signed in."
            )
            flash(said, "success")
            return redirect(url_for("account.page"), 303)
    return render_template("accounts/address.html", form=form, account=access.account()), 422


@bp.get("/<token>")
@auth_required("session")
def confirm_page(token: str) -> str:
    """The new address and one button. Looking changes nothing."""
    change = _own(token)
    return render_template("accounts/address_confirm.html", change=change, token=token)


def _own(token: str) -> AddressChange:
    change = _change(Purpose.ADDRESS, token)
    if change.account_id != access.account().id:
        raise address_changes.dead_link()
    return change


@bp.post("/<token>")
@auth_required("session")
def confirm(token: str) -> ResponseReturnValue:
    """The new address counts; sign in with it."""
    change = _own(token)
    old = mailboxes.read(change.old_email)
    address_changes.confirm(change.public_id, access.account().id, old, sessions.device(), now=clock.now())
    flash(_("Your address is changed. Sign in with the new one."), "success")
    return redirect(url_for("security.login"), 303)


@bp.get("/undo/<token>")
def undo_page(token: str) -> str:
    """What was changed and one button. Looking changes nothing."""
    return render_template("accounts/address_undo.html", change=_change(Purpose.UNDO_ADDRESS, token), token=token)


@bp.post("/undo/<token>")
def undo(token: str) -> ResponseReturnValue:
    """The old address counts again; whoever changed it may know the password, so a new one comes next."""
    address_changes.undo(_change(Purpose.UNDO_ADDRESS, token).public_id, sessions.device(), now=clock.now())
    flash(_("The old address is yours again, and everybody is signed out. Now choose a new password."), "success")
    return redirect(url_for("security.forgot_password"), 303)
