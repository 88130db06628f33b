"""An organiser sees how a campaign stands and grows, and finds signers without ever loading them all."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from sqlalchemy import event, func, select

from app import charts
from app.domain import signers, signing, statistics
from app.domain.signers import Wanted
from app.extensions import db
from app.models import Campaign, Role, Signature
from app.models.signatures import Channel, SignatureState

NOON = dt.datetime(2026, 11, 22, 12, 0, tzinfo=dt.UTC)


@pytest.fixture
def olive(make):
    desk = make.organisation()
    return make.account(Role.OWNER, desk), desk


def overview(client, desk, campaign, part=""):
    return client.get(f"/desk/{desk.slug}/campaigns/{campaign.slug}{part}")


def numbers(app, campaign, now=NOON):
    with app.app_context():
        return statistics.of(db.session.get(Campaign, campaign.id), now)


def withdrawn(app, make, campaign):
    signature = make.signature(campaign)
    with app.app_context():
        signing.withdraw(signature.public_id, now=NOON)


def cells(page):
    """The text of each row of the first table that lists signers."""
    table = re.search(r'<table class="signers[^>]*>.*?</table>', page, re.S)
    return (
        [
            re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", row)).strip()
            for row in re.findall(r"<tr>(.*?)</tr>", table[0], re.S)[1:]
        ]
        if table
        else []
    )


def test_olive_sees_the_five_numbers(app, client, make, sign_in, clock, olive):
    account, desk = olive
    clock.set(NOON - dt.timedelta(days=20))
    campaign = make.campaign(desk, signature_target=5000)
    for days in (1, 2, 9):
        clock.set(NOON - dt.timedelta(days=days))
        make.signature(campaign)
    make.signature(campaign, "pending")
    make.signature(campaign, "invalidated")
    withdrawn(app, make, campaign)
    clock.set(NOON)
    sign_in(client, account)
    page = overview(client, desk, campaign).text
    stats = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", re.search(r'<dl class="stats">.*?</dl>', page, re.S)[0]))
    assert "Confirmed 3 of 5,000" in stats
    assert "Last 7 days 2 1 the week before" in stats
    assert "Pending 1" in stats
    assert "Taken back 1 1 invalidated" in stats


def test_days_are_days_of_the_campaigns_zone_also_when_the_clocks_change(app, make, clock):
    clock.set(dt.datetime(2026, 10, 24, 12, 0, tzinfo=dt.UTC))
    campaign = make.campaign(closes_zone="Europe/Berlin")
    for moment in ("2026-10-24T21:59", "2026-10-24T22:01", "2026-10-25T22:59", "2026-10-25T23:01"):
        clock.set(dt.datetime.fromisoformat(moment + ":00+00:00"))
        make.signature(campaign)
    days = numbers(app, campaign, dt.datetime(2026, 10, 26, 12, 0, tzinfo=dt.UTC)).days
    assert [(bar.first.isoformat(), bar.new, bar.total) for bar in days] == [
        ("2026-10-24", 1, 1),
        ("2026-10-25", 2, 3),  # 25 hours long
        ("2026-10-26", 1, 4),
    ]


def test_more_than_ninety_days_are_shown_by_weeks(app, make, clock):
    clock.set(NOON - dt.timedelta(days=120))
    campaign = make.campaign()
    for days in (120, 119, 60, 0):
        clock.set(NOON - dt.timedelta(days=days))
        make.signature(campaign)
    found = numbers(app, campaign)
    assert found.by_weeks()
    assert len(found.bars()) == 18
    assert all(bar.first.weekday() == 0 for bar in found.bars()[1:])
    assert sum(bar.new for bar in found.bars()) == found.bars()[-1].total == 4


def test_a_closed_campaigns_chart_ends_with_its_signing(app, make, clock):
    clock.set(NOON - dt.timedelta(days=50))
    campaign = make.campaign()
    make.signature(campaign)
    clock.forward(days=3)
    campaign = make.campaign(closed=True, published_at=NOON - dt.timedelta(days=50))
    make.signature(campaign)
    assert len(numbers(app, campaign).days) == 4


def test_countries_and_channels_are_counted_most_first(client, make, sign_in, olive):
    account, desk = olive
    campaign = make.campaign(desk)
    for country, channel in (("DE", "whatsapp"), ("DE", "mail"), ("IQ", "whatsapp"), ("FR", "direct")):
        make.signature(campaign, country=country, channel=Channel(channel))
    make.signature(campaign, "pending", country="US")
    sign_in(client, account)
    page = overview(client, desk, campaign).text
    assert re.findall(r'<progress value="(\d+)" max="2" aria-label="([^"]+)"', page) == [
        ("2", "Germany: 2"), ("1", "France: 1"), ("1", "Iraq: 1"),
        ("2", "WhatsApp: 2"), ("1", "Direct or unknown: 1"), ("1", "E-mail: 1"),
    ]  # fmt: skip


def test_the_chart_says_in_words_what_it_shows(client, make, sign_in, clock, olive):
    account, desk = olive
    clock.set(NOON)
    campaign = make.campaign(desk)
    make.signature(campaign)
    sign_in(client, account)
    page = overview(client, desk, campaign).text
    assert 'role="img" aria-labelledby="chart-title"' in page
    assert "Highest: 1 on 22 November 2026." in page


def test_a_draft_and_an_unsigned_campaign_have_a_page(client, make, sign_in, olive):
    account, desk = olive
    sign_in(client, account)
    assert "This campaign is a draft" in overview(client, desk, make.campaign(desk, published=False)).text
    assert "Nobody has signed yet" in overview(client, desk, make.campaign(desk)).text


@pytest.mark.parametrize(
    ("role", "sees"), [("owner", True), ("data_officer", True), ("editor", False), ("viewer", False)]
)
def test_who_sees_names(client, make, sign_in, role, sees):
    desk = make.organisation()
    campaign = make.campaign(desk)
    make.signature(campaign, given_name="Leila", family_name="Marchetti", email="leila@example.org")
    sign_in(client, make.account(role, desk))
    page = overview(client, desk, campaign)
    assert page.status_code == 200
    assert ("Leila" in page.text) is sees
    listed = overview(client, desk, campaign, "/signatures")
    assert listed.status_code == (200 if sees else 403)
    assert "leila@example.org" not in page.text + listed.text


def test_oscar_of_another_organisation_finds_nothing(client, make, sign_in):
    desk, elsewhere = make.organisation(), make.organisation()
    campaign = make.campaign(desk)
    sign_in(client, make.account(Role.OWNER, elsewhere))
    for part in ("", "/signatures", "/export"):
        assert overview(client, desk, campaign, part).status_code == 404
        assert overview(client, elsewhere, campaign, part).status_code == 404


def test_pages_go_by_key_and_miss_nobody_while_others_sign(app, make):
    campaign = make.campaign()
    names = [make.signature(campaign, "pending" if n % 3 else "confirmed").id for n in range(12)]
    seen, before = [], None
    with app.app_context():
        while True:
            page = signers.page(campaign.id, before=before, size=5)
            seen += [signature.id for signature in page.signatures]
            db.session.rollback()
            make.signature(campaign)
            if page.older is None:
                break
            before = page.older
        assert seen == names[::-1]
        back = signers.page(campaign.id, after=seen[5], size=3)
        assert [signature.id for signature in back.signatures] == [names[9], names[8], names[7]]
        assert back.newer == names[9]
        assert back.older == names[7]
        newest = db.session.scalar(select(func.max(Signature.id)))
        top = signers.page(campaign.id, after=newest - 2, size=3)
        assert [signature.id for signature in top.signatures] == [newest, newest - 1]
        assert top.newer is None


def test_withdrawn_signatures_are_never_listed(app, make):
    campaign = make.campaign()
    withdrawn(app, make, campaign)
    with app.app_context():
        assert signers.page(campaign.id).signatures == []


def test_no_page_is_read_with_an_offset_or_in_whole(app, make):
    campaign = make.campaign()
    make.signature(campaign)
    said = []

    def note(_connection, _cursor, statement, *_rest):
        said.append(re.sub(r"\s+", " ", statement))

    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", note)
        try:
            signers.page(campaign.id, Wanted(name="sam"), before=10**6)
            statistics.of(db.session.get(Campaign, campaign.id), NOON)
        finally:
            event.remove(db.engine, "before_cursor_execute", note)
    of_signatures = [statement for statement in said if "FROM signature " in statement]
    assert all(re.search(r"count\(|min\(|LIMIT|signature.id IN", statement) for statement in of_signatures)
    # But how far a stretch goes: one key, from an index alone, over a number of rows that is fixed.
    skipped = [s for s in of_signatures if "OFFSET" in s.replace("LIMIT ? OFFSET ?", "")]
    assert all(s.startswith("SELECT signature.id FROM signature WHERE") for s in skipped)
    assert len(said) <= 22  # however many signed


@pytest.mark.parametrize(
    "odd",
    [
        "?before=x",
        "?before=-1",
        "?after=99999999999999999999",
        "?state=withdrawn",
        "?state=nobody",
        "?name=%00%ff",
        "?name=" + "a" * 5000,
        "?name=%F0%9F%98%80%CC%81",
        "?postcode=%25&domain=%5C",
        "?channel=x&channel=y&consent=maybe",
    ],
)
def test_odd_addresses_answer_with_the_page(client, make, sign_in, olive, odd):
    account, desk = olive
    campaign = make.campaign(desk)
    make.signature(campaign)
    sign_in(client, account)
    assert overview(client, desk, campaign, "/signatures" + odd).status_code == 200


@pytest.mark.parametrize(
    ("highest", "step"), [(0, 1), (1, 1), (3, 1), (4, 2), (21, 8), (100, 40), (58_175, 20_000), (10**6, 400_000)]
)
def test_three_lines_or_fewer_hold_the_highest_bar(highest, step):
    assert charts.nice_step(highest) == step
    chart = charts.bars([0, highest, highest // 2])
    assert len(chart.lines) <= 4
    assert all(bar.y >= charts.TOP - 0.01 for bar in chart.bars)


@pytest.mark.parametrize("number", [0, 1, 2, 5, 6, 31, 90])
def test_bars_stay_inside_and_labels_name_the_ends(number):
    chart = charts.bars(list(range(number)))
    assert all(bar.x >= chart.left and bar.x + bar.width <= chart.width for bar in chart.bars)
    assert [label.place for label in chart.labels][-1:] == ([number - 1] if number else [])
    assert len(chart.labels) <= charts.LABELS


def test_slow_numbers_are_kept_for_a_minute_and_say_so(client, make, sign_in, olive, monkeypatch, app):
    account, desk = olive
    campaign = make.campaign(desk)
    make.signature(campaign)
    sign_in(client, account)
    monkeypatch.setattr("app.views.organise.dashboard.SLOW_SECONDS", 0)
    app.extensions.pop("numbers", None)
    first = overview(client, desk, campaign).text
    make.signature(campaign, SignatureState.CONFIRMED)
    again = overview(client, desk, campaign).text
    app.extensions.pop("numbers", None)
    for page in (first, again):
        assert "Counted" in page
        assert 'aria-label="1 of 1,000"' in page


def test_sqlite_counts_from_indexes_alone(app, make):
    """A million rows fetched one by one take seconds; PostgreSQL decides by itself, and for a small table otherwise."""
    campaign = make.campaign()
    make.signature(campaign)
    asked = []

    def note(_connection, _cursor, statement, parameters, _context, _many):
        asked.append((statement, parameters))

    with app.app_context():
        if db.engine.dialect.name != "sqlite":
            return
        with db.engine.connect() as connection:
            event.listen(db.engine, "before_cursor_execute", note)
            statistics.of(db.session.get(Campaign, campaign.id), NOON)
            event.remove(db.engine, "before_cursor_execute", note)
            # Fetched are the few that nobody has confirmed yet, and those of the last minutes, which are not summed up.
            counting = [
                (statement, given)
                for statement, given in asked
                if re.search(r"FROM signature\s", statement) and "pending" not in given and "since(" not in statement
            ]
            for statement, given in counting:
                plan = [step[3] for step in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", given)]
                walks = [step for step in plan if step.split()[1] == "signature"]
                assert walks
                assert all("COVERING INDEX" in step for step in walks), (statement, plan)
    assert len(counting) >= 2


def test_one_day_is_a_bar_and_not_a_wall():
    (bar,) = charts.bars([3]).bars
    assert bar.width <= charts.WIDEST


def test_who_has_not_confirmed_yet_is_not_called_nobody(client, make, sign_in, olive):
    account, desk = olive
    campaign = make.campaign(desk)
    make.signature(campaign, "pending")
    sign_in(client, account)
    page = overview(client, desk, campaign).text
    assert "Nobody has signed yet" not in page
    assert "1 person has signed and still has to press the button" in page
