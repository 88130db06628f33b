"""For everybody: what happened around a campaign, page by page."""

from __future__ import annotations

from flask import render_template, request
from werkzeug.wrappers import Response as Redirect

from app import campaign_page
from app.domain import counts
from app.domain.refused import NotFound
from app.models import Campaign
from app.pages import kept
from app.views.public import bp

LAST_PAGE = 10_000  # beyond, strangers only try numbers


@bp.get("/campaigns/<slug>/timeline")
@bp.get("/campaigns/<slug>/timeline/page/<int:number>")
@kept("lang")
def timeline(slug: str, number: int = 1) -> str | Redirect:
    """News, updates, milestones and all else that happened, the newest first. The number stands in the path: there are as many
    pages as there are."""
    if not request.path.endswith(("/timeline", f"/{number}")) or not 1 <= number <= LAST_PAGE:
        raise NotFound  # 02, or 2 in another script: one page has one address
    found = campaign_page.find(slug)
    if not isinstance(found, Campaign):
        return found
    story = campaign_page.story(found, size=campaign_page.STORY_PAGE, number=number)
    if number > 1 and not story["happened"]:
        raise NotFound
    return render_template(
        "public/timeline.html",
        campaign=found,
        words=found.published_text,
        count=counts.of(found.id),
        number=number,
        **story,
    )
