"""`flask worker` sends mails and does what is due; `flask mail` shows what waits or was given up, and sends it once more."""

from __future__ import annotations

import logging
import sys

import click
from flask import Flask, current_app
from flask.cli import AppGroup, with_appcontext

from app import clock, jobs, revisions
from app.domain import outbox
from app.extensions import db

SHOWN = 50

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
    if late := outbox.stuck(clock.now()):
        click.echo(
            f"{late} have waited for more than five minutes. Does a worker run, and does the listener answer?", err=True
        )
        sys.exit(1)


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
