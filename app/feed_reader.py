"""What a feed says, RSS, Atom or JSON Feed: its items as plain text, bounded and clean. Every word of it is a stranger's.

XML with a document type is refused before anything is made of it, so that no entity is ever expanded or fetched (SSRF-04), and so is
what is not well formed after common slips were mended: `feed_elements` guesses at nothing. Of a feed with thousands of items the
newest hundred are taken.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from dataclasses import dataclass, replace
from html import entities
from typing import Any
from xml.parsers import expat

from app import feed_attribution, feed_elements, feed_json, feed_links, page_details, page_markup, written_dates
from app.feed_text import line, paragraphs, plain, shortened
from app.feed_troubles import FeedTrouble, NotAFeed
from app.models.types import PartialDate

MOST_ITEMS = 100
LONGEST_AUTHOR = 1_000
MOST_ELEMENTS, DEEPEST = 300_000, 60  # of a feed's XML; ten thousand items have less than half as many
LONGEST_TITLE, LONGEST_BYLINE, LONGEST_OUTLET, LONGEST_SOURCE, LONGEST_DISCLAIMER = 300, 200, 200, 200, 400
DECLARATION = re.compile(r"\A\s*<\?xml\b[^>]{0,200}\?>")
HTML = re.compile(
    r"\A\s*(?:<\?xml\b[^>]{0,200}\?>\s*)?(?:<!--.{0,2000}?-->\s*)*(?:<!doctype\s+html|<html)\b", re.I | re.S
)
ROOTS = {"rss", "feed", "RDF"}
UNFIT = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # what no XML may hold
REFERENCE = re.compile(r"&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z][a-z0-9]{1,30}));|&", re.I)
OWN_NAMES = {"amp", "lt", "gt", "quot", "apos"}
MAILBOX = re.compile(r"\S+@\S+")
LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{2,8})*", re.I)
LONGEST_LANGUAGE = 8


@dataclass(frozen=True)
class FeedItem:
    """One item. `key` is a digest of what its source calls it, the same however often and wherever it is read."""

    key: str
    title: str
    url: str
    is_linked: bool  # has a link of its own; else `url` is the page that the feed belongs to
    text: str  # paragraphs, parted by an empty line
    byline: str
    outlet: str  # where the item names another one than the feed's own
    disclaimer: str
    source_line: str
    published: PartialDate | None
    language: str


@dataclass(frozen=True)
class Feed:
    """A feed: its newest items, the newest first."""

    title: str
    language: str
    items: tuple[FeedItem, ...]


def is_page(body: bytes, content_type: str) -> bool:
    """Whether this is an HTML page, which may announce a feed but is none."""
    return bool(HTML.match(_decoded(body, content_type)[:4000]))


def announced(body: bytes, content_type: str, url: str) -> str:
    """The address of the first feed that a page points to, "" where it points to none."""
    links = page_details.read(body, content_type if "html" in content_type else "text/html", url).feed_links
    return next((link.url for link in links if link.url != url), "")


def read(body: bytes, content_type: str, url: str, *, today: dt.date) -> Feed:
    """The feed that came from `url`. Raises NotAFeed."""
    text = _decoded(body, content_type).lstrip("\ufeff \t\r\n")
    if text.startswith("{"):
        said = feed_json.read(text)
        if said is None:
            raise NotAFeed(FeedTrouble.NO_FEED)
        return _feed(said, url, today)
    if HTML.match(text[:4000]) or not text.startswith("<"):
        raise NotAFeed(FeedTrouble.NO_FEED)
    return _feed(_parsed(text, url), url, today)


def _decoded(body: bytes, content_type: str) -> str:
    """As text. What is UTF-8 is read so whatever is said of it, since nothing else looks like it by chance."""
    if b"\x1b" not in body:  # encodings of 7 bits, which switch by escape characters, look like UTF-8
        try:
            return body.decode("utf-8-sig")
        except UnicodeDecodeError:
            pass
    return page_markup.decoded(body, content_type)


def _parsed(text: str, url: str) -> dict[str, Any]:
    """The feed as feedparser has it, cleaned of nothing."""
    document = _mended(text).encode()
    _check(document)
    return feed_elements.read(document, url)


def _mended(text: str) -> str:
    """Without what is wrong in many feeds: control characters, HTML's names for characters, a bare &."""
    return REFERENCE.sub(_reference, UNFIT.sub("", DECLARATION.sub("", text, count=1)))


def _reference(found: re.Match[str]) -> str:
    decimal, hexadecimal, name = found.groups()
    if name:
        return found[0] if name in OWN_NAMES else entities.html5.get(f"{name};", f"&amp;{name};")
    if decimal or hexadecimal:
        number = int(decimal) if decimal else int(hexadecimal, 16)
        return found[0] if number <= 0x10FFFF and not UNFIT.match(chr(number)) else ""
    return "&amp;"


def _check(document: bytes) -> None:
    """Raise NotAFeed unless this is well-formed XML of bounded depth and size, without a document type, with a feed's root."""
    parser, depth, count, root = expat.ParserCreate("utf-8", " "), 0, 0, ""

    def opened(name: str, _attributes: dict[str, str]) -> None:
        nonlocal depth, count, root
        root = root or name.rpartition(" ")[2]
        depth, count = depth + 1, count + 1
        if depth > DEEPEST or count > MOST_ELEMENTS:
            raise NotAFeed(FeedTrouble.BROKEN_FEED)

    def closed(_name: str) -> None:
        nonlocal depth
        depth -= 1

    def declared(*_said: object) -> None:
        raise NotAFeed(FeedTrouble.DOCUMENT_TYPE)

    parser.StartElementHandler, parser.EndElementHandler = opened, closed
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = declared
    try:
        parser.Parse(document, True)
    except expat.ExpatError:
        raise NotAFeed(FeedTrouble.BROKEN_FEED) from None
    if root not in ROOTS:
        raise NotAFeed(FeedTrouble.NO_FEED)


def _feed(said: dict[str, Any], url: str, today: dt.date) -> Feed:
    language, home = _language(said.get("language")), feed_links.canonical(_text(said, "link"), url)
    dated = [(_published(entry, today), entry) for entry in said["entries"]]
    # Stable: of the same day, and of those without one, what the feed has first comes first.
    dated.sort(key=lambda pair: pair[0].on if pair[0] else dt.date.min, reverse=True)
    items: dict[str, FeedItem] = {}
    for published, entry in dated:
        item = _item(
            entry, published, feed_links.canonical(_text(entry, "link"), url) if _text(entry, "link") else "", home
        )
        if item:
            items.setdefault(item.key, replace(item, language=item.language or language))
        if len(items) == MOST_ITEMS:
            break
    return Feed(line(_text(said, "title"), LONGEST_TITLE), language, tuple(items.values()))


def _item(entry: dict[str, Any], published: PartialDate | None, link: str, home: str) -> FeedItem | None:
    """The item, None where neither it nor its feed has a link that can be followed: there would be nothing to read."""
    if not (link or home):
        return None
    said, is_plain = _said(entry)
    found = feed_attribution.read(plain(said) if is_plain else paragraphs(said))
    title = line(_text(entry, "title"), LONGEST_TITLE) or shortened(found.text.replace("\n", " "), 80)
    name = _text(entry, "id").strip() or link or f"{title} {published}"
    return FeedItem(
        key=hashlib.sha256(name.encode("utf-8", "replace")).hexdigest(),
        title=title or (link or home)[:LONGEST_TITLE],
        url=link or home,
        is_linked=bool(link),
        text=found.text,
        byline=found.byline or _byline(entry),
        outlet=shortened(found.outlet, LONGEST_OUTLET),
        disclaimer=shortened(found.disclaimer, LONGEST_DISCLAIMER),
        source_line=shortened(found.source_line, LONGEST_SOURCE),
        published=published,
        language=_language(_detail(entry, "title").get("language")),
    )


def _said(entry: dict[str, Any]) -> tuple[str, bool]:
    """What the item says, in short where it has a short form, and whether that is text and no markup."""
    contents = entry.get("content") or []
    short = _text(entry, "summary")
    if short.strip():
        return short, _detail(entry, "summary").get("type") == "text/plain"
    first: Any = contents[0] if contents else {}
    return str(first.get("value") or ""), first.get("type") == "text/plain"


def _published(entry: dict[str, Any], today: dt.date) -> PartialDate | None:
    """Its date as written. One in the future, or that no calendar has, is none."""
    for name in ("published", "updated", "created"):
        date = written_dates.read(_text(entry, name))
        if date and date.on <= today + dt.timedelta(days=1):
            return date
    return None


def _byline(entry: dict[str, Any]) -> str:
    """Who wrote it. Mail addresses, which RSS wants there, are nobody's business."""
    said = _text(entry, "author")[:LONGEST_AUTHOR]  # looking for @ in more takes the square of the time
    return line(MAILBOX.sub(" ", said), LONGEST_BYLINE).strip(" ()<>,")


def _language(said: Any) -> str:
    text = str(said or "").strip().replace("_", "-")
    if not LANGUAGE.fullmatch(text):
        return ""
    return text if len(text) <= LONGEST_LANGUAGE else text.partition("-")[0].lower()


def _text(said: dict[str, Any], name: str) -> str:
    value = dict.get(said, name)  # feedparser's own `get` answers with other values where this one is missing
    return value if isinstance(value, str) else ""


def _detail(entry: dict[str, Any], name: str) -> dict[str, Any]:
    value = entry.get(f"{name}_detail")
    return value if isinstance(value, dict) else {}
