"""What Olive types into a form and does not save is there when she comes back, for her alone, until she saves it or throws it away."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from playwright.sync_api import expect

from app.domain import unsaved
from app.domain.unsaved import MOST_FORMS, MOST_SIGNS
from app.models import Incident, NewsItem, Report, UnsavedWords
from tests import desk
from tests.factories import PASSWORD
from tests.registers import INCIDENT
from tests.test_library_paste import fields

olive = desk.olive
NEWS = {"title": "Court opens", "url": "https://news.example.org/1", "kind": "article", "published_on": "9 June 2015", "outlet": "The Post",
        "language": "en", "excerpt": "One.\n\nTwo."}  # fmt: skip
DID_NOT_SAVE = "and did not save it"


@pytest.fixture
def form_at(make, olive):
    """The address of a form for a news item, as the page says it to the script."""
    campaign = make.campaign(olive.organisation, slug="archive")
    return f"{olive.base}/campaigns/{campaign.slug}/news/new"


def keep(olive, address, status=204, **fields):
    return olive.post("/unsaved", status, unsaved=address, **fields)


def test_olive_goes_on_with_what_she_did_not_save(olive, form_at, stored):
    path = form_at.removeprefix(olive.base)
    assert DID_NOT_SAVE not in olive.get(path)
    keep(olive, form_at, **NEWS, title_of_nothing="x")
    keep(olive, form_at, **{**NEWS, "title": "Court opens <at> last", "is_pinned": "y"})
    (row,) = stored(UnsavedWords)
    assert ["title", "Court opens <at> last"] in row.fields
    page = olive.get(path)
    assert DID_NOT_SAVE in page
    assert "Court opens" not in page
    taken = olive.get(re.search(r'href="([^"]+unsaved=take)"', page)[1].removeprefix(olive.base))
    assert 'value="Court opens <at> last"' in taken
    assert re.search(r'name="is_pinned"[^>]* checked', taken)
    assert "One.\n\nTwo.</textarea>" in taken
    assert "and are not saved yet" in taken
    olive.post(path, 422, **{**NEWS, "title": "", "unsaved": form_at})
    assert stored(UnsavedWords) != []
    olive.post(path, **NEWS, unsaved=form_at)
    assert (stored(UnsavedWords), [item.title for item in stored(NewsItem)]) == ([], ["Court opens"])
    assert DID_NOT_SAVE not in olive.get(path)


def test_she_can_throw_it_away(olive, form_at, stored):
    keep(olive, form_at, **NEWS)
    assert olive.post("/unsaved/drop", unsaved=form_at).location == form_at
    assert stored(UnsavedWords) == []
    assert "Court opens" not in olive.get(form_at.removeprefix(olive.base) + "?unsaved=take")


def test_nothing_stored_replaces_the_words_of_an_incident(make, olive, stored):
    topic = make.topic(olive.organisation)
    at = f"/topics/{topic.slug}/register"
    olive.post(f"{at}/begin")
    olive.post(f"{at}/incidents/new", **INCIDENT)
    (incident,) = stored(Incident)
    path = f"{at}/incidents/{incident.id}"
    keep(olive, olive.base + path, **{**INCIDENT, "place": "Tal Afar", "seen": incident.changed_at.isoformat()})
    assert 'value="Tal Afar"' in olive.get(path + "?unsaved=take")
    assert 'value="Mosul"' in olive.get(path)
    new = f"{at}/incidents/new"
    keep(olive, olive.base + new, **{**INCIDENT, "assessed_on": "2018-01-02"})
    assert 'value="2018-01-02"' in olive.get(new + "?unsaved=take")


@pytest.mark.parametrize("path", ["/library/new", "/library/{report}", "/topics/iraq/figures/new", "/news-sources/new",
                                  "/campaigns/archive/response", "/campaigns/archive/news/{news}", "/news-items/{news}",
                                  "/campaigns/archive/updates/{update}", "/topics/iraq/words", "/topics/iraq/series/new",
                                  "/topics/iraq/register/settings"])  # fmt: skip
def test_every_long_form_of_the_desk_keeps_its_words(make, olive, path):
    campaign = make.campaign(olive.organisation, slug="archive")
    make.topic(olive.organisation, title="Iraq")
    olive.post("/topics/iraq/register/begin")
    rows = {
        "report": make.report(campaign).id,
        "news": make.news(campaign).id,
        "update": make.update(campaign).public_id,
    }
    path = path.format(**rows)
    page = olive.get(path)
    assert f'name="unsaved" value="{olive.base}{path}"' in page
    assert f'data-keep="{olive.base}/unsaved"' in page
    name = next(n for n in ("label", "response", "outlet", "title") if f'name="{n}"' in page)
    keep(olive, olive.base + path, **{name: "Half a thought"})
    assert DID_NOT_SAVE in olive.get(path)
    assert "Half a thought" in olive.get(path + "?unsaved=take")


@pytest.mark.sqlite_alone
def test_corrections_of_a_pasted_list_and_of_figures_are_kept_and_of_what_is_added_no_more(olive, make, stored):
    lines = "(9 June 2015) First title\n(10 June 2015) Second title\nNo line of ours"
    common = {"publisher": "Example Watch", "kind": "report", "url": "https://watch.example/"}
    read = fields(olive.post("/library/paste", 200, **common, text=lines, then="read").text)
    at = f"{olive.base}/library/paste"
    assert read.pop("unsaved") == at
    typed = {**read, "row0-title": "Corrected by hand"}
    del typed["row1-take"]
    keep(olive, at, **typed)
    assert DID_NOT_SAVE in olive.get("/library/paste")
    taken = fields(olive.get("/library/paste?unsaved=take").partition('<form class="form"')[2])
    assert taken == typed | {"unsaved": at}
    olive.post("/library/paste", 200, **taken | {"then": "add"})
    assert [report.title for report in stored(Report)] == ["Corrected by hand"]
    rest = fields(olive.get("/library/paste?unsaved=take"))
    assert (rest["text"].split("\n"), rest["rows"]) == (["(10 June 2015) Second title", "No line of ours"], "0")
    topic = make.topic(olive.organisation, title="Iraq")
    said = {"title": "Killed", "source": "The Post", "source_url": "https://news.example.org/1"}
    numbers = olive.post(f"/topics/{topic.slug}/series/new", **said).location.removeprefix(olive.base)
    reading = olive.post(numbers.replace("/numbers", "/read"), 200, text="2018-11 | total | killed | 41").text
    assert fields(reading)["unsaved"] == olive.base + numbers  # the address of a page, which that of the reading is not
    keep(olive, olive.base + numbers, text="2018-11 | total | killed | 42", adds="y", file="[object File]")
    assert DID_NOT_SAVE in olive.get(numbers)
    assert "killed | 42</textarea>" in olive.get(numbers + "?unsaved=take")


def colleague(app, make, sign_in, olive, role):
    client = app.test_client()
    sign_in(client, make.account(role, olive.organisation, email="omar@example.org"))
    return desk.Desk(client, olive.organisation)


def test_nobody_else_sees_it(app, make, sign_in, olive, form_at):
    keep(olive, form_at, **NEWS)
    omar, path = colleague(app, make, sign_in, olive, "owner"), form_at.removeprefix(olive.base)
    assert DID_NOT_SAVE not in omar.get(path)
    assert "Court opens" not in omar.get(path + "?unsaved=take")


@pytest.mark.parametrize(
    "address", ["", "/", "https://evil.example/desk/x/", "//evil.example", "/desk/elsewhere/library/new"]
)
def test_words_belong_to_a_page_of_this_desk(olive, address, stored):
    keep(olive, address, 404, title="x")
    olive.post("/unsaved/drop", 404, unsaved=address)
    assert stored(UnsavedWords) == []


def test_a_viewer_keeps_nothing(app, make, sign_in, olive, form_at):
    keep(colleague(app, make, sign_in, olive, "viewer"), form_at, 403, **NEWS)


def test_what_is_kept_is_bounded(app, olive, form_at, stored, clock):
    keep(olive, form_at, 413, excerpt="x" * MOST_SIGNS)
    keep(olive, form_at + "x" * 300, 413, title="x")
    assert stored(UnsavedWords) == []
    for n in range(MOST_FORMS + 2):
        clock.forward(minutes=1)
        keep(olive, f"{form_at}{n}", title="x")
    assert {row.address for row in stored(UnsavedWords)} == {f"{form_at}{n}" for n in range(2, MOST_FORMS + 2)}
    with app.app_context():
        assert unsaved.forget_old(now=clock.now() + dt.timedelta(days=29)) == 0
        assert unsaved.forget_old(now=clock.now() + dt.timedelta(days=31)) == MOST_FORMS
    assert stored(UnsavedWords) == []


def signs_in(page, address):
    page.goto(address)
    page.get_by_label("E-mail").fill("olive@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


@pytest.mark.browser
def test_words_are_kept_while_they_are_written(page, live, make, stored):
    organisation = make.organisation(slug="tigris")
    make.campaign(organisation, slug="archive")
    make.account("editor", organisation, email="olive@example.org")
    held = []
    page.route("**/js/desk.js*", lambda route: held.append(route))  # a slow line: she writes before the script is there
    signs_in(page, f"{live}/desk/tigris/campaigns/archive/news/new")
    page.get_by_label("Title").fill("Court opens")
    held[0].continue_()
    page.unroute("**/js/desk.js*")
    expect(page.get_by_text("not saved yet")).to_be_visible()
    page.reload()  # no question is asked: the words are kept
    expect(page.get_by_label("Title")).to_have_value("")
    page.get_by_role("link", name="Go on with it").click()
    expect(page.get_by_label("Title")).to_have_value("Court opens")
    page.context.clear_cookies()  # the session ends while she writes, and she signs in again in another window
    page.get_by_label("Link").fill("https://news.example.org/1")
    expect(page.get_by_text("you are signed out")).to_be_visible()
    signs_in(page.context.new_page(), f"{live}/desk/tigris/campaigns/archive/news/new")
    page.get_by_label("Outlet").fill("The Post")
    expect(page.get_by_text("not saved yet.")).to_be_visible()
    page.get_by_label("Published on").fill("2015")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    assert stored(UnsavedWords) == []
