"""Members of an organisation: their roles, and how they leave. There is always an owner (ROLE-05)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from flask_babel import gettext as _
from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from app.domain import activity, open_doors, rights, sessions
from app.domain.refused import NotFound, Refused
from app.domain.rights import Right
from app.domain.transactions import unit_of_work
from app.extensions import db
from app.models import Account, Deed, Membership, Organisation, Role

LARGEST_KEY = 2**63 - 1  # an address can name a larger number, no database can look for it


def of(organisation_id: int) -> Select[Membership]:
    """The members of an organisation, by name."""
    return (
        select(Membership)
        .join(Membership.account)
        .options(joinedload(Membership.account).selectinload(Account.webauthn))
        .where(Membership.organisation_id == organisation_id)
        .order_by(func.lower(Account.name), Membership.id)
    )


def _lock(organisation_id: int) -> None:
    """One change of members at a time, so that two owners cannot leave in the same moment."""
    db.session.execute(select(Organisation.id).where(Organisation.id == organisation_id).with_for_update())


def _loaded(organisation_id: int, membership_id: int) -> Membership:
    membership = db.session.get(Membership, membership_id) if membership_id <= LARGEST_KEY else None
    if membership is None or membership.organisation_id != organisation_id:
        raise NotFound
    return membership


def _refuse_without_owner(membership: Membership) -> None:
    """Raise Refused if nobody else who can sign in owns the organisation."""
    others = (
        select(func.count())
        .select_from(Membership)
        .join(Membership.account)
        .where(
            Membership.organisation_id == membership.organisation_id,
            Membership.role == Role.OWNER,
            Membership.id != membership.id,
            Account.active,
        )
    )
    if membership.role == Role.OWNER and not db.session.scalar(others):
        raise Refused(_("An organisation needs an owner. Make somebody else an owner first."))


def _shut(membership: Membership, now: dt.datetime) -> None:
    """Whoever no longer manages members leaves no open door behind: what they sent out and offered stops working."""
    open_doors._shut(membership.account_id, now=now, organisation_id=membership.organisation_id)


@unit_of_work
def change_role(
    organisation_id: int,
    membership_id: int,
    role: Role,
    *,
    grants: Collection[Right] = (),
    by_id: int,
    now: dt.datetime,
) -> None:
    """Give a member a role and, beside it, single grants of `rights.GRANTS`, at once. Raises Refused for the last owner."""
    _lock(organisation_id)
    rights._require(Right.MANAGE, by_id, organisation_id)
    membership = _loaded(organisation_id, membership_id)
    if role != Role.OWNER:
        _refuse_without_owner(membership)
        _shut(membership, now)
    before = (membership.role, rights.granted(membership))
    membership.role = role
    for right, column in rights.GRANTS.items():
        setattr(membership, column, right in grants)
    if before != (role, rights.granted(membership)):
        said = " ".join(right for right in rights.GRANTS if right in grants)
        activity._note(Deed.GAVE_ROLE, membership, now=now, before=before[0], role=role, grants=said)


@unit_of_work
def remove(organisation_id: int, membership_id: int, *, by_id: int, now: dt.datetime) -> None:
    """Take a member out, at once; who belongs nowhere else is signed out. What they made stays. Raises Refused for the last owner."""
    _lock(organisation_id)
    rights._require(Right.MANAGE, by_id, organisation_id)
    membership = _loaded(organisation_id, membership_id)
    _refuse_without_owner(membership)
    _shut(membership, now)
    activity._note(Deed.REMOVED, membership, now=now)
    db.session.delete(membership)
    sessions._end_if_nowhere(membership.account_id)


@unit_of_work
def leave(organisation_id: int, account_id: int, *, now: dt.datetime) -> None:
    """A member goes. Raises Refused for the last owner."""
    _lock(organisation_id)
    membership = db.session.scalar(
        select(Membership).where(Membership.organisation_id == organisation_id, Membership.account_id == account_id)
    )
    if membership is None:
        raise NotFound
    _refuse_without_owner(membership)
    _shut(membership, now)
    activity._note(Deed.LEFT, membership, now=now)
    db.session.delete(membership)
    sessions._end_if_nowhere(membership.account_id)
