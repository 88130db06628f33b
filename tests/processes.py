"""Processes of the product that tests start, and kill. Importing the app takes seconds and starting it a tenth of one; so they are forked
from a process that has imported it (multiprocessing's fork server), each as fresh as one from a command line."""

from __future__ import annotations

import multiprocessing
import os
import pkgutil
import runpy
import signal
import sys
from collections.abc import Mapping
from pathlib import Path

import app
import config

_forked = multiprocessing.get_context("forkserver")
_forked.set_forkserver_preload(
    ["flask.cli", "gunicorn.app.wsgiapp", "gunicorn.workers.gthread"]
    + [module.name for module in pkgutil.walk_packages(app.__path__, "app.") if not module.name.endswith("__main__")]
)


class Started:
    """`python -m` with these words (or `python -c` with a program) as a process of its own, with this environment and no other. What it
    prints goes into `log`."""

    def __init__(self, *words: str, environment: Mapping[str, str], log: Path) -> None:
        self._log = log
        self._process = _forked.Process(target=_run, args=(words, dict(environment), log))
        self._process.start()
        self.pid = self._process.pid or 0

    @property
    def said(self) -> str:
        """What it has printed so far."""
        return self._log.read_text() if self._log.exists() else ""

    def kill(self) -> None:
        """End it at once (SIGKILL)."""
        self._process.kill()
        self.wait()

    def wait(self, seconds: float | None = None) -> int | None:
        """Until it has ended. Returns its exit status, or None where it still runs after `seconds`."""
        self._process.join(seconds)
        return self._process.exitcode

    def stop(self, how: int = signal.SIGTERM, seconds: float = 30) -> int | None:
        """Ask it to stop. Returns as `wait` does."""
        os.kill(self.pid, how)
        return self.wait(seconds)


def _run(words: tuple[str, ...], environment: dict[str, str], log: Path) -> None:
    os.setsid()
    os.chdir(config.ROOT)
    out = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    for descriptor in (1, 2):
        os.dup2(out, descriptor)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = list(words)
    if words[0] == "-c":
        exec(words[1], {"__name__": "__main__"})  # noqa: S102  # the test's own words
    else:
        runpy.run_module(words[0], run_name="__main__", alter_sys=True)
