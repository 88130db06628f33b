"""What the page of a publication says to machines, and how it is cited."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from app import links
from app.models import Report, ReportKind
from app.templating import partial_day, partial_iso

SCHEMA = {
    ReportKind.REPORT: "Report",
    ReportKind.PRESS_RELEASE: "Article",
    ReportKind.ARTICLE: "Article",
    ReportKind.VIDEO: "VideoObject",
    ReportKind.TESTIMONY: "Article",
    ReportKind.DATA: "Dataset",
}
ENDS = ".?!…؟"


def host(report: Report) -> str:
    """The site that the publication stands on, as people read it."""
    try:
        return (urlsplit(report.url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def citation(report: Report) -> str:
    """One line to copy: authors, title in quotation marks, publisher, date as far as it is known, link.

    The order of notes in most newsrooms and reports. Without authors it begins with the title, so that the publisher is said once.
    """
    title = report.title if report.title.endswith(tuple(ENDS)) else f"{report.title}."
    first = [f"{report.authors.rstrip('.')}."] if report.authors else []
    return " ".join([*first, f"“{title}”", f"{report.publisher}, {partial_day(report.date)}.", report.url])


def structured_data(report: Report) -> dict[str, Any]:
    """What search engines may know (JSON-LD, schema.org): our page is about a work that is published elsewhere."""
    kind = SCHEMA[report.kind]
    work: dict[str, Any] = {
        "@type": kind,
        "name": report.title,
        **({"headline": report.title} if kind in {"Report", "Article"} else {}),
        "url": report.url,
        "datePublished": partial_iso(report.date),
        **({"uploadDate": partial_iso(report.date)} if kind == "VideoObject" else {}),
        "publisher": {"@type": "Organization", "name": report.publisher},
    }
    if report.authors:
        work["author"] = {"@type": "Person", "name": report.authors}
    if report.language:
        work["inLanguage"] = report.language
    if report.summary:
        work["description"] = report.summary
    return {
        "@context": "https://schema.org",
        "@type": "WebPage",
        "name": report.title,
        "url": links.to("public.report", slug=report.slug),
        "mainEntity": work,
        "publisher": {
            "@type": "Organization",
            "name": report.organisation.name,
            "url": links.to("public.organisation", slug=report.organisation.slug),
        },
    }
