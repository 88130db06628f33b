"""The one way out: every request that the product makes of other sites goes through `fetch` (SSRF-01).

It stands on the standard library, since it needs so little: one GET at a time, to an address that was checked a moment ago.
Client libraries resolve names themselves, obey proxies of the environment, keep cookies and follow redirects; each of that
would have to be switched off, and stay so with every release.

Tests reach a server of their own by naming its address and port, and nothing else gets open by it: `Guard(base_url,
also=frozenset({("127.0.0.1", port)}))` as the argument `guard`, or `app.config["FETCH_ALSO"]` with the same pairs, which is
no setting and counts with MODE=testing only.
"""

from __future__ import annotations

import contextlib
import io
import re
import socket
import ssl
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from typing import Any
from urllib.parse import urljoin

from app.fetch_guard import Deadline, FetchFailed, Guard, Place, Trouble, said

__all__ = ["FetchFailed", "Fetched", "Guard", "Trouble", "fetch", "said"]

SECONDS = 10  # for everything together: names, redirects, the last byte
CONNECT_SECONDS = 4  # for one address of several, so that a dead one leaves time for the next
MOST_BYTES = 2 * 1024 * 1024
HEAD_BYTES = 64 * 1024  # of status line and headers
PIECE = 64 * 1024
WRAPPING_BYTES = 2 * PIECE  # what chunks and compression may add to a body, and what is read ahead of it
MOST_REDIRECTS, MOST_ADDRESSES = 3, 4
REDIRECTS = {301, 302, 303, 307, 308}
TROUBLES = {404: Trouble.MISSING, 410: Trouble.MISSING, 429: Trouble.BUSY, 503: Trouble.BUSY} | dict.fromkeys(
    (401, 402, 403, 407, 451), Trouble.CLOSED
)
STAMP = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]{0,198}[\x21-\x7e])?")  # an ETag or date that can be sent back as it came


@dataclass(frozen=True)
class Fetched:
    """What came. With status 304 nothing changed since `etag` or `last_modified`, and the body is empty."""

    status: int
    url: str  # where it was in the end, after redirects
    body: bytes  # decompressed
    content_type: str  # in small letters, with its parameters: "text/html; charset=utf-8"
    etag: str
    last_modified: str

    @property
    def kind(self) -> str:
        """The content type without parameters."""
        return self.content_type.partition(";")[0].strip()


def fetch(
    url: str,
    *,
    accept: str,
    only: tuple[str, ...] = (),
    most_bytes: int = MOST_BYTES,
    cut: bool = False,
    etag: str = "",
    last_modified: str = "",
    seconds: float = SECONDS,
    guard: Guard | None = None,
) -> Fetched:
    """What is at a public address, asked for with one GET and at most three redirects. Raises FetchFailed.

    `accept` is sent as it is. `only` names the content types that are read; another one raises before its body comes, a
    missing one is let through. `most_bytes` counts after decompression; more raises, or with `cut` the rest is left. 0 reads no
    body, which is enough to know that a link works. `etag` and `last_modified` of the last time make it a question whether
    anything changed. Needs an app context unless a `guard` is given.
    """
    guard = guard or Guard.of_this_site()
    deadline = Deadline(seconds)
    headers = [
        ("User-Agent", f"Undersigned (+{guard.base_url})"),
        ("Accept", accept),
        ("Accept-Encoding", "gzip, deflate"),
    ]
    headers += [("If-None-Match", etag)] if _stamp(etag) else []
    headers += [("If-Modified-Since", last_modified)] if _stamp(last_modified) else []
    with _plainly():
        for _hop in range(MOST_REDIRECTS + 1):
            place = guard.place(url, deadline)
            with _asked(place, headers, deadline) as (answer, wire):
                onward = _header(answer, "Location")
                if answer.status not in REDIRECTS or not onward:
                    wire.left += most_bytes + WRAPPING_BYTES
                    _check(answer, only, may_be_unchanged=len(headers) > 3)
                    body = _body(answer, most_bytes, cut) if answer.status != 304 else b""
                    return _fetched(place, answer, body)
            url = urljoin(place.url, onward)
    raise FetchFailed(Trouble.REDIRECTS)


@contextlib.contextmanager
def _plainly() -> Iterator[None]:
    """Turn whatever can go wrong into FetchFailed, without what the other side or the system said."""
    try:
        yield
    except ssl.SSLError:
        raise FetchFailed(Trouble.INSECURE) from None
    except TimeoutError:
        raise FetchFailed(Trouble.SLOW) from None
    except OSError:
        raise FetchFailed(Trouble.AWAY) from None
    except (HTTPException, zlib.error, ValueError):
        raise FetchFailed(Trouble.DAMAGED) from None


@contextlib.contextmanager
def _asked(place: Place, headers: list[tuple[str, str]], deadline: Deadline) -> Iterator[tuple[HTTPResponse, _Wire]]:
    """The answer of a checked place up to its headers; the connection ends with the block."""
    lines = [f"GET {place.target} HTTP/1.1", f"Host: {place.authority}"]
    lines += [f"{name}: {value}" for name, value in headers] + ["Connection: close", "", ""]
    with contextlib.closing(_connected(place, deadline)) as connection:
        wire = _Wire(connection, deadline)
        connection.settimeout(deadline.left())
        connection.sendall("\r\n".join(lines).encode("ascii"))
        answer = HTTPResponse(wire, method="GET")  # type: ignore[arg-type]  # asks for nothing of a socket but makefile
        answer.begin()
        yield answer, wire


def _connected(place: Place, deadline: Deadline) -> socket.socket:
    """A connection to one of the checked addresses themselves: the name is not asked again, so it cannot answer otherwise."""
    failed: OSError = ConnectionError()
    for address in place.addresses[:MOST_ADDRESSES]:
        connection = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM)
        try:
            connection.settimeout(min(deadline.left(), CONNECT_SECONDS))
            connection.connect((address, place.port))
            if place.scheme == "http":
                return connection
            connection.settimeout(deadline.left())
            return ssl.create_default_context().wrap_socket(connection, server_hostname=place.host)
        except OSError as error:
            connection.close()
            failed = error
        except BaseException:
            connection.close()
            raise
    raise failed


class _Wire(io.RawIOBase):
    """The bytes of one connection, for as long as the deadline allows and as many as are `left`, whatever is sent."""

    def __init__(self, connection: socket.socket, deadline: Deadline) -> None:
        super().__init__()
        self.left = HEAD_BYTES
        self._connection, self._deadline = connection, deadline

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(self)

    def readable(self) -> bool:
        return True

    def readinto(self, into: Any) -> int:
        self._connection.settimeout(self._deadline.left())
        count = self._connection.recv_into(into)
        self.left -= count
        if self.left < 0:
            raise FetchFailed(Trouble.TOO_LARGE)
        return count


def _check(answer: HTTPResponse, only: tuple[str, ...], *, may_be_unchanged: bool) -> None:
    status = answer.status
    if status == 304 and may_be_unchanged:
        return
    if not 200 <= status < 300:
        raise FetchFailed(TROUBLES.get(status, Trouble.BROKEN), status)
    kind = _header(answer, "Content-Type").lower().partition(";")[0].strip()
    if only and kind and kind not in only:
        raise FetchFailed(Trouble.OTHER_KIND, status)


def _body(answer: HTTPResponse, most: int, cut: bool) -> bytes:
    """The body, decompressed piece by piece, so that a bomb goes off no further than `most` bytes."""
    if not most:
        return b""
    body, unpack = bytearray(), _unpacker(_header(answer, "Content-Encoding").lower())
    while len(body) <= most and (piece := answer.read(PIECE)):
        body += unpack(piece, most + 1 - len(body))
    if len(body) > most and not cut:
        raise FetchFailed(Trouble.TOO_LARGE, answer.status)
    if len(body) <= most and answer.length:
        raise FetchFailed(Trouble.DAMAGED, answer.status)  # it hung up before all was said
    return bytes(body[:most])


def _unpacker(encoding: str) -> Callable[[bytes, int], bytes]:
    """What turns the next bytes that came into at most so many bytes of the body."""
    if encoding in {"", "identity"}:
        return lambda piece, most: piece[:most]
    if encoding not in {"gzip", "x-gzip", "deflate"}:
        raise FetchFailed(Trouble.DAMAGED)  # we did not ask for it
    unpack = None

    def unpacked(piece: bytes, most: int) -> bytes:
        nonlocal unpack
        if unpack is None:  # some servers mean by deflate what stands inside zlib's wrapping
            is_bare = encoding == "deflate" and piece[0] & 0x0F != 8
            unpack = zlib.decompressobj(-zlib.MAX_WBITS if is_bare else zlib.MAX_WBITS | 32)
        return unpack.decompress(piece, most)

    return unpacked


def _fetched(place: Place, answer: HTTPResponse, body: bytes) -> Fetched:
    content_type = _header(answer, "Content-Type").lower()[:200]
    etag, last_modified = _stamp(_header(answer, "ETag")), _stamp(_header(answer, "Last-Modified"))
    return Fetched(answer.status, place.url, body, content_type, etag, last_modified)


def _header(answer: HTTPResponse, name: str) -> str:
    """One header's value as text; bytes outside ASCII are UTF-8 where they can be."""
    value = str(answer.headers.get(name, "")).strip()
    with contextlib.suppress(UnicodeError):
        value = value.encode("iso-8859-1").decode()
    return value


def _stamp(value: str) -> str:
    """An ETag or date as it is, or nothing where it could not stand in a header."""
    return value if STAMP.fullmatch(value) else ""
