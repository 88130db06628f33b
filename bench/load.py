"""A closed-loop load generator: so many clients, each sending its next request when the last was answered.

    python -m bench.load HOST PORT CLIENTS SECONDS < requests

Reads requests (length-prefixed) from standard input and goes round them; prints one line of JSON. It runs as a process of
its own, beside the server and the database, for the application and for its floor alike.
"""

from __future__ import annotations

import asyncio
import json
import resource
import struct
import sys
import time


class Client(asyncio.Protocol):
    """One connection, kept open: sends the next request when the answer to the last is whole."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.buffer = bytearray()
        self.need = -1
        self.sent_at = 0.0
        self.status = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.send()

    def send(self) -> None:
        request = self.run.take()
        if request is None:
            self.transport.close()
            return
        self.sent_at = time.perf_counter()
        self.transport.write(request)  # type: ignore[attr-defined]  # a stream transport writes

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        if self.need < 0:
            end = self.buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            head = bytes(self.buffer[: end + 2]).lower()
            self.status = int(head[9:12])
            at = head.find(b"content-length:")
            self.need = end + 4 + (int(head[at + 15 : head.find(b"\r\n", at)]) if at >= 0 else 0)
        if len(self.buffer) >= self.need:
            del self.buffer[: self.need]
            self.need = -1
            self.run.done(self.status, time.perf_counter() - self.sent_at)
            self.send()

    def connection_lost(self, error: Exception | None) -> None:
        self.run.lost(self)


class Run:
    """Hands out requests until the time is up or they are used, and keeps what came of them."""

    def __init__(self, requests: list[bytes], seconds: float, repeat: bool) -> None:
        self.requests, self.repeat = requests, repeat
        self.next = 0
        self.deadline = time.perf_counter() + seconds
        self.latencies: list[float] = []
        self.statuses: dict[int, int] = {}
        self.open = 0
        self.finished = asyncio.Event()

    def take(self) -> bytes | None:
        if time.perf_counter() >= self.deadline or (not self.repeat and self.next >= len(self.requests)):
            return None
        request = self.requests[self.next % len(self.requests)]
        self.next += 1
        return request

    def done(self, status: int, seconds: float) -> None:
        self.statuses[status] = self.statuses.get(status, 0) + 1
        self.latencies.append(seconds)

    def lost(self, client: Client) -> None:
        self.open -= 1
        if self.open == 0:
            self.finished.set()


async def drive(host: str, port: int, clients: int, run: Run) -> float:
    loop = asyncio.get_running_loop()
    started = time.perf_counter()
    run.open = clients
    for _ in range(clients):
        await loop.create_connection(lambda: Client(run), host, port)
    await run.finished.wait()
    return time.perf_counter() - started


def read_requests() -> list[bytes]:
    data = sys.stdin.buffer.read()
    requests, at = [], 0
    while at < len(data):
        (size,) = struct.unpack_from(">I", data, at)
        requests.append(data[at + 4 : at + 4 + size])
        at += 4 + size
    return requests


def main() -> None:
    host, port, clients, seconds, repeat = (
        sys.argv[1],
        int(sys.argv[2]),
        int(sys.argv[3]),
        float(sys.argv[4]),
        sys.argv[5] == "repeat",
    )
    run = Run(read_requests(), seconds, repeat)
    took = asyncio.run(drive(host, port, clients, run))
    ordered = sorted(run.latencies) or [0.0]
    print(
        json.dumps(
            {
                "per_second": len(run.latencies) / took,
                "requests": len(run.latencies),
                "p50": ordered[len(ordered) // 2] * 1000,
                "p99": ordered[int(len(ordered) * 0.99)] * 1000,
                "statuses": run.statuses,
                "cpu": resource.getrusage(resource.RUSAGE_SELF).ru_utime,
            }
        )
    )


if __name__ == "__main__":
    main()
