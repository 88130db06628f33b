"""Worker processes to kill. Importing the app takes two seconds and starting it a tenth of one; so they are forked from a process that
has imported it (multiprocessing's fork server), each as fresh as one from a command line."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from collections.abc import Collection
from pathlib import Path
from typing import Any

_forked = multiprocessing.get_context("forkserver")
_forked.set_forkserver_preload(["app.commands.mail", "app.jobs", "flask.cli"])


class Worker:
    """`flask worker` as a process of its own, with this environment and nothing else of it; what it prints goes into `log`."""

    def __init__(self, environment: dict[str, str], log: Path) -> None:
        self._process = _forked.Process(target=_work, args=(environment, log))
        self._process.start()

    def kill(self) -> None:
        """End it at once (SIGKILL)."""
        self._process.kill()
        self.wait()

    def wait(self) -> None:
        """Until it has ended."""
        self._process.join()

    def stop(self, how: int = signal.SIGTERM, seconds: float = 10) -> int | None:
        """Ask it to stop. Returns its exit status, or None where it still runs after `seconds`."""
        os.kill(self._process.pid or 0, how)
        self._process.join(seconds)
        return self._process.exitcode


def reading_links(settings: dict[str, Any], also: Collection[tuple[str, int]]) -> Any:
    """A process that visits the links that are due, in an app with these settings; it may also visit what is at `also`."""
    process = _forked.Process(target=_read_links, args=(settings, also))
    process.start()
    return process


def _read_links(settings: dict[str, Any], also: Collection[tuple[str, int]]) -> None:
    from app import create_app
    from app.link_reader import LinkReader

    app = create_app(settings)
    app.config["FETCH_ALSO"] = also
    with app.app_context():
        LinkReader(app).do_due()


def _work(environment: dict[str, str], log: Path) -> None:
    os.setsid()
    out = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    for descriptor in (1, 2):
        os.dup2(out, descriptor)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["flask", "worker"]
    from flask.cli import main

    main()
