"""What is measured of the application, one function a figure."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from bench import servers
from bench.seed import SLUG

SECONDS = 6.0
PAGE = f"/campaigns/{SLUG}"


def sign_requests(port: int, start: int, total: int) -> list[bytes]:
    """Posts of so many different people; one in three agrees to hear more."""

    def body(n: int) -> bytes:
        person = {
            "given_name": "Sam",
            "family_name": f"Signer {n}",
            "email": f"sam{n}@example.org",
            "country": "DE",
            "postcode": "10405",
            "version": "1",
            "wording": "1",
        }
        return urlencode({**person, "hear_more": "1"} if n % 3 == 0 else person).encode()

    return [servers.post(port, f"{PAGE}/signatures", body(n)) for n in range(start, start + total)]


def sign(port: int, start: int, clients: int) -> dict[str, Any]:
    """Signatures accepted per second."""
    return checked(
        servers.load(port, sign_requests(port, start, 12_000), clients=clients, seconds=SECONDS, repeat=False), 303
    )


def page(port: int, path: str, clients: int = 16) -> dict[str, Any]:
    """Answers per second for one address."""
    return checked(servers.load(port, [servers.get(port, path)], clients=clients, seconds=SECONDS), 200)


def confirm(env: dict[str, str], port: int, total: int) -> dict[str, Any]:
    """Confirmations per second, all under one campaign."""
    command = [sys.executable, "-m", "bench.tokens", str(total)]
    made = subprocess.run(command, cwd=servers.ROOT, env=env, capture_output=True, text=True, check=True)
    requests = [servers.post(port, f"/confirm/{token}", b"") for token in made.stdout.split()]
    return checked(servers.load(port, requests, clients=64, seconds=30, repeat=False), 303)


def checked(result: dict[str, Any], status: int) -> dict[str, Any]:
    """The result, if every answer was the right one."""
    if set(result["statuses"]) != {str(status)}:
        raise SystemExit(f"expected only {status}, got {result['statuses']}")
    return result


def export(env: dict[str, str], to: Path, form: str = "spreadsheet") -> dict[str, Any]:
    """Seconds, rows and memory of one export of everybody."""
    command = [sys.executable, "-m", "bench.export", str(to), form]
    done = subprocess.run(command, cwd=servers.ROOT, env=env, capture_output=True, text=True, check=True)
    return dict(json.loads(done.stdout))


def mails(env: dict[str, str], queued: int) -> float:
    """Mails per second that one worker hands to a local listener, from its first to its last."""
    port = servers.free_port()
    listener = subprocess.Popen(
        [sys.executable, "-m", "bench.listener", str(port)], cwd=servers.ROOT, stdout=subprocess.PIPE, text=True
    )
    worker = subprocess.Popen(
        [sys.executable, "-m", "flask", "worker"], cwd=servers.ROOT, env={**env, "MAIL_URL": f"smtp://127.0.0.1:{port}"}
    )
    try:
        return _rate(listener, min(queued, 2500))
    finally:
        for process in (worker, listener):
            process.terminate()
        for process in (worker, listener):
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(20)


def _rate(listener: subprocess.Popen[str], wanted: int) -> float:
    assert listener.stdout is not None
    first, first_count, deadline = 0.0, 0, time.perf_counter() + 90
    for line in listener.stdout:
        count, now = int(line), time.perf_counter()
        if count and not first:
            first, first_count = now, count
        if count >= wanted or now > deadline:
            return (count - first_count) / (now - first)
    return 0.0
