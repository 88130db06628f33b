"""Public pages kept for a few seconds: rendered once, given to everybody, compressed once.

Kept in the process, for as long as browsers and proxies may keep them too (`PAGE_SECONDS`). So a page costs little more than
an empty answer, a thousand visitors at expiry render it once, and a single signature cannot be watched arriving (ENU-05).
"""

from __future__ import annotations

import functools
import gzip
import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Flask, Response, current_app, g, make_response, request

from app.models import Channel

MOST_PAGES = 512
STALE_FACTOR = 6  # a proxy may show a page this many times longer while it fetches a new one, or while we are down
SMALLEST_TO_COMPRESS = 600
TYPED = ("q", "place")  # arguments in which people write what they look for


@dataclass(frozen=True)
class Kept:
    """One answer as it is sent."""

    body: bytes
    packed: bytes | None
    etag: str
    mimetype: str
    policy: str  # of the content, where it is another one than that of all pages
    made: float


class Shelf:
    """The kept answers of one app, the least used dropped first; one thread renders while others wait."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, ...], Kept] = OrderedDict()
        self._making: dict[tuple[str, ...], threading.Lock] = {}
        self._lock = threading.Lock()

    def get(self, key: tuple[str, ...], seconds: float) -> Kept | None:
        """The answer kept under `key`, unless it is older than `seconds`."""
        kept = self._kept.get(key)
        return kept if kept is not None and time.monotonic() - kept.made < seconds else None

    def making(self, key: tuple[str, ...]) -> threading.Lock:
        """The lock of whoever renders this page."""
        with self._lock:
            return self._making.setdefault(key, threading.Lock())

    def keep(self, key: tuple[str, ...], kept: Kept) -> None:
        """Put an answer on the shelf."""
        with self._lock:
            self._kept[key] = kept
            self._kept.move_to_end(key)
            while len(self._kept) > MOST_PAGES:
                self._kept.popitem(last=False)

    def made(self, key: tuple[str, ...]) -> None:
        """Nobody renders this page any more."""
        with self._lock:
            self._making.pop(key, None)

    def clear(self) -> None:
        """Forget everything; tests and the demonstration do."""
        with self._lock:
            self._kept.clear()


def init_app(app: Flask) -> None:
    """Give the app its shelf."""
    app.extensions["pages"] = Shelf()


def forget() -> None:
    """Let the next visitor see what has just changed."""
    current_app.extensions["pages"].clear()


def kept(
    *arguments: str, unless: Callable[[], bool] = lambda: False
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Keep what a public view answers with status 200. `arguments` names the query arguments that its answer depends on. What is
    asked for in another way (`unless`) is passed on and not kept."""

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        passed = passing(view)

        @functools.wraps(view)
        def answer(**values: Any) -> Any:
            if unless():
                return passed(**values)
            g.is_for_every_language = "lang" not in arguments
            key = (request.path, *(_known(name) for name in arguments))
            seconds = current_app.config["PAGE_SECONDS"]
            shelf: Shelf = current_app.extensions["pages"]
            found = shelf.get(key, seconds)
            if found is not None:
                return _sent(found, seconds)
            with shelf.making(key):
                found = shelf.get(key, seconds)
                if found is None:
                    try:
                        response = make_response(view(**values))
                        if response.status_code != 200:
                            return response
                        found = _pack(response)
                        shelf.keep(key, found)
                    finally:  # also for an address that leads nowhere: strangers invent any number of those
                        shelf.made(key)
            return _sent(found, seconds)

        return answer

    return decorate


def passing(view: Callable[..., Any]) -> Callable[..., Any]:
    """Let browsers and proxies keep what a public view answers with status 200, and keep nothing here: for pages whose arguments
    strangers invent, which would push everything else from the shelf."""

    @functools.wraps(view)
    def answer(**values: Any) -> Any:
        response = make_response(view(**values))
        return _sent(_pack(response), current_app.config["PAGE_SECONDS"]) if response.status_code == 200 else response

    return answer


def readers() -> str:
    """Who may keep an answer. Not proxies where somebody looked for words: in their files it would stand under these words."""
    return "private" if request.args and any(request.args.get(name) for name in TYPED) else "public"


def _known(argument: str) -> str:
    """The argument's value if it is one that makes a difference, so that nobody can have a page rendered anew by inventing some."""
    value = request.args.get(argument, "")
    if not value:
        return ""
    allowed = {"lang": current_app.config["LANGUAGES"], "via": tuple(Channel)}.get(argument, ())
    return value if value in allowed else ""


def _pack(response: Response) -> Kept:
    body = response.get_data()
    kind = response.mimetype or ""
    compressible = kind.startswith("text/") or kind.endswith(("json", "xml"))
    packed = gzip.compress(body, 6) if compressible and len(body) >= SMALLEST_TO_COMPRESS else None
    etag = hashlib.blake2b(body, digest_size=12).hexdigest()
    policy = response.headers.get("Content-Security-Policy", "")
    return Kept(body, packed, etag, response.content_type, policy, time.monotonic())


def _sent(kept: Kept, seconds: int) -> Response:
    packed = kept.packed is not None and "gzip" in request.headers.get("Accept-Encoding", "")
    kept_for = f"max-age={seconds}, stale-while-revalidate={seconds * STALE_FACTOR}, stale-if-error=600"
    headers = [("Cache-Control", f"{readers()}, {kept_for}"), ("ETag", f'W/"{kept.etag}"')]
    if kept.policy:
        headers.append(("Content-Security-Policy", kept.policy))
    if packed:
        headers.append(("Content-Encoding", "gzip"))
    if kept.packed is not None:
        headers.append(("Vary", "Accept-Encoding"))
    if kept.etag in request.headers.get("If-None-Match", ""):
        return Response(b"", 304, headers, content_type=kept.mimetype)
    return Response(kept.packed if packed else kept.body, headers=headers, content_type=kept.mimetype)
