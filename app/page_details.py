"""What a page says of itself: title, publisher, date, description, language, feeds. Every word of it is a stranger's.

Values come out as plain text, bounded and clean; whatever cannot be read is left empty, and nothing a page writes makes this
raise or take long. Templates escape them like any other text.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import unescape
from typing import Any, TypeVar
from urllib.parse import urljoin, urlsplit

from app import page_markup, written_dates
from app.forms.texts import CONTROL, clean
from app.models.types import PartialDate, Precision

Value = TypeVar("Value")

# For each value where it may stand, the most trusted place first; the first place that has something fit wins. `json:` is
# JSON-LD, `html:` the page itself, the rest meta tags. Catalogues of libraries name a report best (citation_), then what is
# written for search engines, then what is written for sharing; a page's own <title> carries the site's name and comes last.
# fmt: off
PRECEDENCE: dict[str, tuple[str, ...]] = {
    "title": ("citation_title", "json:headline", "og:title", "json:name", "dc.title", "dcterms.title", "twitter:title",
              "html:title"),
    "publisher": ("citation_journal_title", "json:publisher", "og:site_name", "citation_publisher",
                  "citation_technical_report_institution", "dc.publisher", "dcterms.publisher", "application-name",
                  "html:host"),
    "published": ("json:datepublished", "json:uploaddate", "article:published_time", "og:article:published_time",
                  "citation_publication_date", "citation_date", "citation_online_date", "dc.date.issued",
                  "dcterms.issued", "dc.date", "dcterms.date", "dcterms.created", "dc.date.created", "datepublished",
                  "uploaddate", "parsely-pub-date", "sailthru.date", "pubdate", "publish-date", "date",
                  "json:datecreated"),
    "description": ("og:description", "json:description", "description", "dc.description", "dcterms.abstract",
                    "dcterms.description", "twitter:description"),
    "language": ("html:lang", "json:inlanguage", "og:locale", "citation_language", "dc.language", "dcterms.language",
                 "http:content-language"),
}
# Kinds of works in JSON-LD, the most telling first: an article that holds a video is the article.
WORKS = ("NewsArticle", "ReportageNewsArticle", "AnalysisNewsArticle", "BackgroundNewsArticle", "OpinionNewsArticle",
         "ReviewNewsArticle", "Report", "ScholarlyArticle", "Article", "TechArticle", "LiveBlogPosting", "BlogPosting",
         "Book", "Legislation", "Dataset", "VideoObject", "Movie", "PodcastEpisode", "AudioObject", "CreativeWork",
         "WebPage")
# fmt: on
WANTED = frozenset(place for places in PRECEDENCE.values() for place in places)
LONGEST_TITLE, LONGEST_PUBLISHER, LONGEST_DESCRIPTION, LONGEST_URL = 300, 200, 600, 2_000
MOST_FEEDS = 10
MOST_STEPS = 2_000  # into JSON-LD; it can nest without end
PAGES = {"", "text/html", "application/xhtml+xml", "application/xml", "text/xml"}
ELEMENT = re.compile(r"</?[a-zA-Z!][^<>]{0,500}>")
BETWEEN = r"\s*(?:[|–—·•:»-]|::)\s*"
LANGUAGE = re.compile(r"([a-z]{2,3})(?:[-_]([a-z]{4}))?(?:[-_]([a-z]{2}|[0-9]{3}))?(?![a-z0-9])", re.I)
NO_LANGUAGE = {"und", "mul", "zxx", "mis"}


@dataclass(frozen=True)
class FeedLink:
    """A feed that a page points to."""

    url: str
    title: str


@dataclass(frozen=True)
class Details:
    """What a page says of itself; empty or None where it says nothing that can be read."""

    title: str = ""
    publisher: str = ""  # the host where the page names none
    published_on: dt.date | None = None
    precision: Precision | None = None
    description: str = ""
    language: str = ""  # "en", "en-GB", "zh-Hant-TW"
    feed_links: tuple[FeedLink, ...] = ()

    @property
    def published(self) -> PartialDate | None:
        """Date and precision together."""
        return PartialDate(self.published_on, self.precision) if self.published_on and self.precision else None


def read(body: bytes, content_type: str, url: str) -> Details:
    """What the page at `url` says of itself. Of what is no page (a PDF, a picture) only the host is known."""
    markup = page_markup.Markup()
    if content_type.partition(";")[0].strip().lower() in PAGES:
        markup = page_markup.read(page_markup.decoded(body, content_type), WANTED)
    said = {**markup.said, **_structured(markup.data, url), "html:host": _host(url)}
    publisher = _first(said, "publisher", lambda text: _plain(text, LONGEST_PUBLISHER)) or ""
    published = _first(said, "published", written_dates.read)
    return Details(
        title=_first(said, "title", lambda text: _without(publisher, _plain(text, LONGEST_TITLE))) or "",
        publisher=publisher,
        published_on=published.on if published else None,
        precision=published.precision if published else None,
        description=_first(said, "description", lambda text: _plain(text, LONGEST_DESCRIPTION)) or "",
        language=_first(said, "language", _language) or "",
        feed_links=tuple(_feeds(markup, url)),
    )


def _first(said: dict[str, str], what: str, fit: Callable[[str], Value | None]) -> Value | None:
    """The first fit value in order of precedence."""
    return next((value for place in PRECEDENCE[what] if place in said and (value := fit(said[place]))), None)


def _plain(text: str, most: int) -> str:
    """One line of text without markup, entities, control and unseen characters; cut at a word where it is longer."""
    text = text[: page_markup.LONGEST_TEXT]
    for _ in range(2):  # twice, since many pages escape what was escaped already
        text = ELEMENT.sub(" ", unescape(text))
    text = CONTROL.sub(" ", text.encode("utf-8", "ignore").decode())[: page_markup.LONGEST_TEXT]
    text = clean(text)
    if len(text) <= most:
        return text
    short = text[: most - 1]
    return (short.rpartition(" ")[0] or short).rstrip(" ,;:.-–—") + "…"


def _without(publisher: str, title: str) -> str:
    """The title without the publisher's name at its end: "Rein them in | Human Rights Watch" names the site, too."""
    if publisher and title.casefold().endswith(publisher.casefold()):
        short = re.sub(BETWEEN + "$", "", title[: len(title) - len(publisher)])
        return short if short and short != title[: len(title) - len(publisher)] else title
    return title


def _language(text: str) -> str | None:
    found = LANGUAGE.match(text.strip())
    if found is None or found[1].lower() in NO_LANGUAGE:
        return None
    parts = (found[1].lower(), (found[2] or "").title(), (found[3] or "").upper())
    return "-".join(part for part in parts if part)


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def _feeds(markup: page_markup.Markup, url: str) -> Iterator[FeedLink]:
    """Feeds with an address that can be fetched, each once."""
    seen: set[str] = set()
    base = _joined(url, markup.said.get("html:base", "")) or url
    for address, title in markup.feeds:
        feed = _joined(base, address) if address.strip() else ""
        if feed and feed not in seen and len(seen) < MOST_FEEDS:
            seen.add(feed)
            yield FeedLink(feed, _plain(title, LONGEST_PUBLISHER))


def _joined(base: str, address: str) -> str:
    """An absolute web address without a user's name in it, or nothing."""
    try:
        parts = urlsplit(joined := urljoin(base, address.strip()))
    except ValueError:
        return ""
    fit = parts.scheme in {"http", "https"} and parts.netloc and "@" not in parts.netloc and len(joined) <= LONGEST_URL
    return joined if fit and joined.isprintable() else ""


def _structured(texts: list[str], url: str) -> dict[str, str]:
    """What JSON-LD says of the work on this page, under `json:` and the property's name in small letters."""
    nodes = list(_nodes(texts))
    named = {node["@id"]: node for node in reversed(nodes) if isinstance(node.get("@id"), str) and len(node) > 1}
    work = _work(nodes, url)
    wanted = {place.removeprefix("json:") for place in WANTED if place.startswith("json:")}
    values = {key.lower(): _text(value, named) for key, value in work.items() if key.lower() in wanted}
    return {f"json:{key}": value for key, value in values.items() if value}


def _nodes(texts: list[str]) -> Iterator[dict[str, Any]]:
    """Every object that may be the work, in the order of the page: alone, in lists, in graphs."""
    waiting: list[Any] = []
    for text in reversed(texts):
        try:  # numbers stay text, since making a number of ten thousand digits takes long
            waiting.append(json.loads(text.strip().rstrip(";"), strict=False, parse_int=str, parse_float=str))
        except (ValueError, RecursionError):
            continue
    for _ in range(MOST_STEPS):
        if not waiting:
            return
        value = waiting.pop()
        if isinstance(value, list):
            waiting.extend(reversed(value[:MOST_STEPS]))
        elif isinstance(value, dict):
            yield value
            waiting.extend(value[key] for key in ("mainEntity", "@graph") if key in value)


def _work(nodes: list[dict[str, Any]], url: str) -> dict[str, Any]:
    """The work that the page is about: of the most telling kind the one with this address, or the only one.

    Several of a kind, none of which is this page, are a list of others' works, and say nothing of the page.
    """
    kinds = [_kinds(node) for node in nodes]
    for kind in WORKS:
        works = [node for node, its_kinds in zip(nodes, kinds, strict=True) if kind in its_kinds]
        here = [node for node in works if _key(url) in {_key(address) for address in _addresses(node)}]
        if here or len(works) == 1:
            return (here or works)[0]
    return {}


def _kinds(node: dict[str, Any]) -> set[str]:
    """The types of an object without their vocabulary: NewsArticle, schema:NewsArticle, https://schema.org/NewsArticle."""
    kinds = node.get("@type")
    kinds = kinds[:10] if isinstance(kinds, list) else [kinds]
    return {re.split("[:/#]", kind[:200])[-1] for kind in kinds if isinstance(kind, str)}


def _addresses(node: dict[str, Any]) -> list[str]:
    found = [node.get(key) for key in ("url", "@id", "mainEntityOfPage")]
    found += [value.get("@id") for value in found if isinstance(value, dict)]
    return [value for value in found if isinstance(value, str)]


def _key(url: str) -> str:
    """What two addresses of one page have in common: the host without www, and the path."""
    try:
        parts = urlsplit(url.strip()[:LONGEST_URL])
        return (parts.hostname or "").removeprefix("www.") + parts.path.rstrip("/")
    except ValueError:
        return ""


def _text(value: Any, named: dict[str, dict[str, Any]]) -> str:
    """The text of a value: itself, the first of a list, an object's name, also of one that is described elsewhere."""
    for _ in range(5):
        if isinstance(value, str):
            return value[: page_markup.LONGEST_TEXT]
        if isinstance(value, list):
            value = value[0] if value else None
        elif isinstance(value, dict):
            elsewhere = value.get("@id")
            value = value.get("@value") or value.get("name") or (isinstance(elsewhere, str) and named.get(elsewhere))
    return ""
