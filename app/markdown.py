"""Markdown to safe HTML: the one renderer, and after it the one allow-list (HTML-01)."""

from __future__ import annotations

import functools
import re
import unicodedata
from dataclasses import dataclass

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

from app.cleaning import TURNING

TAGS = {"p", "h2", "h3", "h4", "ul", "ol", "li", "blockquote", "strong", "em", "a", "br", "hr", "code", "pre"}
LOWEST_HEADING = 4
ANCHOR = "s-"  # before the words of a heading, so that no heading takes the name of another part of a page
LONGEST_ANCHOR = 60
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
    # Once more: a text has no marks that turn writing round, but may have named some by their numbers.
    return Markup(TURNING.sub("", html))  # noqa: S704 (cleaned by the lines above)


def _in_order(html: str) -> str:
    """Headings one level below what stands above them at most: who listens to a page finds the way by them."""
    level = 1

    def below(found: re.Match[str]) -> str:
        nonlocal level
        if not found[1]:
            level = min(max(2, int(found[2])), level + 1, LOWEST_HEADING)
        return f"<{found[1]}h{level}>"

    return re.sub(r"<(/?)h([1-6])>", below, html)


@dataclass(frozen=True)
class Heading:
    """A heading that can be linked to: its level (2 or 3), the name of its place on the page, its words."""

    level: int
    anchor: str
    words: str


@dataclass(frozen=True)
class Document:
    """A long text with its outline."""

    html: Markup
    outline: tuple[Heading, ...]


@functools.lru_cache(maxsize=64)
def document(text: str) -> Document:
    """The same HTML with a place for each heading of the second and third level.

    A place is named by its heading's words in any script, so it stays while the heading does. The names are put in after the
    cleaning and hold nothing but letters, digits and hyphens: no text can bring an attribute of its own.
    """
    outline: list[Heading] = []
    taken: set[str] = set()

    def named(found: re.Match[str]) -> str:
        said = words(found[2])
        anchor = _free(_anchor(said), taken)
        taken.add(anchor)
        outline.append(Heading(int(found[1]), anchor, said))
        return f'<h{found[1]} id="{anchor}">{found[2]}</h{found[1]}>'

    html = re.sub(r"<h([23])>(.*?)</h\1>", named, str(render(text)), flags=re.DOTALL)
    return Document(Markup(html), tuple(outline))  # noqa: S704 (cleaned HTML, and names made by `_anchor`)


def _anchor(said: str) -> str:
    """Letters and digits of any script with hyphens between; Arabic vowel marks and the like are left out."""
    return ANCHOR + re.sub(r"[\W_]+", "-", _bare(said.casefold()))[:LONGEST_ANCHOR].strip("-")


def _bare(said: str) -> str:
    return "".join(letter for letter in said if not unicodedata.category(letter).startswith("M"))


def _free(wanted: str, taken: set[str]) -> str:
    if wanted not in taken:
        return wanted
    return next(f"{wanted}-{n}" for n in range(2, len(taken) + 3) if f"{wanted}-{n}" not in taken)


def words(cleaned: str) -> str:
    """The words of cleaned HTML on one line, without its markup."""
    return str(Markup(cleaned).striptags())  # noqa: S704 (cleaned HTML, whose markup is taken off here)


def plain(text: str) -> str:
    """The words of a text on one line, without its Markdown."""
    return words(render(text))
