"""A real SMTP listener with moods, for tests and benchmarks."""

from __future__ import annotations

import asyncio
import email
import email.policy
import socket
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller

MODES = ("ok", "refuse", "421", "451", "550", "drop", "slow")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Listener:
    """Takes mails on `url`. `mode` says how: ok; refuse (hangs up at connect), 421, 451 or 550 at RCPT, drop (takes the
    message and hangs up before saying so), slow."""

    def __init__(self, **options: Any) -> None:
        self.mode = "ok"
        self.port = _free_port()
        self._options = options
        self.messages: list[EmailMessage] = []
        self.recipients: list[list[str]] = []

    def __enter__(self) -> Listener:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Listen, again after a stop, on the same port."""
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port, ready_timeout=10, **self._options)
        self._controller.start()

    def stop(self) -> None:
        """Be away."""
        self._controller.stop(no_assert=True)

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    async def handle_EHLO(
        self, server: Any, session: Any, envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        if self.mode == "refuse":
            server.transport.close()
        return responses

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        answers = {"421": "421 come back later", "451": "451 not now", "550": f"550 no mailbox {address}"}
        if self.mode in answers:
            return answers[self.mode]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.mode == "slow":
            await asyncio.sleep(0.5)
        self.recipients.append(list(envelope.rcpt_tos))
        self.messages.append(email.message_from_bytes(envelope.content, policy=email.policy.SMTP))  # type: ignore[arg-type]  # the policy makes EmailMessage, typeshed does not know
        if self.mode == "drop":
            server.transport.close()
        return "250 taken"
