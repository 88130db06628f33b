"""Loads the demonstration: one organisation, its organiser, three campaigns with signatures, a topic. Twice is once."""

from __future__ import annotations

import datetime as dt
import os
import secrets
from collections import Counter
from pathlib import Path
from typing import Any

from flask import Flask, current_app
from flask_security import hash_password
from sqlalchemy import insert, select, update

from app import clock
from app.demo import asked, content, coverage, drawings, people, publications, register, topics, updates
from app.domain import accounts, activity, campaigns, library, milestones, news, pictures, tallies
from app.domain.campaigns import Words
from app.domain.refused import Refused
from app.domain.transactions import unit_of_work
from app.extensions import db
from app.models import (
    Account,
    Campaign,
    CampaignTally,
    Consent,
    ConsentWording,
    Membership,
    Organisation,
    Outcome,
    Purpose,
    Role,
    Signature,
    SignatureState,
)
from app.models.campaign_numbers import TALLY_SLOTS

ORGANISER = "olive@example.org"
BATCH = 2000


def load() -> bool:
    """Load it. False if it was there already. Raises Refused where the database holds anybody's real data."""
    if db.session.scalar(select(Organisation.id).where(Organisation.is_demo.is_(False)).limit(1)):
        raise Refused("This database holds real data. The demonstration is only for an empty one.")
    if db.session.scalar(select(Organisation.id).limit(1)):
        return False
    organisation_id = _organisation(_password(current_app.instance_path))
    now = clock.now()
    register.load(topics.load(organisation_id, _militias(organisation_id, now), now), now)
    _shelter(organisation_id, now)
    _water(organisation_id, now)
    for campaign_id in milestones.due():  # the worker would do it in its first minute
        milestones.mark(campaign_id, now=now)
    return True


def sign_in(app: Flask) -> tuple[str, str] | None:
    """The demonstration organiser's address and password, if the demonstration was loaded here."""
    file = Path(app.instance_path) / "demo-password.txt"
    return (ORGANISER, file.read_text().strip()) if file.exists() else None


def _password(folder: str) -> str:
    """Made anew for each machine, so that no installation shares one (AUTH-08)."""
    file = Path(folder) / "demo-password.txt"
    password = "-".join(secrets.token_hex(2) for _ in range(4))
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
        out.write(password)
    return password


@unit_of_work
def _organisation(password: str) -> int:
    now = clock.now()
    organisation = Organisation(**content.ORGANISATION, is_demo=True, created_at=now)
    db.session.add(organisation)
    account = accounts._create(ORGANISER, "Olive Nasser", hash_password(password), locale="en", now=now)
    db.session.add(Membership(account_id=account.id, organisation_id=organisation.id, role=Role.OWNER, created_at=now))
    activity.acting(account)  # the demonstration's log says that Olive did it
    return organisation.id


def _olive() -> Account:
    return db.session.scalars(select(Account).filter_by(email=ORGANISER)).one()


def _militias(organisation_id: int, now: dt.datetime) -> Campaign:
    opened = now - dt.timedelta(days=len(content.MILITIAS_DAYS) - 1, hours=2)
    words = Words(content.MILITIAS_ASK, content.MILITIAS_SUMMARY, content.MILITIAS_FIRST_TEXT)
    campaign = _open(
        organisation_id, words, content.DECISION_MAKERS, target=5000, opened=opened, slug="rein-in-militias"
    )
    campaigns.set_frame(
        campaign,
        target=5000,
        closes_at=dt.datetime.combine(now.date() + dt.timedelta(days=159), dt.time(21, tzinfo=dt.UTC)),
        zone="Asia/Baghdad",
        locale="en",
        now=opened,
    )
    _show(campaign, "militias", content.PICTURE_ALT, content.PICTURE_CAPTION, content.PICTURE_CREDIT, opened)
    edited = opened + dt.timedelta(days=9)
    campaigns.save_words(campaign, Words(words.ask, words.summary, content.MILITIAS_TEXT), revision=None, now=edited)
    campaigns.publish(
        campaign, by=None, reason=content.MILITIAS_REASON, locales=current_app.config["LANGUAGES"], now=edited
    )
    updates.write(campaign, updates.MILITIAS, opened)
    _evidence(campaign, opened)
    coverage.load(campaign, opened)
    first = now.date() - dt.timedelta(days=len(content.MILITIAS_DAYS) - 1)
    days = [(first + dt.timedelta(days=n), total) for n, total in enumerate(content.MILITIAS_DAYS)]
    common: dict[str, Any] = {
        "weights": content.MILITIAS_COUNTRIES,
        "seed": 214,
        "until": now,
        "version_from": {edited.date(): 2},
    }
    _sign(campaign.id, list(people.signatures(campaign.id, days, state=SignatureState.CONFIRMED, **common)))
    pending = [(now.date() - dt.timedelta(days=1), 7), (now.date(), 12)]
    _sign(campaign.id, list(people.signatures(campaign.id, pending, state=SignatureState.PENDING, **common)))
    return campaign


def _evidence(campaign: Campaign, now: dt.datetime) -> None:
    for kind, title, publisher, date, note in content.REPORTS:
        report = {
            "kind": kind,
            "title": title,
            "publisher": publisher,
            "published_on": date,
            "note": note,
            "url": content.CRISIS_PAGE,
            **publications.DETAILS.get(title, {}),
        }
        library.add(campaign.organisation_id, report, now=now, at=campaign)
    for title, outlet, byline, date, excerpt, url, warning in content.NEWS:
        item = {
            "title": title,
            "outlet": outlet,
            "byline": byline,
            "published_on": date,
            "excerpt": excerpt,
            "url": url,
            "content_warning": warning,
        }
        news.add(campaign, item, now=now)


def _shelter(organisation_id: int, now: dt.datetime) -> None:
    story = content.SHELTER
    opened = now - dt.timedelta(days=24)
    words = Words(story.ask, story.summary, story.text)
    campaign = _open(
        organisation_id, words, story.decision_makers, target=10_000, opened=opened, slug="marsh-road-shelter"
    )
    campaigns.set_frame(
        campaign,
        target=10_000,
        closes_at=dt.datetime.combine(now.date() + dt.timedelta(days=7), dt.time(tzinfo=dt.UTC)),
        zone="Europe/London",
        locale="en",
        now=opened,
    )
    updates.write(campaign, updates.SHELTER, opened)
    _show(campaign, "shelter", story.alt, story.caption, story.credit, opened)
    weights = {"GB": 90, "FR": 2, "DE": 2, "PL": 4, "US": 2}
    online = _many(campaign.id, 9_612 - asked.ON_PAPER, now - dt.timedelta(days=23), now, weights, seed=2)
    olive, paper, asks = _olive(), now - dt.timedelta(days=9), now - dt.timedelta(days=6)
    _sign(campaign.id, [row for row in online if row["created_at"] < paper])
    asked.on_paper(campaign, olive, paper)
    _sign(campaign.id, [row for row in online if row["created_at"] >= paper])
    asked.ask(campaign, asks)
    asked.answer(campaign, asks)
    asked.keep_choices(olive, campaign, asks)


def _water(organisation_id: int, now: dt.datetime) -> None:
    story = content.WATER
    opened, closed = now - dt.timedelta(days=400), now - dt.timedelta(days=265)
    words = Words(story.ask, story.summary, story.text)
    campaign = _open(
        organisation_id, words, story.decision_makers, target=10_000, opened=opened, slug="kestrel-water-tests"
    )
    _show(campaign, "water", story.alt, story.caption, story.credit, opened)
    _sign(campaign.id, _many(campaign.id, 12_480, opened, closed, {"US": 96, "GB": 2, "CL": 2}, seed=3))
    updates.write(campaign, updates.WATER, opened)
    campaigns.close(campaign, outcome=Outcome.WON, outcome_text=story.outcome, now=closed)
    updates.answer(campaign, story.decision_makers[0], closed)


def _open(
    organisation_id: int, words: Words, makers: list[str], *, target: int, opened: dt.datetime, slug: str
) -> Campaign:
    campaign = campaigns.create(organisation_id, words, locale="en", zone="UTC", now=opened)
    campaigns.set_decision_makers(campaign, makers, now=opened)
    campaigns.set_frame(campaign, target=target, closes_at=None, zone="UTC", locale="en", now=opened)
    campaigns.move(campaign, slug, now=opened)
    campaigns.publish(campaign, by=None, reason="", locales=current_app.config["LANGUAGES"], now=opened)
    return campaign


def _show(campaign: Campaign, file: str, alt: str, caption: str, credit: str, now: dt.datetime) -> None:
    pictures.show(campaign, new=drawings.encoded(file), alt=alt, caption=caption, credit=credit, now=now)


def _many(
    campaign_id: int, total: int, since: dt.datetime, until: dt.datetime, weights: dict[str, int], *, seed: int
) -> list[dict[str, Any]]:
    """Signers in a rising and falling wave between two days."""
    span = (until.date() - since.date()).days + 1
    heights = [1 + 3 * min(n, span - n) / span for n in range(span)]
    days = [
        (since.date() + dt.timedelta(days=n), int(total * height / sum(heights))) for n, height in enumerate(heights)
    ]
    days[-1] = (days[-1][0], days[-1][1] + total - sum(number for _, number in days))
    return list(
        people.signatures(campaign_id, days, weights=weights, state=SignatureState.CONFIRMED, seed=seed, until=until)
    )


@unit_of_work
def _sign(campaign_id: int, rows: list[dict[str, Any]]) -> None:
    """Insert signatures with their count and, for two in five, the consent to hear more."""
    wording = db.session.scalar(select(ConsentWording.id).where(ConsentWording.locale == "en").limit(1))
    slots: Counter[int] = Counter()
    for start in range(0, len(rows), BATCH):
        added = db.session.execute(
            insert(Signature).returning(Signature.id, Signature.state, Signature.created_at),
            rows[start : start + BATCH],
        ).all()
        slots.update(row.id % TALLY_SLOTS for row in added if row.state == SignatureState.CONFIRMED)
        agreed = [
            {"signature_id": row.id, "purpose": Purpose.UPDATES, "wording_id": wording, "agreed_at": row.created_at}
            for row in added
            if row.id % 5 < 2
        ]
        db.session.execute(insert(Consent), agreed)
    for slot, total in slots.items():
        db.session.execute(
            update(CampaignTally)
            .where(CampaignTally.campaign_id == campaign_id, CampaignTally.slot == slot)
            .values(confirmed_count=CampaignTally.confirmed_count + total)
        )
    tallies._begin_anew(campaign_id)  # these were confirmed in days that a worker may have summed up
