"""The desk: who belongs to the organisation, in which role, and who was asked to."""

from __future__ import annotations

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _
from wtforms import SelectChoice

from app import account_words, clock
from app.domain import invitations, rights
from app.domain import members as members_of
from app.domain.invitations import InvitedAlready
from app.domain.refused import NotFound, Refused
from app.domain.rights import Right, SiteRole
from app.extensions import db
from app.forms.accounts import InviteForm
from app.models import Invitation, Role
from app.views import access
from app.views.access import freshly, needs
from app.views.organise import bp


def _form() -> InviteForm:
    form = InviteForm()
    form.role.choices = [SelectChoice(role.value, rights.role_name(role)) for role in Role]
    if request.method == "GET" and not form.is_taken_up:
        form.role.data = Role.EDITOR.value
    return form


def _role() -> Role:
    value = request.form.get("role", "")
    if value not in tuple(Role):
        raise NotFound
    return Role(value)


def _grants() -> frozenset[Right]:
    """The single grants that were ticked. Raises NotFound for what nobody can grant."""
    chosen = request.form.getlist("grants")
    if not set(chosen) <= set(rights.GRANTS):
        raise NotFound
    return frozenset(Right(value) for value in chosen)


def _back(organisation: str) -> ResponseReturnValue:
    return redirect(url_for("organise.members", organisation=organisation), 303)


def _page(form: InviteForm, instead: str = "") -> str:
    """`instead`: the open invitation that the one in the form would replace."""
    return render_template(
        "organise/members.html",
        section="members",
        form=form,
        instead=instead,
        members=db.session.scalars(members_of.of(g.organisation.id)).all(),
        invitations=db.session.scalars(invitations.open_ones(g.organisation.id, clock.now())).all(),
        roles=[(role, rights.role_name(role), rights.in_words(role)) for role in Role],
        role_name=rights.role_name,
        grants=[(right, rights.right_in_words(right)) for right in rights.GRANTS],
        granted=rights.granted,
    )


@bp.get("/<organisation>/members")
@needs(Right.VIEW)
def members(organisation: str) -> str:
    """Everybody who belongs here and what they may do; for owners also who was invited."""
    return _page(_form())


@bp.get("/<organisation>/members/rights", endpoint="rights")
@needs(Right.MANAGE)
def who_may_what(organisation: str) -> str:
    """Who may do what here: each right in words, the roles that have it, and the people."""
    belong = db.session.scalars(members_of.of(g.organisation.id)).all()
    people = {right: [one.account.name for one in belong if right in rights.of_member(one)] for right in Right}
    return render_template(
        "organise/rights.html",
        section="members",
        roles=[(rights.RIGHTS[role], rights.role_name(role)) for role in Role],
        site_roles=[(rights.SITE_RIGHTS[role], rights.site_role_name(role)) for role in SiteRole],
        listed=[(right, rights.right_in_words(right), people[right]) for right in Right],
        can_be_granted=rights.GRANTS,
    )


@bp.post("/<organisation>/members/invitations")
@needs(Right.MANAGE)
@freshly("organise.members", keeps=True)
def invite(organisation: str) -> ResponseReturnValue:
    """Ask somebody by mail to join. Says the same whether or not the address has an account elsewhere (ENU-03). Who is invited
    already is asked again only where the form says which invitation that ends."""
    form = _form()
    if not form.validate():
        return _page(form), 422
    try:
        made = invitations.invite(
            g.organisation.id,
            form.mailbox,
            Role(form.role.data),
            by_id=access.account().id,
            locale=str(get_locale()),
            now=clock.now(),
            instead=request.form.get("instead", ""),
        )
    except Refused as refusal:
        form.email.errors = [access.said_when(refusal)]
        return _page(form, refusal.public_id if isinstance(refusal, InvitedAlready) else ""), refusal.status
    flash(_sent(made), "success")
    return _back(organisation)


def _sent(invitation: Invitation) -> str:
    said = _("The invitation to %(address)s is on its way. It works for 72 hours.", address=invitation.email)
    earlier = invitations.replaced(invitation)
    return f"{said} {account_words.replaces(earlier.role, invitation.role)}" if earlier is not None else said


@bp.post("/<organisation>/members/invitations/<public_id>/take-back")
@needs(Right.MANAGE)
@freshly("organise.members")
def take_invitation_back(organisation: str, public_id: str) -> ResponseReturnValue:
    """Make an invitation's link useless."""
    invitations.take_back(g.organisation.id, public_id, by_id=access.account().id, now=clock.now())
    flash(_("The invitation is taken back. Its link no longer works."), "success")
    return _back(organisation)


@bp.post("/<organisation>/members/<int:member>/role")
@needs(Right.MANAGE)
@freshly("organise.members")
def change_role(organisation: str, member: int) -> ResponseReturnValue:
    """Give a member another role and single grants beside it; they count from the next click on."""
    by_id, now = access.account().id, clock.now()
    members_of.change_role(g.organisation.id, member, _role(), grants=_grants(), by_id=by_id, now=now)
    flash(_("The role is changed. It counts at once."), "success")
    return _back(organisation)


@bp.post("/<organisation>/members/<int:member>/remove")
@needs(Right.MANAGE)
@freshly("organise.members")
def remove_member(organisation: str, member: int) -> ResponseReturnValue:
    """Take a member out; what they made stays."""
    members_of.remove(g.organisation.id, member, by_id=access.account().id, now=clock.now())
    flash(_("The member is removed and can no longer open this desk."), "success")
    return _back(organisation)


@bp.post("/<organisation>/members/leave")
@needs(Right.VIEW)
def leave(organisation: str) -> ResponseReturnValue:
    """Go oneself."""
    members_of.leave(g.organisation.id, access.account().id, now=clock.now())
    flash(_("You have left %(organisation)s.", organisation=g.organisation.name), "success")
    return redirect(url_for("account.page"), 303)
