"""Reports and news under a campaign: add, change, remove."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import delete

from app.domain.refused import NotFound
from app.domain.transactions import unit_of_work
from app.extensions import db
from app.models import Campaign, NewsItem, Report, campaign_news, campaign_report


@unit_of_work
def add_report(campaign: Campaign, values: dict[str, Any], *, now: dt.datetime) -> Report:
    """Link a publication as evidence."""
    report = Report(organisation_id=campaign.organisation_id, created_at=now, **values)
    campaign.reports.append(report)
    campaign.edited_at = now
    return report


@unit_of_work
def change_report(campaign: Campaign, report_id: int, values: dict[str, Any], *, now: dt.datetime) -> None:
    """Correct what is said of a publication. Raises NotFound if it is not under this campaign."""
    _change(next((r for r in campaign.reports if r.id == report_id), None), values)
    campaign.edited_at = now


@unit_of_work
def remove_report(campaign: Campaign, report_id: int, *, now: dt.datetime) -> None:
    """Take a publication off this campaign."""
    db.session.execute(
        delete(campaign_report).where(
            campaign_report.c.campaign_id == campaign.id, campaign_report.c.report_id == report_id
        )
    )
    campaign.edited_at = now


@unit_of_work
def add_news(campaign: Campaign, values: dict[str, Any], *, now: dt.datetime) -> NewsItem:
    """Put dated coverage into the campaign's news feed."""
    item = NewsItem(organisation_id=campaign.organisation_id, created_at=now, **values)
    campaign.news_items.append(item)
    campaign.edited_at = now
    return item


@unit_of_work
def change_news(campaign: Campaign, news_item_id: int, values: dict[str, Any], *, now: dt.datetime) -> None:
    """Correct a news item. Raises NotFound if it is not under this campaign."""
    _change(next((n for n in campaign.news_items if n.id == news_item_id), None), values)
    campaign.edited_at = now


@unit_of_work
def remove_news(campaign: Campaign, news_item_id: int, *, now: dt.datetime) -> None:
    """Take a news item out of this campaign's feed."""
    db.session.execute(
        delete(campaign_news).where(
            campaign_news.c.campaign_id == campaign.id, campaign_news.c.news_item_id == news_item_id
        )
    )
    campaign.edited_at = now


def _change(row: Report | NewsItem | None, values: dict[str, Any]) -> None:
    if row is None:
        raise NotFound
    for name, value in values.items():
        setattr(row, name, value)
