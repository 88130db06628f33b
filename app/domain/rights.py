"""Who may do what: two tables, one for roles in an organisation and one for the whole site, and one function that reads them."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum

from flask_babel import gettext as _
from sqlalchemy import select

from app.domain.refused import Refused
from app.extensions import db
from app.models import Account, Membership, Role


class Right(StrEnum):
    """Something that a member may be allowed to do."""

    VIEW = "view"  # campaigns, drafts, how many signed; never a signer
    NUMBERS = "numbers"  # when, where and by which channel people signed; never who
    EDIT = "edit"  # create, write, publish, close
    REVIEW = "review"  # what others wrote: let it through or send it back, where the site wants campaigns reviewed
    DELIVER = "deliver"  # say when and to whom signatures were handed over; with a list only where one may export
    WRITE = "write"  # to supporters by mail, without seeing an address
    SEE_SIGNERS = "see_signers"  # names, countries, postcodes of those who signed; never a mail address
    SEE_ADDRESSES = "see_addresses"  # mail addresses of those who signed
    ACT = "act"  # on signatures: hold, release, invalidate, restore, ask again; bring in from elsewhere, delete who was
    EXPORT = "export"  # take signer lists out of the house, with what else one may see
    KEYS = "keys"  # to which keys exports are encrypted: add and remove them
    MANAGE = "manage"  # members, invitations, the log, handing campaigns over, the organisation's name and look


class SiteRole(StrEnum):
    """A part in the whole site, given from the command line; it stands on the account."""

    MODERATOR = "moderator"
    OPERATOR = "operator"


RIGHTS: dict[Role, frozenset[Right]] = {
    Role.OWNER: frozenset(Right),
    Role.EDITOR: frozenset({Right.VIEW, Right.NUMBERS, Right.EDIT, Right.DELIVER}),
    Role.MAILER: frozenset({Right.VIEW, Right.NUMBERS, Right.WRITE}),
    Role.DATA_OFFICER: frozenset(
        {
            *(Right.VIEW, Right.NUMBERS, Right.SEE_SIGNERS, Right.SEE_ADDRESSES),
            *(Right.ACT, Right.EXPORT, Right.DELIVER, Right.KEYS),
        },
    ),
    Role.ANALYST: frozenset({Right.VIEW, Right.NUMBERS}),
    Role.VIEWER: frozenset({Right.VIEW}),
}
# In every organisation, whether a member or not. Whoever runs the site has no business at anybody's desk (ROLE-02).
SITE_RIGHTS: dict[SiteRole, frozenset[Right]] = {
    SiteRole.MODERATOR: frozenset({Right.VIEW, Right.NUMBERS, Right.REVIEW}),
    SiteRole.OPERATOR: frozenset(),
}
# What an owner can give to a member beside the role, one by one: the right, and the column of the membership that holds it.
GRANTS: dict[Right, str] = {
    Right.SEE_SIGNERS: "may_see_names",
    Right.SEE_ADDRESSES: "may_see_addresses",
    Right.EXPORT: "may_export",
}


# What a grant brings along: whoever takes a list out may say to whom it was handed over.
BRINGS: dict[Right, frozenset[Right]] = {Right.EXPORT: frozenset({Right.DELIVER})}
# Whoever uses one of these shows a second step where the site requires it (AUTH-03): they reach people who signed, or
# decide who can open a list of them.
BEHIND_SECOND_STEP = frozenset({Right.SEE_SIGNERS, Right.SEE_ADDRESSES, Right.ACT, Right.EXPORT, Right.KEYS})


class NotAllowed(Refused):
    """The person asking has not the right for this."""

    status = 403


def of(account: Account, organisation_id: int) -> frozenset[Right]:
    """What this account may do in this organisation now. Read from the database at each request (ROLE-04)."""
    return _held(account.id, organisation_id)


def of_member(membership: Membership) -> frozenset[Right]:
    """What a member may do: what the role allows, and what was granted beside it."""
    return RIGHTS[membership.role] | _with_company(granted(membership))


def granted(membership: Membership) -> frozenset[Right]:
    """What was granted to a member beside the role."""
    return frozenset(right for right, column in GRANTS.items() if getattr(membership, column))


def _with_company(granted: Collection[Right]) -> frozenset[Right]:
    return frozenset(granted).union(*(BRINGS.get(right, ()) for right in granted))


def site_roles(account: Account) -> list[SiteRole]:
    """The parts that an account has in the whole site."""
    has = {SiteRole.MODERATOR: account.is_moderator, SiteRole.OPERATOR: account.is_operator}
    return [role for role in SiteRole if has[role]]


def _held(account_id: int, organisation_id: int) -> frozenset[Right]:
    here = (Membership.account_id == Account.id) & (Membership.organisation_id == organisation_id)
    columns = (
        Account.is_moderator,
        Account.is_operator,
        Membership.role,
        *(getattr(Membership, c) for c in GRANTS.values()),
    )
    row = db.session.execute(select(*columns).outerjoin(Membership, here).where(Account.id == account_id)).one_or_none()
    if row is None:
        return frozenset()
    site = {SiteRole.MODERATOR: row.is_moderator, SiteRole.OPERATOR: row.is_operator}
    held = {right for role, has in site.items() if has for right in SITE_RIGHTS[role]}
    if row.role is not None:
        held |= RIGHTS[row.role] | _with_company([right for right, column in GRANTS.items() if getattr(row, column)])
    return frozenset(held)


def _require(right: Right, account_id: int, organisation_id: int) -> None:
    """Ask once more, inside the transaction that is about to change something. Raises NotAllowed."""
    if right not in _held(account_id, organisation_id):
        raise NotAllowed(_("Your role in this organisation does not allow that any more."))


def role_name(role: Role) -> str:
    """The role as people say it."""
    return {
        Role.OWNER: _("Owner"),
        Role.EDITOR: _("Editor"),
        Role.MAILER: _("Mailer"),
        Role.DATA_OFFICER: _("Data officer"),
        Role.ANALYST: _("Analyst"),
        Role.VIEWER: _("Viewer"),
    }[role]


def site_role_name(role: SiteRole) -> str:
    """The part in the whole site as people say it."""
    return {SiteRole.MODERATOR: _("Moderator of the site"), SiteRole.OPERATOR: _("Operator of the site")}[role]


def right_in_words(right: Right) -> str:
    """What somebody with this right may do; goes on after "may"."""
    return {
        Right.VIEW: _("see campaigns, drafts and how many signed"),
        Right.NUMBERS: _("see when, where and by which channel people signed"),
        Right.EDIT: _("write, publish and close campaigns"),
        Right.REVIEW: _("let through or send back what others wrote, where the site wants campaigns reviewed"),
        Right.DELIVER: _("say when and to whom signatures were handed over"),
        Right.WRITE: _("write to supporters, without seeing their addresses"),
        Right.SEE_SIGNERS: _("see the names, countries and postcodes of those who signed"),
        Right.SEE_ADDRESSES: _("see the mail addresses of those who signed"),
        Right.ACT: _(
            "hold, invalidate and restore signatures, ask again for confirmation, bring signers in from elsewhere, delete those who ask"
        ),
        Right.EXPORT: _("export signers"),
        Right.KEYS: _("say to which keys exports are encrypted"),
        Right.MANAGE: _(
            "invite and remove members, read the log, hand campaigns over, change the organisation’s name and look"
        ),
    }[right]


def in_words(role: Role) -> list[str]:
    """What the role may do, read from the table that decides it."""
    return [right_in_words(right) for right in Right if right in RIGHTS[role]]
