"""Olive fills the parts of a campaign: who is asked, target and dates, address, reports and news."""

from __future__ import annotations

import datetime as dt

import pytest

from app.domain import deadlines
from app.forms import values
from app.models import Campaign, CampaignSlug, DecisionMaker, NewsItem, Report, TargetChange
from tests import desk

olive = desk.olive


def test_olive_puts_decision_makers_in_order(olive, stored, make):
    at = olive.drafts()
    names = lambda: [m.name for m in sorted(stored(DecisionMaker), key=lambda m: m.position)]  # noqa: E731 (short)
    steps = [
        (["A", "B"], "add", ["The Minister of Justice"], ["A", "B"]),
        (["A", "B", "C"], "up-2", ["A", "B"], ["A", "C", "B"]),
        (["A", "C", "B", ""], "remove-0", ["A", "C", "B"], ["C", "B"]),
        (["C", "B"], "down-9999999", ["C", "B"], ["C", "B"]),
    ]
    for typed, do, before, after in steps:
        olive.post(at + "/decision-makers", name=typed, do=do, before=before)
        assert names() == after
    page = olive.post(at + "/decision-makers", status=409, name=["Mona's"], before=["A"]).text
    assert "Saved meanwhile:" in page
    assert names() == ["C", "B"]
    public = make.campaign(olive.organisation)
    before = [maker.name for maker in stored(DecisionMaker, campaign_id=public.id)]
    said = olive.post(f"/campaigns/{public.slug}/decision-makers", status=409, name=[""], before=before).text
    assert "A published campaign needs at least one decision maker." in said


@pytest.mark.parametrize(
    ("typed", "target"), [("5,000", 5000), ("5 000", 5000), ("٥٬٠٠٠", 5000), ("1.000.000", 1_000_000), ("7", 7)]
)
def test_olive_writes_the_target_as_people_write_numbers(olive, stored, typed, target):
    at = olive.drafts()
    olive.post(at + "/target", signature_target=typed, zone="UTC", locale="en")
    assert stored(Campaign)[0].signature_target == target


@pytest.mark.parametrize("typed", ["0", "-5", "many", "5,5", "1e3", "100000001", "", "9" * 400])
def test_olive_cannot_set_a_target_that_is_none(olive, stored, typed):
    at = olive.drafts()
    assert (
        'aria-invalid="true"'
        in olive.post(at + "/target", status=422, signature_target=typed, zone="UTC", locale="en").text
    )
    assert stored(Campaign)[0].signature_target == 1000


def test_a_campaign_closes_at_the_end_of_a_day_in_its_own_zone_also_when_clocks_change():
    ends = lambda day, zone: f"{deadlines.end_of(dt.date.fromisoformat(day), zone):%Y-%m-%dT%H:%M}"  # noqa: E731 (short)
    assert ends("2027-04-30", "Asia/Baghdad") == "2027-04-30T21:00"
    assert ends("2026-03-29", "Europe/Berlin") == "2026-03-29T22:00"  # 23 hours long
    assert ends("2026-10-25", "Europe/Berlin") == "2026-10-25T23:00"  # 25 hours long
    assert ends("2026-04-23", "Africa/Cairo") == "2026-04-23T22:00"  # the next midnight does not exist there
    for day, zone in (
        ("2026-03-29", "Europe/Berlin"),
        ("2026-04-23", "Africa/Cairo"),
        ("2026-12-31", "Pacific/Kiritimati"),
    ):
        assert deadlines.last_day(deadlines.end_of(dt.date.fromisoformat(day), zone), zone) == dt.date.fromisoformat(
            day
        )


def test_olive_sets_a_closing_date_and_moves_the_target_on_record(olive, make, stored, clock):
    clock.set(dt.datetime(2026, 11, 1, tzinfo=dt.UTC))
    campaign = make.campaign(olive.organisation)
    at, frame = (
        f"/campaigns/{campaign.slug}/target",
        {"zone": "Asia/Baghdad", "locale": "ar"},
    )
    olive.post(at, signature_target="2000", target_reason="Many came.", closes_on="2027-04-30", **frame)
    (saved,) = stored(Campaign)
    assert (saved.closes_at, saved.locale) == (dt.datetime(2027, 4, 30, 21, tzinfo=dt.UTC), "ar")
    (change,) = stored(TargetChange)
    assert (change.old_target, change.new_target) == (1000, 2000)
    assert "in the past" in olive.post(at, status=409, signature_target="2000", closes_on="2026-10-01", **frame).text
    for nonsense in ("2026-02-30", "tomorrow", "9999-12-31", "10000-01-01"):
        olive.post(at, status=422, signature_target="2000", closes_on=nonsense, **frame)


def test_a_campaign_moves_and_its_earlier_address_leads_there(olive, client, make, stored):
    campaign = make.campaign(olive.organisation, ask="Open the archive")
    make.campaign(ask="Taken by others")
    at = f"/campaigns/{campaign.slug}"
    olive.post(at + "/address", slug="archive-1991")
    assert client.get(at).location.endswith("/campaigns/archive-1991")
    for slug in ("taken-by-others", "desk", "Not Good", "a--b", "../x"):
        olive.post("/campaigns/archive-1991/address", status=409, slug=slug)
    assert {s.slug for s in stored(CampaignSlug, campaign_id=campaign.id)} == {"open-the-archive", "archive-1991"}


REPORT = {
    "title": "Graves",
    "publisher": "HRW",
    "kind": "report",
    "published_on": "2016-01-31",
    "url": "https://example.org/r",
}
NEWS = {"title": "Efforts stall", "outlet": "The Post", "published_on": "2016-01-31", "url": "https://example.org/n"}


@pytest.mark.parametrize(("part", "data", "model"), [("reports", REPORT, Report), ("news", NEWS, NewsItem)])
def test_olive_adds_corrects_and_removes_evidence(olive, client, make, stored, part, data, model):
    campaign = make.campaign(olive.organisation)
    at, form = f"/campaigns/{campaign.slug}/{part}", desk.evidence(campaign, part)
    assert form.format("new") in olive.get(at)
    assert olive.post(form.format("new"), **data).location.startswith(olive.base + at)
    (row,) = stored(model)
    assert data["title"] in client.get(f"/campaigns/{campaign.slug}").text
    assert form.format(row.id) in olive.get(at)
    assert olive.post(form.format(row.id), **{**data, "title": "Corrected"}, **desk.seen(row)).location.startswith(
        olive.base + at
    )
    assert "Corrected" in client.get(f"/campaigns/{campaign.slug}").text
    olive.post(f"{at}/{row.id}/remove")
    assert "Corrected" not in client.get(f"/campaigns/{campaign.slug}").text
    assert f"/{row.id}/remove" not in olive.get(at)
    for number in (row.id + 1, 9_223_372_036_854_775_808, "٣"):
        olive.get(form.format(number), status=404)


def test_olive_is_not_sent_to_a_list_of_others_by_the_address_of_a_form(olive, make):
    theirs = make.campaign(make.organisation(slug="euphrates"))
    olive.get(f"/library/new?at=campaigns/{theirs.slug}", status=404)
    olive.post(f"/library/new?at=campaigns/{theirs.slug}", status=404, **REPORT)
    for nonsense in ("https://example.org/", "news/1", ""):
        olive.get(f"/library/new?at={nonsense}")


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "ftp://x.org/",
        "//x.org",
        "https://",
        "http://a b.org",
        "https://u:p@x.org",
        "http://[",
        "https://x.org/" + "a" * 2000,
    ],
)
def test_olive_cannot_link_anything_but_a_web_page(olive, make, stored, url):
    campaign = make.campaign(olive.organisation)
    page = olive.post(desk.evidence(campaign, "reports").format("new"), status=422, **{**REPORT, "url": url})
    assert 'value="Graves"' in page.text
    assert not stored(Report)


def test_numbers_and_days_are_read_in_every_script():
    assert values.day("٢٠٢٧-٠٤-٣٠") == dt.date(2027, 4, 30)
    assert values.whole_number("5,00,000") == 500_000


@pytest.mark.parametrize("said", ["example.org/r", "www.example.org", "example.org:8080/r?a=b"])
def test_olive_writes_a_link_as_people_say_it(olive, make, stored, said):
    campaign = make.campaign(olive.organisation)
    olive.post(desk.evidence(campaign, "reports").format("new"), **{**REPORT, "url": said})
    assert stored(Report)[0].url == f"https://{said}"


def test_olive_is_told_that_the_address_is_changed(olive, make):
    campaign = make.campaign(olive.organisation)
    place = olive.post(f"/campaigns/{campaign.slug}/address", slug="archive").location
    assert "The address is changed." in olive.get(place.removeprefix(olive.base))


def test_a_page_with_something_to_correct_says_so_in_its_title(olive, make):
    campaign = make.campaign(olive.organisation)
    at = f"/campaigns/{campaign.slug}"
    for answer in (
        olive.post("/campaigns/new", status=422, ask="", locale="en"),
        olive.post(f"{at}/target", status=422, signature_target="ten thousand", zone="UTC", locale="en"),
        olive.post(f"{at}/address", status=409, slug="Basra Water!"),
        olive.post("/settings", status=422, name=""),
    ):
        assert "<title>Error: " in answer.text


def test_saving_a_report_of_a_draft_does_not_sound_like_publishing(olive):
    at = olive.drafts()
    assert "Publishing makes the page public" in olive.get(at + "/reports")
    assert "Publishing makes the page public" not in olive.get("/library/new?at=" + at.removeprefix("/"))
