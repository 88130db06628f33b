"""What the main menu offers besides campaigns. Every public page shows it, so it is asked for seldom."""

from __future__ import annotations

import time
from dataclasses import dataclass

from flask import Flask, current_app, request
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from app.extensions import db
from app.models import Topic, TopicState


@dataclass
class Menu:
    """What was found last, and when."""

    has_topics: bool = False
    asked_at: float = float("-inf")


def init_app(app: Flask) -> None:
    """Give the app its menu."""
    app.extensions["menu"] = Menu()
    app.jinja_env.globals["has_topics"] = has_topics


def has_topics() -> bool:
    """Whether there is a public topic; known for as long as public pages are kept.

    A page that says what went wrong asks nothing: it must work without a database.
    """
    menu: Menu = current_app.extensions["menu"]
    now = time.monotonic()
    if request.endpoint is None or now - menu.asked_at < current_app.config["PAGE_SECONDS"]:
        return menu.has_topics
    menu.asked_at = now
    try:
        found = db.session.scalar(select(Topic.id).where(Topic.state == TopicState.PUBLISHED).limit(1))
    except SQLAlchemyError:
        return menu.has_topics
    menu.has_topics = found is not None
    return menu.has_topics


def forget() -> None:
    """Ask anew at the next page."""
    current_app.extensions["menu"].asked_at = float("-inf")
