"""Mails: from a row of the outbox to a message handed to the listener."""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    """Nothing yet."""
