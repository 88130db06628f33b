"""Where a fetch may go (SSRF-01 to SSRF-03): decided from the addresses that a name leads to, before any byte is sent.

An organiser types an address and our server goes there. Without this it would go for them into the private network that it
stands in: to databases, to the cloud's keeper of keys, to itself.
"""

from __future__ import annotations

import contextlib
import queue
import re
import socket
import threading
import time
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import quote, urlsplit

import idna
from flask import current_app
from flask_babel import gettext as _

from app.domain.refused import Refused

PORTS = {"http": 80, "https": 443}
LONGEST_URL = 2_000  # characters; what a report or news item holds
UNFIT = re.compile(
    r"[\x00-\x1f\x7f-\x9f\\\ud800-\udfff]"
)  # urlsplit drops some of these silently, and browsers read \ as /
HOST = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*")
IN_PATHS, IN_QUERIES = "/%:@!$&'()*+,;=~-._", "/?%:@!$&'()*+,;=~-._"

# Global unicast, and of that what leads elsewhere than to a public site. Written out instead of asking `is_global`, whose
# answer differs between versions of Python and lets 64:ff9b::/96, 2002::/16 and multicast through.
UNICAST_6 = ip_network("2000::/3")
NOT_SITES_6 = [ip_network(block) for block in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")]
# fmt: off
NOT_SITES_4 = [ip_network(block) for block in (
    "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
    "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
    "224.0.0.0/4", "240.0.0.0/4",
    "168.63.129.16/32",  # public by its number, but inside Azure it is the machine's own keeper
)]
# fmt: on


class Trouble(StrEnum):
    """Why a fetch failed; fit to be stored. `said` has the words."""

    ADDRESS = "address"  # nothing that we fetch
    OURSELVES = "ourselves"
    NO_SITE = "no_site"  # no such name, or none on the public network: which of both is nobody's business
    AWAY = "away"
    SLOW = "slow"
    INSECURE = "insecure"
    REDIRECTS = "redirects"
    MISSING = "missing"  # 404, 410
    CLOSED = "closed"  # 401, 403 and their like
    BUSY = "busy"  # 429, 503
    BROKEN = "broken"  # any other status that is no answer
    TOO_LARGE = "too_large"
    OTHER_KIND = "other_kind"
    DAMAGED = "damaged"  # no HTTP, cut off, or compressed in a way that cannot be undone


def said(trouble: Trouble) -> str:
    """What failed and what to do, in the reader's language. Nothing that the other side said is in it (SSRF-05)."""
    sentences = {
        Trouble.ADDRESS: _(
            "This address cannot be opened from here. Write a public one, such as https://example.org/page."
        ),
        Trouble.OURSELVES: _("This address leads back to this site. Write the address of the page elsewhere."),
        Trouble.NO_SITE: _("There is no public site at this address. Check how it is written."),
        Trouble.AWAY: _("The site does not answer. Try again later."),
        Trouble.SLOW: _("The site took too long to answer. Try again later."),
        Trouble.INSECURE: _("The site's certificate is not valid for this address, so what it says cannot be trusted."),
        Trouble.REDIRECTS: _("The address leads on to too many others. Write the one where it ends."),
        Trouble.MISSING: _("There is no page at this address any more. Check the address."),
        Trouble.CLOSED: _(
            "The site does not let us read this page. Open it in your browser, and write what it says yourself."
        ),
        Trouble.BUSY: _("The site has too much to do. Try again later."),
        Trouble.BROKEN: _("The site answered with an error. Try again later."),
        Trouble.TOO_LARGE: _("What is at this address is too large to be read."),
        Trouble.OTHER_KIND: _("What is at this address is of another kind than expected."),
        Trouble.DAMAGED: _("The site's answer is damaged or incomplete. Try again later."),
    }
    return sentences[trouble]


class FetchFailed(Refused):
    """What was asked for did not come. `answered` is the other side's HTTP status, 0 where none came."""

    status = 422

    def __init__(self, trouble: Trouble, answered: int = 0) -> None:
        super().__init__(said(trouble))
        self.trouble = trouble
        self.answered = answered


class Deadline:
    """The moment at which a whole fetch is over, however many steps it takes and however slowly each of them comes."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        """Seconds until then. Raises FetchFailed when there are none."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise FetchFailed(Trouble.SLOW)
        return left


@dataclass(frozen=True)
class Place:
    """An address that was checked: where to connect, and what to ask for there."""

    scheme: str
    host: str  # the name, for Host, SNI and the certificate
    port: int
    target: str  # path and query
    addresses: tuple[str, ...]  # every one of them allowed

    @property
    def authority(self) -> str:
        """The value of the Host header."""
        name = f"[{self.host}]" if ":" in self.host else self.host
        return name if self.port == PORTS[self.scheme] else f"{name}:{self.port}"

    @property
    def url(self) -> str:
        """The address as it is asked for, without its fragment."""
        return f"{self.scheme}://{self.authority}{self.target}"


@dataclass(frozen=True)
class Guard:
    """Says where a fetch may go. `also` opens single pairs of address and port, for servers of tests; the product passes none."""

    base_url: str
    also: frozenset[tuple[str, int]] = frozenset()

    @classmethod
    def of_this_site(cls) -> Guard:
        """The guard of the running app. FETCH_ALSO is no setting and is looked at with MODE=testing only."""
        config = current_app.config
        also = config.get("FETCH_ALSO", ()) if config["MODE"] == "testing" else ()
        return cls(config["BASE_URL"], frozenset(also))

    def place(self, url: str, deadline: Deadline) -> Place:
        """Where this address leads. Raises FetchFailed where a fetch must not go."""
        scheme, host, port, target = _read(url)
        if port not in PORTS.values() and port not in {opened for _address, opened in self.also}:
            raise FetchFailed(Trouble.ADDRESS)
        if host == _host(urlsplit(self.base_url).hostname or "") and (host, port) not in self.also:
            raise FetchFailed(Trouble.OURSELVES)
        addresses = _resolved(host, port, deadline)
        if not addresses or not all(is_public(a) or (a, port) in self.also for a in addresses):
            raise FetchFailed(Trouble.NO_SITE)
        return Place(scheme, host, port, target, addresses)


def is_public(address: str) -> bool:
    """Whether an address belongs to a public site: global unicast, and in none of the blocks that lead elsewhere."""
    found = ip_address(address.partition("%")[0])
    if isinstance(found, IPv4Address):
        return not any(found in block for block in NOT_SITES_4)
    return found in UNICAST_6 and not any(found in block for block in NOT_SITES_6)


def _read(url: str) -> tuple[str, str, int, str]:
    """Scheme, host, port and target, each in the one form that is both checked and sent."""
    url = url.strip(" ")
    if len(url) > LONGEST_URL or UNFIT.search(url):
        raise FetchFailed(Trouble.ADDRESS)
    try:
        parts = urlsplit(url)
        port, name = parts.port, parts.hostname
    except ValueError:
        raise FetchFailed(Trouble.ADDRESS) from None
    if parts.scheme not in PORTS or not name or "@" in parts.netloc or port == 0:
        raise FetchFailed(Trouble.ADDRESS)
    target = quote(parts.path or "/", safe=IN_PATHS)
    if parts.query:
        target += "?" + quote(parts.query, safe=IN_QUERIES)
    return parts.scheme, _host(name), port or PORTS[parts.scheme], target


def _host(name: str) -> str:
    """A host in ASCII and small letters, without a dot at its end. An IPv6 address may name no interface (%eth0)."""
    with contextlib.suppress(ValueError):
        if ":" in name and "%" not in name:
            return str(IPv6Address(name))
        if not name.isascii():
            name = idna.encode(name, uts46=True).decode()  # as browsers do: full-width digits become plain ones
    name = name.lower().removesuffix(".")
    if len(name) > 253 or not HOST.fullmatch(name):
        raise FetchFailed(Trouble.ADDRESS)
    return name


def _resolved(host: str, port: int, deadline: Deadline) -> tuple[str, ...]:
    """Every address of this name, asked once. What libc makes of 2130706433 or 127.1 comes out as an address here (SSRF-03)."""
    answers: queue.SimpleQueue[tuple[str, ...] | Trouble] = queue.SimpleQueue()
    # In a thread, since libc waits as long as it likes. One that is late ends by itself.
    threading.Thread(target=lambda: answers.put(_looked_up(host, port)), daemon=True).start()
    try:
        answer = answers.get(timeout=deadline.left())
    except queue.Empty:
        raise FetchFailed(Trouble.SLOW) from None
    if isinstance(answer, Trouble):
        raise FetchFailed(answer)
    return answer


def _looked_up(host: str, port: int) -> tuple[str, ...] | Trouble:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    except socket.gaierror as error:
        return Trouble.AWAY if error.errno == socket.EAI_AGAIN else Trouble.NO_SITE
    except (OSError, ValueError):  # ValueError: a label that is too long
        return Trouble.NO_SITE
    return tuple(dict.fromkeys(str(entry[4][0]) for entry in found))
