"""Updates: Olive writes, publishes, corrects and takes back her own dated posts; everybody reads them."""

from __future__ import annotations

import datetime as dt
import io

import pytest
from PIL import Image

from app.domain import updates
from app.models import Picture, Update
from tests import desk
from tests.test_public_cost import queries

olive = desk.olive
WORDS = {"title": "We met the committee", "text": "It lasted **two hours**.\n\n<script>alert(1)</script>"}


@pytest.fixture
def campaign(olive, make):
    return make.campaign(olive.organisation, slug="archive")


def write(olive, at="/campaigns/archive/updates", **words):
    """A draft with these words; where its editor is."""
    where = olive.post(at + "/new").location.partition(olive.base)[2]
    olive.post(where, **{**WORDS, "revision": "1", **words})
    return where


def test_olive_writes_a_draft_and_publishes_it(olive, campaign, client, stored):
    assert "None yet." in olive.get("/campaigns/archive/updates")
    assert "/campaigns/archive/updates" in olive.get("/campaigns/archive")
    at = write(olive)
    (update,) = stored(Update)
    public = f"/campaigns/archive/updates/{update.public_id}"
    assert client.get(public).status_code == 404
    assert "We met the committee" not in client.get("/campaigns/archive").text
    assert "We met the committee" in olive.get("/campaigns/archive/updates")
    olive.post(at, **WORDS, revision="2", then="publish")
    page = client.get(public).text
    assert "<strong>two hours</strong>" in page
    assert "<script>alert" not in page
    assert 'class="btn btn-sign"' in page
    assert page.count('rel="canonical"') == 1
    assert public in client.get("/campaigns/archive").text
    assert public in client.get("/campaigns/archive/updates").text
    assert "كل المستجدات" in client.get(public + "?lang=ar").text


def test_olive_goes_from_an_unsaved_draft_to_its_picture_and_keeps_her_words(olive, campaign, stored):
    at = olive.post("/campaigns/archive/updates/new").location.partition(olive.base)[2]
    assert 'name="then" value="picture"' in olive.get(at)
    answer = olive.post(at, **WORDS, revision="1", then="picture")
    assert answer.location.endswith("/picture")
    assert WORDS["title"] in olive.get(at + "/picture")
    (update,) = stored(Update)
    assert (update.title, update.published_at) == (WORDS["title"], None)


def test_a_background_save_answers_in_json_and_two_who_write_at_once_lose_nothing(olive, campaign, stored):
    at = write(olive)
    answer = olive.client.post(
        olive.base + at, data={**WORDS, "text": "More.", "revision": "2"}, headers={"Accept": "application/json"}
    )
    assert answer.json["revision"] == 3
    page = olive.post(at, 409, title="Theirs", text="Later words", revision="2").text
    assert "Two people wrote at once" in page
    assert "Later words" in page
    assert stored(Update)[0].text == "More."
    olive.post(at, title="Theirs", text="Later words", revision="3")
    assert stored(Update)[0].title == "Theirs"


@pytest.mark.parametrize(
    ("words", "status", "sentence"),
    [
        ({"title": ""}, 409, "An update needs a title and a text."),
        ({"text": ""}, 409, "An update needs a title and a text."),
        ({"title": "x" * 161}, 422, "Use at most 160 characters."),
        ({"text": "x" * 20_001}, 422, "Use at most 20000 characters."),
        ({"title": "a\x00b"}, 422, "Leave out control characters"),
    ],
)
def test_olive_reads_what_stands_in_the_way_and_keeps_her_words(olive, campaign, stored, words, status, sentence):
    at = olive.post("/campaigns/archive/updates/new").location.partition(olive.base)[2]
    page = olive.post(at, status, **{**WORDS, "revision": "1", "then": "publish", **words}).text
    assert sentence in page
    assert f'<a href="#{next(iter(words))}">' in page  # leads to the field that it is about
    assert next(iter(set(WORDS) - set(words))) in page
    assert stored(Update)[0].published_at is None


def test_a_published_update_is_corrected_says_so_and_is_never_emptied(olive, campaign, client, clock, stored):
    clock.set(dt.datetime(2026, 3, 1, 9, tzinfo=dt.UTC))
    at = write(olive)
    olive.post(at, **WORDS, revision="2", then="publish")
    clock.forward(days=2)
    olive.post(at, title=WORDS["title"], text="It lasted three hours.", revision="2")
    page = client.get(f"/campaigns/archive/updates/{stored(Update)[0].public_id}").text
    assert "three hours" in page
    assert "1 March 2026" in page
    assert "edited on 3 March 2026" in page
    olive.post(at, 409, title="", text="", revision="3")
    assert stored(Update)[0].text == "It lasted three hours."


def test_olive_removes_an_update_and_puts_it_back(app, olive, campaign, client, stored, clock):
    at = write(olive)
    olive.post(at, **WORDS, revision="2", then="publish")
    public = f"/campaigns/archive/updates/{stored(Update)[0].public_id}"
    olive.post(at + "/remove")
    assert client.get(public).status_code == 404
    page = olive.get("/campaigns/archive/updates")
    assert "“We met the committee” was removed." in page
    assert f'action="{olive.base}{at}/restore"' in page
    olive.post(at + "/restore")
    assert client.get(public).status_code == 200
    olive.post(at + "/remove")
    with app.app_context():
        clock.forward(days=31)
        from app import clock as app_clock

        assert updates.forget_removed(now=app_clock.now()) == 1
    assert stored(Update) == []


def test_an_update_has_a_picture_that_goes_when_nothing_shows_it(olive, campaign, client, stored):
    at = write(olive)
    file = io.BytesIO()
    Image.new("RGB", (900, 500), "#885522").save(file, "PNG")
    olive.post(at + "/picture", 422, alt="", file=(io.BytesIO(file.getvalue()), "a.png"))
    olive.post(
        at + "/picture", alt="A table", caption="The room", credit="", file=(io.BytesIO(file.getvalue()), "a.png")
    )
    olive.post(at, **WORDS, revision="2", then="publish")
    page = client.get(f"/campaigns/archive/updates/{stored(Update)[0].public_id}").text
    assert 'alt="A table"' in page
    assert "The room" in page
    assert len(stored(Picture)) == 1
    olive.post(at + "/picture", then="remove", alt="", caption="", credit="")
    assert stored(Picture) == []


def test_nobody_reads_an_update_under_another_campaign_or_at_an_address_made_up(olive, campaign, make, client, stored):
    at = write(olive)
    olive.post(at, **WORDS, revision="2", then="publish")
    other = make.campaign(olive.organisation, slug="other")
    public_id = stored(Update)[0].public_id
    for path in (
        f"/campaigns/{other.slug}/updates/{public_id}",
        "/campaigns/archive/updates/nothing",
        "/campaigns/archive/updates/page/2",
        "/campaigns/archive/updates/page/01",
        "/campaigns/archive/updates/page/٢",
        "/campaigns/archive/updates/page/99999999999999999999",
    ):
        assert client.get(path).status_code == 404, path
    olive.get(f"/campaigns/other/updates/{public_id}", 404)


def test_the_list_of_updates_is_paged_and_asks_as_often_for_many_as_for_few(app, olive, campaign, client, monkeypatch):
    monkeypatch.setattr("app.views.public.updates.SHOWN", 2)
    for n in range(2):
        olive.post(write(olive, title=f"Update {n}"), title=f"Update {n}", text="Text", revision="2", then="publish")
    few = len(queries(app, client, "/campaigns/archive/updates"))
    for n in range(2, 5):
        olive.post(write(olive, title=f"Update {n}"), title=f"Update {n}", text="Text", revision="2", then="publish")
    assert len(queries(app, client, "/campaigns/archive/updates")) == few
    first, last = client.get("/campaigns/archive/updates").text, client.get("/campaigns/archive/updates/page/3").text
    assert "Update 4" in first
    assert "Update 0" not in first
    assert "Update 0" in last
    assert 'rel="prev"' in last
    assert 'rel="next"' not in last


def test_a_draft_campaign_publishes_no_updates(olive, make, stored):
    campaign = make.campaign(olive.organisation, published=False)
    at = write(olive, f"/campaigns/{campaign.slug}/updates")
    page = olive.post(at, 409, **WORDS, revision="2", then="publish").text
    assert "Publish the campaign first; then its updates." in page
    assert "two hours" in page
