"""Olive writes in two windows, or with Omar: whoever saves second is shown what the first saved, and nothing is overwritten."""

from __future__ import annotations

import html
import re

import pytest

from tests import desk

olive = desk.olive

FIGURE = {"number": "1,302", "label": "civilians killed", "source": "The coalition", "as_of": "31 May 2019"}
NEWS = {
    "title": "Court opens",
    "url": "https://news.example.org/1",
    "kind": "article",
    "published_on": "9 June 2015",
    "outlet": "The Post",
}
SOURCE = {"url": "https://news.example.org/feed", "outlet": "The Post", "excerpt_length": "400"}
ANSWER = {"response": "We will look at it.", "response_by": "The minister", "response_on": "2019-05-31"}


@pytest.fixture
def forms(make, olive):
    """The forms of rows without a revision: where each is, what stands in it, and the field that both change."""
    campaign = make.campaign(olive.organisation, slug="archive")
    topic = make.topic(olive.organisation, title="Iraq")
    news = make.news(campaign)
    olive.post("/topics/iraq/figures/new", **FIGURE)
    olive.post("/news-sources/new", **SOURCE, place=f"topic-{topic.id}")
    figure = re.search(r"/topics/iraq/figures/\d+", olive.get("/topics/iraq/figures"))[0]
    source = re.search(r"/news-sources/\d+", olive.get("/news-sources"))[0]
    return [
        (figure, FIGURE, "label"),
        (f"/campaigns/archive/news/{news.id}", NEWS, "excerpt"),
        (f"/news-items/{news.id}", NEWS, "title"),
        (source, {**SOURCE, "place": f"topic-{topic.id}"}, "include"),
        ("/campaigns/archive/response", ANSWER, "response_by"),
    ]


@pytest.mark.sqlite_alone
def test_who_saves_second_sees_what_the_first_saved_and_loses_nothing(olive, forms):
    for at, words, field in forms:
        seen = seen_on(olive.get(at))
        olive.post(at, **{**words, field: "First <words>"}, seen=seen)
        answer = olive.post(at, 409, **{**words, field: "Second words"}, seen=seen)
        page = html.unescape(answer.text)
        assert "Somebody else saved this after you opened it." in page, at
        assert "First <words></dd>" in page, at
        assert "Second words" in page, at
        olive.post(at, **{**words, field: "Second words"}, seen=seen_on(answer.text))  # now it is meant
        assert "Second words" in olive.get(at), at
        olive.post(at, **{**words, field: "Second words"}, seen=seen)  # what stands there already overwrites nothing
    at, frame = "/campaigns/archive/target", {"signature_target": "1,000", "zone": "UTC", "locale": "en"}
    seen = seen_on(olive.get(at))
    olive.post(at, **frame, closes_on="2100-05-01", seen=seen)
    moved = {**frame, "signature_target": "2,000", "target_reason": "Many came."}
    answer = olive.post(at, 409, **moved, closes_on="", seen=seen)  # who changes the target takes no date away unseen
    assert "2100-05-01" in answer.text
    olive.post(at, **moved, closes_on="2100-05-01", seen=seen_on(answer.text))


def seen_on(page):
    return re.search(r'name="seen"[^>]* value="(\w+)"', page)[1]
