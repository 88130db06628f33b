"""What every template can say: numbers, dates, links, Markdown."""

from __future__ import annotations

import datetime as dt
import functools
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, get_timezone_location
from babel.numbers import format_compact_decimal, format_decimal
from flask import Flask
from flask_babel import gettext as _

from app import clock, links, markdown, question_words
from app.domain import deadlines, registers
from app.i18n import language
from app.models import Campaign, PartialDate, Precision, TextVersion
from app.models.organisations import SIGNAL_COLOUR

ARABIC_DIGITS = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


def init_app(app: Flask) -> None:
    """Register the filters and functions of the templates."""
    app.jinja_env.filters.update(
        number=number,
        day=day,
        short_day=short_day,
        partial_day=partial_day,
        partial_iso=partial_iso,
        moment=moment,
        iso=iso,
        markdown=markdown.render,
    )
    app.jinja_env.globals.update(
        public_link=links.to,
        page_link=links.page,
        site_host=links.host,
        channel_name=links.channel_name,
        default_signal=SIGNAL_COLOUR,
        now=lambda: clock.now(),
        days_left=days_left,
        closing_day=deadlines.last_day,
        ends_with_day=ends_with_day,
        place=place,
        structured_data=structured_data,
        picture_version=picture_version,
        month_name=month_name,
        registers_of=registers.of_campaign,
        question_label=question_words.label,
        question_help=question_words.help_text,
        answer_words=question_words.answer,
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.policies["ext.i18n.trimmed"] = True


def number(value: int) -> str:
    """A number in the digits and grouping of this page's language."""
    return _number(value, language().code, _arabic())


@functools.lru_cache(8192)
def _number(value: int, locale: str, arabic: bool) -> str:
    """Remembered: a page of a register writes a thousand numbers, most of them small."""
    system = "arab" if arabic else "latn"  # Babel takes only the separators from it
    return _digits(format_decimal(value, locale=locale, numbering_system=system), arabic)


def short_number(value: int) -> str:
    """A number beside a chart: 8,000, and from ten thousand on 80K."""
    return (
        number(value) if value < 10_000 else _digits(format_compact_decimal(value, locale=language().code), _arabic())
    )


def _arabic() -> bool:
    return language().is_arabic


def _digits(text: str, arabic: bool) -> str:
    return text.translate(ARABIC_DIGITS) if arabic else text


def day(value: dt.date | dt.datetime, zone: str = "UTC") -> str:
    """A date in full: 24 October 2026."""
    return _date(value, zone, "d MMMM y")


def short_day(value: dt.date | dt.datetime, zone: str = "UTC") -> str:
    """A date in short: 24 Oct 2026."""
    return _date(value, zone, "d MMM y")


def bare_day(value: dt.date) -> str:
    """A date whose year is known: 24 Oct."""
    return _date(value, "UTC", "d MMM")


def week_day(value: dt.date) -> str:
    """The same with its day of the week: Sat 24 Oct."""
    return _date(value, "UTC", "EEE d MMM")


def full_week_day(value: dt.date) -> str:
    """A date with its day of the week: Sat 24 Oct 2026."""
    return _date(value, "UTC", "EEE d MMM y")


def partial_day(value: PartialDate) -> str:
    """A date as far as it is known: 24 October 2026, October 2026, 2026."""
    patterns = {Precision.DAY: "d MMMM y", Precision.MONTH: "MMMM y", Precision.YEAR: "y"}
    return _date(value.on, "UTC", patterns[value.precision])


def partial_iso(value: PartialDate) -> str:
    """The same for machines: 2026-10-24, 2026-10, 2026 (HTML's `datetime` takes each)."""
    return value.on.isoformat()[: {Precision.DAY: 10, Precision.MONTH: 7, Precision.YEAR: 4}[value.precision]]


def month_name(number: int, full: bool = False) -> str:
    """A month by its number since the year 0: May 2017 in full, or as short as it is known."""
    return _date(dt.date(number // 12, number % 12 + 1, 1), "UTC", "MMMM y" if full else "MMM y")


def _date(value: dt.date | dt.datetime, zone: str, pattern: str) -> str:
    """In Arabic with the months of Iraq and the Levant (تشرين الأول), where the campaigns are; plain "ar" has those of Egypt."""
    local = _local(value, zone)
    on = local.date() if isinstance(local, dt.datetime) else local
    return _written(on, pattern, "ar_IQ" if _arabic() else language().code, _arabic())


@functools.lru_cache(4096)
def _written(on: dt.date, pattern: str, locale: str, arabic: bool) -> str:
    return _digits(format_date(on, pattern, locale=locale), arabic)


def moment(value: dt.datetime, zone: str = "UTC") -> str:
    """A date with its time of day: 24 October 2026, 14:02."""
    return _at(day(value, zone), value.astimezone(ZoneInfo(zone)))


def short_moment(value: dt.datetime, zone: str) -> str:
    """The same in short: 24 Oct 2026, 14:02."""
    return _at(short_day(value, zone), value.astimezone(ZoneInfo(zone)))


def hour(value: dt.datetime) -> str:
    """The hour that begins then, where it is: 24 Oct, 14:00."""
    return _at(bare_day(value.date()), value)


def _at(words: str, local: dt.datetime) -> str:
    return f"{words}{'،' if _arabic() else ','} {_digits(local.strftime('%H:%M'), _arabic())}"


def iso(value: dt.date | dt.datetime) -> str:
    """A date or moment for machines."""
    return value.strftime("%Y-%m-%dT%H:%M:%SZ") if isinstance(value, dt.datetime) else value.isoformat()


def _local(value: dt.date | dt.datetime, zone: str) -> dt.date | dt.datetime:
    return value.astimezone(ZoneInfo(zone)) if isinstance(value, dt.datetime) else value


def days_left(closes_at: dt.datetime) -> int:
    """Whole days until closing; 0 on the last day."""
    return max(0, (closes_at - clock.now()).days)


def ends_with_day(closes_at: dt.datetime, zone: str) -> bool:
    """Whether a campaign closes at midnight of its own zone, so that its last day says it all."""
    return closes_at.astimezone(ZoneInfo(zone)).time() == dt.time()


def place(zone: str) -> str:
    """The place that gives a time zone its name: Baghdad."""
    return (
        _("UTC")
        if zone in {"UTC", "Etc/UTC"}
        else get_timezone_location(ZoneInfo(zone), language().locale, return_city=True)
    )


def structured_data(campaign: Campaign, words: TextVersion, count: int, link: str) -> dict[str, Any]:
    """What search engines may know of a campaign (JSON-LD, schema.org): the same as everybody reads."""
    counter = {
        "@type": "InteractionCounter",
        "interactionType": "https://schema.org/EndorseAction",
        "userInteractionCount": count,
    }
    picture = links.to("public.share", slug=campaign.slug, v=picture_version(campaign, count))
    return {
        **_ending(campaign),
        "@context": "https://schema.org",
        "@type": "WebPage",
        "name": words.ask,
        "description": words.summary,
        "url": link,
        "inLanguage": campaign.locale,
        "datePublished": iso(campaign.published_at or words.published_at),
        "dateModified": iso(words.published_at),
        "publisher": {
            "@type": "Organization",
            "name": campaign.organisation.name,
            "url": links.to("public.organisation", slug=campaign.organisation.slug),
        },
        "primaryImageOfPage": {"@type": "ImageObject", "url": picture},
        "interactionStatistic": counter,
    }


def picture_version(campaign: Campaign, count: int) -> str:
    """What the share picture's address carries, so that sites which keep pictures fetch it again when it has changed."""
    return f"{count}-{campaign.outcome}" if campaign.outcome else str(count)


def _ending(campaign: Campaign) -> dict[str, Any]:
    """What became of it, where that is known: the outcome, and what the decision maker said."""
    found: dict[str, Any] = {"creativeWorkStatus": campaign.outcome.value} if campaign.outcome else {}
    if campaign.response and campaign.response_on:
        said = {
            "@type": "Quotation",
            "text": campaign.response,
            "creditText": campaign.response_by,
            "datePublished": iso(campaign.response_on),
        }
        found["mentions"] = {**said, "url": campaign.response_url} if campaign.response_url else said
    return found
