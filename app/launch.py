"""`make run`: migrate, load the demonstration if there is nothing, start web server and worker, stop both cleanly."""

from __future__ import annotations

import gc
import multiprocessing
import os
import runpy
import signal
import sys
import threading
from multiprocessing.process import BaseProcess
from types import FrameType

from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import select

import config
from app import create_app
from app.demo import load as demo
from app.extensions import db
from app.models import Organisation

STOP_SECONDS = 35
STOPS = (signal.SIGINT, signal.SIGTERM)


def main() -> int:
    """Run until Ctrl-C. Returns the exit status."""
    os.chdir(config.ROOT)
    os.umask(0o077)  # the database of this machine is for its owner alone
    os.environ.setdefault("MODE", "development")
    os.environ.setdefault("FLASK_APP", "app")
    port = config.load()["PORT"]
    os.environ.setdefault("BASE_URL", f"http://127.0.0.1:{port}")
    app = create_app()
    with app.app_context():
        upgrade()
        if app.config["MODE"] == "development" and db.session.scalar(select(Organisation.id).limit(1)) is None:
            demo.load()
        db.session.remove()
        db.engine.dispose()
    stop = _asked_to_stop()  # before there is anything that would be left running
    processes: list[BaseProcess] = []
    try:
        processes.append(_started("gunicorn", "-c", "deploy/gunicorn.conf.py", "wsgi:app"))
        processes.append(_started("flask", "worker"))
        announce(app)
    except BaseException:  # also where nobody reads what is said: the two would stay
        stop.set()
        _until(stop, processes)
        raise
    return _until(stop, processes)


def announce(app: Flask) -> None:
    """Say where everything is."""
    base = app.config["BASE_URL"]
    lines = [
        "",
        f"  Undersigned     {base}",
        f"  Organiser       {base}/desk",
    ]
    if sign_in := demo.sign_in(app):
        lines.append(f"                  {sign_in[0]}  password: {sign_in[1]}")
    mails = app.config["MAIL_URL"].rpartition("@")[2] if app.config["MAIL_URL"] else f"{base}/mailbox"
    lines += [f"  Mails go to     {mails}", "  Stop with Ctrl-C.", ""]
    print("\n".join(lines), flush=True)


def _started(*words: str) -> BaseProcess:
    """A process of its own that does what `python -m` does with these words: forked, since importing everything once more, and
    twice at the same time, would take longer than all the rest; on macOS, whose libraries may not be forked, begun anew."""
    gc.freeze()
    darwin = sys.platform == "darwin"
    context = multiprocessing.get_context("spawn") if darwin else multiprocessing.get_context("fork")
    process = context.Process(target=_run, args=(words,))
    signal.pthread_sigmask(signal.SIG_BLOCK, STOPS)  # until the new process hears them with ears of its own
    process.start()
    signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPS)
    return process


def _run(words: tuple[str, ...]) -> None:
    os.setsid()  # Ctrl-C is for whoever launched it, and who asks it to stop
    for number in STOPS:
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPS)
    sys.argv = list(words)
    runpy.run_module(words[0], run_name="__main__", alter_sys=True)


def _asked_to_stop() -> threading.Event:
    """What is set as soon as Ctrl-C or the system asks to stop."""
    stop = threading.Event()

    def ask_to_stop(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    for number in STOPS:
        signal.signal(number, ask_to_stop)
    return stop


def _until(stop: threading.Event, processes: list[BaseProcess]) -> int:
    while not stop.wait(0.3):
        if any(process.exitcode is not None for process in processes):
            break
    failed = [process for process in processes if process.exitcode not in (None, 0)]
    for process in processes:
        process.terminate()
    for process in processes:
        process.join(STOP_SECONDS)
        if process.exitcode is None:
            process.kill()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
