"""Who may let campaigns through on a site that reviews them: the one place that says so."""

from __future__ import annotations

from sqlalchemy import select

from app.domain import notices, rights
from app.domain.rights import Right
from app.extensions import db
from app.models import Account


def may_review(account: Account | None, organisation_id: int) -> bool:
    """Whether this account may publish what others wrote; without an account, it is the house itself, by a command."""
    return account is None or (account.active and Right.REVIEW in rights.of(account, organisation_id))


def told(organisation_id: int) -> list[Account]:
    """Who is asked by mail when a review is wanted: members who may, and the moderators of the site."""
    members = notices.members_with(Right.REVIEW, organisation_id)
    moderators = select(Account).where(Account.is_moderator, Account.active).order_by(Account.id)
    return [*members, *(one for one in db.session.scalars(moderators) if one not in members)]
