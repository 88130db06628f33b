"""Commands for operators, one module a group; `flask --help` lists them."""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    """Register every command."""
    from app.commands import accounts, counts, demo, exports, mail, search

    for group in (accounts, counts, demo, exports, mail, search):
        group.init_app(app)
