"""`flask demo load`: the demonstration, for an empty database."""

from __future__ import annotations

import click
from flask import Flask, current_app
from flask.cli import AppGroup

from app.demo import load as demo
from app.domain.refused import Refused

group = AppGroup("demo", help="The demonstration.")


def init_app(app: Flask) -> None:
    """Register the commands."""
    app.cli.add_command(group)


@group.command("load")
def load() -> None:
    """Load the demonstration. Does nothing where it is loaded already, and refuses a database with real data."""
    try:
        loaded = demo.load()
    except Refused as refusal:
        raise click.ClickException(refusal.sentence) from None
    click.echo("The demonstration is loaded." if loaded else "The demonstration was loaded before; nothing changed.")
    if sign_in := demo.sign_in(current_app):
        click.echo(f"Sign in as {sign_in[0]} with the password {sign_in[1]}")
