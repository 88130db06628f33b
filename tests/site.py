"""A real web site on this machine that answers exactly what a test wrote, byte by byte, and a canary that nothing may reach."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Iterator

TLS = b"\x16"  # how a handshake begins
Answer = bytes | Iterable[bytes] | Callable[[], Iterable[bytes]]


def http(body: bytes = b"", status: str = "200 OK", kind: str = "text/html", **headers: str) -> bytes:
    """An answer in full. Underscores in names of headers become hyphens."""
    lines = {"Content-Type": kind, "Content-Length": str(len(body)), **headers}
    head = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in lines.items() if value)
    return f"HTTP/1.1 {status}\r\n{head}\r\n".encode() + body


def moved(to: str, status: str = "302 Found", **headers: str) -> bytes:
    return http(b"elsewhere", status, Location=to, **headers)


class Site:
    """Answers on 127.0.0.1. `pages` maps paths to answers; an iterable is sent piece by piece, `pause` seconds apart."""

    def __init__(self, context: ssl.SSLContext | None = None, pause: float = 0.0) -> None:
        self.pages: dict[str, Answer] = {}
        self.requests: list[str] = []
        self.connections = 0
        self.sent = 0
        self.pause = pause
        self._context = context
        self._stopped = threading.Event()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def url(self, path: str = "/", host: str = "127.0.0.1", scheme: str = "http") -> str:
        return f"{scheme}://{host}:{self.port}{path}"

    @property
    def opening(self) -> frozenset[tuple[str, int]]:
        """What lets a guard through to this site, and to nothing else."""
        return frozenset({("127.0.0.1", self.port)})

    def stop(self) -> None:
        self._stopped.set()
        with contextlib.suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)  # closing alone would leave it accepting once more
        self._listening.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError), connection:
            if self._context:
                connection = self._context.wrap_socket(connection, server_side=True)
            with connection:
                request = b""
                while b"\r\n\r\n" not in request and request[:1] != TLS and (piece := connection.recv(4096)):
                    request += piece
                self.requests.append(request.decode("iso-8859-1"))
                path = (request.split(b" ", 2) + [b"", b""])[1].decode("iso-8859-1")
                page = self.pages.get(path, http(b"nothing here", "404 Not Found"))
                if callable(page):
                    page = page()
                for piece in [page] if isinstance(page, bytes) else page:
                    connection.sendall(piece)
                    self.sent += len(piece)
                    if self.pause:
                        self._stopped.wait(self.pause)


class Canary:
    """Listens on every address of this machine, IPv4 and IPv6, and remembers whether anybody came."""

    def __init__(self) -> None:
        if socket.has_dualstack_ipv6():
            self._listening = socket.create_server(("::", 0), family=socket.AF_INET6, dualstack_ipv6=True)
        else:
            self._listening = socket.create_server(("", 0))
        self._listening.setblocking(False)
        self.port: int = self._listening.getsockname()[1]

    def came(self) -> int:
        """How many connections were opened, whether or not anything was said on them."""
        count = 0
        while True:
            try:
                connection, _ = self._listening.accept()
            except BlockingIOError:
                return count
            connection.close()
            count += 1

    def stop(self) -> None:
        self._listening.close()


@contextlib.contextmanager
def running(*, context: ssl.SSLContext | None = None, pause: float = 0.0) -> Iterator[Site]:
    site = Site(context, pause)
    yield site
    site.stop()


def until(met: Callable[[], bool], seconds: float = 2.0) -> bool:
    """Whether something came true, for what another thread does."""
    end = time.monotonic() + seconds
    while not met() and time.monotonic() < end:
        time.sleep(0.005)
    return met()
