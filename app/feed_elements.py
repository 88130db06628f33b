"""The elements of an RSS or Atom document, as feedparser's handler takes them: of it the part that works in bounded time.

`feedparser.parse` is not asked. Before it parses, it rewrites what stands above the first element with patterns whose time grows with
its square; where that breaks the document it falls back to a second, guessing parser; and it looks for mail addresses and for tags
that occurred before in time that grows with their square, too. Two megabytes of a stranger's feed kept it busy for hours, in
expressions that let no other thread of the worker go on. So the events go to its handler from here, without what we have no use for.
"""

from __future__ import annotations

import io
import time
import xml.sax
from typing import Any

from feedparser.api import StrictFeedParser

from app.feed_troubles import FeedTrouble, NotAFeed

SECONDS = 30  # of work; a feed of ten thousand items takes less than five
LONGEST_AUTHOR = 500  # characters in which a mail address is looked for
MOST_NAMESPACES = 100


class _Handler(StrictFeedParser):  # type: ignore[misc]  # feedparser says nothing of types
    """feedparser's handler of well-formed XML, bounded."""

    def __init__(self, url: str) -> None:
        super().__init__(url, None, "utf-8")
        self.resolve_relative_uris = self.sanitize_html = False
        self._end = time.thread_time() + SECONDS

    def startElementNS(self, name: Any, qname: Any, attrs: Any) -> None:
        if time.thread_time() > self._end or len(self.namespaces_in_use) > MOST_NAMESPACES:
            raise NotAFeed(FeedTrouble.BROKEN_FEED)
        super().startElementNS(name, qname, attrs)

    def _sync_author_detail(self, key: str = "author") -> None:
        """Take apart who wrote it, but not what is as long as a chapter."""
        if len(str(dict.get(self._get_context(), key) or "")) <= LONGEST_AUTHOR:
            super()._sync_author_detail(key)

    def _add_tag(self, _term: Any, _scheme: Any, _label: Any) -> None:
        """No tags: each would be held against all others."""
        self._get_context().setdefault("tags", [])


def read(document: bytes, url: str) -> dict[str, Any]:
    """The feed's own values and, under `entries`, those of its items. `document` is UTF-8, whatever it says, and well formed, without
    a document type. Raises NotAFeed for one that takes too long."""
    handler, source = _Handler(url), xml.sax.xmlreader.InputSource()
    source.setByteStream(io.BytesIO(document))
    source.setEncoding("utf-8")
    parser = xml.sax.make_parser()  # noqa: S317 (without a document type there are no entities)
    parser.setFeature(xml.sax.handler.feature_namespaces, True)
    parser.setFeature(xml.sax.handler.feature_external_ges, False)
    parser.setContentHandler(handler)
    parser.setErrorHandler(handler)
    try:
        parser.parse(source)
    except xml.sax.SAXException:
        raise NotAFeed(FeedTrouble.BROKEN_FEED) from None
    return {**handler.feeddata, "entries": handler.entries}
