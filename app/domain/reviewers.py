"""Who may let campaigns through on a site that reviews them: the one place that says so."""

from __future__ import annotations

from app.domain import notices, rights
from app.domain.rights import Right
from app.models import Account

REVIEWS = Right.MANAGE  # whoever answers for the organisation


def may_review(account: Account | None, organisation_id: int) -> bool:
    """Whether this account may publish what others wrote; without an account, it is the house itself, by a command."""
    return account is None or (account.active and REVIEWS in rights.of(account, organisation_id))


def told(organisation_id: int) -> list[Account]:
    """Who is asked by mail when a review is wanted."""
    return notices.members_with(REVIEWS, organisation_id)
