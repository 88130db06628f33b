"""What was found, shown in the text as it is written: words are compared folded, marked where they stand.

Everything is escaped piece by piece; the only markup is that of the marks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from markupsafe import Markup, escape

from app.domain.search_words import WORD, Query

EXCERPT = 240  # characters, about two lines
BEFORE = 60  # of them before the first word that was found


def _hits(text: str, query: Query) -> Iterator[tuple[int, int]]:
    """Where the words stand that were looked for."""
    if query.terms:
        yield from ((found.start(), found.end()) for found in WORD.finditer(text) if query.fits(found[0]))


def marked(text: str, query: Query) -> Markup:
    """The text with the words that were looked for marked."""
    pieces, end = [], 0
    for start, stop in _hits(text, query):
        pieces += [escape(text[end:start]), Markup("<mark>{}</mark>").format(text[start:stop])]
        end = stop
    return Markup("").join([*pieces, escape(text[end:])])


def excerpt(texts: Iterable[str], query: Query) -> Markup:
    """About two lines round the first word that was found in the first of these texts that has one; else the beginning of the first."""
    some = [line for text in texts if (line := " ".join(text.split()))]
    for text in some:
        hit = next(_hits(text, query), None)
        if hit:
            return _cut(text, hit[0], query)
    return _cut(some[0], 0, query) if some else Markup("")


def _cut(text: str, at: int, query: Query) -> Markup:
    """A piece of the text with the character `at` in it, between spaces; a dot tells where it was cut."""
    start, stop = max(0, at - BEFORE), len(text)
    if start:
        start = text.find(" ", start, at) + 1 or at
    if stop - start > EXCERPT:
        stop = text.rfind(" ", at + 1, start + EXCERPT)
        stop = stop if stop > at else start + EXCERPT
    front, back = ("… " if start else ""), ("…" if stop < len(text) else "")
    return Markup("{}{}{}").format(
        front, marked(text[start:stop].rstrip(" .,:;–-،؛") if back else text[start:stop], query), back
    )
