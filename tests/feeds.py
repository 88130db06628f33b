"""Feeds as outlets write them, built from facts: titles, outlets, dates and disclaimers are real, the rest is ours."""

from __future__ import annotations

import json
from xml.sax.saxutils import escape

# (title, date, what it says in our words, the source that it names); titles are ours, too.
FACTS = (
    (
        "UN Casualty Figures for Iraq for November 2018",
        "Mon, 03 Dec 2018 07:00:00 +0000",
        "The mission counted 41 civilians killed and 73 injured in November.",
        "United Nations",
    ),
    (
        "Amnesty Challenges Coalition on Civilian Casualties",
        "Fri, 31 May 2019 10:15:00 +0000",
        "The coalition speaks of at least 1,302 deaths; Amnesty and Airwars count more than 1,600 in Raqqa alone.",
        "Amnesty International",
    ),
)
OUTLET = "Iraq Business News"
DISCLAIMER = "Any opinions expressed are those of the author, and do not necessarily reflect the views of the outlet."


def item(title: str = "Efforts stall", link: str = "https://outlet.example/1", **more: str) -> dict[str, str]:
    """An item with what is given; every empty value is left out."""
    usual = {"guid": link, "date": "Mon, 03 Dec 2018 07:00:00 +0000", "html": "<p>Two months on.</p>", "author": ""}
    return {"title": title, "link": link, **usual, **more}


def of_facts() -> list[dict[str, str]]:
    """The archive's items."""
    return [
        item(
            title,
            f"https://outlet.example/{number}/?utm_source=rss",
            date=date,
            html=f"<p>By John Lee.</p><p>{escape(said)} <a href='/{number}'>Read the full story</a></p><p>(Source: {source})</p>",
            author="John Lee",
        )
        for number, (title, date, said, source) in enumerate(FACTS, 1)
    ]


def rss(items: list[dict[str, str]], language: str = "en-GB", head: str = "", encoding: str = "utf-8") -> bytes:
    """RSS 2.0."""
    rows = []
    for one in items:
        tags = [("title", one["title"]), ("link", one["link"]), ("guid", one["guid"]), ("pubDate", one["date"])]
        tags += [("dc:creator", one["author"]), ("description", one["html"])]
        rows.append("<item>" + "".join(f"<{tag}>{escape(text)}</{tag}>" for tag, text in tags if text) + "</item>")
    return (
        f'<?xml version="1.0" encoding="{encoding}"?>{head}<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<channel><title>An outlet</title><link>https://outlet.example/</link><description>News</description>"
        f"<language>{language}</language>{''.join(rows)}</channel></rss>"
    ).encode(encoding, "replace")


def atom(items: list[dict[str, str]]) -> bytes:
    """Atom."""
    rows = "".join(
        f"<entry><title>{escape(one['title'])}</title><id>{escape(one['guid'])}</id><link href='{escape(one['link'])}'/>"
        f"<updated>2018-12-03T07:00:00Z</updated><author><name>{escape(one['author'])}</name></author>"
        f"<content type='html'>{escape(one['html'])}</content></entry>"
        for one in items
    )
    return (
        f"<?xml version='1.0'?><feed xmlns='http://www.w3.org/2005/Atom' xml:lang='ar'><title>Outlet</title>"
        f"<id>urn:x</id><updated>2018-12-03T07:00:00Z</updated>{rows}</feed>"
    ).encode()


def json_feed(items: list[dict[str, str]]) -> bytes:
    """JSON Feed 1.1."""
    rows = [
        {
            "id": one["guid"],
            "url": one["link"],
            "title": one["title"],
            "content_html": one["html"],
            "date_published": "2018-12-03T07:00:00Z",
            "authors": [{"name": one["author"]}],
        }
        for one in items
    ]
    said = {"version": "https://jsonfeed.org/version/1.1", "title": "Outlet", "language": "en", "items": rows}
    return json.dumps(said).encode()
