"""`flask worker` sends mails and does what is due; `flask mail` shows what waits, was given up or came back, sends once more what was
given up, and reads what mail servers send back."""

from __future__ import annotations

import logging
import sys

import click
from flask import Flask, current_app
from flask.cli import AppGroup, with_appcontext
from sqlalchemy.exc import SQLAlchemyError

from app import clock, jobs, revisions
from app.domain import came_back, outbox
from app.extensions import db
from app.mail import reports

SHOWN = 50
TRY_AGAIN = 75  # EX_TEMPFAIL: the mail server keeps the message, and hands it over once more later

group = AppGroup("mail", help="Mails that wait or were given up.")


def init_app(app: Flask) -> None:
    """Register the commands."""
    app.cli.add_command(worker)
    app.cli.add_command(group)


@click.command("worker")
@with_appcontext
def worker() -> None:
    """Send mails and do what is due every hour or night, until stopped. Any number of workers may run."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # a proxy
    revisions.refuse_wrong(app)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("alembic").setLevel(logging.WARNING)
    db.session.remove()
    jobs.run(app)


@group.command("status")
def status() -> None:
    """How many mails wait and since when, and which were given up and why. Exit status 1 if mails wait for too long."""
    waiting = outbox.waiting()
    click.echo(f"waiting: {waiting.count}")
    if waiting.since is not None:
        click.echo(f"the oldest since {waiting.since:%Y-%m-%d %H:%M:%S} UTC")
    if waiting.reason:
        click.echo(f"because: {waiting.reason}")
    failed = db.session.scalars(outbox.failed().limit(SHOWN + 1)).all()
    click.echo(f"failed: {f'more than {SHOWN}' if len(failed) > SHOWN else len(failed)}")
    for mail in failed[:SHOWN]:
        click.echo(f"  {mail.id}  {mail.kind}  attempts: {mail.attempt_count}  {mail.error}")
    if failed:
        click.echo("Send them once more with: flask mail retry ID or flask mail retry --failed")
    click.echo(f"came back in the last 30 days: {_came_back()}")
    if late := outbox.stuck(clock.now()):
        click.echo(
            f"{late} have waited for more than five minutes. Does a worker run, and does the listener answer?", err=True
        )
        sys.exit(1)


def _came_back() -> str:
    if not current_app.config["MAIL_BOUNCES"]:
        return "not read, since MAIL_BOUNCES is empty"
    number = came_back.lately(clock.now())
    return f"more than {came_back.MOST_COUNTED}" if number > came_back.MOST_COUNTED else str(number)


@group.command("bounced")
@click.option("--to", default="", metavar="ADDRESS", help="At which address it arrived.")
def bounced(to: str) -> None:
    """Read one message that a mail server sent back, from standard input.

    Exit status 75 if it should be handed over once more later; otherwise 0, also where it is nothing of ours, so that no message is
    written about a message.
    """
    given = sys.stdin.buffer
    raw = given.read(reports.LARGEST)
    while given.read(reports.LARGEST):
        pass  # the mail server wants to be rid of the rest
    if not current_app.config["MAIL_BOUNCES"]:
        click.echo("nothing changed: MAIL_BOUNCES is empty", err=True)
        return
    try:
        report = reports.read(raw, to)
        mail_id = came_back.note(report.message_id, report.reason)
    except reports.NotAReport as why:
        click.echo(f"nothing changed: {why}", err=True)
    except came_back.NotYet:
        click.echo("the mail is still being handed over; try again later", err=True)
        sys.exit(TRY_AGAIN)
    except SQLAlchemyError as error:
        click.echo(f"the database does not answer ({type(error).__name__}); try again later", err=True)
        sys.exit(TRY_AGAIN)
    else:
        click.echo(
            "nothing changed: no such mail, or known already" if mail_id is None else f"mail {mail_id} came back"
        )


@group.command("retry")
@click.argument("mail_id", type=int, required=False)
@click.option("--failed", "all_failed", is_flag=True, help="All that were given up.")
def retry(mail_id: int | None, all_failed: bool) -> None:
    """Send a mail that was given up once more."""
    if (mail_id is None) != all_failed:
        raise click.UsageError("Name one mail, or give --failed for all.")
    done = outbox.retry(None if mail_id is None else [mail_id], clock.now())
    if mail_id is not None and not done:
        raise click.ClickException(f"Mail {mail_id} is not among those that failed; see: flask mail status")
    click.echo(f"waiting again: {done}")
