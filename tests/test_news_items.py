"""What is said of a news item: at the desk with all its fields, in public with its warning first, and a video that is not loaded
before somebody wants it."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from app.models import CampaignState, NewsItem, NewsKind, NewsState, Precision
from tests import desk

olive = desk.olive
YOUTUBE = "https://www.youtube.com/watch?v=giTxudGNgpU"
NEWS = {
    "title": "Efforts stall",
    "outlet": "The Post",
    "byline": "Jo Writer",
    "author_note": "Writes on courts since 1990.",
    "kind": "statement",
    "published_on": "October 2016",
    "excerpt": "One.\r\n\r\nTwo.",
    "url": "https://example.org/n",
    "language": "ar",
    "source_line": "United Nations",
    "disclaimer": "Not our view.",
    "content_warning": "",
}


def test_olive_says_everything_about_an_item_and_sam_reads_it(olive, client, make, stored):
    campaign = make.campaign(olive.organisation)
    olive.post(f"/campaigns/{campaign.slug}/news/new", **NEWS, is_pinned="1")
    (item,) = stored(NewsItem)
    assert (item.kind, item.language, item.is_pinned) == (NewsKind.STATEMENT, "ar", True)
    assert (item.published_on, item.precision) == (dt.date(2016, 10, 1), Precision.MONTH)
    form = olive.get(f"/campaigns/{campaign.slug}/news/{item.id}")
    for said in ('value="2016-10"', "Writes on courts", 'value="ar" selected', "checked", 'value="statement" selected'):
        assert said in form
    page = client.get(f"/campaigns/{campaign.slug}").text
    for said in (
        "Statement",
        "Writes on courts",
        "Source: <bdi>United Nations</bdi>",
        "Not our view.",
        '<bdi lang="ar">Efforts stall',
    ):
        assert said in page
    assert '<time datetime="2016-10">October 2016</time>' in page
    assert re.search(r"<p[^>]*>One\.</p><p[^>]*>Two\.</p>", page)


@pytest.mark.parametrize(
    ("written", "date", "precision"),
    [
        ("2016-10-27", (2016, 10, 27), Precision.DAY),
        ("27 October 2016", (2016, 10, 27), Precision.DAY),
        ("٢٧ تشرين الأول ٢٠١٦", (2016, 10, 27), Precision.DAY),
        ("2016-10", (2016, 10, 1), Precision.MONTH),
        ("2016", (2016, 1, 1), Precision.YEAR),
    ],
)
def test_a_date_is_kept_as_far_as_it_is_known(olive, make, stored, written, date, precision):
    campaign = make.campaign(olive.organisation)
    olive.post(f"/campaigns/{campaign.slug}/news/new", **{**NEWS, "published_on": written})
    assert [(one.published_on, one.precision) for one in stored(NewsItem)] == [(dt.date(*date), precision)]


@pytest.mark.sqlite_alone
@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"published_on": ""}, "Write when it was published"),
        ({"published_on": "soon"}, "Write a date such as"),
        ({"published_on": "2016-02-30"}, "Write a date such as"),
        ({"published_on": "3/4/2016"}, "Write the month as a word"),
        ({"published_on": "9-11 June 2015"}, "Write one day, or the month alone."),
        ({"published_on": "1" * 10_000}, "Write a date such as"),
        ({"published_on": "\x00"}, "Write a date such as"),
        ({"kind": "gossip"}, "valid choice"),
        ({"language": "<b>"}, "Choose a language"),
        ({"author_note": "x" * 601}, "at most 600"),
        ({"disclaimer": "x" * 401}, "at most 400"),
        ({"source_line": "\x07"}, "control characters"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(olive, make, stored, values, said):
    campaign = make.campaign(olive.organisation)
    answer = olive.post(f"/campaigns/{campaign.slug}/news/new", status=422, **{**NEWS, **values})
    assert said in answer.text
    assert "Jo Writer" in answer.text
    assert stored(NewsItem) == []


def test_a_language_that_only_a_feed_named_is_kept(olive, make, stored):
    campaign = make.campaign(olive.organisation)
    item = make.news(campaign, language="en-GB")
    at = f"/campaigns/{campaign.slug}/news/{item.id}"
    assert 'value="en-GB" selected' in olive.get(at)
    olive.post(at, **{**NEWS, "language": "en-GB"})
    assert stored(NewsItem)[0].language == "en-GB"


@pytest.mark.sqlite_alone
def test_a_warning_stands_first_and_the_rest_opens_on_a_press(client, make):
    campaign = make.campaign()
    make.news(campaign, title="New footage", content_warning="Violence against children", excerpt="They hit boys.")
    page = client.get(f"/campaigns/{campaign.slug}").text
    article = page[
        page.index('<article class="item">') : page.index("</article>", page.index('<article class="item">'))
    ]
    hidden = article[article.index("<details>") : article.index("</details>")]
    assert article.index("Violence against children") < article.index("New footage") < article.index("<details>")
    assert "They hit boys." in hidden
    assert "https://news.example.org/1" in hidden
    assert article.count("https://news.example.org/1") == 1


@pytest.mark.sqlite_alone
def test_a_video_is_a_still_with_a_link_and_nothing_is_loaded(client, make):
    campaign = make.campaign()
    item = make.news(campaign, kind="video", url=YOUTUBE)
    answer = client.get(f"/campaigns/{campaign.slug}")
    assert "Plays from <bdi>youtube.com</bdi>" in answer.text
    assert f'href="/news/{item.public_id}/play"' in answer.text
    assert "iframe" not in answer.text
    assert "youtube-nocookie" not in answer.text
    assert "frame-src" not in answer.headers["Content-Security-Policy"]


@pytest.mark.sqlite_alone
def test_the_page_of_a_video_lets_in_its_player_and_nobody_else(client, make, app):
    app.config["PAGE_SECONDS"] = 10
    campaign = make.campaign()
    item = make.news(campaign, title="New footage", kind="video", url=YOUTUBE, content_warning="Violence")
    for _kept in range(2):
        answer = client.get(f"/news/{item.public_id}/play")
        policy = answer.headers["Content-Security-Policy"]
        assert policy.endswith("; frame-src https://www.youtube-nocookie.com")
        assert policy.startswith("default-src 'none'; script-src 'self'")
        assert "Set-Cookie" not in answer.headers
    (frame,) = re.findall(r"<iframe [^>]*>", answer.text)
    assert 'src="https://www.youtube-nocookie.com/embed/giTxudGNgpU?rel=0"' in frame
    assert 'sandbox="allow-scripts allow-same-origin allow-presentation"' in frame
    assert 'referrerpolicy="strict-origin"' in frame
    assert "credentialless" in frame
    assert 'title="Video: New footage"' in frame
    assert answer.text.index("Violence") < answer.text.index("<iframe")
    assert f'href="/campaigns/{campaign.slug}#news"' in answer.text
    assert f'href="{YOUTUBE}"' in answer.text


@pytest.mark.sqlite_alone
def test_a_peertube_player_comes_from_the_site_that_the_item_names(client, make):
    item = make.news(make.campaign(), kind="video", url="https://tube.example/w/kkGMgK9ZtnKfYAgnEtQxbv")
    answer = client.get(f"/news/{item.public_id}/play")
    assert answer.headers["Content-Security-Policy"].endswith("; frame-src https://tube.example")
    assert 'referrerpolicy="no-referrer"' in answer.text


@pytest.mark.sqlite_alone
@pytest.mark.parametrize("what", ["article", "other link", "waiting", "removed", "draft", "unknown"])
def test_nothing_else_has_such_a_page(client, make, what):
    values = {"kind": "video", "url": YOUTUBE}
    values |= {"kind": "article"} if what == "article" else {}
    values |= {"url": "https://example.org/v"} if what == "other link" else {}
    values |= {"state": NewsState.WAITING} if what == "waiting" else {}
    values |= {"removed_at": dt.datetime.now(dt.UTC)} if what == "removed" else {}
    campaign = make.campaign(published=what != "draft")
    assert (campaign.state == CampaignState.DRAFT) is (what == "draft")
    item = make.news(campaign, **values)
    name = "nothing" if what == "unknown" else item.public_id
    assert client.get(f"/news/{name}/play").status_code == 404


def test_a_video_of_a_topic_is_played(client, make):
    item = make.news(make.topic(title="Iraq in crisis"), kind="video", url=YOUTUBE)
    assert "Iraq in crisis" in client.get(f"/news/{item.public_id}/play").text
    item = make.news(make.topic(published=False), kind="video", url=YOUTUBE)
    assert client.get(f"/news/{item.public_id}/play").status_code == 404


@pytest.mark.sqlite_alone
def test_hostile_words_of_an_outlet_are_only_words(client, make):
    campaign = make.campaign()
    bad = '"><script>alert(1)</script>'
    item = make.news(
        campaign,
        title=bad,
        outlet=bad,
        byline=bad,
        excerpt=bad,
        disclaimer=bad,
        source_line=bad,
        kind="video",
        url=YOUTUBE,
    )
    for page in (f"/campaigns/{campaign.slug}", f"/news/{item.public_id}/play"):
        assert "<script>alert" not in client.get(page).text


@pytest.mark.sqlite_alone
def test_a_long_list_of_news_has_pages_and_what_waits_comes_first(olive, make, monkeypatch):
    monkeypatch.setattr("app.views.organise.evidence.NEWS_SHOWN", 2)
    campaign = make.campaign(olive.organisation)
    make.many_news(
        campaign, *({"title": f"News {year}", "published_on": dt.date(year, 1, 1)} for year in range(2011, 2014))
    )
    make.news(campaign, title="News 2001", published_on=dt.date(2001, 1, 1), state=NewsState.WAITING)
    shown = lambda page: re.findall(r"News \d{4}(?=</a>)", page)  # noqa: E731 (short)
    first, second = (olive.get(f"/campaigns/{campaign.slug}/news?page={number}") for number in (1, 2))
    assert (shown(first), shown(second)) == (["News 2001", "News 2013"], ["News 2012", "News 2011"])
    assert (">Next page<" in first, ">Next page<" in second, "Page 2 of 2" in second) == (True, False, True)
