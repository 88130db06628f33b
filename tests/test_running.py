"""It runs: one command starts everything and Ctrl-C stops it; the demonstration loads once and never over real data."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest

import config
from app.demo import load as demo
from app.domain import counts
from app.domain.refused import Refused
from app.models import (
    Answer,
    Campaign,
    ExportPreset,
    KeyFigure,
    Milestone,
    NewsItem,
    Organisation,
    Question,
    Report,
    Signature,
    Topic,
)
from tests.conftest import free_port


@pytest.fixture
def launched(tmp_path):
    """`make run` without make, in a folder of its own: starts it, gives its output and address."""
    port = free_port()
    env = {
        **{name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"}},
        "INSTANCE_PATH": str(tmp_path / "instance"),
        "PORT": str(port),
        "PYTHONUNBUFFERED": "1",
    }
    started = []

    def start():
        command = [sys.executable, "-m", "app.launch"]
        process = subprocess.Popen(
            command, cwd=config.ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        started.append(process)
        words = "".join(iter(lambda: process.stdout.readline(), "  Stop with Ctrl-C.\n"))
        return process, words, f"http://127.0.0.1:{port}"

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()


def answer(address: str) -> str:
    """The page, as soon as the server answers."""
    deadline = time.monotonic() + 30
    while True:
        try:
            return urllib.request.urlopen(address, timeout=5).read().decode()
        except urllib.error.HTTPError:
            raise
        except OSError:
            if time.monotonic() > deadline:
                raise


@pytest.mark.waits
def test_one_command_runs_everything_and_a_second_start_finds_it_again(launched):
    process, words, base = launched()
    password = re.search(r"olive@example\.org\s+password: (\S+)", words).group(1)
    assert base in words
    assert f"{base}/mailbox" in words
    assert "Rein in militias" in answer(f"{base}/")
    assert answer(f"{base}/readyz").strip() == '{"ready":true}'
    assert "214" in answer(f"{base}/campaigns/rein-in-militias")
    process.send_signal(signal.SIGINT)
    assert process.wait(40) == 0
    process, words, base = launched()
    assert password in words
    assert "214" in answer(f"{base}/campaigns/rein-in-militias")
    process.send_signal(signal.SIGTERM)
    assert process.wait(40) == 0


@pytest.mark.postgresql_alone
def test_the_demonstration_is_loaded_once(app, stored):
    with app.app_context():
        assert demo.load() is True
        assert demo.load() is False
    states = {c.slug: (c.state, c.outcome, c.signature_target) for c in stored(Campaign)}
    assert states == {
        "rein-in-militias": ("published", None, 5000),
        "marsh-road-shelter": ("published", None, 10000),
        "kestrel-water-tests": ("closed", "won", 10000),
    }
    (militias,) = stored(Campaign, slug="rein-in-militias")
    assert len(stored(Signature, campaign_id=militias.id, state="confirmed")) == 214
    assert [row.number for row in stored(Milestone, campaign_id=militias.id)] == [100]
    (shelter,) = stored(Campaign, slug="marsh-road-shelter")
    assert (len(stored(Question, campaign_id=shelter.id)), len(stored(ExportPreset))) == (3, 2)
    assert len(stored(Answer)) > 2_000
    assert len(stored(Signature, campaign_id=shelter.id, origin="paper")) == 38
    with app.app_context():
        assert counts.of(shelter.id) == 9_612
    assert len(stored(Milestone)) > 8
    (topic,) = stored(Topic)
    assert (topic.slug, topic.state, len(stored(KeyFigure))) == ("iraq-in-crisis", "published", 5)
    assert len(stored(Report)) == 14 + 3
    assert len(stored(NewsItem)) == 4 + 2 + 1  # of the campaign, of the topic, and one that waits


def test_the_demonstration_refuses_real_data(app, make, stored):
    make.organisation(name="A real one")
    with app.app_context(), pytest.raises(Refused):
        demo.load()
    assert len(stored(Organisation)) == 1


def test_livez_and_readyz_tell_the_truth(app, client, monkeypatch):
    assert client.get("/livez").json == {"alive": True}
    assert client.get("/readyz").status_code == 200
    monkeypatch.setattr("app.revisions.newest", lambda: "9999")
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert "flask db upgrade" in answer.json["reason"]
    assert client.get("/livez").status_code == 200
