"""Puts the settings into the app, fills what development may leave out, and refuses what production must not have."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, abort, request, session
from sqlalchemy.pool import QueuePool

import config
from app.security import PRIVATE

FORM_BYTES, TEXT_BYTES, UPLOAD_BYTES = 64 * 1024, 512 * 1024, 6 * 1024 * 1024
TEXTS = (
    "organise.save_words",
    "organise.preview_text",
    "organise.save_topic",
    "organise.save_update",
    "organise.read_pasted_reports",
    "organise.read_figures",
    "organise.take_figures",
    "organise.keep_words",
)
UPLOADS = (
    "organise.save_picture",
    "organise.save_settings",
    "organise.save_update_picture",
    "organise.begin_batch",
    "organise.begin_import",
    "organise.rewrite_import",
    "organise.take_figures",
    "organise.read_figures",
)
LARGER = frozenset(TEXTS + UPLOADS)
STATEMENT_SECONDS = 5
LARGEST_KEY = 2**63 - 1


class UnsafeSettings(SystemExit):
    """The app does not start with these settings; the message says what to do."""


def init_app(app: Flask, values: Mapping[str, Any]) -> None:
    """Take over the settings. Raises UnsafeSettings in production when they are not safe."""
    app.config.update(values)
    Path(app.instance_path).mkdir(mode=0o700, parents=True, exist_ok=True)
    if app.config["MODE"] == "production":
        refuse_unsafe(app)
    else:
        refuse(config.provider_problems(app.config))
        _fill_for_development(app)
    if app.config["REQUIRE_SECOND_STEP"] == "":
        app.config["REQUIRE_SECOND_STEP"] = app.config["MODE"] == "production"
    app.testing = app.config["MODE"] == "testing"
    _database(app)
    app.before_request(refuse_unreadable)  # the first of all: to take a form apart costs far more than to send it
    app.config.update(
        MAX_CONTENT_LENGTH=UPLOAD_BYTES,
        MAX_FORM_PARTS=200,
        TRUSTED_HOSTS=[*filter(None, {urlsplit(app.config["BASE_URL"]).hostname, "localhost", "127.0.0.1"})],
        RATELIMIT_STORAGE_URI=app.config["REDIS_URL"] or "memory://",
        RATELIMIT_HEADERS_ENABLED=False,
        BABEL_DEFAULT_LOCALE=app.config["LANGUAGES"][0],
        WTF_CSRF_TIME_LIMIT=app.config["SESSION_HOURS"] * 3600,
        PERMANENT_SESSION_LIFETIME=app.config["SESSION_HOURS"] * 3600,
    )


def refuse_unreadable() -> None:
    """Refuse an address with a NUL or a number beyond all keys, and a body that is longer than the forms of this address (WEB-10)
    or does not say how long it is."""
    if "\x00" in request.path:
        abort(404)  # no database is asked for what PostgreSQL cannot even read
    if any(isinstance(value, int) and value > LARGEST_KEY for value in (request.view_args or {}).values()):
        abort(404)  # nor for a number beyond all keys
    if "Transfer-Encoding" in request.headers:
        abort(411)
    if (request.content_length or 0) > _most_bytes():
        abort(413)
    if request.path.startswith(PRIVATE) and request.mimetype == "multipart/form-data" and _is_no_form_of_ours():
        abort(400)


def _is_no_form_of_ours() -> bool:
    """Whether a field has no name, or a file stands where none is asked for: what reads forms expects neither."""
    return None in request.form or (bool(request.files) and request.endpoint not in UPLOADS)


def _most_bytes() -> int:
    """How long a body may be at this address. More than a form only from who brings a session of ours, over or not: the forms of
    others are taken apart before anybody is asked who they are."""
    if request.endpoint not in LARGER or "_user_id" not in session:
        return FORM_BYTES
    if request.endpoint in UPLOADS and request.mimetype == "multipart/form-data":
        request.max_form_memory_size = UPLOAD_BYTES  # a pasted list comes along with files, too
        return UPLOAD_BYTES
    return TEXT_BYTES if request.endpoint in TEXTS else FORM_BYTES


def refuse_unsafe(app: Flask) -> None:
    """Stop here if these settings are unsafe for production (SEC-01, WEB-14)."""
    refuse(config.problems(app.config), " in production")


def refuse(found: list[str], where: str = "") -> None:
    """Stop here, and say all that was found."""
    if found:
        lines = "\n".join(f"  - {problem}" for problem in found)
        raise UnsafeSettings(
            f"Undersigned does not start{where} with these settings:\n{lines}\nEach setting is explained in docs/settings.md."
        )


def _fill_for_development(app: Flask) -> None:
    """Secrets of this machine, made once and kept in the instance folder, so that links work after a restart."""
    for name in ("SECRET_KEY", "EMAIL_PEPPER"):
        if not app.config[name]:
            app.config[name] = _kept_secret(Path(app.instance_path) / f"{name.lower()}.txt")


def _kept_secret(file: Path) -> str:
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return file.read_text().strip()
    with os.fdopen(handle, "w") as out:
        out.write(made := secrets.token_urlsafe(48))
    return made


def _database(app: Flask) -> None:
    url = config.database_url(app.config)
    options: dict[str, Any] = {"hide_parameters": True}  # a failed statement must not print a signer's address
    if url.startswith("sqlite"):
        options.update(poolclass=QueuePool, pool_size=app.config["WEB_THREADS"] + 2, max_overflow=4)
    else:
        options.update(
            pool_size=app.config["DB_POOL"],
            max_overflow=4,
            pool_timeout=3,
            pool_recycle=1800,
            connect_args={
                "connect_timeout": 3,
                "options": f"-c statement_timeout={STATEMENT_SECONDS}s -c timezone=UTC",
            },
        )
    app.config.update(SQLALCHEMY_DATABASE_URI=url, SQLALCHEMY_ENGINE_OPTIONS=options)
