"""What the documents say is so: settings, commands, make targets, files and links."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest

import config

ROOT = Path(__file__).parent.parent
DOCS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])


def shown(default: Any) -> str:
    """A default as the table writes it."""
    if isinstance(default, bool):
        return "`yes`" if default else "`no`"
    if isinstance(default, Path) or str(default).startswith(str(ROOT)):
        return f"`{Path(default).relative_to(ROOT)}`"
    text = ",".join(default) if isinstance(default, tuple) else str(default)
    return f"`{text}`" if text else "empty"


def test_every_setting_is_in_the_docs_with_its_default_and_reason():
    table = [line for line in (ROOT / "docs/settings.md").read_text().splitlines() if line.startswith("| `")]
    rows = [f"| `{setting.name}` | {shown(setting.default)} | {setting.reason} |" for setting in config.SETTINGS]
    missing = [row for row in rows if row not in table]
    assert not missing, "Put into docs/settings.md:\n" + "\n".join(missing)
    assert table == rows, (
        f"docs/settings.md has rows that config.py has not, or another order: {set(table) - set(rows)}"
    )
    assert all(setting.reason for setting in config.SETTINGS)


def commands(group: Any, *before: str) -> dict[str, Any]:
    """Every command: its words, and what runs."""
    found = {}
    for name, command in group.commands.items():
        words = " ".join([*before, name])
        found |= commands(command, *before, name) if hasattr(command, "commands") else {words: command}
    return found


def ours(app) -> list[str]:
    return [words for words, command in commands(app.cli).items() if command.callback.__module__.startswith("app.")]


def test_every_command_is_in_the_docs(app):
    text = (ROOT / "docs/operating.md").read_text()
    missing = [words for words in ours(app) if f"`flask {words}" not in text]
    assert not missing, f"docs/operating.md does not say what these are for: {missing}"


def test_every_command_that_the_docs_name_exists(app):
    known = commands(app.cli)
    for file in DOCS:
        for line in re.findall(r"`flask ([^`]+)`|/flask ([^\n`&|>]+)", file.read_text()):
            words = shlex.split(line[0] or line[1])
            if words == ["..."]:
                continue
            found = next((known[" ".join(words[:n])] for n in (2, 1) if " ".join(words[:n]) in known), None)
            assert found is not None, f"{file.name} names `flask {' '.join(words)}`, which does not exist"
            options = {option for parameter in found.params for option in (*parameter.opts, *parameter.secondary_opts)}
            for option in (word.split("=")[0] for word in words if word.startswith("--")):
                assert option in options, f"{file.name}: `flask {' '.join(words)}` has no {option}"


def test_every_make_target_that_the_docs_name_exists():
    targets = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(), re.M))
    for file in DOCS:
        for target in re.findall(r"(?:`|^    )make ([a-z]+)", file.read_text(), re.M):
            assert target in targets, f"{file.name} names `make {target}`, which does not exist"


def test_every_file_that_the_docs_name_exists():
    for file in DOCS:
        text = file.read_text()
        for link in re.findall(r"(?:\]\(|src=\")([^)#\"]+)", text):
            assert "://" in link or (file.parent / link).exists(), f"{file.name} links to {link}, which does not exist"
        for path in re.findall(r"`((?:app|deploy|docs|migrations|templates|tests|tools|bench)/[\w./-]*)`", text):
            assert (ROOT / path).exists(), f"{file.name} names {path}, which does not exist"


def test_every_document_is_found_from_the_index():
    index = (ROOT / "docs/README.md").read_text()
    for file in ROOT.glob("docs/*.md"):
        assert file.name == "README.md" or f"({file.name})" in index, f"docs/README.md does not lead to {file.name}"


def test_every_requirement_that_the_code_names_is_explained():
    said = (ROOT / "docs/security.md").read_text()
    known = set(re.findall(r"\b[A-Z]{2,5}-\d\d\b", said))
    for kind, first, last in re.findall(r"\b([A-Z]{2,5})-(\d\d) to [A-Z]+-(\d\d)\b", said):
        known |= {f"{kind}-{number:02}" for number in range(int(first), int(last) + 1)}
    for file in sorted(ROOT.glob("app/**/*.py")):
        unknown = set(re.findall(r"\b(?!UTF-)[A-Z]{2,5}-\d\d\b", file.read_text())) - known
        assert not unknown, (
            f"{file.relative_to(ROOT)} names {sorted(unknown)}: docs/security.md does not say what that is"
        )


def test_the_deployment_files_fit_the_settings():
    """Port and limits are said twice, since a proxy cannot read our settings."""
    port = next(setting.default for setting in config.SETTINGS if setting.name == "PORT")
    for name in ("nginx.conf", "Caddyfile"):
        assert f"127.0.0.1:{port}" in (ROOT / "deploy" / name).read_text(), f"deploy/{name} speaks to another port"
    logs = re.findall(r"(?:access|error)_log +(/\S+)/[\w.]+\.log ", (ROOT / "deploy/nginx.conf").read_text())
    rotation = (ROOT / "deploy/logrotate.conf").read_text()
    assert logs
    assert all(f"{folder}/*.log {{" in rotation for folder in logs), "deploy/logrotate.conf rotates other files"
    days = {int(n) for n in re.findall(r"^    (?:rotate|maxage) (\d+)$", rotation, re.M)}
    hours = re.search(r"roll_keep_for (\d+)h", (ROOT / "deploy/Caddyfile").read_text())[1]
    assert days == {int(hours) // 24} == {14}, "docs/operating.md says for how long logs are kept"
    assert "MaxRetentionSec=30day" in (ROOT / "deploy/journald.conf").read_text()


@pytest.mark.sqlite_alone
def test_the_proxies_log_no_token_of_a_link(app):
    nginx = (ROOT / "deploy/nginx.conf").read_text()
    caddy = (ROOT / "deploy/Caddyfile").read_text()
    of_nginx = re.search(r"^    ~(\^\(\?<undersigned_stem>\S+)", nginx, re.M)[1].replace("(?<", "(?P<")
    of_caddy = re.search(r'request>uri regexp "(\S+)" "\$1"', caddy)[1]
    rules = [rule.rule for rule in app.url_map.iter_rules() if "token" in rule.arguments]
    assert len(rules) > 8
    for rule in rules:
        address = re.sub(r"<[^>]*>", "SECRET", rule)
        assert re.match(of_nginx, address), f"deploy/nginx.conf writes the token of {rule} into its log"
        assert "SECRET" not in re.sub(of_caddy, r"\1", address), f"deploy/Caddyfile writes the token of {rule}"


def test_the_version_has_its_entry_in_the_changelog():
    version = re.search(r'^version = "(.+)"', (ROOT / "pyproject.toml").read_text(), re.M)
    assert version
    assert f"## {version[1]}" in (ROOT / "CHANGELOG.md").read_text()
