"""Things to be found, and asking for them. Test modules take the fixture with `found = searching.found`."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from app import clock, pages
from app.domain import search, search_words
from app.extensions import db
from app.models import AssessmentChange, Incident, IncidentSource, Register, SearchKind, Topic


def title(kind: SearchKind, thing: Any) -> str:
    if kind is SearchKind.CAMPAIGN:
        return thing.published_text.ask
    return thing.place if kind is SearchKind.INCIDENT else thing.title


@pytest.fixture
def found(app: Flask) -> Callable[..., list[str]]:
    """found("militias") → the titles of what is found, in order."""

    def ask(text: str = "", *, page: int = 1, **wanted: Any) -> list[str]:
        with app.test_request_context():
            results = search.find(search.Wanted(search_words.ask(text), **wanted), page=page)
            return [title(kind, thing) for kind, thing in results.found]

    return ask


@pytest.fixture
def register_of(app: Flask) -> Callable[..., Register]:
    """The register of a topic, public or not."""

    def make(topic: Topic, *, public: bool = True) -> Register:
        with app.app_context():
            now = clock.now()
            register = Register(topic_id=topic.id, title="Register", is_public=public, created_at=now, edited_at=now)
            return kept(register)

    return make


def kept(thing: Any) -> Any:
    db.session.add(thing)
    db.session.commit()
    pages.forget()
    db.session.refresh(thing)
    db.session.expunge(thing)
    return thing


def incident(
    register: Register, place: str, *, sources: tuple[str, ...] = (), note: str = "", **values: Any
) -> Incident:
    now = clock.now()
    changes = (
        [AssessmentChange(before="open", after="credible", changed_on=now.date(), note=note, noted_at=now)]
        if note
        else []
    )
    return Incident(
        register_id=register.id,
        public_id=secrets.token_urlsafe(16),
        same_key=secrets.token_bytes(16),
        place=place,
        sources=[IncidentSource(position=n, name=name) for n, name in enumerate(sources)],
        changes=changes,
        created_at=now,
        changed_at=now,
        **{"happened_on": dt.date(2017, 5, 28), **values},
    )


@pytest.fixture
def incident_of(app: Flask) -> Callable[..., Incident]:
    def make(register: Register, place: str, **values: Any) -> Incident:
        with app.app_context():
            return kept(incident(register, place, **values))

    return make
