"""What a page says of itself is read from where pages say it, and a page cannot harm whoever reads it."""

from __future__ import annotations

import datetime as dt
import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app import page_details, written_dates
from app.fetch import Guard, fetch
from app.models.types import PartialDate, Precision
from app.page_details import Details, FeedLink
from tests.site import http, moved, running

URL = "https://www.tigris.example/reports/2024/militias?utm_source=mail"
HTML = "text/html; charset=utf-8"


def read(page: str, content_type: str = HTML, url: str = URL) -> Details:
    return page_details.read(page.encode(), content_type, url)


def script(text: str) -> str:
    return f'<script type="application/ld+json">{text}</script>'


def data(*values: object) -> str:
    """JSON-LD as sites write it: nothing in it ends the script."""
    return "".join(script(json.dumps(value).replace("</", r"<\/")) for value in values)


def meta(**values: str) -> str:
    return "".join(f'<meta name="{name.replace("__", ".")}" content="{value}">' for name, value in values.items())


ARTICLE = {
    "@context": "https://schema.org",
    "@type": "NewsArticle",
    "headline": "Rein them in",
    "datePublished": "2024-05-03T23:30:00-04:00",
    "description": "What must change.",
    "publisher": {"@type": "Organization", "name": "Tigris Watch"},
    "inLanguage": "en-GB",
}

BLOG = """<!DOCTYPE html><html lang="en-US" prefix="og: https://ogp.me/ns#"><head>
<meta charset="UTF-8"><!-- <title>Commented out</title> -->
<title>Rein them in | Tigris Watch</title>
<meta name='description' content='Described for searching.'/>
<meta property="og:locale" content="en_US" /><META PROPERTY="og:type" CONTENT="article"/>
<meta property="og:title" content="Rein them in &#8211; now &amp;amp; here | Tigris Watch" />
<meta property="og:description" content="Described
  for &lt;b&gt;sharing&lt;/b&gt;." /><meta property="og:site_name" content="Tigris Watch" />
<meta property="article:published_time" content="2024-05-03T08:00:00+00:00" />
<link rel="alternate" type="application/rss+xml" title="Tigris Watch &raquo; Feed" href="/feed/?a=1&amp;b=2" />
<link rel=alternate type=application/atom+xml href=https://www.tigris.example/atom.xml>
<link rel="ALTERNATE feed" type="application/feed+json; charset=utf-8" href="feed.json">
<link rel="alternate" type="application/rss+xml" href="/feed/?a=1&amp;b=2">
<link rel="alternate" type="application/rss+xml" href="javascript:alert(1)">
<link rel="alternate" type="application/rss+xml" href="http://[::1">
<link rel="alternate" hreflang="ar" href="/ar/"><link rel="stylesheet" type="text/css" href="/a.css">
<script>var t = "<title>In a script</title><meta property='og:title' content='no'>";</script>
</head><body><h1>Rein them in</h1></body></html>"""


def test_an_article_written_for_sharing_is_read():
    assert read(BLOG) == Details(
        title="Rein them in – now & here",
        publisher="Tigris Watch",
        published_on=dt.date(2024, 5, 3),
        precision=Precision.DAY,
        description="Described for sharing .",
        language="en-US",
        feed_links=(
            FeedLink("https://www.tigris.example/feed/?a=1&b=2", "Tigris Watch » Feed"),
            FeedLink("https://www.tigris.example/atom.xml", ""),
            FeedLink("https://www.tigris.example/reports/2024/feed.json", ""),
        ),
    )


def test_what_is_commented_out_or_inside_a_script_is_not_said():
    hidden = "<title>Hidden</title>"
    for around in ("<!--{}-->", "<script>{}</script >", "<STYLE>{}</style>", "<textarea>{}</textarea>"):
        assert read(around.format(hidden) + "<title>Shown</title>").title == "Shown"
    assert read('<meta name="x" content="<title>Hidden</title>"><title>Shown</title>').title == "Shown"


def test_an_article_written_for_search_engines_is_read():
    assert read(data(ARTICLE)) == Details(
        "Rein them in", "Tigris Watch", dt.date(2024, 5, 3), Precision.DAY, "What must change.", "en-GB"
    )


@pytest.mark.parametrize(
    "wrapped",
    [
        [ARTICLE],
        {"@graph": [{"@type": "WebSite", "name": "Site"}, ARTICLE, {"@type": "BreadcrumbList", "name": "Crumbs"}]},
        {"@type": "WebPage", "name": "Page", "mainEntity": ARTICLE},
        {**ARTICLE, "@type": ["Thing", "schema:NewsArticle"]},
        {**ARTICLE, "@type": "http://schema.org/Report"},
        [{**ARTICLE, "@type": "VideoObject", "headline": "A video"}, ARTICLE],
        [[[ARTICLE]]],
        {**ARTICLE, "headline": ["Rein them in", "Other"], "publisher": [{"name": "Tigris Watch"}]},
        {**ARTICLE, "headline": {"@language": "en", "@value": "Rein them in"}, "publisher": "Tigris Watch"},
        {"@graph": [{**ARTICLE, "publisher": {"@id": "#us"}}, {"@id": "#us", "@type": "Organization", "name": "Tigris Watch"}]},
    ],
)  # fmt: skip
def test_the_work_is_found_wherever_it_stands(wrapped):
    details = read(data(wrapped))
    assert (details.title, details.publisher) == ("Rein them in", "Tigris Watch")
    assert details.published == PartialDate(dt.date(2024, 5, 3), Precision.DAY)


def test_a_video_is_read():
    video = {
        "@type": "VideoObject",
        "name": "Voices from Basra",
        "uploadDate": "2023-11-02",
        "description": "Six people.",
    }
    page = read(data(video) + '<meta property="og:site_name" content="Videos">')
    assert (page.title, page.publisher, page.published_on) == ("Voices from Basra", "Videos", dt.date(2023, 11, 2))


def test_a_list_of_other_articles_says_nothing_of_the_page():
    others = [{**ARTICLE, "headline": f"Other {n}", "url": f"https://tigris.example/{n}"} for n in range(3)]
    assert read(data(others) + "<title>All news</title>").title == "All news"
    here = {**ARTICLE, "mainEntityOfPage": {"@id": "http://tigris.example/reports/2024/militias/"}}
    assert read(data([*others, here])).title == "Rein them in"


def test_a_report_in_a_library_is_read():
    page = read(
        meta(
            citation_title="Militias in Iraq: A Register",
            citation_publication_date="2021/07",
            citation_technical_report_institution="Institute of Law",
            citation_language="fr",
        )
        + "<title>PDF viewer</title>"
    )
    assert (page.title, page.publisher, page.language) == ("Militias in Iraq: A Register", "Institute of Law", "fr")
    assert page.published == PartialDate(dt.date(2021, 7, 1), Precision.MONTH)


def test_catalogue_cards_are_read():
    page = read(meta(DC__Title="A Report", dc__publisher="The Office", DCTERMS__issued="1998", DC__language="ar"))
    assert (page.title, page.publisher, page.language) == ("A Report", "The Office", "ar")
    assert page.published == PartialDate(dt.date(1998, 1, 1), Precision.YEAR)


def test_the_most_trusted_place_wins_and_an_unfit_value_gives_way():
    page = read(
        data({**ARTICLE, "headline": "<b> </b>", "datePublished": "soon", "publisher": {"name": 7}})
        + meta(og__x="", citation_title="", description="Last")
        + '<meta property="og:title" content="\u200b"><title>Plain title</title>'
        + '<meta property="article:published_time" content="yesterday"><meta name="date" content="May 2024">'
    )
    assert page.title == "Plain title"
    assert page.publisher == "7"
    assert page.published == PartialDate(dt.date(2024, 5, 1), Precision.MONTH)
    assert page.description == "What must change."


@pytest.mark.parametrize(
    ("title", "short"),
    [("A – Tigris Watch", "A"), ("A :: tigris watch", "A"), ("Tigris Watch", "Tigris Watch"), ("| Tigris Watch", "| Tigris Watch"),
     ("The words of Tigris Watch", "The words of Tigris Watch"), ("Tigris Watch | A", "Tigris Watch | A")],
)  # fmt: skip
def test_a_title_leaves_the_site_at_its_end(title, short):
    assert read(f'<meta property="og:site_name" content="Tigris Watch"><title>{title}</title>').title == short


@pytest.mark.parametrize(
    "page", ["", "\0", "no markup at all", "<", "<title>", "<meta", "<!--", "<script>", "<html lang=x>"]
)
def test_a_page_that_says_nothing_leaves_its_host(page):
    assert read(page) == Details(publisher="tigris.example")
    assert read(page, url="http://[::1") == Details()


@pytest.mark.parametrize("kind", ["application/pdf", "image/png", "application/octet-stream"])
def test_what_is_no_page_is_not_read_as_one(kind):
    assert read(BLOG, kind) == Details(publisher="tigris.example")
    assert read(BLOG, "").title == read(BLOG, "Application/XHTML+XML").title == "Rein them in – now & here"


ARABIC = "ضعوا حدًا للميليشيات"


WRITTEN = {
    "header": (f"<title>{ARABIC}</title>".encode("cp1256"), "text/html; charset=windows-1256"),
    "quoted": (f"<title>{ARABIC}</title>".encode("cp1256"), 'text/html;Charset="Windows-1256"'),
    "meta": (f"<meta charset=windows-1256><title>{ARABIC}</title>".encode("cp1256"), "text/html"),
    "old meta": (
        f'<meta http-equiv="Content-Type" content="text/html; charset=cp1256"><title>{ARABIC}</title>'.encode("cp1256"),
        "text/html",
    ),
    "xml": (f'<?xml version="1.0" encoding="windows-1256"?><title>{ARABIC}</title>'.encode("cp1256"), "text/html"),
    "bom": (f"<title>{ARABIC}</title>".encode("utf-8-sig"), "text/html; charset=windows-1256"),
    "utf-16": (f"<title>{ARABIC}</title>".encode("utf-16"), "text/html; charset=utf-8"),
    "nothing": (f"<title>{ARABIC}</title>".encode(), "text/html"),
    "header is wrong, meta is right": (
        f"<meta charset=windows-1256><title>{ARABIC}</title>".encode("cp1256"),
        "text/html; charset=utf-8",
    ),
    "unknown": (f"<title>{ARABIC}</title>".encode(), "text/html; charset=x-klingon"),
    "none of the web's": (f"<title>{ARABIC}</title>".encode(), "text/html; charset=utf-7"),
    "cut inside a letter": (f"<title>{ARABIC}</title>ض".encode()[:-1], "text/html; charset=utf-8"),
    "meta that cannot be": (f"<meta charset=utf-16le><title>{ARABIC}</title>".encode(), "text/html"),
}


@pytest.mark.parametrize(
    ("body", "content_type"),
    WRITTEN.values(),
    ids=WRITTEN.keys(),
)
def test_a_page_is_read_in_the_letters_it_is_written_in(body, content_type):
    assert page_details.read(body, content_type, URL).title == ARABIC


def test_a_byte_that_is_no_letter_does_not_spoil_the_rest():
    assert page_details.read(b"<title>Caf\xe9 \xff talk</title>", HTML, URL).title == "Caf\ufffd \ufffd talk"
    assert (
        page_details.read(b"<title>Caf\xe9 \x93talk\x94</title>", "text/html; charset=iso-8859-1", URL).title
        == "Café “talk”"
    )


def test_values_are_plain_bounded_text():
    page = read(
        data({**ARTICLE, "headline": "a\u0000b\ud800c\u202ed <script>alert(1)</script>\n" + "word " * 500, "description": "w" * 9000})
    )  # fmt: skip
    assert page.title.startswith("a bcd alert(1) word word")
    assert page.title.endswith("word…")
    assert len(page.title) <= 300
    assert len(page.description) == 600
    assert len(read(f'<meta property="og:site_name" content="{"n" * 5500}">').publisher) == 200
    assert page.publisher == "Tigris Watch"


def test_feeds_are_bounded_and_follow_the_base():
    links = "".join(f'<link rel=alternate type=application/rss+xml href="{n}.xml">' for n in range(50))
    feeds = read(f'<base href="/news/">{links}').feed_links
    assert [feed.url for feed in feeds] == [f"https://www.tigris.example/news/{n}.xml" for n in range(10)]
    assert (
        read('<base href="javascript:x">' + links).feed_links[0].url == "https://www.tigris.example/reports/2024/0.xml"
    )
    for href in ("file:///etc/passwd", "//olive:secret@a.example/", "x" * 2000, "/a\u202eb", ""):
        assert read(f'<link rel=alternate type=application/rss+xml href="{href}">').feed_links == ()


@pytest.mark.parametrize(
    ("written", "language"),
    [("en", "en"), ("EN-gb", "en-GB"), ("ar_IQ", "ar-IQ"), ("zh-hant-tw", "zh-Hant-TW"), ("es-419", "es-419"), ("ckb", "ckb"),
     ("en, fr", "en"), ("english", ""), ("und", ""), ("12", ""), ("", "")],
)  # fmt: skip
def test_a_language_is_read_as_a_tag(written, language):
    assert read(f'<html lang="{written}">').language == language


def day(year: int, month: int, on: int) -> PartialDate:
    return PartialDate(dt.date(year, month, on), Precision.DAY)


@pytest.mark.parametrize(
    ("written", "date"),
    [("2024-05-03", day(2024, 5, 3)), ("2024-05-03T23:59:59-11:00", day(2024, 5, 3)), ("2024-05-03 00:00:00", day(2024, 5, 3)),
     ("2024-05-03Z", day(2024, 5, 3)), ("2024-05-03+02:00", day(2024, 5, 3)), ("2024/5/3", day(2024, 5, 3)), ("20240503", day(2024, 5, 3)),
     ("20240503T101500Z", day(2024, 5, 3)), ("20240503101500", day(2024, 5, 3)), ("Fri, 03 May 2024 10:00:00 GMT", day(2024, 5, 3)),
     ("3 May 2024", day(2024, 5, 3)), ("3rd Sept. 2024", day(2024, 9, 3)), ("03-May-2024", day(2024, 5, 3)),
     ("May 3, 2024", day(2024, 5, 3)),
     ("May 3rd, 2024, 10:00", day(2024, 5, 3)), ("Fri May 03 2024 10:00:00 GMT+0200 (CEST)", day(2024, 5, 3)),
     ("Friday, May 3, 2024", day(2024, 5, 3)), ("٢٠٢٤-٠٥-٠٣", day(2024, 5, 3)),
     ("May 2024", PartialDate(dt.date(2024, 5, 1), Precision.MONTH)), ("2024-05", PartialDate(dt.date(2024, 5, 1), Precision.MONTH)),
     ("2024-05-00", PartialDate(dt.date(2024, 5, 1), Precision.MONTH)), ("2024", PartialDate(dt.date(2024, 1, 1), Precision.YEAR)),
     ("2024-00-05", PartialDate(dt.date(2024, 1, 1), Precision.YEAR)),
     ("2024-00-00", PartialDate(dt.date(2024, 1, 1), Precision.YEAR)),
     ("03/05/2024", None), ("2024-13-01", None), ("2024-02-30", None), ("0001-01-01T00:00:00", None), ("9999-12-31", None),
     ("1714729200", None), ("1612121212", None), ("-1", None), ("soon", None), ("May", None), ("Xyz 3, 2024", None), ("", None),
     ("2024-05-03" * 500, None), ("99999999999999999999", None)],
)  # fmt: skip
def test_a_date_is_read_with_the_precision_it_has(written, date):
    assert written_dates.read(written) == date
    assert read(meta(date=written)).published == date


def test_what_was_fetched_is_read_as_it_came():
    with running() as site:
        page = f"<title>{ARABIC}</title><link rel=alternate type=application/rss+xml href=/feed>".encode("cp1256")
        site.pages["/old"] = moved("/new/")
        site.pages["/new/"] = http(page + b" " * 100_000, kind="text/html; charset=windows-1256")
        guard = Guard("https://sign.undersigned.example", site.opening)
        got = fetch(site.url("/old"), accept="text/html", most_bytes=10_000, cut=True, guard=guard)
        details = page_details.read(got.body, got.content_type, got.url)
        assert (details.title, details.publisher) == (ARABIC, "127.0.0.1")
        assert details.feed_links == (FeedLink(site.url("/feed"), ""),)


SIZE = 2 * 1024 * 1024


def full(piece: str) -> str:
    return piece * (SIZE // len(piece))


NASTY = {
    "tags that never close": full("<a "),
    "only openings": full("<"),
    "comments that never close": full("<!--"),
    "declarations": full("<!"),
    "meta": full("<meta "),
    "quotes that never close": full('<meta content="'),
    "quotes in quotes": full("""<meta a="b' c='d" """),
    "a very long tag": "<meta " + " " * SIZE,
    "a very long value": '<meta property="og:title" content="' + "x" * SIZE,
    "entities": full(f'<meta property="og:title" content="{"&lt;" * 1000}">'),
    "a title without end": "<title>" + full("&aaaaaaaaaaaaaaaaaaaaaaaaaa"),
    "titles": full("<title></title>"),
    "scripts": full("<script>"),
    "feeds": full(f'<link rel=alternate type=application/rss+xml href="/{"x" * 1500}">'),
    "deep JSON": script("[" * 140_000 + "]" * 140_000),
    "deep JSON without end": script("[" * 290_000),
    "deep graphs": script('{"@graph":' * 20_000 + "1" + "}" * 20_000),
    "deep names": script('{"@type":"Article","headline":' + '{"name":' * 900 + '"x"' + "}" * 901),
    "ids in a ring": script('{"@id":"a","@type":"Article","headline":{"@id":"b"}},{"@id":"b","name":{"@id":"b"}}'),
    "many articles": script("[" + '{"@type":"Article","url":"https://a.example/x"},' * 6_000 + "{}]") * 7,
    "many kinds": script('{"@type":[' + ",".join(['"Article"'] * 20_000) + "]}") * 9,
    "a long number": script('{"@type":"Article","datePublished":' + "9" * 290_000 + "}"),
    "marks on one letter": script('{"@type":"Article","headline":"a' + "\\u0301\\u0316" * 20_000 + '"}'),
    "no JSON": script("{'@type': undefined}") + script("") + script("null") + script('"text"') + script('{"@type":{"a":1}}'),
    "wrong kinds": script('{"@type":"Article","headline":{"@id":{"a":1}},"url":7,"publisher":[[[[[[["x"]]]]]]],"inLanguage":null}'),
}  # fmt: skip


@pytest.mark.parametrize("page", NASTY.values(), ids=NASTY.keys())
def test_a_page_cannot_keep_its_reader_busy(page):
    """Each is two megabytes at most; the slowest took a quarter of a second where others take hours."""
    began = time.process_time()
    assert isinstance(read(page), Details)
    assert time.process_time() - began < 3


ANYTHING = st.lists(
    st.sampled_from(['<meta name="', "og:title", '" content="', '">', "<title>", "</title>", "<script type=application/ld+json>",
                     '{"@type":"Article","headline":', "}", "</script>", "<html lang=",
                     "<link rel=alternate type=application/rss+xml href=",
                     "<!--", "-->", "&lt;", "'", "=", "2024-05-03", "datePublished", "[", "]", "\x00"]) | st.text(max_size=8),
    max_size=30,
).map("".join)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(
    ANYTHING,
    st.binary(max_size=40),
    st.sampled_from(["", HTML, "text/html; charset=utf-16", "text/html; charset=\0"]),
    st.text(max_size=30),
)
def test_no_page_whatever_makes_reading_fail(page, more, content_type, url):
    details = page_details.read(page.encode("utf-8", "surrogatepass") + more, content_type, url)
    assert len(details.title) <= 300
    assert (details.published_on is None) == (details.precision is None)
    assert not any(
        ord(letter) < 32 for letter in details.title + details.description + details.publisher + details.language
    )
