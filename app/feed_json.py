"""JSON Feed 1.1 and 1.0 (jsonfeed.org), in the same shape as feedparser gives the others."""

from __future__ import annotations

import json
import re
from typing import Any

VERSIONS = ("https://jsonfeed.org/version/1", "http://jsonfeed.org/version/1")
MOST_ENTRIES = 20_000
HALVES = re.compile("[\ud800-\udfff]")  # of a pair that UTF-16 writes for one character


def read(text: str) -> dict[str, Any] | None:
    """What the feed says, None where it is no JSON Feed."""
    try:  # numbers stay text, since making a number of ten thousand digits takes long
        said = json.loads(text, strict=False, parse_int=str, parse_float=str)
    except (ValueError, RecursionError):
        return None
    if not isinstance(said, dict) or not str(said.get("version", "")).startswith(VERSIONS):
        return None
    items = said.get("items")
    entries = (
        [_entry(item) for item in items[:MOST_ENTRIES] if isinstance(item, dict)] if isinstance(items, list) else []
    )
    whole = {name: _text(said.get(name)) for name in ("title", "language")}
    return {**whole, "link": _text(said.get("home_page_url")), "entries": entries}


def _entry(item: dict[str, Any]) -> dict[str, Any]:
    short, markup = _text(item.get("summary")), _text(item.get("content_html"))
    text = short or ("" if markup else _text(item.get("content_text")))
    return {
        "id": _text(item.get("id")),
        # What the item is about, where it is a link to another site's article; else its own page.
        "link": _text(item.get("external_url")) or _text(item.get("url")),
        "title": _text(item.get("title")),
        "title_detail": {"language": _text(item.get("language"))},
        "summary": text,
        "summary_detail": {"type": "text/plain"},
        "content": [{"value": markup, "type": "text/html"}],
        "published": _text(item.get("date_published")),
        "updated": _text(item.get("date_modified")),
        "author": _author(item),
    }


def _author(item: dict[str, Any]) -> str:
    authors = item.get("authors")
    authors = authors[:5] if isinstance(authors, list) else [item.get("author")]
    names = [_text(author.get("name")) for author in authors if isinstance(author, dict)]
    return ", ".join(name for name in names if name)


def _text(value: Any) -> str:
    """The text that a value is; half of a character, as of an emoji where a title was cut, is none."""
    return HALVES.sub("\ufffd", value) if isinstance(value, str) else ""
