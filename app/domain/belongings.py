"""What goes along with a campaign that changes hands, and what stays where it was.

Signatures with their answers, texts, questions, batches, updates, numbers and addresses hang on the campaign and need no moving.
Pictures, publications, news and their sources belong to an organisation: what serves this campaign alone goes along, what serves
others too is copied. Consent to hear more was given to the organisation that asked, so it ends.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Table, delete, exists, insert, inspect, or_, select, update

from app.domain import consents, slugs, tallies
from app.domain.dialects import allow_seconds
from app.extensions import db
from app.models import (
    Campaign,
    Consent,
    ImportState,
    LinkReading,
    NewsItem,
    NewsSource,
    Organisation,
    Picture,
    Report,
    Signature,
    SignerImport,
    Topic,
    Update,
    campaign_news,
    campaign_report,
    campaign_topic,
    incident_report,
    topic_news,
    topic_report,
)

# What hangs on a campaign by its number. What goes along is named on the page of the transfer, and in docs/teams.md; so is what stays.
ALONG = frozenset(
    {
        *("signature", "refusal", "question", "signer_act", "signer_import", "withdrawal_tally", "mail"),
        *("campaign_slug", "text_version", "decision_maker", "target_change", "milestone", "pause", "thank_you"),
        *("campaign_tally", "signature_tally", "tally_progress", "tally_mark", "funnel_tally"),
        *("campaign_update", "campaign_report", "campaign_news", "news_source", "delivery", "manifest"),
        *("publication_plan", "review", "transfer"),
    }
)
STAYS = frozenset({"export", "campaign_topic", "campaign"})  # the last: what it is a copy of, what is offered next

SECONDS = 120  # a million supporters are a million rows whose consent ends


def _move(campaign: Campaign, to: Organisation, *, locales: Iterable[str], now: dt.datetime) -> None:
    """Let the campaign and what serves it alone belong to another organisation, in the caller's transaction."""
    allow_seconds(SECONDS)
    _end_consents(campaign, now)
    unused = (SignerImport.campaign_id == campaign.id, SignerImport.state == ImportState.DRAFT)
    db.session.execute(delete(SignerImport).where(*unused))  # whoever collected them hands them in themselves
    _move_pictures(campaign, to.id)
    _move_reports(campaign, to.id)
    _move_news(campaign, to.id)
    gathered = select(Topic.id).where(Topic.organisation_id == campaign.organisation_id)
    leave = campaign_topic.delete().where(campaign_topic.c.campaign_id == campaign.id)
    db.session.execute(leave.where(campaign_topic.c.topic_id.in_(gathered)))
    campaign.organisation_id, campaign.edited_at = to.id, now
    db.session.flush()
    db.session.expire(campaign)
    consents._keep_wordings(to, locales, now)


def _end_consents(campaign: Campaign, now: dt.datetime) -> None:
    signed = select(Signature.id).where(Signature.campaign_id == campaign.id)
    ended = update(Consent).where(Consent.signature_id.in_(signed), Consent.ended_at.is_(None)).values(ended_at=now)
    db.session.execute(ended.execution_options(synchronize_session=False))
    tallies._begin_anew(campaign.id)


def _copied(row: Any, **other: Any) -> Any:
    """The same once more, with other values where they are named; not yet stored."""
    names = {column.key for column in inspect(type(row)).column_attrs} - {"id", *other}
    copy = type(row)(**{name: getattr(row, name) for name in names}, **other)
    db.session.add(copy)
    return copy


def _move_pictures(campaign: Campaign, to_id: int) -> None:
    updates = select(Update).where(Update.campaign_id == campaign.id, Update.picture_id.is_not(None))
    pages: list[Campaign | Update] = [campaign, *db.session.scalars(updates)]
    for page in pages:
        picture = db.session.get(Picture, page.picture_id) if page.picture_id is not None else None
        if picture is None or picture.organisation_id == to_id:
            continue
        if _is_shown_elsewhere(picture, campaign):
            copy = _copied(picture, organisation_id=to_id, name=secrets.token_urlsafe(16))
            db.session.flush()
            page.picture_id = copy.id
        else:
            picture.organisation_id = to_id
    db.session.flush()


def _is_shown_elsewhere(picture: Picture, campaign: Campaign) -> bool:
    shows = or_(
        exists().where(Campaign.picture_id == picture.id, Campaign.id != campaign.id),
        exists().where(Topic.picture_id == picture.id),
        exists().where(Update.picture_id == picture.id, Update.campaign_id != campaign.id),
        exists().where(Organisation.mark_name == picture.name),
    )
    return bool(db.session.scalar(select(shows)))


def _is_linked(number: int, campaign: Campaign, by_campaign: Table, *others: Table, column: str) -> bool:
    """Whether something else than this campaign links to the thing of this number."""
    links = [exists().where(table.c[column] == number) for table in others]
    links.append(exists().where(by_campaign.c[column] == number, by_campaign.c.campaign_id != campaign.id))
    return bool(db.session.scalar(select(or_(*links))))


def _move_reports(campaign: Campaign, to_id: int) -> None:
    own = campaign_report.c.campaign_id == campaign.id
    cited = select(Report).join(campaign_report, campaign_report.c.report_id == Report.id).where(own)
    for report in db.session.scalars(cited).all():
        here = (own, campaign_report.c.report_id == report.id)
        if report.removed_at is not None:
            db.session.execute(delete(campaign_report).where(*here))
        elif _is_linked(report.id, campaign, campaign_report, topic_report, incident_report, column="report_id"):
            copy = Report(**_report_values(report), organisation_id=to_id)
            slugs._claim_report(copy)
            db.session.execute(update(campaign_report).where(*here).values(report_id=copy.id))
        else:
            report.organisation_id = to_id
            checks = update(LinkReading).where(LinkReading.report_id == report.id)
            db.session.execute(checks.values(organisation_id=to_id))
    db.session.flush()


def _report_values(report: Report) -> dict[str, Any]:
    """All that is said of a publication, without whose it is and where it is found."""
    names = {column.key for column in inspect(Report).column_attrs} - {"id", "slug", "organisation_id", "search_key"}
    return {name: getattr(report, name) for name in names}


def _move_news(campaign: Campaign, to_id: int) -> None:
    sources = db.session.scalars(select(NewsSource).where(NewsSource.campaign_id == campaign.id)).all()
    for source in sources:
        source.organisation_id = to_id
    moved = [source.id for source in sources]
    listed = select(campaign_news.c.news_item_id).where(campaign_news.c.campaign_id == campaign.id)
    items = select(NewsItem).where(or_(NewsItem.id.in_(listed), NewsItem.source_id.in_(moved)))
    shown = set(db.session.scalars(listed))
    for item in db.session.scalars(items).all():
        _move_item(item, campaign, to_id, is_shown=item.id in shown, comes_anew=item.source_id in moved)
    db.session.flush()


def _move_item(item: NewsItem, campaign: Campaign, to_id: int, *, is_shown: bool, comes_anew: bool) -> None:
    """`comes_anew`: its source goes along, and must find it again in its new place."""
    elsewhere = _is_linked(item.id, campaign, campaign_news, topic_news, column="news_item_id")
    if not elsewhere and (item.source_id is None or comes_anew):
        item.organisation_id = to_id
        return
    source_id, guid = (item.source_id, item.guid) if comes_anew else (None, "")
    if comes_anew:
        item.source_id = None
        db.session.flush()
    here = (campaign_news.c.campaign_id == campaign.id, campaign_news.c.news_item_id == item.id)
    db.session.execute(delete(campaign_news).where(*here))
    if not is_shown or (item.removed_at is not None and not comes_anew):
        return
    other = {"organisation_id": to_id, "source_id": source_id, "guid": guid}
    copy = _copied(item, public_id=secrets.token_urlsafe(16), **other)
    db.session.flush()
    db.session.execute(insert(campaign_news).values(campaign_id=campaign.id, news_item_id=copy.id))
