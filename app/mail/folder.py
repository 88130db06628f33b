"""Where mails go while there is no listener: a folder on this machine, shown on the development mailbox page."""

from __future__ import annotations

import email
import email.policy
import os
import re
from contextlib import AbstractContextManager
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

from flask import Flask

from app.mail.smtp import Letter

MOST_MAILS = 500
NAME = re.compile(r"[0-9a-f]{8,40}")


@dataclass(frozen=True)
class Kept:
    """A mail in the folder."""

    name: str
    message: EmailMessage

    def part(self, kind: str) -> str:
        """Its `plain` or `html` text."""
        body = self.message.get_body(preferencelist=(kind,))
        return str(body.get_content()) if body is not None else ""


class IntoFolder:
    """The way out that ends in the folder."""

    is_open = True

    def __init__(self, app: Flask) -> None:
        self.app = app

    def hand_over(self, letter: Letter, turn: AbstractContextManager[None]) -> None:
        """Keep the mail."""
        with turn:
            keep(self.app, letter.message_id, letter.body)

    def close(self) -> None:
        """Nothing to close."""


def is_used(app: Flask) -> bool:
    """Whether mails are kept here instead of being sent: outside production, without a listener."""
    return app.config["MODE"] != "production" and not app.config["MAIL_URL"]


def _folder(app: Flask) -> Path:
    return Path(app.instance_path) / "mailbox"


def keep(app: Flask, message_id: str, body: bytes) -> None:
    """Put a mail into the folder, whole or not at all; the same mail again takes its own place."""
    folder = _folder(app)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    half = folder / f".{message_id}.{os.getpid()}.half"
    half.write_bytes(body)
    half.replace(folder / f"{message_id}.eml")
    for old in _files(app)[MOST_MAILS:]:
        old.unlink(missing_ok=True)


def _files(app: Flask) -> list[Path]:
    times = []
    for file in _folder(app).glob("*.eml"):
        try:
            times.append((file.stat().st_mtime_ns, file))
        except FileNotFoundError:
            continue  # another process has just tidied up
    return [file for _, file in sorted(times, reverse=True)]


def newest(app: Flask, limit: int = 100) -> list[Kept]:
    """The mails kept, the newest first."""
    kept = (read(app, file.stem) for file in _files(app)[:limit])
    return [mail for mail in kept if mail is not None]


def read(app: Flask, name: str) -> Kept | None:
    """One mail, None if there is no such."""
    if not NAME.fullmatch(name):
        return None
    try:
        body = (_folder(app) / f"{name}.eml").read_bytes()
    except FileNotFoundError:
        return None
    message = email.message_from_bytes(body, policy=email.policy.default)
    return Kept(name, message) if isinstance(message, EmailMessage) else None
