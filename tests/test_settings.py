"""Settings: what production refuses, in which words, and what may change later without harm."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from flask import Flask
from flask_security.utils import hash_password, verify_password

import config
from app import settings
from app.settings import UnsafeSettings
from tests.processes import Started

GOOD = {
    "MODE": "production",
    "SECRET_KEY": "kQ7w-2nVfYb81LmZr0eXtUaHs4DpGjC9oTi6",  # the same in every process that collects these tests
    "EMAIL_PEPPER": "zB3x-9pRkWm52QvNc7yEuLfJt1HdSgA8oKi4",
    "MAIL_URL": "smtp://relay.example.org:587",
    "BASE_URL": "https://sign.example.org",
}
TEMPLATES = sorted((config.ROOT / "templates").rglob("*.html"))
UNSAFE = [
    ({"SECRET_KEY": ""}, "SECRET_KEY is missing or weak"),
    ({"SECRET_KEY": "short"}, "SECRET_KEY is missing or weak"),
    ({"SECRET_KEY": "ab" * 40}, "SECRET_KEY is missing or weak"),
    ({"EMAIL_PEPPER": ""}, "EMAIL_PEPPER is missing or weak"),
    ({"EMAIL_PEPPER": GOOD["SECRET_KEY"]}, "Make a second one"),
    ({"FLASK_DEBUG": "1"}, "Unset FLASK_DEBUG and DEBUG"),
    ({"DEBUG": "true"}, "Unset FLASK_DEBUG and DEBUG"),
    ({"MAIL_URL": ""}, "MAIL_URL is missing. Set it to"),
    ({"BASE_URL": ""}, "BASE_URL is not a public address"),
    ({"BASE_URL": "http://localhost:5000"}, "BASE_URL is not a public address"),
]


def start(program: str, tmp_path: Path, **values: str) -> tuple[int | None, str]:
    """A process of its own, with these settings and no others, until it ends: its exit status and what it said."""
    empty = {setting.name: "" for setting in config.SETTINGS}
    database = {"DATABASE_URL": f"sqlite:///{tmp_path}/started.sqlite"}
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    environment = {**kept, "FLASK_DEBUG": "", "DEBUG": "", **empty, **database, **values}
    started = Started("-c", program, environment=environment, log=tmp_path / "started.log")
    return started.wait(60), started.said


@pytest.mark.parametrize(("wrong", "words"), UNSAFE, ids=lambda value: str(value)[:30])
def test_production_refuses_an_unsafe_setting_and_says_what_to_do(tmp_path, wrong, words):
    app = Flask(__name__, instance_path=str(tmp_path))
    with pytest.raises(UnsafeSettings) as refusal:
        settings.init_app(app, config.load({**GOOD, **wrong}))
    assert words in str(refusal.value)
    assert "docs/settings.md" in str(refusal.value)
    assert GOOD["SECRET_KEY"] not in str(refusal.value)


def test_production_names_everything_that_is_wrong_at_once():
    assert len(config.problems(config.load({"MODE": "production", "DEBUG": "1"}))) == 5


def test_a_form_with_a_file_may_be_as_large_as_a_file():
    tags = [tag for file in TEMPLATES for tag in re.findall(r"<form\b[^>]*multipart/form-data[^>]*>", file.read_text())]
    to = {endpoint for tag in tags for endpoint in re.findall(r"'(organise\.\w+)'", tag)}
    assert "organise.take_figures" in to
    assert to <= set(settings.UPLOADS)


def test_production_takes_safe_settings():
    assert config.problems(config.load(GOOD)) == []


@pytest.mark.parametrize("wrong", [{"PORT": "http"}, {"MODE": "prod"}, {"WEB_THREADS": "many"}])
def test_a_setting_that_cannot_be_read_is_named(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        config.load({**GOOD, **wrong})


@pytest.mark.parametrize("wrong", [{"MAIL_URL": "relay.example.org"}, {"MAIL_FROM": "nobody"}])
def test_a_mail_setting_that_cannot_be_read_stops_the_start(tmp_path, wrong):
    status, said = start("from app import create_app; create_app()", tmp_path, **{**GOOD, **wrong})
    assert status == 1
    assert next(iter(wrong)) in said


def test_production_has_no_mailbox_page(tmp_path):
    show = (
        "from app import create_app; print([r.rule for r in create_app().url_map.iter_rules() if 'mailbox' in r.rule])"
    )
    assert start(show, tmp_path, **GOOD) == (0, "[]\n")


def test_a_server_refuses_a_database_at_another_revision_and_says_what_to_do(tmp_path):
    status, said = start("import wsgi", tmp_path, **GOOD)
    assert status == 1
    assert "flask db upgrade" in said


def test_a_server_starts_while_the_database_is_away_and_says_that_it_is_not_ready(tmp_path):
    ask = "import wsgi; c = wsgi.app.test_client(); print(c.get('/livez').status_code, c.get('/readyz').status_code)"
    away = "postgresql+psycopg://nobody@127.0.0.1:9/nothing"
    assert start(ask, tmp_path, **GOOD, DATABASE_URL=away) == (0, "200 503\n")


def test_development_makes_its_secrets_once(tmp_path):
    made = []
    for _start in range(2):
        app = Flask(__name__, instance_path=str(tmp_path))
        settings.init_app(app, config.load({"MODE": "development"}))
        made.append((app.config["SECRET_KEY"], app.config["EMAIL_PEPPER"]))
    assert made[0] == made[1]
    assert made[0][0] != made[0][1]
    assert {file.stat().st_mode & 0o777 for file in tmp_path.iterdir()} == {0o600}


def test_olive_signs_in_with_her_password_after_the_secret_key_changed(app):
    with app.app_context():
        kept = hash_password("correct horse battery")
        app.config["SECURITY_PASSWORD_SALT"] = app.config["SECRET_KEY"] = "quite another secret, 0123456789 abcdef"
        assert verify_password("correct horse battery", kept)
