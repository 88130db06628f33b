"""HTML of feeds as plain text with paragraphs. Nothing of a tag is left, and what a tag hides is not there either."""

from __future__ import annotations

import re
from html import unescape

import nh3

from app.cleaning import TURNING, clean, clean_block

LONGEST_HTML = 20_000  # characters of one item that are looked at; a tree of open tags takes the square of the time
LONGEST_TEXT = 20_000
BLOCKS = {
    "p",
    "div",
    "li",
    "blockquote",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "tr",
    "figure",
    "section",
    "article",
    "pre",
}
HIDDEN = {"script", "style", "template", "noscript", "iframe", "object", "svg", "math", "title", "select", "textarea"}
BLOCK = re.compile(r"</?(?:" + "|".join(sorted(BLOCKS)) + r")>")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def paragraphs(markup: str) -> str:
    """The text of HTML, its paragraphs parted by an empty line."""
    safe = nh3.clean(
        markup[:LONGEST_HTML], tags=BLOCKS | {"br"}, clean_content_tags=HIDDEN, attributes={}, strip_comments=True
    )
    text = re.sub(r"\s+", " ", safe)
    text = BLOCK.sub("\n\n", text).replace("<br>", "\n")
    return plain(unescape(text))


def plain(text: str) -> str:
    """Text of several paragraphs, each line clean, at most one empty line between two."""
    text = CONTROL.sub(" ", text[:LONGEST_HTML].replace("\r\n", "\n").replace("\r", "\n"))
    lines = [clean(part[:4_000]) for part in text.split("\n")]
    return clean_block(re.sub(r"\n{3,}", "\n\n", "\n".join(lines)))[:LONGEST_TEXT]


def line(markup: str, most: int) -> str:
    """One line of text, cut at a word where it is longer."""
    text = TURNING.sub("", " ".join(paragraphs(markup[:4_000]).split()))
    return text if len(text) <= most else shortened(text, most)


def shortened(text: str, most: int) -> str:
    """The text, cut at the end of a word so that it has at most `most` characters, with an ellipsis where something is missing."""
    if len(text) <= most:
        return text
    if most < 2:
        return ""
    short = text[: most - 1]
    if not text[most - 1].isspace():
        cut = max(short.rfind(" "), short.rfind("\n"))
        short = short[:cut] if cut > most // 2 else short
    return short.rstrip(" \n,;:.-–—،؛") + "…"
