"""Reports and news under a campaign: add, change, remove."""

from __future__ import annotations

import datetime as dt
from typing import Any, TypeVar

from sqlalchemy import Column, ColumnElement, Table, delete, exists

from app.domain.refused import NotFound
from app.domain.transactions import unit_of_work
from app.extensions import db
from app.models import Campaign, NewsItem, Report, campaign_news, campaign_report

Row = TypeVar("Row", Report, NewsItem)


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
    _change(report(campaign, report_id), values)
    campaign.edited_at = now


@unit_of_work
def remove_report(campaign: Campaign, report_id: int, *, now: dt.datetime) -> None:
    """Take a publication off this campaign; it is forgotten when no other campaign cites it."""
    _unlink(campaign_report, campaign, campaign_report.c.report_id, report_id)
    cited = exists().where(campaign_report.c.report_id == Report.id)
    _forget_unless(Report, report_id, campaign, cited)
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
    _change(news_item(campaign, news_item_id), values)
    campaign.edited_at = now


@unit_of_work
def remove_news(campaign: Campaign, news_item_id: int, *, now: dt.datetime) -> None:
    """Take a news item out of this campaign's feed; it is forgotten when no other campaign shows it."""
    _unlink(campaign_news, campaign, campaign_news.c.news_item_id, news_item_id)
    shown = exists().where(campaign_news.c.news_item_id == NewsItem.id)
    _forget_unless(NewsItem, news_item_id, campaign, shown)
    campaign.edited_at = now


def report(campaign: Campaign, report_id: int) -> Report:
    """The campaign's report with this number. Raises NotFound."""
    return _found(next((report for report in campaign.reports if report.id == report_id), None))


def news_item(campaign: Campaign, news_item_id: int) -> NewsItem:
    """The campaign's news item with this number. Raises NotFound."""
    return _found(next((item for item in campaign.news_items if item.id == news_item_id), None))


def _found(row: Row | None) -> Row:
    if row is None:
        raise NotFound
    return row


def _unlink(table: Table, campaign: Campaign, column: Column[Any], number: int) -> None:
    db.session.execute(delete(table).where(table.c.campaign_id == campaign.id, column == number))


def _forget_unless(model: type[Report | NewsItem], number: int, campaign: Campaign, used: ColumnElement[bool]) -> None:
    own = (model.id == number, model.organisation_id == campaign.organisation_id)
    db.session.execute(delete(model).where(*own, ~used))


def _change(row: Report | NewsItem, values: dict[str, Any]) -> None:
    for name, value in values.items():
        setattr(row, name, value)
