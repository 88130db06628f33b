"""Reading feeds of strangers: what is said comes out as plain text, what is meant to harm does not."""

from __future__ import annotations

import datetime as dt
import time

import pytest

from app import feed_attribution, feed_links, feed_reader, feed_text
from app.domain.news_arrivals import wanted
from app.feed_troubles import FeedTrouble, NotAFeed
from app.models import PartialDate, Precision
from tests import feeds
from tests.feeds import atom, item, json_feed, rss
from tests.reading import seconds

TODAY = dt.date(2026, 11, 25)
URL = "https://outlet.example/feed"


def read(body: bytes, kind: str = "application/xml"):
    return feed_reader.read(body, kind, URL, today=TODAY)


def refused(body: bytes, kind: str = "application/xml") -> FeedTrouble:
    with pytest.raises(NotAFeed) as caught:
        read(body, kind)
    return caught.value.trouble


@pytest.mark.parametrize(
    ("body", "kind", "language"),
    [
        (rss(feeds.of_facts()), "application/rss+xml", "en-GB"),
        (atom(feeds.of_facts()), "application/atom+xml", "ar"),
        (json_feed(feeds.of_facts()), "application/feed+json", "en"),
    ],
    ids=["rss", "atom", "json"],
)
def test_the_archive_of_an_outlet_is_read_in_every_form(body, kind, language):
    feed = read(body, kind)
    assert {one.title for one in feed.items} == {title for title, *_ in feeds.FACTS}
    found = next(one for one in feed.items if one.title.startswith("UN Casualty"))
    assert found.url == "https://outlet.example/1/"
    assert found.published == PartialDate(dt.date(2018, 12, 3), Precision.DAY)
    assert found.text == "The mission counted 41 civilians killed and 73 injured in November."
    assert (found.source_line, found.byline, found.language) == ("United Nations", "John Lee", language)


OPINIONS = (
    "Any opinions expressed are those of the author, and do not necessarily reflect the views of Iraq Business News."
)


@pytest.mark.parametrize(
    ("text", "byline", "outlet", "disclaimer", "left"),
    [
        ("By John Lee.\n\nText.", "John Lee", "", "", "Text."),
        (f"By Dana Taib Menmy for Al-Monitor. {OPINIONS}\n\nText.", "Dana Taib Menmy", "Al-Monitor", OPINIONS, "Text."),
        (
            f"By Geneive Abdo, for Foreign Policy. {OPINIONS}\n\nText.",
            "Geneive Abdo",
            "Foreign Policy",
            OPINIONS,
            "Text.",
        ),
        (f"From AFP. {OPINIONS}\n\nText.", "", "AFP", OPINIONS, "Text."),
        ("Text.\n\nClick here to read the full story.", "", "", "", "Text."),
        ("Text. Read more…", "", "", "", "Text."),
        ("By noon the city was empty.", "", "", "", "By noon the city was empty."),
        ("From Mosul came news.", "", "", "", "From Mosul came news."),
        ("Few could read the full report here.", "", "", "", "Few could read the full report here."),
        ("The full report can be read here.", "", "", "", "The full report can be read here."),
    ],
)
def test_what_an_item_says_of_itself_is_taken_from_its_text(text, byline, outlet, disclaimer, left):
    found = feed_attribution.read(text)
    assert (found.byline, found.outlet, found.disclaimer, found.text) == (byline, outlet, disclaimer, left)


def test_reading_that_takes_no_time_whatever_is_written():
    before = time.process_time()
    for text in (
        "By " + "A " * 9_000,
        "Read " * 4_000,
        "By Aa" + " Bb" * 4_000 + " for " + "The " * 4_000,
        "( " * 9_000,
        " " * 9_000,
    ):
        feed_attribution.read(f"{text}\n\n{text}")
    assert time.process_time() - before < 1


def test_an_item_has_the_same_key_however_it_is_written():
    one = [item(guid="tag:x,1")]
    assert {read(body).items[0].key for body in (rss(one), atom(one), json_feed(one))} == {read(rss(one)).items[0].key}


def test_the_newest_hundred_of_thousands_are_taken_in_time():
    many = [item(f"No. {n}", f"https://e.example/{n}", date=f"{2000 + n % 25}-01-01") for n in range(3_000)]
    before = time.process_time()
    feed = read(rss(many))
    assert time.process_time() - before < 6
    assert len(feed.items) == 100
    assert {one.published.on.year for one in feed.items} == {2024}


def test_the_same_guid_twice_is_one_item():
    assert [one.title for one in read(rss([item("A", guid="x"), item("B", guid="x")])).items] == ["A"]


BOMB = "<!DOCTYPE r [<!ENTITY a 'lol'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'><!ENTITY c '&b;&b;&b;&b;&b;&b;&b;&b;'>]>"
FILE = "<!DOCTYPE r [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>"
REMOTE = "<!DOCTYPE rss PUBLIC '-//Netscape' 'http://127.0.0.1/rss.dtd'>"


@pytest.mark.parametrize("head", [BOMB, FILE, REMOTE, "<!-- x --><!doctype rss>"])
def test_a_document_type_is_refused_before_anything_is_made_of_it(head):
    body = rss([item("&c; &x;")], head=head).replace(b"&amp;", b"&")
    assert refused(body) in {FeedTrouble.DOCUMENT_TYPE, FeedTrouble.BROKEN_FEED}


def test_a_document_type_is_named_as_the_trouble():
    assert refused(rss([item()], head=BOMB)) == FeedTrouble.DOCUMENT_TYPE


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no",
        b"<html><title>x</title></html>",
        b"<!doctype html><p>x",
        b"{}",
        b'{"version": "2"}',
        b"{" * 100_000,
        b'{"version":"https://jsonfeed.org/version/1","items":' + b"[" * 200_000,
        b"<opml><body/></opml>",
        b"%PDF-1.7",
        b"\x00\x01\x02",
    ],
)
def test_what_is_no_feed_is_said_to_be_none(body):
    assert refused(body) == FeedTrouble.NO_FEED


@pytest.mark.parametrize(
    "body",
    [
        b"<rss><channel><item></rss>",
        b"<rss" + b"<a>" * 50_000,
        b"<rss>" + b"<a>" * 500 + b"</a>" * 500 + b"</rss>",
        b"<rss><x:y/></rss>",
        b"<rss>" + b"<a/>" * 350_000 + b"</rss>",
    ],
    ids=["cut", "open", "deep", "prefix", "many"],
)
def test_damaged_or_endless_xml_is_refused_soon(body):
    before = time.process_time()
    assert refused(body) == FeedTrouble.BROKEN_FEED
    assert time.process_time() - before < 5


def test_common_slips_are_mended():
    body = b"<?xml version='1.0' encoding='utf-8'?>\n<rss version='2.0'><channel><title>T</title><item>"
    body += (
        b"<title>R&D &nbsp;caf&eacute; &#0;\x0b &hellip; &unknown; AT&T</title><link>https://e.example/?a=1&b=2</link>"
    )
    found = read(b"\xef\xbb\xbf  " + body + b"</item></channel></rss>").items[0]
    assert found.title == "R&D café … &unknown; AT&T"
    assert found.url == "https://e.example/?a=1&b=2"
    assert read(json_feed([item("Cut \ud83d", author="\ud83d")])).items[0].title == "Cut \ufffd"


@pytest.mark.parametrize(
    ("encoding", "header"),
    [
        ("utf-8", "text/xml; charset=iso-8859-1"),  # the header is wrong
        ("windows-1256", "text/xml"),
        ("windows-1256", "text/xml; charset=windows-1256"),
        ("utf-16", "text/xml"),
    ],
)
def test_arabic_is_read_whatever_is_said_of_its_encoding(encoding, header):
    body = rss([item("أرقام الضحايا في العراق")], encoding=encoding)
    assert read(body, header).items[0].title == "أرقام الضحايا في العراق"


def test_a_feed_that_lies_about_its_encoding_is_read_as_far_as_it_goes():
    body = rss([item("Caf\u00e9")], encoding="iso-8859-1").replace(b"iso-8859-1", b"utf-8")
    assert read(body).items[0].title.startswith("Caf")


@pytest.mark.parametrize(
    "date",
    [
        "",
        "Fri, 31 Dec 9999 23:59:59 GMT",
        "-0001-11-30T00:00:00+00:00",
        "0000-00-00",
        "yesterday",
        "2026-13-45",
        "2031-01-01",
    ],
)
def test_a_date_that_no_calendar_has_is_none(date):
    assert read(rss([item(date=date)])).items[0].published is None


def test_a_date_without_a_zone_is_read():
    assert read(rss([item(date="2016-10-27T23:30:00")])).items[0].published.on == dt.date(2016, 10, 27)


def test_nothing_of_markup_is_left():
    html = (
        "<div onclick=x>One <b>bold</b><script>alert(1)</script><style>p{}</style><iframe src=x></iframe>"
        "<select><option>o</select><svg><text>s</text></svg><template>t</template></div>"
        "<p>Two<br>lines &lt;img src=x onerror=y&gt;</p><!-- c --><img src='https://spy.example/1.gif'>\u202egnp.exe"
    )
    found = read(rss([item("<script>x</script>A <i>title</i>", html=html)])).items[0]
    assert found.title == "A title"
    assert found.text == "One bold\n\nTwo\nlines <img src=x onerror=y>\n\ngnp.exe"


@pytest.mark.parametrize("piece", ["<a>", "<div>", "<a ", "<table><td>", "&", "<b><i><p>", "<svg><math>", "\u0301"])
def test_hostile_markup_takes_no_time(piece):
    body = rss([item(f"No. {n}", f"https://e.example/{n}", html=piece * 8_000) for n in range(4)])
    assert seconds(lambda: read(body), enough=2) < 2  # half a second each: they are cleaned one by one


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "data:text/html,x", "https://a@b.example/", "http://[::1", "ftp://x.example/"]
)
def test_a_link_that_leads_to_no_page_is_not_kept(link):
    found = read(rss([item(link=link, guid="x")])).items
    assert [(one.url, one.is_linked) for one in found] == [("https://outlet.example/", False)]


def test_a_relative_link_is_made_whole():
    assert read(rss([item(link="/2018/12", guid="x")])).items[0].url == "https://outlet.example/2018/12"


def test_a_link_without_what_says_by_which_way_somebody_came():
    said = feed_links.canonical("HTTPS://Outlet.Example:443/a?utm_source=x&id=7&fbclid=y#top", URL)
    assert said == "https://outlet.example/a?id=7"
    assert (
        feed_links.canonical("https://outlet.example/\uffff", URL) == ""
    )  # would break our own feeds, which are XML too


def test_mail_addresses_of_authors_are_left_out():
    assert read(rss([item(author="jo@outlet.example (Jo Writer)")])).items[0].byline == "Jo Writer"
    assert read(rss([item(author="jo@outlet.example")])).items[0].byline == ""


@pytest.mark.parametrize(("most", "said"), [(12, "Two months…"), (5, "Two…"), (100, "Two months on, people"), (1, "")])
def test_a_text_is_cut_at_the_end_of_a_word(most, said):
    assert feed_text.shortened("Two months on, people", most) == said


@pytest.mark.parametrize(
    ("include", "exclude", "text", "is_wanted"),
    [
        ("", "", "anything", True),
        ("Iraq\nSyria", "", "Iraqi courts", True),
        ("raq", "", "Iraqi courts", False),
        ("iraq", "oil", "Iraq: Oil prices", False),
        ("irak", "", "Élections en Irák", True),
        ("العراق", "", "في العِراق", True),
        ("عراق", "", "بالعراق", True),
        ("(", "", "a (b", True),
    ],
)
def test_keywords_take_and_leave(include, exclude, text, is_wanted):
    assert wanted(include, exclude, text) is is_wanted


def test_a_page_announces_its_feed():
    page = b'<!doctype html><link rel="alternate" type="application/rss+xml" href="/rss">'
    assert feed_reader.is_page(page, "text/html")
    assert feed_reader.is_page(
        b"<?xml version='1.0'?>\n<!-- x -->\n<!DOCTYPE html PUBLIC 'x'><html/>", "application/xhtml+xml"
    )
    assert not feed_reader.is_page(rss([item("<html>")]), "text/html")
    assert feed_reader.announced(page, "text/html", "https://outlet.example/news") == "https://outlet.example/rss"
