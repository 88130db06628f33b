"""For everybody: what the organiser of a campaign writes, update by update."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response as Redirect

from app import campaign_page, clock, links
from app.domain import counts
from app.domain import updates as posts
from app.domain.refused import NotFound
from app.extensions import db
from app.models import Campaign, Update
from app.pages import kept
from app.templating import iso
from app.views.public import bp

SHOWN = 20  # on each page of the list
LAST_PAGE = 10_000  # beyond, strangers only try numbers


@bp.get("/campaigns/<slug>/updates", endpoint="updates")
@bp.get("/campaigns/<slug>/updates/page/<int:number>", endpoint="updates")
@kept("lang")
def listed(slug: str, number: int = 1) -> str | Redirect:
    """The updates of a campaign, the newest first, page by page."""
    if not request.path.endswith(("/updates", f"/{number}")) or not 1 <= number <= LAST_PAGE:
        raise NotFound  # 02, or 2 in another script: one page has one address
    found = campaign_page.find(slug)
    if not isinstance(found, Campaign):
        return found
    wanted = Update.public(found.id).options(joinedload(Update.picture))
    updates = db.session.scalars(wanted.limit(SHOWN + 1).offset((number - 1) * SHOWN)).all()
    if not updates and number > 1:
        raise NotFound
    return render_template(
        "public/updates.html",
        campaign=found,
        words=found.published_text,
        updates=updates[:SHOWN],
        number=number,
        has_more=len(updates) > SHOWN,
    )


@bp.get("/campaigns/<slug>/updates/<public_id>")
@kept("lang")
def update(slug: str, public_id: str) -> str | Redirect:
    """One update, with the way to its campaign, and to sign while that is open."""
    found = campaign_page.find(slug)
    if not isinstance(found, Campaign):
        return found
    post = posts.find(found, public_id)
    link = links.to("public.update", slug=found.slug, public_id=post.public_id)
    return render_template(
        "public/update.html",
        campaign=found,
        words=found.published_text,
        update=post,
        is_open=found.is_open(clock.now()),
        count=counts.of(found.id),
        link=link,
        shares=links.shares(link, post.title),
        data=_structured_data(found, post, link),
    )


def _structured_data(campaign: Campaign, post: Update, link: str) -> dict[str, Any]:
    """What search engines may know of an update (JSON-LD, schema.org): the same as everybody reads."""
    assert post.published_at
    publisher = links.to("public.organisation", slug=campaign.organisation.slug)
    return {
        "@context": "https://schema.org",
        "@type": "Article",
        "headline": post.title,
        "url": link,
        "inLanguage": campaign.locale,
        "datePublished": iso(post.published_at),
        "dateModified": iso(post.edited_at),
        "author": {"@type": "Organization", "name": campaign.organisation.name, "url": publisher},
        "isPartOf": {"@type": "WebPage", "url": links.to("public.campaign", slug=campaign.slug)},
    }
