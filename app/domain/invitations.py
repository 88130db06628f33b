"""Invitations: the one way to get an account, for the first person of an organisation and for everybody after."""

from __future__ import annotations

import datetime as dt
import secrets

from flask_babel import gettext as _
from sqlalchemy import Select, select, update

from app.domain import accounts, activity, lately, outbox, rights, slugs
from app.domain.outbox import Mailbox
from app.domain.refused import Gone, Refused, TooOften
from app.domain.rights import NotAllowed, Right
from app.domain.transactions import unit_of_work
from app.extensions import db
from app.models import Account, Deed, Invitation, Mail, MailKind, Membership, Organisation, Role

LASTS = dt.timedelta(hours=72)
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
MOST_OPEN, MOST_A_DAY = 50, 100  # for one organisation; the desk is not a way to write to strangers
MAILS_PER_HOUR, MAILS_PER_DAY = 3, 6  # to one mailbox, from all organisations


def by_public_id(public_id: str) -> Select[Invitation]:
    """The invitation that a link speaks of."""
    return select(Invitation).where(Invitation.public_id == public_id)


def open_ones(organisation_id: int, now: dt.datetime) -> Select[Invitation]:
    """Invitations that can still be accepted, the newest first."""
    return (
        select(Invitation)
        .where(
            Invitation.organisation_id == organisation_id,
            Invitation.accepted_at.is_(None),
            Invitation.cancelled_at.is_(None),
            Invitation.expires_at > now,
        )
        .order_by(Invitation.id.desc())
    )


class InvitedAlready(Refused):
    """Somebody has an open invitation: it stands until it is taken back or knowingly replaced."""

    def __init__(self, earlier: Invitation) -> None:
        super().__init__(
            _(
                "This address is invited already, in the role “%(role)s”. Nothing was sent.",
                role=rights.role_name(earlier.role),
            )
        )
        self.public_id = earlier.public_id


def open_for(organisation_id: int, address: str, now: dt.datetime) -> Invitation | None:
    """The invitation of this address that can still be accepted."""
    return db.session.scalar(open_ones(organisation_id, now).where(Invitation.email == address.lower()).limit(1))


def replaced(invitation: Invitation) -> Invitation | None:
    """The earlier invitation that ended when this one was written in its place."""
    return db.session.scalar(
        select(Invitation)
        .where(
            Invitation.organisation_id == invitation.organisation_id,
            Invitation.email == invitation.email,
            Invitation.cancelled_at == invitation.created_at,
            Invitation.id < invitation.id,
        )
        .order_by(Invitation.id.desc())
        .limit(1)
    )


@unit_of_work
def invite(
    organisation_id: int,
    mailbox: Mailbox,
    role: Role,
    *,
    by_id: int,
    locale: str,
    now: dt.datetime,
    instead: str = "",
) -> Invitation:
    """Ask somebody by mail to join in this role; `instead` of an open invitation to the same address, which then ends.

    Raises InvitedAlready where one is open that was not named, Refused where the address belongs to a member, too many invitations
    are open, or too many were sent lately.
    """
    db.session.execute(select(Organisation.id).where(Organisation.id == organisation_id).with_for_update())
    rights._require(Right.MANAGE, by_id, organisation_id)
    earlier = open_for(organisation_id, mailbox.address, now)
    if earlier is not None and earlier.public_id != instead:
        raise InvitedAlready(earlier)
    _refuse_too_many(organisation_id, mailbox, now)
    invitation = _write(organisation_id, mailbox, role, by_id=by_id, now=now)
    outbox._enqueue(MailKind.INVITATION, mailbox, locale=locale, now=now, invitation_id=invitation.id)
    return invitation


def _refuse_too_many(organisation_id: int, mailbox: Mailbox, now: dt.datetime) -> None:
    """Inviting and taking back again and again must not fill anybody's mailbox. Where the mailbox has had enough, the whole period is
    said: the rest of it would tell when others invited the same person."""
    mails = select(Mail.id).where(Mail.recipient_key == mailbox.key, Mail.kind == MailKind.INVITATION)
    made = select(Invitation.id).where(Invitation.organisation_id == organisation_id)
    wait = lately._wait(made, Invitation.created_at, MOST_A_DAY, DAY, now)
    for most, period in ((MAILS_PER_HOUR, HOUR), (MAILS_PER_DAY, DAY)):
        if lately._wait(mails, Mail.created_at, most, period, now) > 0:
            wait = max(wait, period.total_seconds())
    if wait > 0:
        raise TooOften(wait, kept=True)


@unit_of_work
def open_desk(organisation: str, mailbox: Mailbox, role: Role, *, now: dt.datetime) -> Invitation:
    """For operators: an invitation that is handed over as a link, not mailed. Makes the organisation if it is new (AUTH-08)."""
    found = db.session.scalar(select(Organisation).where(Organisation.name == organisation))
    if found is None:
        found = Organisation(name=organisation, slug=_free_slug(organisation), created_at=now)
        db.session.add(found)
        db.session.flush()
    return _write(found.id, mailbox, role, by_id=None, now=now)


def _free_slug(name: str) -> str:
    base = slugs.made_from(name)
    base = base if slugs.is_good(base) else f"organisation-{base}".strip("-")
    taken = set(
        db.session.scalars(select(Organisation.slug).where(Organisation.slug.startswith(base, autoescape=True)))
    )
    return next(slug for slug in (base, *(f"{base}-{n}" for n in range(2, len(taken) + 3))) if slug not in taken)


def _write(organisation_id: int, mailbox: Mailbox, role: Role, *, by_id: int | None, now: dt.datetime) -> Invitation:
    address = mailbox.address.lower()
    _refuse_member(organisation_id, address)
    earlier = open_for(organisation_id, address, now)
    if earlier is not None:
        earlier.cancelled_at = now
        db.session.flush()
    if len(db.session.scalars(open_ones(organisation_id, now)).all()) >= MOST_OPEN:
        raise Refused(_("Too many invitations are open. Take some back first."))
    invitation = Invitation(
        public_id=secrets.token_urlsafe(16),
        organisation_id=organisation_id,
        email=address,
        role=role,
        invited_by_id=by_id,
        created_at=now,
        expires_at=now + LASTS,
    )
    db.session.add(invitation)
    if earlier is None:
        activity._note(Deed.INVITED, invitation, now=now, role=role)
    else:
        activity._note(Deed.INVITED, invitation, now=now, role=role, before=earlier.role)
    return invitation


def _refuse_member(organisation_id: int, address: str) -> None:
    member = (
        select(Membership.id)
        .join(Membership.account)
        .where(Membership.organisation_id == organisation_id, Account.email == address)
    )
    if db.session.scalar(member) is not None:
        raise Refused(_("This address belongs to a member already."))


@unit_of_work
def take_back(organisation_id: int, public_id: str, *, by_id: int, now: dt.datetime) -> None:
    """The link stops working. Twice is once."""
    rights._require(Right.MANAGE, by_id, organisation_id)
    taken = db.session.scalar(
        update(Invitation)
        .where(
            Invitation.public_id == public_id,
            Invitation.organisation_id == organisation_id,
            Invitation.accepted_at.is_(None),
            Invitation.cancelled_at.is_(None),
        )
        .values(cancelled_at=now)
        .returning(Invitation.id)
        .execution_options(synchronize_session=False)
    )
    if taken is not None:
        activity._note(Deed.UNINVITED, db.session.get_one(Invitation, taken), now=now)


def dead_link() -> Gone:
    """One sentence for every invitation that was used, taken back or has run out, and for links that never were one."""
    return Gone(
        _(
            "This invitation no longer works. If a newer one came to your mailbox, open that. Otherwise ask whoever sent it; if you"
            " accepted it before, sign in."
        )
    )


def _opened(public_id: str, now: dt.datetime) -> Invitation:
    invitation = db.session.scalar(by_public_id(public_id).with_for_update())
    if invitation is None or not invitation.is_open(now):
        raise dead_link()
    return invitation


@unit_of_work
def accept_as_new(public_id: str, name: str, password_hash: str, *, locale: str, now: dt.datetime) -> Account:
    """Somebody who has no account gets one, and a membership. Raises Gone where the invitation no longer works."""
    invitation = _opened(public_id, now)
    if db.session.scalar(accounts.by_email(invitation.email)) is not None:
        raise Refused(_("There is an account with this address. Sign in with it, then open the invitation again."))
    account = accounts._create(invitation.email, name, password_hash, locale=locale, now=now)
    _join(invitation, account, now)
    return account


@unit_of_work
def accept_as(public_id: str, account_id: int, *, now: dt.datetime) -> None:
    """Somebody who has an account joins with it. The invitation is for its address and nobody else's (ROLE-05)."""
    invitation = _opened(public_id, now)
    account = db.session.get_one(Account, account_id)
    if account.email != invitation.email:
        raise NotAllowed(_("This invitation is for another address. Sign out, then open it again."))
    _join(invitation, account, now)


def _join(invitation: Invitation, account: Account, now: dt.datetime) -> None:
    invitation.accepted_at = now
    already = select(Membership.id).where(
        Membership.organisation_id == invitation.organisation_id, Membership.account_id == account.id
    )
    if db.session.scalar(already) is None:
        membership = Membership(
            account_id=account.id, organisation_id=invitation.organisation_id, role=invitation.role, created_at=now
        )
        db.session.add(membership)
        activity._note(Deed.JOINED, membership, now=now, by=account, role=invitation.role)
