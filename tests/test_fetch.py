"""What goes out of the house: only to public sites, only so long, only so much (SSRF-01 to SSRF-03, SSRF-05)."""

from __future__ import annotations

import ast
import datetime as dt
import gzip
import re
import socket
import ssl
import threading
import time
import tracemalloc
import zlib
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from flask import Flask

from app.fetch import Fetched, FetchFailed, Guard, Trouble, fetch, said
from app.fetch_guard import is_public
from tests.site import Canary, http, moved, running, until

OURS = "https://sign.undersigned.example"
NOWHERE = "203.0.113.1"  # opens a port for an address that nobody has, so that the address alone decides
ROOT = Path(__file__).parent.parent
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"


@pytest.fixture
def site():
    with running() as site:
        yield site


@pytest.fixture
def canary():
    canary = Canary()
    yield canary
    canary.stop()


@pytest.fixture
def names(monkeypatch):
    """The names that the resolver knows; numbers and localhost are read as always, nobody outside is asked."""
    known: dict[str, list[str]] = {}
    asked: list[str] = []
    real = socket.getaddrinfo

    def resolve(host, port, *args, **options):
        if host in known:
            asked.append(host)
            return [entry for address in known[host] for entry in real(address, port, *args, **options)]
        return real(host, port, *args, **options, flags=0 if host == "localhost" else socket.AI_NUMERICHOST)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    known["_asked"] = asked
    return known


@pytest.fixture
def edge(monkeypatch):
    """Every address to which a connection is attempted, also where no canary can sit."""
    went: list[str] = []
    real = socket.socket.connect

    def connect(self, address):
        went.append(address[0])
        return real(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect)
    return went


def get(site, path="/", host="127.0.0.1", scheme="http", also=frozenset(), **options) -> Fetched:
    options = {"accept": "*/*", "seconds": 5, **options}
    opening = frozenset({("127.0.0.1", site.port)}) | also
    return fetch(f"{scheme}://{host}:{site.port}{path}", guard=Guard(OURS, opening), **options)


def failing(*args, **options) -> FetchFailed:
    with pytest.raises(FetchFailed) as caught:
        get(*args, **options)
    return caught.value


def refused(url: str, *ports: int, base_url: str = OURS) -> Trouble:
    guard = Guard(base_url, frozenset((NOWHERE, port) for port in ports))
    with pytest.raises(FetchFailed) as caught:
        fetch(url, accept="*/*", seconds=5, guard=guard)
    return caught.value.trouble


# Table 3.8. PORT is the canary's.
# fmt: off
HOSTS = [
    "127.0.0.1", "localhost", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "0", "①②⑦.⓪.⓪.①", "127。0。0。1",
    "１２７.０.０.１", "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]", "[64:ff9b::7f00:1]",
    "[64:ff9b:1::7f00:1]", "[2002:7f00:1::]", "[fe80::1%eth0]", "[fe80::1]", "[fd00::1]", "[ff02::1]",
    "[2001:db8::1]", "[2001::1]", "[3fff::1]", "[100::1]", "[fec0::1]", "10.0.0.1", "172.16.0.1", "172.31.255.255",
    "192.168.0.1", "100.64.0.1", "100.100.100.200", "169.254.169.254", "192.0.0.8", "192.0.2.1", "198.18.0.1",
    "198.51.100.1", "224.0.0.1", "239.1.2.3", "240.0.0.1", "255.255.255.255", "0.0.0.0", "168.63.129.16",
    "127.0.0.1.", "LOCALHOST",
]
# fmt: on
OTHER = [
    "file:///etc/passwd",
    "gopher://127.0.0.1:PORT/_x",
    "ftp://127.0.0.1:PORT/",
    "data:text/html,x",
    "javascript:alert(1)",
    "//127.0.0.1:PORT/",
    "http:///127.0.0.1:PORT/",
    "http://good@127.0.0.1:PORT/",
    "http://good:pass@127.0.0.1:PORT/",
    "http://@127.0.0.1:PORT/",
    "http://good#@127.0.0.1:PORT/",
    "http://good\\@127.0.0.1:PORT/",
    "http://127.0.0.1:PORT\\@good/",
    "http://127.0.0.1\t:PORT/",
    "http://127.0.0.1:PORT/\r\nX: y",
    "http://127.0.0.1%00.good.example:PORT/",
    "http://%31%32%37.0.0.1:PORT/",
    "http://[::1",
    "http://[v1.x]:PORT/",
    "http://a..b:PORT/",
    f"http://{'a' * 300}:PORT/",
    f"http://{'a' * 64}.example:PORT/",
    "http://good:99999/",
    "http://good:0/",
    "http://good:８０/",
    "http://",
    "",
    "http://good/" + "a" * 2000,
    "http://good/\ud800",
]


@pytest.mark.parametrize("host", HOSTS)
def test_no_byte_reaches_what_is_not_public(host, canary, edge, names):
    assert refused(f"http://{host}:{canary.port}/", canary.port) in {Trouble.NO_SITE, Trouble.ADDRESS}
    assert refused(f"https://{host}:{canary.port}/", canary.port) in {Trouble.NO_SITE, Trouble.ADDRESS}
    assert (canary.came(), edge) == (0, [])


@pytest.mark.parametrize("url", OTHER)
def test_no_byte_follows_an_address_that_is_none(url, canary, edge, names):
    assert refused(url.replace("PORT", str(canary.port)), canary.port) in {Trouble.NO_SITE, Trouble.ADDRESS}
    assert (canary.came(), edge) == (0, [])


def test_the_canary_would_have_heard(canary, edge):
    """The proof that silence above means something: the same address, opened on purpose."""
    with pytest.raises(FetchFailed):
        fetch(
            f"http://127.1:{canary.port}/",
            accept="*/*",
            seconds=0.2,
            guard=Guard(OURS, frozenset({("127.0.0.1", canary.port)})),
        )
    assert (canary.came(), edge) == (1, ["127.0.0.1"])


def test_a_name_and_password_are_never_sent_anywhere(edge, names):
    names["news.example"] = ["93.184.216.34"]
    assert refused("https://olive:secret@news.example/") == Trouble.ADDRESS
    assert (names["_asked"], edge) == ([], [])


@pytest.mark.parametrize("port", [22, 25, 5432, 6379, 8080])
def test_other_ports_are_refused_wherever_they_are(port, edge, names):
    names["news.example"] = ["93.184.216.34"]
    assert refused(f"http://news.example:{port}/") == Trouble.ADDRESS
    assert edge == []


@pytest.mark.parametrize("port", ["", ":80", ":443"])
def test_the_ports_of_the_web_are_let_through(port, edge, names, monkeypatch):
    names["news.example"] = ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946"]
    monkeypatch.setattr(socket.socket, "connect", lambda self, address: edge.append(address) or self.close())
    assert refused(f"http://news.example{port}/") == Trouble.AWAY
    assert edge[0] == ("93.184.216.34", int(port[1:] or 80))


@pytest.mark.parametrize(
    "order", [["93.184.216.34", "10.0.0.1"], ["::1", "93.184.216.34"], ["93.184.216.34", "127.0.0.1"]]
)
def test_a_name_with_one_address_that_is_not_public_is_refused(order, canary, edge, names):
    names["two-faced.example"] = order
    assert refused(f"http://two-faced.example:{canary.port}/", canary.port) == Trouble.NO_SITE
    assert (canary.came(), edge) == (0, [])


def test_a_name_is_asked_once_and_cannot_change_its_mind(site, canary, names, monkeypatch):
    """Rebinding: between the check and the connection the name would turn to another address."""
    names["news.example"] = ["127.0.0.1"]
    site.pages["/"] = http(b"news")
    asked = socket.getaddrinfo

    def turning(host, *args, **options):
        found = asked(host, *args, **options)
        names["news.example"] = ["127.0.0.2"]
        return found

    monkeypatch.setattr(socket, "getaddrinfo", turning)
    assert get(site, host="news.example").body == b"news"
    assert names["_asked"] == ["news.example"]
    assert f"Host: news.example:{site.port}\r\n" in site.requests[0]
    assert failing(site, host="news.example").trouble == Trouble.NO_SITE


@pytest.mark.parametrize(
    "host", ["sign.undersigned.example", "SIGN.undersigned.example.", "ｓｉｇｎ.undersigned.example"]
)
def test_our_own_name_is_refused_before_it_is_looked_up(host, edge, names):
    names["sign.undersigned.example"] = ["93.184.216.34"]
    assert refused(f"https://{host}/desk") == Trouble.OURSELVES
    assert (names["_asked"], edge) == ([], [])


@pytest.mark.parametrize("address", ["93.184.216.34", "8.8.8.8", "2606:2800:220:1::1", "2a00:1450:4001::1"])
def test_sites_of_the_world_are_public(address):
    assert is_public(address)


@pytest.mark.parametrize(
    "to",
    ["http://127.0.0.1:CANARY/", "http://2130706433:CANARY/", "//[::1]:CANARY/", "http://169.254.169.254/latest/meta-data/",
     "file:///etc/passwd", "gopher://127.0.0.1:CANARY/", "http://a@127.0.0.1:CANARY/", "http://[::1", "https://sign.undersigned.example/desk"],
)  # fmt: skip
def test_a_redirect_is_checked_like_the_first_address(to, site, canary, edge, names):
    site.pages["/"] = moved(to.replace("CANARY", str(canary.port)))
    trouble = failing(site, also=frozenset({(NOWHERE, canary.port)})).trouble
    assert trouble in {Trouble.NO_SITE, Trouble.ADDRESS, Trouble.OURSELVES, Trouble.DAMAGED}
    assert (canary.came(), edge) == (0, ["127.0.0.1"])


def test_three_redirects_are_followed_and_the_fourth_is_not(site):
    site.pages |= {f"/{n}": moved(f"/{n + 1}", "301 Moved", Set_Cookie="a=b") for n in range(4)}
    site.pages["/4"] = http(b"the end")
    assert get(site, "/1").url == site.url("/4")
    assert not any("ookie" in request for request in site.requests)
    assert failing(site, "/0").trouble == Trouble.REDIRECTS
    site.pages["/loop"] = moved("/loop")
    assert failing(site, "/loop").trouble == Trouble.REDIRECTS
    assert len(site.requests) == 4 + 4 + 4


def test_a_redirect_may_have_spaces_and_letters_of_any_script(site):
    site.pages["/"] = b"HTTP/1.1 302 Found\r\nLocation: /a b/\xd8\xa8?q=\xc3\xa9#part\r\n\r\n"
    site.pages["/a%20b/%D8%A8?q=%C3%A9"] = http(b"here")
    assert get(site).body == b"here"


def test_a_request_says_who_asks_and_nothing_more(site, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    site.pages["/p?q=1"] = http(b"page")
    get(site, "/p?q=1", accept="text/html")
    assert site.requests == [
        f"GET /p?q=1 HTTP/1.1\r\nHost: 127.0.0.1:{site.port}\r\nUser-Agent: Undersigned (+{OURS})\r\nAccept: text/html\r\n"
        "Accept-Encoding: gzip, deflate\r\nConnection: close\r\n\r\n"
    ]


def test_what_came_is_told_in_full(site):
    site.pages["/"] = http(
        "ünï".encode("latin-1"), kind='Text/HTML; Charset="ISO-8859-1"', ETag='W/"a1"', Last_Modified="Fri, 03 May 2024 10:00:00 GMT"
    )  # fmt: skip
    got = get(site)
    assert (got.status, got.url, got.body) == (200, site.url("/"), b"\xfcn\xef")
    assert got.kind == "text/html"
    assert (got.etag, got.last_modified) == ('W/"a1"', "Fri, 03 May 2024 10:00:00 GMT")


def test_what_did_not_change_is_not_sent_again(site):
    site.pages["/"] = b'HTTP/1.1 304 Not Modified\r\nETag: "a1"\r\n\r\n'
    got = get(site, etag='"a1"', last_modified="Fri, 03 May 2024 10:00:00 GMT")
    assert (got.status, got.body, got.etag) == (304, b"", '"a1"')
    assert 'If-None-Match: "a1"\r\nIf-Modified-Since: Fri, 03 May 2024 10:00:00 GMT\r\n' in site.requests[0]
    assert failing(site).trouble == Trouble.BROKEN  # nobody asked whether


def test_a_stored_etag_cannot_become_a_second_header(site):
    site.pages["/"] = http(b"page", ETag="\u00e9" * 3)
    assert get(site, etag='"a"\r\nX-Evil: 1', last_modified="x" * 900).etag == ""
    assert "If-" not in site.requests[0]
    assert "Evil" not in site.requests[0]


@pytest.mark.parametrize(
    ("status", "trouble"),
    [("404 Not Found", Trouble.MISSING), ("410 Gone", Trouble.MISSING), ("401 Who", Trouble.CLOSED), ("403 No", Trouble.CLOSED),
     ("451 Law", Trouble.CLOSED), ("429 Slow down", Trouble.BUSY), ("503 Full", Trouble.BUSY), ("500 Oh", Trouble.BROKEN),
     ("418 Tea", Trouble.BROKEN), ("302 Nowhere", Trouble.BROKEN), ("101 Switch", Trouble.BROKEN)],
)  # fmt: skip
def test_a_status_that_is_no_answer_is_told_apart(status, trouble, site):
    site.pages["/"] = http(b"root password: hunter2", status)
    failed = failing(site)
    assert (failed.trouble, failed.answered) == (trouble, int(status[:3]))


NO_ANSWERS = {
    "hangs up": (b"", Trouble.AWAY),
    "no HTTP": (b"SSH-2.0-OpenSSH_9.2\r\n", Trouble.DAMAGED),
    "half a body": (HEAD + b"Content-Length: 100\r\n\r\nhalf", Trouble.DAMAGED),
    "half a chunk": (HEAD + b"Transfer-Encoding: chunked\r\n\r\nff\r\nhalf", Trouble.DAMAGED),
    "a chunk below zero": (HEAD + b"Transfer-Encoding: chunked\r\n\r\n-5\r\nhalf", Trouble.DAMAGED),
    "no chunks": (HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n", Trouble.DAMAGED),
    "no gzip": (http(b"plain", Content_Encoding="gzip"), Trouble.DAMAGED),
    "not asked for": (http(b"plain", Content_Encoding="br"), Trouble.DAMAGED),
    "twice": (http(gzip.compress(gzip.compress(b"x")), Content_Encoding="gzip, gzip"), Trouble.DAMAGED),
    "many headers": (HEAD + b"X: y\r\n" * 200 + b"\r\n", Trouble.DAMAGED),
    "a long header": (HEAD + b"X: " + b"y" * 70_000 + b"\r\n\r\n", Trouble.TOO_LARGE),
    "large headers": (HEAD + (b"X: " + b"y" * 60_000 + b"\r\n") * 20 + b"\r\n", Trouble.TOO_LARGE),
    "go on for ever": (b"HTTP/1.1 100 Go on\r\n\r\n" * 5_000, Trouble.TOO_LARGE),
    "a long tail": (HEAD + b"Transfer-Encoding: chunked\r\n\r\n0\r\n" + b"X: y\r\n" * 900_000, Trouble.TOO_LARGE),
}


@pytest.mark.parametrize(("answer", "trouble"), NO_ANSWERS.values(), ids=NO_ANSWERS.keys())
def test_an_answer_that_is_none_ends_at_once(answer, trouble, site):
    site.pages["/"] = answer
    began = time.monotonic()
    assert failing(site).trouble == trouble
    assert time.monotonic() - began < 5


def test_a_site_that_is_away_is_told_apart(site):
    site.stop()
    assert failing(site).trouble == Trouble.AWAY


def drip():
    yield HEAD + b"\r\n"
    while True:
        yield b"."


def slow_head():
    yield b"HTTP/1.1 200 OK\r\n"
    while True:
        yield b"X: y\r\n"


@pytest.mark.parametrize("page", [drip, slow_head])
def test_a_dripping_site_is_left_at_the_deadline(page):
    with running(pause=0.02) as site:
        site.pages["/"] = page
        began = time.monotonic()
        assert failing(site, seconds=0.3).trouble == Trouble.SLOW
        assert 0.2 < time.monotonic() - began < 5


def test_a_handshake_that_never_ends_is_left_at_the_deadline(canary):
    began = time.monotonic()
    assert failing(canary, scheme="https", seconds=0.3).trouble == Trouble.SLOW
    assert time.monotonic() - began < 5


def test_redirects_share_one_deadline():
    with running(pause=0.2) as site:
        site.pages["/"] = lambda: iter([b"HTTP/1.1 302 Found\r\n", b"Location: /\r\n\r\n"])
        began = time.monotonic()
        assert failing(site, seconds=0.5).trouble == Trouble.SLOW
        assert time.monotonic() - began < 5


def test_a_resolver_that_does_not_answer_is_left_at_the_deadline(site, monkeypatch):
    left = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **options: [] if left.wait(60) else None)
    try:
        assert failing(site, host="news.example", seconds=0.2).trouble == Trouble.SLOW
        assert not left.is_set()
    finally:
        left.set()


@pytest.mark.parametrize(
    ("error", "trouble"),
    [(socket.gaierror(socket.EAI_NONAME, "nope"), Trouble.NO_SITE), (socket.gaierror(socket.EAI_AGAIN, "later"), Trouble.AWAY)],
)  # fmt: skip
def test_a_name_that_is_unknown_and_a_resolver_that_is_away_are_told_apart(error, trouble, site, monkeypatch):
    def resolve(*args, **options):
        raise error

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    assert failing(site, host="news.example").trouble == trouble


def test_an_address_that_is_dead_leaves_time_for_the_next(site, names, edge):
    names["news.example"] = ["127.0.0.9", "127.0.0.1"]
    site.pages["/"] = http(b"news")
    also = frozenset({("127.0.0.9", site.port)})
    assert get(site, host="news.example", also=also).body == b"news"
    assert edge == ["127.0.0.9", "127.0.0.1"]


def endless():
    yield HEAD + b"\r\n"
    while True:
        yield b"x" * 16_384


def endless_chunks():
    yield HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
    while True:
        yield b"4000\r\n" + b"x" * 16_384 + b"\r\n"


@pytest.mark.parametrize("page", [endless, endless_chunks])
def test_a_site_without_end_is_left_when_it_is_too_much(page, site):
    site.pages["/"] = page
    assert failing(site, most_bytes=100_000).trouble == Trouble.TOO_LARGE
    assert len(get(site, most_bytes=100_000, cut=True).body) == 100_000
    assert get(site, most_bytes=0).body == b""
    assert site.sent < 20_000_000  # what the sockets between hold, and no more


def bomb(kind: str) -> bytes:
    """60 MB of zeros in 60 kB: thirty times what is allowed."""
    bits = {"gzip": 31, "deflate": 15, "bare": -15}[kind]
    pack = zlib.compressobj(9, wbits=bits)
    packed = b"".join(pack.compress(bytes(1_000_000)) for _ in range(60)) + pack.flush()
    return http(packed, Content_Encoding="gzip" if kind == "gzip" else "deflate")


@pytest.mark.parametrize("kind", ["gzip", "deflate", "bare"])
def test_a_bomb_goes_off_no_further_than_was_allowed(kind, site):
    site.pages["/"] = bomb(kind)
    tracemalloc.start()
    try:
        assert failing(site).trouble == Trouble.TOO_LARGE
        assert get(site, most_bytes=1000, cut=True).body == bytes(1000)
        assert tracemalloc.get_traced_memory()[1] < 12_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("size", [0, 1, 65_536, 2 * 1024 * 1024])
@pytest.mark.parametrize("kind", ["plain", "gzip", "deflate", "bare", "chunked"])
def test_a_body_up_to_the_limit_comes_whole(kind, size, site):
    body = (b"a sentence, " * (size // 12 + 1))[:size]
    pack = {"gzip": 31, "deflate": 15, "bare": -15}
    if kind in pack:
        packer = zlib.compressobj(wbits=pack[kind])
        packed = packer.compress(body) + packer.flush()
        site.pages["/"] = http(packed, Content_Encoding="gzip" if kind == "gzip" else "deflate")
    elif kind == "chunked":
        chunks = [body[at : at + 5000] for at in range(0, size, 5000)]
        packed = b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks)
        site.pages["/"] = HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + packed + b"0\r\n\r\n"
    else:
        site.pages["/"] = http(body)
    assert get(site).body == body
    if size > 1:
        assert failing(site, most_bytes=size - 1).trouble == Trouble.TOO_LARGE


def test_a_kind_that_was_not_asked_for_is_refused_before_its_body(site):
    feeds = ("application/rss+xml", "application/atom+xml", "text/xml")
    site.pages["/"] = endless
    assert failing(site, only=feeds).trouble == Trouble.OTHER_KIND
    site.pages["/"] = http(b"<rss/>", kind="Application/RSS+XML; charset=x-none")
    assert get(site, only=feeds).content_type == "application/rss+xml; charset=x-none"
    site.pages["/"] = http(b"<rss/>", kind="")
    assert get(site, only=feeds).content_type == ""


def certificate(folder: Path, name: str) -> tuple[Path, ssl.SSLContext]:
    """A certificate for one name, made and signed by itself, and a server's context that shows it."""
    key, called = (
        ec.generate_private_key(ec.SECP256R1()),
        x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)]),
    )
    day = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder(called, called, key.public_key(), x509.random_serial_number())
        .not_valid_before(day - dt.timedelta(days=1))
        .not_valid_after(day + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / f"{name}.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return file, context


@pytest.fixture
def secure(tmp_path, monkeypatch):
    """A site with a certificate for news.example, which is trusted here; the names that were asked for by SNI."""
    file, context = certificate(tmp_path, "news.example")
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    asked: list[str | None] = []
    context.sni_callback = lambda _connection, name, _context: asked.append(name)
    with running(context=context) as site:
        site.pages["/"] = http(b"news, in secret")
        site.asked = asked  # type: ignore[attr-defined]  # beside the site, for one test
        yield site


def test_a_certificate_is_held_to_the_name_while_the_checked_address_is_connected(secure, names, edge):
    names["news.example"] = ["127.0.0.1"]
    got = get(secure, host="news.example", scheme="https")
    assert (got.body, got.url) == (b"news, in secret", secure.url("/", "news.example", "https"))
    assert (secure.asked, edge) == (["news.example"], ["127.0.0.1"])
    assert f"Host: news.example:{secure.port}\r\n" in secure.requests[0]


@pytest.mark.parametrize("host", ["other.example", "127.0.0.1"])
def test_the_certificate_of_another_name_is_refused_before_anything_is_asked(host, secure, names):
    names["other.example"] = ["127.0.0.1"]
    assert failing(secure, host=host, scheme="https").trouble == Trouble.INSECURE
    assert until(lambda: secure.connections == 1)
    assert secure.requests == []


def test_a_certificate_that_nobody_vouches_for_is_refused(secure, names, monkeypatch, tmp_path):
    stranger, _ = certificate(tmp_path, "stranger.example")
    monkeypatch.setenv("SSL_CERT_FILE", str(stranger))
    names["news.example"] = ["127.0.0.1"]
    assert failing(secure, host="news.example", scheme="https").trouble == Trouble.INSECURE
    assert secure.requests == []


def test_a_site_that_speaks_no_tls_is_refused(site, names):
    site.pages["/a"] = http(b"plain")
    assert failing(site, "/a", scheme="https").trouble == Trouble.INSECURE


@pytest.mark.parametrize("trouble", Trouble)
def test_an_organiser_reads_what_to_do_and_nothing_of_our_insides(trouble):
    sentence = said(trouble)
    assert sentence.endswith(".")
    assert not any(word in sentence for word in ("127.", "Errno", "Error", "None", "HTTP", "%"))


def test_a_failure_carries_nothing_of_what_the_other_side_said(site):
    site.pages["/"] = b"HTTP/1.1 500 secret-banner\r\nServer: secret-banner\r\n\r\nsecret-banner"
    for failed in (failing(site), failing(site, scheme="https")):
        assert "secret" not in f"{failed} {failed.sentence} {vars(failed)}"
        assert failed.__cause__ is None
        assert failed.__suppress_context__ or failed.__context__ is None


@pytest.mark.parametrize(("mode", "opened"), [("testing", True), ("development", False), ("production", False)])
def test_the_door_for_tests_opens_in_tests_only(mode, opened):
    app = Flask("undersigned")
    app.config.update(MODE=mode, BASE_URL=OURS, FETCH_ALSO={("127.0.0.1", 8000)})
    with app.app_context():
        assert Guard.of_this_site() == Guard(OURS, frozenset({("127.0.0.1", 8000)}) if opened else frozenset())


def test_nothing_else_of_the_product_goes_out():
    """Whatever asks another site goes through fetch; only mail and the sign-in provider, which operators name, have ways of their
    own. And nobody opens the guard."""
    clients = {
        "http.client",
        "urllib.request",
        "urllib3",
        "httpx",
        "requests",
        "authlib.integrations.requests_client",
        "aiohttp",
        "socket",
        "ftplib",
        "xmlrpc.client",
    }
    wrong = []
    may_be_one = re.compile(
        rf"\b(?:from|import)\s+(?:{'|'.join(name.partition('.')[0] for name in clients)})\b|\bGuard\b"
    )
    for file in sorted((ROOT / "app").rglob("*.py")):
        said = file.read_text()
        for node in ast.walk(ast.parse(said)) if may_be_one.search(said) else ():
            named = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            named += (
                [f"{node.module}", *(f"{node.module}.{a.name}" for a in node.names)]
                if isinstance(node, ast.ImportFrom)
                else []
            )
            if clients & set(named) and file.name not in {"fetch.py", "fetch_guard.py", "oidc.py", "smtp.py"}:
                wrong.append(f"{file.name} imports {clients & set(named)}: call app.fetch")
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Guard":
                wrong.append(f"{file.name} makes a guard of its own: leave it to app.fetch")
    assert wrong == []
