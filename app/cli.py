"""Commands for operators: `flask counts`, `flask demo`, `flask accounts`, `flask export`, `flask mail`, `flask worker`."""

from __future__ import annotations

import importlib

from flask import Flask

# Each module of app/commands has an init_app that registers its commands.
MODULES = ("accounts", "counts", "demo", "exports", "mail")


def init_app(app: Flask) -> None:
    """Register every command."""
    for name in MODULES:
        importlib.import_module(f"app.commands.{name}").init_app(app)
