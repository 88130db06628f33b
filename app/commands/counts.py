"""`flask counts verify`: does every stored count equal its confirmed rows?"""

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
    """Compare every stored count with the confirmed rows; report what differs. Exit status 1 if something is still wrong."""
    drifts = recount.everything(fix=fix)
    for drift in drifts:
        click.echo(f"{drift.slug}: stored {drift.stored}, confirmed rows {drift.rows}{', repaired' if fix else ''}")
    if not drifts:
        click.echo("All counts equal their confirmed rows.")
    if drifts and not fix:
        click.echo("Run again with --fix to repair.", err=True)
        sys.exit(1)
