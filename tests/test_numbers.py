"""Olive sees numbers over any period: of one campaign, of all, side by side; each table is a file too."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re

import pytest
from sqlalchemy import select

from app.domain import exports
from app.extensions import db
from app.models import Campaign, Channel, Organisation, Role
from tests import handed

NOON = dt.datetime(2026, 11, 22, 12, 0, tzinfo=dt.UTC)


@pytest.fixture
def desk(client, make, sign_in, clock):
    """Olive's desk with two campaigns: one in Kathmandu with five signatures, one with one."""
    clock.set(NOON - dt.timedelta(days=60))
    organisation = make.organisation(slug="tigris")
    first = make.campaign(organisation, slug="rein-in", ask="Rein in", closes_zone="Asia/Kathmandu")
    second = make.campaign(organisation, slug="water", ask="=Water for all")
    for moment, country in (
        ("2026-11-22T11:59", "IQ"), ("2026-11-21T18:14", "IQ"), ("2026-11-21T18:15", "DE"),
        ("2026-11-10T08:00", "DE"), ("2026-10-01T08:00", "NP"),
    ):  # fmt: skip
        at = dt.datetime.fromisoformat(moment + ":00+00:00")
        make.signature(first, confirmed_at=at, created_at=at, country=country, channel=Channel.MAIL)
    make.signature(second, confirmed_at=NOON - dt.timedelta(days=3))
    clock.set(NOON)
    sign_in(client, make.account(Role.ANALYST, organisation))
    return lambda path: client.get(f"/desk/tigris{path}")


def read(answer):
    assert answer.status_code == 200
    assert answer.mimetype == "text/csv"
    return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))


def words(answer):
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))


def test_a_period_is_in_the_address_and_its_days_are_of_the_campaigns_zone(desk):
    at = "/campaigns/rein-in/numbers"
    today = words(desk(f"{at}?period=today"))
    assert "New in this period 2 ↑ 1 more than the 1 of the period before" in today
    assert "Signatures per hour" in today
    assert "22 Nov, 17:00" in today  # the hour that is running in Kathmandu, a quarter past whole hours of UTC
    week = words(desk(f"{at}?from=2026-11-10&until=2026-11-21"))
    assert "New in this period 2" in week
    assert "Confirmed in all 5" in week
    rows = read(desk(f"{at}/time.csv?from=2026-11-20&until=2026-11-22&by=day"))
    assert rows[0] == ["Day", "Name", "New", "Total"]
    assert [row[:1] + row[2:] for row in rows[1:]] == [
        ["2026-11-20", "0", "2"], ["2026-11-21", "1", "3"], ["2026-11-22", "2", "5"],
    ]  # fmt: skip
    assert read(desk(f"{at}/countries.csv?period=all"))[1:] == [
        ["DE", "Germany", "2"], ["IQ", "Iraq", "2"], ["NP", "Nepal", "1"],
    ]  # fmt: skip
    assert read(desk(f"{at}/channels.csv?period=7"))[1:] == [["mail", "E-mail", "3"]]
    assert sum(int(row[2]) for row in read(desk(f"{at}/time.csv?period=all&by=week"))[1:]) == 5
    assert desk(f"{at}/people.csv").status_code == 404
    arabic = desk(f"{at}?from=2026-11-20&until=2026-11-22&by=day&lang=ar").text
    assert "الأحد ٢٢ تشرين الثاني ٢٠٢٦" in arabic
    assert "نوفمبر" not in arabic
    assert 'id="time-chart-title"' in arabic.split('direction="ltr">', 1)[1]  # an axis does not turn with the page


@pytest.mark.parametrize(
    ("odd", "said"),
    [
        ("from=x", "Write both days as 2026-11-22"),
        ("from=2026-11-05&until=2026-11-01", "The first day is after the last"),
        ("from=1801-01-01&until=2099-01-01&by=hour&with=x&align=y&period=z", "As of 22 November 2026"),
    ],
)
def test_odd_periods_are_said_or_cut(desk, odd, said):
    assert said in words(desk(f"/campaigns/rein-in/numbers?{odd}"))
    assert said in words(desk(f"/numbers?{odd}"))


def test_all_campaigns_stand_against_the_period_before_and_side_by_side(desk):
    page = words(desk("/numbers?period=7"))
    assert "New in this period 4 ↑ 3 more than the 1 of the period before" in page
    assert "Confirmed in all 6 under 2 campaigns" in page
    assert read(desk("/numbers/campaigns.csv?period=30")) == [
        ["Campaign", "Name", "New", "Period before", "Total"],
        ["rein-in", "Rein in", "4", "1", "5"],
        ["water", "'=Water for all", "1", "0", "1"],
    ]
    dates = read(desk("/numbers/comparison.csv?from=2026-11-19&until=2026-11-22&with=rein-in&with=water"))
    assert dates[0] == ["Day", "Name", "A =Water for all", "B Rein in"]
    assert [row[2:] for row in dates[1:]] == [["1", "2"], ["1", "2"], ["1", "3"], ["1", "5"]]
    before = read(desk("/numbers/comparison.csv?from=2026-09-20&until=2026-09-25&with=rein-in&with=water"))
    assert [row[0] for row in before[1:]] == ["2026-09-23", "2026-09-24", "2026-09-25"]  # published on the 23rd
    since = read(desk("/numbers/comparison.csv?period=30&with=rein-in&with=water&align=start"))
    assert since[1] == ["1", "Day 1", "0", "0"]
    assert since[9][2:] == ["0", "1"]  # the ninth day of the campaign in Kathmandu
    assert "Choose at least two campaigns." in words(desk("/numbers?with=water"))


@pytest.mark.sqlite_alone
def test_whoever_said_no_country_stands_there_and_exports_are_told_to_whoever_may_export(app, desk, make, sign_in):
    with app.app_context():
        campaign = db.session.scalar(select(Campaign).where(Campaign.slug == "rein-in"))
        make.signature(campaign, country="")
        handed.taken(campaign)
        broken, _content = handed.taken(campaign, finished=False)
        exports.abort(broken, row_count=1, now=NOON)
        export_id, _content = handed.taken(campaign, finished=False)
        exports.finish(export_id, row_count=1234, sha256="0" * 64, now=NOON)
        organisation = db.session.get_one(Organisation, campaign.organisation_id)
        officer = make.account(Role.DATA_OFFICER, organisation)
    at = "/campaigns/rein-in/numbers"
    page = words(desk(f"{at}?period=all"))
    assert "not said" in page
    assert "lists of signers" not in page
    assert ["", "not said", "1"] in read(desk(f"{at}/countries.csv?period=all"))
    assert "not said" in words(desk("/numbers?period=all"))
    browser = app.test_client()
    sign_in(browser, officer)
    page = words(browser.get(f"/desk/tigris{at}"))
    assert "3 lists of signers were taken" in page
    assert "The last one by Olive , 22 November 2026, 17:45: 1,234 rows." in page


def test_a_draft_and_an_organisation_without_campaigns_have_a_page(client, make, sign_in):
    organisation = make.organisation(slug="empty")
    sign_in(client, make.account(Role.EDITOR, organisation))
    assert "Numbers begin when the first campaign is published." in client.get("/desk/empty/numbers").text
    make.campaign(organisation, slug="draft", published=False)
    assert "Its numbers begin" in client.get("/desk/empty/campaigns/draft/numbers").text
