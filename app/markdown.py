"""Markdown to safe HTML: the one renderer, and after it the one allow-list (HTML-01)."""

from __future__ import annotations

import functools
import re

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

TAGS = {"p", "h2", "h3", "h4", "ul", "ol", "li", "blockquote", "strong", "em", "a", "br", "hr", "code", "pre"}
LOWEST_HEADING = 4
LINK_RELATION = "noopener noreferrer nofollow ugc"

# No raw HTML; no pictures, since a remote one would tell its host who is reading.
_parser = MarkdownIt("commonmark", {"html": False, "linkify": False}).disable(["image", "html_block", "html_inline"])


@functools.lru_cache(maxsize=256)
def render(text: str) -> Markup:
    """Cleaned HTML. Headings begin at the second level, since the page's ask is the only first one, and skip none."""
    html = _in_order(_parser.render(text))
    html = nh3.clean(
        html,
        tags=TAGS,
        attributes={"a": {"href"}, "ol": {"start"}},
        url_schemes={"http", "https", "mailto"},
        link_rel=LINK_RELATION,
    )
    return Markup(html)  # noqa: S704 (cleaned by the line above)


def _in_order(html: str) -> str:
    """Headings one level below what stands above them at most: who listens to a page finds the way by them."""
    level = 1

    def below(found: re.Match[str]) -> str:
        nonlocal level
        if not found[1]:
            level = min(max(2, int(found[2])), level + 1, LOWEST_HEADING)
        return f"<{found[1]}h{level}>"

    return re.sub(r"<(/?)h([1-6])>", below, html)


def plain(text: str) -> str:
    """The text without any markup, for mails and search."""
    return nh3.clean(str(render(text)), tags=set()).strip()
