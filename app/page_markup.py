"""What a page's HTML says about the page: a few kinds of tags, found in one walk whose time grows with the page and no faster.

No parser of whole documents is used. Python's own html.parser takes the square of the time on broken markup (half a minute
for 40 kB of "<a " on Python 3.11.7, which we support), and whatever builds a tree lets a page choose how deep and how large.
A page is a stranger's, and all that we want stands in seven kinds of tags.
"""

from __future__ import annotations

import codecs
import contextlib
import re
from dataclasses import dataclass, field
from html import unescape

LONGEST_TAG, LONGEST_TEXT = 6_000, 5_000  # characters of one tag, and of one text in it
MOST_TAGS, MOST_ATTRIBUTES = 2_000, 20  # of the kinds below; a page has some dozens
MOST_FEEDS = 20
MOST_DATA, LONGEST_DATA = 20, 300_000  # scripts of JSON-LD, and the characters of one

TAG = re.compile(r"<(?:(!--)|(html|base|title|meta|link|time|script|style|textarea)(?=[\s/>]))", re.I)
ATTRIBUTE = re.compile(r"""[\s/]*+([^\s/>=]{1,100}+)(?:\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s>"'][^\s>]*+)))?""")
ENDS = {name: re.compile(rf"</{name}(?=[\s/>])", re.I) for name in ("title", "script", "style", "textarea")}
FEEDS = {"application/rss+xml", "application/atom+xml", "application/feed+json"}

NAMED_INSIDE = re.compile(
    rb"""<(?:meta[^>]{0,200}?charset|\?xml[^>]{0,100}?encoding)\s*=\s*["']?\s*([\w.:-]{1,40})""", re.I
)
NAMED_IN_HEADER = re.compile(r"""charset\s*=\s*["']?([\w.:-]{1,40})""", re.I)
LOOK_INSIDE = 4_096  # bytes in which a page must name its encoding; browsers look into 1,024
MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
# The web's encodings (WHATWG) as Python calls them. Python knows more, among them some that no page needs and that take long.
# fmt: off
ENCODINGS = {"utf-8", "utf-16", "utf-16-le", "utf-16-be", "cp866", "koi8-r", "koi8-u", "mac-roman", "gb18030", "big5",
             "euc_jp", "cp932", "iso2022_jp", "cp949", "cp874"}
ENCODINGS |= {f"iso8859-{n}" for n in range(2, 17)} | {f"cp125{n}" for n in range(9)}
MEANT = {"ascii": "cp1252", "iso8859-1": "cp1252", "iso8859-9": "cp1254", "gb2312": "gb18030", "gbk": "gb18030",
         "shift_jis": "cp932", "euc_kr": "cp949", "tis-620": "cp874"}  # a label, and what pages under it are written in
# fmt: on


@dataclass
class Markup:
    """What stands in a page's tags, as it stands there: entities are not resolved in texts, only in addresses."""

    said: dict[str, str] = field(
        default_factory=dict
    )  # "og:title", "html:lang", ... in small letters; the first of each
    feeds: list[tuple[str, str]] = field(default_factory=list)  # address as written, title
    data: list[str] = field(default_factory=list)  # JSON-LD


def decoded(body: bytes, content_type: str) -> str:
    """The page as text. Its first bytes say how it is encoded, or the header, or the page; else it is UTF-8.

    Where one of them is wrong, the next may be right. What cannot be read becomes U+FFFD.
    """
    mark = next((name for start, name in MARKS if body.startswith(start)), "")
    header, inside = NAMED_IN_HEADER.search(content_type), NAMED_INSIDE.search(body[:LOOK_INSIDE])
    by_header = _known(header[1]) if header else ""
    by_page = _known(inside[1].decode("ascii", "replace")) if inside else ""
    if by_page.startswith("utf-16"):
        by_page = ""  # or nobody could have read the word
    candidates = [name for name in (mark, by_header, by_page) if name] or ["utf-8"]
    for name in candidates:
        with contextlib.suppress(UnicodeError):
            return codecs.getincrementaldecoder(name)().decode(body)  # a page that was cut may end inside a letter
    return body.decode(candidates[0], "replace")


def _known(label: str) -> str:
    """The encoding of a label, as Python calls it, or nothing."""
    try:
        name = codecs.lookup(label).name
    except (LookupError, ValueError):
        return ""
    name = MEANT.get(name, name)
    return name if name in ENCODINGS else ""


def read(text: str, wanted: frozenset[str]) -> Markup:
    """What the tags of a page say; of its meta tags those that are wanted."""
    markup, at = Markup(), 0
    for _ in range(MOST_TAGS):
        tag = TAG.search(text, at)
        if tag is None:
            break
        if tag[1]:
            at = text.find("-->", tag.end())
        else:
            name = tag[2].lower()
            attributes, at = _attributes(text, tag.end())
            _take(markup, name, attributes, wanted)
            if name in ENDS:
                at = _inside(markup, name, attributes, text, at)
        if at < 0:
            break  # a comment or script without end: nothing after it is a tag
    return markup


def _attributes(text: str, at: int) -> tuple[dict[str, str], int]:
    """The attributes of the tag that was opened, and where they end."""
    found: dict[str, str] = {}
    piece, end = text[at : at + LONGEST_TAG], 0
    for _ in range(MOST_ATTRIBUTES):
        attribute = ATTRIBUTE.match(piece, end)
        if attribute is None:
            break
        found.setdefault(attribute[1].lower(), attribute[2] or attribute[3] or attribute[4] or "")
        end = attribute.end()
    return found, at + end


def _inside(markup: Markup, name: str, attributes: dict[str, str], text: str, at: int) -> int:
    """Read a title or JSON-LD; of other scripts and the like, pass over what is inside. Gives the end, -1 without one."""
    start = text.find(">", at) + 1
    end = ENDS[name].search(text, start) if start else None
    if end is None:
        return -1
    if name == "title":
        _keep(markup, "html:title", text[start : end.start()])
    is_data = name == "script" and attributes.get("type", "").partition(";")[0].strip().lower() == "application/ld+json"
    if is_data and len(markup.data) < MOST_DATA and end.start() - start <= LONGEST_DATA:
        markup.data.append(text[start : end.start()])
    return end.end()


def _take(markup: Markup, name: str, attributes: dict[str, str], wanted: frozenset[str]) -> None:
    if name == "meta":
        equivalent = attributes.get("http-equiv")
        keys = [attributes.get(key, "") for key in ("property", "name", "itemprop")]
        for key in [*keys, f"http:{equivalent}" if equivalent else ""]:
            if key.lower() in wanted:
                _keep(markup, key.lower(), attributes.get("content", ""))
    elif name == "link":
        is_feed = attributes.get("type", "").partition(";")[0].strip().lower() in FEEDS
        if is_feed and "alternate" in attributes.get("rel", "").lower().split() and len(markup.feeds) < MOST_FEEDS:
            markup.feeds.append((unescape(attributes.get("href", "")), attributes.get("title", "")))
    elif name == "time" and attributes.get("itemprop", "").lower() == "datepublished":
        _keep(markup, "datepublished", attributes.get("datetime", ""))
    elif name == "html":
        _keep(markup, "html:lang", attributes.get("lang") or attributes.get("xml:lang", ""))
    elif name == "base":
        _keep(markup, "html:base", unescape(attributes.get("href", "")))


def _keep(markup: Markup, key: str, text: str) -> None:
    if text.strip():
        markup.said.setdefault(key, text[:LONGEST_TEXT])
