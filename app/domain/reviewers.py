"""Who may let campaigns through on a site that reviews them: the one place that says so."""

from __future__ import annotations

from sqlalchemy import Select, select

from app.domain import rights
from app.domain.rights import Right
from app.extensions import db
from app.models import Account, Membership

REVIEWS = Right.MANAGE  # whoever answers for the organisation


def may_review(account: Account | None, organisation_id: int) -> bool:
    """Whether this account may publish what others wrote; without an account, it is the house itself, by a command."""
    return account is None or (account.active and REVIEWS in rights.of(account, organisation_id))


def told(organisation_id: int) -> list[Account]:
    """Who is asked by mail when a review is wanted."""
    return [account for account in _members(organisation_id) if may_review(account, organisation_id)]


def _members(organisation_id: int) -> list[Account]:
    members: Select[Account] = (
        select(Account)
        .join(Membership, Membership.account_id == Account.id)
        .where(Membership.organisation_id == organisation_id, Account.active)
        .order_by(Account.id)
    )
    return list(db.session.scalars(members))
