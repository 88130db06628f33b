"""`flask counts verify`: do every stored count, and every roll-up, equal their confirmed rows?"""

from __future__ import annotations

import sys

import click
from flask import Flask
from flask.cli import AppGroup

from app import recount

group = AppGroup("counts", help="The count of confirmed signatures.")


def init_app(app: Flask) -> None:
    """Register the commands."""
    app.cli.add_command(group)


@group.command("verify")
@click.option("--fix", is_flag=True, help="Also put the counts right.")
def verify(fix: bool) -> None:
    """Compare every stored count and roll-up with the confirmed rows; report what differs. Exit status 1 if something is still wrong."""
    drifts, summed = recount.everything(fix=fix), recount.roll_ups(fix=fix)
    for drift in drifts:
        click.echo(f"{drift.slug}: stored {drift.stored}, confirmed rows {drift.rows}{', repaired' if fix else ''}")
    for wrong in summed:
        repaired = ", to be summed up anew" if fix else ""
        click.echo(f"{wrong.slug}: the roll-ups of {wrong.wrong} times differ from the confirmed rows{repaired}")
    if not drifts and not summed:
        click.echo("All counts equal their confirmed rows.")
    if (drifts or summed) and not fix:
        click.echo("Run again with --fix to repair.", err=True)
        sys.exit(1)
