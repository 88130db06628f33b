"""`flask accounts`: the first account, a way back in, and who there is."""

from __future__ import annotations

import click
from flask import Flask
from flask.cli import AppGroup
from flask_security.recoverable import generate_reset_password_token
from sqlalchemy import select

from app import clock, links, mailboxes, tokens
from app.domain import accounts, invitations, rights
from app.domain.outbox import Mailbox
from app.domain.refused import Refused
from app.domain.rights import SiteRole
from app.extensions import db
from app.models import Account, Role
from app.tokens import Purpose

group = AppGroup("accounts", help="Who can sign in.")


def init_app(app: Flask) -> None:
    """Register the commands."""
    app.cli.add_command(group)


def _mailbox(email: str) -> Mailbox:
    try:
        return mailboxes.read(email)
    except mailboxes.NotAnAddress:
        raise click.ClickException("Write the address as name@example.org.") from None


def _account(email: str) -> Account:
    account = db.session.scalar(accounts.by_email(_mailbox(email).address))
    if account is None:
        raise click.ClickException(
            f"There is no account with the address {email}. Make one with: flask accounts create"
        )
    return account


@group.command("create")
@click.option("--organisation", required=True, help="Its name; it is made if it is new.")
@click.option("--email", required=True, help="The address of the person; the link is for it alone.")
@click.option("--role", type=click.Choice([role.value for role in Role]), default=Role.OWNER.value, show_default=True)
def create(organisation: str, email: str, role: str) -> None:
    """Print a one-time link by which somebody chooses a name and a password and joins. It works once, for 72 hours."""
    try:
        invitation = invitations.open_desk(organisation, _mailbox(email), Role(role), now=clock.now())
    except Refused as refusal:
        raise click.ClickException(refusal.sentence) from None
    click.echo(f"For {invitation.email}, {role} of {invitation.organisation.name}. Works once, for 72 hours:")
    if earlier := invitations.replaced(invitation):
        click.echo(f"(The link of the earlier invitation, {earlier.role.value}, no longer works.)", err=True)
    click.echo(links.to("account.invitation", token=tokens.issue(Purpose.INVITE, invitation.public_id)))


@group.command("link")
@click.argument("email")
def link(email: str) -> None:
    """Print a one-time link by which the account's owner chooses a new password. It works once, for one hour."""
    click.echo(links.to("security.reset_password", token=generate_reset_password_token(_account(email))))


@group.command("drop-second-factors")
@click.argument("email")
def drop_second_factors(email: str) -> None:
    """For somebody who lost phone and recovery codes: sign-in asks for the password alone again. Make sure who is asking."""
    account = _account(email)
    accounts.drop_second_factors(account.id, mailboxes.read(account.email), now=clock.now())
    click.echo("Authenticator app, passkeys and recovery codes are removed; the account is signed out everywhere.")


@group.command("site-role")
@click.argument("email")
@click.argument("role", type=click.Choice([role.value for role in SiteRole]))
@click.option("--take-away", is_flag=True, help="They no longer have it.")
def site_role(email: str, role: str, take_away: bool) -> None:
    """Make somebody a moderator or an operator of the whole site, or no longer. It counts from their next click on."""
    accounts.give_site_role(_account(email).id, **{f"is_{role}": not take_away})
    click.echo(f"{email} is {'no longer ' if take_away else ''}{role} of this site.")


@group.command("close")
@click.argument("email")
def close(email: str) -> None:
    """Shut somebody out at once: every session ends, signing in no longer works, and neither do invitations and offers of campaigns
    that they sent out. What they made stays."""
    accounts.close(_account(email).id, now=clock.now())
    click.echo("The account is closed and signed out everywhere. Let it in again with: flask accounts reopen")


@group.command("reopen")
@click.argument("email")
def reopen(email: str) -> None:
    """Let somebody sign in again whose account was closed."""
    accounts.reopen(_account(email).id)
    click.echo("The account is open again.")


@group.command("list")
def list_all() -> None:
    """Print every account with its organisations and roles."""
    for account in db.session.scalars(select(Account).order_by(Account.email)):
        belongs = ", ".join(f"{one.organisation.name} ({one.role})" for one in account.memberships) or "no organisation"
        parts = "".join(f"  {role} of the site" for role in rights.site_roles(account))
        second = "second step" if account.has_second_step else "password only"
        click.echo(f"{account.email}  {account.name}  {belongs}{parts}  {second}{'' if account.active else '  closed'}")
