"""Commands for operators."""

from __future__ import annotations

import sys

import click
from flask import Flask
from flask.cli import AppGroup

from app.domain import counts

counts_group = AppGroup("counts", help="The count of confirmed signatures.")


def init_app(app: Flask) -> None:
    """Register the commands."""
    app.cli.add_command(counts_group)


@counts_group.command("verify")
@click.option("--fix", is_flag=True, help="Also put the counts right.")
def verify_counts(fix: bool) -> None:
    """Compare every stored count with the confirmed rows; report what differs."""
    drifts = counts.verify(fix=fix)
    for drift in drifts:
        click.echo(f"{drift.slug}: stored {drift.stored}, confirmed rows {drift.rows}{', repaired' if fix else ''}")
    if not drifts:
        click.echo("All counts equal their confirmed rows.")
    if drifts and not fix:
        click.echo("Run again with --fix to repair.", err=True)
        sys.exit(1)
