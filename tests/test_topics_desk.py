"""Olive makes a topic: title, words, figures, campaigns, reports, news, address; publishes it, takes it back, throws a draft away."""

from __future__ import annotations

import datetime as dt
import html
import io
import re

import pytest
from PIL import Image

from app.domain import key_figures
from app.models import KeyFigure, NewsItem, Report, Topic, TopicSlug
from tests import desk

olive = desk.olive

WORDS = {"title": "Iraq in crisis", "summary": "What happens to civilians.", "text": "## Driven out\n\nPeople flee."}
FIGURE = {"number": "1,302", "label": "civilians killed", "source": "The coalition", "as_of": "31 May 2019"}
REPORT = {"title": "Graves", "publisher": "HRW", "kind": "report", "published_on": "2016-01-31", "url": "example.org/r"}
NEWS = {"title": "Efforts stall", "outlet": "The Post", "published_on": "2016-01-31", "url": "https://example.org/n"}


def drafts(olive, **words):
    """A new draft, through its pages; answers where it is."""
    slug = olive.post("/topics/new", title=words.get("title", WORDS["title"]), locale="en").location.split("/")[-2]
    olive.post(f"/topics/{slug}/words", **{**WORDS, **words, "revision": "1"})
    return f"/topics/{slug}"


def gathered(olive):
    """How many campaigns, reports and news the list of topics counts, the smallest number first."""
    return sorted(re.findall(r'"num opt">(\d)<', olive.get("/topics")))


def undo(olive, answer_page):
    """Press the button that takes a removal back."""
    action = re.search(r'<form class="said bar"[^>]*action="([^"]+)"', answer_page)
    assert action, answer_page
    return olive.post(action[1].removeprefix(olive.base))


@pytest.mark.sqlite_alone
def test_olive_is_invited_to_create_the_first_topic(olive):
    assert "Create the first topic" in olive.get("/topics")


def test_olive_goes_from_a_title_to_a_public_page_and_back(olive, client, stored):
    at = drafts(olive)
    assert "Draft" in olive.get("/topics")
    assert client.get(at).status_code == 404
    assert "The page becomes public at" in olive.get(at + "/publish")
    assert "Everybody can read it at" in olive.get(olive.post(at + "/publish").location.removeprefix(olive.base))
    page = client.get(at)
    assert page.status_code == 200
    assert "What happens to civilians." in page.text
    assert "Take this topic back" in olive.get(at + "/address")
    olive.post(at + "/take-back")
    assert client.get(at).status_code == 404
    olive.post(at + "/discard", status=409)
    assert stored(Topic)[0].title == "Iraq in crisis"


@pytest.mark.sqlite_alone
def test_olive_is_told_what_is_missing_and_cannot_publish_before(olive, stored):
    at = olive.post("/topics/new", title="Iraq", locale="en").location.removeprefix(olive.base).removesuffix("/words")
    assert "it needs: a summary." in olive.get(at + "/words")
    assert "Title and introduction" in olive.get(at + "/publish")
    assert "this topic needs: a summary." in html.unescape(olive.post(at + "/publish", status=409).text)
    assert stored(Topic)[0].state == "draft"


def test_olive_throws_a_draft_away_and_its_campaigns_stay(olive, make, client, stored):
    campaign, at = make.campaign(olive.organisation), drafts(olive)
    olive.post(at + "/campaigns", number=str(campaign.id))
    olive.post(at + "/figures/new", **FIGURE)
    assert "Campaigns, reports and news stay." in olive.get(at + "/discard")
    olive.post(at + "/discard")
    assert not stored(Topic) + stored(KeyFigure) + stored(TopicSlug)
    assert client.get(f"/campaigns/{campaign.slug}").status_code == 200


def test_two_people_write_at_once_and_nothing_is_lost(olive, stored):
    at = drafts(olive)
    olive.post(at + "/words", **{**WORDS, "text": "Olive's text", "revision": "2"})
    answer = olive.post(at + "/words", status=409, **{**WORDS, "text": "Mona's text", "revision": "2"})
    page = html.unescape(answer.text)
    assert "Two people wrote at once" in page
    assert "Olive's text" in page
    assert "Mona's text" in page
    assert stored(Topic)[0].text == "Olive's text"
    olive.post(at + "/words", **{**WORDS, "text": "Mona's text", "revision": "3"})
    assert stored(Topic)[0].text == "Mona's text"


@pytest.mark.sqlite_alone
def test_a_draft_is_saved_in_the_background_and_a_public_topic_never(olive):
    at, json = drafts(olive), {"Accept": "application/json"}
    save = lambda **data: olive.client.post(olive.base + at + "/words", data=data, headers=json)  # noqa: E731 (short)
    answer = save(title="A", summary="", text="C", revision="2")
    assert (answer.status_code, answer.json["revision"], answer.json["needed"]) == (200, 3, ["words"])
    assert "a summary" in answer.json["consequence"]
    assert save(title="", summary="", text="C", revision="3").json["message"].startswith("Write a title")
    assert "desk-autosave" in olive.get(at + "/words")
    olive.post(at + "/words", **WORDS, revision="3")
    olive.post(at + "/publish")
    page = olive.get(at + "/words")
    assert "desk-autosave" not in page
    assert "what you save here shows at once" in page


@pytest.mark.sqlite_alone
@pytest.mark.parametrize("title", ["", " ", "\x00" * 40, "a\x00b", "<b>" * 2000, "a" * 10_000])
def test_olive_cannot_give_a_topic_a_title_that_is_none(olive, stored, title):
    page = olive.post("/topics/new", status=422, title=title, locale="en").text
    assert 'href="#title"' in page
    assert "<b>" not in page
    assert not stored(Topic)


@pytest.mark.sqlite_alone
def test_a_title_that_turns_writing_around_or_has_no_latin_letter_is_harmless(olive, stored):
    for title in ("\u202eleft", "العراق في أزمة", "<script>alert(1)</script>"):
        olive.post("/topics/new", title=title, locale="en")
    assert [topic.title for topic in stored(Topic)] == ["left", "العراق في أزمة", "<script>alert(1)</script>"]
    assert [topic.slug for topic in stored(Topic)] == ["left", "topic", "script-alert-1-script"]
    assert "&lt;script&gt;alert" in olive.client.get(olive.base + "/topics").text


def test_olive_puts_figures_on_top_and_in_order(olive, client, stored):
    at = drafts(olive)
    olive.post(at + "/publish")
    for number, as_of in (("1,302", "31 May 2019"), ("34,502", "2019-04"), ("over 2 million", "2014")):
        olive.post(at + "/figures/new", **{**FIGURE, "number": number, "as_of": as_of, "caveat": "At least."})
    first, second, third = (figure.id for figure in stored(KeyFigure))
    olive.post(at + "/figures/move", number=str(third), to="up")
    shown = client.get(at).text
    assert shown.index("1,302") < shown.index("over 2 million") < shown.index("34,502")
    for said in (
        "as of",
        "31 May 2019",
        "April 2019",
        '<time datetime="2014">2014</time>',
        "At least.",
        "The coalition",
    ):
        assert said in shown
    olive.post(f"{at}/figures/{second}", **{**FIGURE, "number": "34,503"})
    assert "34,503" in client.get(at).text
    assert 'value="2019-05-31"' in olive.get(f"{at}/figures/{first}")
    olive.post(at + "/figures/move", status=404, number="9" * 30, to="up")


def test_olive_takes_the_removal_of_a_figure_back(olive, client, stored):
    at = drafts(olive)
    olive.post(at + "/publish")
    for number in ("one", "two", "three"):
        olive.post(at + "/figures/new", **{**FIGURE, "number": number})
    two = stored(KeyFigure)[1].id
    page = olive.get(olive.post(f"{at}/figures/{two}/remove").location.removeprefix(olive.base))
    assert "“two” is removed." in page
    assert ">two</b>" not in client.get(at).text
    olive.get(f"{at}/figures/{two}", status=404)
    undo(olive, page)
    shown = client.get(at).text
    assert shown.index(">one</b>") < shown.index(">two</b>") < shown.index(">three</b>")


def test_no_more_figures_stand_on_top_than_can_be_read(olive, stored):
    at = drafts(olive)
    for n in range(key_figures.MOST):
        olive.post(at + "/figures/new", **{**FIGURE, "number": str(n)})
    assert "All places are taken." in olive.get(at + "/figures")
    page = olive.post(at + "/figures/new", status=409, **{**FIGURE, "number": "one too many"})
    assert "Remove one first." in page.text
    assert 'value="one too many"' in page.text
    gone = stored(KeyFigure)[0].id
    olive.post(f"{at}/figures/{gone}/remove")
    olive.post(at + "/figures/new", **{**FIGURE, "number": "in its place"})
    assert "Remove one first." in olive.post(f"{at}/figures/{gone}/restore", status=409).text


def test_a_figure_removed_long_ago_is_forgotten_at_the_next_removal(olive, stored, clock):
    clock.set(dt.datetime(2026, 11, 1, tzinfo=dt.UTC))
    at = drafts(olive)
    for number in ("one", "two"):
        olive.post(at + "/figures/new", **{**FIGURE, "number": number})
    one, two = (figure.id for figure in stored(KeyFigure))
    olive.post(f"{at}/figures/{one}/remove")
    clock.forward(days=31)
    olive.comes_back()
    olive.post(f"{at}/figures/{two}/remove")
    assert [figure.id for figure in stored(KeyFigure)] == [two]


@pytest.mark.sqlite_alone
@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("as_of", "soon", "Write a date such as"),
        ("as_of", "3/4/2015", "Write the month as a word"),
        ("as_of", "30 February 2015", "Write a date such as"),
        ("as_of", "9" * 10_000, "Write a date such as"),
        ("as_of", "", "Write as of when"),
        ("number", "", "Write the number"),
        ("source", "", "Write who published"),
        ("source_url", "javascript:alert(1)", "Begin the link with"),
        ("caveat", "a" * 301, "Use at most 300"),
        ("label", "\x00", "Leave out control"),
    ],
)
def test_olive_is_told_what_is_wrong_with_a_figure_and_keeps_what_she_typed(olive, stored, field, typed, said):
    at = drafts(olive)
    page = html.unescape(olive.post(at + "/figures/new", status=422, **{**FIGURE, field: typed}).text)
    assert said in page
    assert f'href="#{field}"' in page
    assert 'value="1,302"' in page or field == "number"
    assert not stored(KeyFigure)


@pytest.mark.sqlite_alone
@pytest.mark.parametrize("typed", ["May 2019", "2019-05", "أيار ٢٠١٩", "٢٠١٩-٠٥"])
def test_olive_writes_a_date_as_far_as_it_is_known_in_any_script(olive, stored, typed):
    at = drafts(olive)
    olive.post(at + "/figures/new", **{**FIGURE, "as_of": typed})
    (figure,) = stored(KeyFigure)
    assert (figure.as_of, figure.precision) == (dt.date(2019, 5, 1), "month")


def test_olive_gathers_campaigns_in_an_order_and_takes_one_off_and_back(olive, make, client):
    at = drafts(olive)
    olive.post(at + "/publish")
    made = [make.campaign(olive.organisation, ask=f"Ask {n}") for n in (1, 2, 3)]
    draft = make.campaign(olive.organisation, ask="Hidden draft", published=False)
    for campaign in (*made, draft):
        olive.post(at + "/campaigns", number=str(campaign.id))
    olive.post(at + "/campaigns/move", number=str(made[2].id), to="up")
    order = lambda: re.findall(r"Ask \d", client.get(at).text.partition('id="campaigns"')[2])  # noqa: E731 (short)
    assert order() == ["Ask 1", "Ask 3", "Ask 2"]
    assert "Hidden draft" not in client.get(at).text
    page = olive.get(olive.post(f"{at}/campaigns/{made[2].id}/remove").location.removeprefix(olive.base))
    assert order() == ["Ask 1", "Ask 2"]
    undo(olive, page)
    assert order() == ["Ask 1", "Ask 3", "Ask 2"]
    assert "Ask 1" in olive.get(at + "/campaigns")


@pytest.mark.sqlite_alone
def test_olive_is_told_when_she_adds_no_campaign(olive):
    at = drafts(olive)
    olive.get(f"{at}/campaigns")
    olive.post(f"{at}/campaigns", number="")
    page = olive.get(f"{at}/campaigns")
    assert "No campaign was chosen. Choose one, then add it." in page
    assert 'role="status">Saved.' not in page


def test_olive_cannot_gather_what_is_not_hers(olive, make, client):
    at = drafts(olive)
    olive.post(at + "/publish")
    theirs = make.campaign(ask="Somebody else's ask")
    assert "Somebody else's" not in olive.get(at + "/campaigns")
    for number in (theirs.id, 9_223_372_036_854_775_807):
        olive.post(at + "/campaigns", status=404 if number == theirs.id else 303, number=str(number))
    olive.post(at + "/campaigns/move", status=404, number=str(theirs.id), to="up")
    olive.post(f"{at}/campaigns/{theirs.id}/remove", status=404)
    assert "Somebody else's" not in client.get(at).text


@pytest.mark.parametrize(("part", "data", "model"), [("reports", REPORT, Report), ("news", NEWS, NewsItem)])
def test_olive_adds_corrects_removes_and_puts_back_evidence_of_a_topic(olive, client, stored, part, data, model):
    topic = drafts(olive)
    olive.post(topic + "/publish")
    at, form = f"{topic}/{part}", desk.evidence(stored(Topic)[0], part)
    assert "Error" in olive.post(form.format("new"), status=422, **{**data, "title": ""}).text
    olive.post(form.format("new"), **data)
    (row,) = stored(model)
    olive.post(form.format(row.id), **{**data, "title": "Corrected"}, **desk.seen(row))
    assert "Corrected" in client.get(topic).text
    assert gathered(olive) == ["0", "0", "1"]
    page = olive.get(olive.post(f"{at}/{row.id}/remove").location.removeprefix(olive.base))
    assert "Corrected" not in client.get(topic).text
    assert gathered(olive) == ["0", "0", "0"]
    undo(olive, page)
    assert "Corrected" in client.get(topic).text
    for number in (row.id + 1, 9_223_372_036_854_775_808, "٣"):
        olive.get(form.format(number), status=404)


@pytest.mark.parametrize("where", ["campaigns", "topics"])
def test_olive_cites_from_the_library_and_sets_the_order(olive, make, client, where):
    elsewhere = make.campaign(olive.organisation)
    made = [make.report(elsewhere, title=f"Report {n}") for n in (1, 2, 3)]
    theirs = make.report(make.campaign(), title="Kept by others")
    place = make.campaign(olive.organisation) if where == "campaigns" else make.topic(olive.organisation)
    at = f"/{where}/{place.slug}/reports"
    library = olive.get(at + "/library")
    assert all(f"Report {n}" in library for n in (1, 2, 3))
    assert "Kept by others" not in library
    assert "Report 2" not in olive.get(at + "/library?q=report+1")
    assert "Report 2" in olive.get(at + "/library?q=REPORT+2")
    assert "No publication of the library" in olive.get(at + "/library?q=100%25")
    for report in made:
        olive.post(f"{at}/{report.id}/cite")
    olive.post(f"{at}/{theirs.id}/cite", status=404)
    assert olive.get(at + "/library").count("Cited here") == 3
    order = lambda: re.findall(r"Report \d", client.get(f"/{where}/{place.slug}").text)  # noqa: E731 (short)
    olive.post(at + "/move", number=str(made[2].id), to="up")
    assert order() == ["Report 1", "Report 3", "Report 2"]
    page = olive.get(olive.post(f"{at}/{made[2].id}/remove").location.removeprefix(olive.base))
    assert "It stays in the library." in page
    assert order() == ["Report 1", "Report 2"]
    back = undo(olive, page).location.partition("#")[0].removeprefix(olive.base)
    assert "It is back where it stood." in olive.get(back)
    assert order() == ["Report 1", "Report 3", "Report 2"]


def test_olive_pages_through_a_large_library(olive, make, monkeypatch):
    monkeypatch.setattr("app.domain.library_list.PAGE", 2)
    campaign = make.campaign(olive.organisation)
    for n in range(5):
        make.report(campaign, title=f"Title number {n}")
    at, seen = f"/campaigns/{campaign.slug}/reports/library", []
    page = olive.get(at)
    for _turn in range(3):
        seen += re.findall(r"Title number (\d)</p>", page)
        older = re.search(r"library\?after=(\d+)", page)
        page = olive.get(f"{at}?after={older[1]}") if older else ""
    assert sorted(seen) == list("01234")


def test_a_topic_moves_and_its_earlier_address_leads_there(olive, client, make, stored):
    at = drafts(olive)
    olive.post(at + "/publish")
    make.topic(title="Taken by others")
    olive.post(at + "/address", slug="iraq")
    for path in ("", "/news", "/news/1"):
        moved = client.get(f"{at}{path}?lang=ar")
        assert (moved.status_code, moved.location.partition("?")[0]) == (301, f"/topics/iraq{path}")
    for slug in ("taken-by-others", "desk", "Not Good", "a--b", "../x"):
        assert "<title>Error: " in olive.post("/topics/iraq/address", status=409, slug=slug).text
    assert {s.slug for s in stored(TopicSlug, topic_id=stored(Topic)[0].id)} == {"iraq-in-crisis", "iraq"}


@pytest.mark.sqlite_alone
def test_olive_changes_the_language_of_a_topic(olive, client):
    at = drafts(olive)
    olive.post(at + "/publish")
    olive.post(at + "/language", status=422, locale="xx")
    olive.post(at + "/language", locale="ar")
    assert '<html lang="ar" dir="rtl">' in client.get(at).text


def test_olive_shows_a_picture_on_a_topic_and_takes_it_off(olive, client):
    at, out = drafts(olive), io.BytesIO()
    olive.post(at + "/publish")
    Image.new("RGB", (1200, 700), "#884422").save(out, "JPEG")
    file = lambda: (io.BytesIO(out.getvalue()), "city.jpg")  # noqa: E731 (short)
    assert 'href="#alt"' in olive.post(at + "/picture", status=422, file=file(), alt="").text
    olive.post(at + "/picture", file=file(), alt="A city.", caption="Mosul, 2018", credit="Sam")
    assert all(words in client.get(at).text for words in ('alt="A city."', "Mosul, 2018", "Sam"))
    assert 'alt="A city."' in client.get("/topics").text
    assert "A topic may do without." in olive.get(at + "/picture")
    assert "Remove the picture" in olive.get(at + "/picture/remove")
    olive.post(at + "/picture/remove")
    assert "<figure" not in client.get(at).text


@pytest.mark.sqlite_alone
def test_olive_looks_at_the_page_before_anybody_else(olive, client):
    at = drafts(olive)
    page = olive.get(at + "/preview")
    assert "This is how the public will see it." in page
    assert 'id="s-driven-out"' in page
    assert client.get(at).status_code == 404


@pytest.mark.sqlite_alone
def test_a_viewer_reads_topics_and_changes_nothing(client, make, sign_in):
    organisation = make.organisation(slug="tigris")
    topic = make.topic(organisation)
    sign_in(client, make.account("viewer", organisation))
    assert "New topic" not in client.get("/desk/tigris/topics").text
    way = client.get(f"/desk/tigris/topics/{topic.slug}")
    assert way.location.endswith("/preview")
    assert client.get(way.location).status_code == 200
    assert client.post(f"/desk/tigris/topics/{topic.slug}/publish").status_code == 403
