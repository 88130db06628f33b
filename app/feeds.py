"""Feeds for others to read: Atom (RFC 4287), RSS 2.0 and JSON Feed 1.1, written from the same entries."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import format_datetime
from typing import Any
from xml.etree import ElementTree

from flask import json
from flask_babel import gettext as _
from markupsafe import Markup

ATOM, DC = "http://www.w3.org/2005/Atom", "http://purl.org/dc/elements/1.1/"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
UNFIT = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # what no XML may hold
MOST_ENTRIES = 50

ElementTree.register_namespace("atom", ATOM)
ElementTree.register_namespace("dc", DC)


@dataclass(frozen=True)
class Entry:
    """Something that happened: told in a title and some paragraphs, read in full behind its link."""

    id: str  # a URN that stays, whatever the site or its pages are called
    kind: str  # "article", "version", ...: for machines
    kind_name: str  # the same in words
    title: str
    link: str
    published: dt.datetime
    updated: dt.datetime
    paragraphs: tuple[str, ...] = ()
    author: str = ""
    language: str = ""
    warning: str = ""  # stands before everything else
    is_elsewhere: bool = False  # the link leads to another site
    markup: Markup = Markup()  # what the organiser wrote, rendered and cleaned

    @property
    def html(self) -> str:
        """What it says, the warning first."""
        said = (
            [Markup("<p><strong>{}</strong> {}</p>").format(_("Content warning:"), self.warning)]
            if self.warning
            else []
        )
        said += [Markup("<p>{}</p>").format(paragraph) for paragraph in self.paragraphs if paragraph]
        return UNFIT.sub("", "\n".join([*said, self.markup]).strip())


@dataclass(frozen=True)
class Feed:
    """Entries, the last changed first, and what they are about."""

    id: str
    title: str
    about: str
    link: str  # the page that it belongs to
    author: str
    language: str
    since: dt.datetime  # when it began: its date while it is empty
    entries: tuple[Entry, ...]
    addresses: dict[str, str]  # of its forms: "atom", "rss", "json"

    @property
    def updated(self) -> dt.datetime:
        """When something in it last changed."""
        return max((entry.updated for entry in self.entries), default=self.since)


def atom(feed: Feed) -> bytes:
    """As Atom."""
    root = ElementTree.Element("feed", {"xmlns": ATOM, XML_LANG: feed.language})
    _texts(root, id=feed.id, title=feed.title, subtitle=feed.about, updated=_rfc3339(feed.updated))
    ElementTree.SubElement(root, "link", rel="self", type="application/atom+xml", href=feed.addresses["atom"])
    ElementTree.SubElement(root, "link", rel="alternate", type="text/html", href=feed.link)
    _texts(ElementTree.SubElement(root, "author"), name=feed.author)
    for entry in feed.entries:
        _atom_entry(root, entry)
    return _xml(root)


def _atom_entry(root: ElementTree.Element, entry: Entry) -> None:
    node = ElementTree.SubElement(root, "entry", {XML_LANG: entry.language} if entry.language else {})
    _texts(node, id=entry.id, title=entry.title)
    ElementTree.SubElement(node, "link", rel="alternate", href=UNFIT.sub("", entry.link))
    _texts(node, published=_rfc3339(entry.published), updated=_rfc3339(entry.updated))
    if entry.author:
        _texts(ElementTree.SubElement(node, "author"), name=entry.author)
    ElementTree.SubElement(node, "category", term=entry.kind, label=UNFIT.sub("", entry.kind_name))
    if entry.html:
        ElementTree.SubElement(node, "content", type="html").text = entry.html


def rss(feed: Feed) -> bytes:
    """As RSS 2.0."""
    root = ElementTree.Element("rss", version="2.0")
    channel = ElementTree.SubElement(root, "channel")
    _texts(channel, title=feed.title, link=feed.link, description=feed.about or feed.title, language=feed.language)
    _texts(channel, lastBuildDate=format_datetime(feed.updated))
    ElementTree.SubElement(
        channel, f"{{{ATOM}}}link", rel="self", type="application/rss+xml", href=feed.addresses["rss"]
    )
    for entry in feed.entries:
        item = ElementTree.SubElement(channel, "item")
        _texts(item, title=entry.title, link=entry.link)
        ElementTree.SubElement(item, "guid", isPermaLink="false").text = entry.id
        _texts(item, pubDate=format_datetime(entry.published), category=entry.kind_name, description=entry.html)
        if entry.author:
            _texts(item, DC, creator=entry.author)
    return _xml(root)


def json_feed(feed: Feed) -> bytes:
    """As JSON Feed 1.1."""
    said: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "home_page_url": feed.link,
        "feed_url": feed.addresses["json"],
        "description": feed.about,
        "language": feed.language,
        "authors": [{"name": feed.author}],
        "items": [_json_item(entry) for entry in feed.entries],
    }
    return json.dumps(said).encode()


def _json_item(entry: Entry) -> dict[str, Any]:
    item: dict[str, Any] = {
        "id": entry.id,
        "url": entry.link,
        "title": entry.title,
        "content_html": entry.html,
        "date_published": _rfc3339(entry.published),
        "date_modified": _rfc3339(entry.updated),
        "tags": [entry.kind_name],
    }
    item |= {"external_url": entry.link} if entry.is_elsewhere else {}
    item |= {"authors": [{"name": entry.author}]} if entry.author else {}
    item |= {"language": entry.language} if entry.language else {}
    item |= {"_undersigned": {"content_warning": entry.warning}} if entry.warning else {}
    return item


FORMS: dict[str, tuple[str, Callable[[Feed], bytes]]] = {
    "atom": ("application/atom+xml", atom),
    "rss": ("application/rss+xml", rss),
    "json": ("application/feed+json", json_feed),
}


def _texts(parent: ElementTree.Element, namespace: str = "", **texts: str) -> None:
    """Children that hold nothing but text; an empty one is left out."""
    for name, text in texts.items():
        if text:
            ElementTree.SubElement(parent, f"{{{namespace}}}{name}" if namespace else name).text = UNFIT.sub("", text)


def _rfc3339(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _xml(root: ElementTree.Element) -> bytes:
    ElementTree.indent(root, "")
    written = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{written}\n'.encode()
