"""Kill -9 at any moment: what was acknowledged is kept, every mail goes out, and a kill repeats one mail at most."""

from __future__ import annotations

import asyncio
import collections
import datetime as dt
import http.client
import os
import random
import signal
import sys
import threading
import time
import urllib.parse
from pathlib import Path

import pytest

from app import clock as app_clock
from app import recount
from app.extensions import db
from app.models import Mail, Signature
from tests.conftest import free_port
from tests.factories import form
from tests.listener import Listener
from tests.mailing import queue_confirmations
from tests.processes import Started

pytestmark = pytest.mark.waits
WORKER_KILLS, MAILS = 4, 120
WEB_KILLS, SIGNERS = 4, 100


class Unhurried(Listener):
    """Thinks for a moment about each mail, so that a kill finds the worker at work."""

    async def handle_DATA(self, server, session, envelope):
        await asyncio.sleep(0.004)
        return await super().handle_DATA(server, session, envelope)


@pytest.fixture
def surroundings(app):
    """The environment of a process of the same installation."""
    kept = ("DATABASE_URL", "SECRET_KEY", "EMAIL_PEPPER", "BASE_URL", "MAIL_FROM")
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("FLASK_")},
        **{name: str(app.config[name]) for name in kept},
        "PATH": path,
        "MODE": "development",
        "FLASK_APP": "wsgi.py",
        "SIGN_LIMIT": "100000",
    }


@pytest.fixture
def start(surroundings, tmp_path):
    """Starts a process of the product; what still runs at the end is killed, whatever happens."""
    running = []

    def begin(*words, **more):
        log = tmp_path / f"process-{len(running)}.log"
        running.append(Started(*words, environment={**surroundings, **more}, log=log))
        return running[-1]

    yield begin
    for process in running:
        process.kill()
    logs = "".join(process.said for process in running)
    print(logs[-4000:])
    assert "example.org" not in logs.replace("undersigned.example", "")


def wait_until(true, seconds=90.0):
    """Until it is true. The limit only ends a test that hangs: a busy machine takes many seconds to start a process."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)


def end_leases(app):
    """The seconds pass after which the rows of a dead worker are due again."""
    with app.app_context():
        past = app_clock.now() - dt.timedelta(seconds=1)
        db.session.execute(db.update(Mail).where(Mail.state == "queued", Mail.lease.is_not(None)).values(due_at=past))
        db.session.commit()


@pytest.mark.parametrize("connections", [4, 1])
def test_killing_the_mail_worker_loses_no_mail_and_repeats_one_at_most(app, make, start, stored, connections):
    """FI-03, REL-03, REL-04: with four connections, as shipped, and with one."""
    queue_confirmations(app, make.campaign(), MAILS)
    chance = random.Random(1)
    with Unhurried() as listener:
        for kill in range(WORKER_KILLS):
            worker = start("flask", "worker", MAIL_URL=listener.url, MAIL_CONNECTIONS=str(connections))
            came = len(
                listener.messages
            )  # some more go out before the next kill, so that no mail is in hand at two of them
            enough = max(came + 10, min(MAILS - 20, (kill + 1) * MAILS // (WORKER_KILLS + 1)))
            wait_until(lambda enough=enough: len(listener.messages) >= enough)
            time.sleep(chance.uniform(0, 0.03))
            worker.kill()
            end_leases(app)
        assert stored(Mail, state="queued"), "every mail was out before the last kill, which then proves nothing"
        worker = start("flask", "worker", MAIL_URL=listener.url)
        wait_until(lambda: not stored(Mail, state="queued"))
        assert worker.stop() == 0
    arrived = collections.Counter(message["Message-ID"] for message in listener.messages)
    sent = {f"<{mail.message_id}@127.0.0.1>" for mail in stored(Mail)}
    assert set(arrived) == sent
    assert len({message["To"] for message in listener.messages}) == MAILS
    assert sum(arrived.values()) - MAILS <= WORKER_KILLS
    assert max(arrived.values()) <= 2


def test_a_worker_that_is_told_to_stop_finishes_what_it_holds(app, make, start, stored):
    queue_confirmations(app, make.campaign(), 100)
    with Unhurried() as listener:
        worker = start("flask", "worker", MAIL_URL=listener.url)
        wait_until(lambda: len(listener.messages) > 10)
        assert worker.stop(signal.SIGINT, seconds=5) == 0
        assert {mail.lease for mail in stored(Mail)} == {None}
        assert len(stored(Mail, state="sent")) == len(listener.messages) < 100
        assert {mail.attempt_count for mail in stored(Mail, state="queued")} == {0}


def children(pid):
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def sign(port, slug, origin, number):
    """Post one signature; the address if it was acknowledged."""
    email = f"sam{number}@example.org"
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Origin": origin}
    try:
        connection.request("POST", f"/campaigns/{slug}/signatures", urllib.parse.urlencode(form(email=email)), headers)
        answer = connection.getresponse()
        assert answer.status in {303, 503}, answer.status
        return email if answer.status == 303 else None
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def answers(port):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="finds the web server's processes through /proc")
def test_killing_web_workers_loses_no_acknowledged_signature(app, make, start, stored):
    """FI-01, REL-01: in the database with its mail's row, or not acknowledged; never half."""
    campaign, port = make.campaign(), free_port()
    base = app.config["BASE_URL"]
    server = start("gunicorn", "-w", "2", "-k", "gthread", "--threads", "4", "-b", f"127.0.0.1:{port}", "wsgi:app")
    wait_until(lambda: answers(port))
    acknowledged, numbers, lock = [], iter(range(100_000)), threading.Lock()
    enough = threading.Event()

    def people():
        while not enough.is_set():
            with lock:
                number = next(numbers)
            if email := sign(port, campaign.slug, base, number):
                acknowledged.append(email)
                enough.wait(0.02)
            else:
                enough.wait(0.05)

    signing = [threading.Thread(target=people) for _ in range(6)]
    [thread.start() for thread in signing]
    chance = random.Random(2)
    try:
        for kill in range(WEB_KILLS):
            wait_until(lambda kill=kill: len(acknowledged) >= (kill + 1) * SIGNERS // (WEB_KILLS + 1))
            os.kill(chance.choice(children(server.pid)), signal.SIGKILL)
        wait_until(lambda: len(acknowledged) >= SIGNERS)
    finally:  # whatever happens, nobody signs on while other tests run
        enough.set()
        [thread.join() for thread in signing]
    signatures, mails = stored(Signature), stored(Mail)
    kept = {signature.email for signature in signatures}
    assert set(acknowledged) <= kept
    assert {mail.signature_id for mail in mails} == {signature.id for signature in signatures}
    assert len(kept) - len(acknowledged) <= WEB_KILLS * len(signing)
    with app.app_context():
        assert recount.everything(fix=False) == []
