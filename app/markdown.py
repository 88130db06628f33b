"""Markdown to safe HTML: the one renderer, and after it the one allow-list (HTML-01)."""

from __future__ import annotations

import functools

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

TAGS = {"p", "h2", "h3", "h4", "ul", "ol", "li", "blockquote", "strong", "em", "a", "br", "hr", "code", "pre"}
LINK_RELATION = "noopener noreferrer nofollow ugc"

# No raw HTML; no pictures, since a remote one would tell its host who is reading.
_parser = MarkdownIt("commonmark", {"html": False, "linkify": False}).disable(["image", "html_block", "html_inline"])


@functools.lru_cache(maxsize=256)
def render(text: str) -> Markup:
    """Cleaned HTML. A heading of the first level becomes one of the second: the page's ask is the only first one."""
    html = _parser.render(text).replace("<h1>", "<h2>").replace("</h1>", "</h2>")
    html = nh3.clean(
        html,
        tags=TAGS,
        attributes={"a": {"href"}, "ol": {"start"}},
        url_schemes={"http", "https", "mailto"},
        link_rel=LINK_RELATION,
    )
    return Markup(html)  # noqa: S704 (cleaned by the line above)


def plain(text: str) -> str:
    """The text without any markup, for mails and search."""
    return nh3.clean(str(render(text)), tags=set()).strip()
