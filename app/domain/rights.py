"""Who may do what in an organisation: one table, one function that reads it."""

from __future__ import annotations

from enum import StrEnum

from flask_babel import gettext as _
from sqlalchemy import select

from app.domain.refused import Refused
from app.extensions import db
from app.models import Account, Membership, Role


class Right(StrEnum):
    """Something that a member may be allowed to do."""

    VIEW = "view"  # campaigns, drafts, numbers; never a signer
    EDIT = "edit"  # create, write, publish, close
    SEE_SIGNERS = "see_signers"  # names, countries, postcodes of those who signed
    EXPORT = "export"  # take signer lists out of the house
    MANAGE = "manage"  # members, invitations, the organisation's name and look


RIGHTS: dict[Role, frozenset[Right]] = {
    Role.OWNER: frozenset(Right),
    Role.EDITOR: frozenset({Right.VIEW, Right.EDIT}),
    Role.DATA_OFFICER: frozenset({Right.VIEW, Right.SEE_SIGNERS, Right.EXPORT}),
    Role.VIEWER: frozenset({Right.VIEW}),
}


# Whoever uses one of these shows a second step where the site requires it (AUTH-03): they reach people who signed.
BEHIND_SECOND_STEP = frozenset({Right.SEE_SIGNERS, Right.EXPORT})


class NotAllowed(Refused):
    """The person asking has not the right for this."""

    status = 403


def of(account: Account, organisation_id: int) -> frozenset[Right]:
    """What this account may do in this organisation now. Read from the database at each request (ROLE-04)."""
    return _held(account.id, organisation_id)


def _held(account_id: int, organisation_id: int) -> frozenset[Right]:
    role = db.session.scalar(
        select(Membership.role).where(
            Membership.account_id == account_id, Membership.organisation_id == organisation_id
        )
    )
    return RIGHTS[role] if role else frozenset()


def _require(right: Right, account_id: int, organisation_id: int) -> None:
    """Ask once more, inside the transaction that is about to change something. Raises NotAllowed."""
    if right not in _held(account_id, organisation_id):
        raise NotAllowed(_("Your role in this organisation does not allow that any more."))


def role_name(role: Role) -> str:
    """The role as people say it."""
    return {
        Role.OWNER: _("Owner"),
        Role.EDITOR: _("Editor"),
        Role.DATA_OFFICER: _("Data officer"),
        Role.VIEWER: _("Viewer"),
    }[role]


def in_words(role: Role) -> list[str]:
    """What the role may do, read from the table that decides it."""
    words = {
        Right.VIEW: _("see campaigns, drafts and numbers"),
        Right.EDIT: _("write, publish and close campaigns"),
        Right.SEE_SIGNERS: _("see who signed"),
        Right.EXPORT: _("export signers"),
        Right.MANAGE: _("invite and remove members, change the organisation’s name and look"),
    }
    return [words[right] for right in Right if right in RIGHTS[role]]
