"""`flask search rebuild`: what the search knows, made anew."""

from __future__ import annotations

import click
from flask import Flask
from flask.cli import AppGroup

from app.domain import search_index

group = AppGroup("search", help="What the search knows.")


def init_app(app: Flask) -> None:
    """Register the commands."""
    app.cli.add_command(group)


@group.command("rebuild")
def rebuild() -> None:
    """Forget all that the search knows and read everything again. Safe at any time; until it is done, less is found."""
    while search_index.empty():
        pass
    total = 0
    while entered := search_index.complete():
        total += entered
    click.echo(f"entered: {total}")
