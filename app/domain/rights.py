"""Who may do what in an organisation: one table, one function that reads it."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import select

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


def of(account: Account, organisation_id: int) -> frozenset[Right]:
    """What this account may do in this organisation now. Read from the database at each request (ROLE-04)."""
    role = db.session.scalar(
        select(Membership.role).where(Membership.account_id == account.id, Membership.organisation_id == organisation_id)
    )
    return RIGHTS[role] if role else frozenset()
